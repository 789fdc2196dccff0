/** Sessions travel as capsules: out of a keeper, into a new session, and on from there. Whatever is refused leaves nothing behind. */
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { Catalogue } from '../../../src/keeper/catalogue';
import type { ChosenFile } from '../../../src/protocol/catalogue';
import type { CapsuleChoice } from '../../../src/protocol/keeper';
import { HOSTILE_ARCHIVES, type HostileArchive } from '../../fixtures/hostile-archives';
import { MemoryFolders, SharedFolder } from '../../fixtures/session-folders';
import { zipOf } from '../../fixtures/zip-archives';
import { EMPTY, file, forged, sha256Of, written } from '../capsule/capsules';
import { open, type Page, ProcessLocks, type Sandbox } from './fixture';

const NOBODY_CANCELS = { signal: new AbortController().signal, onProgress: () => undefined };
const ALL: CapsuleChoice = { name: 'Rain', runtime: null, memory: true, baseline: null, checkpoints: [], only: null, leaveOut: [] };

function begin(patience?: { look: number; open: number }) {
  const folders = new MemoryFolders();
  const shared = new SharedFolder();
  const catalogue = new Catalogue({
    folders,
    shared: { open: async () => shared, read: async () => shared },
    locks: new ProcessLocks(),
    ...(patience && { patience }),
  });
  return { folders, shared, catalogue };
}

const chosen = (bytes: BlobPart, path = 'x.dormouse'): ChosenFile[] => [{ path, file: new Blob([bytes]), modified: 1_700_000_000_000 }];

async function run(page: Page, sandbox: Sandbox, code: string, change: () => void, image?: string, baseline: string | null = null) {
  const { run } = await page.call('beginRun', { code });
  change();
  const capture = image === undefined ? null : sandbox.capture(image, { baseline });
  await page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture });
}

async function download(page: Page, choice: Partial<CapsuleChoice> = {}): Promise<Blob> {
  const result = await page.call('downloadCapsule', { ...ALL, ...choice });
  if ('problem' in result) throw new Error(result.problem.message);
  return result.blob;
}

/** Opens a session that the catalogue made, as a page does. */
async function openMade(folders: MemoryFolders, id: string) {
  return open(await folders.open(id));
}

const textsOf = async (sandbox: Sandbox) => {
  const files = sandbox.image.entries.filter(({ kind }) => kind === 'file');
  return Object.fromEntries(await Promise.all(files.map(async ({ name }) => [name, await sandbox.read(name)])));
};

test('a session with its memory goes on elsewhere: the same files under the same numbers, and what has changed since is known', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const baseline = new TextEncoder().encode('fresh Python');
  let same = 0;
  let later = 0;
  await run(
    page,
    sandbox,
    'x = 1',
    () => {
      const folder = sandbox.makeDirectory(INODE.home, 'data');
      same = sandbox.writeFile(folder, 'rain.csv', 'month,mm\n1,30\n');
      later = sandbox.writeFile(INODE.tmp, 'log', 'one');
    },
    '[memory]',
    sha256Of(baseline),
  );
  sandbox.post({ type: 'write', inode: later, offset: 3, data: new TextEncoder().encode(' two') });
  await sandbox.sync();
  expect(await page.call('measureCapsule', null)).toMatchObject({ files: 21, memory: { bytes: 8, baseline: sha256Of(baseline) } });
  const blob = await download(page, { baseline: new Blob([baseline]) });

  const { catalogue, folders, shared } = begin();
  const preview = await catalogue.inspect(chosen(blob));
  expect(preview).toMatchObject({
    form: 'capsule',
    name: 'Rain',
    runs: 1,
    code: 'x = 1',
    memory: { bytes: 8 },
    fileCount: 3,
    closed: null,
  });
  expect(await folders.list()).toEqual([]);
  const { id } = await catalogue.openFiles(chosen(blob), 'Rain', { ...NOBODY_CANCELS, memory: true });
  expect((await catalogue.list()).map(({ name }) => name)).toEqual(['Rain']);
  expect(await shared.names()).toContain(sha256Of(baseline));
  const other = await openMade(folders, id);
  expect(other.summary).toMatchObject({ code: 'x = 1', runs: 1, undoable: null, damage: null });
  const resumed = await other.attach({ resume: true });
  expect(await resumed.resumed()).toBe('[memory]');
  expect(resumed.image.resume?.changed).toEqual([later]);
  expect(resumed.image.entries.find(({ name }) => name === 'rain.csv')?.inode).toBe(same);
  expect(await textsOf(resumed)).toEqual({ 'rain.csv': 'month,mm\n1,30\n', log: 'one two' });
  await other.call('attached', { resumed: true, keepImage: true });
  await run(other, resumed, 'y = 2', () => resumed.writeFile(INODE.home, 'new', 'file'), '[memory 2]', sha256Of(baseline));
  expect(other.events).toEqual([]);
});

