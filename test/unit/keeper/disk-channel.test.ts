/** What a sandbox may say and what it gets, through a whole keeper and over real ports. */
import { afterEach, expect, test } from 'vitest';
import { NoSpaceError, StorageError } from '../../../src/base/errors';
import { costOf, INODE } from '../../../src/base/file-operation';
import { openMemoryStore } from '../../../src/volume/memory-store';
import type { Store, SyncFile } from '../../../src/volume/store';
import { Page, type Sandbox, until } from './fixture';

const MEBIBYTE = 2 ** 20;
const pages: Page[] = [];

afterEach(async () => {
  for (const page of pages.splice(0)) await page.close();
});

async function open(store: Store = openMemoryStore()): Promise<Page> {
  const page = await Page.open(store);
  pages.push(page);
  return page;
}

/** The memory store, with its flushes counted and its failures chosen. */
function observedStore() {
  const store = openMemoryStore();
  const sizes = new Map<string, number>();
  const seen = { flushes: 0, writes: 0, failFlush: false, limit: Number.POSITIVE_INFINITY };
  const observed: Store = {
    kind: store.kind,
    list: () => store.list(),
    remove: (name) => store.remove(name),
    snapshot: (name) => store.snapshot(name),
    open: async (name) => {
      const file = await store.open(name);
      const size = () => file.size();
      sizes.set(name, size());
      /** The limit is for all files together. */
      const require = (bytes: number) => {
        const others = [...sizes].reduce((sum, [other, taken]) => (other === name ? sum : sum + taken), 0);
        if (bytes > size() && others + bytes > seen.limit) throw new NoSpaceError('The test disk is full.');
      };
      return {
        read: (buffer, offset) => file.read(buffer, offset),
        write: (data, offset) => {
          require(offset + data.length);
          seen.writes += 1;
          file.write(data, offset);
          sizes.set(name, size());
        },
        truncate: (bytes) => {
          require(bytes);
          file.truncate(bytes);
          sizes.set(name, size());
        },
        size,
        flush: () => {
          if (seen.failFlush) throw new StorageError('The test disk is broken.');
          file.flush();
          seen.flushes += 1;
        },
        close: () => file.close(),
      } satisfies SyncFile;
    },
  };
  return { store: observed, seen };
}

const filesOf = async (page: Page) => (await page.call('report', null)).files.map(({ path }) => path);

test('the disk begins with its two mount points, and what is journalled is there for the next sandbox', async () => {
  const page = await open();
  const first = await page.attach();
  expect(first.image.entries.map(({ inode }) => inode)).toEqual([INODE.home, INODE.tmp]);
  const folder = first.makeDirectory(INODE.home, 'data');
  const file = first.writeFile(folder, 'a.txt', 'hello');
  first.post({ type: 'write', inode: file, offset: 5, data: new TextEncoder().encode(' world') });
  first.post({ type: 'setattr', inode: file, mode: 0o600 });
  first.post({ type: 'rename', parent: folder, name: 'a.txt', newParent: INODE.tmp, newName: 'b.txt' });
  await first.sync();
  const second = await page.attach();
  expect(await second.read('b.txt')).toBe('hello world');
  const entry = second.image.entries.find(({ name }) => name === 'b.txt');
  expect(entry).toMatchObject({ inode: file, parent: INODE.tmp, kind: 'file', mode: 0o600 });
  expect(second.image.nextInode).toBeGreaterThan(file);
  expect(second.image.entries.every(({ inode }) => inode !== INODE.hidden)).toBe(true);
});

test('a sandbox that was replaced is no longer heard', async () => {
  const page = await open();
  const first = await page.attach();
  const inode = first.writeFile(INODE.home, 'early.txt', '1');
  await first.sync();
  const second = await page.attach();
  first.post({ type: 'write', inode, offset: 1, data: new Uint8Array(10) });
  second.writeFile(INODE.home, 'new.txt', '3');
  await second.sync();
  const { files } = await page.call('report', null);
  expect(files.map(({ path, size }) => [path, size])).toEqual([
    ['home/pyodide/early.txt', 1],
    ['home/pyodide/new.txt', 1],
  ]);
  expect(page.events).toEqual([]);
});

