/** What hostile code says to the keeper and to the page: the journal, images and displays, as messages and as stored records. */
import { expect, test } from 'vitest';
import { checkFileOperation, type FileOperation, INODE } from '../../src/base/file-operation';
import { readNotes, writeNotes } from '../../src/notebook/notes';
import { readDisplay } from '../../src/protocol/display';
import { decodeError, encodeError } from '../../src/protocol/error-codec';
import { normalizedName } from '../../src/protocol/packages';
import { ACT_RESULTS } from '../../src/session/acts';
import { LOOK_RESULTS } from '../../src/session/looks';
import { captureReport, fileChanged, resumeReport, runResult, runtimeBuild } from '../../src/session/received';
import { ByteReader } from '../../src/volume/bytes';
import { openMemoryStore } from '../../src/volume/memory-store';
import { decodeOperation, encodeOperation, type VolumeOperation } from '../../src/volume/operation-codec';
import { Volume } from '../../src/volume/volume';
import type { Random } from '../torture/random';
import { Page } from '../unit/keeper/fixture';
import { fuzz, limit, mutate, mutateValue, taken } from './fuzzing';

const SHARE = { records: 0.1, store: 0.15, channel: 0.15, page: 0.1 };

/** Segments that a test can make many of, bytes. */
const SMALL = { segmentSize: 64 * 1024 };

/** One of each kind. */
function fileOperations(random: Random): FileOperation[] {
  const inode = INODE.firstFree + random.between(0, 40);
  const name = random.pick(['a', 'b.txt', 'é', 'x'.repeat(200)]);
  const time = random.between(0, 2 ** 40) + 0.5;
  return [
    { type: 'make', inode, parent: INODE.home, name, kind: random.pick(['file', 'directory']), mode: 0o644, time },
    { type: 'symlink', inode, parent: INODE.home, name, target: '../../etc/passwd', time },
    { type: 'write', inode, offset: random.between(0, 5000), data: random.bytes(random.between(0, 50)), time },
    { type: 'truncate', inode, size: random.between(0, 5000), time },
    { type: 'rename', parent: INODE.home, name, newParent: INODE.tmp, newName: 'b', time },
    { type: 'unlink', parent: INODE.home, name, time },
    { type: 'rmdir', parent: INODE.home, name, time },
    { type: 'setattr', inode, modified: time, mode: 0o600 },
  ];
}

function volumeOperation(random: Random): VolumeOperation {
  const id = random.between(0, 2 ** 31);
  return random.pick<VolumeOperation>([
    ...fileOperations(random).map((operation): VolumeOperation => ({ type: 'file', staged: random.fraction() < 0.5, operation })),
    { type: 'snapshot', id, name: 'n', time: 1.5 },
    { type: 'drop', id },
    { type: 'restore', id, drop: true },
    { type: 'stage', time: 2 },
    { type: 'adopt', id, name: 'ab', time: 3, drop: 0 },
    { type: 'branch', id },
    { type: 'label', id, name: '' },
  ]);
}

test('records of the journal: what is decoded is what would be written', { timeout: limit(SHARE.records) }, async () => {
  await fuzz('records', SHARE.records, async (random) => {
    const operation = volumeOperation(random);
    const data = operation.type === 'file' && operation.operation.type === 'write' ? operation.operation.data : new Uint8Array();
    const bytes =
      random.fraction() < 0.1
        ? random.bytes(random.between(0, 60))
        : mutate(random, encodeOperation(operation), encodeOperation(volumeOperation(random)));
    return taken(() => {
      const decoded = decodeOperation(new ByteReader(bytes), data);
      const again = decodeOperation(new ByteReader(encodeOperation(decoded)), data);
      expect(again).toEqual(decoded);
    });
  });
});

test('stores with other bytes: opened as some moment of theirs, or refused', { timeout: limit(SHARE.store) }, async () => {
  await fuzz('stores', SHARE.store, async (random) => {
    const store = openMemoryStore();
    const volume = await Volume.open(store, SMALL);
    const count = random.between(1, 20);
    for (let index = 0; index < count; index++) {
      const inode = INODE.firstFree + index;
      volume.apply({ type: 'make', inode, parent: INODE.home, name: `f${index}`, kind: 'file', mode: 0o644, time: 1 });
      volume.apply({ type: 'write', inode, offset: 0, data: random.bytes(random.between(0, 300)), time: 2 });
      if (random.fraction() < 0.2) volume.checkpoint();
    }
    volume.flush();
    volume.close();
    for (const name of await store.list()) {
      if (random.fraction() < 0.4) continue;
      const file = await store.open(name);
      const bytes = new Uint8Array(file.size());
      file.read(bytes, 0);
      const changed = mutate(random, bytes);
      file.truncate(changed.length);
      file.write(changed, 0);
      file.close();
    }
    return taken(async () => {
      const opened = await Volume.open(store, SMALL);
      for (const { inode, kind } of opened.entries()) if (kind === 'file') await taken(() => opened.read(inode, 10_000));
      opened.close();
    });
  });
});

