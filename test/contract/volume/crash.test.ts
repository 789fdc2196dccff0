/** The power goes at every single step of a session's life, and what may be left is opened again. */
import { describe, expect, it } from 'vitest';
import { NoSpaceError, StorageError } from '../../../src/base/errors';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { Volume } from '../../../src/volume';
import { FaultyStore, type FaultyStoreOptions, type Survival } from '../../fixtures/faulty-store';
import { SCENARIO } from './cases';
import { AFTERWARDS, SESSION } from './lives';
import { observe, stateOf } from './observed';

const { options: OPTIONS, actions: LIFE } = SESSION;
const FIRST = INODE.firstFree;

interface Outcome {
  /** The state after opening, then after each action that returned. */
  states: string[];
  /** The index of the last state that was promised to be kept. */
  floor: number;
  error: unknown;
  volume: Volume | null;
}

async function live(store: FaultyStore): Promise<Outcome> {
  const outcome: Outcome = { states: [], floor: -1, error: null, volume: null };
  try {
    const volume = await Volume.open(store, OPTIONS);
    outcome.volume = volume;
    outcome.states.push(stateOf(volume));
    outcome.floor = 0;
    for (const action of LIFE) {
      const result = await action.run(volume);
      outcome.states.push(stateOf(volume));
      if (action.durable && result !== false) outcome.floor = outcome.states.length - 1;
    }
  } catch (error) {
    outcome.error = error;
  }
  return outcome;
}

/** Every state of a life that nothing disturbs. */
async function undisturbed(): Promise<{ states: string[]; steps: number }> {
  const store = new FaultyStore();
  const { states, error } = await live(store);
  expect(error).toBeNull();
  return { states, steps: store.steps.length };
}

/** What a power loss may leave: of each change all, nothing or a part. Seeded (mulberry32), so that a failure can be repeated. */
function torn(seed: number): Survival {
  let state = seed;
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return (size) => {
    const kind = random();
    return kind < 0.4 ? size : kind < 0.7 ? 0 : Math.floor(random() * size);
  };
}

/** Opens what is left and holds it against what was promised, then goes on with it. */
async function survives(store: FaultyStore, allowed: string[], told: string): Promise<void> {
  const volume = await Volume.open(store, OPTIONS);
  expect(volume.damage, told).toBeNull();
  expect(allowed, told).toContain(stateOf(volume));
  expect(volume.check().findings, told).toEqual([]);
  volume.apply({ ...AFTERWARDS, inode: volume.nextInode } as FileOperation);
  volume.flush();
  const later = stateOf(volume);
  const again = await Volume.open(store.crash('flushed only'), OPTIONS);
  expect(stateOf(again), told).toBe(later);
  expect(again.cut, told).toBe(0);
}

describe('a volume whose power goes', () => {
  it('keeps a prefix with everything flushed, at whatever step it happens', async () => {
    const { states, steps } = await undisturbed();
    for (let stopAt = 1; stopAt <= steps; stopAt++) {
      const store = new FaultyStore({ stopAt });
      const { states: seen, floor } = await live(store);
      const accepted = seen.length - 1;
      // The action that was under way may have happened.
      const possible = (from: number) => states.slice(Math.max(0, from), accepted + 2);
      await survives(store.crash('everything'), possible(accepted), `process killed at step ${stopAt}`);
      await survives(store.crash('flushed only'), possible(floor), `nothing unflushed left at step ${stopAt}`);
      for (let seed = 0; seed < 4; seed++) {
        const told = `torn at step ${stopAt}, seed ${seed}`;
        await survives(store.crash(torn(1000 * stopAt + seed)), possible(floor), told);
        // And again in the middle of the opening that follows.
        for (let second = 1; second <= 2; second++) {
          const half = store.crash(torn(1000 * stopAt + seed), { stopAt: second });
          await Volume.open(half, OPTIONS).catch(() => null);
          await survives(half.crash(torn(seed)), possible(floor), `${told}, then at step ${second}`);
        }
      }
    }
  });
});

describe('what is on stable storage', () => {
  it('a checkpoint leads nowhere else, also where the note behind it would go into another segment', async () => {
    for (let length = 0; length < 4096; length += 8) {
      const store = new FaultyStore();
      const volume = await Volume.open(store, { ...OPTIONS, slack: 0, replay: 1e6 });
      volume.apply(SCENARIO[0] as FileOperation);
      volume.apply({ type: 'write', inode: FIRST, offset: 0, data: new Uint8Array(length).fill(1), time: 1 });
      volume.checkpoint();
      await survives(store.crash('flushed only'), [stateOf(volume)], `${length} bytes`);
    }
  });

  it('flushing reaches what was written before the page was opened again, in every segment', async () => {
    for (let count = 1; count <= 20; count++) {
      const store = new FaultyStore();
      const before = await Volume.open(store, { ...OPTIONS, slack: 0, replay: 1e6 });
      before.apply(SCENARIO[0] as FileOperation);
      for (let written = 0; written < count; written++) {
        before.apply({ type: 'write', inode: FIRST, offset: 600 * written, data: new Uint8Array(600).fill(1), time: 1 });
      }
      const kept = stateOf(before);
      before.close();
      const volume = await Volume.open(store, { ...OPTIONS, replay: 1e6 });
      volume.flush();
      await survives(store.crash('flushed only'), [kept], `${count} writes`);
    }
  });
});

