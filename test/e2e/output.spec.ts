/** What runs show beside text, in a notebook: every form, what is hostile in it, and what is there after a refresh. */
import { readFile } from 'node:fs/promises';
import type { Locator, Page } from '@playwright/test';
import { violations } from './axe';
import { expect, test, type Workbench } from './workbench';

const output = (page: Page, number: number): Locator => page.getByRole('region', { name: `Output of cell ${number}`, exact: true });

/** Writes cells, shows them as a notebook and runs all. */
async function runCells(workbench: Workbench, ...cells: string[]): Promise<void> {
  await workbench.write(cells.map((cell) => `# %%\n${cell}\n`).join('\n'));
  await workbench.button('Notebook').click();
  await workbench.button('Run all').click();
  await expect(output(workbench.page, cells.length)).toBeVisible();
  await workbench.ready();
}

test('a table of Python’s is a grid: rows on demand, sorted and filtered by Python, and its first rows after a refresh', async ({
  workbench,
  page,
}) => {
  await runCells(workbench, 'rows = [{"n": i, "name": f"name {i % 100}", "half": i / 2} for i in range(200_000)]\nrows');
  const grid = output(page, 1).getByRole('grid', { name: 'Table' });
  await expect(grid).toHaveAttribute('aria-rowcount', '200001');
  await expect(grid.getByRole('columnheader', { name: 'name str' })).toBeVisible();
  await expect(grid.getByRole('gridcell', { name: 'name 0', exact: true }).first()).toBeVisible();
  await grid.focus();
  await page.keyboard.press('Control+End');
  await expect(grid.getByRole('gridcell', { name: '99999.5', exact: true })).toBeVisible();
  // Sorted by keyboard: the headings are above the first row.
  await page.keyboard.press('Control+Home');
  await page.keyboard.press('ArrowUp');
  await page.keyboard.press('Enter');
  await page.keyboard.press('Enter');
  await expect(grid.getByRole('columnheader', { name: 'n int' })).toHaveAttribute('aria-sort', 'descending');
  await expect(grid.getByRole('gridcell', { name: '199999', exact: true })).toBeVisible();
  await expect(output(page, 1).getByText('200,000 values · 200,000 different · 0 to 199999')).toBeVisible();
  await output(page, 1).getByRole('searchbox', { name: 'Filter rows' }).fill('NAME 42');
  await expect(output(page, 1).getByText('2,000 of 200,000 rows × 3 columns')).toBeVisible();
  expect(await violations(page)).toEqual([]);

  await page.reload();
  await workbench.ready();
  await expect(grid.getByRole('gridcell', { name: 'name 0', exact: true }).first()).toBeVisible();
  // The interpreter is the same one: it still knows the table.
  await grid.focus();
  await page.keyboard.press('Control+End');
  await expect(grid.getByRole('gridcell', { name: '99999.5', exact: true })).toBeVisible();
});

