import { expect, test } from 'vitest';
import type { Checkpoint, RunRecord } from '../../../src/session';
import { isCutOff, momentsOf, presentOf, undoOf } from '../../../src/ui/moments';

const checkpoint = (id: number, part: Partial<Checkpoint> = {}): Checkpoint => ({
  id,
  parent: null,
  time: 1000 * id,
  run: id,
  name: null,
  origin: 'run',
  image: true,
  size: 0,
  present: false,
  ...part,
});
const record = (run: number, part: Partial<RunRecord> = {}): RunRecord => ({
  run,
  started: 1000 * run - 500,
  ended: 1000 * run,
  status: 'finished',
  firstLine: `print(${run})`,
  ...part,
});

test('moments come newest first, each with its run', () => {
  const moments = momentsOf([checkpoint(1), checkpoint(2)], [record(1), record(2)]);
  expect(moments.map(({ checkpoint, run }) => [checkpoint.id, run?.firstLine])).toEqual([
    [2, 'print(2)'],
    [1, 'print(1)'],
  ]);
});

test('a moment without a run, or whose run is no longer in the history, stands alone', () => {
  const moments = momentsOf([checkpoint(1), checkpoint(2, { run: null, origin: 'hand' })], []);
  expect(moments.map(({ run }) => run)).toEqual([null, null]);
});

test('a run that got the number of an undone one is not taken for it', () => {
  const again = record(2, { started: 9000, ended: 9500, firstLine: 'print("again")' });
  const moments = momentsOf([checkpoint(2), checkpoint(3, { run: 2, time: 9600 })], [record(1), again]);
  expect(moments.map(({ run }) => run?.firstLine ?? null)).toEqual(['print("again")', null]);
});

test('the present is the one that the session continues', () => {
  const list = { checkpoints: [checkpoint(1), checkpoint(2, { present: true }), checkpoint(3)], undo: 1, stored: 0, budget: 1 };
  expect(presentOf(list)?.id).toBe(2);
  expect(presentOf(null)).toBeNull();
});

test.each([
  ['before the first run', [], null, 'nothing'],
  ['at the beginning', [checkpoint(1, { run: null, present: true })], null, 'nothing'],
  ['when nothing before the run is kept', [checkpoint(2, { present: true })], null, 'gone'],
  ['after a run', [checkpoint(1), checkpoint(2, { parent: 1, present: true })], 1, 'possible'],
] as const)('%s', (_, checkpoints, target, undo) => {
  expect(undoOf({ checkpoints: [...checkpoints], undo: target, stored: 0, budget: 1 })).toBe(undo);
});

test.each([
  ['finished', false],
  ['failed', false],
  ['interrupted', false],
  ['stopped', true],
  ['crashed', true],
  ['unfinished', true],
] as const)('after a run that is %s, cut off is %s', (status, cut) => {
  expect(isCutOff([record(1), record(2, { status })])).toBe(cut);
});
