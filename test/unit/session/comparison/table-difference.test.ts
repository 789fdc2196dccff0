/** CSV files row by row. */
import { expect, test } from 'vitest';
import { type CsvTable, readCsv, tableDifference } from '../../../../src/session/comparison/table-difference';

const table = (text: string) => readCsv(new TextEncoder().encode(text)) as CsvTable;

test('rows are told apart by the first column that can', () => {
  const before = table('city,id,rain\nOslo,1,10\nOslo,2,20\nRome,3,\n');
  const after = table('city,id,rain\nRome,3,5\nOslo,1,10\nBern,4,1\n');
  expect(tableDifference(before, after)).toEqual({
    columns: ['city', 'id', 'rain'],
    addedColumns: [],
    removedColumns: [],
    keys: ['id'],
    key: 'id',
    counts: { added: 1, removed: 1, changed: 1 },
    rows: [
      { change: 'changed', before: ['Rome', '3', null], after: ['Rome', '3', '5'] },
      { change: 'added', before: null, after: ['Bern', '4', '1'] },
      { change: 'removed', before: ['Oslo', '2', '20'], after: null },
    ],
  });
});

test('without such a column, or by choice, by their whole content and as often as they are there', () => {
  const before = table('a,b\nx,1\nx,1\ny,2\n');
  const after = table('a,b\nx,1\ny,3\n');
  expect(tableDifference(before, after)).toMatchObject({ keys: [], key: null, counts: { added: 1, removed: 2, changed: 0 } });
  const keyed = [table('k,v\n1,a\n2,b\n'), table('k,v\n2,c\n1,a\n')] as const;
  expect(tableDifference(...keyed).counts).toEqual({ added: 0, removed: 0, changed: 1 });
  expect(tableDifference(...keyed, null).counts).toEqual({ added: 1, removed: 1, changed: 0 });
  expect(tableDifference(...keyed, 'no such column').key).toBe(null);
});

test('columns that came, went or moved are named; what both have is compared', () => {
  const before = table('id,old,name\n1,x,Ada\n2,y,Bo\n');
  const after = table('name,id,new\nAda,1,n\nBob,2,n\n');
  expect(tableDifference(before, after, 'id')).toEqual({
    columns: ['name', 'id', 'new', 'old'],
    addedColumns: ['new'],
    removedColumns: ['old'],
    keys: ['name', 'id'],
    key: 'id',
    counts: { added: 0, removed: 0, changed: 1 },
    rows: [{ change: 'changed', before: ['Bo', '2', null, 'y'], after: ['Bob', '2', 'n', null] }],
  });
});

test('long fields and many rows are cut, and all are counted', () => {
  const rows = Array.from({ length: 200 }, (_, index) => `${index},${'x'.repeat(300)}\n`).join('');
  const difference = tableDifference(table('id,text\n'), table(`id,text\n${rows}`));
  expect(difference.counts.added).toBe(200);
  expect(difference.rows).toHaveLength(50);
  expect(difference.rows[0]?.after?.[1]).toHaveLength(201);
  expect(readCsv(new Uint8Array())).toBe(null);
});
