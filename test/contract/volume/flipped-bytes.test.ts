/** Every byte of a small session's files is spoilt in turn: nothing may ever be missing without being said. */
import { describe, expect, it } from 'vitest';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { Volume } from '../../../src/volume';
import { FaultyStore } from '../../fixtures/faulty-store';
import { SCENARIO } from './cases';
import { observe } from './observed';

const OPTIONS = { slack: 200, now: () => 5000 };
const UPLOAD: FileOperation[] = [
  { type: 'make', inode: INODE.firstFree, parent: INODE.home, name: 'uploaded', kind: 'file', mode: 0o644, time: 1 },
];
const CURRENT = 'log-00000002';
const REPLACED = 'log-00000001';

/** A session with an upload that can be undone, everything flushed. */
async function session() {
  const store = new FaultyStore();
  const volume = await Volume.open(store, OPTIONS);
  for (const operation of SCENARIO) volume.apply(operation);
  const before = observe(volume);
  await volume.replace('upload', UPLOAD);
  volume.apply({ type: 'write', inode: INODE.firstFree, offset: 0, data: new Uint8Array(50).fill(7), time: 2 });
  volume.flush();
  volume.apply({ type: 'unlink', parent: INODE.home, name: 'uploaded', time: 3 });
  volume.flush();
  const after = observe(volume);
  volume.close();
  return { files: store.contents(), before, after };
}

function* spoilt(files: Map<string, Uint8Array>, name: string) {
  const bytes = files.get(name) as Uint8Array;
  for (let offset = 0; offset < bytes.length; offset++) {
    const changed = bytes.slice();
    changed[offset] = (changed[offset] as number) ^ (1 << (offset % 8));
    yield { told: `byte ${offset} of ${name}`, store: new FaultyStore({}, new Map(files).set(name, changed)) };
  }
}

describe('a single wrong byte', () => {
  it('in the log is reported, with the files untouched, or harms nothing', async () => {
    const { files, after } = await session();
    let reported = 0;
    for (const { told, store } of spoilt(files, CURRENT)) {
      const volume = await Volume.open(store, OPTIONS);
      if (volume.damage === null) {
        expect(observe(volume), told).toBe(after);
        expect(volume.undoable, told).toBe('upload');
      } else {
        reported++;
        expect(volume.readOnly, told).toBe(true);
        expect(volume.damage, told).toMatch(/\d+ bytes from byte \d+ of log-00000002/);
        expect(store.steps, told).toEqual([]);
      }
      volume.close();
    }
    expect(reported).toBeGreaterThan(500);
  });

  it('in what was replaced does no harm to what is there, and is reported when that is brought back', async () => {
    const { files, before, after } = await session();
    for (const { told, store } of spoilt(files, REPLACED)) {
      const volume = await Volume.open(store, OPTIONS);
      expect(volume.damage, told).toBeNull();
      expect(observe(volume), told).toBe(after);
      await volume.undoReplace();
      if (volume.damage === null) expect(observe(volume), told).toBe(before);
      volume.close();
    }
  });
});

describe('a log that ends early', () => {
  it('at any length that does not hold all that was flushed is opened with what it holds or as damaged, never as new', async () => {
    const { files } = await session();
    const bytes = files.get(REPLACED) as Uint8Array;
    const states = new Set<string>();
    const volume = await Volume.open(new FaultyStore(), OPTIONS);
    states.add(observe(volume));
    for (const operation of SCENARIO) {
      volume.apply(operation);
      states.add(observe(volume));
    }
    for (let size = 200; size < bytes.length; size++) {
      const left = await Volume.open(new FaultyStore({}, new Map([[REPLACED, bytes.slice(0, size)]])), OPTIONS);
      expect(states, `${size} bytes left`).toContain(observe(left));
      left.close();
    }
  });
});
