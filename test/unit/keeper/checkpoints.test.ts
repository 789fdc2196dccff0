/** What is kept of the interpreter at the end of each run, and going back to it: over real ports and volumes. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import type { CaptureReport } from '../../../src/protocol/image';
import type { Checkpoint } from '../../../src/protocol/keeper';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { openNodeStore } from '../../../src/volume/node-store';
import type { Store } from '../../../src/volume/store';
import { Volume } from '../../../src/volume/volume';
import { bytesOf } from '../../fixtures/disk-images';
import { Page, type Sandbox } from './fixture';

const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function open(store: Store = openMemoryStore(), options = {}) {
  const page = await Page.open(store, options);
  cleanups.push(() => page.close());
  return page;
}

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dormouse-checkpoints-'));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  return directory;
}

/** A run that does `work`, whose end then captures what it returns. */
async function run(page: Page, sandbox: Sandbox, code: string, work: () => CaptureReport | null) {
  const { run } = await page.call('beginRun', { code });
  const capture = work();
  return page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture });
}

async function attached(page: Page) {
  const sandbox = await page.attach({ resume: true });
  await page.call('attached', { resumed: sandbox.image.resume !== null, keepImage: false });
  return sandbox;
}

async function list(page: Page) {
  return (await page.call('checkpoints', null)).checkpoints;
}

async function contents(sandbox: Sandbox): Promise<Record<string, string>> {
  const files = sandbox.image.entries.filter(({ kind }) => kind === 'file');
  return Object.fromEntries(
    await Promise.all(files.map(async (file) => [file.name, new TextDecoder().decode(await bytesOf(sandbox.image, file))])),
  );
}

async function restore(page: Page, checkpoint: number, reason: 'undo' | 'restore' = 'undo') {
  await page.call('fence', null);
  return page.call('restore', { checkpoint, reason });
}

/** Checks a store that nobody has open. */
async function expectSound(store: Store) {
  const volume = await Volume.open(store);
  expect(volume.check().findings).toEqual([]);
  volume.close();
}

test('the end of a run keeps memory and disk together, and a new sandbox is given both', async () => {
  const directory = temporaryDirectory();
  const page = await Page.open(openNodeStore(directory));
  const sandbox = await attached(page);
  expect(sandbox.report).toEqual({ checkpoint: null, stale: false, problem: null });
  expect(sandbox.image.resume).toBeNull();
  const lost = [{ variable: 'element', reason: 'a JavaScript object' }];
  const saved = await run(page, sandbox, 'x = 1', () => {
    sandbox.writeFile(INODE.home, 'a.txt', 'one');
    return sandbox.capture('[whole]', { lost });
  });
  expect(saved).toMatchObject({
    problem: null,
    checkpoint: { problem: null, heap: 2 ** 25, changed: 4096, stored: 7, lost, checkpoint: expect.any(Number) },
  });
  await run(page, sandbox, 'x = 2', () => sandbox.capture('[more]', { whole: false }));
  await page.close();

  const again = await open(openNodeStore(directory));
  const resumed = await attached(again);
  expect(await resumed.resumed()).toBe('[whole][more]');
  expect(resumed.image.resume?.changed).toEqual([]);
  expect(resumed.report).toMatchObject({ stale: false, problem: null, checkpoint: { run: 2, origin: 'run', image: true, present: true } });
  // What it makes continues what it was given.
  const report = await run(again, resumed, 'x = 3', () => resumed.capture('[third]', { whole: false }));
  expect(report.checkpoint?.problem).toBeNull();
  const third = await attached(again);
  expect(await third.resumed()).toBe('[whole][more][third]');
  expect((await list(again)).map(({ run, origin, image, present }) => [run, origin, image, present])).toEqual([
    [null, 'before-run', false, false],
    [1, 'run', true, false],
    [2, 'run', true, false],
    [3, 'run', true, true],
  ]);
});

