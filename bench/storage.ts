/**
 * The store as Python sees it, in the built app, beside its peers and the limits of the browser's storage. Dormouse, peer and limit take
 * turns, so that what else the machine does meets them all. `npm run bench` builds first.
 */
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, test } from 'vitest';
import { type Server, serve } from '../scripts/server.mjs';
import type { Peers } from '../test/browser/bench/peers';
import type { RawRequest } from '../test/browser/bench/raw-opfs.worker';
import type { SqliteRequest } from '../test/browser/bench/sqlite-wasm.worker';
import type { SnapshotRequest } from '../test/browser/bench/volume.worker';
import { Workbench } from '../test/e2e/workbench';
import { browserVersion, inFreshBrowser } from './browser';
import { describeMachine, printTable, type Row } from './table';

const ROUNDS = 5;
const MEBIBYTE = 2 ** 20;
/** No single run takes longer than this, ms. */
const LONGEST_RUN = 600_000;

let app: Server;
let pages: Server;
beforeAll(async () => {
  [app, pages] = [await serve('dist'), await serve('test-results/browser-pages')];
});
afterAll(() => Promise.all([app?.close(), pages?.close()]));

/** Opens the app in a fresh browser. */
async function openApp(context: BrowserContext): Promise<Workbench> {
  const workbench = new Workbench(await context.newPage());
  await workbench.open(`${app.url}/`);
  return workbench;
}

/** Opens the page of the peers and limits. */
async function openPeers(context: BrowserContext) {
  const page = await context.newPage();
  await page.goto(`${pages.url}/bench/peers.html`);
  const ask = <Name extends keyof Peers>(name: Name, request: Parameters<Peers[Name]>[0]): Promise<number> =>
    page.evaluate(
      ([peer, argument]) => {
        const { peers } = globalThis as unknown as { peers: Record<string, (request: unknown) => Promise<number>> };
        return (peers[peer] as (request: unknown) => Promise<number>)(argument);
      },
      [name, request] as const,
    );
  return {
    raw: (request: RawRequest) => ask('raw', request),
    sqlite: (request: SqliteRequest) => ask('sqlite', request),
    snapshot: (request: SnapshotRequest) => ask('snapshot', request),
  };
}

/**
 * Runs Python and returns the numbers that it prints after `result`.
 * @param parameters become variables
 */
async function measure(workbench: Workbench, code: string, parameters: Record<string, unknown> = {}): Promise<number[]> {
  const assignments = Object.entries(parameters).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
  await workbench.start(`import json, os, random, sqlite3, time\n${assignments.join('')}${code}`);
  await workbench.ready(LONGEST_RUN);
  const text = await workbench.lastOutput();
  const [, result] = /result (\[.*\])/.exec(text) ?? [];
  const promise = (await workbench.saved.textContent()) ?? '';
  if (!result || !/^\s*Saved \d/.test(promise)) throw new Error(`${promise}\n${text.slice(-2000)}`);
  return JSON.parse(result) as number[];
}

const COMMITS = `
for name in os.listdir("."):
    if name.startswith("bench.db"):
        os.remove(name)
db = sqlite3.connect("bench.db", isolation_level=None)
for pragma in PRAGMAS:
    db.execute(f"pragma {pragma}").fetchall()
db.execute("create table t (id integer primary key, text text)")
begin = time.perf_counter()
for n in range(COUNT):
    db.execute("begin")
    db.execute("insert into t values (?, ?)", (n, TEXT))
    db.execute("commit")
seconds = time.perf_counter() - begin
db.close()
print("result", [COUNT / seconds])
`;

/** How the ledger is kept: the same pragmas for Python's sqlite3 and the peer. */
const JOURNALS = [
  { name: 'journal_mode=DELETE (the default)', pragmas: ['journal_mode=delete', 'synchronous=full'] },
  { name: 'journal_mode=WAL, locking_mode=EXCLUSIVE', pragmas: ['locking_mode=exclusive', 'journal_mode=wal', 'synchronous=full'] },
  { name: 'DELETE, COMMIT waits for the browser only', pragmas: ['journal_mode=delete', 'synchronous=full'], durability: 'relaxed' },
  {
    name: 'WAL, COMMIT waits for the browser only',
    pragmas: ['locking_mode=exclusive', 'journal_mode=wal', 'synchronous=full'],
    durability: 'relaxed',
  },
];
const INSERTS = 300;
const TEXT = 'a row of a hundred characters or so, '.repeat(3);

