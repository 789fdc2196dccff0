/** What survives a refresh, Undo run, and the history: going back, names, branches, comparing, removing. */
import { violations } from './axe';
import { expect, test, type Workbench } from './workbench';

/** A run that leaves `n` in a variable, a file and a database. */
const write = (n: number) => `
import sqlite3
n = ${n}
open("n.txt", "w").write(str(n))
db = sqlite3.connect("n.db")
db.execute("create table if not exists t (n)")
db.execute("insert into t values (?)", (n,))
db.commit()
`;
const READ = 'print("now:", n, open("n.txt").read(), db.execute("select count(*), max(n) from t").fetchone())';

/** `first line` makes the run known in the history. */
const marked = (line: string, n: number) => `# ${line}${write(n)}`;

async function twoRuns(workbench: Workbench): Promise<void> {
  await workbench.run(marked('the first', 1));
  await workbench.run(marked('the second', 2));
}

test('variables, a generator and an open connection go on after a refresh', async ({ workbench, page }) => {
  await workbench.run(`g = iter(range(10))\nnext(g)\n${write(1)}`);
  await expect(workbench.saved).toHaveText(/^Saved .* · everything kept$/);
  await page.reload();
  await workbench.ready();
  await expect(page.getByText(/^Back where you were · \d+ variables?, \d+ files? · /)).toBeVisible();
  await expect(workbench.saved).toHaveText(/^Saved .* · everything kept$/);
  expect(await workbench.run(`print("next:", next(g))\n${READ}`)).toMatch(/next: 1\s+now: 1 1 \(1, 1\)/);
});

test('Undo run brings variables, file and database back together; Redo returns', async ({ workbench, page }) => {
  await twoRuns(workbench);
  await workbench.button('Undo run').click();
  await expect(page.getByRole('status').filter({ hasText: 'Run 2 was undone' })).toBeVisible();
  await workbench.ready();
  // What was written stays in the editor: it is there to be mended.
  await expect(workbench.code).toContainText('the second');
  expect(await workbench.run(READ)).toContain('now: 1 1 (1, 1)');
  await expect(workbench.button('Redo')).toBeHidden();

  await workbench.run(marked('the third', 3));
  await workbench.button('Undo run').click();
  await workbench.ready();
  await workbench.button('Redo').click();
  await expect(page.getByRole('status').filter({ hasText: /^Redone/ })).toBeVisible();
  await workbench.ready();
  expect(await workbench.run(READ)).toContain('now: 3 3 (2, 3)');
});

test('Undo run is not possible before a run, nor while one goes on, and says why', async ({ workbench }) => {
  const undo = workbench.button('Undo run');
  await expect(undo).toHaveAttribute('aria-disabled', 'true');
  await expect(undo).toHaveAttribute('title', 'There is no run to undo');
  await twoRuns(workbench);
  await expect(undo).not.toHaveAttribute('aria-disabled');
  await workbench.start('print("begun", flush=True)\nimport time\nfor _ in range(600): time.sleep(0.1)');
  await expect(workbench.output).toContainText('begun');
  await expect(undo).toHaveAttribute('aria-disabled', 'true');
  await workbench.button('Stop').click();
  await workbench.ready();
});

test('going back takes the code along, and returns', async ({ workbench, page }) => {
  await twoRuns(workbench);
  const panel = await workbench.history();
  await expect(panel.getByRole('listitem').first()).toContainText('# the second');
  await expect(panel.getByRole('listitem').first()).toContainText('now');
  await (await workbench.moment('# the first')).getByRole('button', { name: /^Go back to \d\d:\d\d$/ }).click();
  await expect(page.getByRole('status').filter({ hasText: /^Back at \d\d:\d\d/ })).toBeVisible();
  await workbench.ready();
  await expect(workbench.code).toContainText('the first');
  await expect(panel.getByRole('listitem').filter({ hasText: '# the first' })).toContainText('now');
  await workbench.button('Return to where you were').click();
  await workbench.ready();
  await expect(workbench.code).toContainText('the second');
  expect(await workbench.run(READ)).toContain('now: 2 2 (2, 2)');
});

