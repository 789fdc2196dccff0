/** Which checkpoints have had their time. */
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { type CheckpointNote, checkpointName, parseCheckpointName } from '../../../src/keeper/checkpoint-note';
import { type Aged, outgrown, Retention } from '../../../src/keeper/retention';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { Volume } from '../../../src/volume/volume';

const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
const NOW = 1_795_464_845_000;

/** Checkpoints of these ages, ms, the oldest first. */
function aged(ages: number[]): Aged[] {
  return ages.sort((a, b) => b - a).map((age, index) => ({ id: index + 1, time: NOW - age, fixed: false }));
}

/** What is left when time after time what has had its time goes. */
function left(checkpoints: Aged[], now = NOW): Aged[] {
  const gone = new Set(outgrown(checkpoints, now));
  return checkpoints.filter(({ id }) => !gone.has(id));
}

test('the newest fifty stay, however old they are and however close together', () => {
  const checkpoints = aged(Array.from({ length: 50 }, (_, index) => 400 * DAY + index));
  expect(outgrown(checkpoints, NOW)).toEqual([]);
});

test('of older ones one stays for each hour of a day, each day of a month, each week of a year, then for each thirty days', () => {
  // One a minute for three years, and fifty now.
  const checkpoints = aged([...Array.from({ length: 3 * 365 * 24 }, (_, hour) => hour * HOUR + 1), ...Array.from({ length: 50 }, () => 0)]);
  const kept = left(checkpoints).slice(0, -50);
  const between = (from: number, to: number) => kept.filter(({ time }) => NOW - time > from && NOW - time <= to).length;
  expect(between(0, DAY)).toBeGreaterThanOrEqual(23);
  expect(between(0, DAY)).toBeLessThanOrEqual(25);
  expect(between(DAY, 30 * DAY)).toBeGreaterThanOrEqual(28);
  expect(between(DAY, 30 * DAY)).toBeLessThanOrEqual(31);
  expect(between(30 * DAY, 365 * DAY)).toBeLessThanOrEqual(50);
  expect(between(30 * DAY, 365 * DAY)).toBeGreaterThanOrEqual(46);
  expect(between(365 * DAY, 1100 * DAY)).toBeLessThanOrEqual(27);
  expect(between(365 * DAY, 1100 * DAY)).toBeGreaterThanOrEqual(23);
  expect(outgrown(left(checkpoints), NOW)).toEqual([]);
});

test('a clock that jumps ahead or back for a while takes nothing away', () => {
  const checkpoints = aged([...Array.from({ length: 20 }, (_, hour) => (hour + 1) * HOUR), ...Array.from({ length: 50 }, () => 0)]);
  for (const jump of [-400 * DAY, -DAY, 40 * DAY, 4000 * DAY]) expect(outgrown(checkpoints, NOW + jump), `${jump} ms`).toEqual([]);
});

test('what is named or needed stays', () => {
  const checkpoints = aged(Array.from({ length: 200 }, (_, index) => 40 * DAY + index));
  for (const checkpoint of checkpoints.slice(0, 10)) checkpoint.fixed = true;
  expect(left(checkpoints).slice(0, 10)).toEqual(checkpoints.slice(0, 10));
  expect(left(checkpoints).length).toBeLessThan(70);
});

const NOTE: CheckpointNote = { run: 1, origin: 'run', name: null, time: NOW, image: false, baseline: null, disk: null, dropped: false };

test('what a checkpoint says of itself is read back, and what this version cannot know is left alone', () => {
  const notes: CheckpointNote[] = [
    NOTE,
    { ...NOTE, run: null, origin: 'before-undo', name: '“ä” {"version":2}', image: true, baseline: 'a'.repeat(64), disk: 7, dropped: true },
  ];
  for (const note of notes) expect(parseCheckpointName(checkpointName(note))).toEqual(note);
  for (const text of [
    '',
    'replaced by upload',
    'checkpoint ',
    'checkpoint {',
    'checkpoint null',
    'checkpoint []',
    'checkpoint {"version":2}',
  ]) {
    expect(parseCheckpointName(text)).toBeNull();
  }
  expect(parseCheckpointName(checkpointName({ ...NOTE, time: Number.NaN }))).toBeNull();
});

test('beyond the budget the oldest go, however young, but not what is named or needed; the figures are those of the files', async () => {
  const volume = await Volume.open(openMemoryStore());
  const inode = volume.nextInode;
  const size = 100_000;
  volume.apply({ type: 'make', inode, parent: INODE.home, name: 'a', kind: 'file', mode: 0o644, time: 1 });
  for (let index = 0; index < 30; index += 1) {
    volume.apply({ type: 'write', inode, offset: 0, data: new Uint8Array(size).fill(index), time: 1 });
    volume.createSnapshot(checkpointName({ ...NOTE, run: index, name: index === 3 ? 'named' : null }));
  }
  const ids = volume.snapshots.map(({ id }) => id);
  const retention = new Retention(volume, 10 * size);
  expect(retention.budget).toBe(10 * size);
  expect(retention.stored).toBe(29 * size);
  expect(retention.addedBytes(ids[4] as number, ids[5] as number)).toBe(size);
  while (retention.thin(NOW, null)) while (volume.clean(2 ** 20));
  expect(retention.stored).toBe(10 * size);
  const left = volume.snapshots.map(({ name }) => parseCheckpointName(name)?.run);
  expect(left).toEqual([3, ...Array.from({ length: 10 }, (_, index) => 20 + index)]);
  expect(volume.check().findings).toEqual([]);
  volume.close();
});