test('without its memory a session begins anew with its files, and no number is taken over', async () => {
  const page = await open();
  const sandbox = await page.attach();
  await run(page, sandbox, 'x = 1', () => sandbox.writeFile(INODE.home, 'a', 'b'), '[memory]');
  const blob = await download(page);
  const { catalogue, folders } = begin();
  const { id } = await catalogue.openFiles(chosen(blob), 'Rain', { ...NOBODY_CANCELS, memory: false });
  const other = await openMade(folders, id);
  const fresh = await other.attach({ resume: true });
  expect(await fresh.resumed()).toBeNull();
  expect(await fresh.read('a')).toBe('b');
  await expect(catalogue.inspect(chosen(await download(page, { memory: false })))).resolves.toMatchObject({ memory: null });
});

test('what is in a capsule is outlined to be compared: contents by their sha256, databases told apart, code and variables', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const database = new Uint8Array(512);
  database.set(new TextEncoder().encode('SQLite format 3\0'));
  await run(
    page,
    sandbox,
    'x = 1',
    () => {
      sandbox.writeFile(sandbox.makeDirectory(INODE.home, 'data'), 'rain.csv', 'month,mm\n1,30\n');
      sandbox.writeFile(INODE.home, 'app.db', database);
    },
    '[memory]',
  );
  const { catalogue, folders } = begin();
  const outline = await catalogue.outlineChosen({ files: chosen(await download(page)) });
  expect(outline).toMatchObject({ code: 'x = 1', variables: [] });
  const nothing = { sha256: null, database: false, target: null };
  expect(outline.files.toSorted((a, b) => (a.path < b.path ? -1 : 1))).toEqual([
    { path: 'home/pyodide/app.db', kind: 'file', size: 512, sha256: sha256Of(database), database: true, target: null },
    { ...nothing, path: 'home/pyodide/data', kind: 'directory', size: 0 },
    {
      ...nothing,
      path: 'home/pyodide/data/rain.csv',
      kind: 'file',
      size: 14,
      sha256: sha256Of(new TextEncoder().encode('month,mm\n1,30\n')),
    },
  ]);
  expect(await folders.list()).toEqual([]);
});

test('named checkpoints travel, and can be gone back to', async () => {
  const page = await open();
  const sandbox = await page.attach();
  let inode = 0;
  await run(page, sandbox, 'first', () => {
    inode = sandbox.writeFile(INODE.home, 'a', 'old');
    sandbox.writeFile(INODE.home, 'same', 'same');
  });
  const { checkpoints } = await page.call('keepCheckpoint', { name: 'before', capture: null });
  const kept = checkpoints.at(-1)?.id ?? 0;
  await run(page, sandbox, 'second', () => sandbox.post({ type: 'write', inode, offset: 0, data: new TextEncoder().encode('new') }));
  const blob = await download(page, { checkpoints: [kept] });
  const { catalogue, folders } = begin();
  const { id } = await catalogue.openFiles(chosen(blob), 'Rain', { ...NOBODY_CANCELS, memory: true });
  const other = await openMade(folders, id);
  const now = await other.attach();
  expect(await textsOf(now)).toEqual({ a: 'new', same: 'same' });
  await other.call('fence', null);
  const [before] = (await other.call('checkpoints', null)).checkpoints;
  expect(before).toMatchObject({ name: 'before' });
  expect(await other.call('restore', { checkpoint: before?.id ?? 0, reason: 'restore' })).toMatchObject({ code: 'first' });
  expect(await textsOf(await other.attach())).toEqual({ a: 'old', same: 'same' });
});

