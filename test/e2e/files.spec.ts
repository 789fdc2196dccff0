/** The files panel as a person meets it: files in and out, changed by hand and by Python, and back again. */
import { readFile, writeFile } from 'node:fs/promises';
import { exportTable, RowsSource } from '../../src/table';
import { violations } from './axe';
import { item, openFiles, upload } from './files-panel';
import { takeScreenshot } from './screenshots';
import { expect, test, Workbench } from './workbench';

const CSV = 'month,mm\n1,12.5\n2,30.25\n';

test('an uploaded file is Python’s at once, and what Python writes is in the tree at once', async ({ workbench, page }) => {
  const panel = await openFiles(workbench);
  await expect(panel.getByText('No files yet')).toBeVisible();
  await upload(page, [{ name: 'rain.csv', content: CSV }]);
  await expect(panel.getByText('Uploaded “rain.csv”.')).toBeVisible();
  await expect(item(panel, 'rain.csv')).toHaveAttribute('aria-selected', 'true');
  await expect(workbench.saved).toContainText(/Saved \d/);
  expect(await workbench.run('print(open("rain.csv").read().count("\\n"))')).toContain('3');
  await workbench.start('import time\nopen("written.txt", "w").write("x")\nprint("written", flush=True)\ntime.sleep(60)');
  await expect(workbench.output).toContainText('written');
  await expect(item(panel, 'written.txt')).toBeVisible({ timeout: 5000 });
  await workbench.button('Stop').click();
  await workbench.ready();
});

test('files outlive a refresh, and an upload can be undone', async ({ workbench, page }) => {
  const panel = await openFiles(workbench);
  await upload(page, [{ name: 'a.txt', content: 'first' }]);
  await expect(panel.getByText('Uploaded “a.txt”.')).toBeVisible();
  await upload(page, [{ name: 'a.txt', content: 'second' }]);
  await expect(panel.getByText(/in place of the older one/)).toBeVisible();
  expect(await workbench.run('print(open("a.txt").read())')).toContain('second');
  await panel.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(panel.getByText('Undone.')).toBeVisible();
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('print(open("a.txt").read())')).toContain('first');
});

test('a folder is deleted whole and comes back whole', async ({ workbench }) => {
  await workbench.run(
    'import os\nos.makedirs("data/deep")\nfor i in range(20): open(f"data/{i}.txt", "w").write(str(i))\nopen("data/deep/x", "wb").write(bytes(3 << 20))\nos.symlink("0.txt", "data/link")',
  );
  const panel = await openFiles(workbench);
  await item(panel, 'data').click();
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel.getByText('Deleted “data”.')).toBeVisible();
  await expect(item(panel, 'data')).toHaveCount(0);
  expect(await workbench.run('print(os.path.exists("data"))')).toContain('False');
  await panel.getByRole('button', { name: 'Undo', exact: true }).click();
  await expect(panel.getByText('Undone.')).toBeVisible({ timeout: 60_000 });
  expect(
    await workbench.run(
      'print(len(os.listdir("data")), os.path.getsize("data/deep/x"), open("data/link").read(), open("data/19.txt").read())',
    ),
  ).toContain('22 3145728 0 19');
});

