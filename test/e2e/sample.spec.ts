/** The sample: state accumulates across runs, refreshes and restarts of the browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { takeScreenshot } from './screenshots';
import { BARE, expect, test, Workbench } from './workbench';

test.use({ firstVisit: true });

test('the sample counts on across runs and a refresh', { tag: BARE }, async ({ workbench, page }) => {
  await expect(workbench.code).toContainText('app_state.db');
  expect(await workbench.run()).toContain('Rows in app_state.db: 1;');
  await expect(workbench.saved).toContainText(/Saved \d/);
  expect(await workbench.run()).toContain('Rows in app_state.db: 2;');
  await page.reload();
  await workbench.ready();
  const third = await workbench.run();
  expect(third).toContain('Rows in app_state.db: 3;');
  // The generator went on where it was.
  expect(third).toContain('The next square: 9');
  await expect(workbench.saved).toContainText(/Saved \d/);
  await workbench.button('History').click();
  await page.setViewportSize({ width: 1440, height: 900 });
  await takeScreenshot(page, 'sample-1440-light');
  const panel = await workbench.check();
  await expect(panel).toContainText('app_state.db');
  await expect(panel).toContainText('app_state.json');
});

test('the editor’s text, its cursor and what runs wrote survive a refresh', async ({ workbench, page }) => {
  await workbench.run('print("my own words")\n"<b>a value</b>"');
  await workbench.run('print("more")\n1 / 0');
  await workbench.code.press('Control+Home');
  for (const key of ['End', 'ArrowLeft', 'ArrowLeft']) await page.keyboard.press(key);
  const before = await workbench.output.textContent();
  // The cursor is kept a moment later.
  await page.waitForTimeout(1000);
  await page.reload();
  await workbench.ready();
  await expect(workbench.code).toHaveText(/print\("more"\)/);
  expect(await workbench.output.textContent()).toBe(before);
  await expect(workbench.output.getByRole('heading', { name: /^Run \d/ })).toHaveCount(2);
  await workbench.code.focus();
  await page.keyboard.type(' still');
  await expect(workbench.code).toHaveText(/print\("more still"\)/);
  // Cleared is cleared.
  await workbench.button('Clear output').click();
  await page.waitForTimeout(1000);
  await page.reload();
  await workbench.ready();
  await expect(workbench.output.getByRole('heading', { name: /^Run \d/ })).toHaveCount(0);
});

test('what was typed in the last moment of a page, and reached the keeper no more, is there after a refresh', async ({
  workbench,
  page,
}) => {
  await workbench.run('print("stored")');
  await page.evaluate(() => {
    const post = MessagePort.prototype.postMessage;
    MessagePort.prototype.postMessage = function (this: MessagePort, message: { type?: string } | null, ...more: unknown[]) {
      if (message?.type !== 'saveCode') Reflect.apply(post, this, [message, ...more]);
    };
  });
  await workbench.write('print("typed last")');
  await page.reload();
  await workbench.ready();
  await expect(workbench.code).toContainText('typed last');
  // And stored by now.
  await expect.poll(() => page.evaluate(() => sessionStorage.length)).toBe(0);
  await page.waitForTimeout(1000);
  await page.reload();
  await workbench.ready();
  await expect(workbench.code).toContainText('typed last');
});

test('everything is there after the browser was closed and started again', { tag: BARE }, async ({ baseURL, launchOptions }, info) => {
  const profile = await mkdtemp(join(tmpdir(), 'dormouse-profile-'));
  const serviceWorkers = info.project.use.serviceWorkers ?? 'allow';
  try {
    for (const round of [1, 2, 3]) {
      const context = await chromium.launchPersistentContext(profile, { ...launchOptions, baseURL, serviceWorkers } as Parameters<
        typeof chromium.launchPersistentContext
      >[1]);
      const workbench = new Workbench(await context.newPage());
      await workbench.open();
      const text = await workbench.run(
        'import sqlite3\ndb = sqlite3.connect("rounds.db")\ndb.execute("create table if not exists t (a)")\ndb.execute("insert into t values (1)")\ndb.commit()\nprint("rows:", db.execute("select count(*) from t").fetchone()[0])',
      );
      expect(text).toContain(`rows: ${round}`);
      await context.close();
    }
  } finally {
    await rm(profile, { recursive: true, force: true });
  }
});