test('SQLite commits', () =>
  inFreshBrowser(async (context) => {
    const [workbench, peers] = [await openApp(context), await openPeers(context)];
    const panel = await workbench.check();
    const rows = JOURNALS.map(({ name, pragmas, durability }) => ({
      name,
      pragmas,
      durability: durability ?? 'stable',
      samples: [] as number[],
      peer: [] as number[],
      limit: [] as number[],
    }));
    for (let round = 0; round < ROUNDS; round++) {
      for (const row of rows) {
        await panel.getByRole('combobox', { name: 'COMMIT waits for' }).selectOption(row.durability);
        row.samples.push(...(await measure(workbench, COMMITS, { PRAGMAS: row.pragmas, COUNT: INSERTS, TEXT })));
        row.peer.push(await peers.sqlite({ pragmas: row.pragmas, count: INSERTS, text: TEXT }));
        row.limit.push(await peers.raw({ type: 'flushes', count: INSERTS }));
      }
    }
    printTable(
      describeMachine(browserVersion(context)),
      {
        title: 'SQLite, one insert per transaction, synchronous=FULL',
        unit: 'commits/s',
        peer: 'sqlite-wasm, opfs-sahpool',
        limit: 'raw OPFS, 4 KiB written and flushed',
      },
      rows,
    );
  }));

const WRITES = `
os.makedirs(FOLDER, exist_ok=True)
fd = os.open(f"{FOLDER}/writes", os.O_RDWR | os.O_CREAT)
if os.fstat(fd).st_size != SIZE:
    for offset in range(0, SIZE, 1 << 20):
        os.pwrite(fd, bytes(1 << 20), offset)
data = os.urandom(4096)
groups = []
# The clock's step is 5 µs, which is about one write: they are timed in groups.
for group in range(COUNT // 10):
    offsets = [random.randrange(SIZE // 4096) * 4096 for n in range(10)]
    begin = time.perf_counter()
    for offset in offsets:
        os.pwrite(fd, data, offset)
    groups.append((time.perf_counter() - begin) / 10 * 1e6)
os.close(fd)
print("result", [sorted(groups)[len(groups) // 2]])
`;

const BULK = `
os.makedirs(FOLDER, exist_ok=True)
block = os.urandom(1 << 20)
fd = os.open(f"{FOLDER}/bulk", os.O_RDWR | os.O_CREAT)
begin = time.perf_counter()
for n in range(MEGABYTES):
    os.write(fd, block)
written = time.perf_counter()
os.fsync(fd)
synced = time.perf_counter()
os.close(fd)
os.remove(f"{FOLDER}/bulk")
size = MEGABYTES * (1 << 20) / 1e6
print("result", [size / (written - begin), size / (synced - begin)])
`;

/** Inside the session's disk, and in the memory file system beside it, which is not kept. */
const KEPT = '/home/pyodide/bench';
const PLAIN = '/plain';

