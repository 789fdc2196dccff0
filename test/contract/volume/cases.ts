/**
 * What every volume promises over every store, as cases that need no test runner: the same run in Node and, over the origin
 * private file system, in a browser.
 */

import { crc32c } from '../../../src/base/crc32c';
import { isDormouseError } from '../../../src/base/errors';
import { type FileOperation, INODE, MAX_FILE_SIZE } from '../../../src/base/file-operation';
import { type Store, Volume, type VolumeOptions } from '../../../src/volume';
import { LOG_HEADER } from '../../../src/volume/log-format';
import { filesOf, observe } from './observed';

export interface VolumeCase {
  name: string;
  /** `store` is empty; rejects when the promise is broken. */
  run(store: Store): Promise<void>;
}

const FIRST = INODE.firstFree;
const text = (value: string) => new TextEncoder().encode(value);
/** Small, so that a case needs little room. */
const OPTIONS: VolumeOptions = { slack: 4096, now: () => 5000 };
const open = (store: Store, options: VolumeOptions = {}) => Volume.open(store, { ...OPTIONS, ...options });

function equal<T>(actual: T, expected: T, what: string): void {
  if (actual !== expected) throw new Error(`${what}: got ${String(actual)}, expected ${String(expected)}`);
}

function contentAt(volume: Volume, path: string): string {
  const entry = volume.lookup(path);
  if (!entry) throw new Error(`${path} is missing`);
  return new TextDecoder().decode(volume.read(entry.inode));
}

/** Fails unless `action` throws an error of that code; returns its message. */
async function refused(code: string, action: () => unknown): Promise<string> {
  try {
    await action();
  } catch (error) {
    if (isDormouseError(error) && error.code === code) return error.message;
    throw error;
  }
  throw new Error(`expected an error of code ${code}`);
}

const file = (inode: number, name: string, parent: number = INODE.home): FileOperation => ({
  type: 'make',
  inode,
  parent,
  name,
  kind: 'file',
  mode: 0o644,
  time: 1000,
});
const directory = (inode: number, name: string, parent: number = INODE.home): FileOperation => ({
  type: 'make',
  inode,
  parent,
  name,
  kind: 'directory',
  mode: 0o755,
  time: 1000,
});
const write = (inode: number, offset: number, data: string): FileOperation => ({
  type: 'write',
  inode,
  offset,
  data: text(data),
  time: 2000,
});

/** A file, a directory, a link, a hidden file; every kind of operation at least once. */
export const SCENARIO: readonly FileOperation[] = [
  file(FIRST, 'a.txt'),
  write(FIRST, 0, 'hello, wörld'),
  directory(FIRST + 1, 'folder'),
  file(FIRST + 2, 'b', FIRST + 1),
  write(FIRST + 2, 3, 'gap'),
  { type: 'symlink', inode: FIRST + 3, parent: INODE.tmp, name: 'link', target: '../home/\ud800', time: 1500 },
  { type: 'truncate', inode: FIRST, size: 5, time: 2500 },
  { type: 'truncate', inode: FIRST, size: 8, time: 2600 },
  { type: 'setattr', inode: FIRST + 2, mode: 0o600, modified: 0.5, accessed: -3 },
  { type: 'rename', parent: FIRST + 1, name: 'b', newParent: INODE.home, newName: 'a.txt', time: 3000 },
  { type: 'rmdir', parent: INODE.home, name: 'folder', time: 3500 },
  file(FIRST + 4, 'history', INODE.hidden),
  write(FIRST + 4, 0, '{}'),
  file(FIRST + 5, 'gone', INODE.tmp),
  { type: 'unlink', parent: INODE.tmp, name: 'gone', time: 4000 },
];

/** Applies an uploaded state's operations. */
const UPLOAD: readonly FileOperation[] = [file(FIRST, 'uploaded'), write(FIRST, 0, 'from a file')];

/** A volume closed with what the scenario makes, flushed. */
async function prepared(store: Store): Promise<string> {
  const volume = await open(store);
  for (const operation of SCENARIO) volume.apply(operation);
  volume.flush();
  const seen = observe(volume);
  volume.close();
  return seen;
}

