/** Random operations on a volume and on a real directory of this machine, with remounts, snapshots, restores and cleaning in between. */
import {
  chmodSync,
  closeSync,
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { Volume } from '../../../src/volume';
import { openNodeStore } from '../../../src/volume/node-store';

/** Small, so that nodes, segments and checkpoints come and go within a few steps. */
const OPTIONS = { slack: 20_000, leastGarbage: 4000, segmentSize: 8192, replay: 6000 };
const SEED = process.env.SEED === undefined ? undefined : Number(process.env.SEED);
const TIME = 1_600_000_000_000;

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-directory-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const path = fc.array(fc.constantFrom('a', 'b', 'c', 'long name', 'ü'), { minLength: 1, maxLength: 3 }).map((names) => names.join('/'));
const data = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.nat(200_000).map((size) => new Uint8Array(size).fill(size)),
);
const change = fc.oneof(
  { weight: 4, arbitrary: fc.record({ type: fc.constant('file' as const), path }) },
  { weight: 3, arbitrary: fc.record({ type: fc.constant('directory' as const), path }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('symlink' as const), path, target: path }) },
  { weight: 5, arbitrary: fc.record({ type: fc.constant('write' as const), path, offset: fc.nat(150_000), data }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('truncate' as const), path, size: fc.nat(200_000) }) },
  { weight: 4, arbitrary: fc.record({ type: fc.constant('rename' as const), path, to: path }) },
  { weight: 2, arbitrary: fc.record({ type: fc.constant('unlink' as const), path }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('rmdir' as const), path }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('mode' as const), path, mode: fc.constantFrom(0o600, 0o644, 0o755) }) },
  { weight: 1, arbitrary: fc.record({ type: fc.constant('time' as const), path, seconds: fc.nat(1_000_000) }) },
);
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;
const step = fc.oneof(
  { weight: 10, arbitrary: change },
  fc.constantFrom('remount' as const, 'snapshot' as const, 'restore' as const, 'clean' as const, 'checkpoint' as const),
);

/** What is at a path, links not followed; undefined when there is nothing. */
function look(at: string) {
  try {
    return lstatSync(at, { throwIfNoEntry: false });
  } catch {
    // ENOTDIR: a part of the way is a file.
    return undefined;
  }
}

/** Carries a change out in the directory; false when the system refuses it. */
function inDirectory(root: string, next: Change): boolean {
  const at = join(root, next.path);
  try {
    const stat = look(at);
    switch (next.type) {
      case 'file':
        closeSync(openSync(at, 'wx', 0o644));
        return true;
      case 'directory':
        mkdirSync(at, { mode: 0o755 });
        return true;
      case 'symlink':
        symlinkSync(next.target, at);
        return true;
      case 'write': {
        if (!stat?.isFile()) return false;
        const descriptor = openSync(at, 'r+');
        // pwrite(2) with nothing to write changes nothing, as here.
        writeSync(descriptor, next.data, 0, next.data.length, next.offset);
        closeSync(descriptor);
        return true;
      }
      case 'truncate':
        if (!stat?.isFile()) return false;
        truncateSync(at, next.size);
        return true;
      case 'rename':
        renameSync(at, join(root, next.to));
        return true;
      case 'unlink':
        unlinkSync(at);
        return true;
      case 'rmdir':
        rmdirSync(at);
        return true;
      case 'mode':
        if (!stat) return false;
        chmodSync(at, next.mode);
        return true;
      default:
        if (!stat) return false;
        utimesSync(at, next.seconds, next.seconds);
        return true;
    }
  } catch (error) {
    if (typeof (error as { code?: unknown }).code === 'string') return false;
    throw error;
  }
}

