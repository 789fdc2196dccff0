/** The database panel as a person meets it: schema, rows, cells, SQL, import, and the way back. */
import { readFile } from 'node:fs/promises';
import type { Locator } from '@playwright/test';
import { violations } from './axe';
import { expect, test, type Workbench } from './workbench';

const MAKE = `
import sqlite3
db = sqlite3.connect("rain.db")
db.executescript("""
CREATE TABLE stations (id INTEGER PRIMARY KEY, name TEXT NOT NULL, height REAL);
CREATE TABLE rain (station INTEGER REFERENCES stations (id), day TEXT, mm REAL);
CREATE INDEX by_day ON rain (day);
CREATE VIEW wet AS SELECT * FROM rain WHERE mm > 5;
""")
db.executemany("INSERT INTO stations VALUES (?, ?, ?)", [(1, "Hill", 812.5), (2, "Valley", 95), (3, "Lake", None)])
db.executemany("INSERT INTO rain VALUES (?, ?, ?)", [(i % 3 + 1, f"2026-{i % 12 + 1:02}", i % 17 / 2) for i in range(500)])
db.commit()
print("made")`;

async function openDatabase({ page }: Workbench): Promise<Locator> {
  const panel = page.getByRole('complementary', { name: 'Database' });
  if (!(await panel.isVisible())) await page.getByRole('button', { name: 'Database', exact: true }).click();
  await expect(panel.getByRole('heading', { name: 'Database' })).toBeVisible();
  return panel;
}

async function opened(workbench: Workbench): Promise<Locator> {
  await workbench.run(MAKE);
  const panel = await openDatabase(workbench);
  await expect(panel.getByRole('grid')).toBeVisible();
  return panel;
}

const table = (panel: Locator, name: string) => panel.getByRole('list', { name: /Tables of/ }).getByRole('button', { name });
const cells = (panel: Locator, text: string) => panel.getByRole('gridcell', { name: text, exact: true });

test('shows tables, views, columns with their rules, indexes and rows page by page', async ({ workbench }) => {
  const panel = await opened(workbench);
  await expect(panel.getByRole('list', { name: 'Tables of rain.db' }).getByRole('button')).toHaveText([/^rain/, /^stations/, /^wet/]);
  await expect(panel.getByText('1–100 of 500 rows')).toBeVisible();
  await panel.getByRole('button', { name: 'Next rows' }).click();
  await expect(panel.getByText('101–200 of 500 rows')).toBeVisible();
  await panel.getByText('Structure').click();
  await expect(panel.getByText('→ stations.id')).toBeVisible();
  await expect(panel.getByText('by_day')).toBeVisible();
  await table(panel, 'stations').click();
  await expect(panel.getByText('primary key', { exact: true })).toBeVisible();
  await panel.getByRole('columnheader', { name: 'name' }).getByRole('button').click();
  await expect(panel.getByRole('columnheader', { name: 'name' })).toHaveAttribute('aria-sort', 'ascending');
  await expect(panel.getByRole('grid').getByRole('row').nth(2)).toContainText('Lake');
  await panel.getByRole('searchbox').fill('vall');
  await expect(panel.getByText('1–1 of 1 row')).toBeVisible();
});

test('a cell is edited by keys, seen by Python’s open connection, and undone', async ({ workbench, page }) => {
  const panel = await opened(workbench);
  await table(panel, 'stations').click();
  await cells(panel, 'Hill').click();
  await page.keyboard.press('ArrowRight');
  await page.keyboard.press('Enter');
  const input = panel.getByRole('textbox', { name: 'height, row 1' });
  await input.fill('900.25');
  await page.keyboard.press('Enter');
  await expect(cells(panel, '900.25')).toBeVisible();
  await expect(cells(panel, '900.25')).toBeFocused();
  await page.keyboard.press('F2');
  await page.keyboard.press('Escape');
  await expect(input).toHaveCount(0);
  expect(await workbench.run('print(db.execute("SELECT height FROM stations WHERE id = 1").fetchone())')).toContain('(900.25,)');
  await table(panel, 'stations').click();
  await cells(panel, '900.25').dblclick();
  await panel.getByRole('button', { name: 'NULL', exact: true }).click();
  await expect(cells(panel, 'NULL')).toHaveCount(2);
  await panel.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(panel.getByText('Undone.', { exact: true })).toBeVisible();
  await expect(cells(panel, '900.25')).toBeVisible();
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('print(sqlite3.connect("rain.db").execute("SELECT height FROM stations").fetchall())')).toContain(
    '[(900.25,), (95.0,), (None,)]',
  );
});

