/** Notebooks come from Jupyter and go out as a page; some of the code runs, is formatted, split; Python begins anew and comes back. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { violations } from './axe';
import { takeScreenshot } from './screenshots';
import { expect, openFile, test } from './workbench';

const cell = (page: Page, number: number): Locator => page.getByRole('group', { name: new RegExp(`^Cell ${number}, `) });
const output = (page: Page, number: number): Locator => page.getByRole('region', { name: `Output of cell ${number}`, exact: true });
const editor = (page: Page, number: number): Locator => page.getByRole('textbox', { name: `Cell ${number}, Python` });

const HOSTILE =
  '<b>kept</b><script>document.title = "run"</script><img src="https://elsewhere.invalid/x.png" onerror="document.title = \'run\'">';
const SVG =
  '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="20" onload="document.title = \'run\'"><script>document.title = "run"</script><rect width="20" height="20"/></svg>';
const TABLE = { id: '', columns: [{ name: 'mm', type: 'int64' }], rowCount: 900, rows: [[7], [8]] };
const NOTEBOOK = {
  nbformat: 4,
  nbformat_minor: 5,
  metadata: { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } },
  cells: [
    {
      cell_type: 'markdown',
      id: 'title',
      metadata: {},
      source: ['# Rain\n', '\n', '**by month** <script>document.title = "run"</script>'],
    },
    {
      cell_type: 'code',
      id: 'first',
      metadata: {},
      execution_count: 3,
      source: ['rain = {  "may":12 }\n', 'print( "measured",rain )'],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['measured before\n'] },
        { output_type: 'display_data', data: { 'text/html': HOSTILE, 'text/plain': 'x' }, metadata: {} },
        { output_type: 'display_data', data: { 'image/svg+xml': SVG }, metadata: {} },
        { output_type: 'display_data', data: { 'application/vnd.dormouse.table+json': TABLE }, metadata: {} },
      ],
    },
    {
      cell_type: 'code',
      id: 'second',
      metadata: {},
      execution_count: null,
      source: 'def half(x):\n    return x / 0\n\nhalf(rain["may"])',
      outputs: [],
    },
  ],
};

/** Opens a file by the session menu, and leaves the dialog with what is in it. */
async function choose(page: Page, path: string): Promise<Locator> {
  await openFile(page, path);
  return page.getByRole('dialog', { name: /^Open “/ });
}

