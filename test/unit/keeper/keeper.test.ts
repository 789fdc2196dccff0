/** The page's calls, over a real port, on the real volume over memory and Node's files. */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { createHiddenFile, HISTORY_FILE } from '../../../src/keeper/hidden-file';
import { History } from '../../../src/keeper/history';
import { CATALOGUE_LOCK, type DownloadResult, readersLock, sessionLock } from '../../../src/protocol/keeper';
import { takeOverChannel } from '../../../src/protocol/take-over';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { openNodeStore } from '../../../src/volume/node-store';
import { openSnapshotStore } from '../../../src/volume/snapshot-store';
import { Volume } from '../../../src/volume/volume';
import { bytesOf } from '../../fixtures/disk-images';
import { readNow, SharedFolder } from '../../fixtures/session-folders';
import { cleanups, open, Page, ProcessLocks, type Sandbox, temporaryDirectory, until } from './fixture';

/** One run that does `work` and ends well. */
async function run(page: Page, sandbox: Sandbox, code: string, work: () => void) {
  const { run } = await page.call('beginRun', { code });
  work();
  return page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture: null });
}

/** Every file with its content, as the next sandbox would see it; ends the present sandbox. */
async function contents(page: Page): Promise<Record<string, string>> {
  const { image } = await page.attach();
  const files = image.entries.filter(({ kind }) => kind === 'file');
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.name, new TextDecoder().decode(await bytesOf(image, file))])),
  );
}

function fileOf(download: DownloadResult): { name: string; blob: Blob } {
  if ('problem' in download) throw new Error(download.problem.message);
  return download;
}

async function upload(page: Page, file: Blob) {
  await page.call('stage', { file });
  await page.call('fence', null);
  return page.call('upload', null);
}

test('a new session is empty', async () => {
  const page = await open();
  expect(page.summary).toEqual({
    storage: 'opfs',
    code: null,
    notebook: null,
    packages: [],
    hosts: [],
    copies: { made: null, reminded: null },
    runs: 0,
    history: [],
    saved: null,
    undoable: null,
    durability: 'stable',
    damage: null,
  });
});

test('runs, files and the editor text are there when the store is opened again', async () => {
  const directory = temporaryDirectory();
  let time = 1_795_464_845_000;
  const now = () => time++;
  const page = await Page.open(openNodeStore(directory), { now });
  const sandbox = await page.attach();
  const report = await run(page, sandbox, 'x = 1\ny = 2', () => sandbox.writeFile(INODE.home, 'a.txt', 'hello'));
  expect(report.problem).toBeNull();
  expect(report.history).toEqual([
    { run: 1, started: expect.any(Number), ended: expect.any(Number), status: 'finished', firstLine: 'x = 1' },
  ]);
  await page.call('saveCode', { code: 'print("früh")' });
  await page.close();

  const again = await open(openNodeStore(directory), { now });
  expect(again.summary).toEqual({
    storage: 'opfs',
    code: 'print("früh")',
    notebook: null,
    packages: [],
    hosts: [],
    copies: { made: null, reminded: null },
    runs: 1,
    history: report.history,
    saved: report.history[0]?.ended && expect.any(Number),
    undoable: null,
    durability: 'stable',
    damage: null,
  });
  expect(again.summary.saved).toBeGreaterThanOrEqual(report.history[0]?.ended ?? Infinity);
  expect(await contents(again)).toEqual({ 'a.txt': 'hello' });
});

test('a run keeps its code as the text of the editor', async () => {
  const store = openMemoryStore();
  const page = await Page.open(store);
  await page.call('saveCode', { code: 'an older text' });
  await page.call('beginRun', { code: 'print("run")' });
  await page.close();
  expect((await open(store)).summary.code).toBe('print("run")');
});

test('a run that a killed page cut off is unfinished, and what it wrote is kept', async () => {
  const directory = temporaryDirectory();
  const killed = await Page.open(openNodeStore(directory));
  const sandbox = await killed.attach();
  await run(killed, sandbox, 'first', () => undefined);
  await killed.call('beginRun', { code: 'second' });
  sandbox.writeFile(INODE.home, 'a.txt', 'acknowledged');
  await sandbox.sync();

  // The same files with nothing said to the keeper before, as after SIGKILL.
  const page = await open(openNodeStore(directory));
  expect(page.summary.runs).toBe(2);
  expect(page.summary.history.map(({ status, ended }) => [status, ended === null])).toEqual([
    ['finished', false],
    ['unfinished', true],
  ]);
  expect(page.summary.damage).toBeNull();
  expect(await contents(page)).toEqual({ 'a.txt': 'acknowledged' });
  expect((await page.call('beginRun', { code: 'third' })).run).toBe(3);
  await killed.close();
});

