/** A store on another's files: it reads them as they were, takes writes, and never changes anything there. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { openSnapshotStore } from '../../../src/volume/snapshot-store';
import { Volume } from '../../../src/volume/volume';
import { readNow, SharedFolder } from '../../fixtures/session-folders';

const LONG_AGO = 1_000_000;

async function folderWith(files: Record<string, Uint8Array>): Promise<SharedFolder> {
  const folder = new SharedFolder();
  folder.now = () => LONG_AGO;
  for (const [name, bytes] of Object.entries(files)) (await folder.open(name)).write(bytes, 0);
  return folder;
}

test('an owned volume is opened with everything that it had; nothing is written there', async () => {
  const folder = new SharedFolder();
  const owner = await Volume.open(folder);
  owner.apply({ type: 'make', inode: owner.nextInode, parent: INODE.home, name: 'a.txt', kind: 'file', mode: 0o644, time: 1 });
  const before = folder.checksums();
  const look = await Volume.open(await openSnapshotStore(folder, { readNow }));
  expect(look.lookup('home/pyodide/a.txt')).not.toBeNull();
  look.apply({ type: 'make', inode: look.nextInode, parent: INODE.home, name: 'b.txt', kind: 'file', mode: 0o644, time: 1 });
  look.flush();
  await look.replace('clear', []);
  expect(folder.checksums()).toEqual(before);
  owner.apply({ type: 'make', inode: owner.nextInode, parent: INODE.home, name: 'c.txt', kind: 'file', mode: 0o644, time: 1 });
  expect(owner.lookup('home/pyodide/b.txt')).toBeNull();
});

test('a file that was changed lately is copied, so its owner may go on; an older one says when it has changed', async () => {
  const folder = await folderWith({ old: new Uint8Array(10).fill(1), head: new Uint8Array(10).fill(2) });
  folder.now = () => Date.now();
  (await folder.open('head')).write(new Uint8Array(1).fill(3), 0);
  const store = await openSnapshotStore(folder, { readNow });
  (await folder.open('head')).write(new Uint8Array(10).fill(9), 0);
  const buffer = new Uint8Array(10);
  expect((await store.open('head')).read(buffer, 0)).toBe(10);
  expect([...buffer]).toEqual([3, 2, 2, 2, 2, 2, 2, 2, 2, 2]);
  expect((await store.open('old')).read(buffer, 0)).toBe(10);
  (await folder.open('old')).write(new Uint8Array(1), 0);
  const changed = await store.open('old');
  expect(() => changed.read(buffer, 0)).toThrow(/Look again/);
});

test('a write of nothing changes nothing, not even the size', async () => {
  const file = await (await openSnapshotStore(await folderWith({ a: new Uint8Array(0) }), { readNow })).open('a');
  file.write(new Uint8Array(0), 1);
  expect(file.size()).toBe(0);
});

test('reads, writes and truncations give what a file of its own would give', async () => {
  const offsets = fc.integer({ min: 0, max: 200_000 });
  const steps = fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('write' as const), offset: offsets, length: fc.integer({ min: 0, max: 100_000 }), value: fc.nat(255) }),
      fc.record({ type: fc.constant('truncate' as const), offset: offsets }),
      fc.record({ type: fc.constant('read' as const), offset: offsets, length: fc.integer({ min: 0, max: 150_000 }) }),
    ),
    { maxLength: 12 },
  );
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 150_000 }), steps, async (size, all) => {
      const origin = new Uint8Array(size).map((_, index) => index * 7);
      const plain = await openMemoryStore().open('file');
      plain.write(origin, 0);
      const file = await (await openSnapshotStore(await folderWith({ file: origin }), { readNow })).open('file');
      for (const step of [...all, { type: 'read' as const, offset: 0, length: 400_000 }]) {
        if (step.type === 'truncate') for (const each of [plain, file]) each.truncate(step.offset);
        else if (step.type === 'write')
          for (const each of [plain, file]) each.write(new Uint8Array(step.length).fill(step.value), step.offset);
        else {
          const [expected, got] = [plain, file].map((each) => {
            const buffer = new Uint8Array(step.length);
            return [each.read(buffer, step.offset), each.size(), Buffer.from(buffer).toString('base64')];
          });
          expect(got).toEqual(expected);
        }
      }
    }),
    { numRuns: 60 },
  );
});
