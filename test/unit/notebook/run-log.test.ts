/** The log of runs: what belongs to which, what is bounded, and what comes back from what was kept. */
import { expect, test } from 'vitest';
import { failedLine, NO_NOTES, type Output, RunLog, readNotes, writeNotes } from '../../../src/notebook';
import { LARGEST_LOG } from '../../../src/notebook/run-log';

const stdout = (text: string): Output => ({ type: 'stream', stream: 'stdout', text });
const run = (number: number, status: 'running' | 'finished' = 'running') => ({
  run: number,
  started: 1000 * number,
  ended: status === 'running' ? null : 1000 * number + 5,
  status,
});
const kept = (log: RunLog) => new RunLog(readNotes(writeNotes({ ...NO_NOTES, log: log.entries })).log);

test('output belongs to the run that began last, and comes back with it', () => {
  const log = new RunLog();
  log.print([{ type: 'stream', stream: 'notice', text: 'Welcome\n' }]);
  log.show(run(1));
  log.print([stdout('1'), stdout('\n')]);
  log.show(run(1, 'finished'));
  log.show(run(2));
  log.print([{ type: 'value', data: { 'text/plain': '2' }, metadata: {} }]);
  log.show(run(2, 'finished'));
  expect(log.entries.map((entry) => [entry.run?.status, entry.outputs.list.length])).toEqual([
    [undefined, 1],
    ['finished', 1],
    ['finished', 1],
  ]);
  expect(kept(log).entries).toEqual(log.entries);
});

test('the same number after an undo is another run', () => {
  const log = new RunLog();
  log.show(run(1, 'finished'));
  log.show({ ...run(1), started: 9000 });
  log.print([stdout('again\n')]);
  expect(log.entries.map(({ outputs }) => outputs.list.length)).toEqual([0, 1]);
});

test('what went on has not finished when it is read again, and what comes next belongs to it no more', () => {
  const log = new RunLog();
  log.show(run(1));
  log.print([stdout('half\n')]);
  const again = kept(log);
  expect(again.entries[0]?.run?.status).toBe('unfinished');
  again.show(run(2));
  again.print([stdout('new\n')]);
  expect(again.entries.map(({ outputs }) => outputs.list)).toEqual([[stdout('half\n')], [stdout('new\n')]]);
});

test('a display is updated in the run that showed it; what is cleared goes, but not that something runs', () => {
  const log = new RunLog();
  const bar = (text: string): Output => ({ type: 'display', id: 'bar', data: { 'text/plain': text }, metadata: {} });
  log.show(run(1, 'finished'));
  log.print([bar('10%')]);
  log.show(run(2));
  log.print([bar('90%')]);
  expect(log.entries.map(({ outputs }) => outputs.list)).toEqual([[bar('90%')], []]);
  log.clear();
  expect(log.entries).toEqual([{ run: run(2), outputs: { list: [], dropped: 0 } }]);
  log.show(run(2, 'finished'));
  log.clear();
  expect(log.entries).toEqual([]);
});

test('the oldest go in large pieces, the newest stays whatever its size', () => {
  const log = new RunLog();
  const line = `${'x'.repeat(999)}\n`;
  const counts: number[] = [];
  for (let number = 1; number <= 1000; number++) {
    log.show(run(number));
    log.print([stdout(line)]);
    counts.push(log.entries.length);
  }
  expect(Math.max(...counts) * line.length).toBeLessThanOrEqual(LARGEST_LOG);
  expect(counts.filter((count, index) => count < (counts[index - 1] ?? 0)).length).toBeLessThan(15);
  log.print([stdout(line.repeat(LARGEST_LOG / 500))]);
  expect(log.entries.length).toBe(1);
  expect(log.entries[0]?.outputs.list.length).toBe(1);
});

test('the line that failed is what the traceback names last of the run’s own; what a program prints names nothing', () => {
  const error = (traceback: string): Output => ({ type: 'error', name: 'E', message: '', traceback, parts: [] });
  const list = [
    error('  File "<run 2>", line 9, in <module>\n  File "<from line 5, run 3>", line 2, in f\n  File "/lib/x.py", line 7'),
    stdout('File "<run 3>", line 40\n'),
  ];
  expect(failedLine({ list, dropped: 0 }, 3)).toBe(6);
  expect(failedLine({ list, dropped: 0 }, 4)).toBeNull();
  expect(failedLine({ list: [error('  File "<run 2>", line 9, in f\n  File "<beside, run 3>", line 1')], dropped: 0 }, 3)).toBeNull();
});
