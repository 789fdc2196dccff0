/** Baselines, stored once for all sessions: what is asked for is what was stored or nothing, and what is needed stays. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { NoSpaceError } from '../../../src/base/errors';
import { Catalogue } from '../../../src/keeper/catalogue';
import { MemoryFolders, SharedFolder } from '../../fixtures/session-folders';
import { Page, ProcessLocks } from './fixture';

const DAY = 24 * 3600 * 1000;
const BUILD = 'pyodide 314.0.7, machine 1';

function begin() {
  const folders = new MemoryFolders();
  const locks = new ProcessLocks();
  const clock = { time: 1_795_464_845_000 };
  const folder = new SharedFolder();
  const shared = { open: async () => folder, read: async () => folder };
  const catalogue = new Catalogue({ folders, shared, locks, now: () => clock.time });
  return { folders, locks, clock, folder, shared, catalogue };
}

const hash = (text: string) => createHash('sha256').update(text).digest('hex');

async function textOf(found: { bytes: Blob } | null): Promise<string | null> {
  return found && (await found.bytes.text());
}

test('a baseline is found by its build and by its own name', async () => {
  const { catalogue } = begin();
  expect(await catalogue.getBaseline({ build: BUILD })).toBeNull();
  expect(await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['one']) })).toEqual({ sha256: hash('one') });
  expect(await textOf(await catalogue.getBaseline({ build: BUILD }))).toBe('one');
  expect(await textOf(await catalogue.getBaseline({ sha256: hash('one') }))).toBe('one');
  expect(await catalogue.getBaseline({ sha256: hash('two') })).toBeNull();
  for (const sha256 of ['', 'builds.json', '../sessions/main/super', hash('one').toUpperCase(), 7 as never]) {
    expect(await catalogue.getBaseline({ sha256 })).toBeNull();
  }
  expect(await catalogue.getBaseline({ build: '__proto__' })).toBeNull();
  // Another one for the same build takes its place; the first is there as long as it may be needed.
  await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['two']) });
  expect(await textOf(await catalogue.getBaseline({ build: BUILD }))).toBe('two');
  expect(await textOf(await catalogue.getBaseline({ sha256: hash('one') }))).toBe('one');
});

test.each<[string, { build: never; bytes: Blob }]>([
  ['no build', { build: '' as never, bytes: new Blob(['x']) }],
  ['a build of another kind', { build: 5 as never, bytes: new Blob(['x']) }],
  ['a build of great length', { build: 'x'.repeat(501) as never, bytes: new Blob(['x']) }],
  ['no bytes', { build: BUILD as never, bytes: new Blob([]) }],
])('a baseline with %s is refused', async (_what, argument) => {
  const { catalogue, folder } = begin();
  await expect(catalogue.putBaseline(argument)).rejects.toMatchObject({ code: 'invalid' });
  expect(await folder.list()).toEqual([]);
});

test('a damaged baseline is absent, goes, and can be stored again', async () => {
  const { catalogue, folder } = begin();
  const { sha256 } = await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['one']) });
  (await folder.open(sha256)).write(new TextEncoder().encode('x'), 1);
  expect(await catalogue.getBaseline({ build: BUILD })).toBeNull();
  expect(await folder.list()).toEqual(['builds.json']);
  expect(await catalogue.getBaseline({ sha256 })).toBeNull();
  await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['one']) });
  expect(await textOf(await catalogue.getBaseline({ build: BUILD }))).toBe('one');
});

test('a list of builds that is damaged or cut off is an empty one', async () => {
  const { catalogue, folder } = begin();
  await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['one']) });
  const list = await folder.open('builds.json');
  list.write(new TextEncoder().encode('x'), 40);
  expect(await catalogue.getBaseline({ build: BUILD })).toBeNull();
  expect(await textOf(await catalogue.getBaseline({ sha256: hash('one') }))).toBe('one');
  list.truncate(10);
  expect(await catalogue.getBaseline({ build: BUILD })).toBeNull();
  await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['one']) });
  expect(await textOf(await catalogue.getBaseline({ build: BUILD }))).toBe('one');
});

test('a baseline that does not fit, or whose writing is cut off, leaves nothing that is taken for it', async () => {
  const { catalogue, folder, shared } = begin();
  const open = folder.open.bind(folder);
  folder.open = async (name) => {
    const file = await open(name);
    return {
      read: file.read.bind(file),
      truncate: file.truncate.bind(file),
      size: () => file.size(),
      flush: () => undefined,
      close: () => undefined,
      write: (data, offset) => {
        file.write(data.subarray(0, 2), offset);
        throw new NoSpaceError('full');
      },
    };
  };
  await expect(catalogue.putBaseline({ build: BUILD, bytes: new Blob(['one']) })).rejects.toMatchObject({ code: 'no-space' });
  expect(await folder.list()).toEqual([]);
  folder.open = open;
  // As a killed page leaves it.
  (await shared.open().then((store) => store.open(hash('one')))).write(new TextEncoder().encode('on'), 0);
  expect(await catalogue.getBaseline({ sha256: hash('one') })).toBeNull();
  expect(await folder.list()).toEqual([]);
});

test('a baseline goes when no build has asked for it for a month and no session needs it', async () => {
  const { catalogue, folders, locks, clock, folder } = begin();
  const { id } = await catalogue.create('Rain');
  const needed = await catalogue.putBaseline({ build: 'an earlier build', bytes: new Blob(['needed']) });
  await catalogue.putBaseline({ build: 'another build', bytes: new Blob(['not needed']) });
  await catalogue.putBaseline({ build: BUILD, bytes: new Blob(['asked for']) });
  const page = new Page({ locks, openStore: (_directory, session) => folders.open(session), now: () => clock.time });
  await page.open(id);
  const sandbox = await page.attach();
  await page.call('beginRun', { code: '' });
  const capture = sandbox.capture('[1]', { baseline: needed.sha256 });
  const saved = await page.call('endRun', { run: 1, status: 'finished', sequence: 0, capture });
  expect(saved.checkpoint?.problem).toBeNull();
  await page.close();
  clock.time += 20 * DAY;
  expect(await textOf(await catalogue.getBaseline({ build: BUILD }))).toBe('asked for');
  await catalogue.tidy();
  expect(await textOf(await catalogue.getBaseline({ sha256: hash('not needed') }))).toBe('not needed');
  clock.time += 20 * DAY;
  await catalogue.tidy();
  expect((await folder.list()).sort()).toEqual(['builds.json', hash('needed'), hash('asked for')].sort());

  // A copy needs what its source does; a note that cannot be read may need anything.
  const copy = await catalogue.copy(id, 'Copy', { signal: new AbortController().signal, onProgress: () => undefined });
  await catalogue.purge(id);
  clock.time += 40 * DAY;
  const note = await (await folders.open(copy.id)).open('baselines.json');
  const bytes = new Uint8Array(note.size());
  note.read(bytes, 0);
  note.truncate(20);
  await catalogue.tidy();
  expect(await textOf(await catalogue.getBaseline({ sha256: hash('asked for') }))).toBe('asked for');
  note.write(bytes, 0);
  await catalogue.tidy();
  expect((await folder.list()).sort()).toEqual(['builds.json', hash('needed')].sort());
  await catalogue.purge(copy.id);
  await catalogue.tidy();
  expect(await folder.list()).toEqual(['builds.json']);
});
