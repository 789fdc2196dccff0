/** What a page asks of a session's files: lists, bytes, what was before a change, and that a change is kept. */
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { Page, type Sandbox, until } from './fixture';

async function opened() {
  const page = await Page.open(openMemoryStore());
  const sandbox = await page.attach();
  return { page, sandbox };
}

/** A run that does `work` and leaves no memory behind. */
async function run(page: Page, sandbox: Sandbox, work: () => void) {
  const { run: number } = await page.call('beginRun', { code: 'pass' });
  work();
  await page.call('endRun', { run: number, status: 'finished', sequence: sandbox.sequence, capture: null });
}

const part = { from: 0, to: 100, checkpoint: null, version: null };
const settle = (page: Page, sandbox: Sandbox) => page.call('settleFiles', { sequence: sandbox.sequence, keep: true });

test('lists files, recognises databases, and leaves out what has not arrived', async () => {
  const { page, sandbox } = await opened();
  const magic = new TextEncoder().encode('SQLite format 3\0');
  const database = new Uint8Array(512);
  database.set(magic);
  const folder = sandbox.makeDirectory(INODE.home, 'data');
  sandbox.writeFile(folder, 'app.db', database);
  sandbox.writeFile(folder, 'short.db', magic.subarray(1));
  sandbox.writeFile(sandbox.makeDirectory(INODE.tmp, '.dormouse-arriving'), '1', 'half');
  await settle(page, sandbox);
  const listed = (await page.call('files', null)).map(({ path, kind, size, database }) => [path, kind, size, database]);
  expect(listed).toEqual([
    ['home/pyodide/data', 'directory', 0, false],
    ['home/pyodide/data/app.db', 'file', 512, true],
    ['home/pyodide/data/short.db', 'file', 15, false],
  ]);
  expect((await page.call('report', null)).files).toHaveLength(3);
});

test('reads parts of a file, and says when it is not the one any more that was begun with', async () => {
  const { page, sandbox } = await opened();
  const inode = sandbox.writeFile(INODE.home, 'a.txt', '0123456789');
  await settle(page, sandbox);
  const path = 'home/pyodide/a.txt';
  const first = await page.call('readFile', { ...part, path, to: 4 });
  expect(await first.bytes.text()).toBe('0123');
  expect(first.size).toBe(10);
  const rest = await page.call('readFile', { ...part, path, from: 4, version: first.version });
  expect(await rest.bytes.text()).toBe('456789');
  sandbox.postAll([
    Object.assign({ time: 1_700_000_000_001 }, { type: 'write', inode, offset: 0, data: new TextEncoder().encode('new') } as const),
  ]);
  await settle(page, sandbox);
  await expect(page.call('readFile', { ...part, path, from: 4, version: first.version })).rejects.toMatchObject({ code: 'busy' });
});

test.each(['home/pyodide/none', 'home/pyodide', '.dormouse/history.jsonl', '', '../a'])('does not read %j', async (path) => {
  const { page, sandbox } = await opened();
  await run(page, sandbox, () => undefined);
  await expect(page.call('readFile', { ...part, path })).rejects.toMatchObject({ code: 'invalid' });
});

test('what is about to be removed can be read from the checkpoint before', async () => {
  const { page, sandbox } = await opened();
  const folder = sandbox.makeDirectory(INODE.home, 'data');
  sandbox.writeFile(folder, 'a.txt', 'one');
  sandbox.writeFile(INODE.home, 'database', 'not below data');
  await settle(page, sandbox);
  const checkpoint = (await page.call('precedeChange', { path: 'home/pyodide/data' })) as number;
  expect(await page.call('precedeChange', { path: 'home/pyodide/none' })).toBeNull();
  sandbox.post({ type: 'unlink', parent: folder, name: 'a.txt' });
  sandbox.post({ type: 'rmdir', parent: INODE.home, name: 'data' });
  await settle(page, sandbox);
  expect((await page.call('filesAt', { checkpoint, path: 'home/pyodide/data' })).map(({ path }) => path)).toEqual([
    'home/pyodide/data',
    'home/pyodide/data/a.txt',
  ]);
  const { bytes } = await page.call('readFile', { ...part, path: 'home/pyodide/data/a.txt', checkpoint });
  expect(await bytes.text()).toBe('one');
});

test('a change of the page is a checkpoint, and undoing a run is not undoing that', async () => {
  const { page, sandbox } = await opened();
  await run(page, sandbox, () => sandbox.writeFile(INODE.home, 'a.txt', 'one'));
  sandbox.writeFile(INODE.home, 'uploaded.txt', 'x');
  await settle(page, sandbox);
  await settle(page, sandbox);
  const { checkpoints, undo } = await page.call('checkpoints', null);
  expect(checkpoints.map(({ origin }) => origin)).toEqual(['before-run', 'run', 'files']);
  expect(undo).toBe(checkpoints[0]?.id);
  await run(page, sandbox, () => sandbox.writeFile(INODE.home, 'b.txt', 'two'));
  const after = await page.call('checkpoints', null);
  expect(after.checkpoints.find(({ id }) => id === after.undo)?.origin).toBe('files');
});

test('a change that comes in the middle of a run belongs to the run', async () => {
  const { page, sandbox } = await opened();
  const { run: number } = await page.call('beginRun', { code: 'pass' });
  sandbox.writeFile(INODE.home, 'uploaded.txt', 'x');
  await settle(page, sandbox);
  await page.call('endRun', { run: number, status: 'finished', sequence: sandbox.sequence, capture: null });
  expect((await page.call('checkpoints', null)).checkpoints.map(({ origin }) => origin)).toEqual(['before-run', 'run']);
});

test('tells that files have changed, also of the last change, but not of each', async () => {
  const { page, sandbox } = await opened();
  for (let file = 0; file < 200; file++) sandbox.writeFile(INODE.home, `${file}.txt`, 'x');
  await until(() => page.filesTold === 2);
  expect(await page.call('files', null)).toHaveLength(200);
});