test('a run that a killed page cut off: the memory before it, the disk as it left it, and which files differ', async () => {
  const directory = temporaryDirectory();
  const killed = await Page.open(openNodeStore(directory));
  const sandbox = await attached(killed);
  let inodes: number[] = [];
  await run(killed, sandbox, 'first', () => {
    inodes = ['kept', 'changed', 'removed', 'renamed', 'touched'].map((name) => sandbox.writeFile(INODE.home, name, 'one'));
    return sandbox.capture('[first]');
  });
  const [, changed, removed, renamed, touched] = inodes as [number, number, number, number, number];
  await killed.call('beginRun', { code: 'second' });
  sandbox.post({ type: 'write', inode: changed, offset: 0, data: new TextEncoder().encode('two') });
  sandbox.post({ type: 'unlink', parent: INODE.home, name: 'removed' });
  sandbox.post({ type: 'rename', parent: INODE.home, name: 'renamed', newParent: INODE.tmp, newName: 'renamed' });
  sandbox.post({ type: 'setattr', inode: touched, mode: 0o600 });
  const created = sandbox.writeFile(INODE.home, 'changed-journal', 'new');
  await sandbox.sync();

  const page = await open(openNodeStore(directory));
  expect(page.summary.history.at(-1)?.status).toBe('unfinished');
  const resumed = await attached(page);
  expect(await resumed.resumed()).toBe('[first]');
  expect(resumed.report).toMatchObject({ stale: true, problem: null, checkpoint: { run: 1 } });
  expect(resumed.image.resume?.changed.sort()).toEqual([changed, removed, renamed, created].sort());
  expect(await contents(resumed)).toMatchObject({ changed: 'two', 'changed-journal': 'new' });

  // Everything as before that run.
  const before = (await list(page)).find(({ present }) => present);
  expect(await restore(page, before?.id as number)).toMatchObject({ runs: 2 });
  const back = await attached(page);
  expect(await contents(back)).toEqual({ kept: 'one', changed: 'one', removed: 'one', renamed: 'one', touched: 'one' });
  expect(await back.resumed()).toBe('[first]');
  expect(back.report).toMatchObject({ stale: false });
  await killed.close();
});

test('a run is undone and done again: variables, files and the editor go together, runs stay counted', async () => {
  const store = openMemoryStore();
  const page = await Page.open(store);
  const sandbox = await attached(page);
  await page.call('saveCode', { code: 'the first text' });
  await run(page, sandbox, 'first', () => {
    sandbox.writeFile(INODE.home, 'a.txt', 'one');
    return sandbox.capture('[1]');
  });
  await run(page, sandbox, 'second', () => {
    sandbox.writeFile(INODE.home, 'b.txt', 'two');
    return sandbox.capture('[2]', { whole: false });
  });
  const [start, first, second] = (await list(page)) as [Checkpoint, Checkpoint, Checkpoint];
  expect(second.parent).toBe(first.id);
  expect(await restore(page, first.id)).toMatchObject({ runs: 2, code: 'first' });
  const undone = await attached(page);
  expect(await undone.resumed()).toBe('[1]');
  expect(await contents(undone)).toEqual({ 'a.txt': 'one' });

  const kept = (await list(page)).at(-1);
  expect(kept).toMatchObject({ origin: 'before-undo', run: null, image: true, present: false, parent: second.id });
  expect(await restore(page, kept?.id as number, 'restore')).toMatchObject({ code: 'second' });
  const redone = await attached(page);
  expect(await redone.resumed()).toBe('[1][2]');
  expect(redone.report?.stale).toBe(false);
  expect(await contents(redone)).toEqual({ 'a.txt': 'one', 'b.txt': 'two' });

  // To before the very first run, where there was nothing of memory.
  expect(await restore(page, start.id)).toMatchObject({ runs: 2, code: 'the first text' });
  const fresh = await attached(page);
  expect(await fresh.resumed()).toBeNull();
  expect(await contents(fresh)).toEqual({});
  expect((await page.call('beginRun', { code: 'third' })).run).toBe(3);
  await page.close();
  await expectSound(store);
});

test('a run without an image goes on from the memory before it with its disk', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, 'first', () => sandbox.capture('[1]'));
  let inode = 0;
  await page.call('beginRun', { code: 'second' });
  inode = sandbox.writeFile(INODE.home, 'left.txt', 'two');
  await page.call('fence', null);
  await page.call('endRun', { run: 2, status: 'stopped', sequence: null, capture: null });
  expect((await list(page)).at(-1)).toMatchObject({ run: 2, image: true, present: true });
  const resumed = await attached(page);
  expect(await resumed.resumed()).toBe('[1]');
  expect(resumed.image.resume?.changed).toEqual([inode]);
  expect(resumed.report).toMatchObject({ stale: true, checkpoint: { run: 1 } });
  const saved = await run(page, resumed, 'third', () => resumed.capture('[3]', { whole: false }));
  expect(saved.checkpoint?.problem).toBeNull();
  expect(await (await attached(page)).resumed()).toBe('[1][3]');
});
