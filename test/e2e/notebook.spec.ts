/** The notebook: cells by keyboard, outputs under each, two views of one text, and what is there after a refresh and an undo. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { violations } from './axe';
import { expect, test, type Workbench } from './workbench';

const cell = (page: Page, number: number): Locator => page.getByRole('group', { name: new RegExp(`^Cell ${number}, `) });
const output = (page: Page, number: number): Locator => page.getByRole('region', { name: `Output of cell ${number}`, exact: true });

/** Shows a script as cells. */
async function openNotebook(workbench: Workbench, text: string): Promise<void> {
  await workbench.write(text);
  await workbench.button('Notebook').click();
  await expect(cell(workbench.page, 1)).toBeVisible();
}

const DOCUMENT = '# %% [markdown]\n# # Rain\n#\n# **by month**\n\n# %%\nx = 20\nprint("first", x)\n\n# %%\nx + 1\n';

test('cells run by keyboard, one after the other, with their outputs under them', async ({ workbench, page }) => {
  await openNotebook(workbench, DOCUMENT);
  await expect(page.getByRole('heading', { name: 'Rain' })).toBeVisible();
  await cell(page, 1).focus();
  await page.keyboard.press('j');
  await expect(cell(page, 2)).toBeFocused();
  await page.keyboard.press('Shift+Enter');
  await expect(output(page, 2)).toHaveText(/first 20/);
  await expect(cell(page, 3)).toBeFocused();
  await workbench.ready();
  await page.keyboard.press('Control+Enter');
  await expect(output(page, 3)).toHaveText(/21/);
  const [download] = await Promise.all([page.waitForEvent('download'), workbench.button('Download for Jupyter (.ipynb)').click()]);
  const file = JSON.parse(await readFile(await download.path(), 'utf8'));
  expect(file.cells.map((each: { cell_type: string }) => each.cell_type)).toEqual(['markdown', 'code', 'code']);
  expect(file.cells[2].outputs[0].data['text/plain']).toEqual(['21']);
  const [program] = await Promise.all([page.waitForEvent('download'), workbench.button('Download as Python (.py)').click()]);
  expect(program.suggestedFilename()).toBe('notebook.py');
  expect(await readFile(await program.path(), 'utf8')).toBe(DOCUMENT);
  await cell(page, 3).focus();
  await workbench.ready();
  // Into the code and out of it.
  await page.keyboard.press('Enter');
  await expect(page.getByRole('textbox', { name: 'Cell 3, Python' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(cell(page, 3)).toBeFocused();
  await page.keyboard.press('b');
  await expect(cell(page, 4)).toBeFocused();
  await page.keyboard.press('d');
  await page.keyboard.press('d');
  await expect(cell(page, 4)).toHaveCount(0);
  await page.keyboard.press('z');
  await expect(cell(page, 4)).toBeFocused();
});

test('outputs, edits, the selected cell and the cursor in it are there after a refresh, and an undo takes outputs back', async ({
  workbench,
  page,
}) => {
  await openNotebook(workbench, DOCUMENT);
  await workbench.button('Run all').click();
  await expect(output(page, 3)).toHaveText(/21/);
  await workbench.ready();
  await page.getByRole('textbox', { name: 'Cell 2, Python' }).fill('x = 30\nprint("second", x)');
  await page.keyboard.press('Control+Enter');
  await expect(output(page, 2)).toHaveText(/second 30/);
  await workbench.ready();
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('End');
  // The cursor is kept a moment later.
  await page.waitForTimeout(1000);
  await page.reload();
  await workbench.ready();
  await expect(output(page, 2)).toHaveText(/second 30/);
  await expect(output(page, 3)).toHaveText(/21/);
  await page.getByRole('textbox', { name: 'Cell 2, Python' }).focus();
  await page.keyboard.type(' + 0');
  await expect(page.getByRole('textbox', { name: 'Cell 2, Python' })).toContainText('x = 30 + 0');
  await workbench.button('Undo run').click();
  await workbench.ready();
  await expect(output(page, 2)).toHaveText(/first 20/);
  await expect(page.getByRole('textbox', { name: 'Cell 2, Python' })).toContainText('x = 30');
});

test('Run all stops at the first failure, whose line is marked in its cell; the views are one text', async ({ workbench, page }) => {
  const text = '# %%\na = 1\n\n# %%\nb = 2\n1 / 0\n\n# %%\nprint("never")\n';
  await openNotebook(workbench, text);
  await workbench.button('Run all').click();
  await expect(output(page, 2)).toContainText('ZeroDivisionError');
  await expect(output(page, 2)).toContainText('Cell 2, line 2');
  await workbench.ready();
  await expect(cell(page, 2).locator('.cm-line.failed')).toHaveText('1 / 0');
  await expect(output(page, 3)).toHaveCount(0);
  await workbench.button('Script').click();
  await expect(workbench.code).toContainText('# %%');
  expect((await workbench.code.locator('.cm-line').allTextContents()).join('\n')).toBe(text);
  await workbench.button('Notebook').click();
  await expect(output(page, 2)).toContainText('ZeroDivisionError');
});

test('a line of Python runs under the output, and the arrow keys lead back to it', async ({ workbench, page }) => {
  const line = page.getByRole('textbox', { name: 'One line of Python' });
  await workbench.write('# what is written stays');
  await line.fill('6 * 7');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('42');
  await workbench.ready();
  await page.keyboard.press('ArrowUp');
  await expect(line).toHaveText('6 * 7');
  await page.keyboard.press('ArrowDown');
  await expect(line).not.toContainText('6');
  await page.reload();
  await workbench.ready();
  await expect(workbench.code).toHaveText('# what is written stays');
});

test('hostile Markdown stays text and loads nothing', async ({ workbench, page }) => {
  await openNotebook(
    workbench,
    '# %% [markdown]\n# <img src=x onerror="document.title=1"> <script>document.title=1</script> [x](javascript:alert(1)) **bold**\n',
  );
  await expect(page.getByText('bold', { exact: true })).toBeVisible();
  await expect(cell(page, 1).locator('script, img, [onerror], a[href^="javascript"]')).toHaveCount(0);
});

test('axe finds nothing in the notebook and its list of shortcuts', async ({ workbench, page }) => {
  await openNotebook(workbench, DOCUMENT);
  await workbench.button('Run all').click();
  await expect(output(page, 3)).toHaveText(/21/);
  await workbench.ready();
  expect(await violations(page)).toEqual([]);
  await cell(page, 2).focus();
  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await expect(cell(page, 2)).toBeFocused();
  // The code has some of its own.
  await workbench.button('Script').click();
  await workbench.button('Keyboard shortcuts').click();
  await expect(page.getByRole('dialog', { name: 'Keyboard shortcuts' })).toContainText('Ctrl+D');
  expect(await violations(page)).toEqual([]);
});