test('files are made, renamed, moved and edited', async ({ workbench, page }) => {
  const panel = await openFiles(workbench);
  const dialog = page.getByRole('dialog');
  await panel.getByRole('button', { name: 'New folder' }).click();
  await dialog.getByLabel('Name').fill('data');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(item(panel, 'data')).toBeVisible();
  await panel.getByRole('button', { name: 'New file' }).click();
  await dialog.getByLabel('Name').fill('data/tool.py');
  await dialog.getByRole('button', { name: 'Save' }).click();
  const text = dialog.getByRole('textbox', { name: 'Text of tool.py' });
  await text.fill('answer = 42\n');
  await text.press('Control+s');
  await expect(dialog.getByRole('button', { name: 'Save' })).toHaveAttribute('aria-disabled', 'true');
  await dialog.getByRole('button', { name: 'Close' }).click();
  await expect(panel.getByText('Saved “tool.py”.')).toBeVisible();
  await item(panel, 'tool.py').click();
  await panel.getByRole('button', { name: 'Rename', exact: true }).click();
  await dialog.getByLabel('Name').fill('answers.py');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(panel.getByText('Now called “answers.py”.')).toBeVisible();
  expect(await workbench.run('import answers\nprint(answers.answer)')).toContain('42');
  await item(panel, 'answers.py').dblclick();
  await dialog.getByRole('button', { name: 'Edit' }).click();
  await dialog.getByRole('textbox', { name: 'Text of answers.py' }).fill('answer = 43');
  await page.keyboard.press('Escape');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('heading', { name: 'Close without saving?' })).toBeVisible();
  await page.getByRole('button', { name: 'Close without saving' }).click();
  expect(await workbench.run('print(open("answers.py").read())')).toContain('answer = 42');
});

test('one file is downloaded as it is, several as a zip', async ({ workbench, page }) => {
  await workbench.run(
    'import os\nos.makedirs("d")\nopen("d/ä.txt", "w").write("hello")\nopen("b.bin", "wb").write(bytes(range(256)) * 4000)',
  );
  const panel = await openFiles(workbench);
  await item(panel, 'b.bin').click();
  const [one] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Download', exact: true }).click()]);
  expect(one.suggestedFilename()).toBe('b.bin');
  expect((await readFile(await one.path())).length).toBe(1_024_000);
  const [all] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name: 'Download all as zip' }).click()]);
  const archive = await readFile(await all.path());
  expect(all.suggestedFilename()).toBe('files.zip');
  await upload(page, [{ name: 'back.zip', content: archive }]);
  await expect(item(panel, 'back.zip')).toBeVisible();
  expect(
    await workbench.run(
      'import zipfile\nz = zipfile.ZipFile("back.zip")\nprint(z.testzip(), sorted(z.namelist()), z.read("d/ä.txt"), len(z.read("b.bin")))',
    ),
  ).toContain("None ['b.bin', 'd/', 'd/ä.txt'] b'hello' 1024000");
});

test('what waits for a run says so and can be cancelled', async ({ workbench, page }) => {
  await workbench.start('import time\nprint("busy", flush=True)\ntime.sleep(4)');
  await expect(workbench.output).toContainText('busy');
  const panel = await openFiles(workbench);
  await upload(page, [{ name: 'later.txt', content: 'x' }]);
  await expect(panel.getByText('Waits for the run to end')).toBeVisible();
  await panel.getByRole('button', { name: 'Cancel' }).click();
  await expect(panel.getByText(/^Cancelled/)).toBeVisible();
  await upload(page, [{ name: 'kept.txt', content: 'x' }]);
  await workbench.ready();
  await expect(item(panel, 'kept.txt')).toBeVisible();
  await expect(item(panel, 'later.txt')).toHaveCount(0);
});

test('a file that does not fit leaves everything as it was', async ({ page, context, baseURL }, info) => {
  const workbench = new Workbench(page);
  const cdp = await context.newCDPSession(page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL as string).origin, quotaSize: 24 * 2 ** 20 });
  await workbench.open();
  await workbench.run('open("mine.txt", "w").write("mine")');
  const panel = await openFiles(workbench);
  const large = info.outputPath('mine.txt');
  await writeFile(large, new Uint8Array(49 * 2 ** 20));
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), workbench.button('Upload').click()]);
  await chooser.setFiles(large);
  await expect(panel.getByText(/There is no room for “mine.txt”/)).toBeVisible({ timeout: 60_000 });
  expect(await workbench.run('import os\nprint(open("mine.txt").read(), os.listdir("/tmp"))')).toContain('mine []');
  await expect(workbench.saved).toContainText(/Saved \d/);
});