test('the end of a run waits for the journal, and says what did not come', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const { run: first } = await page.call('beginRun', { code: '' });
  const ending = page.call('endRun', { run: first, status: 'finished', sequence: 2, capture: null });
  // Only now does what the run wrote arrive.
  sandbox.writeFile(INODE.home, 'a.txt', 'late');
  expect((await ending).problem).toBeNull();

  const { run: second } = await page.call('beginRun', { code: '' });
  sandbox.disk.postMessage({ type: 'operations', sequence: 99, operations: [null] });
  await until(() => page.events.length > 0);
  const report = await page.call('endRun', { run: second, status: 'finished', sequence: 9, capture: null });
  expect(report.problem).toContain('2 of 9');
  expect(report.history.at(-1)?.status).toBe('finished');
});

test('a run ends once, and only as something that an end can be', async () => {
  const page = await open();
  const { run } = await page.call('beginRun', { code: '' });
  await expect(page.call('endRun', { run: 7, status: 'finished', sequence: null, capture: null })).rejects.toMatchObject({
    code: 'invalid',
  });
  await expect(page.call('endRun', { run, status: 'running', sequence: null, capture: null })).rejects.toMatchObject({ code: 'invalid' });
  expect((await page.call('endRun', { run, status: 'stopped', sequence: null, capture: null })).history.at(-1)?.status).toBe('stopped');
  await expect(page.call('endRun', { run, status: 'finished', sequence: null, capture: null })).rejects.toMatchObject({ code: 'invalid' });
});

test('the editor text is written only when it changed, and shrinks', async () => {
  const page = await open();
  await page.call('saveCode', { code: 'a long text\n'.repeat(100) });
  await page.call('saveCode', { code: 'short' });
  expect((await page.call('report', null)).summary.code).toBe('short');
  const { stored } = await page.call('report', null);
  await page.call('saveCode', { code: 'short' });
  expect((await page.call('report', null)).stored).toBe(stored);
  await page.call('saveCode', { code: '' });
  expect((await page.call('report', null)).summary.code).toBe('');
});

test('a report lists files with sizes, databases by their first bytes, and the state file', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const folder = sandbox.makeDirectory(INODE.home, 'data');
  sandbox.writeFile(folder, 'app_state.db', `SQLite format 3\0${'x'.repeat(84)}`);
  sandbox.writeFile(folder, 'fake.db', 'SQLite format 3');
  sandbox.writeFile(INODE.home, 'app_state.json', '{"runs": 1}');
  sandbox.writeFile(INODE.tmp, 'empty', '');
  await sandbox.sync();
  const report = await page.call('report', null);
  expect(report.files.map(({ path, kind, size, database }) => [path, kind, size, database])).toEqual(
    expect.arrayContaining([
      ['home/pyodide/data', 'directory', expect.any(Number), false],
      ['home/pyodide/data/app_state.db', 'file', 100, true],
      ['home/pyodide/data/fake.db', 'file', 15, false],
      ['home/pyodide/app_state.json', 'file', 11, false],
      ['tmp/empty', 'file', 0, false],
    ]),
  );
  expect(report.files).toHaveLength(5);
  expect(report.stateFile).toEqual({ path: 'home/pyodide/app_state.json', text: '{"runs": 1}' });
  expect(report.stored).toBeGreaterThan(0);
});

test.each([
  ['is not UTF-8', new Uint8Array([0xff, 0xfe])],
  ['is larger than 64 KiB', new Uint8Array(64 * 1024 + 1).fill(0x20)],
])('a state file that %s is listed and not shown', async (_what, data) => {
  const page = await open();
  const sandbox = await page.attach();
  sandbox.writeFile(INODE.home, 'app_state.json', data);
  await sandbox.sync();
  const report = await page.call('report', null);
  expect(report.stateFile).toBeNull();
  expect(report.files).toHaveLength(1);
});

