/** The process survives: variables, generators and connections after a refresh, a kill, a Stop, and back to before a run. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CATALOGUE_LOCK } from '../../src/protocol/keeper';
import { BARE, expect, isolated, test, Workbench } from './workbench';

const SET_UP = `
import sqlite3
squares = (i * i for i in range(100))
next(squares), next(squares)
class Account:
    def __init__(self): self.balance = 10
    def add(self, n): self.balance += n; return self
account = Account()
memory = sqlite3.connect(":memory:")
memory.execute("create table t (a)")
memory.executemany("insert into t values (?)", [(i,) for i in range(1000)])
db = sqlite3.connect("app.db")
db.execute("create table if not exists rows (n)")
db.commit()
book = open("book.txt", "w+")
book.write("first line\\nsecond line\\n")
book.seek(0)
book.readline()
print("set up")
`;
const GO_ON = `
db.execute("insert into rows values (1)")
db.commit()
print(next(squares), account.add(5).balance, memory.execute("select count(*) from t").fetchone(), book.readline().strip(), db.execute("select count(*) from rows").fetchone())
`;

test('a refresh leaves variables, generators, connections and open files as they were', { tag: BARE }, async ({ workbench, page }) => {
  await workbench.run(SET_UP);
  await expect(workbench.saved).toContainText('everything kept');
  await page.reload();
  await workbench.ready();
  expect(await workbench.run(GO_ON)).toContain('4 15 (1000,) second line (1,)');
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('print(next(squares), account.balance)')).toContain('9 15');
});

test('a run that the end of the page cuts off leaves the variables before it and the files as it left them', { tag: BARE }, async ({
  workbench,
  page,
}) => {
  await workbench.run('kept = 1');
  await workbench.start(
    'kept = 2\nopen("left.txt", "w").write("here")\nimport os\nos.sync()\nprint("looping", flush=True)\nwhile True: pass',
  );
  await expect(workbench.output).toContainText('looping');
  await page.reload();
  await workbench.ready();
  await expect(page.getByText(/^The run at .* did not finish; variables are as before it, files as it left them\.$/)).toBeVisible();
  expect(await workbench.run('print(kept, open("left.txt").read())')).toContain('1 here');
});

test('Stop keeps what was there before the run, also of code that never looks at signals', { tag: BARE }, async ({ workbench }) => {
  await workbench.run('kept = [1, 2]');
  await workbench.start('kept.append(3)\nprint("computing", flush=True)\nsum(range(10**13))');
  await expect(workbench.output).toContainText('computing');
  await workbench.button('Stop').click();
  await workbench.ready();
  // C code that looks at no signals is replaced, Python code hears of it: what is kept differs by what it had done.
  expect(await workbench.run('print(kept[:2])')).toContain('[1, 2]');
});

test('Stop of a loop without isolation brings back the variables before the run', { tag: BARE }, async ({ workbench, page }) => {
  test.skip(await isolated(page), 'there a KeyboardInterrupt ends the loop');
  await workbench.run('kept = 1');
  await workbench.start('kept = 2\nopen("left.txt", "w").write("here")\nprint("looping", flush=True)\nwhile True: pass');
  await expect(workbench.output).toContainText('looping');
  await workbench.button('Stop').click();
  await workbench.ready();
  await expect(page.getByText('The run was stopped; variables are as before it, files as it left them.')).toBeVisible();
  expect(await workbench.run('print(kept, open("left.txt").read())')).toContain('1 here');
});

test('a connection whose database changed after the checkpoint comes back dead, by name, and nothing is lost', async ({
  workbench,
  page,
}) => {
  await workbench.run('import sqlite3\ndb = sqlite3.connect("app.db")\ndb.execute("create table rows (n)")\ndb.commit()');
  await workbench.start(
    'for n in range(300):\n    db.execute("insert into rows values (?)", (n,))\n    db.commit()\nprint("stored", flush=True)\nwhile True: pass',
  );
  await expect(workbench.output).toContainText('stored');
  await page.reload();
  await workbench.ready();
  await expect(page.getByText(/No longer open: .*app\.db/)).toBeVisible();
  expect(await workbench.run('db.execute("insert into rows values (-1)")')).toContain('disk I/O error');
  expect(
    await workbench.run(
      'again = sqlite3.connect("app.db")\nprint(again.execute("select count(*) from rows").fetchone(), again.execute("pragma integrity_check").fetchone())',
    ),
  ).toContain("(300,) ('ok',)");
});

test('variables wait for what they build on, however long another tab keeps that from being read', async ({ workbench, page, context }) => {
  await workbench.run('kept = [1, 2]');
  const other = await context.newPage();
  await other.goto(new URL('/icon.svg', page.url()).href);
  // As a tab does that stores, and is slow or asleep.
  await other.evaluate(
    ([name, length]) =>
      new Promise<void>((held) => {
        void navigator.locks.request(name as string, () => {
          held();
          return new Promise((resolve) => setTimeout(resolve, length as number));
        });
      }),
    [CATALOGUE_LOCK, 9000],
  );
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('print(kept)')).toContain('[1, 2]');
});

test('variables of hundreds of MB come back in a browser that has just started', async ({ playwright, launchOptions, baseURL }) => {
  // Chromium takes no more than 500 MB of Blobs in memory before it knows what the machine has.
  const profile = await mkdtemp(join(tmpdir(), 'dormouse-profile-'));
  const opened = async (act: (workbench: Workbench) => Promise<void>) => {
    const context = await playwright.chromium.launchPersistentContext(profile, { ...launchOptions, baseURL: baseURL as string });
    try {
      const workbench = new Workbench(await context.newPage());
      await workbench.open('./#/s/main');
      await act(workbench);
    } finally {
      await context.close();
    }
  };
  try {
    await opened(async (workbench) => {
      // Noise, so that nothing of it is packed.
      await workbench.start(
        'import random\nnoise = random.Random(1).randbytes(1_000_000)\nkept = [n.to_bytes(4) + noise for n in range(560)]',
      );
      await workbench.ready(120_000);
      await expect(workbench.saved).toContainText('everything kept');
    });
    await opened(async (workbench) => {
      expect(await workbench.run('print(len(kept), all(each == n.to_bytes(4) + noise for n, each in enumerate(kept)))')).toContain(
        '560 True',
      );
    });
  } finally {
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});

test('what a task goes on to do after its run is kept, and said until it is', async ({ workbench, page }) => {
  await workbench.run(
    'import asyncio\nn = 0\nasync def count():\n    global n\n    for n in range(1, 21):\n        await asyncio.sleep(0.05)\n    open("done.txt", "w").write(str(n))\ntask = asyncio.create_task(count())',
  );
  await expect(workbench.saved).toHaveText(/^Saved .* · changed since$/);
  await expect(workbench.saved).toHaveText(/^Saved .* · everything kept$/);
  await page.reload();
  await workbench.ready();
  await expect(workbench.saved).toHaveText(/^Saved .* · everything kept$/);
  // Had the end of the run been gone on with, the task would be counting still.
  expect(await workbench.run('print("counted", n, task.done(), open("done.txt").read())')).toContain('counted 20 True 20');
  await workbench.button('Undo run').click();
  await workbench.ready();
  await workbench.button('Undo run').click();
  await workbench.ready();
  expect(await workbench.run('import os\nprint("n" in globals(), os.path.exists("done.txt"))')).toContain('False False');
});

test('another session is ready without initialising Python, and shares nothing with the first', async ({ workbench, page }) => {
  await workbench.run('secret = 1\nimport random, os\nprint("drawn", random.random(), os.urandom(8).hex())');
  const first = await workbench.lastOutput();
  const title = await page.title();
  await page.getByRole('button', { name: /^Session: / }).click();
  await page.getByRole('button', { name: 'New session', exact: true }).click();
  await expect(page).not.toHaveTitle(title);
  await workbench.ready();
  const second = await workbench.run(
    'import random, os\nprint("secret" in globals())\nprint("drawn", random.random(), os.urandom(8).hex())',
  );
  expect(second).toContain('False');
  const drawn = (text: string) => /drawn (\S+) (\S+)/.exec(text)?.slice(1);
  expect(drawn(second)?.[0]).not.toBe(drawn(first)?.[0]);
  expect(drawn(second)?.[1]).not.toBe(drawn(first)?.[1]);
});
