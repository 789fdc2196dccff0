/** Stores of earlier versions, as pages left them, are taken over whole. */
import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { Volume } from '../../../src/volume';
import { decodeSuperblock, SLOT_SIZE, SUPER_FILE } from '../../../src/volume/format';
import { FaultyStore } from '../../fixtures/faulty-store';
import { Unflushed } from '../../fixtures/unflushed';
import { observe } from './observed';

const FIXTURES = 'test/fixtures/stores';
const LOG = 'log-00000001';
const log = new Uint8Array(readFileSync(`${FIXTURES}/version-1/${LOG}`));
const expected = readFileSync(`${FIXTURES}/version-1.txt`, 'utf8');

it('a log of version 1 becomes a volume with everything that it held, and goes', async () => {
  const store = new FaultyStore({}, [[LOG, log]]);
  const volume = await Volume.open(store);
  expect(observe(volume)).toBe(expected);
  expect(volume.damage).toBeNull();
  expect(volume.nextInode).toBe(2 ** 20 + 6);
  expect(await store.list()).not.toContain(LOG);
  volume.close();
  const again = await Volume.open(store.crash('flushed only'));
  expect(observe(again)).toBe(expected);
  expect(again.check().findings).toEqual([]);
});

it('power that goes at any step leaves the log or the volume', async () => {
  const undisturbed = new FaultyStore({}, [[LOG, log]]);
  (await Volume.open(undisturbed)).close();
  for (let stopAt = 1; stopAt <= undisturbed.steps.length; stopAt++) {
    const store = new FaultyStore({ stopAt }, [[LOG, log]]);
    await Volume.open(store).catch(() => null);
    for (const survival of ['everything', 'flushed only', (size: number) => size >> 1] as const) {
      const volume = await Volume.open(store.crash(survival));
      expect(observe(volume), `step ${stopAt}`).toBe(expected);
      expect(volume.damage, `step ${stopAt}`).toBeNull();
      volume.close();
    }
  }
});

it('a page killed at any step leaves a log that goes only when what was made of it is on stable storage', async () => {
  const undisturbed = new FaultyStore({}, [[LOG, log]]);
  (await Volume.open(undisturbed)).close();
  for (let stopAt = 1; stopAt <= undisturbed.steps.length; stopAt++) {
    const unflushed = new Unflushed(new Map([[LOG, log]]));
    const taking = { onChange: unflushed.take.bind(unflushed) };
    await Volume.open(new FaultyStore({ ...taking, stopAt }, [[LOG, log]])).catch(() => null);
    const killed = unflushed.image(unflushed.pending.map(() => 'whole'));
    (await Volume.open(new FaultyStore(taking, killed))).close();
    const left = unflushed.image(unflushed.pending.map(({ kind }) => (kind === 'remove' ? 'whole' : 'lost')));
    const volume = await Volume.open(new FaultyStore({}, left));
    expect(volume.damage, `step ${stopAt}`).toBeNull();
    expect(observe(volume), `step ${stopAt}`).toBe(expected);
  }
});

it('a damaged log is read as far as it is sound, said to be damaged, and kept', async () => {
  const spoilt = log.slice();
  spoilt[400] = (spoilt[400] as number) ^ 1;
  const store = new FaultyStore({}, [[LOG, spoilt]]);
  for (let opening = 0; opening < 2; opening++) {
    const volume = await Volume.open(store);
    expect(volume.damage).toMatch(/damaged/);
    expect(volume.readOnly).toBe(true);
    expect(volume.lookup('home/pyodide')).not.toBeNull();
    expect(await store.list()).toContain(LOG);
    volume.close();
  }
});

/** The versions of the sound superblocks. */
function versionsIn(store: FaultyStore): number[] {
  const bytes = store.contents().get(SUPER_FILE) as Uint8Array;
  return [0, SLOT_SIZE].map((at) => decodeSuperblock(bytes.subarray(at, at + SLOT_SIZE))?.version ?? 0);
}

it('a volume of version 2 is read as it is, and becomes one of version 3 before anything is written that version 2 does not know', async () => {
  const folder = `${FIXTURES}/version-2`;
  const store = new FaultyStore(
    {},
    readdirSync(folder).map((name) => [name, new Uint8Array(readFileSync(`${folder}/${name}`))]),
  );
  const volume = await Volume.open(store);
  const snapshots = volume.snapshots.map(({ id, name }) => `${name}\n${observe(volume.openSnapshot(id))}`);
  expect([volume.undoable, observe(volume), ...snapshots].join('\n')).toBe(readFileSync(`${FIXTURES}/version-2.txt`, 'utf8'));
  expect(volume.damage).toBeNull();
  expect(Math.max(...versionsIn(store))).toBe(2);
  volume.labelSnapshot(volume.snapshots[0]?.id as number, 'another name');
  expect(Math.max(...versionsIn(store))).toBe(3);
  volume.flush();
  volume.close();
  const again = await Volume.open(store.crash('flushed only'));
  expect(again.snapshots[0]?.name).toBe('another name');
  expect(again.check().findings).toEqual([]);
});