/** A session with two runs, an editor text, a tree of files and a link. */
async function furnished(now?: () => number) {
  const page = await open(openMemoryStore(), now ? { now } : {});
  const sandbox = await page.attach();
  await run(page, sandbox, 'first', () => {
    const folder = sandbox.makeDirectory(INODE.home, 'data');
    sandbox.writeFile(folder, 'text.txt', 'Grüße\n');
    sandbox.writeFile(folder, 'bytes.bin', new Uint8Array([0, 255, 128, 10]));
    sandbox.writeFile(INODE.tmp, '__proto__', 'a name like any other');
  });
  await run(page, sandbox, 'second', () => sandbox.writeFile(INODE.home, 'empty', ''));
  await page.call('saveCode', { code: 'print("kept")' });
  return page;
}

const runtime = { pyodide: '314.0.7', python: '3.14.2' };

test('what is downloaded can be uploaded into another session', async () => {
  const page = await furnished(() => Date.UTC(2026, 10, 23, 20, 34, 5, 678));
  const { name, blob } = fileOf(await page.call('download', { runtime, leaveOut: [] }));
  expect(name).toBe('dormouse-state-2026-11-23T20-34-05Z.json');
  const before = await page.call('report', null);
  const files = await contents(page);

  const other = await open();
  const summary = await upload(other, blob);
  expect(summary).toMatchObject({ runs: 2, code: 'print("kept")', undoable: 'upload', history: before.summary.history });
  const after = await other.call('report', null);
  const shown = (report: typeof after) =>
    report.files.map(({ path, kind, size, modified }) => ({ path, kind, size, ...(kind === 'file' && { modified }) }));
  expect(shown(after)).toEqual(expect.arrayContaining(shown(before)));
  expect(after.files).toHaveLength(before.files.length);
  expect(await contents(other)).toEqual(files);
  const sandbox = await other.attach();
  sandbox.writeFile(INODE.home, 'more.txt', 'more');
  await sandbox.sync();
  expect(other.events).toEqual([]);
  expect((await other.call('beginRun', { code: '' })).run).toBe(3);
});

test('what is to be left out of a download is, with everything below it', async () => {
  const page = await furnished();
  const { blob } = fileOf(await page.call('download', { runtime: null, leaveOut: ['home/pyodide/data', 'tmp/__proto__'] }));
  const other = await open();
  await upload(other, blob);
  expect(Object.keys(await contents(other))).toEqual(['empty']);
});

test('an upload is undone until the next run', async () => {
  const page = await furnished();
  const before = await page.call('report', null);
  const files = await contents(page);
  const other = await open();
  await other.call('saveCode', { code: 'other' });
  const { blob } = fileOf(await other.call('download', { runtime, leaveOut: [] }));

  expect(await upload(page, blob)).toMatchObject({ runs: 0, code: 'other', undoable: 'upload' });
  expect((await page.call('report', null)).files).toEqual([]);
  const back = await page.call('undoReplace', null);
  expect(back).toMatchObject({ runs: 2, code: 'print("kept")', undoable: null, history: before.summary.history });
  expect((await page.call('report', null)).files).toEqual(before.files);
  expect(await contents(page)).toEqual(files);

  await page.call('fence', null);
  await upload(page, blob);
  await page.call('beginRun', { code: '' });
  await expect(page.call('undoReplace', null)).rejects.toMatchObject({ code: 'busy' });
});

test('clear empties everything and restarts the counter; undo brings it back', async () => {
  const page = await furnished();
  const files = await contents(page);
  await page.call('fence', null);
  expect(await page.call('clear', null)).toMatchObject({ runs: 0, code: null, history: [], undoable: 'clear' });
  expect(await contents(page)).toEqual({});
  await page.call('fence', null);
  expect(await page.call('undoReplace', null)).toMatchObject({ runs: 2, code: 'print("kept")', undoable: null });
  expect(await contents(page)).toEqual(files);
  await page.call('fence', null);
  await page.call('clear', null);
  expect((await page.call('beginRun', { code: '' })).run).toBe(1);
});

test('an undo is there after a refresh', async () => {
  const directory = temporaryDirectory();
  const page = await Page.open(openNodeStore(directory));
  const sandbox = await page.attach();
  await run(page, sandbox, 'x', () => sandbox.writeFile(INODE.home, 'a.txt', 'back again'));
  await page.call('fence', null);
  await page.call('clear', null);
  await page.close();
  const again = await open(openNodeStore(directory));
  expect(again.summary).toMatchObject({ runs: 0, undoable: 'clear' });
  expect(await again.call('undoReplace', null)).toMatchObject({ runs: 1 });
  expect(await contents(again)).toEqual({ 'a.txt': 'back again' });
});