test('writes', () =>
  inFreshBrowser(async (context) => {
    const [workbench, peers] = [await openApp(context), await openPeers(context)];
    const single = { samples: [] as number[], peer: [] as number[], limit: [] as number[] };
    const sequential: number[] = [];
    const bulk = { samples: [] as number[], peer: [] as number[], limit: [] as number[] };
    const stored = { samples: [] as number[], limit: [] as number[] };
    const [count, size, megabytes] = [2000, 64 * MEBIBYTE, 256];
    for (let round = 0; round < ROUNDS; round++) {
      single.samples.push(...(await measure(workbench, WRITES, { FOLDER: KEPT, COUNT: count, SIZE: size })));
      single.peer.push(...(await measure(workbench, WRITES, { FOLDER: PLAIN, COUNT: count, SIZE: size })));
      single.limit.push(await peers.raw({ type: 'writes', count, size, order: 'random' }));
      sequential.push(await peers.raw({ type: 'writes', count, size, order: 'sequential' }));
      const [seen, synced] = await measure(workbench, BULK, { FOLDER: KEPT, MEGABYTES: megabytes });
      bulk.samples.push(seen as number);
      stored.samples.push(synced as number);
      const [plain] = await measure(workbench, BULK, { FOLDER: PLAIN, MEGABYTES: megabytes });
      bulk.peer.push(plain as number);
      bulk.limit.push(await peers.raw({ type: 'bulk', megabytes, flushed: false }));
      stored.limit.push(await peers.raw({ type: 'bulk', megabytes, flushed: true }));
    }
    const machine = describeMachine(browserVersion(context));
    const beside = { peer: 'memory without a journal', limit: 'raw OPFS' };
    printTable(machine, { title: 'One write of 4 KiB anywhere in a file, os.pwrite, no sync, median', unit: 'µs', digits: 1, ...beside }, [
      { name: 'limit: anywhere, too', ...single },
      // A log is written in order wherever in a file the program writes.
      { name: 'limit: in order, as a log is', ...single, limit: sequential },
    ]);
    printTable(machine, { title: `${megabytes} MiB in writes of 1 MiB`, unit: 'MB/s', ...beside }, [
      { name: 'as seen from Python', ...bulk },
      { name: 'with os.fsync at the end', ...stored },
    ]);
  }));

const FILL_DATABASE = `
db = sqlite3.connect("pages.db")
db.execute("create table t (id integer primary key, data blob)")
# One row to a page of 4 KiB.
db.execute("with recursive n(i) as (select 1 union all select i + 1 from n where i < ?) insert into t select i, randomblob(4000) from n", (COUNT,))
db.commit()
db.close()
print("result", [os.path.getsize("pages.db")])
`;

const UPDATE_PAGES = `
db = sqlite3.connect("pages.db")
for n in range(UPDATES):
    db.execute("update t set data = randomblob(4000) where id = ?", (random.randint(1, COUNT),))
    if (n + 1) % PER_TRANSACTION == 0:
        db.commit()
db.commit()
db.close()
print("result", [0])
`;

/** What OPFS holds for this origin, bytes, without the room that is held ready: it reads as zeros at the end of files. NaN while it changes. */
function storedBytes(page: Page): Promise<number> {
  return page.evaluate(async () => {
    const step = 2 ** 20;
    const used = async (file: File): Promise<number> => {
      for (let end = file.size; end > 0; ) {
        const begin = Math.floor((end - 1) / step) * step;
        const bytes = new Uint8Array(await file.slice(begin, end).arrayBuffer());
        let length = bytes.length;
        while (length > 0 && bytes[length - 1] === 0) length--;
        if (length > 0) return begin + length;
        end = begin;
      }
      return 0;
    };
    const size = async (folder: FileSystemDirectoryHandle): Promise<number> => {
      let sum = 0;
      for await (const handle of (folder as unknown as { values(): AsyncIterable<FileSystemHandle> }).values()) {
        if (handle.kind === 'directory') sum += await size(handle as FileSystemDirectoryHandle);
        else sum += await used(await (handle as FileSystemFileHandle).getFile());
      }
      return sum;
    };
    // Chromium cannot read on in a file that changes meanwhile.
    return size(await navigator.storage.getDirectory()).catch(() => Number.NaN);
  });
}

/** The same once it has not changed for a second: space is given back in the background. */
async function settledBytes(page: Page): Promise<number> {
  let before = await storedBytes(page);
  for (let quiet = 0, checks = 0; quiet < 4 && checks < 120; checks++) {
    await page.waitForTimeout(250);
    const now = await storedBytes(page);
    quiet = now === before ? quiet + 1 : 0;
    before = now;
  }
  return before;
}

const UPDATES = 2000;
const PAGE = 4096;

