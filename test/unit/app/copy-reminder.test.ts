/** When the page reminds of a copy: late, seldom, and only where something would be lost. */
import { expect, test } from 'vitest';
import { dueCopy } from '../../../src/app/copy-reminder';
import type { RunRecord } from '../../../src/session';

const DAY = 24 * 3600_000;
const START = 1_795_464_845_000;

/** Runs at these days after the start. */
const runs = (...days: number[]): RunRecord[] =>
  days.map((day, index) => ({ run: index + 1, started: START + day * DAY, ended: null, status: 'finished', firstLine: '' }));

const at = (day: number, history: RunRecord[], copies: { made?: number; reminded?: number } = {}) =>
  dueCopy(
    {
      history,
      copies: {
        made: copies.made === undefined ? null : START + copies.made * DAY,
        reminded: copies.reminded === undefined ? null : START + copies.reminded * DAY,
      },
    },
    START + day * DAY,
  );

test('a session that was never copied is due after a week of use', () => {
  expect(at(0, [])).toBeNull();
  expect(at(6.9, runs(0, 1, 2, 3, 4))).toBeNull();
  expect(at(7, runs(0, 1, 2, 3))).toBeNull();
  expect(at(7, runs(0, 1, 2, 3, 4))).toEqual({ runs: 5, days: null });
});

test('a copy is good until a week and some runs later', () => {
  const history = runs(0, 1, 2, 3, 4, 9, 10, 11, 12, 13);
  expect(at(14, history, { made: 8 })).toBeNull();
  expect(at(15.5, history, { made: 8 })).toEqual({ runs: 5, days: 7 });
  expect(at(400, history, { made: 12 })).toBeNull();
});

test('a reminder that was sent away stays away for 30 days', () => {
  const history = runs(0, 1, 2, 3, 4);
  expect(at(37.9, history, { reminded: 8 })).toBeNull();
  expect(at(38, history, { reminded: 8 })).toEqual({ runs: 5, days: null });
});