test('`durable` comes after a flush, and one flush answers all the syncs that wait', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  // Without a waker: a machine that has one waits for each answer.
  const sandbox = await page.attach({ waker: false });
  sandbox.writeFile(INODE.home, 'a.txt', 'x'.repeat(1000));
  const before = seen.flushes;
  await sandbox.sync();
  expect(seen.flushes).toBe(before + 1);

  for (let i = 0; i < 50; i += 1) {
    sandbox.post({ type: 'setattr', inode: INODE.home, modified: i });
    sandbox.postAll([], true);
  }
  await sandbox.sync();
  expect(seen.flushes).toBeLessThan(before + 10);
  const answers = sandbox.replies.flatMap((reply) => (reply.type === 'durable' ? [reply.sequence] : []));
  expect(answers.length).toBeLessThan(10);
  expect(answers).toEqual([...answers].sort((a, b) => a - b));
});

test('operations of one message are written together and before the answer to their sync', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  const sandbox = await page.attach();
  const file = sandbox.writeFile(INODE.home, 'a.txt', '0');
  await sandbox.sync();
  const before = { ...seen };
  sandbox.postAll(
    [1, 2, 3, 4].map((offset) => ({ type: 'write', inode: file, offset, data: new TextEncoder().encode(`${offset}`) })),
    true,
  );
  await until(() => sandbox.replies.some((reply) => reply.type === 'durable' && reply.sequence === sandbox.sequence));
  expect(seen.flushes).toBe(before.flushes + 1);
  // One piece, and the note that it is on stable storage.
  expect(seen.writes).toBe(before.writes + 2);
  expect(await (await page.attach()).read('a.txt')).toBe('01234');
});

test('of operations in one message those before a breach stay', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const file = sandbox.writeFile(INODE.home, 'a.txt', '0');
  const write = (inode: number, offset: number) => ({ type: 'write', inode, offset, data: new Uint8Array([65 + offset]) }) as const;
  sandbox.postAll([write(file, 1), write(file, 2), write(INODE.hidden, 3), write(file, 3)], true);
  await until(() => page.events.length > 0);
  expect(sandbox.replies.some(({ type }) => type === 'durable')).toBe(false);
  expect(await (await page.attach()).read('a.txt')).toBe('0BC');
});

test('a failed flush is told to Python and to the page, and nothing more is accepted', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  const sandbox = await page.attach();
  sandbox.writeFile(INODE.home, 'a.txt', '1');
  seen.failFlush = true;
  sandbox.postAll([], true);
  await until(() => page.events.length > 0 && sandbox.replies.some(({ type }) => type === 'failed'));
  expect(page.events).toEqual([{ type: 'failed', error: expect.objectContaining({ code: 'storage' }) }]);
  expect(sandbox.replies.some(({ type }) => type === 'durable')).toBe(false);
  seen.failFlush = false;
  await expect(page.call('beginRun', { code: 'x' })).rejects.toMatchObject({ code: 'storage' });
  await expect(page.call('saveCode', { code: 'x' })).rejects.toMatchObject({ code: 'storage' });
});

test('a sandbox can be fenced although the store fails, which is told once', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  const sandbox = await page.attach();
  sandbox.writeFile(INODE.home, 'a.txt', '1');
  seen.failFlush = true;
  await page.call('fence', null);
  await page.call('fence', null);
  await until(() => page.events.length > 0);
  expect(page.events).toEqual([{ type: 'failed', error: expect.objectContaining({ code: 'storage' }) }]);
});

test('the beginning of a run is on stable storage before the run begins', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  const before = seen.flushes;
  await page.call('beginRun', { code: '' });
  expect(seen.flushes).toBe(before + 1);
});

test('replies go to the disk port when there is no waker, with more room at once', async () => {
  const page = await open();
  const sandbox = await page.attach({ waker: false });
  expect(sandbox.image.credit).toBe(256 * MEBIBYTE);
  sandbox.writeFile(INODE.home, 'a.txt', '1');
  await sandbox.sync();
  expect(sandbox.replies).toEqual([{ type: 'durable', sequence: 2 }]);
});

