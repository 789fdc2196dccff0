import { expect, test } from 'vitest';
import { Wake } from '../../../src/machine/wake';
import { CELL, WAKE_BUFFER_SIZE } from '../../../src/protocol/wake-cells';

const memory = () => {
  const buffer = new SharedArrayBuffer(WAKE_BUFFER_SIZE);
  return { cells: new Int32Array(buffer), wake: new Wake(buffer) };
};

test('a signal that comes between Pyodide’s reading and its writing of 0 is not lost', () => {
  const { cells, wake } = memory();
  wake.listenFor(7);
  const polled = wake.interruptBuffer;
  expect(polled[0]).toBe(0);
  Atomics.store(cells, CELL.interrupt, 7);
  polled[0] = 0;
  expect(wake.interrupted).toBe(true);
  expect(polled[0]).toBe(2);
  polled[0] = 0;
  expect(wake.interrupted).toBe(false);
});

test('a Stop waits for the run that it names and leaves every other alone', () => {
  const { cells, wake } = memory();
  Atomics.store(cells, CELL.interrupt, 8);
  wake.listenFor(7);
  expect(wake.interrupted).toBe(false);
  wake.clearInterrupt();
  wake.listenFor(0);
  expect(wake.interrupted).toBe(false);
  wake.listenFor(8);
  expect(wake.interrupted).toBe(true);
  wake.clearInterrupt();
  expect(wake.interrupted).toBe(false);
});

test('credit is spent only while the slack stays', () => {
  const { cells, wake } = memory();
  Atomics.store(cells, CELL.credit, 100);
  expect(wake.spend(60, 50)).toBe(false);
  expect(wake.spend(60, 40)).toBe(true);
  expect(wake.load('credit')).toBe(40);
});

test('a wait ends when its condition holds, or after its time', () => {
  const { cells, wake } = memory();
  expect(wake.waitFor(() => wake.dead, 20)).toBe(false);
  Atomics.store(cells, CELL.dead, 1);
  expect(wake.waitFor(() => wake.dead, 60_000)).toBe(true);
});