test('the same session gives the same bytes, also when it is downloaded again later', async () => {
  const page = await open();
  const sandbox = await page.attach();
  await run(page, sandbox, 'x = 1', () => sandbox.writeFile(INODE.home, 'a', 'b'.repeat(10_000)), '[memory]');
  const first = Buffer.from(await (await download(page)).arrayBuffer());
  expect(Buffer.compare(Buffer.from(await (await download(page)).arrayBuffer()), first)).toBe(0);
});

test('a download has the moment at which it began, and runs go on beside it', async () => {
  const page = await open();
  const sandbox = await page.attach();
  let inode = 0;
  await run(page, sandbox, 'x = 1', () => {
    inode = sandbox.writeFile(INODE.home, 'a.png', new Uint8Array(6_000_000).fill(1));
  });
  const downloading = download(page, { memory: false });
  await run(page, sandbox, 'x = 2', () => sandbox.post({ type: 'write', inode, offset: 0, data: new Uint8Array(6_000_000).fill(2) }));
  const { catalogue, folders } = begin();
  const { id } = await catalogue.openFiles(chosen(await downloading), 'Rain', { ...NOBODY_CANCELS, memory: false });
  const other = await openMade(folders, id);
  expect((await other.attach().then((fresh) => fresh.read('a.png')))?.replaceAll('\u0001', '')).toBe('');
  expect(other.summary.code).toBe('x = 1');
});

test('what was chosen goes along alone, with the folders above it', async () => {
  const page = await open();
  const sandbox = await page.attach();
  await run(page, sandbox, '', () => {
    const folder = sandbox.makeDirectory(INODE.home, 'data');
    sandbox.writeFile(folder, 'a.db', 'x');
    sandbox.writeFile(folder, 'b', 'y');
    sandbox.writeFile(INODE.home, 'c', 'z');
  });
  const blob = await download(page, { only: ['home/pyodide/data/a.db'] });
  const { files } = await begin().catalogue.inspect(chosen(blob));
  expect(files.map(({ path }) => path)).toEqual(['home/pyodide/data', 'home/pyodide/data/a.db']);
});

test('a name that is something else on another computer is told, and can be left out with a reason', async () => {
  const page = await open();
  const sandbox = await page.attach();
  await run(page, sandbox, '', () => sandbox.writeFile(INODE.home, 'nul.txt', 'x'));
  const result = await page.call('downloadCapsule', ALL);
  expect(result).toMatchObject({ problem: { leaveOut: [{ path: 'home/pyodide/nul.txt' }] } });
  const leaveOut = 'problem' in result ? result.problem.leaveOut : [];
  const blob = await download(page, { leaveOut: leaveOut.map(({ path, reason }) => ({ path, reason })) });
  expect((await begin().catalogue.inspect(chosen(blob))).leftOut).toMatchObject([{ path: 'home/pyodide/nul.txt' }]);
});

test.each([
  ['a program', chosen('print(1)\r\n', 'rain.py'), { form: 'code', code: 'print(1)\n', name: 'rain', fileCount: 0 }],
  ['a table', chosen('a,b\n', 'rain.csv'), { form: 'files', code: null, name: 'rain', fileCount: 1 }],
  [
    'a plain zip',
    chosen(
      zipOf([
        { name: 'a/b.txt', data: 'x' },
        { name: '__MACOSX/._b', data: '' },
      ]),
      'my.zip',
    ),
    { form: 'zip', name: 'my', fileCount: 1, leftOut: [{ path: '__MACOSX/._b' }] },
  ],
  [
    'a sheet that is a zip inside',
    chosen(zipOf([{ name: 'xl/a.xml', data: 'x' }]), 'my.xlsx'),
    { form: 'files', files: [{ path: 'home/pyodide/my.xlsx' }] },
  ],
  [
    'a notebook',
    chosen(
      JSON.stringify({
        nbformat: 4,
        nbformat_minor: 5,
        metadata: {},
        cells: [
          { cell_type: 'code', id: 'first', source: ['print(1)'], outputs: [{ output_type: 'stream', name: 'stdout', text: ['1\n'] }] },
        ],
      }),
      'my.ipynb',
    ),
    { form: 'notebook', name: 'my', code: '# %%\nprint(1)\n\n', notes: expect.stringContaining('"text":"1\\n"'), fileCount: 0 },
  ],
  ['a folder', [...chosen('1', 'top/a'), ...chosen('2', 'top/in/b')], { form: 'files', name: 'top', fileCount: 2 }],
])('%s becomes a session', async (_what, files, expected) => {
  const { catalogue, folders } = begin();
  const preview = await catalogue.inspect(files);
  expect(preview).toMatchObject(expected);
  const { id } = await catalogue.openFiles(files, 'New', { ...NOBODY_CANCELS, memory: false });
  const other = await openMade(folders, id);
  expect(other.summary.code).toBe(preview.code);
  expect(other.summary.notebook).toBe(preview.notes);
  expect((await other.call('files', null)).filter(({ kind }) => kind === 'file').length).toBe(preview.fileCount);
});

