/** Which checkpoints have had their time. */
import { expect, test } from 'vitest';
import { type Aged, outgrown } from '../../../src/keeper/retention';

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

test('what is named or needed stays', () => {
  const checkpoints = aged(Array.from({ length: 200 }, (_, index) => 40 * DAY + index));
  for (const checkpoint of checkpoints.slice(0, 10)) checkpoint.fixed = true;
  expect(left(checkpoints).slice(0, 10)).toEqual(checkpoints.slice(0, 10));
  expect(left(checkpoints).length).toBeLessThan(70);
});
