/**
 * The escape corpus (test/fixtures/escape.ts): what hostile Python and hostile output try against the network, the storage of this origin and
 * the page, with another session and things of this origin as canaries, and with sinks on loopback.
 */
import type { Page } from '@playwright/test';
import { CANARY_SESSION, plantCanaries, readCanaries } from '../fixtures/canaries';
import {
  attackEverything,
  FLOOD,
  FORGED_REQUESTS,
  forgeToBroker,
  forgeToKeeper,
  HEAP_BOMB,
  hostileOutput,
  REFUSED,
  RUN_SCRIPT,
  Sinks,
} from '../fixtures/escape';
import { expect, test, Workbench } from './workbench';

// Boots Python six times.
test.setTimeout(240_000);

let sinks: Sinks;
let askedIndex: string[];
test.beforeEach(async ({ context }) => {
  sinks = await Sinks.open();
  askedIndex = [];
  await context.route(/^https:\/\/(pypi\.org|files\.pythonhosted\.org)\//, (route) => {
    askedIndex.push(route.request().url());
    return route.abort();
  });
});
test.afterEach(() => sinks.close());

/** Leaves a session with a file and a database, and something in every other store of the origin; then a new session is opened. */
async function leaveCanaries(workbench: Workbench): Promise<void> {
  const { page } = workbench;
  await workbench.run(CANARY_SESSION);
  await page.evaluate(plantCanaries);
  const before = await page.title();
  await page.getByRole('button', { name: /^Session: / }).click();
  await page.getByRole('group', { name: 'Session' }).getByRole('button', { name: 'New session', exact: true }).click();
  await expect(page).not.toHaveTitle(before);
  await workbench.ready();
}

const canaries = (page: Page) => page.evaluate(readCanaries);

test('hostile Python reaches no network, no storage and no other session', async ({ workbench, page }) => {
  await leaveCanaries(workbench);
  const before = await canaries(page);
  expect(Object.keys(before.files).length).toBeGreaterThan(1);
  await workbench.run(RUN_SCRIPT);
  await expect(workbench.output).toContainText('crashed, Python replaced');
  await expect(workbench.output).not.toContainText('DONE');
  const said = await workbench.run(attackEverything(sinks, new URL(page.url()).origin));
  expect(said).not.toContain('DONE');
  for (const line of REFUSED) expect(said).toContain(line);

  // Then through its own ports. Any sha256 would do for a canary: the first of the shared store is a baseline or a wheel.
  await workbench.start(forgeToBroker(sinks, '1'.repeat(64)));
  await workbench.ready();
  const answers = await workbench.lastOutput();
  expect(answers).toContain('refused');
  expect(answers).not.toContain('DONE');
  expect(Number(/files: (\d+)/.exec(answers)?.[1])).toBeLessThan(20);
  for (const request of FORGED_REQUESTS) {
    await workbench.run(forgeToBroker(sinks, '1'.repeat(64)));
    await workbench.start(forgeToKeeper(request));
    await expect(page.getByText(/Python sent what Dormouse does not accept/)).toBeVisible({ timeout: 30_000 });
    await workbench.ready();
  }
  expect(await workbench.run('import os\nprint(os.listdir("."))')).toContain('before.txt');

  // Last what its output may do to the page.
  const dialogs: string[] = [];
  page.on('dialog', (dialog) => {
    dialogs.push(dialog.message());
    return dialog.dismiss();
  });
  const address = page.url();
  expect(await workbench.run(hostileOutput(sinks))).toContain('the last display');
  await expect(workbench.output.locator('iframe').first()).toBeVisible();
  // Time for what would come late: a refresh, a prefetch, a prerender.
  await page.waitForTimeout(1500);
  expect(dialogs).toEqual([]);
  expect(page.url()).toBe(address);
  expect(page.context().pages()).toHaveLength(1);
  // Words of Python's may say anything; but no dialog, no field, and nothing outside of its place.
  await expect(page.getByRole('dialog')).toHaveCount(0);
  await expect(page.locator('input[type=password]')).toHaveCount(0);
  const placed = await workbench.output
    .locator('*')
    .evaluateAll(
      (elements) =>
        elements.filter(
          (element) => ['fixed', 'sticky'].includes(getComputedStyle(element).position) && element.closest('[popover], .prose') !== null,
        ).length,
    );
  expect(placed).toBe(0);

  expect(await canaries(page)).toEqual(before);
  // A flood fills the output and whatever the page says, and moves nothing that was kept.
  await workbench.run(forgeToBroker(sinks, '1'.repeat(64)));
  await workbench.start(FLOOD).catch(() => undefined);
  await workbench.ready();
  await expect(workbench.output).toContainText('flood');
  await expect(page.getByText(/No longer open/)).toHaveCount(0);
  expect(await canaries(page)).toEqual(before);
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('import os\nprint(os.listdir("."))')).toContain('before.txt');
  expect(askedIndex).toEqual([]);
  expect(sinks.heard).toEqual([]);
  expect(await sinks.work()).toBe(true);
});

test('a heap bomb may take the page down: what was saved, and what was synced, is there when it is opened again', async ({
  workbench,
  page,
  context,
}) => {
  await workbench.run('kept = 42\nopen("saved.txt", "w").write("kept")');
  const crashed = new Promise<false>((resolve) => page.on('crash', () => resolve(false)));
  await workbench.start(HEAP_BOMB);
  await expect(workbench.output).toContainText('armed');
  // The browser ends the page sooner or later, or the worker alone (then Python is replaced), or lets it go on.
  await Promise.race([page.waitForTimeout(8000).catch(() => undefined), crashed]);
  const stopped = async () => {
    if (await workbench.button('Stop').isEnabled()) await workbench.button('Stop').click();
    await workbench.ready();
    return true;
  };
  const survived = await Promise.race([stopped().catch(() => crashed), crashed]);
  const again = survived ? workbench : new Workbench(await context.newPage());
  if (!survived) {
    // The browser may have ended Python's process alone, which Playwright takes for a crash of the page: then that still has the session.
    await page.close();
    await again.open();
  }
  expect(await again.run('print(kept, open("saved.txt").read(), open("synced.txt").read())')).toContain('42 kept kept');
});
