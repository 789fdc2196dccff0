/** A session leaves as one file and goes on elsewhere; what is opened is looked at first, and nothing of it runs before. */
import { readFile, writeFile } from 'node:fs/promises';
import type { Page } from '@playwright/test';
import { TRAPS } from '../fixtures/traps';
import { zipOf } from '../fixtures/zip-archives';
import { violations } from './axe';
import { chooseInMenu, expect, openFile, test, type Workbench } from './workbench';

const SET_UP = `
import sqlite3
squares = (i * i for i in range(100))
next(squares), next(squares)
db = sqlite3.connect("app.db")
db.execute("create table rows (n)")
db.execute("insert into rows values (7)")
db.commit()
book = open("book.txt", "w+")
book.write("first line\\nsecond line\\n")
book.seek(0)
book.readline()
print("set up")
`;
const GO_ON = 'print(next(squares), book.readline().strip(), db.execute("select n from rows").fetchone())';

/** Downloads a capsule with what is chosen by itself; returns where it lies. */
async function downloadCapsule(page: Page, path: string): Promise<void> {
  await chooseInMenu(page, 'Download as a capsule…');
  const dialog = page.getByRole('dialog', { name: 'Download as a capsule' });
  await expect(dialog).toContainText(/At most .*[kM]B/);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download' }).click()]);
  expect(download.suggestedFilename()).toMatch(/\.dormouse$/);
  await download.saveAs(path);
}

const press = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();
const output = (workbench: Workbench, code: string) => workbench.run(code);

test('a capsule goes on in another browser exactly where it was: variables, generators, open files and databases', async ({
  workbench,
  page,
  browser,
}, info) => {
  await output(workbench, SET_UP);
  await expect(workbench.saved).toContainText('everything kept');
  const path = info.outputPath('x.dormouse');
  await downloadCapsule(page, path);

  // Another person's browser: nothing of this one is there.
  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(page.url().replace(/#.*/, ''));
  await expect(other.getByRole('status', { name: 'Python', exact: true })).toHaveText('Ready', { timeout: 90_000 });
  await openFile(other, path);
  const dialog = other.getByRole('dialog');
  await expect(dialog).toContainText('Nothing of it has been run');
  await expect(dialog).toContainText('continues that program');
  await expect(dialog).toContainText('book.txt');
  await expect(dialog).toContainText('squares = (i * i for i in range(100))');
  expect(await violations(other)).toEqual([]);
  await press(other, 'Resume');
  await expect(other).toHaveURL(/#\/s\/[a-z0-9]{12}$/);
  await expect(other.getByRole('status', { name: 'Python', exact: true })).toHaveText('Ready', { timeout: 90_000 });
  await expect(other.getByRole('textbox', { name: 'Code' })).toContainText('squares = ');
  await other.getByRole('textbox', { name: 'Code' }).fill(GO_ON);
  await other.getByRole('button', { name: 'Run', exact: true }).click();
  await expect(other.getByRole('log', { name: 'Output' })).toContainText('4 second line (7,)');
  await context.close();
});

test('“Open” takes files and code, and no variables', async ({ workbench, page }, info) => {
  await output(workbench, SET_UP);
  const path = info.outputPath('x.dormouse');
  await downloadCapsule(page, path);
  await openFile(page, path);
  await press(page, 'Open');
  await expect(page).toHaveURL(/#\/s\/[a-z0-9]{12}$/);
  await workbench.ready();
  await expect(workbench.code).toContainText('squares = (i * i for i in range(100))');
  expect(await output(workbench, 'print("squares" in globals(), open("book.txt").read().split())')).toContain(
    "False ['first', 'line', 'second', 'line']",
  );
});

test('a plain zip becomes a session, and a hostile one is refused with everything as it was', async ({ workbench, page }, info) => {
  const good = info.outputPath('good.zip');
  await writeFile(good, zipOf([{ name: 'data/rain.csv', data: 'a,b\n' }]));
  const bad = info.outputPath('bad.zip');
  await writeFile(bad, zipOf([{ name: '../../etc/passwd', data: 'x' }]));
  await output(workbench, 'mine = 1');
  const address = page.url();
  await openFile(page, bad);
  await expect(page.getByText(/"\.\." cannot be a file name/)).toBeVisible();
  expect(page.url()).toBe(address);
  expect(await output(workbench, 'print(mine)')).toContain('1');
  await openFile(page, good);
  await press(page, 'Cancel');
  expect(page.url()).toBe(address);
  await openFile(page, good);
  await press(page, 'Open');
  await expect(page).not.toHaveURL(address);
  await workbench.ready();
  expect(await output(workbench, 'print(open("data/rain.csv").read())')).toContain('a,b');
});

test('nothing that came with a stranger’s files runs by being opened, looked at, completed or listed', async ({
  workbench,
  page,
}, info) => {
  const path = info.outputPath('trap.zip');
  await writeFile(path, zipOf(TRAPS));
  await openFile(page, path);
  await press(page, 'Open');
  await expect(page).toHaveURL(/#\/s\/[a-z0-9]{12}$/);
  await workbench.ready();
  const files = page.getByRole('complementary', { name: 'Files' });
  const look = async () => {
    await workbench.button('Variables').click();
    await expect(page.getByRole('complementary', { name: 'Variables' })).toBeVisible();
    await workbench.button('Database').click();
    await workbench.button('Packages').click();
    await workbench.write('import jso');
    await workbench.code.press('Control+Space');
    await page.waitForTimeout(1500);
    await workbench.code.press('Escape');
    await workbench.button('Files').click();
    for (const name of ['0-array.npy', '0-bomb.png', '0-data.pkl', '0-trap.pth'])
      await files.getByRole('treeitem', { name: new RegExp(`^${name}`) }).click();
    await expect(files.getByRole('treeitem', { name: /^0-array\.npy/ })).toBeVisible();
    await expect(files.getByRole('treeitem', { name: /^0-ran\.txt/ })).toHaveCount(0);
    await workbench.button('Files').click();
  };
  await look();
  await page.reload();
  await workbench.ready();
  await look();
  // A person's own run means the module beside it, as everywhere.
  expect(await workbench.run('import statistics\nprint(open("0-ran.txt").read().split())')).toContain("['statistics']");
});

test('the preview of a capsule at three widths', async ({ workbench, page }, info) => {
  await output(workbench, SET_UP);
  const path = info.outputPath('x.dormouse');
  await downloadCapsule(page, path);
  expect((await readFile(path)).subarray(0, 2).toString()).toBe('PK');
  await openFile(page, path);
  await expect(page.getByRole('dialog')).toContainText('Nothing of it has been run');
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 });
    await page.screenshot({ path: info.outputPath(`preview-${width}.png`) });
    const box = await page.getByRole('dialog').boundingBox();
    expect(box && box.x >= 0 && box.x + box.width <= width).toBe(true);
  }
});
