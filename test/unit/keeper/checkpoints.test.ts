/** What is kept of the interpreter at the end of each run, and going back to it: over real ports and volumes. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import type { DiskContent } from '../../../src/protocol/disk';
import type { CaptureReport } from '../../../src/protocol/image';
import type { Checkpoint } from '../../../src/protocol/keeper';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { openNodeStore } from '../../../src/volume/node-store';
import type { Store } from '../../../src/volume/store';
import { Volume } from '../../../src/volume/volume';
import { bytesOf } from '../../fixtures/disk-images';
import { open, Page, type Sandbox, temporaryDirectory, until } from './fixture';

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
  expect(sandbox.report).toEqual({ checkpoint: null, stale: false, problem: null, counts: null });
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
  expect(resumed.report).toMatchObject({
    stale: false,
    problem: null,
    counts: { variables: 0, files: 1 },
    checkpoint: { run: 2, origin: 'run', image: true, present: true },
  });
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

test('what went on after a run takes the place of its checkpoint, also what it did to files; undoing the run goes back to before it', async () => {
  const store = openMemoryStore();
  const page = await Page.open(store);
  const sandbox = await attached(page);
  await run(page, sandbox, 'x = 1', () => sandbox.capture('[first]'));
  await run(page, sandbox, 'x = 2', () => sandbox.capture('[second]', { whole: false }));
  const before = await list(page);
  sandbox.writeFile(INODE.home, 'later.txt', 'later');
  const capture = sandbox.capture('[later]', { whole: false, variables: [{ name: 'x', type: 'int' }] });
  expect((await page.call('keepChanges', { capture })).checkpoint).toMatchObject({ problem: null, stored: 7 });
  const after = await list(page);
  const shown = (checkpoints: typeof after) => checkpoints.map(({ run, origin, present }) => [run, origin, present]);
  expect(shown(after)).toEqual(shown(before));
  expect(after.at(-1)?.id).not.toBe(before.at(-1)?.id);
  expect((await page.call('checkpoints', null)).undo).toBe(before.at(-2)?.id);
  // An image that does not arrive changes nothing; one that cannot be continued neither.
  expect((await page.call('keepChanges', { capture: { ...capture, image: null } })).checkpoint).toBeNull();
  expect(
    (await page.call('keepChanges', { capture: sandbox.capture('[alien]', { whole: false, baseline: 'a'.repeat(64) }) })).checkpoint,
  ).toBeNull();
  expect(await list(page)).toEqual(after);
  // One that a person has named is left alone.
  await page.call('nameCheckpoint', { checkpoint: after.at(-1)?.id as number, name: 'mine' });
  await page.call('keepChanges', { capture: sandbox.capture('[whole]') });
  expect((await list(page)).slice(-2).map(({ name, origin, present }) => [name, origin, present])).toEqual([
    ['mine', 'run', false],
    [null, 'background', true],
  ]);
  await page.close();
  const again = await Page.open(store);
  const resumed = await attached(again);
  expect(await resumed.resumed()).toBe('[whole]');
  expect(resumed.report).toMatchObject({ stale: false, counts: { variables: 0, files: 1 } });
  await again.close();
  await expectSound(store);
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

test('a run is undone and done again: variables and files go together, the editor’s text stays, runs stay counted', async () => {
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
  expect(await restore(page, first.id)).toMatchObject({ runs: 2, code: 'second' });
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
  expect(await restore(page, start.id, 'restore')).toMatchObject({ runs: 2, code: 'the first text' });
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

test('an image whose disk went on before the end of the run belongs to the disk that it was made with', async () => {
  const store = openMemoryStore();
  const page = await Page.open(store);
  const sandbox = await attached(page);
  const { run: first } = await page.call('beginRun', { code: '' });
  const inode = sandbox.writeFile(INODE.home, 'a.txt', 'one');
  const capture = sandbox.capture('[1]');
  // A callback writes between the image and the end.
  sandbox.post({ type: 'write', inode, offset: 0, data: new TextEncoder().encode('two') });
  const saved = await page.call('endRun', { run: first, status: 'finished', sequence: sandbox.sequence, capture });
  expect(saved.checkpoint?.problem).toBeNull();
  const resumed = await attached(page);
  expect(resumed.image.resume?.changed).toEqual([inode]);
  expect(await contents(resumed)).toEqual({ 'a.txt': 'two' });
  // The next one has a disk of its own; what the first needed goes with the first.
  await run(page, resumed, 'x', () => resumed.capture('[2]', { whole: false }));
  expect((await attached(page)).image.resume?.changed).toEqual([]);
  const [, checkpoint] = await list(page);
  await page.call('dropCheckpoint', { checkpoint: checkpoint?.id as number });
  await page.close();
  const volume = await Volume.open(store);
  expect(volume.snapshots.filter(({ name }) => !name.startsWith('checkpoint '))).toEqual([]);
  expect(volume.check().findings).toEqual([]);
  volume.close();
});

test.each<[string, Record<string, unknown>]>([
  ['a number that was used', { number: 0 }],
  ['a number that is passed over', { number: 2 }],
  ['a number that is none', { number: 'one' }],
  ['the disk of another moment', { sequence: 7 }],
  ['no word of whether it is whole', { whole: 1 }],
  ['a baseline that is no checksum', { baseline: '../../x' }],
  ['a baseline that is not said', { baseline: undefined }],
  ['no bytes', { bytes: new ArrayBuffer(0) }],
  ['bytes that are none', { bytes: 'bytes' }],
  ['a view instead of a buffer', { bytes: new Uint8Array(3) }],
])('an image with %s ends the sandbox', async (_what, field) => {
  const page = await open();
  const sandbox = await attached(page);
  sandbox.disk.postMessage({ type: 'image', number: 1, sequence: 0, whole: true, baseline: null, bytes: new ArrayBuffer(3), ...field });
  await until(() => page.events.length > 0);
  expect(page.events[0]).toMatchObject({ type: 'rejected' });
  await page.call('beginRun', { code: '' });
  const saved = await page.call('endRun', { run: 1, status: 'crashed', sequence: null, capture: null });
  expect(saved.checkpoint).toBeNull();
});

test('shared memory is no image', async () => {
  const page = await open();
  const sandbox = await attached(page);
  const bytes = new SharedArrayBuffer(3);
  sandbox.disk.postMessage({ type: 'image', number: 1, sequence: 0, whole: true, baseline: null, bytes });
  await until(() => page.events.length > 0);
  expect(page.events[0]).toMatchObject({ type: 'rejected' });
});

test('of images that nobody asks for one is held, and what continues one that was given up is not kept', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, '', () => sandbox.capture('[1]'));
  for (let index = 0; index < 100; index += 1) sandbox.capture(new Uint8Array(100_000));
  const saved = await run(page, sandbox, '', () => sandbox.capture('[lost]', { whole: false }));
  expect(saved.checkpoint?.problem).toMatch(/could not be kept/);
  await until(() => sandbox.lostImages.length > 0);
  expect(sandbox.lostImages).toEqual([sandbox.captured]);
  // Nor does what comes after, until one is whole.
  expect((await run(page, sandbox, '', () => sandbox.capture('[lost]', { whole: false }))).checkpoint?.problem).toMatch(
    /could not be kept/,
  );
  expect(await (await page.attach({ resume: true })).resumed()).toBe('[1]');
  const again = await attached(page);
  expect((await run(page, again, '', () => again.capture('[2]'))).checkpoint?.problem).toBeNull();
  expect((await run(page, again, '', () => again.capture('[3]', { whole: false }))).checkpoint?.problem).toBeNull();
  expect(await (await attached(page)).resumed()).toBe('[2][3]');
  expect(page.events).toEqual([]);
});

test('an image that never comes, one that was named before and one of a sandbox that is gone are waited for in vain', async () => {
  const page = await open();
  const sandbox = await attached(page);
  const saved = await run(page, sandbox, '', () => sandbox.capture('[1]'));
  expect(saved.checkpoint?.problem).toBeNull();
  const used = await run(page, sandbox, '', () => ({ ...sandbox.capture('[2]'), image: 1 }));
  expect(used.checkpoint?.problem).toMatch(/did not arrive/);
  await page.call('beginRun', { code: '' });
  const capture = { ...sandbox.capture('[3]'), image: 99 };
  await page.call('fence', null);
  const gone = await page.call('endRun', { run: 3, status: 'stopped', sequence: null, capture });
  expect(gone.checkpoint?.problem).toMatch(/did not arrive/);
  expect(await (await attached(page)).resumed()).toBe('[1]');
});

test('images of one chain need one baseline', async () => {
  const page = await open();
  const sandbox = await attached(page);
  const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
  await run(page, sandbox, '', () => sandbox.capture('[1]', { baseline: one }));
  expect((await run(page, sandbox, '', () => sandbox.capture('[2]', { whole: false, baseline: other }))).checkpoint?.problem).toMatch(
    /another/,
  );
  expect((await run(page, sandbox, '', () => sandbox.capture('[3]', { whole: true, baseline: other }))).checkpoint?.problem).toBeNull();
});

test('what a sandbox says of its variables is cut to size', async () => {
  const page = await open();
  const sandbox = await attached(page);
  const long = 'x'.repeat(10_000);
  const hostile = {
    problem: long,
    milliseconds: Number.NaN,
    heap: -1,
    changed: 'many',
    lost: [
      { variable: long, reason: long },
      { reason: 5 },
      null,
      ...Array.from({ length: 10_000 }, () => ({ variable: null, reason: 'x' })),
    ],
    variables: [{ name: long, type: long }, 7, ...Array.from({ length: 10_000 }, (_, index) => ({ name: `v${index}`, type: 'int' }))],
  } as unknown as CaptureReport;
  const { checkpoint } = await run(page, sandbox, '', () => ({ ...hostile, image: sandbox.capture('[1]').image }));
  expect(checkpoint?.problem).toHaveLength(300);
  expect([checkpoint?.milliseconds, checkpoint?.heap, checkpoint?.changed]).toEqual([0, 0, 0]);
  expect(checkpoint?.lost).toHaveLength(198);
  expect(JSON.stringify(checkpoint).length).toBeLessThan(20_000);
  const { variables } = await page.call('moment', { checkpoint: null });
  expect(variables).toHaveLength(999);
  expect(variables?.every(({ name, type }) => name.length <= 300 && type.length <= 300)).toBe(true);
});

test('two failed resumes, also of pages that died over it, and Python begins anew with the image kept', async () => {
  const directory = temporaryDirectory();
  let page = await Page.open(openNodeStore(directory));
  const sandbox = await attached(page);
  await run(page, sandbox, '', () => sandbox.capture('[1]'));
  await page.close();
  // Closed in good order before Python came up: that is no failure, however often.
  for (let turn = 1; turn <= 3; turn += 1) {
    page = await Page.open(openNodeStore(directory));
    expect(await (await page.attach({ resume: true })).resumed()).toBe('[1]');
    await page.close();
  }
  // The page dies over it: its files are opened by the next with nothing said before.
  const died = await Page.open(openNodeStore(directory));
  expect(await (await died.attach({ resume: true })).resumed()).toBe('[1]');
  // The second time Python does not come up.
  page = await Page.open(openNodeStore(directory));
  expect(await (await page.attach({ resume: true })).resumed()).toBe('[1]');
  await page.call('attached', { resumed: false, keepImage: false });
  await page.close();
  page = await open(openNodeStore(directory));
  const fresh = await attached(page);
  expect(fresh.image.resume).toBeNull();
  expect(fresh.report).toMatchObject({ checkpoint: null, problem: expect.stringMatching(/twice/) });
  const kept = (await list(page)).find(({ present }) => present);
  expect(kept).toMatchObject({ image: true });
  // What the new one makes is another image, with chances of its own; the old one can be tried again by going back to it.
  await run(page, fresh, '', () => fresh.capture('[2]'));
  expect(await (await attached(page)).resumed()).toBe('[2]');
  await restore(page, kept?.id as number, 'restore');
  expect(await (await attached(page)).resumed()).toBe('[1]');
});

test('an image that is right for another build is given again and again', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, '', () => sandbox.capture('[1]'));
  for (let attempt = 1; attempt <= 4; attempt += 1) {
    expect(await (await page.attach({ resume: true })).resumed()).toBe('[1]');
    await page.call('attached', { resumed: false, keepImage: true });
  }
});

test('a damaged image is found to be damaged by who reads it, and the files are there', async () => {
  const directory = temporaryDirectory();
  const first = await Page.open(openNodeStore(directory));
  const sandbox = await attached(first);
  await run(first, sandbox, '', () => {
    sandbox.writeFile(INODE.home, 'a.txt', 'one');
    return sandbox.capture('a very particular image');
  });
  await first.close();
  // What has to be replayed is looked at when the volume is opened: this is about what is read later.
  const volume = await Volume.open(openNodeStore(directory));
  volume.checkpoint();
  volume.close();
  for (const name of readdirSync(directory)) {
    const bytes = readFileSync(join(directory, name));
    const at = bytes.indexOf('particular');
    if (at >= 0) bytes.write('singular  ', at);
    writeFileSync(join(directory, name), bytes);
  }
  const page = await open(openNodeStore(directory));
  const resumed = await page.attach({ resume: true });
  await expect(resumed.resumed()).rejects.toThrow(/not what its checksum says/);
  expect(await contents(resumed)).toEqual({ 'a.txt': 'one' });
  await page.call('attached', { resumed: false, keepImage: true });
  // What continues it cannot be kept; a whole one can.
  expect((await run(page, resumed, '', () => resumed.capture('[2]'))).checkpoint?.problem).toBeNull();
  expect(await (await attached(page)).resumed()).toBe('[2]');
});

test('without room for an image the run is saved without it, the memory before it stays whole, and old checkpoints go first', async () => {
  const store = openMemoryStore({ quota: 40 * 2 ** 20 });
  const page = await Page.open(store);
  const sandbox = await attached(page);
  await run(page, sandbox, '', () => sandbox.capture('[1]'));
  const inode = sandbox.writeFile(INODE.home, 'a.txt', 'x');
  const saved = await run(page, sandbox, 'too much', () => {
    sandbox.post({ type: 'write', inode, offset: 0, data: new TextEncoder().encode('y') });
    return sandbox.capture(new Uint8Array(50 * 2 ** 20), { whole: false });
  });
  expect(saved).toMatchObject({ problem: null, checkpoint: { problem: expect.stringMatching(/no room/) } });
  expect(saved.history.at(-1)).toMatchObject({ status: 'finished' });
  const resumed = await attached(page);
  expect(await resumed.resumed()).toBe('[1]');
  expect(await contents(resumed)).toEqual({ 'a.txt': 'y' });
  // Whole images of 2 MB each: more of them than fit together. A sandbox holds on to what it was given until the next one.
  const problems: (string | null)[] = [];
  for (let index = 0; index < 30; index += 1) {
    const own = await attached(page);
    const { checkpoint } = await run(page, own, '', () => own.capture(new Uint8Array(2 ** 21).fill(index)));
    problems.push(checkpoint?.problem ?? null);
  }
  expect(problems.filter((problem) => problem === null).length).toBeGreaterThan(15);
  expect(problems.every((problem, index) => problem === null || problems[index + 1] === null || index === 29)).toBe(true);
  const checkpoints = await list(page);
  expect(checkpoints.length).toBeLessThan(33);
  expect(checkpoints.length).toBeGreaterThanOrEqual(5);
  expect(page.events).toEqual([]);
  await page.close();
  await expectSound(store);
});

test('checkpoints are named, made by hand, removed; what the present needs is not', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, 'first', () => sandbox.capture('[1]'));
  const [start, first] = (await list(page)) as [Checkpoint, Checkpoint];
  expect((await page.call('nameCheckpoint', { checkpoint: first.id, name: '  The\nfirst ' })).checkpoints[1]).toMatchObject({
    name: 'The first',
    run: 1,
  });
  for (const name of ['', ' \n', 'x'.repeat(201), 5 as never]) {
    await expect(page.call('nameCheckpoint', { checkpoint: first.id, name })).rejects.toMatchObject({ code: 'invalid' });
  }
  await expect(page.call('nameCheckpoint', { checkpoint: 99, name: 'x' })).rejects.toMatchObject({ code: 'invalid' });
  await expect(page.call('dropCheckpoint', { checkpoint: first.id })).rejects.toMatchObject({ code: 'busy' });
  sandbox.writeFile(INODE.home, 'outside.txt', 'written between runs');
  const byHand = await page.call('keepCheckpoint', { name: 'by hand', capture: sandbox.capture('[2]', { whole: false }) });
  expect(byHand.checkpoints.at(-1)).toMatchObject({ name: 'by hand', origin: 'hand', run: null, present: true, image: true });
  // One without memory needs the one before it, which then goes with it.
  await page.call('fence', null);
  await page.call('beginRun', { code: '' });
  await page.call('endRun', { run: 2, status: 'stopped', sequence: null, capture: null });
  const again = await attached(page);
  await run(page, again, '', () => again.capture('[3]'));
  const dropped = (await list(page)).find(({ name }) => name === 'by hand') as Checkpoint;
  const left = await page.call('dropCheckpoint', { checkpoint: dropped.id });
  expect(left.checkpoints.map(({ run, origin }) => run ?? origin)).toEqual(['before-run', 1, 2, 3]);
  const stopped = left.checkpoints[2] as Checkpoint;
  await restore(page, stopped.id, 'restore');
  expect(await (await attached(page)).resumed()).toBe('[1][2]');
  await page.call('dropCheckpoint', { checkpoint: start.id });
  await expect(restore(page, start.id)).rejects.toMatchObject({ code: 'invalid' });
  expect((await page.call('nameCheckpoint', { checkpoint: first.id, name: null })).checkpoints[0]).toMatchObject({ name: null });
});

test('a run that begins with files that were changed outside one can be undone to them', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, 'first', () => sandbox.capture('[1]'));
  sandbox.writeFile(INODE.home, 'outside.txt', 'from a callback');
  await sandbox.sync();
  await run(page, sandbox, 'second', () => {
    sandbox.post({ type: 'unlink', parent: INODE.home, name: 'outside.txt' });
    return sandbox.capture('[2]', { whole: false });
  });
  const checkpoints = await list(page);
  expect(checkpoints.map(({ run, origin }) => run ?? origin)).toEqual(['before-run', 1, 'before-run', 2]);
  await restore(page, checkpoints[3]?.parent as number);
  const undone = await attached(page);
  expect(await contents(undone)).toEqual({ 'outside.txt': 'from a callback' });
  expect(await undone.resumed()).toBe('[1]');
  expect(undone.report?.stale).toBe(true);
});

test('two moments are compared: files by path and content, variables by name and type', async () => {
  const page = await open();
  const sandbox = await attached(page);
  const variables = (...pairs: [string, string][]) => pairs.map(([name, type]) => ({ name, type }));
  let folder = 0;
  let rewritten = 0;
  await run(page, sandbox, '', () => {
    folder = sandbox.makeDirectory(INODE.home, 'folder');
    sandbox.writeFile(folder, 'inside.txt', 'in a folder');
    sandbox.writeFile(INODE.home, 'removed.txt', 'x');
    rewritten = sandbox.writeFile(INODE.home, 'rewritten.txt', 'the same');
    sandbox.writeFile(INODE.home, 'changed.txt', 'one');
    sandbox.writeFile(INODE.home, 'replaced.txt', 'one');
    return sandbox.capture('[1]', { variables: variables(['a', 'int'], ['b', 'str'], ['c', 'list']) });
  });
  await run(page, sandbox, '', () => {
    sandbox.post({ type: 'rename', parent: INODE.home, name: 'folder', newParent: INODE.tmp, newName: 'moved' });
    sandbox.post({ type: 'unlink', parent: INODE.home, name: 'removed.txt' });
    sandbox.post({ type: 'write', inode: rewritten, offset: 0, data: new TextEncoder().encode('the same') });
    sandbox.post({ type: 'rename', parent: INODE.home, name: 'replaced.txt', newParent: INODE.home, newName: 'changed.txt' });
    sandbox.writeFile(INODE.home, 'replaced.txt', 'two');
    return sandbox.capture('[2]', { whole: false, variables: variables(['a', 'int'], ['b', 'int'], ['d', 'dict']) });
  });
  const [start, first, second] = (await list(page)) as [Checkpoint, Checkpoint, Checkpoint];
  const comparison = await page.call('compare', { before: first.id, after: second.id });
  expect(comparison).toEqual([
    'home/pyodide/folder',
    'home/pyodide/folder/inside.txt',
    'home/pyodide/removed.txt',
    'home/pyodide/replaced.txt',
    'tmp/moved',
    'tmp/moved/inside.txt',
  ]);
  expect(await page.call('compare', { before: second.id, after: null })).toEqual([]);
  expect((await page.call('moment', { checkpoint: start.id })).variables).toBeNull();
  await expect(page.call('compare', { before: 99, after: null })).rejects.toMatchObject({ code: 'invalid' });
  await page.call('saveCode', { code: 'newer' });
  expect(await page.call('moment', { checkpoint: first.id })).toEqual({
    code: '',
    variables: variables(['a', 'int'], ['b', 'str'], ['c', 'list']),
  });
  expect(await page.call('moment', { checkpoint: null })).toMatchObject({
    code: 'newer',
    variables: [{ name: 'a' }, { name: 'b' }, { name: 'd' }],
  });
  expect(await page.call('moment', { checkpoint: start.id })).toMatchObject({ variables: null });
});

test('what was taken from elsewhere is one step, which is undone like a run', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, '', () => {
    sandbox.writeFile(INODE.home, 'a.txt', 'mine');
    return sandbox.capture('[1]', {});
  });
  const guard = (await list(page)).at(-1) as Checkpoint;
  sandbox.post({ type: 'unlink', parent: INODE.home, name: 'a.txt' });
  sandbox.writeFile(INODE.home, 'b.txt', 'theirs');
  await page.call('settleFiles', { sequence: sandbox.sequence, keep: false });
  const kept = await page.call('keepCheckpoint', { name: 'Joined', capture: sandbox.capture('[1]', { whole: false }), joined: true });
  expect(kept.checkpoints.at(-1)).toMatchObject({ origin: 'join', name: 'Joined', run: null, parent: guard.id, image: true });
  expect(kept.undo).toBe(guard.id);
});

test('Upload and Clear begin a new chain, what was kept before stays, and their undo brings the memory back', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, 'first', () => {
    sandbox.writeFile(INODE.home, 'a.txt', 'one');
    return sandbox.capture('[1]');
  });
  await page.call('fence', null);
  await page.call('clear', null);
  const cleared = await attached(page);
  expect(await cleared.resumed()).toBeNull();
  expect(cleared.report).toEqual({ checkpoint: null, stale: false, problem: null, counts: null });
  await page.call('fence', null);
  await page.call('undoReplace', null);
  expect(await (await attached(page)).resumed()).toBe('[1]');
  await page.call('fence', null);
  await page.call('clear', null);
  const fresh = await attached(page);
  expect((await run(page, fresh, 'new', () => fresh.capture('[new]'))).checkpoint?.problem).toBeNull();
  // Run 1 is another run now.
  expect((await list(page)).map(({ run, origin, parent }) => [run, origin, parent !== null])).toEqual([
    [null, 'before-run', false],
    [null, 'run', true],
    [null, 'before-run', false],
    [1, 'run', true],
  ]);
});

test('going back is refused while Python has the files, and for what was never kept', async () => {
  const page = await open();
  const sandbox = await attached(page);
  await run(page, sandbox, '', () => sandbox.capture('[1]'));
  const [start] = await list(page);
  await expect(page.call('restore', { checkpoint: start?.id as number, reason: 'undo' })).rejects.toMatchObject({ code: 'busy' });
  await expect(restore(page, 99)).rejects.toMatchObject({ code: 'invalid' });
  await expect(restore(page, start?.id as number, 'other' as never)).rejects.toMatchObject({ code: 'invalid' });
  expect(await list(page)).toHaveLength(2);
});

test('a thousand runs in a row: each keeps what it kept, and only so many stay', async () => {
  let time = 1_795_464_845_000;
  const store = openMemoryStore();
  const page = await Page.open(store, { now: () => time });
  const sandbox = await attached(page);
  const inode = sandbox.writeFile(INODE.home, 'counter.txt', '0');
  for (let index = 1; index <= 1000; index += 1) {
    time += 10 * 60_000;
    const { checkpoint } = await run(page, sandbox, `run ${index}`, () => {
      sandbox.post({ type: 'write', inode, offset: 0, data: new TextEncoder().encode(String(index)) });
      return sandbox.capture(`[${index}]`, { whole: index % 32 === 1 });
    });
    expect(checkpoint?.problem).toBeNull();
  }
  await until(() => page.events.length === 0);
  const { checkpoints, stored, budget } = await page.call('checkpoints', null);
  expect(checkpoints.length).toBeLessThan(90);
  expect(checkpoints.length).toBeGreaterThan(60);
  expect(stored).toBeLessThan(budget);
  expect(checkpoints.at(-1)).toMatchObject({ run: 1000, present: true });
  for (const { id, run } of checkpoints.filter((_, index) => index % 20 === 7)) {
    await restore(page, id, 'restore');
    const back = await attached(page);
    expect(await contents(back)).toEqual({ 'counter.txt': String(run) });
    const first = Math.floor(((run as number) - 1) / 32) * 32 + 1;
    expect(await back.resumed()).toBe(Array.from({ length: (run as number) - first + 1 }, (_, at) => `[${first + at}]`).join(''));
  }
  await page.close();
  await expectSound(store);
});

test('undoing goes back run by run, past what was kept by hand and what is only cut off, and leaves the editor’s text', async () => {
  const page = await open();
  const undoTarget = async () => (await page.call('checkpoints', null)).undo;
  let sandbox = await attached(page);
  expect(await undoTarget()).toBeNull();
  const first = await run(page, sandbox, 'first', () => {
    sandbox.writeFile(INODE.home, 'a.txt', 'one');
    return sandbox.capture('[whole]');
  });
  const beginning = await undoTarget();
  expect((await list(page)).find(({ id }) => id === beginning)).toMatchObject({ origin: 'before-run', run: null });
  await run(page, sandbox, 'second', () => {
    sandbox.writeFile(INODE.home, 'b.txt', 'two');
    return sandbox.capture('-next');
  });
  await page.call('keepCheckpoint', { name: 'by hand', capture: null });
  expect(await undoTarget()).toBe(first.checkpoint?.checkpoint);

  // A run that is cut off in the middle: what it has written goes first.
  const present = (await list(page)).find((checkpoint) => checkpoint.present)?.id as number;
  await page.call('beginRun', { code: 'third' });
  sandbox.writeFile(INODE.home, 'c.txt', 'three');
  await sandbox.sync();
  expect(await undoTarget()).toBe(present);
  let summary = await restore(page, present);
  expect(summary.code).toBe('third');
  sandbox = await attached(page);
  expect(Object.keys(await contents(sandbox))).toEqual(['a.txt', 'b.txt']);
  expect(await undoTarget()).toBe(first.checkpoint?.checkpoint);

  summary = await restore(page, first.checkpoint?.checkpoint as number);
  expect(summary.code).toBe('third');
  sandbox = await attached(page);
  expect(Object.keys(await contents(sandbox))).toEqual(['a.txt']);
  expect(await undoTarget()).toBe(beginning);
  await restore(page, beginning as number, 'restore');
  await attached(page);
  expect(await undoTarget()).toBeNull();
});

test('a large image is kept beside the room that a machine without a waker was promised', async () => {
  const page = await open(openNodeStore(temporaryDirectory()));
  const sandbox = await page.attach({ waker: false, resume: true });
  const large = new Uint8Array(150 * 2 ** 20).fill(7);
  expect((await run(page, sandbox, '', () => sandbox.capture(large))).checkpoint?.problem).toBeNull();
  expect((await run(page, sandbox, '', () => sandbox.capture('[2]', { whole: false }))).checkpoint?.problem).toBeNull();
  const resumed = await page.attach({ waker: false, resume: true });
  const chain = await bytesOf(resumed.image, { content: resumed.image.resume?.images as DiskContent });
  expect(chain.length).toBe(large.length + 3);
  expect(new TextDecoder().decode(chain.subarray(large.length))).toBe('[2]');
});
