import { describe, expect, test } from 'vitest';
import { formatBytes, formatDuration, formatPath, formatTime } from '../../../src/ui/format';

describe('formatBytes', () => {
  test.each([
    [0, '0 bytes'],
    [1, '1 byte'],
    [999, '999 bytes'],
    [1000, '1.0 kB'],
    [4_100_000, '4.1 MB'],
    [999_999, '1.0 MB'],
    [999_999_999, '1.0 GB'],
    [2e15, '2000.0 TB'],
  ])('%d is %s', (bytes, text) => expect(formatBytes(bytes)).toBe(text));
});

describe('formatDuration', () => {
  test.each([
    [-5, '0.0 s'],
    [1234, '1.2 s'],
    [59_949, '59.9 s'],
    [59_960, '1 min 0 s'],
    [125_000, '2 min 5 s'],
    [4_320_000, '1 h 12 min'],
  ])('%d ms is %s', (duration, text) => expect(formatDuration(duration)).toBe(text));
});

describe('formatTime', () => {
  const at = (year: number, month: number, day: number) => new Date(year, month - 1, day, 14, 3).getTime();
  const now = at(2026, 11, 23);
  test('today', () => expect(formatTime(at(2026, 11, 23), now)).toBe('14:03'));
  test('another day', () => expect(formatTime(at(2026, 11, 22), now)).toBe('22 Nov 14:03'));
  test('another year', () => expect(formatTime(at(2025, 11, 23), now)).toBe('23 Nov 2025 14:03'));
  test('hostile times do not throw', () => expect(formatTime(Number.MAX_VALUE, now)).toBe('?'));
});

describe('formatPath', () => {
  test.each([
    ['home/pyodide/data/a.csv', 'data/a.csv'],
    ['/home/pyodide/app.db', 'app.db'],
    ['tmp/x', '/tmp/x'],
    ['home/pyodide', '/home/pyodide'],
  ])('%s is %s', (path, text) => expect(formatPath(path)).toBe(text));
});
