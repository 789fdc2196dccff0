/** Two sessions side by side, and what is taken from one into the other; a file that came from elsewhere, compared before it is opened. */
import { writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { zipOf } from '../fixtures/zip-archives';
import { violations } from './axe';
import { chooseInMenu, expect, openFile, test, type Workbench } from './workbench';

const MAKE = `
import sqlite3
open("notes.txt", "w").write("one\\ntwo\\nthree\\n")
open("cities.csv", "w").write("id,city\\n1,Oslo\\n2,Rome\\n")
db = sqlite3.connect("app.db")
db.executescript("""
create table people (id integer primary key, name text, age);
insert into people values (1, 'Ada', 36), (2, 'Bo', null);
create table log (line);
""")
db.close()
`;
const CHANGE = `
import sqlite3
open("notes.txt", "w").write("one\\nTWO\\nthree\\n")
open("cities.csv", "w").write("id,city\\n1,Oslo\\n2,Bern\\n")
open("more.txt", "w").write("only there")
db = sqlite3.connect("app.db")
db.executescript("update people set age = 37 where id = 1; insert into people values (3, 'Cy', 8); insert into log values ('x')")
db.close()
`;
const SHOW = `
import os, sqlite3
db = sqlite3.connect("app.db")
print("found:", open("notes.txt").read().split(), db.execute("select * from people").fetchall(), db.execute("select count(*) from log").fetchone(), os.path.exists("more.txt"))
db.close()
`;

const row = (place: ReturnType<Page['getByRole']>, name: string) =>
  place.getByRole('row').filter({ has: place.page().getByRole('rowheader', { name, exact: true }) });

/** Copies the session, changes the copy, and is back in the first one. */
async function changedCopy(workbench: Workbench, page: Page): Promise<void> {
  await workbench.run(MAKE);
  const first = page.url();
  await chooseInMenu(page, 'Duplicate');
  const name = page.getByRole('button', { name: /^Session:/ });
  await expect(name).toContainText('Copy of', { timeout: 30_000 });
  await workbench.ready();
  await workbench.run(CHANGE);
  await page.goto(first);
  await expect(name).not.toContainText('Copy of', { timeout: 30_000 });
  await workbench.ready();
}

test('two sessions: lines, rows by key, one table and one file taken, seen in Python, and undone', async ({ workbench, page }) => {
  await changedCopy(workbench, page);
  await chooseInMenu(page, 'Compare with…');
  const dialog = page.getByRole('dialog', { name: 'Compare with…' });
  expect(await violations(page), 'the choice').toEqual([]);
  await dialog.getByRole('button', { name: /^Copy of/ }).click();
  await expect(row(dialog, 'notes.txt')).toContainText('different');
  await expect(row(dialog, 'more.txt')).toContainText('only there');

  await row(dialog, 'notes.txt').getByRole('button').click();
  const lines = dialog.getByRole('region', { name: 'What differs in notes.txt' }).last();
  await expect(lines.locator('del')).toHaveText(/TWO/);
  await expect(lines.locator('ins')).toHaveText(/two/);
  expect(await violations(page), 'lines').toEqual([]);

  await row(dialog, 'cities.csv').getByRole('button').click();
  await expect(dialog.getByRole('region', { name: 'Rows that differ in cities.csv' })).toContainText(/Bern.*Rome/);

  await row(dialog, 'app.db').getByRole('button').click();
  const rows = dialog.getByRole('region', { name: 'Rows that differ in people' });
  await expect(rows.getByRole('row').filter({ hasText: 'Ada' })).toContainText(/different\s*1Ada37 → 36/);
  await expect(rows.getByRole('row').filter({ hasText: 'Cy' })).toContainText('only there');
  expect(await violations(page), 'rows').toEqual([]);

  await dialog.getByRole('combobox', { name: 'people: which to keep' }).selectOption('Take theirs');
  await expect(dialog.getByRole('combobox', { name: 'app.db: which to keep' })).toHaveValue('tables');
  await dialog.getByRole('combobox', { name: 'notes.txt: which to keep' }).selectOption('Take theirs');
  await dialog.getByRole('button', { name: 'Apply 2 choices' }).click();
  await expect(dialog).toContainText('Undo run takes it back', { timeout: 30_000 });
  expect(await violations(page), 'what was done').toEqual([]);
  await dialog.getByRole('button', { name: 'Close' }).click();

  const taken = "found: ['one', 'TWO', 'three'] [(1, 'Ada', 37), (2, 'Bo', None), (3, 'Cy', 8)] (0,) False";
  const mine = "found: ['one', 'two', 'three'] [(1, 'Ada', 36), (2, 'Bo', None)] (0,) False";
  const panel = await workbench.history();
  await expect(panel.getByRole('listitem').first()).toContainText('Joined with Copy of');
  expect(await workbench.run(SHOW)).toContain(taken);
  await workbench.button('Undo run').click();
  await expect(page.getByRole('status').filter({ hasText: 'Run 2 was undone' })).toBeVisible();
  await workbench.ready();
  await workbench.button('Undo run').click();
  await expect(page.getByRole('status').filter({ hasText: 'The join was undone' })).toBeVisible();
  await workbench.ready();
  expect(await workbench.run(SHOW)).toContain(mine);
});

test('what came from elsewhere is compared before it is opened, and nothing of it is run', async ({ workbench, page }, info) => {
  await workbench.run(MAKE);
  const path = info.outputPath('theirs.zip');
  const notes = '<img src=x onerror=alert(1)>\ntwo\nthree\n';
  await writeFile(
    path,
    zipOf([
      { name: 'notes.txt', data: notes },
      { name: 'new.txt', data: 'theirs' },
    ]),
  );
  await openFile(page, path);
  await page.getByRole('dialog').getByRole('button', { name: 'Compare with this session' }).click();
  const dialog = page.getByRole('dialog', { name: 'Compare with…' });
  await expect(row(dialog, 'new.txt')).toContainText('only there');
  await expect(row(dialog, 'app.db')).toContainText('only here');
  await row(dialog, 'notes.txt').getByRole('button').click();
  await expect(dialog.locator('del').filter({ hasText: '<img src=x onerror=alert(1)>' })).toBeVisible();
  await dialog.getByRole('combobox', { name: 'new.txt: which to keep' }).selectOption('Take theirs');
  await dialog.getByRole('button', { name: 'Apply 1 choice' }).click();
  await expect(dialog).toContainText('Undo run takes it back', { timeout: 30_000 });
  await page.keyboard.press('Escape');
  expect(await workbench.run('print(open("new.txt").read())')).toContain('theirs');
});

for (const width of [360, 1440]) {
  test(`a comparison fits in ${width} px, light and dark`, async ({ workbench, page }) => {
    await changedCopy(workbench, page);
    await page.setViewportSize({ width, height: 800 });
    await chooseInMenu(page, 'Compare with…');
    const dialog = page.getByRole('dialog', { name: 'Compare with…' });
    await dialog.getByRole('button', { name: /^Copy of/ }).click();
    await row(dialog, 'app.db').getByRole('button').click();
    await expect(dialog.getByRole('region', { name: 'Rows that differ in people' })).toBeVisible();
    for (const colorScheme of ['light', 'dark'] as const) {
      // Colours change at once: half-way they are no colours of ours.
      await page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      expect(await violations(page), colorScheme).toEqual([]);
      const spare = await dialog.evaluate((element) => element.scrollWidth - element.clientWidth);
      expect(spare).toBeLessThanOrEqual(0);
    }
  });
}