test('rows are added and deleted, after a question', async ({ workbench, page }) => {
  const panel = await opened(workbench);
  await table(panel, 'stations').click();
  await panel.getByRole('button', { name: 'Add a row' }).click();
  await expect(panel.getByText('1–4 of 4 rows')).toBeVisible();
  await panel.getByRole('checkbox', { name: 'Select row 1' }).check();
  await panel.getByRole('checkbox', { name: 'Select row 4' }).check();
  await panel.getByRole('button', { name: 'Delete 2 rows' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  // The rain still refers to the first station, but nothing forbids that a row goes unless keys are enforced: they are.
  await expect(panel.getByText(/FOREIGN KEY.*Nothing was changed/)).toBeVisible();
  await panel.getByRole('checkbox', { name: 'Select row 1' }).uncheck();
  await panel.getByRole('button', { name: 'Delete 1 row' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel.getByText('Deleted 1 row.')).toBeVisible();
  await expect(panel.getByText('1–3 of 3 rows')).toBeVisible();
});

test('SQL: completion, result, plan, export, and a question before what changes something', async ({ workbench, page }) => {
  const panel = await opened(workbench);
  await panel.getByRole('button', { name: 'SQL', exact: true }).click();
  const editor = panel.getByRole('textbox', { name: 'SQL statements' });
  await editor.fill('');
  await editor.pressSequentially('SELECT stations.he');
  await expect(panel.getByRole('option', { name: 'height' })).toBeVisible();
  await page.keyboard.press('Escape');
  await editor.fill("SELECT day, sum(mm) AS total, '=1' AS f FROM rain WHERE day = '2026-01' GROUP BY day");
  await page.keyboard.press('Control+Enter');
  await expect(panel.getByRole('region', { name: 'Result' })).toContainText('total');
  await expect(panel.getByText(/^1 row · /)).toBeVisible();
  const [exported] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Export as CSV' }).click()]);
  expect(await readFile(await exported.path(), 'utf8')).toMatch(/^day,total,f\r\n2026-01,[\d.]+,'=1\r\n$/);
  await panel.getByRole('button', { name: 'Explain plan' }).click();
  await expect(panel.getByRole('region', { name: 'Result' })).toContainText('by_day');
  await editor.fill('DELETE FROM rain; DELETE FROM stations');
  await panel.getByRole('button', { name: 'Run SQL' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('heading', { name: 'Change the database?' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  expect(await workbench.run('print(db.execute("SELECT count(*) FROM rain").fetchone())')).toContain('(500,)');
  await panel.getByRole('button', { name: 'Run SQL' }).click();
  await dialog.getByRole('button', { name: 'Change it' }).click();
  await expect(panel.getByText('Done: 503 rows changed.').first()).toBeVisible();
  expect(await workbench.run('print(db.execute("SELECT count(*) FROM rain").fetchone())')).toContain('(0,)');
  await panel.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(panel.getByText('Undone.', { exact: true })).toBeVisible();
  expect(await workbench.run('print(sqlite3.connect("rain.db").execute("SELECT count(*) FROM rain").fetchone())')).toContain('(500,)');
  await editor.fill('SELEKT 1');
  await panel.getByRole('button', { name: 'Run SQL' }).click();
  await expect(panel.getByRole('alert')).toContainText('syntax error');
});

test('an open transaction of Python’s is said, and nothing is changed', async ({ workbench }) => {
  const panel = await opened(workbench);
  await workbench.run('db.execute("UPDATE stations SET height = 1")\nprint("open")');
  await table(panel, 'stations').click();
  await expect(cells(panel, '812.5')).toBeVisible();
  await cells(panel, 'Hill').dblclick();
  await panel.getByRole('textbox', { name: 'name, row 1' }).fill('Mountain');
  await panel.getByRole('textbox', { name: 'name, row 1' }).press('Enter');
  await expect(panel.getByText(/A connection in your code has this database in use/)).toBeVisible();
  await workbench.run('db.commit()\nprint(db.execute("SELECT name, height FROM stations").fetchone())');
  await expect(workbench.output).toContainText("('Hill', 1.0)");
});

test('a CSV file becomes a table of a new database', async ({ workbench, page }) => {
  await workbench.run(
    'open("rain.csv", "w").write("month,mm,zip\\n1,12.5,01234\\n2,3,00001\\n")\nopen("ragged.csv", "w").write("a,b\\n1,2,3\\n")',
  );
  const panel = await openDatabase(workbench);
  await expect(panel.getByText('No SQLite database yet')).toBeVisible();
  const dialog = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'Import CSV' }).click();
  await dialog.getByLabel('File').selectOption('ragged.csv');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(panel.getByText(/Line 2 of “ragged.csv” has 3 fields/)).toBeVisible();
  await panel.getByRole('button', { name: 'Import CSV' }).click();
  await dialog.getByLabel('File').selectOption('rain.csv');
  await dialog.getByRole('button', { name: 'Import' }).click();
  await expect(panel.getByText('Imported 2 rows into “rain”.')).toBeVisible();
  await expect(cells(panel, '01234')).toBeVisible();
  expect(await workbench.run('import sqlite3\nprint(sqlite3.connect("data.db").execute("SELECT * FROM rain").fetchall())')).toContain(
    "[(1, 12.5, '01234'), (2, 3.0, '00001')]",
  );
});

test('while Python runs the panel says so, and a broken file is a sentence', async ({ workbench }) => {
  const panel = await opened(workbench);
  await workbench.start('import time\nprint("busy", flush=True)\ntime.sleep(3)\nopen("rain.db", "r+b").truncate(3000)');
  await expect(panel.getByText(/Python is busy/)).toBeVisible();
  await workbench.ready();
  await expect(panel.getByText(/The file is damaged/).first()).toBeVisible();
});

test('a database opens from the files panel', async ({ workbench, page }) => {
  await workbench.run(MAKE);
  await workbench.run('sqlite3.connect("other.db").executescript("CREATE TABLE only_here (x)")');
  await page.getByRole('button', { name: 'Files', exact: true }).click();
  await page.getByRole('treeitem', { name: 'rain.db' }).dblclick();
  await page.getByRole('dialog').getByRole('button', { name: 'Open in the Database panel' }).click();
  const panel = page.getByRole('complementary', { name: 'Database' });
  await expect(panel.getByRole('combobox', { name: 'Database' })).toHaveValue('home/pyodide/rain.db');
  await expect(table(panel, 'stations')).toBeVisible();
});

test('axe finds nothing in any state of the panel', async ({ workbench, page }) => {
  const panel = await openDatabase(workbench);
  await expect(panel.getByText('No SQLite database yet')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await workbench.run(MAKE);
  await expect(panel.getByRole('grid')).toBeVisible();
  await panel.getByText('Structure').click();
  await panel.getByRole('checkbox', { name: 'Select row 1', exact: true }).check();
  expect(await violations(page)).toEqual([]);
  await cells(panel, '2026-02').first().dblclick();
  expect(await violations(page)).toEqual([]);
  await panel.getByRole('button', { name: 'SQL', exact: true }).click();
  await panel.getByRole('textbox', { name: 'SQL statements' }).fill('SELECT * FROM stations');
  await page.keyboard.press('Control+Enter');
  await expect(panel.getByRole('region', { name: 'Result' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Import CSV' }).click();
  await expect(page.getByRole('dialog')).toBeVisible();
  expect(await violations(page)).toEqual([]);
});