test.each([
  ['cut off', '{"nbformat": 4, "cells": [{"cell_type": "co', /^The notebook ends too early/],
  ['nothing', '', /^The notebook is empty/],
  ['something else', '<html>', /^The notebook is not valid JSON/],
  ['deep', `{"nbformat": 4, "metadata": ${'['.repeat(1000)}`, /^The notebook is nested too deep/],
  ['another encoding', Uint8Array.of(0x7b, 0xe9, 0x7d), /^The notebook is not UTF-8 text/],
  ['a name twice', '{"nbformat": 4, "nbformat": 3}', /^The notebook has the name "nbformat" twice/],
  ['wrong types', '{"nbformat": 4, "cells": 1}', /^This is not a notebook of Jupyter: cells is a number instead of a list/],
])('a broken notebook is refused with a sentence: %s', async (_what, content, sentence) => {
  const { catalogue } = begin();
  await expect(catalogue.inspect(chosen(content, 'broken.ipynb'))).rejects.toThrow(sentence);
});

const session = { ...EMPTY, code: 'print(1)\n', files: [file('home/pyodide/a.txt', 'text')] };
const says = (what: string, change: (manifest: Record<string, unknown>) => unknown, says: RegExp) => ({
  what,
  bytes: () => forged(session, change),
  says,
});
/** Capsules that are good zip archives, and no good capsules. */
const HOSTILE_CAPSULES: { what: string; bytes: () => Promise<Uint8Array<ArrayBuffer>>; says: RegExp }[] = [
  says('a version from the future, to be opened', (manifest) => ({ ...manifest, version: 2 }), /newer version of Dormouse/),
  says('a negative version', (manifest) => ({ ...manifest, version: -1 }), /1 or more/),
  says('a version that is text', (manifest) => ({ ...manifest, version: '1' }), /1 or more/),
  says('another format', (manifest) => ({ ...manifest, format: 'x' }), /"format"/),
  says('an unknown field', (manifest) => ({ ...manifest, run: 'me' }), /does not have: "run"/),
  says('__proto__', (manifest) => JSON.stringify(manifest).replace('{', '{"__proto__":{"code":null},'), /"__proto__"/),
  says('a name twice', (manifest) => JSON.stringify(manifest).replace('{', '{"code":null,'), /twice in the same object/),
  says('1e999', (manifest) => JSON.stringify(manifest).replace('"count":0', '"count":1e999'), /too large/),
  says('a lone surrogate', (manifest) => JSON.stringify(manifest).replace('"name":null', '"name":"\\ud800"'), /half of a character/),
  says('deep nesting', () => '['.repeat(100_000), /nested too deep/),
  says('no JSON', () => 'hello', /not valid JSON/),
  says('nothing', () => '', /ends too early/),
  says('a list', () => '[]', /"format"/),
  says('a file of the wrong type', (manifest) => ({ ...manifest, files: [7] }), /files\[0\]/),
  says(
    'a file that is two things',
    (manifest) => ({ ...manifest, files: [{ path: 'tmp/a', modified: 0, link: 'x', directory: true }] }),
    /exactly one/,
  ),
  says(
    'a path outside',
    (manifest) => ({ ...manifest, files: [{ path: 'home/pyodide/../../.dormouse/image', modified: 0, directory: true }] }),
    /cannot be a file name/,
  ),
  says(
    'a path of the keeper',
    (manifest) => ({ ...manifest, files: [{ path: '.dormouse/image', modified: 0, directory: true }] }),
    /not below/,
  ),
  says(
    'names that collide',
    (manifest) => ({ ...manifest, files: ['tmp/a', 'tmp/A'].map((path) => ({ path, modified: 0, directory: true })) }),
    /upper and lower case/,
  ),
  says('an entry that is not there', (manifest) => ({ ...manifest, code: 'gone.py' }), /does not list/),
  says(
    'an entry that is listed and not there',
    (manifest) => ({ ...manifest, entries: [{ entry: 'gone', size: 1, sha256: '0'.repeat(64) }] }),
    /not in the archive/,
  ),
  says(
    'another size',
    (manifest) => ({ ...manifest, entries: (manifest.entries as object[]).map((entry) => ({ ...entry, size: 1 })) }),
    /should have 1/,
  ),
  says(
    'another sha256',
    (manifest) => ({ ...manifest, entries: (manifest.entries as object[]).map((entry) => ({ ...entry, sha256: '0'.repeat(64) })) }),
    /another sha256/,
  ),
  says(
    'memory without numbers',
    (manifest) => ({ ...manifest, memory: { image: 'notebook.py', notes: null, baseline: null, changed: [], nextInode: 9 } }),
    /no inode number/,
  ),
  {
    what: 'a baseline that is another',
    bytes: () =>
      written({
        ...session,
        files: [],
        memory: {
          image: file('a', 'x').kind === 'file' ? content('image') : content(''),
          notes: null,
          baseline: { sha256: '0'.repeat(64), content: content('no') },
          changed: [],
          nextInode: 2 ** 21,
        },
      }),
    says: /not what the capsule says/,
  },
  ...[INODE.home, 2 ** 50].map((inode) => ({
    what: `the inode number ${inode}`,
    bytes: () =>
      written({
        ...session,
        files: [file('tmp/a', 'x', { inode })],
        memory: { image: content('i'), notes: null, baseline: null, changed: [], nextInode: 2 ** 52 },
      }),
    says: /taken or out of range/,
  })),
];