describe('a store that fails once', () => {
  const errors: [string, () => Error, 'half' | 'whole'][] = [
    ['with no room', () => new NoSpaceError('The quota is used up.'), 'half'],
    ['although the write arrives', () => new NoSpaceError('The quota is used up.'), 'whole'],
    ['for good', () => new StorageError('The disk is broken.'), 'half'],
  ];
  it.each(errors)(
    '%s leaves a sound volume or one that is read-only until it is opened again, at whatever step',
    async (_, makeError, failingWrites) => {
      const { states, steps } = await undisturbed();
      for (let failing = 1; failing <= steps; failing++) {
        const options: FaultyStoreOptions = { failingWrites, fail: (step) => (step.index === failing ? makeError() : null) };
        const store = new FaultyStore(options);
        const { states: seen, floor, volume, error } = await live(store);
        const step = store.steps[failing - 1];
        const told = `failed at step ${failing}, ${step?.kind} of ${step?.name}`;
        const accepted = seen.length - 1;
        if (volume && error && !volume.readOnly) {
          expect(stateOf(volume), told).toBe(seen[accepted]);
          volume.flush();
          await survives(store.crash('flushed only'), [seen[accepted] as string], told);
        } else if (error) {
          if (volume) expect(() => volume.apply(AFTERWARDS), told).toThrow(StorageError);
          const possible = states.slice(Math.max(0, floor), accepted + 2);
          await survives(store.crash('flushed only'), possible, told);
          await survives(store.crash('everything'), possible, told);
        } else {
          // Tidying up or compacting failed, which nobody has to know.
          expect(seen, told).toEqual(states);
          await survives(store.crash('everything'), seen.slice(-1), told);
        }
      }
    },
  );

  it('takes no change after a failed flush, and opens with what was flushed before', async () => {
    let failNow = false;
    const store = new FaultyStore({ fail: (step) => (failNow && step.kind === 'flush' ? new StorageError('The disk is broken.') : null) });
    const volume = await Volume.open(store, OPTIONS);
    volume.apply(SCENARIO[0] as FileOperation);
    volume.flush();
    const kept = stateOf(volume);
    volume.apply(SCENARIO[1] as FileOperation);
    failNow = true;
    expect(() => volume.flush()).toThrow(StorageError);
    failNow = false;
    expect(volume.readOnly).toBe(true);
    expect(() => volume.apply(SCENARIO[2] as FileOperation)).toThrow(StorageError);
    expect(() => volume.flush()).toThrow(StorageError);
    await expect(volume.replace('clear', [])).rejects.toThrow(StorageError);
    expect(stateOf(await Volume.open(store.crash('flushed only'), OPTIONS))).toBe(kept);
  });
});

describe('a quota that is used up in the middle', () => {
  it('refuses what needs room, lets deleting and the history go on, and opens again', async () => {
    const store = new FaultyStore({ quota: 150_000 });
    const options = { ...OPTIONS, slack: 40_000, segmentSize: 16_384, leastGarbage: 1e9 };
    const volume = await Volume.open(store, options);
    const hidden = FIRST + 50;
    volume.apply({ type: 'make', inode: FIRST, parent: INODE.home, name: 'large', kind: 'file', mode: 0o644, time: 1 });
    volume.apply({ type: 'make', inode: hidden, parent: INODE.hidden, name: 'history', kind: 'file', mode: 0o644, time: 1 });
    const chunk = (offset: number): FileOperation => ({ type: 'write', inode: FIRST, offset, data: new Uint8Array(1000).fill(1), time: 1 });
    expect(() => {
      for (let offset = 0; offset < 60_000; offset += 1000) volume.apply(chunk(offset));
    }).toThrow(NoSpaceError);
    const full = observe(volume);
    expect(volume.lookup('home/pyodide/large')?.size).toBeGreaterThan(10_000);
    expect(volume.readOnly).toBe(false);
    expect(volume.reserve(10_000)).toBeLessThan(1200);
    expect(() => volume.apply(chunk(60_000))).toThrow(NoSpaceError);
    expect(observe(volume)).toBe(full);
    volume.apply({ type: 'write', inode: hidden, offset: 0, data: new Uint8Array(1100).fill(2), time: 3 });
    volume.apply({ type: 'truncate', inode: FIRST, size: 10, time: 4 });
    volume.apply({ type: 'unlink', parent: INODE.home, name: 'large', time: 5 });
    volume.flush();
    const freed = observe(volume);
    volume.close();
    const again = await Volume.open(store, options);
    expect(observe(again)).toBe(freed);
    await again.replace('clear', []);
    expect(again.lookup('.dormouse/history')).toBeNull();
    await again.undoReplace();
    expect(observe(again)).toBe(freed);
    again.close();
    // Compacting needs little room now, and gives the rest back, but for what is held for deleting.
    const compacted = await Volume.open(store, { ...options, leastGarbage: 1000 });
    expect(observe(compacted)).toBe(freed);
    expect(compacted.reserve(8000)).toBeGreaterThanOrEqual(8000);
  });
});