test('credit is granted to the waker, refilled on request up to a bound, and spent', async () => {
  const page = await open();
  const sandbox = await page.attach();
  expect(sandbox.image.credit).toBe(0);
  expect(sandbox.granted).toBe(64 * MEBIBYTE);
  sandbox.disk.postMessage({ type: 'credit', bytes: 64 * MEBIBYTE });
  await until(() => sandbox.replies.length === 2);
  expect(sandbox.granted).toBe(128 * MEBIBYTE);
  sandbox.disk.postMessage({ type: 'credit', bytes: Number.MAX_SAFE_INTEGER });
  sandbox.disk.postMessage({ type: 'credit', bytes: 1 });
  await until(() => sandbox.replies.length === 4);
  expect(sandbox.granted).toBe(256 * MEBIBYTE);
  expect(sandbox.replies.at(-1)).toEqual({ type: 'credit', bytes: 0 });
});

test('the beginning of a run refills what the one before has spent', async () => {
  const page = await open();
  const sandbox = await page.attach();
  sandbox.writeFile(INODE.home, 'a.bin', new Uint8Array(3 * MEBIBYTE));
  await sandbox.sync();
  await page.call('beginRun', { code: '' });
  await until(() => sandbox.granted > 64 * MEBIBYTE);
  expect(sandbox.granted - 64 * MEBIBYTE).toBeGreaterThanOrEqual(3 * MEBIBYTE);
});

test('a full disk grants what it has, then nothing; what was granted can be written', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  seen.limit = 10 * MEBIBYTE;
  const sandbox = await page.attach();
  expect(sandbox.granted).toBeLessThan(10 * MEBIBYTE);
  expect(sandbox.granted).toBeGreaterThan(4 * MEBIBYTE);
  // What is left comes in ever smaller pieces.
  do {
    const { length } = sandbox.replies;
    sandbox.disk.postMessage({ type: 'credit', bytes: 64 * MEBIBYTE });
    await until(() => sandbox.replies.length > length);
  } while ((sandbox.replies.at(-1) as { bytes: number }).bytes > 0);
  expect(sandbox.replies.at(-1)).toEqual({ type: 'credit', bytes: 0 });

  const inode = sandbox.writeFile(INODE.home, 'a.bin', '');
  let left = sandbox.granted - costOf({ type: 'make', inode, parent: INODE.home, name: 'a.bin', kind: 'file', mode: 0, time: 0 });
  for (let offset = 0; left > 1024; ) {
    const data = new Uint8Array(Math.min(64 * 1024, left - 512));
    sandbox.post({ type: 'write', inode, offset, data });
    offset += data.length;
    left -= costOf({ type: 'write', inode, offset, data, time: 0 });
  }
  await sandbox.sync();
  // Nothing is left, yet it can be removed.
  sandbox.post({ type: 'unlink', parent: INODE.home, name: 'a.bin' });
  await sandbox.sync();
  expect(page.events).toEqual([]);
  expect(await filesOf(page)).toEqual([]);
});

const write = (inode: number, data: unknown = new Uint8Array(1), more: object = {}) => ({
  type: 'write',
  inode,
  offset: 0,
  data,
  time: 0,
  ...more,
});
const make = (inode: number, parent: number, name: unknown = 'x') => ({
  type: 'make',
  inode,
  parent,
  name,
  kind: 'file',
  mode: 0o644,
  time: 0,
});