function content(text: string) {
  const made = file('a', text);
  if (made.kind !== 'file') throw new Error('A file has content.');
  return made.content;
}

const asCapsule = ({ what, bytes, says }: HostileArchive) => ({ what: `an archive: ${what}`, bytes: async () => bytes(), says });
/** Amounts that are within what a capsule may hold. */
const ALLOWED = ['more than may be unpacked', 'a file that is too large'];

test.each(
  [...HOSTILE_CAPSULES, ...HOSTILE_ARCHIVES.filter(({ what }) => !ALLOWED.includes(what)).map(asCapsule)].map(
    (hostile) => [hostile.what, hostile] as const,
  ),
)('%s: is refused with a sentence, and everything is as it was', async (_, { bytes, says }) => {
  const { catalogue, folders, shared } = begin();
  const { id } = await catalogue.openFiles(chosen('x = 1', 'mine.py'), 'Mine', { ...NOBODY_CANCELS, memory: false });
  const before = [...folders.folders].map(([name, folder]) => [name, folder.checksums()]);
  const opening = catalogue.openFiles(chosen(await bytes()), 'Theirs', { ...NOBODY_CANCELS, memory: true });
  await expect(opening).rejects.toMatchObject({
    code: expect.stringMatching(/^(invalid|unsupported)$/),
    message: expect.stringMatching(says),
  });
  expect([...folders.folders].map(([name, folder]) => [name, folder.checksums()])).toEqual(before);
  expect(await shared.names()).toEqual([]);
  expect((await catalogue.list()).map((entry) => entry.id)).toEqual([id]);
});

test('a capsule from the future can be looked at', async () => {
  const { catalogue } = begin();
  const preview = await catalogue.inspect(chosen(await forged(session, (manifest) => ({ ...manifest, version: 7, new: true }))));
  expect(preview).toMatchObject({ form: 'capsule', closed: expect.stringMatching(/newer version/) });
  expect(preview.files.map(({ path }) => path)).toContain('home/pyodide/files/home/pyodide/a.txt');
});

test('what somebody put into a capsule is kept as a file, and told', async () => {
  const { catalogue, folders } = begin();
  const bytes = await forged(session, () => undefined, [
    { name: 'files/tmp/b', data: 'b' },
    { name: 'hook.py', data: 'c' },
  ]);
  expect((await catalogue.inspect(chosen(bytes))).unlisted).toEqual(['files/tmp/b', 'hook.py']);
  const { id } = await catalogue.openFiles(chosen(bytes), 'Rain', { ...NOBODY_CANCELS, memory: false });
  const other = await openMade(folders, id);
  const paths = (await other.call('files', null)).map(({ path }) => path);
  expect(paths).toEqual(expect.arrayContaining(['home/pyodide/a.txt', 'home/pyodide/found-in-capsule/hook.py', 'tmp/b']));
});