test('a session is replaced only when its sandbox is fenced', async () => {
  const page = await furnished();
  const before = await page.call('report', null);
  for (const call of ['clear', 'undoReplace'] as const) {
    await expect(page.call(call, null)).rejects.toMatchObject({ code: 'busy' });
  }
  await page.call('stage', { file: fileOf(await page.call('download', { runtime, leaveOut: [] })).blob });
  await expect(page.call('upload', null)).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('Nothing was changed.') });
  expect((await page.call('report', null)).files).toEqual(before.files);
});

test.each([
  ['not JSON', 'hello'],
  ['empty', ''],
  ['JSON of something else', '{"cells": []}'],
  ['an array', '[]'],
])('a state file that is %s is refused and nothing changes', async (_what, text) => {
  const page = await furnished();
  const files = await contents(page);
  const before = await page.call('report', null);
  await expect(page.call('stage', { file: new Blob([text]) })).rejects.toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/Nothing was changed\.$/),
  });
  expect(await page.call('report', null)).toEqual(before);
  await page.call('fence', null);
  await expect(page.call('upload', null)).rejects.toMatchObject({ code: 'busy' });
  expect(await contents(page)).toEqual(files);
  expect((await page.call('report', null)).summary.history).toEqual(before.summary.history);
});

test('a truncated state file is refused and nothing changes', async () => {
  const page = await furnished();
  const { blob } = fileOf(await page.call('download', { runtime, leaveOut: [] }));
  const before = await page.call('report', null);
  await expect(page.call('stage', { file: blob.slice(0, blob.size - 10) })).rejects.toMatchObject({ code: 'invalid' });
  expect(await page.call('report', null)).toEqual(before);
});

test('an upload that does not fit is refused and nothing changes', async () => {
  const small = await open(openMemoryStore({ quota: 2 ** 20 }));
  const sandbox = await small.attach();
  await run(small, sandbox, 'x', () => sandbox.writeFile(INODE.home, 'a.txt', 'still here'));
  const large = await open();
  const other = await large.attach();
  await run(large, other, 'x', () => other.writeFile(INODE.home, 'large.bin', new Uint8Array(2 ** 21)));
  const { blob } = fileOf(await large.call('download', { runtime, leaveOut: [] }));
  await expect(upload(small, blob)).rejects.toMatchObject({ code: 'no-space', message: expect.stringMatching(/Nothing was changed\.$/) });
  expect(await contents(small)).toEqual({ 'a.txt': 'still here' });
  expect((await small.call('report', null)).summary).toMatchObject({ runs: 1, undoable: null });
});

test('a download that is too large says what to leave out', async () => {
  const page = await open();
  const sandbox = await page.attach({ waker: false });
  const inode = sandbox.writeFile(INODE.home, 'large.bin', '');
  sandbox.writeFile(INODE.home, 'small.txt', 'small');
  // A hole: a large file that takes no room.
  sandbox.post({ type: 'truncate', inode, size: 300 * 2 ** 20 });
  await sandbox.sync();
  const result = await page.call('download', { runtime, leaveOut: [] });
  if (!('problem' in result)) throw new Error('This download is larger than a state file may be.');
  expect(result.problem.leaveOut.map(({ path }) => path)).toContain('home/pyodide/large.bin');
  const { blob } = fileOf(await page.call('download', { runtime, leaveOut: result.problem.leaveOut.map(({ path }) => path) }));
  expect(await blob.text()).toContain('small.txt');
});

test('broken lines of the history are reported and do not stop the session', async () => {
  const store = openMemoryStore();
  const volume = await Volume.open(store);
  const lines = '{"run":1,"event":"begin","at":5,"firstLine":"x"}\n{"run":\n{"run":1,"event":"end","at":6,"status":"finished"}\nnonsense\n';
  for (const operation of createHiddenFile(INODE.firstFree, HISTORY_FILE, new TextEncoder().encode(lines), 7)) volume.apply(operation);
  volume.flush();
  volume.close();

  const page = await open(store);
  expect(page.summary).toMatchObject({ runs: 1, history: [{ run: 1, status: 'finished' }], saved: 7 });
  expect(page.summary.damage).toContain('2 lines of the run history');
  expect((await page.call('beginRun', { code: '' })).run).toBe(2);
});