test('the tree is used by keys alone', async ({ workbench, page }) => {
  await workbench.run('import os\nos.makedirs("data")\nfor n in "abc": open(f"data/{n}.txt", "w").write(n)\nopen("z.txt", "w").write("z")');
  const panel = await openFiles(workbench);
  await panel.getByRole('tree').focus();
  await page.keyboard.press('ArrowRight');
  await expect(item(panel, 'data')).toHaveAttribute('aria-expanded', 'true');
  await expect(item(panel, 'a.txt')).toHaveAttribute('aria-level', '2');
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(panel.getByText('2 selected')).toBeVisible();
  await page.keyboard.press('Delete');
  await expect(panel.getByText('Deleted 2 things.')).toBeVisible();
  await panel.getByRole('tree').focus();
  await page.keyboard.press('End');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('dialog').getByRole('region', { name: 'Text of z.txt' })).toHaveText('z');
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toHaveCount(0);
});

test('five thousand files: only what is in sight is drawn, and one is found by its name', async ({ workbench }) => {
  await workbench.run('import os\nos.makedirs("many")\nfor i in range(5000): open(f"many/file {i}.txt", "w").close()');
  const panel = await openFiles(workbench);
  await item(panel, 'many').click();
  await expect(item(panel, 'file 0.txt')).toBeVisible();
  expect(await panel.getByRole('treeitem').count()).toBeLessThan(100);
  await panel.getByRole('searchbox', { name: 'Find a file' }).fill('4321');
  await expect(item(panel, 'file 4321.txt')).toBeVisible();
  await expect(panel.getByText('1 file found')).toBeVisible();
});

test('code that loads a file goes where the work is', async ({ workbench, page }) => {
  const panel = await openFiles(workbench);
  await workbench.write('');
  await upload(page, [{ name: 'notes.json', content: '{"a": [1, 2]}' }]);
  await item(panel, 'notes.json').click();
  await panel.getByRole('button', { name: 'Insert code' }).click();
  await expect(workbench.code).toContainText('json.load(file)');
  expect(await workbench.run()).toContain("{'a': [1, 2]}");
});

