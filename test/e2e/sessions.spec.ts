/** Sessions: a list of them, addresses, copies; and one session in two tabs. */
import type { BrowserContext } from '@playwright/test';
import { busiestRenderer } from './processes';
import { expect, test, Workbench } from './workbench';

/** The name of the session in the bar, a button with the menu behind it. */
const menu = (workbench: Workbench) => workbench.page.getByRole('button', { name: /^Session: / });
const panel = (workbench: Workbench) => workbench.page.getByRole('group', { name: 'Session' });

/** Chooses an entry of the session menu. */
async function choose(workbench: Workbench, name: string): Promise<void> {
  await menu(workbench).click();
  await panel(workbench).getByRole('button', { name, exact: true }).click();
}

/** Makes a new session and waits until it is ready. */
async function create(workbench: Workbench): Promise<void> {
  const before = await workbench.page.title();
  await choose(workbench, 'New session');
  // The address changes first; the page that was there before is ready, too.
  await expect(workbench.page).not.toHaveTitle(before);
  await workbench.ready();
}

async function rename(workbench: Workbench, name: string): Promise<void> {
  await choose(workbench, 'Rename');
  await workbench.page.getByRole('dialog').getByRole('textbox', { name: 'Name' }).fill(name);
  await workbench.page.keyboard.press('Enter');
  await expect(menu(workbench)).toHaveText(new RegExp(`Session: ${name}`));
}

/** Follows the link to another session in the menu. */
async function go(workbench: Workbench, name: string): Promise<void> {
  await menu(workbench).click();
  await panel(workbench)
    .getByRole('link', { name: new RegExp(`^${name}`) })
    .click();
  await expect(menu(workbench)).toHaveText(new RegExp(`Session: ${name}`));
  await workbench.ready();
}

/** A second tab on the same address that has found the session taken. */
async function secondTab(context: BrowserContext, first: Workbench): Promise<Workbench> {
  const second = new Workbench(await context.newPage());
  await second.page.goto(first.page.url());
  await expect(second.page.getByRole('heading', { name: 'This session is open in another tab.' })).toBeVisible({ timeout: 30_000 });
  return second;
}