test('a moment can be kept and named, and the names survive a refresh', async ({ workbench, page }) => {
  await twoRuns(workbench);
  const panel = await workbench.history();
  await panel.getByRole('button', { name: 'Keep this moment…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('kept on purpose');
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('listitem').filter({ hasText: 'kept on purpose' })).toContainText('kept by hand');
  await (await workbench.moment('# the first')).getByRole('button', { name: 'Name…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('where it began');
  await page.keyboard.press('Enter');
  await expect(panel.getByRole('listitem').filter({ hasText: 'where it began' })).toContainText('# the first');
  await page.reload();
  await workbench.ready();
  await workbench.history();
  for (const name of ['kept on purpose', 'where it began'])
    await expect(panel.getByRole('listitem').filter({ hasText: name })).toBeVisible();
});

test('a moment opens as a new session, and the old one stays as it is', async ({ workbench, page }) => {
  await twoRuns(workbench);
  const before = page.url();
  await workbench.history();
  await (await workbench.moment('# the first')).getByRole('button', { name: 'Open as a new session' }).click();
  await expect(page).not.toHaveURL(before);
  await workbench.ready();
  expect(await workbench.run(READ)).toContain('now: 1 1 (1, 1)');
  await page.goto(before);
  await expect(page.getByRole('button', { name: 'Session: First session' })).toBeVisible();
  await workbench.ready();
  expect(await workbench.run(READ)).toContain('now: 2 2 (2, 2)');
});

test('comparing names the files and variables that differ', async ({ workbench }) => {
  await workbench.run('# to compare with\nchanges = 1\ngoes = 2\nopen("goes.txt", "w").write("x")');
  await workbench.run('import os\nchanges = "text"\ncomes = 3\ndel goes\nos.remove("goes.txt")\nopen("comes.txt", "w").write("x")');
  await workbench.history();
  const entry = await workbench.moment('# to compare with');
  await entry.getByRole('button', { name: 'Compare with now' }).click();
  for (const [name, change] of [
    ['comes.txt', 'added'],
    ['goes.txt', 'removed'],
    ['comes', 'added, int'],
    ['goes', 'removed, int'],
    ['changes', 'int → str'],
  ] as const) {
    await expect(entry.getByRole('row').filter({ has: entry.page().getByRole('rowheader', { name, exact: true }) })).toContainText(change);
  }
});

test('two moments that are past are compared, the earlier one first, and nothing of them can be taken', async ({ workbench }) => {
  await workbench.run('# the first\nopen("a.txt", "w").write("one")');
  await workbench.run('# the second\nopen("a.txt", "w").write("two"); came = 1');
  await workbench.run('# the third\nopen("b.txt", "w").write("x")');
  await workbench.history();
  const entry = await workbench.moment('# the second');
  await entry.getByRole('button', { name: 'Compare with now' }).click();
  const file = (name: string) => entry.getByRole('row').filter({ has: entry.page().getByRole('rowheader', { name, exact: true }) });
  await expect(file('b.txt')).toContainText('added');
  const other = entry.getByLabel('Compared with');
  await expect(other.getByRole('option').filter({ hasText: '# the second' })).toHaveCount(0);
  await other.selectOption({ label: (await other.getByRole('option').filter({ hasText: '# the first' }).textContent()) as string });
  await expect(entry.getByRole('heading', { name: /^What was different at \d\d:\d\d \(Run 2\) from \d\d:\d\d \(Run 1\)$/ })).toBeVisible();
  await expect(file('a.txt')).toContainText('changed');
  await expect(file('came')).toContainText('added, int');
  await expect(file('b.txt')).toHaveCount(0);
  await entry.getByRole('button', { name: 'a.txt' }).click();
  await expect(entry.getByRole('region', { name: 'What differs in a.txt' }).last()).toContainText(/one[\s\S]*two/);
  await expect(entry.getByRole('button', { name: 'Apply' })).toHaveCount(0);
  await other.selectOption('now');
  await expect(file('b.txt')).toContainText('added');
});

test('removing asks only where a person gave a name, and keeps the focus in the list', async ({ workbench, page }) => {
  await twoRuns(workbench);
  await workbench.run('# the third');
  const panel = await workbench.history();
  await (await workbench.moment('# the second')).getByRole('button', { name: 'Remove' }).click();
  await expect(panel.getByRole('listitem').filter({ hasText: '# the second' })).toHaveCount(0);
  await expect(panel.getByRole('listitem').getByRole('button').and(page.locator(':focus'))).toHaveCount(1);

  const first = await workbench.moment('# the first');
  await first.getByRole('button', { name: 'Name…' }).click();
  await page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill('dear to me');
  await page.keyboard.press('Enter');
  await first.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(first).toContainText('dear to me');
  await first.getByRole('button', { name: 'Remove' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(panel.getByRole('listitem').filter({ hasText: 'dear to me' })).toHaveCount(0);
  // The present goes on regardless.
  expect(await workbench.run(READ)).toContain('now: 2 2 (2, 2)');
});

test('what cannot be kept is said, with the variable that holds it', async ({ workbench, page }) => {
  await workbench.run('import js\nelement = js.Object.new()\nkept = 1');
  await expect(workbench.saved).toHaveText(/^Saved .* · 1 thing not kept$/);
  await workbench.button('Details of saving').press('Enter');
  const details = page.getByRole('group', { name: 'Details of saving' });
  await expect(details).toContainText('element');
  for (const figure of ['Saved in', 'Memory changed', 'Stored']) await expect(details).toContainText(figure);
  await page.keyboard.press('Escape');
  await expect(details).toBeHidden();
  await expect(workbench.button('Details of saving')).toBeFocused();
});

for (const colorScheme of ['light', 'dark'] as const) {
  test(`axe finds nothing in the history, ${colorScheme}`, async ({ workbench, page }) => {
    await page.emulateMedia({ colorScheme });
    await workbench.history();
    expect(await violations(page), 'without a run').toEqual([]);
    await twoRuns(workbench);
    const entry = await workbench.moment('# the first');
    await entry.getByRole('button', { name: 'Compare with now' }).click();
    await expect(entry.getByRole('heading', { name: /^What is different now/ })).toBeVisible();
    expect(await violations(page), 'with a comparison').toEqual([]);
    await entry.getByRole('button', { name: 'Name…' }).click();
    expect(await violations(page), 'with the question for a name').toEqual([]);
  });
}

for (const width of [360, 768, 1440]) {
  test(`the history fits in ${width} px`, async ({ workbench, page }) => {
    await page.setViewportSize({ width, height: 800 });
    await workbench.run(`${'x'.repeat(300)} = 1`);
    await workbench.history();
    await workbench.moment('xxx');
    expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
  });
}
