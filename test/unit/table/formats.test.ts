import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, exportTable, RowsSource } from '../../../src/table';
import { readExcel, writeExcel } from '../../../src/table/excel';
import { openFile } from '../../../src/table/open-file';
import { ParquetSource } from '../../../src/table/parquet';

const columns = [
  { name: 'n', type: 'int64' },
  { name: 'text', type: 'str' },
  { name: 'ok', type: 'bool' },
  { name: 'text', type: 'str' },
];
const cells: Cell[][] = [
  [1, '=1+1', true, 'a|b'],
  [null, "it's\nmore", false, null],
];
const exported = async (format: Parameters<typeof exportTable>[1], rows = cells) =>
  (await exportTable(new RowsSource(columns, rows), format, { name: 'my "table"' })).text();

describe('text formats', () => {
  test('JSON is a list of objects with names of their own, also of no rows', async () => {
    expect(JSON.parse(await exported('json'))).toEqual([
      { n: 1, text: '=1+1', ok: true, 'text (2)': 'a|b' },
      { n: null, text: "it's\nmore", ok: false, 'text (2)': null },
    ]);
    expect(JSON.parse(await exported('json', []))).toEqual([]);
    expect(await exported('jsonl', [[12345678901234567890n, 'x', null, { type: 'bytes', size: 3 }]])).toBe(
      '{"n":12345678901234567890,"text":"x","ok":null,"text (2)":"<3 bytes>"}\n',
    );
  });

  test('JSON Lines hold what JSON can say', async () => {
    const cell: fc.Arbitrary<Cell> = fc.oneof(fc.constant(null), fc.double(), fc.string(), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(cell, cell, cell, cell)), async (rows) => {
        const lines = (await exported('jsonl', rows)).split('\n').slice(0, -1);
        const expected = rows.map((row) => row.map((each) => (typeof each === 'number' && !Number.isFinite(each) ? null : each)));
        expect(lines.map((line) => Object.values(JSON.parse(line)))).toEqual(expected);
      }),
    );
  });

  test('Markdown', async () => {
    expect(await exported('markdown')).toBe(
      "| n | text | ok | text |\n| ---: | --- | --- | --- |\n| 1 | =1+1 | true | a\\|b |\n|  | it's<br>more | false |  |\n",
    );
  });

  test('SQL', async () => {
    expect(await exported('sql')).toBe(
      'CREATE TABLE "my ""table""" (\n  "n" INTEGER,\n  "text" TEXT,\n  "ok" BOOLEAN,\n  "text (2)" TEXT\n);\n' +
        `INSERT INTO "my ""table""" VALUES (1, '=1+1', TRUE, 'a|b');\nINSERT INTO "my ""table""" VALUES (NULL, 'it''s\nmore', FALSE, NULL);\n`,
    );
  });

  test('an export of a view is what is seen, told step by step, and can be stopped', async () => {
    const source = new RowsSource(
      [{ name: 'n', type: '' }],
      Array.from({ length: 2500 }, (_, index) => [index]),
    );
    const steps: number[] = [];
    const view = { sort: [{ column: 0, descending: true }], filter: '1' };
    const text = await (await exportTable(source, 'tsv', { name: 'x', view, onProgress: (done) => steps.push(done) })).text();
    const expected = Array.from({ length: 2500 }, (_, index) => 2499 - index).filter((n) => String(n).includes('1'));
    expect(text).toBe(`n\r\n${expected.map((n) => `${n}\r\n`).join('')}`);
    expect(steps).toEqual([1000, expected.length]);
    await expect(exportTable(source, 'csv', { name: 'x', signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
  });
});

describe('Excel', () => {
  test('keeps types, names of sheets and text that looks like a formula', { timeout: 60_000 }, async () => {
    const sheets = [
      {
        name: 'One: "x"',
        columns: [...columns, { name: 'when', type: 'datetime64[ns]' }],
        rows: cells.map((row) => [...row, '2024-02-29 13:14:15']),
      },
      { name: 'One: "x"', columns, rows: [] },
    ];
    const [first, second] = await readExcel(await writeExcel(sheets));
    expect(first?.name).toBe('One  "x"');
    expect(second?.name).toBe('One  "x" 2');
    expect(first?.rows).toEqual(cells.map((row) => [...row, '2024-02-29 13:14:15']));
    expect(first?.columns.map(({ type }) => type)).toEqual(['integer', 'text', 'boolean', 'text', 'date']);
  });

  test('what was written is read again', { timeout: 60_000 }, async () => {
    const text = fc
      .string({ unit: fc.constantFrom('a', '=', '<', '&', '"', ' ', 'ü', '\n', '_x000D_'), minLength: 1 })
      .filter((each) => each.trim() === each);
    const number = fc.double({ noNaN: true, noDefaultInfinity: true }).filter((each) => !Object.is(each, -0));
    const row = fc.tuple(fc.oneof(fc.constant(null), number), text, fc.boolean(), fc.oneof(fc.constant(null), text));
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 5 }), async (rows) => {
        const [sheet] = await readExcel(await writeExcel([{ name: 'x', columns, rows }]));
        expect(sheet?.rows).toEqual(rows);
      }),
      { numRuns: 20 },
    );
  });

  test('says what is wrong with a file', async () => {
    await expect(readExcel(new Blob(['a,b\n']))).rejects.toThrow('This is no .xlsx file.');
    await expect(readExcel(new Blob([new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])]))).rejects.toThrow('password');
    await expect(readExcel(new Blob(['PK\u0003\u0004 broken']))).rejects.toThrow('damaged');
  });
});

