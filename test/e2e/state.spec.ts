/** The five actions on state: what they show, write, restore and undo. */
import { readFile } from 'node:fs/promises';
import { expect, test } from './workbench';

const MAKE = `
import sqlite3, json, os
db = sqlite3.connect("shop.db")
db.execute("create table items (name text, price real)")
db.executemany("insert into items values (?, ?)", [("apple", 1.5), ("pear", 2.25), ("plum", None)])
db.commit(); db.close()
json.dump({"counter": 7}, open("app_state.json", "w"))
os.makedirs("data/empty"); open("data/text.txt", "w").write("línea 1\\nline 2\\n")
open("data/bytes.bin", "wb").write(bytes(range(256)))
os.symlink("data/text.txt", "link"); open("/tmp/note", "w").write("tmp")
`;
const LOOK = `
import sqlite3, os
print(sqlite3.connect("shop.db").execute("select count(*), sum(price) from items").fetchone(), open("link").read()[:7],
      open("data/bytes.bin", "rb").read() == bytes(range(256)), os.listdir("data/empty"), open("/tmp/note").read())
`;
const LOOKED = '(3, 3.75) línea 1 True [] tmp';

test('Check state shows files, tables, the state file, runs and storage', async ({ workbench }) => {
  await workbench.run(MAKE);
  const panel = await workbench.check();
  for (const text of ['shop.db', 'data/text.txt', '/tmp/note', 'items', 'apple', '"counter": 7', 'Storage']) {
    await expect(panel).toContainText(text);
  }
  await expect(panel).toContainText(/3 rows/);
});

test('looking changes nothing on the disk', async ({ workbench }) => {
  await workbench.run(MAKE);
  const list = 'import os\nprint([(f, os.stat(os.path.join(d, f)).st_mtime_ns) for d in (".", "/tmp") for f in sorted(os.listdir(d))])';
  const before = await workbench.run(list);
  await workbench.check();
  expect((await workbench.run(list)).replace(/^Run \d+[^[]*/, '')).toBe(before.replace(/^Run \d+[^[]*/, ''));
});

test('Download, Clear, Upload bring everything back; Clear and Upload can be undone until the next run', async ({ workbench, page }) => {
  await workbench.run(MAKE);
  const { name, text } = await workbench.download();
  expect(name).toMatch(/^dormouse-state-.*\.json$/);
  const state = JSON.parse(text);
  expect(state).toMatchObject({ format: 'dormouse-state', version: 1, runtime: { pyodide: '314.0.7' }, runs: { count: 1 } });
  expect(state.files.find((file: { path: string }) => file.path === 'home/pyodide/data/text.txt').text).toBe('línea 1\nline 2\n');

  await workbench.clear();
  expect(JSON.parse((await workbench.download()).text)).toMatchObject({ runs: { count: 0 }, files: [] });
  await workbench.button('Bring back').click();
  await workbench.ready();
  await expect(workbench.code).toContainText('línea 1');
  expect(await workbench.run(LOOK)).toContain(LOOKED);
  await expect(workbench.button('Bring back')).toBeHidden();

  await workbench.clear();
  await workbench.run('open("other.txt", "w").write("other")');
  await workbench.upload(text);
  await expect(workbench.button('Bring back')).toBeVisible();
  await workbench.ready();
  await page.reload();
  await workbench.ready();
  await workbench.button('Bring back').click();
  await workbench.ready();
  expect(await workbench.run('print(open("other.txt").read())')).toContain('other');

  await workbench.upload(text);
  await expect(workbench.button('Bring back')).toBeVisible();
  await workbench.ready();
  await expect(workbench.code).toContainText('línea 1');
  expect(await workbench.run(LOOK)).toContain(LOOKED);
});

test('Cancel in the question of Clear session changes nothing', async ({ workbench, page }) => {
  await workbench.run('open("kept.txt", "w").write("kept")');
  await workbench.button('Clear session').click();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();
  expect(await workbench.run('print(open("kept.txt").read())')).toContain('kept');
});

test('a file made by hand loads', async ({ workbench }) => {
  const made = { format: 'dormouse-state', version: 1, files: [{ path: 'home/pyodide/notes.txt', text: 'by hand' }] };
  await workbench.upload(JSON.stringify(made));
  await expect(workbench.button('Bring back')).toBeVisible();
  await workbench.ready();
  expect(await workbench.run('print(open("notes.txt").read())')).toContain('by hand');
});

test('Download says what a state file cannot hold, and goes without it', async ({ workbench, page }) => {
  await workbench.run(
    'open("a.txt", "w").write("kept")\nopen("A.txt", "w").write("the same name but for its case")\nfor n in range(3):\n    with open(f"large-{n}", "wb") as f:\n        for i in range(100): f.write(bytes(1_000_000))',
  );
  await workbench.button('Download state').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('large-');
  await expect(dialog).toContainText(/A\.txt|a\.txt/);
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download without these' }).click(),
  ]);
  const { files } = JSON.parse(await readFile(await download.path(), 'utf8'));
  const paths = files.map(({ path }: { path: string }) => path.replace('home/pyodide/', ''));
  expect(paths.filter((path: string) => path.toLowerCase() === 'a.txt')).toHaveLength(1);
  expect(paths.filter((path: string) => path.startsWith('large-'))).toHaveLength(2);
});

test('what COMMIT waits for can be chosen, and the choice is kept', async ({ workbench, page }) => {
  await workbench.run(MAKE);
  const panel = await workbench.check();
  const choice = panel.getByRole('combobox', { name: 'COMMIT waits for' });
  await expect(choice).toHaveValue('stable');
  await choice.selectOption('relaxed');
  await expect(choice).toHaveValue('relaxed');
  expect(await workbench.run(LOOK)).toContain(LOOKED);
  await page.reload();
  await workbench.ready();
  await expect((await workbench.check()).getByRole('combobox', { name: 'COMMIT waits for' })).toHaveValue('relaxed');
});