test('messages to the keeper: taken, or the channel is closed with a sentence and the session goes on', {
  timeout: limit(SHARE.channel),
}, async () => {
  const page = await Page.open(openMemoryStore());
  try {
    await fuzz('messages to the keeper', SHARE.channel, async (random) => {
      page.events.length = 0;
      const sandbox = await page.attach();
      const good = [
        {
          type: 'operations',
          sequence: 1,
          operations: [random.pick(fileOperations(random)), random.pick(fileOperations(random))],
          sync: true,
        },
        { type: 'credit', bytes: random.between(0, 2 ** 20) },
        { type: 'image', number: 1, sequence: 0, whole: true, baseline: null, bytes: new ArrayBuffer(random.between(0, 100)) },
      ];
      for (let left = random.between(1, 3); left > 0; left--) {
        try {
          sandbox.disk.postMessage(mutateValue(random, random.pick(good)));
        } catch (error) {
          if ((error as Error).name !== 'DataCloneError') throw error;
        }
      }
      await page.call('report', null);
      await page.call('fence', null);
      for (const event of page.events)
        expect(event).toMatchObject({ type: 'rejected', message: expect.stringMatching(/^The sandbox sent .{1,300}$/s) });
      return page.events.length === 0;
    });
    // It serves an honest sandbox as ever.
    page.events.length = 0;
    const sandbox = await page.attach();
    sandbox.writeFile(INODE.home, 'last.txt', 'x');
    await sandbox.sync();
    expect(page.events).toEqual([]);
    const { files } = await page.call('report', null);
    expect(files.some(({ path }) => path === 'home/pyodide/last.txt')).toBe(true);
  } finally {
    await page.close();
  }
});

const DISPLAYS = [
  { kind: 'value', data: { 'text/plain': '1', 'text/html': '<b>x</b>' }, metadata: { 'text/html': { isolated: true } } },
  { kind: 'display', id: 'a', update: true, data: { 'application/json': { a: [1, { b: null }] } }, metadata: {} },
  { kind: 'clear', wait: true },
  {
    kind: 'error',
    text: 'Traceback',
    type: 'ValueError',
    message: 'x',
    parts: [{ type: 'ValueError', frames: [{ file: 'cell 1', line: 3, name: 'f', code: 'x' }] }],
  },
];
/** What a machine answers to runs, captures, looks and acts, all in one. */
const ANSWER = {
  status: 'finished',
  exitCode: 0,
  sequence: 5,
  open: false,
  image: 1,
  problem: null,
  milliseconds: 1,
  heap: 2,
  changed: 3,
  stored: 4,
  lost: [{ variable: 'x', reason: 'y' }],
  variables: [{ name: 'x', type: 'int' }],
  kind: 'resumed',
  keepImage: false,
  pyodide: '1',
  python: '3',
  tables: [
    {
      name: 't',
      kind: 'table',
      sql: 'x',
      rows: 3,
      columns: [{ name: 'a', type: 'int', key: 1 }],
      first: [['1']],
      indexes: [{ columns: ['a'] }],
      foreignKeys: [{ from: 'a' }],
    },
  ],
  columns: ['a', { name: 'b', type: 'int' }],
  rows: [[1, 'x', null, { integer: '5' }, { real: 'nan' }, { bytes: 3, head: 'ff' }, { int: '7' }]],
  keys: [[1]],
  total: 7,
};

test('messages to the page: always brought into shape', { timeout: limit(SHARE.page) }, async () => {
  await fuzz('messages to the page', SHARE.page, (random) => {
    const json = JSON.stringify(mutateValue(random, random.pick(DISPLAYS))) ?? 'undefined';
    readDisplay(random.fraction() < 0.3 ? new TextDecoder().decode(mutate(random, new TextEncoder().encode(json))) : json);
    const answer = mutateValue(random, random.fraction() < 0.2 ? [ANSWER] : ANSWER);
    for (const read of [
      captureReport,
      fileChanged,
      resumeReport,
      runResult,
      runtimeBuild,
      ...Object.values(LOOK_RESULTS),
      ...Object.values(ACT_RESULTS),
    ]) {
      expect(JSON.stringify(read(answer)).length).toBeLessThan(10_000_000);
    }
    const name = normalizedName(mutateValue(random, 'Some_Package.name'));
    if (name !== null) expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/);
    expect(decodeError(encodeError(mutateValue(random, new Error('x'))))).toBeInstanceOf(Error);
    const notes = readNotes(JSON.stringify(mutateValue(random, JSON.parse(NOTES))) ?? null);
    expect(readNotes(writeNotes(notes))).toEqual(notes);
    return taken(() => checkFileOperation(mutateValue(random, random.pick(fileOperations(random)))));
  });
});

const NOTES = writeNotes({
  view: 'notebook',
  cells: [
    {
      id: 'a',
      key: 'x = 1',
      run: { run: 1, started: 5, ended: 6, status: 'failed', key: 'x = 1', line: 1 },
      outputs: {
        list: [
          { type: 'stream', stream: 'stdout', text: 'hello\r\n' },
          { type: 'display', id: 'b', data: { 'text/plain': '1' }, metadata: {} },
          { type: 'error', name: 'E', message: 'm', traceback: 't', parts: [] },
        ],
        dropped: 3,
      },
    },
  ],
  log: [
    {
      run: { run: 2, started: 7, ended: null, status: 'stopped' },
      outputs: { list: [{ type: 'value', data: { 'text/plain': '2' }, metadata: {} }], dropped: 0 },
    },
  ],
  selected: 'a',
  cursor: { anchor: 1, head: 2 },
  scriptCursor: null,
});