/** Carries a change out in the volume; false when it refuses. Paths are walked as the system does, but for symbolic links. */
function inVolume(volume: Volume, next: Change): boolean {
  const place = (of: string) => {
    const slash = of.lastIndexOf('/');
    const parent = slash < 0 ? INODE.home : volume.lookup(`home/pyodide/${of.slice(0, slash)}`)?.inode;
    return { parent: parent ?? 0, name: of.slice(slash + 1) };
  };
  const { parent, name } = place(next.path);
  const inode = volume.lookup(`home/pyodide/${next.path}`)?.inode ?? 0;
  const operation = ((): FileOperation => {
    switch (next.type) {
      case 'file':
      case 'directory':
        return {
          type: 'make',
          inode: volume.nextInode,
          parent,
          name,
          kind: next.type,
          mode: next.type === 'file' ? 0o644 : 0o755,
          time: TIME,
        };
      case 'symlink':
        return { type: 'symlink', inode: volume.nextInode, parent, name, target: next.target, time: TIME };
      case 'write':
        return { type: 'write', inode, offset: next.offset, data: next.data, time: TIME };
      case 'truncate':
        return { type: 'truncate', inode, size: next.size, time: TIME };
      case 'rename': {
        const to = place(next.to);
        return { type: 'rename', parent, name, newParent: to.parent, newName: to.name, time: TIME };
      }
      case 'unlink':
      case 'rmdir':
        return { type: next.type, parent, name, time: TIME };
      case 'mode':
        return { type: 'setattr', inode, mode: next.mode };
      default:
        return { type: 'setattr', inode, modified: next.seconds * 1000, accessed: next.seconds * 1000 };
    }
  })();
  try {
    volume.apply(operation);
    return true;
  } catch (error) {
    if (isDormouseError(error) && error.code === 'invalid') return false;
    throw error;
  }
}

function listDirectory(root: string, below = ''): string[] {
  return readdirSync(join(root, below)).flatMap((name) => {
    const at = below === '' ? name : `${below}/${name}`;
    const stat = lstatSync(join(root, at));
    if (stat.isSymbolicLink()) return [`${at} -> ${readlinkSync(join(root, at))}`];
    const mode = (stat.mode & 0o7777).toString(8);
    if (stat.isDirectory()) return [`${at}/ ${mode}`, ...listDirectory(root, at)];
    return [`${at} ${mode} ${readFileSync(join(root, at)).toString('base64')}`];
  });
}

function listVolume(volume: Volume): string[] {
  const below = 'home/pyodide/';
  return volume
    .entries()
    .map((entry) => ({ ...entry, at: volume.pathOf(entry.inode) }))
    .filter(({ at }) => at.startsWith(below))
    .map(({ at, kind, mode, inode, target }) => {
      const name = at.slice(below.length);
      if (kind === 'symlink') return `${name} -> ${target}`;
      if (kind === 'directory') return `${name}/ ${mode.toString(8)}`;
      return `${name} ${mode.toString(8)} ${Buffer.from(volume.read(inode)).toString('base64')}`;
    });
}

/** What only the system does: follow a symbolic link on the way, or to change what it leads to. */
const followsLink = (next: Change, root: string): boolean => {
  const through = (of: string) =>
    of
      .split('/')
      .slice(0, -1)
      .some((_, index, names) => look(join(root, ...names.slice(0, index + 1)))?.isSymbolicLink());
  const leads = (next.type === 'mode' || next.type === 'time') && look(join(root, next.path))?.isSymbolicLink() === true;
  return leads || through(next.path) || (next.type === 'rename' && through(next.to));
};

it('a volume does what a real directory does', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 50, size: 'max' }), async (steps) => {
      const base = join(folder, String(runs++));
      const root = join(base, 'real');
      mkdirSync(root, { recursive: true });
      const store = openNodeStore(join(base, 'volume'));
      let volume = await Volume.open(store, OPTIONS);
      const kept: { id: number; copy: string }[] = [];
      for (const next of steps) {
        await volume.replenish();
        if (typeof next === 'object') {
          if (followsLink(next, root)) continue;
          expect(inVolume(volume, next), JSON.stringify(next)).toBe(inDirectory(root, next));
        } else if (next === 'remount') {
          volume.close();
          volume = await Volume.open(store, OPTIONS);
          expect(volume.damage).toBeNull();
        } else if (next === 'snapshot') {
          const copy = join(base, `kept-${kept.length}`);
          cpSync(root, copy, { recursive: true, verbatimSymlinks: true });
          kept.push({ id: volume.createSnapshot('kept').id, copy });
        } else if (next === 'restore') {
          const [first] = kept;
          if (!first) continue;
          volume.restoreSnapshot(first.id);
          rmSync(root, { recursive: true });
          cpSync(first.copy, root, { recursive: true, verbatimSymlinks: true });
        } else if (next === 'clean') {
          while (volume.clean(4000));
        } else {
          volume.checkpoint();
        }
      }
      expect(listVolume(volume).sort()).toEqual(listDirectory(root).sort());
      expect(volume.check().findings).toEqual([]);
      volume.close();
      volume = await Volume.open(store, OPTIONS);
      expect(listVolume(volume).sort()).toEqual(listDirectory(root).sort());
      volume.close();
      rmSync(base, { recursive: true });
    }),
    { numRuns: 60, ...(SEED !== undefined && { seed: SEED }) },
  );
}, 120_000);