/** Each gets a sandbox with one file, whose inode is given, and one operation behind it in the sequence after it. */
const FORGERIES: Record<string, (sandbox: Sandbox, file: number) => unknown> = {
  'no object': () => 'hello',
  null: () => null,
  'an unknown request': () => ({ type: 'format' }),
  'an operation of null': ({ sequence }) => ({ type: 'operations', sequence: sequence + 1, operations: [null], sync: false }),
  'a gap in the sequence': ({ sequence }) => ({
    type: 'operations',
    sequence: sequence + 2,
    operations: [make(INODE.firstFree + 50, INODE.home)],
  }),
  'a repeated sequence': ({ sequence }) => ({ type: 'operations', sequence, operations: [make(INODE.firstFree + 50, INODE.home)] }),
  'a sequence that is no number': () => ({ type: 'operations', sequence: '3', operations: [make(INODE.firstFree + 50, INODE.home)] }),
  'a sync of the future': ({ sequence }) => ({ type: 'operations', sequence: sequence + 2, operations: [], sync: true }),
  'a sync of NaN': () => ({ type: 'operations', sequence: Number.NaN, operations: [], sync: true }),
  'operations that are no list': ({ sequence }) => ({ type: 'operations', sequence: sequence + 1, operations: 'all' }),
  'more operations than a machine sends together': ({ sequence }) => ({
    type: 'operations',
    sequence: sequence + 1,
    operations: new Array(100_000).fill({ type: 'setattr', inode: INODE.home, modified: 1 }),
  }),
  'negative credit': () => ({ type: 'credit', bytes: -1 }),
  'infinite credit': () => ({ type: 'credit', bytes: Number.POSITIVE_INFINITY }),
  ...operations({
    'an unknown operation': () => ({ type: 'link', inode: INODE.home }),
    'an operation that cannot even be named': () => ({ type: { toString: 1, valueOf: 1 } }),
    'a file in the hidden folder': () => make(INODE.firstFree + 50, INODE.hidden),
    'a file in the root': () => make(INODE.firstFree + 50, INODE.root),
    'a file in /home': () => make(INODE.firstFree + 50, INODE.homeParent),
    'a file in a file': (file) => make(INODE.firstFree + 50, file),
    'a used inode': (file) => make(file, INODE.home),
    'a fixed inode': () => make(INODE.hidden, INODE.home),
    // The first was given to the editor's text, the next is held for the history.
    'an inode that the keeper put aside': () => make(INODE.firstFree + 1, INODE.home),
    'an inode far off': () => make(2 ** 40, INODE.home),
    'a name with a slash': () => make(INODE.firstFree + 50, INODE.home, '../x'),
    'a name that is there': () => make(INODE.firstFree + 50, INODE.home, 'mine.txt'),
    // The first number was given to the editor's text.
    'a write to a hidden file': () => write(INODE.firstFree),
    'a write to nothing': () => write(INODE.firstFree + 60),
    'a write to a folder': () => write(INODE.home),
    'a write of text': (file) => write(file, 'text'),
    'a write that is too large': (file) => write(file, new Uint8Array(16 * MEBIBYTE + 1)),
    'a small view of a large buffer': (file) => write(file, new Uint8Array(17 * MEBIBYTE).subarray(0, 1)),
    'a write at a negative offset': (file) => write(file, new Uint8Array(1), { offset: -1 }),
    'the removal of the home folder': () => ({ type: 'rmdir', parent: INODE.homeParent, name: 'pyodide', time: 0 }),
    'the removal of what is not there': () => ({ type: 'unlink', parent: INODE.home, name: 'nothing', time: 0 }),
    'a move out of the mounts': () => ({
      type: 'rename',
      parent: INODE.home,
      name: 'mine.txt',
      newParent: INODE.hidden,
      newName: 'code.py',
      time: 0,
    }),
    'a move into the mounts': () => ({
      type: 'rename',
      parent: INODE.hidden,
      name: 'code.py',
      newParent: INODE.home,
      newName: 'h',
      time: 0,
    }),
    'a change of the hidden folder': () => ({ type: 'setattr', inode: INODE.hidden, mode: 0o777 }),
    'a time that is none': (file) => ({ type: 'setattr', inode: file, modified: Number.NaN }),
  }),
};

function operations(forge: Record<string, (file: number) => unknown>): typeof FORGERIES {
  return Object.fromEntries(
    Object.entries(forge).map(([name, operation]) => [
      name,
      ({ sequence }: Sandbox, file: number) => ({ type: 'operations', sequence: sequence + 1, operations: [operation(file)] }),
    ]),
  );
}

test.each(Object.entries(FORGERIES))('%s is rejected, what came before stays and the session goes on', async (_name, forge) => {
  const page = await open();
  await page.call('saveCode', { code: 'print(1)' });
  const sandbox = await page.attach();
  const file = sandbox.writeFile(INODE.home, 'mine.txt', 'mine');
  const forged = forge(sandbox, file);
  sandbox.disk.postMessage(forged);
  // Right behind it, in sequence when the forgery was: would be accepted if that was, and must not be heard.
  if ((forged as { sequence?: unknown } | null)?.sequence === sandbox.sequence + 1) sandbox.sequence += 1;
  sandbox.writeFile(INODE.home, 'after.txt', 'after');
  await until(() => page.events.length > 0);
  expect(page.events).toEqual([{ type: 'rejected', message: expect.stringMatching(/^The sandbox sent .{1,300}$/s) }]);
  await until(() => sandbox.replies.some(({ type }) => type === 'failed'));
  // Where this program lies is none of the sandbox's business.
  expect(sandbox.replies.at(-1)).toMatchObject({ type: 'failed', error: { stack: null } });

  const report = await page.call('report', null);
  expect(report.files.map(({ path, size }) => [path, size])).toEqual([['home/pyodide/mine.txt', 4]]);
  expect(report.summary.code).toBe('print(1)');
  const next = await page.attach();
  next.writeFile(INODE.home, 'next.txt', 'next');
  await next.sync();
  expect(await filesOf(page)).toEqual(['home/pyodide/mine.txt', 'home/pyodide/next.txt']);
  expect((await page.call('beginRun', { code: '1' })).run).toBe(1);
});