/** Checks that opening again shows the same, and returns the open volume. */
async function reopened(store: Store, expected: string, options: VolumeOptions = {}): Promise<Volume> {
  const volume = await open(store, options);
  equal(observe(volume), expected, 'the tree after opening again');
  equal(volume.damage, null, 'damage');
  equal(volume.cut, 0, 'bytes cut off');
  return volume;
}

export const volumeCases: readonly VolumeCase[] = [
  {
    name: 'a new volume has the fixed directories and nothing else',
    async run(store) {
      const volume = await open(store);
      equal(
        volume
          .entries()
          .map((entry) => `${entry.inode} ${volume.pathOf(entry.inode)} ${entry.kind} ${entry.modified}`)
          .join(),
        '2 home directory 5000,3 home/pyodide directory 5000,4 tmp directory 5000,5 .dormouse directory 5000',
        'entries',
      );
      equal(volume.nextInode, FIRST, 'next inode');
      equal(volume.undoable, null, 'undoable');
      equal(volume.readOnly, false, 'read-only');
      volume.close();
      (await reopened(store, observe(volume))).close();
    },
  },
  {
    name: 'every operation does what it says, also after opening again',
    async run(store) {
      const seen = await prepared(store);
      const volume = await reopened(store, seen);
      equal(contentAt(volume, 'home/pyodide/a.txt'), '\0\0\0gap', 'the renamed file');
      const entry = volume.lookup('home/pyodide/a.txt');
      equal(
        JSON.stringify([entry?.inode, entry?.mode, entry?.modified, entry?.accessed, entry?.size]),
        JSON.stringify([FIRST + 2, 0o600, 0.5, -3, 6]),
        'its attributes',
      );
      equal(volume.lookup('home/pyodide/folder'), null, 'the removed directory');
      equal(volume.lookup('tmp/gone'), null, 'the removed file');
      equal(volume.lookup('tmp/link')?.target, '../home/\ud800', 'the link');
      equal(volume.lookup('home/pyodide')?.modified, 3500, 'the time of a changed directory');
      equal(contentAt(volume, '.dormouse/history'), '{}', 'the hidden file');
      equal(volume.nextInode, FIRST + 6, 'the next inode, removed ones counted');
      equal(volume.contentSize, 8, 'the size of all content');
      volume.close();
    },
  },
  {
    name: 'a truncated file has zeros where it grows again',
    async run(store) {
      const volume = await open(store);
      for (const operation of SCENARIO.slice(0, 8)) volume.apply(operation);
      equal(contentAt(volume, 'home/pyodide/a.txt'), 'hello\0\0\0', 'content');
      volume.close();
    },
  },
  {
    name: 'what the tree does not allow is refused and changes nothing',
    async run(store) {
      await prepared(store);
      const volume = await open(store);
      volume.apply(directory(FIRST + 10, 'outer'));
      volume.apply(directory(FIRST + 11, 'inner', FIRST + 10));
      const seen = observe(volume);
      const rename = (parent: number, name: string, newParent: number, newName: string): FileOperation => ({
        type: 'rename',
        parent,
        name,
        newParent,
        newName,
        time: 1,
      });
      const refusals: FileOperation[] = [
        file(FIRST + 2, 'taken'),
        file(INODE.home, 'fixed'),
        file(2 ** 50, 'far'),
        file(FIRST + 20, 'a.txt'),
        file(FIRST + 20, 'x', FIRST + 2),
        file(FIRST + 20, 'x', FIRST + 99),
        file(FIRST + 20, '../x'),
        write(FIRST + 99, 0, 'x'),
        write(INODE.home, 0, 'x'),
        write(FIRST + 3, 0, 'x'),
        { type: 'write', inode: FIRST + 2, offset: MAX_FILE_SIZE, data: text('x'), time: 1 },
        { type: 'truncate', inode: FIRST + 10, size: 1, time: 1 },
        { type: 'setattr', inode: FIRST + 99, mode: 0 },
        { type: 'setattr', inode: FIRST + 2, modified: Number.NaN },
        { type: 'unlink', parent: INODE.home, name: 'missing', time: 1 },
        { type: 'unlink', parent: INODE.home, name: 'outer', time: 1 },
        { type: 'unlink', parent: INODE.home, name: '__proto__', time: 1 },
        { type: 'rmdir', parent: INODE.home, name: 'outer', time: 1 },
        { type: 'rmdir', parent: INODE.home, name: 'a.txt', time: 1 },
        { type: 'rmdir', parent: INODE.root, name: 'tmp', time: 1 },
        rename(INODE.root, 'tmp', INODE.home, 'x'),
        rename(INODE.home, 'outer', INODE.root, '.dormouse'),
        rename(INODE.home, 'outer', FIRST + 11, 'x'),
        rename(INODE.home, 'outer', FIRST + 10, 'x'),
        rename(INODE.home, 'outer', INODE.home, 'a.txt'),
        rename(INODE.home, 'a.txt', INODE.home, 'outer'),
        rename(INODE.home, 'missing', INODE.home, 'x'),
      ];
      for (const operation of refusals) await refused('invalid', () => volume.apply(operation));
      equal(observe(volume), seen, 'the tree');
      volume.flush();
      volume.close();
      (await reopened(store, seen)).close();
    },
  },
  {
    name: 'names that look special are names',
    async run(store) {
      const volume = await open(store);
      for (const [index, name] of ['__proto__', 'constructor', 'back\\slash', ' ', '\u0001"', 'ﬁ'].entries())
        volume.apply(file(FIRST + index, name));
      const seen = observe(volume);
      volume.close();
      (await reopened(store, seen)).close();
    },
  },
  {
    name: 'the beginning of a file is read without the rest, of short, paged and sparse files',
    async run(store) {
      const volume = await open(store);
      volume.reserve(1 << 20);
      for (const operation of [file(FIRST, 'short'), write(FIRST, 0, 'short'), file(FIRST + 1, 'long'), file(FIRST + 2, 'sparse')]) {
        volume.apply(operation);
      }
      volume.apply(write(FIRST + 1, 0, 'x'.repeat(200_000)));
      volume.apply({ type: 'truncate', inode: FIRST + 2, size: MAX_FILE_SIZE, time: 1 });
      equal(new TextDecoder().decode(volume.read(FIRST, 3)), 'sho', 'three bytes of a short file');
      equal(volume.read(FIRST, 16).length, 5, 'all of a short file');
      equal(volume.read(FIRST + 1, 150_000).length, 150_000, 'more than a page');
      equal(volume.read(FIRST + 2, 16).join(), new Uint8Array(16).join(), 'a hole');
      volume.close();
    },
  },
  {
    name: 'a far-away byte takes little room, and a file that cannot be put together says so',
    async run(store) {
      const volume = await open(store, { memory: 1 << 20 });
      volume.apply(file(FIRST, 'sparse'));
      volume.apply(write(FIRST, 2 ** 30, 'x'));
      volume.apply({ type: 'truncate', inode: FIRST, size: MAX_FILE_SIZE, time: 1 });
      equal(volume.lookup('home/pyodide/sparse')?.size, MAX_FILE_SIZE, 'size');
      equal(volume.stored < 100_000, true, 'that little is stored');
      volume.apply({ type: 'truncate', inode: FIRST, size: 0, time: 1 });
      await refused('no-space', () => {
        for (let index = 0; index < 100; index++) volume.apply(write(FIRST, index * 1_000_000 + 65_535, 'x'));
      });
      volume.close();
      const again = await open(store);
      equal(again.damage, null, 'damage');
      again.close();
    },
  },
  {
    name: 'room is reserved, and used before more is taken',
    async run(store) {
      const volume = await open(store);
      const room = volume.reserve(100_000);
      equal(room >= 100_000, true, `room of ${room} bytes`);
      const { stored } = volume;
      volume.apply(file(FIRST, 'large'));
      volume.apply({ type: 'write', inode: FIRST, offset: 0, data: new Uint8Array(90_000).fill(7), time: 1 });
      equal(volume.stored, stored, 'bytes stored');
      volume.flush();
      volume.close();
      (await reopened(store, observe(volume))).close();
    },
  },
  {
    name: 'replacing keeps what was, undoing brings it back, forgetting removes it',
    async run(store) {
      const seen = await prepared(store);
      let volume = await open(store);
      await volume.replace('upload', UPLOAD);
      equal(volume.undoable, 'upload', 'undoable');
      equal(volume.lookup('home/pyodide/a.txt'), null, 'the old file');
      const uploaded = observe(volume);
      volume.close();
      volume = await reopened(store, uploaded);
      equal(volume.undoable, 'upload', 'undoable after opening again');
      await volume.undoReplace();
      equal(observe(volume), seen, 'the tree brought back');
      equal(volume.undoable, null, 'undoable after undoing');
      await refused('invalid', () => volume.undoReplace());
      volume.apply(file(volume.nextInode, 'more'));
      volume.flush();
      const more = observe(volume);
      volume.close();
      volume = await reopened(store, more);
      await volume.replace('clear', []);
      equal(volume.undoable, 'clear', 'undoable after clearing');
      const withUndo = volume.stored;
      await volume.forgetReplaced();
      equal(volume.stored < withUndo, true, 'that room came back');
      equal(volume.undoable, null, 'undoable after forgetting');
      volume.close();
      volume = await reopened(store, observe(volume));
      equal(volume.undoable, null, 'undoable after forgetting and opening again');
      equal((await store.list()).length, 1, 'files left');
      volume.close();
    },
  },
  {
    name: 'replacing twice keeps one state to go back to',
    async run(store) {
      await prepared(store);
      let volume = await open(store);
      await volume.replace('upload', UPLOAD);
      const uploaded = observe(volume);
      await volume.replace('clear', []);
      volume.close();
      volume = await open(store);
      equal(volume.undoable, 'clear', 'undoable');
      await volume.undoReplace();
      equal(observe(volume), uploaded, 'the tree brought back');
      equal(volume.undoable, null, 'undoable after undoing');
      equal((await store.list()).length, 1, 'files left');
      volume.close();
    },
  },
  {
    name: 'a replacement that fails in the middle changes nothing',
    async run(store) {
      const seen = await prepared(store);
      const volume = await open(store);
      await refused('invalid', () => volume.replace('upload', [...UPLOAD, file(FIRST, 'taken')]));
      equal(observe(volume), seen, 'the tree');
      equal(volume.undoable, null, 'undoable');
      equal((await store.list()).length, 1, 'files left');
      volume.apply(file(volume.nextInode, 'after'));
      volume.flush();
      volume.close();
      (await reopened(store, observe(volume))).close();
    },
  },
  {
    name: 'nothing is changed while the session is being replaced',
    async run(store) {
      const volume = await open(store);
      const replacing = volume.replace('upload', UPLOAD);
      await refused('busy', () => volume.apply(file(FIRST, 'x')));
      await refused('busy', () => volume.flush());
      await refused('busy', () => volume.replace('clear', []));
      await replacing;
      equal(contentAt(volume, 'home/pyodide/uploaded'), 'from a file', 'content');
      volume.close();
    },
  },
  {
    name: 'compaction wins room back and changes nothing that can be seen',
    async run(store) {
      await prepared(store);
      let volume = await open(store, { leastGarbage: 20_000 });
      equal(await volume.compact(), false, 'compacting little garbage');
      volume.apply(file(FIRST + 9, 'busy'));
      for (let round = 0; round < 100; round++)
        volume.apply({ type: 'write', inode: FIRST + 9, offset: 0, data: new Uint8Array(2000).fill(round), time: round });
      volume.apply({ type: 'truncate', inode: FIRST + 9, size: 200_000, time: 50 });
      volume.apply({ type: 'write', inode: FIRST + 9, offset: 70_000, data: text('far'), time: 51 });
      volume.apply(file(FIRST + 10, 'removed'));
      volume.apply({ type: 'unlink', parent: INODE.home, name: 'removed', time: 52 });
      const seen = observe(volume);
      const { stored, nextInode } = volume;
      equal(await volume.compact(), true, 'compacting much garbage');
      equal(observe(volume), seen, 'the tree after compaction');
      equal(volume.stored < stored / 2, true, 'that room came back');
      volume.close();
      volume = await reopened(store, seen);
      equal(volume.nextInode, nextInode, 'the next inode');
      equal((await store.list()).length, 1, 'files left');
      volume.close();
    },
  },
  {
    name: 'opening compacts, but not while something can be undone',
    async run(store) {
      let volume = await open(store);
      volume.apply(file(FIRST, 'busy'));
      volume.flush();
      await volume.replace('upload', UPLOAD);
      for (let round = 0; round < 40; round++)
        volume.apply({ type: 'write', inode: FIRST, offset: 0, data: new Uint8Array(2000).fill(round), time: round });
      const seen = observe(volume);
      const { stored } = volume;
      volume.close();
      volume = await reopened(store, seen, { leastGarbage: 1000 });
      equal(volume.undoable, 'upload', 'undoable');
      await volume.forgetReplaced();
      volume.close();
      volume = await reopened(store, seen, { leastGarbage: 1000 });
      equal(volume.stored < stored / 2, true, 'that room came back');
      volume.close();
    },
  },
  {
    name: 'a log of a later version is left untouched',
    async run(store) {
      await prepared(store);
      const log = await store.open('log-00000001');
      const header = new Uint8Array(LOG_HEADER.size);
      log.read(header, 0);
      const view = new DataView(header.buffer);
      view.setUint32(LOG_HEADER.version, 2, true);
      view.setUint32(LOG_HEADER.checksum, crc32c(header.subarray(0, LOG_HEADER.checksum)), true);
      log.write(header, 0);
      log.close();
      const before = await filesOf(store);
      const message = await refused('unsupported', () => open(store));
      equal(/later version/.test(message), true, message);
      equal(JSON.stringify([...(await filesOf(store))]), JSON.stringify([...before]), 'the files');
    },
  },
  {
    name: 'damage is reported and nothing overwritten; clearing goes on, and can be undone',
    async run(store) {
      await prepared(store);
      const log = await store.open('log-00000001');
      log.write(new Uint8Array([0xff]), 300);
      log.close();
      const before = await filesOf(store);
      let volume = await open(store);
      equal(/damaged/.test(volume.damage ?? ''), true, 'that damage is reported');
      equal(volume.readOnly, true, 'read-only');
      equal(volume.lookup('home/pyodide/a.txt')?.inode, FIRST, 'what came before the damage');
      await refused('storage', () => volume.apply(file(FIRST + 50, 'x')));
      await refused('storage', () => volume.reserve(1));
      volume.close();
      equal(JSON.stringify([...(await filesOf(store))]), JSON.stringify([...before]), 'the files');
      volume = await open(store);
      await volume.replace('clear', []);
      equal(volume.damage, null, 'damage after clearing');
      volume.apply(file(FIRST, 'works'));
      volume.flush();
      await volume.undoReplace();
      equal(/damaged/.test(volume.damage ?? ''), true, 'that damage is reported after undoing');
      volume.close();
      equal(JSON.stringify([...(await filesOf(store))]), JSON.stringify([...before]), 'the files after undoing');
    },
  },
  {
    name: 'a log that is nothing but garbage is damage, not a new volume',
    async run(store) {
      await prepared(store);
      const log = await store.open('log-00000001');
      log.write(new Uint8Array(log.size()).fill(0x55), 0);
      log.close();
      const before = await filesOf(store);
      const volume = await open(store);
      equal(/damaged/.test(volume.damage ?? ''), true, 'that damage is reported');
      volume.close();
      equal(JSON.stringify([...(await filesOf(store))]), JSON.stringify([...before]), 'the files');
    },
  },
  {
    name: 'a closed volume takes nothing more, and other files in the store are left alone',
    async run(store) {
      const other = await store.open('notes');
      other.write(text('mine'), 0);
      other.close();
      const volume = await open(store);
      volume.close();
      volume.close();
      await refused('storage', () => volume.apply(file(FIRST, 'x')));
      await refused('storage', () => volume.replace('clear', []));
      equal((await filesOf(store)).get('notes'), Array.from(text('mine')).join(), 'the other file');
    },
  },
];