describe('Parquet', () => {
  test('keeps types and nulls; windows, order and filter', { timeout: 60_000 }, async () => {
    const rows: Cell[][] = Array.from({ length: 3000 }, (_, index) => [
      index,
      `text ${index}`,
      index % 2 === 0,
      index % 3 === 0 ? null : index / 4,
    ]);
    const blob = await exportTable(new RowsSource(columns, rows), 'parquet', { name: 'x' });
    const source = await ParquetSource.open(blob);
    expect(source.columns.map(({ name }) => name)).toEqual(['n', 'text', 'ok', 'text (2)']);
    expect(source.rowCount).toBe(3000);
    expect((await source.window(1000, 1003, {})).rows).toEqual(rows.slice(1000, 1003));
    expect((await source.window(0, 1, { sort: [{ column: 0, descending: true }] })).rows).toEqual([rows[2999]]);
    expect(await source.window(0, 5, { filter: 'text 2999' })).toEqual({ rows: [rows[2999]], rowCount: 1 });
  });

  test('what was written is read again', { timeout: 60_000 }, async () => {
    const int64 = fc
      .bigInt({ min: -(2n ** 63n) + 1n, max: 2n ** 63n - 1n })
      .map((n): Cell => (n <= 2n ** 53n - 1n && n >= -(2n ** 53n) + 1n ? Number(n) : n));
    const nothing = fc.constant(null);
    const row = fc.tuple(
      fc.oneof(nothing, int64),
      fc.oneof(nothing, fc.string()),
      fc.oneof(nothing, fc.boolean()),
      fc.oneof(nothing, fc.double({ noNaN: true })),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1 }), async (rows) => {
        const source = await ParquetSource.open(await exportTable(new RowsSource(columns, rows), 'parquet', { name: 'x' }));
        expect((await source.window(0, rows.length, {})).rows).toEqual(rows);
      }),
      { numRuns: 30 },
    );
  });

  test('says what is wrong with a file', async () => {
    await expect(ParquetSource.open(new Blob(['PAR1 broken PAR1']))).rejects.toThrow('This Parquet file cannot be read');
    await expect(ParquetSource.open(new Blob(['x']))).rejects.toThrow('This Parquet file cannot be read');
  });
});

describe('a file as a table', () => {
  const read = async (kind: Parameters<typeof openFile>[1], content: BlobPart) => {
    const { sheets, report } = await openFile(new Blob([content]), kind);
    const [{ source } = { source: new RowsSource([], []) }] = sheets;
    const { rows } = await source.window(0, source.rowCount, {});
    return { columns: source.columns.map(({ name, type }) => `${name}: ${type}`), rows, sheets: sheets.map(({ name }) => name), report };
  };

  test('a list of objects has a column for each key, in the order in which they are met', async () => {
    const json = '[{"a": 1, "b": "x", "__proto__": true}, {"b": null, "c": {"deep": [1]}, "a": 2.5}, {}]';
    expect(await read('json', json)).toEqual({
      columns: ['a: number', 'b: text', '__proto__: boolean', 'c: text'],
      rows: [
        [1, 'x', true, null],
        [2.5, null, null, '{"deep":[1]}'],
        [null, null, null, null],
      ],
      sheets: [''],
      report: null,
    });
    const lines = await read('json-lines', '{"n": 1}\n\n{"n": "two"}\r\n');
    expect(lines.columns).toEqual(['n: mixed']);
    expect(lines.rows).toEqual([[1], ['two']]);
  });

  test('what is no table says so', async () => {
    for (const other of ['{"a": 1}', '[1, 2]', '[{}, null]', '"text"', 'null'])
      await expect(read('json', other)).rejects.toThrow('no list of objects');
    await expect(read('json', '[{"a": 1}')).rejects.toThrow();
    await expect(read('json-lines', '{"a": 1}\n{"a": ')).rejects.toThrow('Line 2 is no JSON');
    await expect(read('json-lines', '{"a": 1}\n[2]')).rejects.toThrow('Line 2 is no object');
    const wide = JSON.stringify([Object.fromEntries(Array.from({ length: 10_001 }, (_, index) => [`k${index}`, 1]))]);
    await expect(read('json', wide)).rejects.toThrow('10,001 columns');
    await expect(read('excel', 'x')).rejects.toThrow('no .xlsx file');
    await expect(read('delimited', '')).rejects.toThrow('nothing in this file');
    await expect(openFile({ size: 2 ** 28 + 1 } as Blob, 'json')).rejects.toThrow('up to 256 MiB');
  });

  test('a workbook has its sheets', async () => {
    const book = await writeExcel([
      { name: 'One', columns: [{ name: 'a', type: '' }], rows: [[1]] },
      { name: 'Two', columns: [{ name: 'b', type: '' }], rows: [['x']] },
    ]);
    expect(await read('excel', book)).toMatchObject({ sheets: ['One', 'Two'], columns: ['a: integer'], rows: [[1]] });
  });
});
