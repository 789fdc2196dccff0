/** The Storage panel: what stays, what left, what takes how much; and the reminder of a copy that is due. */
import type { Locator } from '@playwright/test';
import { violations } from './axe';
import { expect, test, type Workbench } from './workbench';

const DAY = 24 * 3600_000;

async function openPanel(workbench: Workbench): Promise<Locator> {
  await workbench.button('Storage').click();
  const panel = workbench.page.getByRole('complementary', { name: 'Storage' });
  await expect(panel.getByText(/^As of/)).toBeVisible();
  return panel;
}

test('it says what the browser promised, when a copy left, and what takes how much', async ({ workbench, page }) => {
  await workbench.run('open("a.txt", "w").write("a")');
  const panel = await openPanel(workbench);
  await expect(panel.getByText(/No copy of this session has left this browser/)).toBeVisible();
  await expect(panel.getByText(/promise/).first()).toBeVisible();
  for (const name of ['This site uses', 'Room left', 'Python, ready to begin'])
    await expect(panel.getByRole('term').filter({ hasText: name })).toBeVisible();
  await expect(panel.getByRole('list', { name: 'Sessions' }).getByRole('listitem')).toHaveText([/First session\s+\d\S* [kM]B\s+open here/]);
  expect(await violations(page)).toEqual([]);

  await workbench.download();
  await expect(panel.getByText(/The last copy of this session left \d\d:\d\d\. Nothing was run since\./)).toBeVisible();
  await page.reload();
  await workbench.ready();
  await workbench.run('1');
  await openPanel(workbench);
  await expect(panel.getByText('1 run since.')).toBeVisible();
});

test('another session is deleted there, brought back, and deleted for good', async ({ workbench, page }) => {
  await page.goto('./#/');
  await page.getByRole('button', { name: /^Empty/ }).click();
  await workbench.ready();
  const panel = await openPanel(workbench);
  const sessions = panel.getByRole('list', { name: 'Sessions' }).getByRole('listitem');
  await expect(sessions).toHaveCount(2);
  await panel.getByRole('button', { name: 'Delete First session', exact: true }).click();
  await expect(sessions.filter({ hasText: 'First session' })).toContainText('goes for good');
  await panel.getByRole('button', { name: 'Bring back First session' }).click();
  await panel.getByRole('button', { name: 'Delete First session', exact: true }).click();
  await panel.getByRole('button', { name: 'Delete First session for good' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await expect(sessions).toHaveCount(1);
});

test('a week and some runs without a copy are said once, and a copy ends it', async ({ workbench, page }) => {
  for (let run = 0; run < 5; run++) await workbench.run(`print(${run})`);
  const reminder = page.getByText(/no copy of it has ever left this browser/);
  await expect(reminder).toBeHidden();
  await page.clock.setFixedTime(Date.now() + 8 * DAY);
  await page.reload();
  await workbench.ready();
  await expect(reminder).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await workbench.button('Dismiss').click();
  await expect(reminder).toBeHidden();
  await page.reload();
  await workbench.ready();
  await workbench.run('print("again")');
  await expect(reminder).toBeHidden();
  // A month later it may be said again; its button makes the copy.
  await page.clock.setFixedTime(Date.now() + 40 * DAY);
  await page.reload();
  await workbench.ready();
  await expect(reminder).toBeVisible();
  const download = page.waitForEvent('download');
  await page.getByRole('status').filter({ hasText: 'no copy of it' }).locator('..').getByRole('button', { name: 'Download state' }).click();
  await download;
  await expect(reminder).toBeHidden();
});