test('a new session has files of its own, names and addresses stay after a reload', async ({ workbench, page }) => {
  await expect(page).toHaveTitle('First session · Dormouse');
  await expect(page).toHaveURL(/#\/s\/main$/);
  await workbench.run('open("a.txt", "w").write("of the first")');
  await create(workbench);
  expect(await workbench.run('import os\nprint(os.listdir("."))')).toContain('[]');
  await rename(workbench, 'Rain study');
  await expect(page).toHaveTitle('Rain study · Dormouse');
  await workbench.run('open("rain.txt", "w").write("wet")');
  const address = page.url();
  expect(address).toMatch(/#\/s\/[a-z0-9]{12}$/);
  await page.reload();
  await workbench.ready();
  await expect(page).toHaveTitle('Rain study · Dormouse');
  expect(await workbench.run('print(open("rain.txt").read())')).toContain('wet');
  await go(workbench, 'First session');
  expect(await workbench.run('import os\nprint(os.listdir("."))')).toContain("['a.txt']");
  await page.goBack();
  await expect(page).toHaveURL(address);
  await expect(page).toHaveTitle('Rain study · Dormouse');
  await workbench.ready();
  // Without an address: the last one.
  await page.goto('./');
  await workbench.ready();
  await expect(page).toHaveURL(address);
});

test('an address that leads nowhere says so and opens the last session', async ({ workbench, page }) => {
  await workbench.run('open("a.txt", "w").write("here")');
  await page.goto('./#/s/nosuchsession');
  await expect(page.getByText(/no session at this address/)).toBeVisible();
  await expect(page).toHaveURL(/#\/s\/main$/);
  expect(await workbench.run('print(open("a.txt").read())')).toContain('here');
  const folders = await page.evaluate(async () => {
    const names: string[] = [];
    const sessions = await (await navigator.storage.getDirectory()).getDirectoryHandle('sessions');
    for await (const name of (sessions as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name);
    return names;
  });
  expect(folders).toEqual(['main']);
});

test('a duplicate has files, code and runs, and neither sees what the other does next', async ({ workbench, page }) => {
  await workbench.run(
    'import sqlite3\ndb = sqlite3.connect("app.db")\ndb.execute("create table t (x)")\ndb.execute("insert into t values (1)")\ndb.commit()',
  );
  await choose(workbench, 'Duplicate');
  await expect(page).toHaveTitle('Copy of First session · Dormouse');
  await workbench.ready();
  await expect(workbench.code).toContainText('create table t');
  const panelOfCopy = await workbench.check();
  await expect(panelOfCopy.getByText('1 run', { exact: true })).toBeVisible();
  const insert = (value: number) =>
    `import sqlite3\ndb = sqlite3.connect("app.db")\ndb.execute("insert into t values (${value})")\ndb.commit()\nprint([x for (x,) in db.execute("select x from t")], db.execute("pragma integrity_check").fetchone()[0])`;
  expect(await workbench.run(insert(2))).toContain('[1, 2] ok');
  await go(workbench, 'First session');
  expect(await workbench.run(insert(3))).toContain('[1, 3] ok');
  await go(workbench, 'Copy of First session');
  expect(await workbench.run(insert(4))).toContain('[1, 2, 4] ok');
});

test('a deleted session goes out of sight, comes back with everything, and goes for good when asked', async ({ workbench, page }) => {
  await create(workbench);
  await rename(workbench, 'Rain');
  await workbench.run('open("rain.txt", "w").write("wet")');
  await choose(workbench, 'Delete');
  await expect(page).toHaveTitle('First session · Dormouse');
  await workbench.ready();
  await menu(workbench).click();
  await expect(panel(workbench).getByRole('link', { name: /^Rain/ })).toHaveCount(0);
  await page.keyboard.press('Escape');
  await workbench.button('Bring back').click();
  await expect(page).toHaveTitle('Rain · Dormouse');
  await workbench.ready();
  expect(await workbench.run('print(open("rain.txt").read())')).toContain('wet');
  await choose(workbench, 'Delete');
  await expect(page).toHaveTitle('First session · Dormouse');
  await workbench.ready();
  await page.reload();
  await workbench.ready();
  await choose(workbench, 'Bring back: Rain');
  await go(workbench, 'Rain');
  expect(await workbench.run('print(open("rain.txt").read())')).toContain('wet');
  await choose(workbench, 'Delete');
  await expect(page).toHaveTitle('First session · Dormouse');
  await choose(workbench, 'Delete for good: Rain');
  await page.getByRole('dialog').getByRole('button', { name: 'Delete for good' }).click();
  await menu(workbench).click();
  await expect(panel(workbench).getByText('Recently deleted')).toHaveCount(0);
});

test('a list of sessions that dies is said when it is used, and the session goes on', async ({ workbench, page }) => {
  await page
    .workers()
    .find((worker) => worker.url().includes('catalogue'))
    ?.evaluate(() => self.close());
  await choose(workbench, 'New session');
  await expect(page.getByRole('alert')).toContainText('The list of sessions cannot be reached');
  expect(await workbench.run('print(1 + 1)')).toContain('2');
});

test('the menu works by keyboard alone', async ({ workbench, page }) => {
  await menu(workbench).focus();
  await page.keyboard.press('Enter');
  await expect(panel(workbench).getByRole('button', { name: 'All sessions' })).toBeFocused();
  await page.keyboard.press('ArrowDown');
  await expect(panel(workbench).getByRole('button', { name: 'New session' })).toBeFocused();
  await page.keyboard.press('End');
  await expect(panel(workbench).getByRole('button', { name: 'Delete' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(menu(workbench)).toBeFocused();
});

test('a run that goes on is asked about before its session is left', async ({ workbench, page }) => {
  await create(workbench);
  await workbench.start('print("running", flush=True)\nwhile True: pass');
  await expect(workbench.output).toContainText('running');
  await menu(workbench).click();
  await panel(workbench)
    .getByRole('link', { name: /^First session/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stay' }).click();
  await expect(page).not.toHaveURL(/main$/);
  await menu(workbench).click();
  await panel(workbench)
    .getByRole('link', { name: /^First session/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Stop it and go' }).click();
  await expect(page).toHaveURL(/main$/);
  await workbench.ready();
});

test('an idle session is taken over with its code, and taken back', async ({ workbench, context }) => {
  await workbench.run('open("a.txt", "w").write("first")');
  await workbench.write('# typed a moment ago');
  const second = await secondTab(context, workbench);
  await second.button('Take over').click();
  await second.ready();
  await expect(second.code).toContainText('# typed a moment ago');
  expect(await second.run('print(open("a.txt").read())\nopen("a.txt", "w").write("second")')).toContain('first');
  await expect(workbench.page.getByRole('heading', { name: 'This session went on in another tab.' })).toBeVisible();
  await expect(workbench.saved).toContainText('another tab');
  await workbench.button('Take it back').click();
  await workbench.ready();
  await expect(workbench.code).toContainText('print(open("a.txt").read())');
  expect(await workbench.run('print(open("a.txt").read())')).toContain('second');
  await expect(second.button('Take it back')).toBeVisible();
});

const LEDGER = `import sqlite3
db = sqlite3.connect("ledger.db")
db.execute("create table if not exists t (id integer primary key, pad blob)")
n = 1
while True:
    db.execute("insert into t values (?, randomblob(1000))", (n,)); db.commit()
    print("stored", n, flush=True)
    n += 1
`;
const COUNT =
  'import sqlite3\ndb = sqlite3.connect("ledger.db")\nrows = [r for (r,) in db.execute("select id from t order by id")]\nprint("rows", len(rows), rows == list(range(1, len(rows) + 1)), db.execute("pragma integrity_check").fetchone()[0])';

/** The last row that Python said was stored, also where the output is out of sight. */
const storedIn = async (workbench: Workbench) =>
  Math.max(
    0,
    ...[...((await workbench.page.locator('dormouse-output section').last().textContent()) ?? '').matchAll(/stored (\d+)/g)].map(
      ([, number]) => Number(number),
    ),
  );

test('a run is stopped by a take-over only when asked, and no acknowledged row is lost', async ({ workbench, context }) => {
  await workbench.start(LEDGER);
  await expect(workbench.output).toContainText('stored 20');
  const second = await secondTab(context, workbench);
  await second.button('Take over').click();
  await expect(second.page.getByText(/A run is going on in the other tab/)).toBeVisible();
  await second.button('Let it run').click();
  await expect(second.button('Look')).toBeVisible();
  await second.button('Take over').click();
  const before = await storedIn(workbench);
  await second.button('Stop it and take over').click();
  await second.ready();
  const stored = await storedIn(workbench);
  expect(before).toBeGreaterThan(20);
  const [, rows] = /rows (\d+) True ok/.exec(await second.run(COUNT)) ?? [];
  expect(Number(rows)).toBeGreaterThanOrEqual(stored);
  await expect(workbench.button('Take it back')).toBeVisible();
  const state = await second.check();
  await expect(state.getByText('stopped, Python replaced')).toBeVisible();
});

test('of two that wait the one that asks gets the session', async ({ workbench, context }) => {
  const second = await secondTab(context, workbench);
  const third = await secondTab(context, workbench);
  await third.button('Take over').click();
  await third.ready();
  await expect(second.button('Take over')).toBeVisible();
  await third.page.close();
  await second.ready();
});

test('a copy that is made while another tab writes is sound, and goes its own way', async ({ workbench, context }) => {
  await workbench.start(LEDGER);
  await expect(workbench.output).toContainText('stored 200');
  const second = await secondTab(context, workbench);
  const before = await storedIn(workbench);
  await second.button('Open a copy').click();
  await expect(second.page).toHaveTitle('Copy of First session · Dormouse', { timeout: 30_000 });
  await second.ready();
  const [, rows] = /rows (\d+) True ok/.exec(await second.run(COUNT)) ?? [];
  expect(Number(rows)).toBeGreaterThanOrEqual(before);
  await expect(workbench.button('Stop')).toBeEnabled();
  const later = await storedIn(workbench);
  await workbench.button('Stop').click();
  await workbench.ready();
  expect(later).toBeGreaterThan(before);
  expect(await workbench.run(COUNT)).toMatch(/rows \d+ True ok/);
});

/** The sizes and times of all files of the first session. */
const filesOf = (workbench: Workbench) =>
  workbench.page.evaluate(async () => {
    const sessions = await (await navigator.storage.getDirectory()).getDirectoryHandle('sessions');
    const folder = await sessions.getDirectoryHandle('main');
    const files: [string, number, number][] = [];
    for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      const { size, lastModified } = await handle.getFile();
      files.push([name, size, lastModified]);
    }
    return files.sort();
  });

test('a look shows code and files as they are, runs nothing and writes nothing', async ({ workbench, context }) => {
  await workbench.run('open("a.txt", "w").write("seen")');
  const second = await secondTab(context, workbench);
  const before = await filesOf(workbench);
  await second.button('Look').click();
  await expect(second.code).toContainText('open("a.txt", "w")');
  await expect(second.page.getByText(/You are only looking/)).toBeVisible();
  await second.button('Run').click();
  await expect(second.page.getByRole('alert')).toContainText('Nothing runs while you look');
  const state = await second.check();
  await expect(state.getByRole('cell', { name: 'a.txt', exact: true })).toBeVisible();
  expect((await second.download()).text).toContain('seen');
  expect(await filesOf(workbench)).toEqual(before);
  const readers = await second.page.evaluate(async () => (await navigator.locks.query()).held?.map(({ name }) => name));
  expect(readers).toContain('dormouse/session/main/readers');
  // It follows what the other tab does.
  await workbench.run('open("b.txt", "w").write("later")');
  await second.button('Close the state').click();
  await second.check();
  await expect(state.getByRole('cell', { name: 'b.txt', exact: true })).toBeVisible();
  await workbench.page.close();
  await second.button('Open it here').click();
  await second.ready();
  expect(await second.run('print(open("b.txt").read())')).toContain('later');
});

test('a frozen owner leaves a copy or a look, is not robbed, and goes on when it is thawed', async ({ workbench, context }) => {
  // That of the page and its keeper, which may not be Python's. (The protocol's own way to freeze a page leaves its workers running.)
  const owner = await busiestRenderer(context, () =>
    workbench.page.evaluate(() => {
      for (const end = performance.now() + 1000; performance.now() < end; );
    }),
  );
  await workbench.start(LEDGER);
  await expect(workbench.output).toContainText('stored 20');
  const second = await secondTab(context, workbench);
  process.kill(owner, 'SIGSTOP');
  await second.button('Take over').click();
  await expect(second.page.getByText(/does not answer/)).toBeVisible({ timeout: 12_000 });
  // Its workers stand still, too.
  const frozen = await filesOf(second);
  await second.button('Look').click();
  await expect(second.code).toContainText('ledger.db');
  const state = await second.check();
  await expect(state.getByRole('cell', { name: 'ledger.db', exact: true })).toBeVisible();
  await second.button('Close the state').click();
  await second.page.reload();
  await second.button('Open a copy').click();
  await expect(second.page).toHaveTitle('Copy of First session · Dormouse', { timeout: 30_000 });
  await second.ready();
  const [, copied] = /rows (\d+) True ok/.exec(await second.run(COUNT)) ?? [];
  expect(Number(copied)).toBeGreaterThanOrEqual(20);
  expect(await filesOf(second)).toEqual(frozen);
  process.kill(owner, 'SIGCONT');
  // What it was asked in its sleep is too old to be done: its run goes on.
  await expect.poll(() => storedIn(workbench)).toBeGreaterThan(Number(copied));
  await workbench.button('Stop').click();
  await workbench.ready();
  const stored = await storedIn(workbench);
  const [, rows] = /rows (\d+) True ok/.exec(await workbench.run(COUNT)) ?? [];
  expect(Number(rows)).toBeGreaterThanOrEqual(stored);
  await expect(workbench.saved).toContainText(/Saved \d/);
});