test('a long history is written anew when a run has ended: the last 1,000 runs and the counter stay', async () => {
  const history = History.parse(new Uint8Array());
  const lines: number[] = [];
  for (let index = 0; index < 2100; index += 1) {
    const line = history.beginLine(`run(${index})`, index);
    history.enter(line);
    lines.push(...line);
  }
  const directory = temporaryDirectory();
  const volume = await Volume.open(openNodeStore(directory));
  for (const operation of createHiddenFile(INODE.firstFree, HISTORY_FILE, new Uint8Array(lines), 7)) volume.apply(operation);
  volume.flush();
  volume.close();

  const page = await Page.open(openNodeStore(directory));
  const { run } = await page.call('beginRun', { code: 'the last' });
  await page.call('endRun', { run, status: 'failed', sequence: null, capture: null });
  const { summary } = await page.call('report', null);
  await page.close();
  const after = await Volume.open(openNodeStore(directory));
  cleanups.push(() => after.close());
  expect(after.lookup(`.dormouse/${HISTORY_FILE}`)?.size).toBeLessThan(lines.length);
  const again = await open(openNodeStore(directory));
  expect(again.summary).toMatchObject({ runs: 2101, damage: null, history: summary.history });
  expect(summary.history).toHaveLength(1000);
  expect(summary.history.at(-1)).toMatchObject({ run: 2101, status: 'failed', firstLine: 'the last' });
});

test('what a sandbox says while the store is being cleaned is kept, within the room that it was promised', async () => {
  const directory = temporaryDirectory();
  const page = await Page.open(openNodeStore(directory));
  const sandbox = await page.attach({ waker: false });
  const { run } = await page.call('beginRun', { code: '' });
  const inode = sandbox.writeFile(INODE.home, 'rewritten.bin', '');
  for (let index = 0; index < 80; index += 1) sandbox.post({ type: 'write', inode, offset: 0, data: new Uint8Array(2 ** 20).fill(index) });
  await sandbox.sync();
  const before = (await page.call('report', null)).stored;
  await page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture: null });
  for (let index = 0; index < 200; index += 1) {
    sandbox.writeFile(INODE.home, `${index}.txt`, String(index));
    if (index % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await sandbox.sync();
  const report = await page.call('report', null);
  expect(report.stored).toBeLessThan(before);
  expect(page.events).toEqual([]);
  await page.close();

  const again = await open(openNodeStore(directory));
  const files = await contents(again);
  expect(files['rewritten.bin']).toBe(String.fromCharCode(79).repeat(2 ** 20));
  for (let index = 0; index < 200; index += 1) expect(files[`${index}.txt`]).toBe(String(index));
});

test('the keeper and a sandbox never give out the same inode number', async () => {
  const page = await open();
  // Both hidden files are made while the sandbox makes files of its own.
  const sandbox = await page.attach();
  sandbox.writeFile(INODE.home, 'a.txt', 'a');
  const { run } = await page.call('beginRun', { code: '' });
  sandbox.writeFile(INODE.home, 'b.txt', 'b');
  await page.call('saveCode', { code: 'print(1)' });
  sandbox.writeFile(INODE.home, 'c.txt', 'c');
  expect((await page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture: null })).problem).toBeNull();
  expect(page.events).toEqual([]);
  expect(await contents(page)).toEqual({ 'a.txt': 'a', 'b.txt': 'b', 'c.txt': 'c' });
  expect((await page.call('report', null)).summary).toMatchObject({ code: 'print(1)', runs: 1 });
});

