/** Every byte of a small session's files is spoilt in turn: nothing may ever be missing without being said. */
import { describe, expect, it } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { Volume } from '../../../src/volume';
import { SUPER_FILE } from '../../../src/volume/format';
import { fsck } from '../../../src/volume/fsck';
import { FaultyStore } from '../../fixtures/faulty-store';
import { SCENARIO } from './cases';
import { observe } from './observed';

const OPTIONS = { slack: 8000, segmentSize: 4096, now: () => 5000 };
const UPLOAD: FileOperation[] = [
  { type: 'make', inode: INODE.firstFree, parent: INODE.home, name: 'uploaded', kind: 'file', mode: 0o644, time: 1 },
];

/** A session with a snapshot, a checkpoint and an upload that can be undone, everything flushed, then a little more. */
async function session() {
  const store = new FaultyStore();
  const volume = await Volume.open(store, OPTIONS);
  for (const operation of SCENARIO) volume.apply(operation);
  volume.createSnapshot('kept');
  const before = observe(volume);
  volume.checkpoint();
  await volume.replace('upload', UPLOAD);
  volume.apply({ type: 'write', inode: INODE.firstFree, offset: 0, data: new Uint8Array(50).fill(7), time: 2 });
  volume.checkpoint();
  volume.apply({ type: 'unlink', parent: INODE.home, name: 'uploaded', time: 3 });
  volume.flush();
  const after = observe(volume);
  volume.close();
  return { files: store.contents(), before, after };
}

/** Every byte up to the last that is not zero, and one of the room behind. */
function* spoilt(files: Map<string, Uint8Array>, wanted: (name: string) => boolean = () => true) {
  for (const [name, bytes] of files) {
    if (!wanted(name)) continue;
    const end = Math.min(bytes.length, bytes.findLastIndex((byte) => byte !== 0) + 2);
    for (let offset = 0; offset < end; offset++) {
      const changed = bytes.slice();
      changed[offset] = (changed[offset] as number) ^ (1 << (offset % 8));
      yield { told: `byte ${offset} of ${name}`, store: new FaultyStore({}, new Map(files).set(name, changed)) };
    }
  }
}

/** What can be seen, or 'damaged' where reading says so. */
function seen(look: () => string): string {
  try {
    return look();
  } catch (error) {
    if (isDormouseError(error) && error.code === 'damaged') return 'damaged';
    throw error;
  }
}

describe('a single wrong byte', () => {
  it('is reported, with the files untouched, or harms nothing: in the present, in a snapshot, in what can be brought back', async () => {
    const { files, before, after } = await session();
    const count = { reported: 0, unreadable: 0, harmless: 0 };
    for (const { told, store } of spoilt(files)) {
      const volume = await Volume.open(store, OPTIONS);
      if (volume.damage !== null) expect(store.steps, told).toEqual([]);
      const present = seen(() => observe(volume));
      if (volume.damage !== null) {
        count.reported++;
        expect(volume.readOnly, told).toBe(true);
        volume.close();
        continue;
      }
      expect(volume.undoable, told).toBe('upload');
      const [kept] = volume.snapshots;
      const looks = [present, seen(() => observe(volume.openSnapshot(kept?.id ?? 0)))];
      expect([after, 'damaged'], told).toContain(looks[0]);
      expect([before, 'damaged'], told).toContain(looks[1]);
      if (looks.includes('damaged')) count.unreadable++;
      else count.harmless++;
      volume.close();
    }
    expect(count.reported).toBeGreaterThan(50);
    expect(count.unreadable).toBeGreaterThan(50);
    expect(count.harmless).toBeGreaterThan(500);
  });

  it('in what is in use is found by fsck', async () => {
    const { files } = await session();
    const clean = await fsck(new FaultyStore({}, files));
    expect(clean).toMatchObject({ findings: [], counted: { snapshots: 2 } });
    let found = 0;
    for (const { store } of spoilt(files, (name) => name !== SUPER_FILE)) {
      if ((await fsck(store))?.findings.length !== 0) found++;
    }
    expect(found).toBeGreaterThan(500);
  });
});

it('a wrong byte in what was written takes nothing with it that came before or after', async () => {
  const store = new FaultyStore();
  const volume = await Volume.open(store, OPTIONS);
  const names = ['a', 'b', 'c'];
  const contentOf = (name: string) => new TextEncoder().encode(`content of ${name}`);
  for (const [index, name] of names.entries()) {
    const inode = INODE.firstFree + index;
    volume.apply({ type: 'make', inode, parent: INODE.home, name, kind: 'file', mode: 0o644, time: 1 });
    volume.apply({ type: 'write', inode, offset: 0, data: contentOf(name), time: 1 });
  }
  volume.flush();
  volume.close();
  const files = store.contents();
  for (const [name, bytes] of files) {
    const at = Buffer.from(bytes).indexOf('content of b');
    if (at < 0) continue;
    for (let offset = at; offset < at + 12; offset++) {
      const changed = bytes.slice();
      changed[offset] = (changed[offset] as number) ^ 1;
      const spoilt = new FaultyStore({}, new Map(files).set(name, changed));
      const left = await Volume.open(spoilt, OPTIONS);
      expect(left.damage).toContain('of 12 bytes that were written some are not what they were');
      expect(left.readOnly).toBe(true);
      const read = (index: number) => seen(() => new TextDecoder().decode(left.read(INODE.firstFree + index)));
      expect([0, 1, 2].map(read)).toEqual(['content of a', 'damaged', 'content of c']);
      expect(spoilt.steps).toEqual([]);
      left.close();
    }
  }
  expect.assertions(12 * 4);
});

describe('a volume that ends early', () => {
  it('at any length of any of its files is opened with what it holds or as damaged, never as new', async () => {
    const store = new FaultyStore();
    const volume = await Volume.open(store, OPTIONS);
    const states = new Set([observe(volume)]);
    for (const operation of SCENARIO) {
      volume.apply(operation);
      states.add(observe(volume));
    }
    volume.flush();
    volume.close();
    for (const [name, bytes] of store.contents()) {
      for (let size = 0; size < bytes.length; size += 3) {
        const left = await Volume.open(new FaultyStore({}, new Map(store.contents()).set(name, bytes.slice(0, size))), OPTIONS);
        // As a power loss would leave it: what was never written cannot be missed.
        expect(states, `${size} bytes of ${name} left`).toContain(observe(left));
        left.close();
      }
    }
  });
});