test('bytes stored per byte changed', async () => {
  const rows: Row[] = [];
  let machine = '';
  for (const megabytes of [10, 100, 500]) {
    await inFreshBrowser(async (context) => {
      const workbench = await openApp(context);
      machine = describeMachine(browserVersion(context));
      const count = Math.floor((megabytes * 1e6) / PAGE);
      await measure(workbench, FILL_DATABASE, { COUNT: count });
      for (const perTransaction of [100, 1]) {
        const samples: number[] = [];
        for (let round = 0; round < ROUNDS; round++) {
          const before = await settledBytes(workbench.page);
          await measure(workbench, UPDATE_PAGES, { COUNT: count, UPDATES, PER_TRANSACTION: perTransaction });
          samples.push(((await settledBytes(workbench.page)) - before) / (UPDATES * PAGE));
        }
        // Space is taken and given back in large pieces: what it comes to in the end is the mean.
        const mean = samples.reduce((sum, sample) => sum + sample, 0) / ROUNDS;
        rows.push({ name: `session of ${megabytes} MB, ${perTransaction} per transaction`, samples, mean });
      }
    });
  }
  const title = `Growth of the session (without room held ready) by ${UPDATES.toLocaleString('en')} random updates of 4 KiB in SQLite, DELETE`;
  printTable(machine, { title, unit: 'bytes per byte changed', digits: 2, mean: `mean of the ${ROUNDS}` }, rows);
});

const MANY_FILES = `
for n in range(COUNT):
    folder = f"folder-{n // 100}"
    if n % 100 == 0:
        os.mkdir(folder)
    with open(f"{folder}/file-{n}", "w") as file:
        file.write(f"the content of file {n}, " * 5)
print("result", [COUNT])
`;

const LARGE_FILES = `
block = os.urandom(1 << 20)
for n in range(COUNT):
    with open(f"large-{n}", "wb", 0) as file:
        for part in range(SIZE // COUNT >> 20):
            file.write(block)
print("result", [COUNT])
`;

/** How long it takes from a reload to Ready, ms, in a session that `fill` made; and once more than the rounds, unmeasured, to warm up. */
async function openings(fill: (workbench: Workbench) => Promise<unknown>): Promise<{ samples: number[]; machine: string }> {
  return inFreshBrowser(async (context) => {
    const workbench = await openApp(context);
    await fill(workbench);
    const samples: number[] = [];
    for (let round = 0; round <= ROUNDS; round++) {
      const begin = performance.now();
      await workbench.page.reload();
      await workbench.ready(LONGEST_RUN);
      samples.push(performance.now() - begin);
    }
    return { samples: samples.slice(1), machine: describeMachine(browserVersion(context)) };
  });
}

test('a snapshot', () =>
  inFreshBrowser(async (context) => {
    const peers = await openPeers(context);
    const rows: Row[] = [];
    const files = 100_000;
    const [samples, limit]: [number[], number[]] = [[], []];
    // Once more than the rounds, unmeasured: the first makes the volume.
    await peers.snapshot({ files });
    for (let round = 0; round < 4 * ROUNDS; round++) {
      samples.push(await peers.snapshot({ files }));
      limit.push(1000 / (await peers.raw({ type: 'flushes', count: 10 })));
    }
    rows.push({ name: `${files.toLocaleString('en')} files, made and flushed`, samples, limit });
    const title = 'A snapshot, in a worker on OPFS';
    printTable(
      describeMachine(browserVersion(context)),
      { title, unit: 'ms', digits: 2, limit: 'raw OPFS, 4 KiB written and flushed' },
      rows,
    );
  }));

test('opening a session', async () => {
  const { samples: empty, machine } = await openings(async () => undefined);
  const { samples: many } = await openings((workbench) => measure(workbench, MANY_FILES, { COUNT: 10_000 }));
  const rows: Row[] = [
    { name: 'empty', samples: empty },
    { name: '10,000 files', samples: many, peer: empty },
  ];
  for (const mebibytes of [2000, 1000, 500, 200]) {
    const name = `10,000 files, and ${mebibytes.toLocaleString('en')} MiB in 20 more`;
    try {
      const { samples } = await openings(async (workbench) => {
        await measure(workbench, MANY_FILES, { COUNT: 10_000 });
        await measure(workbench, LARGE_FILES, { COUNT: 20, SIZE: mebibytes * MEBIBYTE });
      });
      rows.push({ name, samples, peer: empty });
      break;
    } catch (error) {
      // Memory or quota do not allow it here: said in the table, and tried with less.
      console.log(`${name}: ${error instanceof Error ? error.message.slice(0, 1000) : error}`);
      rows.push({ name: `${name} (did not work)`, samples: [] });
    }
  }
  printTable(machine, { title: 'Opening a session, from reload to Ready', unit: 'ms', peer: 'the empty session' }, rows);
});
