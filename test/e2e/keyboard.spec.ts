/** The whole sample without a mouse: everything is reached with Tab, known by role and name, and done with keys. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { expect, test } from './workbench';

/** More stops are on no page. */
const MOST_STOPS = 150;

/** Goes on with Tab until an element has the focus. In an editor Tab indents, and Escape before it leads on, as its hint says. */
async function tabTo(page: Page, target: Locator): Promise<void> {
  const editor = page.locator('.cm-content:focus');
  for (let stop = 0; stop < MOST_STOPS; stop++) {
    if ((await editor.count()) > 0) await page.keyboard.press('Escape');
    await page.keyboard.press('Tab');
    if ((await target.and(page.locator(':focus')).count()) > 0) return;
  }
  throw new Error(`Tab never came to ${target}.`);
}

/** Goes on with the arrow keys within a tree, which has the focus itself and names the row that is meant. */
async function arrowTo(page: Page, tree: Locator, row: Locator): Promise<void> {
  for (let step = 0; step < MOST_STOPS; step++) {
    if ((await tree.getAttribute('aria-activedescendant')) === (await row.getAttribute('id'))) return;
    await page.keyboard.press('ArrowDown');
  }
  throw new Error(`The arrow keys never came to ${row}.`);
}

test('write, run, see the output, look at files and state, download, and undo the run, by keyboard alone', async ({ workbench, page }) => {
  const button = (name: string) => page.getByRole('button', { name, exact: true });
  await tabTo(page, workbench.code);
  await page.keyboard.press('Control+a');
  // As it is typed: brackets and quotes that the editor closes are typed over.
  await page.keyboard.type('total = 40 + 2; n = open("kept.txt", "w").write(str(total)); print("the total is", total)');
  await page.keyboard.press('Shift+Enter');
  await expect(workbench.output).toContainText('the total is 42');
  await expect(workbench.saved).toContainText('everything kept');
  await workbench.ready();

  await tabTo(page, button('Files'));
  await page.keyboard.press('Enter');
  const files = page.getByRole('complementary', { name: 'Files' });
  await expect(files.getByRole('treeitem', { name: /kept\.txt/ })).toBeVisible();
  const tree = files.getByRole('tree');
  await tabTo(page, tree);
  await arrowTo(page, tree, files.getByRole('treeitem', { name: /kept\.txt/ }));
  await page.keyboard.press('Enter');
  await expect(files).toContainText('42');
  await page.keyboard.press('Escape');
  await expect(tree).toBeFocused();

  await tabTo(page, button('Check state'));
  await page.keyboard.press('Enter');
  const state = page.getByRole('complementary', { name: 'State' });
  await expect(state).toContainText('kept.txt');
  await tabTo(page, button('Download state'));
  const [download] = await Promise.all([page.waitForEvent('download'), page.keyboard.press('Enter')]);
  expect(JSON.parse(await readFile(await download.path(), 'utf8')).files[0]).toMatchObject({ path: 'home/pyodide/kept.txt', text: '42' });

  await tabTo(page, button('Undo run'));
  await page.keyboard.press('Enter');
  await expect(page.getByText('was undone: variables, files and databases are as before it.').first()).toBeVisible();
  await workbench.ready();
  const line = page.getByRole('textbox', { name: 'One line of Python' });
  await tabTo(page, line);
  await page.keyboard.type('print("total" in globals(), __import__("os").path.exists("kept.txt"))');
  await page.keyboard.press('Enter');
  await expect(workbench.output).toContainText('False False');
  await workbench.ready();

  await tabTo(page, button('Clear session'));
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(button('Clear session')).toBeFocused();
});

test('every panel is opened, read and left by keyboard alone', async ({ workbench, page }) => {
  await workbench.run(
    'import sqlite3\nwith sqlite3.connect("a.db") as db: db.execute("create table t as select 7 as seven")\ndb.close()\nnumber = 42',
  );
  const panel = (name: string) => page.getByRole('complementary', { name });
  const open = async (name: string) => {
    await tabTo(page, page.getByRole('button', { name, exact: true }));
    await page.keyboard.press('Enter');
    await expect(panel(name)).toBeVisible();
  };
  await open('Variables');
  await expect(panel('Variables')).toContainText('number');
  await tabTo(page, panel('Variables').getByRole('textbox').or(panel('Variables').getByRole('searchbox')).first());
  await page.keyboard.type('numb');
  await expect(panel('Variables')).toContainText('42');

  await open('Database');
  await expect(panel('Database')).toContainText('seven');

  await open('History');
  const moment = panel('History').getByRole('button', { expanded: false }).first();
  await tabTo(page, moment);
  await page.keyboard.press('Enter');
  await tabTo(page, panel('History').getByRole('button', { name: 'Name…' }));
  await page.keyboard.press('Enter');
  await page.keyboard.press('Control+a');
  await page.keyboard.type('by hand');
  await page.keyboard.press('Enter');
  await expect(panel('History')).toContainText('by hand');

  await open('Packages');
  await tabTo(page, panel('Packages').getByRole('textbox', { name: 'Install from the Python package index' }));
  await open('Storage');
  await expect(panel('Storage')).toContainText('First session');
});
