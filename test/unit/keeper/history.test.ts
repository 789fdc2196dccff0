import fc from 'fast-check';
import { expect, test } from 'vitest';
import { History, MAX_RUNS } from '../../../src/keeper/history';

const text = (lines: Uint8Array[]) => lines.map((line) => new TextDecoder().decode(line)).join('');
const bytes = (content: string) => new TextEncoder().encode(content);

/** Plays runs and returns the history with the file that it would have. */
function play(statuses: ('finished' | 'failed' | null)[]): { history: History; file: string } {
  const history = History.parse(new Uint8Array());
  let file = '';
  const add = (line: Uint8Array) => {
    history.enter(line);
    file += text([line]);
  };
  statuses.forEach((status, index) => {
    add(history.beginLine(`print(${index})`, 1000 + index));
    if (status) add(history.endLine(history.runs, status, 2000 + index));
  });
  return { history, file };
}

test('what was entered is what the file says; a run without an end is unfinished', () => {
  const { file } = play(['finished', 'failed', null]);
  const read = History.parse(bytes(file));
  expect(read.runs).toBe(3);
  expect(read.brokenLines).toBe(0);
  expect(read.records).toEqual([
    { run: 1, started: 1000, ended: 2000, status: 'finished', firstLine: 'print(0)' },
    { run: 2, started: 1001, ended: 2001, status: 'failed', firstLine: 'print(1)' },
    { run: 3, started: 1002, ended: null, status: 'unfinished', firstLine: 'print(2)' },
  ]);
});

test('broken lines are left out and counted, the others are read', () => {
  const { file } = play(['finished', 'finished']);
  const broken = [
    '{"run":',
    '[]',
    'null',
    '{"run":-1,"event":"begin","at":1,"firstLine":""}',
    '{"run":7,"event":"begin","at":"now","firstLine":""}',
    '{"run":1,"event":"end","at":1,"status":"__proto__"}',
  ];
  const read = History.parse(bytes(`${broken.join('\n')}\n${file}\n\n`));
  expect(read.brokenLines).toBe(broken.length);
  expect(read.records.map(({ run, status }) => [run, status])).toEqual([
    [1, 'finished'],
    [2, 'finished'],
  ]);
});

test('any bytes can be read, and the counter never goes back', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(20), (noise, runs) => {
      const { file } = play(Array.from({ length: runs }, () => 'finished' as const));
      const read = History.parse(new Uint8Array([...bytes(file), ...noise]));
      expect(read.runs).toBeGreaterThanOrEqual(Math.max(0, runs));
    }),
  );
});

test('the last 1,000 runs are kept, written anew the file is short and keeps the counter', () => {
  const { history, file } = play(Array.from({ length: 2500 }, () => 'finished' as const));
  expect(history.records).toHaveLength(MAX_RUNS);
  expect(history.records[0]?.run).toBe(1501);
  expect(history.overgrown).toBe(true);
  const rewritten = history.serialize();
  history.replaced(rewritten);
  expect(history.overgrown).toBe(false);
  expect(rewritten.length).toBeLessThan(file.length);
  const read = History.parse(rewritten);
  expect(read.runs).toBe(2500);
  expect(read.records).toEqual(history.records);
  expect(read.overgrown).toBe(false);
});

test('a file that outgrew its limit while nobody looked is seen to be overgrown', () => {
  const { file } = play(Array.from({ length: 2500 }, () => 'finished' as const));
  expect(History.parse(bytes(file)).overgrown).toBe(true);
});

test('a counter ahead of all records stays, as a state file may have it', () => {
  const history = History.from(41, []);
  expect(History.parse(history.serialize()).runs).toBe(41);
  const next = History.parse(history.serialize());
  next.enter(next.beginLine('x = 1', 5));
  expect(next.records).toEqual([{ run: 42, started: 5, ended: null, status: 'running', firstLine: 'x = 1' }]);
});

test('runs of a state file come back as they were; one that did not end, or has no end, is made whole', () => {
  const history = History.from(9, [
    { run: 3, started: 1, ended: 2, status: 'failed', firstLine: 'a' },
    { run: 5, started: 3, ended: null, status: 'running', firstLine: 'b' },
    { run: 6, started: 4, ended: null, status: 'finished', firstLine: 'c' },
  ]);
  const read = History.parse(history.serialize());
  expect(read.brokenLines).toBe(0);
  expect(read.runs).toBe(9);
  expect(read.records).toEqual([
    { run: 3, started: 1, ended: 2, status: 'failed', firstLine: 'a' },
    { run: 5, started: 3, ended: null, status: 'unfinished', firstLine: 'b' },
    { run: 6, started: 4, ended: 4, status: 'finished', firstLine: 'c' },
  ]);
});

test('the first line is the first with something on it, cut to 200 characters and never within one', () => {
  const first = (code: string) => {
    const history = History.parse(new Uint8Array());
    history.enter(history.beginLine(code, 0));
    return history.records[0]?.firstLine;
  };
  expect(first('\n  \n  import os\nprint(1)')).toBe('import os');
  expect(first('')).toBe('');
  expect(first('x'.repeat(500))).toBe('x'.repeat(200));
  expect(first(`${'x'.repeat(199)}🐁`)).toBe('x'.repeat(199));
});
