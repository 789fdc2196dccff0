/** The sandbox that waits beside the session's for what a person does next. */
import type { Page } from '@playwright/test';
import { expect, test, type Workbench } from './workbench';

const sandboxes = (page: Page) => page.locator('iframe[title="Python sandbox"]');

/** Nothing happens for some seconds. */
const wait = (page: Page) => expect(sandboxes(page)).toHaveCount(2);

/** Waits for a spare, does something, and holds that the spare became the session's sandbox. */
async function takesSpare(page: Page, act: () => Promise<unknown>): Promise<void> {
  await wait(page);
  const spare = await sandboxes(page).last().elementHandle();
  await act();
  await expect(sandboxes(page)).toHaveCount(1);
  expect(await spare?.evaluate((frame) => frame.isConnected)).toBe(true);
}

async function createSession(workbench: Workbench, page: Page): Promise<void> {
  const title = await page.title();
  await page.getByRole('button', { name: /^Session: / }).click();
  await page.getByRole('button', { name: 'New session', exact: true }).click();
  await expect(page).not.toHaveTitle(title);
  await workbench.ready();
}

test('Undo run, Stop and a new session take the sandbox that waits, and share nothing', async ({ workbench, page }) => {
  test.slow();
  await workbench.run('import os\nsecret = os.urandom(4)\nopen("a.txt", "w").write("first")');
  await workbench.run('secret = None\nopen("a.txt", "w").write("second")');
  await takesSpare(page, async () => {
    await workbench.button('Undo run').click();
    await workbench.ready();
  });
  expect(await workbench.run('print(len(secret), open("a.txt").read())')).toContain('4 first');
  await takesSpare(page, () => createSession(workbench, page));
  expect(await workbench.run('import os\nprint("secret" in globals(), os.path.exists("a.txt"))')).toContain('False False');
  await wait(page);
  await workbench.start('number = 3\nprint("computing", flush=True)\nsum(range(10**13))');
  await expect(workbench.output).toContainText('computing');
  await workbench.button('Stop').click();
  await workbench.ready();
  expect(await workbench.run('print("number" in globals(), 1 + 1)')).toContain('False 2');
});

test('a spare sandbox that fails is taken away, the session goes on, and the next one is new', async ({ workbench, page }) => {
  await workbench.run('kept = 5');
  await wait(page);
  const spare = await (await sandboxes(page).last().elementHandle())?.contentFrame();
  await spare?.evaluate(() => parent.postMessage({ type: 'worker-failed', message: 'gone' }, '*'));
  await expect(sandboxes(page)).toHaveCount(1);
  expect(await workbench.run('print(kept)')).toContain('5');
  await expect(page.getByRole('alert')).toHaveCount(0);
  await createSession(workbench, page);
  expect(await workbench.run('print("kept" in globals())')).toContain('False');
});