test('awkward files are shown as what they are', async ({ workbench, page }) => {
  await workbench.run(
    'open("latin.txt", "wb").write("grün".encode("latin-1"))\nopen("binary.dat", "wb").write(bytes(range(256)))\nopen("broken.png", "wb").write(b"no png")\nopen("evil.svg", "w").write("<svg xmlns=\'http://www.w3.org/2000/svg\' width=\'8\' height=\'8\'><script>document.title=1</script></svg>")\nopen("<img src=x onerror=alert(1)>.txt", "w").write("<b>plain</b>")\nopen("back\\\\slash", "w").write("x")\nopen("n" * 250, "w").write("long")',
  );
  const panel = await openFiles(workbench);
  const dialog = page.getByRole('dialog');
  const shows = async (name: string, text: string | RegExp) => {
    await item(panel, name).dblclick();
    await expect(dialog.getByText(text)).toBeVisible();
    await dialog.getByRole('button', { name: 'Close' }).click();
  };
  await shows('latin.txt', 'grün');
  await shows('binary.dat', /A binary file of 256 bytes/);
  await shows('broken.png', /no picture/);
  await shows('onerror', '<b>plain</b>');
  await item(panel, 'evil.svg').dblclick();
  await expect(dialog.getByRole('img', { name: 'Picture evil.svg' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Close' }).click();
  expect(await page.title()).not.toBe('1');
  await item(panel, 'back\\slash').click();
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel.getByText('Deleted “back\\slash”.')).toBeVisible();
});

test('axe finds nothing in any state of the panel', async ({ workbench, page }) => {
  const panel = await openFiles(workbench);
  await expect(panel.getByText('No files yet')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await workbench.run(
    'import os\nos.makedirs("data")\nfor i in range(12): open(f"data/{i}.csv", "w").write("a,b\\n1,2\\n")\nopen("/tmp/t", "w").write("t")',
  );
  await item(panel, 'data').click();
  await item(panel, '11.csv').click();
  expect(await violations(page)).toEqual([]);
  await panel.getByRole('button', { name: 'Delete', exact: true }).click();
  await expect(panel.getByText('Deleted “11.csv”.')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await item(panel, '10.csv').dblclick();
  await page.getByRole('dialog').getByRole('button', { name: 'Text', exact: true }).click();
  await expect(page.getByRole('dialog').getByText('a,b')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await page.getByRole('dialog').getByRole('button', { name: 'Edit' }).click();
  await expect(page.getByRole('textbox', { name: 'Text of 10.csv' })).toBeVisible();
  expect(await violations(page)).toEqual([]);
});

test('CSV, JSON, Excel and Parquet files open as tables, with their types, and one click writes the code that loads them', async ({
  workbench,
  page,
}) => {
  test.slow();
  const source = new RowsSource(
    [
      { name: 'city', type: 'text' },
      { name: 'mm', type: 'number' },
    ],
    [
      ['Oslo', 1.5],
      ['Rome', 2],
    ],
  );
  const exported = async (format: 'xlsx' | 'parquet') =>
    Buffer.from(await (await exportTable(source, format, { name: 'cities' })).arrayBuffer());
  const panel = await openFiles(workbench);
  await upload(page, [
    { name: 'rain.csv', content: 'day;mm;wet\n2026-01-02;1.5;true\n2026-01-03;2;false;more\n' },
    { name: 'list.json', content: '[{"a": 1, "b": "x"}, {"a": 2}]' },
    { name: 'other.json', content: '{"a": 1}' },
    { name: 'lines.jsonl', content: '{"n": 12345678901234567890}\n' },
    { name: 'book.xlsx', content: await exported('xlsx') },
    { name: 'cities.parquet', content: await exported('parquet') },
    { name: 'broken.xlsx', content: 'no workbook' },
  ]);
  await expect(panel.getByText('Uploaded 7 files.')).toBeVisible();
  const dialog = page.getByRole('dialog');
  const open = async (name: string) => {
    await item(panel, name).dblclick();
    await expect(dialog.getByRole('heading', { name })).toBeVisible();
  };
  const table = dialog.getByRole('grid');
  const close = () => dialog.getByRole('button', { name: 'Close', exact: true }).click();

  await open('rain.csv');
  await expect(table.getByRole('columnheader', { name: /day date/ })).toBeVisible();
  await expect(table.getByRole('columnheader', { name: /mm number/ })).toBeVisible();
  await expect(table.getByRole('columnheader', { name: /wet boolean/ })).toBeVisible();
  await expect(dialog.getByText('Separated by semicolons, UTF-8, the first row as headings.')).toBeVisible();
  await expect(dialog.getByText('1 row has fewer or more fields than there are columns; the first is row 1 with 3.')).toBeVisible();
  expect(await violations(page)).toEqual([]);
  await takeScreenshot(page, 'file-table');
  await dialog.getByRole('button', { name: 'Text', exact: true }).click();
  await expect(dialog.getByText('2026-01-02;1.5;true')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Edit' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Table', exact: true }).click();
  await expect(table.getByRole('gridcell', { name: '2026-01-03' })).toBeVisible();
  await dialog.getByRole('searchbox', { name: 'Filter rows' }).fill('true');
  await expect(dialog.getByText('1 of 2 rows')).toBeVisible();
  await close();

  await open('list.json');
  await expect(table.getByRole('columnheader', { name: /a integer/ })).toBeVisible();
  await close();
  await open('other.json');
  await expect(dialog.getByText('"a": 1')).toBeVisible();
  await close();
  await open('lines.jsonl');
  await expect(table.getByRole('gridcell', { name: '12345678901234567890' })).toBeVisible();
  await close();
  await open('book.xlsx');
  await expect(table.getByRole('gridcell', { name: 'Oslo' })).toBeVisible();
  await close();
  await open('broken.xlsx');
  await expect(dialog.getByRole('alert')).toContainText('It cannot be shown as a table: This is no .xlsx file.');
  await close();
  await open('cities.parquet');
  await expect(table.getByRole('gridcell', { name: 'Rome' })).toBeVisible();
  await dialog.getByRole('button', { name: 'Insert code' }).click();
  await expect(workbench.code).toContainText('cities = pd.read_parquet("cities.parquet")');
});