test('a damaged store is read and not written, until it is cleared', async () => {
  const directory = temporaryDirectory();
  const first = await Page.open(openNodeStore(directory));
  const writer = await first.attach();
  await run(first, writer, 'x', () => {
    writer.writeFile(INODE.home, 'early.txt', 'early');
    writer.writeFile(INODE.home, 'late.txt', 'a very particular text');
  });
  await first.close();
  const log = join(directory, 'segment-1');
  const bytes = readFileSync(log);
  bytes[bytes.indexOf('a very particular text')] = 0;
  writeFileSync(log, bytes);

  const page = await open(openNodeStore(directory));
  expect(page.summary.damage).toEqual(expect.any(String));
  const sandbox = await page.attach({ waker: false });
  expect(await sandbox.read('early.txt')).toBe('early');
  expect(sandbox.image.credit).toBe(0);
  await until(() => sandbox.replies.some(({ type }) => type === 'failed'));
  await expect(page.call('beginRun', { code: '' })).rejects.toMatchObject({ code: 'damaged' });
  await expect(page.call('saveCode', { code: '' })).rejects.toMatchObject({ code: 'damaged' });
  expect(await page.call('download', { runtime, leaveOut: [] })).toMatchObject({
    problem: { leaveOut: [{ path: 'home/pyodide/late.txt' }] },
  });
  expect('blob' in (await page.call('download', { runtime, leaveOut: ['home/pyodide/late.txt'] }))).toBe(true);
  expect(readFileSync(log).equals(bytes)).toBe(true);
  await page.call('fence', null);
  expect(await page.call('clear', null)).toMatchObject({ damage: null });
  expect((await page.call('beginRun', { code: '' })).run).toBe(1);
});

test('without a directory everything is kept in memory, and no lock is asked for', async () => {
  const locks = new ProcessLocks();
  const pages = [1, 2].map(() => new Page({ locks, openStore: async () => openMemoryStore() }));
  for (const page of pages) {
    cleanups.push(() => page.close());
    expect(await page.call('open', { session: 'test', directory: null })).toMatchObject({ storage: 'memory', runs: 0 });
  }
});

test.each(['SecurityError', 'NotAllowedError'])('when the browser denies storage with a %s, everything is kept in memory', async (name) => {
  const page = await open(openMemoryStore(), {
    openStore: async () => {
      throw new Error('The store could not be opened.', { cause: new DOMException('denied', name) });
    },
  });
  expect(page.summary.storage).toBe('memory');
  const sandbox = await page.attach();
  await run(page, sandbox, 'x', () => sandbox.writeFile(INODE.home, 'a.txt', 'for now'));
  expect('blob' in (await page.call('download', { runtime, leaveOut: [] }))).toBe(true);
});

test('a store that fails to open otherwise is told, never taken for an empty one; it can be tried again', async () => {
  let broken = true;
  const page = new Page({
    locks: new ProcessLocks(),
    openStore: async () => {
      if (broken) throw new Error('The disk is on fire.');
      return openMemoryStore();
    },
  });
  cleanups.push(() => page.close());
  await expect(page.open()).rejects.toThrow('on fire');
  broken = false;
  expect((await page.open()).storage).toBe('opfs');
  await expect(page.open()).rejects.toMatchObject({ code: 'busy' });
});

test('a session that another tab has is waited for, which is said', async () => {
  const directory = temporaryDirectory();
  const locks = new ProcessLocks();
  const options = { locks, openStore: async () => openNodeStore(directory) };
  const first = new Page(options);
  await first.open();
  await first.call('saveCode', { code: 'from the first tab' });
  const second = new Page(options);
  cleanups.push(() => second.close());
  const opening = second.open();
  await until(() => second.events.length > 0);
  expect(second.events).toEqual([{ type: 'waiting' }]);
  // It does not hang, and another session is not affected.
  await expect(second.call('report', null)).rejects.toMatchObject({ code: 'busy' });
  await first.close();
  expect((await opening).code).toBe('from the first tab');
});

test('a keeper that is closed while it waits lets go of the lock when it gets it', async () => {
  const locks = new ProcessLocks();
  const first = await Page.open(openMemoryStore(), { locks });
  const second = new Page({ locks, openStore: async () => openMemoryStore() });
  second.open().catch(() => undefined);
  await until(() => second.events.length > 0);
  const closing = second.close();
  await first.close();
  await closing;
  const third = await Page.open(openMemoryStore(), { locks });
  await third.close();
});

test.each(['', '../other', 'A', 'a/b', 'x'.repeat(65), 7])('the session name %j is refused', async (session) => {
  const page = new Page({ locks: new ProcessLocks(), openStore: async () => openMemoryStore() });
  cleanups.push(() => page.close());
  await expect(page.open(session as string)).rejects.toMatchObject({ code: 'invalid' });
});

test('a call of unknown type is refused, as is one with an argument that makes no sense', async () => {
  const page = await open();
  await expect(page.send({ type: 'format', argument: null })).rejects.toThrow();
  await expect(page.send({ type: 'constructor', argument: null })).rejects.toThrow();
  await expect(page.send({ type: 'saveCode', argument: null })).rejects.toThrow();
  await expect(page.send({ type: 'attach', argument: {} })).rejects.toThrow();
  expect((await page.call('report', null)).files).toEqual([]);
});