test('cells of a grid are chosen and copied by keyboard', async ({ workbench, page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await runCells(workbench, '[{"a": 1, "b": "x\\ty"}, {"a": 2, "b": "say \\"hi\\""}, {"a": None, "b": "z"}]');
  const grid = output(page, 1).getByRole('grid');
  await grid.focus();
  await page.keyboard.press('Shift+ArrowDown');
  await page.keyboard.press('Shift+ArrowRight');
  await expect(output(page, 1).getByText('2 rows × 2 columns selected')).toBeVisible();
  await page.keyboard.press('Control+c');
  await expect(output(page, 1).getByText('Copied 4 cells')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe('1\t"x\ty"\n2\t"say ""hi"""');
});

test('values come in their richest form, and a person can choose another', async ({ workbench, page }) => {
  await runCells(
    workbench,
    'from IPython.display import HTML, Image, JSON, Latex, Markdown, SVG\nHTML("<h2>Hello <i>there</i></h2><p>from HTML</p>")',
    'Markdown("**bold** and `code`")',
    'Latex(r"$\\frac{a}{b}$")',
    'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="40" height="20" fill="green"/></svg>\')',
    'JSON({"list": [1, 2, {"deep": None}], "text": "t"})',
    'print("\\x1b[1;31mred\\x1b[0m plain"); 6 * 7',
  );
  await expect(output(page, 1).frameLocator('iframe').getByRole('heading', { name: 'Hello there' })).toBeVisible();
  await output(page, 1).getByRole('combobox', { name: 'Shown as' }).selectOption('Plain text');
  await expect(output(page, 1)).toContainText('<HTML object>');
  await expect(output(page, 2).getByRole('strong')).toHaveText('bold');
  await expect(output(page, 3).locator('mfrac')).toHaveCount(1);
  await expect(output(page, 4).getByRole('img', { name: 'Picture' })).toBeVisible();
  await output(page, 5).getByText('3 items').click();
  await expect(output(page, 5)).toContainText('2: {…} 1 key');
  await expect(output(page, 6).locator('.ansi-red.ansi-bold')).toHaveText('red');
  await expect(output(page, 6)).toContainText('42');
  expect(await violations(page)).toEqual([]);
});

test('displays are updated in place, progress is one line, and output is cleared', async ({ workbench, page }) => {
  await runCells(
    workbench,
    'handle = display("first", display_id=True)\nfor i in range(3): print(f"\\rstep {i}", end="")',
    'handle.update("second")\nfrom dormouse import progress\nfor _ in progress(range(5), label="Work"): pass',
    'from IPython.display import clear_output\nprint("gone")\nclear_output(wait=True)\nprint("here")',
  );
  await expect(output(page, 1)).toContainText("'second'");
  await expect(output(page, 1)).toContainText('step 2');
  await expect(output(page, 1)).not.toContainText('step 1');
  await expect(output(page, 2).getByRole('progressbar', { name: 'Work' })).toHaveAttribute('max', '5');
  await expect(output(page, 2)).toContainText('5 of 5');
  await expect(output(page, 3)).toHaveText(/^\s*here\s*$/);
});

test('an error names its place, and libraries are folded', async ({ workbench, page }) => {
  await runCells(workbench, 'import json\ndef read(text):\n    return json.loads(text)\n\nread("{")');
  const error = output(page, 1).getByRole('group', { name: 'Error: json.decoder.JSONDecodeError' });
  await expect(error).toContainText('Expecting property name enclosed in double quotes');
  await expect(error.getByRole('button', { name: 'Cell 1, line 3' })).toBeVisible();
  await expect(error.getByText('3 lines of libraries')).toBeVisible();
  await expect(error.getByText('in raw_decode')).toBeHidden();
  await error.getByText('3 lines of libraries').click();
  await expect(error.getByText('raw_decode').first()).toBeVisible();
  await error.getByRole('button', { name: 'Cell 1, line 3' }).click();
  await expect(page.getByRole('textbox', { name: 'Cell 1, Python' })).toBeFocused();
  expect(await violations(page)).toEqual([]);
});

test('long output shows its ends until all is asked for', async ({ workbench, page }) => {
  await runCells(workbench, 'for i in range(5000): print("line", i)');
  await expect(output(page, 1)).toContainText('line 0');
  await expect(output(page, 1)).toContainText('line 4999');
  await expect(output(page, 1)).not.toContainText('line 2500');
  await output(page, 1).getByRole('button', { name: 'Show all 5,000 lines' }).click();
  await expect(output(page, 1)).toContainText('line 2500');
});

test('charts are drawn from data: Vega-Lite and Plotly', async ({ workbench, page }) => {
  const vega =
    '{"mark": "bar", "data": {"values": [{"a": "x", "b": 3}, {"a": "y", "b": 5}]}, "transform": [{"calculate": "datum.b * 2", "as": "c"}], "encoding": {"x": {"field": "a"}, "y": {"field": "c", "type": "quantitative"}}}';
  const plotly =
    '{"data": [{"type": "bar", "x": ["a", "b"], "y": [1, 3]}, {"type": "scattermap", "lat": [1], "lon": [2]}], "layout": {"title": {"text": "Bars"}}}';
  await runCells(
    workbench,
    `import json\ndisplay({"application/vnd.vegalite.v5+json": json.loads('${vega}'), "text/plain": "vega"}, raw=True)`,
    `display({"application/vnd.plotly.v1+json": json.loads('${plotly}')}, raw=True)`,
  );
  await expect(output(page, 1).locator('canvas')).toBeVisible();
  await expect(output(page, 2).getByText('Bars', { exact: true })).toBeVisible({ timeout: 60_000 });
  await expect(output(page, 2)).toContainText('are left out (scattermap)');
});

test('nothing in hostile output runs, loads or leads away', async ({ workbench, page, context }) => {
  const asked: string[] = [];
  await context.route(/example\.(com|org)/, (route) => {
    asked.push(route.request().url());
    return route.abort();
  });
  const said: string[] = [];
  page.on('dialog', (dialog) => {
    said.push(dialog.message());
    return dialog.dismiss();
  });
  const evil = [
    '<script>alert(1); top.location = "https://example.com/a"</script><img src="https://example.com/b" onerror="alert(2)">',
    '<svg onload="alert(3)"><script>alert(4)</script><image href="https://example.com/c"/></svg>',
    '<iframe src="https://example.com/d"></iframe><object data="https://example.com/e"></object><link rel="stylesheet" href="https://example.com/f">',
    '<style>@import url(https://example.com/g); body { background: url(https://example.com/h) }</style><meta http-equiv="refresh" content="0; url=https://example.com/i">',
    '<form action="https://example.com/j"><button>send</button></form><a href="javascript:alert(5)">a</a><a href="https://example.org/k" target="_top">away</a><p>the end</p>',
  ].join('');
  await runCells(
    workbench,
    `from IPython.display import HTML, Markdown, SVG\nevil = ${JSON.stringify(evil)}\nHTML(evil)`,
    'Markdown(evil + "\\n\\n[link](https://example.org/l) ![](https://example.com/m)")',
    'SVG(\'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><script>alert(6)</script><image href="https://example.com/n"/></svg>\')',
    'display({"application/vnd.vegalite.v5+json": {"mark": "point", "data": {"url": "https://example.com/o"}, "usermeta": {"embedOptions": {"ast": False, "actions": True}}}}, raw=True)',
    'display({"application/vnd.plotly.v1+json": {"data": [{"type": "scattergeo", "lat": [1], "lon": [1]}, {"y": [1]}], "layout": {"title": {"text": "<a href=\\"https://example.org/p\\">plot</a>"}, "images": [{"source": "https://example.com/q"}], "geo": {}}}}, raw=True)',
    'display({"text/latex": r"\\\\href{https://example.org/r}{x} \\\\includegraphics{https://example.com/s}"}, raw=True)',
  );
  await expect(output(page, 1).frameLocator('iframe').getByText('the end')).toBeVisible();
  await expect(output(page, 4)).toContainText('Charts load nothing here');
  await expect(output(page, 5)).toContainText('are left out (scattergeo)', { timeout: 60_000 });
  await output(page, 1).frameLocator('iframe').getByText('away').click();
  // A link asks first.
  await output(page, 2).getByRole('link', { name: 'link' }).click();
  const question = page.getByRole('dialog', { name: 'Open this link?' });
  await expect(question).toContainText('https://example.org/l');
  await question.getByRole('button', { name: 'Stay here' }).click();
  expect(context.pages()).toHaveLength(1);
  expect(asked).toEqual([]);
  expect(said).toEqual([]);
  await expect(page).toHaveTitle(/Dormouse/);
});

test('what is seen in a grid is exported, in every format', async ({ workbench, page }) => {
  await runCells(workbench, '[{"n": i, "t": f"=name {i}"} for i in range(1500)]');
  const region = output(page, 1);
  await region.getByRole('searchbox', { name: 'Filter rows' }).fill('name 149');
  await expect(region.getByText('11 of 1,500 rows × 2 columns')).toBeVisible();
  const save = async (format: string) => {
    await region.getByRole('button', { name: 'Export' }).click();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      region.getByRole('button', { name: format, exact: true }).click(),
    ]);
    return { name: download.suggestedFilename(), bytes: await readFile(await download.path()) };
  };
  const csv = await save('CSV');
  expect(csv.name).toBe('table.csv');
  expect(csv.bytes.toString().split('\r\n').slice(0, 3)).toEqual(['n,t', "149,'=name 149", "1490,'=name 1490"]);
  expect(JSON.parse((await save('JSON')).bytes.toString())).toHaveLength(11);
  expect((await save('Excel (.xlsx)')).bytes.subarray(0, 2).toString()).toBe('PK');
  expect((await save('Parquet')).bytes.subarray(0, 4).toString()).toBe('PAR1');
  await region.getByRole('button', { name: 'Export' }).click();
  expect(await violations(page)).toEqual([]);
});