test('writing more than was granted is rejected', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  seen.limit = 5 * MEBIBYTE;
  const sandbox = await page.attach();
  seen.limit = Number.POSITIVE_INFINITY;
  const inode = sandbox.writeFile(INODE.home, 'a.bin', '');
  for (let i = 0; i < 6; i += 1) sandbox.post({ type: 'write', inode, offset: i * MEBIBYTE, data: new Uint8Array(MEBIBYTE) });
  await until(() => page.events.length > 0);
  expect(page.events).toEqual([{ type: 'rejected', message: expect.stringContaining('credit') }]);
  expect((await page.call('report', null)).files[0]?.size).toBeLessThan(5 * MEBIBYTE);
});

test('a folder moved into itself is rejected', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const outer = sandbox.makeDirectory(INODE.home, 'outer');
  const inner = sandbox.makeDirectory(outer, 'inner');
  sandbox.post({ type: 'rename', parent: INODE.home, name: 'outer', newParent: inner, newName: 'outer' });
  await until(() => page.events.length > 0);
  expect(page.events[0]?.type).toBe('rejected');
  expect(await filesOf(page)).toEqual(['home/pyodide/outer', 'home/pyodide/outer/inner']);
});

test('shared memory in a message is rejected', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const inode = sandbox.writeFile(INODE.home, 'a.bin', '');
  sandbox.post({ type: 'write', inode, offset: 0, data: new Uint8Array(new SharedArrayBuffer(8)) });
  await until(() => page.events.length > 0);
  expect(page.events[0]?.type).toBe('rejected');
});

test('fence hears all that was posted before it, and nothing after', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const names = Array.from({ length: 1000 }, (_, index) => `file-${index}`);
  for (const name of names) sandbox.writeFile(INODE.home, name, name);
  await page.call('fence', null);
  sandbox.writeFile(INODE.home, 'late', 'late');
  expect(await filesOf(page)).toEqual(names.map((name) => `home/pyodide/${name}`));
});

test('fence ends although the sandbox never stops posting', async () => {
  const page = await open();
  const sandbox = await page.attach();
  let fenced = false;
  const flood = () => {
    sandbox.postAll([], true);
    if (!fenced) setImmediate(flood);
  };
  flood();
  await page.call('fence', null);
  fenced = true;
});

test('relaxed durability answers a sync without waiting for the disk, is kept, and the end of a run still waits', async () => {
  const { store, seen } = observedStore();
  const page = await open(store);
  expect((await page.call('report', null)).summary).toMatchObject({ durability: 'stable' });
  const sandbox = await page.attach();
  await page.call('setDurability', { durability: 'relaxed' });
  const { run } = await page.call('beginRun', { code: '' });
  sandbox.writeFile(INODE.home, 'a.txt', 'a');
  const before = seen.flushes;
  await sandbox.sync();
  expect(seen.flushes).toBe(before);
  await page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture: null });
  expect(seen.flushes).toBeGreaterThan(before);
  await page.close();
  const again = await open(store);
  expect((await again.call('report', null)).summary).toMatchObject({ durability: 'relaxed' });
  const other = await again.attach();
  await again.call('setDurability', { durability: 'stable' });
  const then = seen.flushes;
  other.writeFile(INODE.home, 'b.txt', 'b');
  await other.sync();
  expect(seen.flushes).toBeGreaterThan(then);
  await expect(again.call('setDurability', { durability: 'none' as never })).rejects.toMatchObject({ code: 'invalid' });
});