test('many calls at once are answered in order', async () => {
  const page = await open();
  const begun = await Promise.all(Array.from({ length: 20 }, (_, index) => page.call('beginRun', { code: `run ${index}` })));
  expect(begun.map(({ run }) => run)).toEqual(Array.from({ length: 20 }, (_, index) => index + 1));
});

test('a look shows what the owner has now, takes nothing, and is announced to who cleans up', async () => {
  const folder = new SharedFolder();
  const locks = new ProcessLocks();
  const owner = await open(folder, { locks });
  const sandbox = await owner.attach();
  await run(owner, sandbox, 'x = 1', () => sandbox.writeFile(INODE.home, 'a.txt', 'hello'));

  const looker = new Page({ locks, openStore: async () => folder, openSnapshot: () => openSnapshotStore(folder, { readNow }) });
  cleanups.push(() => looker.close());
  const before = folder.checksums();
  const directory = {} as FileSystemDirectoryHandle;
  expect(await looker.call('look', { session: 'test', directory })).toMatchObject({ code: 'x = 1', runs: 1 });
  for (const refused of [
    looker.call('beginRun', { code: 'y' }),
    looker.call('saveCode', { code: 'y' }),
    looker.call('clear', null),
    looker.call('undoReplace', null),
  ]) {
    await expect(refused).rejects.toMatchObject({ code: 'busy' });
  }
  expect(folder.checksums()).toEqual(before);
  await run(owner, sandbox, 'x = 2', () => sandbox.writeFile(INODE.home, 'b.txt', 'later'));
  expect((await looker.call('report', null)).files.map(({ path }) => path)).toEqual(['home/pyodide/a.txt', 'home/pyodide/b.txt']);
  expect(await fileOf(await looker.call('download', { runtime: null, leaveOut: [] })).blob.text()).toContain('later');

  const reading = () => locks.request(readersLock('test'), { mode: 'exclusive', ifAvailable: true }, async (lock) => lock === null);
  expect(await reading()).toBe(true);
  await looker.call('close', null);
  expect(await reading()).toBe(false);
});

test('a session that is not there cannot be looked at', async () => {
  const page = new Page({ locks: new ProcessLocks(), openStore: async () => openMemoryStore(), openSnapshot: async () => null });
  cleanups.push(() => page.close());
  await expect(page.call('look', { session: 'test', directory: {} as FileSystemDirectoryHandle })).rejects.toThrow(/no such session/);
});

test('`close` lets go of store and lock, and nothing can be asked afterwards', async () => {
  const directory = temporaryDirectory();
  const options = { locks: new ProcessLocks(), openStore: async () => openNodeStore(directory) };
  const first = new Page(options);
  cleanups.push(() => first.close());
  await first.open();
  await first.call('saveCode', { code: 'kept' });
  await first.call('close', null);
  await expect(first.call('report', null)).rejects.toMatchObject({ code: 'busy' });
  const second = new Page(options);
  cleanups.push(() => second.close());
  expect((await second.open()).code).toBe('kept');
});

test('when copies left is kept with the session, and is no part of a state file or of what is cleared', async () => {
  const store = openMemoryStore();
  let time = 1_795_464_845_000;
  const page = await Page.open(store, { now: () => time });
  expect(await page.call('noteCopy', { what: 'made' })).toEqual({ made: time, reminded: null });
  const made = time;
  time += 5000;
  expect(await page.call('noteCopy', { what: 'reminded' })).toEqual({ made, reminded: time });
  await expect(page.call('noteCopy', { what: 'other' as never })).rejects.toMatchObject({ code: 'invalid' });
  await page.close();
  const again = await open(store);
  expect(again.summary.copies).toEqual({ made, reminded: time });
  await again.call('fence', null);
  expect((await again.call('clear', null)).copies).toEqual({ made: null, reminded: null });
});

test('the locks and the channel of a session are called the same in every version: by them versions keep out of each other’s way', () => {
  expect([sessionLock('x'), readersLock('x'), CATALOGUE_LOCK, takeOverChannel('x')]).toEqual([
    'dormouse/session/x',
    'dormouse/session/x/readers',
    'dormouse/catalogue',
    'dormouse/session/x',
  ]);
});