test('an opening that is ended leaves nothing', async () => {
  const { catalogue, folders } = begin();
  const stop = new AbortController();
  const bytes = await written({ ...EMPTY, files: [file('tmp/a.png', new Uint8Array(30_000_000))] });
  const opening = catalogue.openFiles(chosen(bytes), 'Rain', { signal: stop.signal, onProgress: () => stop.abort(), memory: false });
  await expect(opening).rejects.toMatchObject({ name: 'AbortError' });
  expect(await folders.list()).toEqual([]);
});

test('what takes too long to be looked into, or opened, is given up with a sentence, and leaves nothing', async () => {
  const { catalogue, folders } = begin({ look: 1, open: 1 });
  const files = Array.from({ length: 8 }, (_, index) => file(`tmp/${index}.csv`, new Uint8Array(5_000_000)));
  const taken = chosen(await written({ ...EMPTY, files }));
  const late = { code: 'invalid', message: 'Reading it was given up after a minute. Nothing of it was kept.' };
  await expect(catalogue.outlineChosen({ files: taken })).rejects.toMatchObject(late);
  await expect(catalogue.readChosen({ files: taken, path: 'tmp/7.csv', most: 1e9 })).rejects.toMatchObject(late);
  await expect(catalogue.openFiles(taken, 'Rain', { ...NOBODY_CANCELS, memory: false })).rejects.toMatchObject(late);
  expect(await folders.list()).toEqual([]);
});

test('a capsule that is cut off anywhere is refused, and leaves nothing', async () => {
  const { catalogue, folders } = begin();
  const bytes = await written(session);
  for (let length = 0; length < bytes.length; length += 1) {
    await expect(
      catalogue.openFiles(chosen(bytes.slice(0, length)), 'Rain', { ...NOBODY_CANCELS, memory: true }),
      `${length} bytes`,
    ).rejects.toMatchObject({
      code: 'invalid',
    });
  }
  expect(await folders.list()).toEqual([]);
});

test('by choice a capsule takes the place of a session, which stays in its history and can be brought back', async () => {
  const other = await open();
  const theirs = await other.attach();
  await run(other, theirs, 'theirs = 1', () => theirs.writeFile(INODE.home, 'a', 'theirs'));
  await other.call('saveCode', { code: 'theirs = 1', notebook: '{"version":1}' });
  const files = chosen(await download(other));

  const page = await open();
  const sandbox = await page.attach();
  await run(page, sandbox, 'mine = 1', () => sandbox.writeFile(INODE.home, 'a', 'mine'), '[memory]');
  await page.call('stage', { files });
  await page.call('fence', null);
  expect(await page.call('upload', null)).toMatchObject({ code: 'theirs = 1', notebook: '{"version":1}', undoable: 'upload' });
  const replaced = await page.attach({ resume: true });
  expect(await replaced.resumed()).toBeNull();
  expect(await textsOf(replaced)).toEqual({ a: 'theirs' });
  await run(page, replaced, 'later', () => replaced.writeFile(INODE.home, 'b', 'later'));

  // The next run has ended the offer to bring it back; the history still has it.
  const { checkpoints } = await page.call('checkpoints', null);
  const kept = checkpoints.find(({ image }) => image);
  await page.call('fence', null);
  expect(await page.call('restore', { checkpoint: kept?.id ?? 0, reason: 'restore' })).toMatchObject({ code: 'mine = 1' });
  const back = await page.attach({ resume: true });
  expect(await back.resumed()).toBe('[memory]');
  expect(await textsOf(back)).toEqual({ a: 'mine' });
});

test('what is refused when it is to take the place of a session costs nothing', async () => {
  const page = await open();
  const sandbox = await page.attach();
  await run(page, sandbox, 'mine = 1', () => sandbox.writeFile(INODE.home, 'a', 'mine'));
  await expect(page.call('stage', { files: chosen(zipOf([{ name: '../x', data: 'x' }]), 'x.zip') })).rejects.toThrow(/Nothing was changed/);
  await page.call('fence', null);
  await expect(page.call('upload', null)).rejects.toThrow(/choose it again/);
  expect(await (await page.attach()).read('a')).toBe('mine');
});
