/**
 * What every volume promises over every store, as cases that need no test runner: the same run in Node and, over the origin
 * private file system, in a browser.
 */

import { isDormouseError } from '../../../src/base/errors';
import { type FileOperation, INODE, MAX_FILE_SIZE } from '../../../src/base/file-operation';
import { xxh32 } from '../../../src/base/xxh32';
import { type Store, Volume, type VolumeOptions } from '../../../src/volume';
import { FORMAT_VERSION, SLOT_SIZE } from '../../../src/volume/format';
import { filesOf, observe } from './observed';

export interface VolumeCase {
  name: string;
  /** `store` is empty; rejects when the promise is broken. */
  run(store: Store): Promise<void>;
}

const FIRST = INODE.firstFree;
const text = (value: string) => new TextEncoder().encode(value);
/** Small, so that a case needs little room and more than one segment. */
const OPTIONS: VolumeOptions = { slack: 4096, segmentSize: 16_384, now: () => 5000 };
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

/** Turns a bit of the name in the record that makes `folder` over: a flushed record that can be told by its content. */
async function spoil(store: Store): Promise<void> {
  const name = new Uint8Array(Array.from('folder', (unit) => [unit.charCodeAt(0), 0]).flat());
  for (const file of await store.list()) {
    const opened = await store.open(file);
    const bytes = new Uint8Array(opened.size());
    opened.read(bytes, 0);
    const found = bytes.findIndex((_, at) => name.every((byte, index) => bytes[at + index] === byte));
    if (found >= 0) opened.write(new Uint8Array([(bytes[found] as number) ^ 1]), found);
    opened.close();
    if (found >= 0) return;
  }
}

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
      const seen = observe(volume);
      volume.close();
      (await reopened(store, seen)).close();
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
    name: 'a far-away byte takes little room',
    async run(store) {
      const volume = await open(store);
      const { stored } = volume;
      volume.apply(file(FIRST, 'sparse'));
      volume.apply(write(FIRST, 2 ** 30, 'x'));
      volume.apply({ type: 'truncate', inode: FIRST, size: MAX_FILE_SIZE, time: 1 });
      equal(volume.lookup('home/pyodide/sparse')?.size, MAX_FILE_SIZE, 'size');
      equal(volume.stored - stored < 100_000, true, 'that little is stored');
      equal(volume.read(FIRST, 3, 2 ** 30 - 1).join(), '0,120,0', 'the byte between zeros');
      volume.flush();
      volume.close();
      const again = await open(store);
      equal(again.damage, null, 'damage');
      equal(again.read(FIRST, 3, 2 ** 30 - 1).join(), '0,120,0', 'the byte after opening again');
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
      equal(volume.stored <= stored, true, 'that no more is stored');
      volume.flush();
      const after = observe(volume);
      volume.close();
      (await reopened(store, after)).close();
    },
  },
  {
    name: 'segments are opened ahead by several who ask at once, and by one that is closed meanwhile',
    async run(store) {
      const volume = await open(store);
      volume.apply(file(FIRST, 'a.txt'));
      for (let at = 0; at < 10; at++) volume.apply(write(FIRST, at * 8192, 'x'.repeat(8192)));
      await Promise.all([volume.replenish(), volume.replenish(), volume.replenish()]);
      for (let at = 10; at < 20; at++) volume.apply(write(FIRST, at * 8192, 'x'.repeat(8192)));
      volume.flush();
      const late = volume.replenish();
      volume.close();
      await late;
      const again = await open(store);
      equal(contentAt(again, 'home/pyodide/a.txt').length, 20 * 8192, 'the size');
      again.close();
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
      volume.forgetReplaced();
      volume.flush();
      equal(volume.undoable, null, 'undoable after forgetting');
      const cleared = observe(volume);
      volume.close();
      volume = await reopened(store, cleared);
      equal(volume.undoable, null, 'undoable after forgetting and opening again');
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
      volume.apply(file(volume.nextInode, 'after'));
      volume.flush();
      const after = observe(volume);
      volume.close();
      (await reopened(store, after)).close();
    },
  },
  {
    name: 'nothing is changed while the session is being replaced',
    async run(store) {
      const volume = await open(store);
      const replacing = volume.replace('upload', UPLOAD);
      await refused('busy', () => volume.apply(file(FIRST, 'x')));
      await refused('busy', () => volume.replace('clear', []));
      await replacing;
      equal(contentAt(volume, 'home/pyodide/uploaded'), 'from a file', 'content');
      volume.close();
    },
  },
  {
    name: 'snapshots keep what was, whatever comes after, and can be read, restored and dropped',
    async run(store) {
      const seen = await prepared(store);
      let volume = await open(store);
      const first = volume.createSnapshot('first');
      volume.apply(write(FIRST + 2, 1, 'changed'));
      volume.apply(file(FIRST + 20, 'new'));
      const second = volume.createSnapshot('second');
      const changed = observe(volume);
      volume.apply({ type: 'unlink', parent: INODE.home, name: 'a.txt', time: 9 });
      volume.flush();
      const present = observe(volume);
      equal(observe(volume.openSnapshot(first.id)), seen, 'the first snapshot');
      equal(observe(volume.openSnapshot(second.id)), changed, 'the second snapshot');
      volume.close();
      volume = await reopened(store, present);
      equal(volume.snapshots.map(({ name }) => name).join(), 'first,second', 'the snapshots after opening again');
      equal(observe(volume.openSnapshot(second.id)), changed, 'the second snapshot after opening again');
      volume.restoreSnapshot(first.id);
      equal(observe(volume), seen, 'the restored state');
      equal(observe(volume.openSnapshot(second.id)), changed, 'a snapshot after going back behind it');
      volume.apply(file(volume.nextInode, 'branch'));
      volume.dropSnapshot(first.id);
      await refused('invalid', () => volume.restoreSnapshot(first.id));
      const branch = observe(volume);
      volume.checkpoint();
      volume.close();
      volume = await reopened(store, branch);
      equal(observe(volume.openSnapshot(second.id)), changed, 'the second snapshot beside the branch');
      equal(volume.snapshotSize(second.id) > 0, true, 'what the snapshot alone holds');
      volume.close();
    },
  },
  {
    name: 'a state that was gone back to begins as the snapshot, with changes, and what there was is kept',
    async run(store) {
      const seen = await prepared(store);
      let volume = await open(store);
      equal(volume.parent, null, 'what a new state continues');
      const first = volume.createSnapshot('first');
      equal(volume.parent, first.id, 'what the present continues after a snapshot of it');
      equal(volume.changedInodes(first.id, null).size, 0, 'what differs right after a snapshot');
      volume.apply(write(FIRST + 2, 1, 'changed'));
      volume.apply(file(volume.nextInode, 'new'));
      const present = observe(volume);
      equal([...volume.changedInodes(first.id, null)].join(), `${FIRST + 2},${volume.nextInode - 1}`, 'what differs');
      await refused('invalid', () => volume.goBack(99, 'none', []));
      await refused('invalid', () => volume.goBack(first.id, 'fails', [file(FIRST + 30, 'x'), file(FIRST + 30, 'y')]));
      equal(observe(volume), present, 'the present after going back has failed');
      const kept = await volume.goBack(first.id, 'before', []);
      equal(observe(volume), seen, 'the state that was gone back to');
      equal(observe(volume.openSnapshot(kept)), present, 'what was there before');
      equal(volume.parent, first.id, 'what it continues');
      volume.labelSnapshot(kept, 'renamed');
      await volume.goBack(kept, 'between', [file(volume.nextInode, 'carried')]);
      volume.dropSnapshot(first.id);
      const parents = volume.snapshots.map(({ name, parent }) => `${name} ${parent}`).join();
      const last = observe(volume);
      volume.checkpoint();
      volume.close();
      volume = await reopened(store, last);
      equal(volume.snapshots.map(({ name, parent }) => `${name} ${parent}`).join(), parents, 'the snapshots');
      equal(parents, 'renamed 0,between 0', 'what they continue when that was dropped');
      equal(volume.parent, kept, 'what the present continues');
      equal(contentAt(volume, 'home/pyodide/carried'), '', 'what was carried over');
      volume.close();
    },
  },
  {
    name: 'cleaning wins room back and changes nothing that can be seen',
    async run(store) {
      await prepared(store);
      let volume = await open(store, { leastGarbage: 20_000 });
      equal(volume.clean(1 << 20), false, 'cleaning little garbage');
      volume.apply(file(FIRST + 9, 'busy'));
      for (let round = 0; round < 100; round++) {
        volume.apply({ type: 'write', inode: FIRST + 9, offset: 0, data: new Uint8Array(2000).fill(round), time: round });
        if (round === 50) volume.createSnapshot('in the middle');
      }
      volume.apply({ type: 'truncate', inode: FIRST + 9, size: 200_000, time: 50 });
      volume.apply({ type: 'write', inode: FIRST + 9, offset: 70_000, data: text('far'), time: 51 });
      volume.apply(file(FIRST + 10, 'removed'));
      volume.apply({ type: 'unlink', parent: INODE.home, name: 'removed', time: 52 });
      const seen = observe(volume);
      const kept = observe(volume.openSnapshot(1));
      const { stored, nextInode } = volume;
      while (volume.clean(4096));
      equal(observe(volume), seen, 'the tree after cleaning');
      equal(observe(volume.openSnapshot(1)), kept, 'the snapshot after cleaning');
      equal(volume.stored < stored / 2, true, `that room came back: ${volume.stored} of ${stored}`);
      volume.close();
      volume = await reopened(store, seen);
      equal(observe(volume.openSnapshot(1)), kept, 'the snapshot after opening again');
      equal(volume.nextInode, nextInode, 'the next inode');
      volume.close();
    },
  },
  {
    name: 'what is handed out stays readable while the volume goes on',
    async run(store) {
      const volume = await open(store, { leastGarbage: 1 });
      const bytes = Uint8Array.from({ length: 150_000 }, (_, index) => index * 31);
      volume.apply(file(FIRST, 'large'));
      volume.apply({ type: 'write', inode: FIRST, offset: 10, data: bytes, time: 1 });
      volume.apply(write(FIRST, 70_000, 'changed'));
      const blobs = await volume.handOut();
      const extents = volume.extents(FIRST);
      const expected = volume.read(FIRST);
      volume.apply(file(FIRST + 1, 'more'));
      for (let round = 0; round < 20; round++) {
        await volume.replenish();
        volume.apply({ type: 'write', inode: FIRST + 1, offset: 0, data: bytes, time: 2 });
      }
      while (volume.clean(1 << 20));
      volume.checkpoint();
      const read = new Uint8Array(expected.length);
      for (const { offset, length, location, skip } of extents) {
        const blob = blobs.get(location.segment)?.slice(location.offset, location.offset + location.length);
        const piece = new Uint8Array((await blob?.arrayBuffer()) ?? new ArrayBuffer(0));
        equal(xxh32(piece), location.checksum, 'the checksum of a piece');
        read.set(piece.subarray(skip, skip + length), offset);
      }
      equal(xxh32(read), xxh32(expected), 'the content put together');
      volume.close();
    },
  },
  {
    name: 'a segment that is handed out while it is being cleaned stays as it is',
    async run(store) {
      const volume = await open(store, { leastGarbage: 1, segmentSize: 65_536 });
      volume.apply(file(FIRST, 'kept'));
      volume.apply(file(FIRST + 1, 'busy'));
      for (let round = 0; round < 200; round++) {
        volume.apply(write(FIRST, round * 200, 'kept '.repeat(40)));
        volume.apply(write(FIRST + 1, 0, 'busy '.repeat(200)));
        if (round % 20 === 0) await volume.replenish();
      }
      equal(volume.clean(2000), true, 'that there is more to clean');
      const handedOut = [...(await volume.handOut()).keys()];
      const bytesOf = async (number: number) => new Uint8Array(await (await store.snapshot(`segment-${number}`)).arrayBuffer());
      const head = Math.max(...handedOut);
      const before = new Map<number, number>();
      for (const number of handedOut) if (number !== head) before.set(number, xxh32(await bytesOf(number)));
      equal(before.size > 1, true, 'that there are several segments');
      for (let steps = 0; steps < 500 && volume.clean(2000); steps++);
      volume.checkpoint();
      volume.checkpoint();
      for (const [number, checksum] of before) equal(xxh32(await bytesOf(number)), checksum, `the checksum of segment ${number}`);
      volume.close();
    },
  },
  {
    name: 'a volume of a later version is looked at when it allows that, and left untouched',
    async run(store) {
      const seen = await prepared(store);
      for (const readableFrom of [FORMAT_VERSION, FORMAT_VERSION + 1]) {
        const file = await store.open('super');
        for (const offset of [0, SLOT_SIZE]) {
          const slot = new Uint8Array(SLOT_SIZE);
          file.read(slot, offset);
          const view = new DataView(slot.buffer);
          if (view.getUint32(8, true) === 0) continue;
          view.setUint32(8, FORMAT_VERSION + 1, true);
          view.setUint32(12, readableFrom, true);
          view.setUint32(SLOT_SIZE - 4, xxh32(slot.subarray(0, SLOT_SIZE - 4)), true);
          file.write(slot, offset);
        }
        file.close();
        const before = await filesOf(store);
        if (readableFrom > FORMAT_VERSION) {
          const message = await refused('unsupported', () => open(store));
          equal(/later version/.test(message), true, message);
        } else {
          const volume = await open(store);
          equal(/later version/.test(volume.damage ?? ''), true, volume.damage ?? '');
          equal(observe(volume), seen, 'what is in it');
          await refused('storage', () => volume.apply(write(FIRST + 2, 0, 'x')));
          await refused('unsupported', () => volume.replace('clear', []));
          volume.close();
        }
        equal(JSON.stringify([...(await filesOf(store))]), JSON.stringify([...before]), 'the files');
      }
    },
  },
  {
    name: 'damage is reported and nothing overwritten; clearing goes on, and can be undone',
    async run(store) {
      const volume1 = await open(store);
      for (const operation of SCENARIO.slice(0, 4)) volume1.apply(operation);
      volume1.flush();
      for (const operation of SCENARIO.slice(4)) volume1.apply(operation);
      volume1.flush();
      volume1.close();
      await spoil(store);
      const before = await filesOf(store);
      let volume = await open(store);
      equal(/damaged/.test(volume.damage ?? ''), true, 'that damage is reported');
      equal(volume.readOnly, true, 'read-only');
      equal(volume.lookup('home/pyodide/a.txt')?.inode, FIRST, 'what came before the damage');
      await refused('storage', () => volume.apply(file(FIRST + 50, 'x')));
      await refused('storage', () => volume.reserve(1));
      const sound = observe(volume);
      volume.close();
      equal(JSON.stringify([...(await filesOf(store))]), JSON.stringify([...before]), 'the files');
      volume = await open(store);
      await volume.replace('clear', []);
      equal(volume.damage, null, 'damage after clearing');
      volume.apply(file(volume.nextInode, 'works'));
      volume.flush();
      volume.close();
      volume = await open(store);
      equal(volume.damage, null, 'damage after clearing and opening again');
      await volume.undoReplace();
      equal(/damaged/.test(volume.damage ?? ''), true, 'that damage is reported after undoing');
      equal(observe(volume), sound, 'what was sound after undoing');
      equal(volume.readOnly, true, 'read-only after undoing');
      volume.close();
    },
  },
  {
    name: 'a volume whose files are nothing but garbage is damage, not a new volume',
    async run(store) {
      await prepared(store);
      for (const name of await store.list()) {
        const file = await store.open(name);
        file.write(new Uint8Array(Math.max(file.size(), 100)).fill(0x55), 0);
        file.close();
      }
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