test('a notebook of Jupyter is looked at, opened, worked with, and leaves as a page that runs nothing', async ({
  workbench,
  page,
  browser,
}, info) => {
  const path = info.outputPath('rain.ipynb');
  await writeFile(path, JSON.stringify(NOTEBOOK));
  const dialog = await choose(page, path);
  await expect(dialog.getByRole('heading', { name: 'Rain', exact: true })).toBeVisible();
  await expect(dialog.getByText('measured before')).toBeVisible();
  await expect(dialog.locator('script')).toHaveCount(0);
  expect(await violations(page)).toEqual([]);
  await takeScreenshot(page, 'notebook-preview');
  await dialog.getByRole('button', { name: 'Open', exact: true }).click();
  await expect(cell(page, 3)).toBeVisible({ timeout: 60_000 });
  await workbench.ready();
  await expect(output(page, 2)).toContainText('measured before');
  expect(await page.title()).toMatch(/^rain/);

  // The line of the cursor runs, and the next one is at hand.
  await editor(page, 2).click();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('F9');
  await workbench.ready();
  await page.keyboard.press('F9');
  await expect(workbench.output).toContainText("measured {'may': 12}");
  await workbench.ready();

  // Formatted, which undo takes back; what is no Python says where.
  await page.keyboard.press('Shift+Alt+F');
  await expect(editor(page, 2)).toContainText('rain = {"may": 12}');
  await page.keyboard.press('Control+z');
  await expect(editor(page, 2)).toContainText('rain = {  "may":12 }');
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('Control+Shift+Minus');
  await expect(cell(page, 4)).toBeVisible();
  await page.keyboard.press('Escape');
  await page.keyboard.press('k');
  await page.keyboard.press('Shift+M');
  await expect(cell(page, 4)).toHaveCount(0);

  // An error leads to its line, and who cannot see hears how the run ended.
  await cell(page, 3).click();
  await editor(page, 3).click();
  await page.keyboard.press('Control+Enter');
  await expect(output(page, 3)).toContainText('ZeroDivisionError');
  await expect(page.getByText(/^Cell 3: failed, /)).toBeAttached();
  await workbench.ready();
  await output(page, 3).getByRole('button', { name: 'Cell 3, line 2' }).click();
  await page.keyboard.type('if ');
  await expect(editor(page, 3).locator('.cm-line').nth(1)).toHaveText('if     return x / 0');
  await workbench.button('Format (Shift+Alt+F)').click();
  await expect(page.getByRole('alert').filter({ hasText: /^Nothing was formatted: .*line 2/ })).toBeVisible();

  // Python begins anew on the same files, and comes back.
  await workbench.button('Restart Python…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart', exact: true }).click();
  await expect(page.getByText('Python was restarted: variables begin anew').first()).toBeVisible({ timeout: 60_000 });
  await workbench.ready();
  const line = page.getByRole('textbox', { name: 'One line of Python' });
  await page.reload();
  await workbench.ready();
  await line.fill('print("rain" in globals())');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('False');
  await workbench.ready();

  const [download] = await Promise.all([page.waitForEvent('download'), workbench.button('Download as a web page (.html)').click()]);
  const html = await readFile(await download.path(), 'utf8');
  expect(html).not.toMatch(/<script|onerror|onload=|elsewhere\.invalid/i);
  const context = await browser.newContext({ colorScheme: 'dark' });
  const alone = await context.newPage();
  const asked: string[] = [];
  alone.on('request', (request) => asked.push(request.url()));
  await alone.setContent(html);
  await expect(alone.getByRole('heading', { name: 'Rain', exact: true })).toBeVisible();
  await expect(alone.getByText('measured before')).toBeVisible();
  await expect(alone.getByRole('cell', { name: '8' })).toBeVisible();
  await expect(alone.getByText('2 of 900 rows.')).toBeVisible();
  expect(asked.filter((url) => !url.startsWith('data:'))).toEqual([]);
  await takeScreenshot(alone, 'notebook-page-dark');
  await alone.emulateMedia({ colorScheme: 'light' });
  await takeScreenshot(alone, 'notebook-page-light');
  await context.close();
});

test('Restart can be undone: variables are back as they were', async ({ workbench, page }) => {
  await workbench.run('kept = [1, 2]\nprint("made")');
  await workbench.button('Restart Python…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart', exact: true }).click();
  await workbench.button('Undo restart').click({ timeout: 60_000 });
  await expect(page.getByText('Variables are back as they were before the restart.').first()).toBeVisible({ timeout: 60_000 });
  await workbench.ready();
  expect(await workbench.run('print("still", kept)')).toContain('still [1, 2]');
});

test('a notebook among the files opens as a session; a broken one says why', async ({ workbench, page }, info) => {
  await workbench.run(`import json\nn = open("rain.ipynb", "w").write(${JSON.stringify(JSON.stringify(NOTEBOOK))})`);
  await workbench.button('Files').click();
  const files = page.getByRole('complementary', { name: 'Files' });
  await files.getByRole('treeitem', { name: /rain\.ipynb/ }).click();
  await files.getByRole('button', { name: 'Open as a session' }).click();
  await expect(page.getByRole('dialog', { name: 'Open “rain”' })).toContainText('measured before');
  await page.keyboard.press('Escape');
  const path = info.outputPath('broken.ipynb');
  await writeFile(path, '{"nbformat": 4, "cells": [{"cell_type"');
  await choose(page, path);
  await expect(page.getByText(/The notebook ends too early/).first()).toBeVisible();
});
