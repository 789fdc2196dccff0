import { expect, test } from 'vitest';
import type { GridSource, GridView } from '../../../../src/table';
import { WindowCache } from '../../../../src/ui/grid/window-cache';

const columns = [{ name: 'n', type: 'int' }];

/** A source whose answers are given one by one. */
class Manual implements GridSource {
  readonly columns = columns;
  readonly rowCount = 100_000;
  readonly asked: { from: number; view: GridView; answer(rowCount?: number): Promise<void>; fail(message: string): Promise<void> }[] = [];

  window(from: number, to: number, view: GridView) {
    return new Promise<{ rows: number[][]; rowCount: number }>((resolve, reject) => {
      const settled = () => new Promise<void>((done) => setTimeout(done));
      this.asked.push({
        from,
        view,
        answer: (rowCount = this.rowCount) => {
          resolve({ rows: Array.from({ length: Math.min(to, rowCount) - from }, (_, index) => [from + index]), rowCount });
          return settled();
        },
        fail: (message) => {
          reject(new Error(message));
          return settled();
        },
      });
    });
  }
}

test('one request at a time, and the next is for what is in sight then', async () => {
  const source = new Manual();
  const cache = new WindowCache(source, () => undefined);
  cache.want(0, 20);
  cache.want(40_000, 40_020);
  cache.want(90_000, 90_020);
  expect(source.asked.map(({ from }) => from)).toEqual([0]);
  await source.asked[0]?.answer();
  expect(source.asked.map(({ from }) => from)).toEqual([0, 90_000]);
  await source.asked[1]?.answer();
  expect(cache.row(90_019)).toEqual([90_019]);
  expect(cache.row(40_000)).toBeNull();
  expect(cache.loading).toBe(false);
});

test('an answer for an older view is not shown as the present one’s', async () => {
  const source = new Manual();
  const cache = new WindowCache(source, () => undefined);
  cache.want(0, 20);
  cache.setView({ filter: 'x' });
  await source.asked[0]?.answer();
  expect(cache.row(0)).toBeNull();
  await source.asked[1]?.answer(7);
  expect([cache.rowCount, cache.row(6), cache.row(7)]).toEqual([7, [6], null]);
  expect(source.asked[1]?.view).toEqual({ filter: 'x' });
});

test('a request that failed is not repeated by itself; another view tries again', async () => {
  const source = new Manual();
  let changes = 0;
  const cache = new WindowCache(source, () => {
    changes += 1;
    cache.want(0, 20);
  });
  cache.want(0, 20);
  await source.asked[0]?.fail('Python is running.');
  expect([cache.problem, cache.loading, source.asked.length]).toEqual(['Python is running.', false, 1]);
  expect(changes).toBeGreaterThan(0);
  cache.setView({});
  await source.asked[1]?.answer();
  expect([cache.problem, cache.row(3)]).toEqual([null, [3]]);
});
