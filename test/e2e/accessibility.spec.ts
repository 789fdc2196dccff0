/** For everyone: axe in the main states, and narrow screens. */
import { violations } from './axe';
import { expect, test } from './workbench';

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the main states, ${colorScheme}`, async ({ workbench, page, context }) => {
    await page.emulateMedia({ colorScheme });
    const check = async (state: string, tab = page) => expect(await violations(tab), state).toEqual([]);
    await check('ready');
    await page.getByRole('button', { name: /^Session: / }).click();
    await check('with the session menu');
    await page.getByRole('button', { name: 'Rename', exact: true }).click();
    await check('with the question for a name');
    await page.keyboard.press('Escape');
    const second = await context.newPage();
    await second.goto(page.url());
    await second.emulateMedia({ colorScheme });
    await expect(second.getByRole('button', { name: 'Take over' })).toBeVisible({ timeout: 30_000 });
    await check('of a second tab', second);
    await second.getByRole('button', { name: 'Look' }).click();
    await expect(second.getByText(/You are only looking/)).toBeVisible();
    await check('of a look', second);
    await second.close();
    await workbench.run();
    await check('after a run');
    await workbench.run('1 / 0');
    await check('after an error');
    await workbench.start('print("looping", flush=True)\nwhile True: pass');
    await expect(workbench.output).toContainText('looping');
    await check('while running, with the pointer on Run');
    await workbench.button('Stop').click();
    await workbench.ready();
    await workbench.check();
    await check('with the state panel');
    await workbench.history();
    await check('with the history');
    await workbench.button('Details of saving').click();
    await check('with the details of saving');
    await page.keyboard.press('Escape');
    await workbench.button('Clear session').click();
    await check('with a question');
    await page.keyboard.press('Escape');
    await workbench.upload('rubbish');
    await expect(page.getByRole('alert')).toBeVisible();
    await check('with an error message');
  });
}

for (const width of [360, 768, 1440]) {
  test(`nothing is cut off at ${width} px and the actions are in reach`, async ({ workbench, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await workbench.run('print("x" * 500)');
    await workbench.check();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
    for (const name of ['Run', 'Undo run', 'Check state', 'Download state', 'Upload state', 'Clear session'])
      await expect(workbench.button(name)).toBeVisible();
    await workbench.history();
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}

test('on a phone what went wrong, and the way back, are in sight wherever the page is scrolled to', async ({ workbench, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await workbench.run('for i in range(200): open(f"file-{i}.txt", "w").write("x")');
  const panel = await workbench.check();
  await expect(panel.getByRole('heading', { name: 'State', exact: true })).toBeInViewport();
  await panel.getByRole('heading', { name: 'Storage' }).scrollIntoViewIfNeeded();
  await workbench.upload('rubbish');
  await expect(page.getByRole('alert')).toBeInViewport({ ratio: 1 });
  await workbench.button('Dismiss').click();
  await workbench.clear();
  await expect(workbench.button('Bring back')).toBeInViewport({ ratio: 1 });
});

test('on a phone the newest output is in sight after Run', async ({ workbench, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  for (let i = 0; i < 3; i++) await workbench.run();
  const end = await workbench.output.evaluate((log) => {
    const text = document.createRange();
    text.selectNodeContents(log);
    return text.getBoundingClientRect().bottom;
  });
  const bar = await workbench.button('Run').boundingBox();
  expect(end).toBeLessThan(bar?.y ?? 0);
});

test('what an empty state proposes works and is then shown', async ({ workbench }) => {
  const panel = await workbench.check();
  const proposed = (await panel.locator('p code').allTextContents()).map((code) => code.trim());
  expect(proposed).toHaveLength(3);
  await workbench.run(`import json, sqlite3\n${proposed.join('\n')}`);
  for (const text of ['notes.txt', 'events', '"runs": 1']) await expect(panel).toContainText(text);
  await expect(panel.locator('p code')).toHaveCount(0);
});
