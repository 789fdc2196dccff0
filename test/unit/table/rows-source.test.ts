import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, RowsSource } from '../../../src/table';

const columns = [
  { name: 'name', type: 'text' },
  { name: 'value', type: 'number' },
];
const column = async (source: RowsSource, index: number, view: Parameters<RowsSource['window']>[2]) =>
  (await source.window(0, source.rowCount, view)).rows.map((row) => row[index]);

describe('a table in memory', () => {
  test('sorts by several columns, what is empty last either way', async () => {
    const source = new RowsSource(columns, [
      ['b', 2],
      ['a', null],
      ['a', 10n],
      ['b', Number.NaN],
      ['a', 3],
    ]);
    const by = (descending: boolean) => ({
      sort: [
        { column: 0, descending },
        { column: 1, descending },
      ],
    });
    expect((await source.window(0, 9, by(false))).rows).toEqual([
      ['a', 3],
      ['a', 10n],
      ['a', null],
      ['b', 2],
      ['b', Number.NaN],
    ]);
    expect((await source.window(0, 9, by(true))).rows).toEqual([
      ['b', 2],
      ['b', Number.NaN],
      ['a', 10n],
      ['a', 3],
      ['a', null],
    ]);
  });

  test('filters by what any cell shows, and tells how many rows are left', async () => {
    const source = new RowsSource(columns, [
      ['Alpha', 1],
      ['beta', 21],
      ['gamma', null],
    ]);
    expect(await source.window(0, 1, { filter: 'ALPHA' })).toEqual({ rows: [['Alpha', 1]], rowCount: 1 });
    expect(await source.window(0, 1, { filter: '1' })).toEqual({ rows: [['Alpha', 1]], rowCount: 2 });
    expect(await source.window(1, 9, { filter: '1' })).toEqual({ rows: [['beta', 21]], rowCount: 2 });
  });

  test('an order is one: sorted values are the same values, and windows are slices of them', async () => {
    const cell: fc.Arbitrary<Cell> = fc.oneof(fc.constant(null), fc.double(), fc.bigInt(), fc.string(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell)), fc.boolean(), fc.nat(20), async (rows, descending, from) => {
        const source = new RowsSource(columns, rows);
        const view = { sort: [{ column: 1, descending }] };
        const sorted = await column(source, 1, view);
        const text = (cells: (Cell | undefined)[]) => cells.map((each) => `${typeof each} ${each}`).sort();
        expect(text(sorted)).toEqual(text(rows.map((row) => row[1])));
        expect((await source.window(from, from + 5, view)).rows.map((row) => row[1])).toEqual(sorted.slice(from, from + 5));
        const numbers = sorted.filter((each): each is number => typeof each === 'number' && !Number.isNaN(each));
        expect(numbers).toEqual([...numbers].sort((a, b) => (descending ? b - a : a - b)));
      }),
    );
  });

  test('a column in figures', async () => {
    const source = new RowsSource(columns, [
      ['x', 1],
      ['x', 3],
      [null, null],
    ]);
    expect(await source.summary(1, {})).toEqual({ values: 2, empty: 1, distinct: 2, least: 1, greatest: 3, mean: 2 });
    expect(await source.summary(0, {})).toEqual({ values: 2, empty: 1, distinct: 1, least: 'x', greatest: 'x', mean: null });
  });
});
