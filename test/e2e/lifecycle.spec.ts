/** A page that the browser puts away whole (the back/forward cache) and brings back, while other tabs go on. */
import type { Page } from '@playwright/test';
import { test as base, expect, Workbench } from './workbench';

/** Playwright switches the back/forward cache off: these tests have a browser of their own that has it. */
const test = base.extend({
  context: async ({ playwright, launchOptions, baseURL }, use) => {
    const browser = await playwright.chromium.launch({ ...launchOptions, ignoreDefaultArgs: ['--disable-back-forward-cache'] });
    await use(await browser.newContext({ baseURL: baseURL as string, serviceWorkers: 'allow' }));
    await browser.close();
  },
});

/** Follows a link to another page of the origin; this one is put away as it is, with no lock. */
async function leave(page: Page): Promise<void> {
  await page.evaluate(() => {
    Object.assign(globalThis, { putAway: true });
  });
  await page.goto('./icon.svg');
  // Its workers take a moment to end.
  await expect.poll(() => page.evaluate(async () => (await navigator.locks.query()).held)).toEqual([]);
}

/** Goes back; says whether the very page is there again, or was loaded anew. `page.goBack` waits for a load, which there may be none of. */
async function comeBack(page: Page): Promise<boolean> {
  await page.evaluate(() => history.back());
  await expect(page.getByRole('heading', { level: 1, name: 'Dormouse' })).toBeVisible();
  // A page that is still being loaded is a new one.
  return page.evaluate(() => 'putAway' in globalThis).catch(() => false);
}

const COUNT = 'n = globals().get("n", 0) + 1\nwith open("runs.txt", "a") as f: f.write(f"{n} ")\nprint("runs", open("runs.txt").read())';

test('a page that is put away and shown again has its session, its list and what runs wrote, and goes on', async ({ workbench, page }) => {
  await workbench.run(COUNT);
  await workbench.write(`${COUNT}\n# typed last`);
  // What is typed is kept a moment later.
  await page.waitForTimeout(1500);
  // A browser may also give up a page that it has put away, as Chromium does where a worker's lock is let go of a moment too late: then it loads anew.
  let restored = false;
  for (let time = 0; time < 8 && !restored; time++) {
    await leave(page);
    restored = await comeBack(page);
    await workbench.ready();
    await expect(workbench.code).toContainText('# typed last');
  }
  expect(restored).toBe(true);
  expect(await workbench.run()).toContain('runs 1 2 ');
  await expect(workbench.saved).toContainText('everything kept');
  // The list of sessions goes on, too.
  await page.getByRole('button', { name: /^Session: / }).click();
  await page.getByRole('group', { name: 'Session' }).getByRole('button', { name: 'New session', exact: true }).click();
  await expect(page).not.toHaveTitle(/First session/);
});

test('a page that comes back while another tab has its session says so, writes nothing, and goes on from there', async ({
  workbench,
  page,
  context,
}) => {
  await workbench.run(COUNT);
  const address = page.url();
  await leave(page);
  const second = new Workbench(await context.newPage());
  await second.open(address);
  expect(await second.run()).toContain('runs 1 2 ');
  await comeBack(page);
  await expect(page.getByRole('heading', { name: 'This session is open in another tab.' })).toBeVisible();
  await expect(workbench.saved).toContainText('another tab');
  expect(await second.run()).toContain('runs 1 2 3 ');
  await expect(second.saved).toContainText('everything kept');
  await second.page.close();
  await workbench.ready();
  expect(await workbench.run(COUNT)).toContain('runs 1 2 3 4 ');
  await expect(workbench.saved).toContainText('everything kept');
});
