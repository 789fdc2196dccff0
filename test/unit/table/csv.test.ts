import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Cell, exportTable, neutralize, RowsSource, restore } from '../../../src/table';
import { CsvReader, type Delimiter, type Field, guessDelimiter } from '../../../src/table/csv-reader';
import { CsvSource } from '../../../src/table/csv-source';
import { delimitedRows } from '../../../src/table/delimited';
import { guessEncoding } from '../../../src/table/encoding';

const read = (text: string, delimiter: Delimiter = ','): Field[][] => {
  const reader = new CsvReader(delimiter);
  return [...reader.push(text), ...reader.end()];
};
const open = (text: string | Uint8Array<ArrayBuffer>, options = {}) => CsvSource.open(new Blob([text]), options);
const rows = async (source: CsvSource, from = 0, to = 100) => (await source.window(from, to, {})).rows;

describe('reading', () => {
  test.each([
    [
      'a,b\r\n1,2\r\n',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\n1,2',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    [
      'a,b\r1,2\r',
      [
        ['a', 'b'],
        ['1', '2'],
      ],
    ],
    ['"a ""quoted""","two\nlines",\n', [['a "quoted"', 'two\nlines', null]]],
    [
      'a,""\n\n\nb,\n',
      [
        ['a', ''],
        ['b', null],
      ],
    ],
    ['plain "quotes" in,it', [['plain "quotes" in', 'it']]],
    ['"open,\nto the end', [['open,\nto the end']]],
    [',\n', [[null, null]]],
    ['', []],
  ])('%j', (text, expected) => {
    expect(read(text)).toEqual(expected);
  });

  test('what was written is read again, in any pieces', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ',', ';', '"', '\n', '\r', '\t', ' ', "'", '=', '|', 'ü', '😀') });
    const field: fc.Arbitrary<Field> = fc.oneof(fc.constant(null), text);
    const table = fc.integer({ min: 1, max: 5 }).chain((width) => fc.array(fc.array(field, { minLength: width, maxLength: width })));
    fc.assert(
      fc.property(
        table,
        fc.constantFrom<',' | '\t' | ';'>(',', '\t', ';'),
        fc.integer({ min: 1, max: 7 }),
        fc.boolean(),
        (cells, delimiter, size, safe) => {
          const written = delimitedRows(cells, { delimiter, neutralize: safe });
          const reader = new CsvReader(delimiter);
          const got: Field[][] = [];
          for (let at = 0; at < written.length; at += size) got.push(...reader.push(written.slice(at, at + size)));
          got.push(...reader.end());
          const back = safe ? got.map((row) => row.map((each) => (each === null ? null : restore(each)))) : got;
          // A line with nothing in it is no row.
          expect(back).toEqual(cells.filter((row) => row.length > 1 || row[0] !== null));
        },
      ),
    );
  });

  test('what a spreadsheet would take for a formula is text, and comes back', () => {
    for (const text of ['=1+1', '+1', '-1', '@x', '\tx', "'=x", "''-"]) expect(neutralize(text)).toBe(`'${text}`);
    for (const text of ['x', "'x", '', '1', "it's"]) expect(neutralize(text)).toBe(text);
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('=', "'", '-', 'a', '@') }), (text) => {
        expect(restore(neutralize(text))).toBe(text);
      }),
    );
  });
});

describe('opening a file', () => {
  test('guesses headings and types, and reads fields so', async () => {
    const source = await open('name;count;share;when;ok;code\nx;1;0.5;2024-01-02;true;007\ny;NA;-3e2;2024-12-31;False;010\n');
    expect(source.columns).toEqual([
      { name: 'name', type: 'text' },
      { name: 'count', type: 'integer' },
      { name: 'share', type: 'number' },
      { name: 'when', type: 'date' },
      { name: 'ok', type: 'boolean' },
      { name: 'code', type: 'text' },
    ]);
    expect(await rows(source)).toEqual([
      ['x', 1, 0.5, '2024-01-02', true, '007'],
      ['y', null, -300, '2024-12-31', false, '010'],
    ]);
    expect(source.report).toMatchObject({
      delimiter: ';',
      encoding: 'utf-8',
      headed: true,
      damaged: false,
      unclosed: false,
      ragged: { count: 0 },
    });
  });

  test('takes the first row for data when it looks like the others', async () => {
    const source = await open('1,2\n3,4\n');
    expect(source.columns.map(({ name }) => name)).toEqual(['column 1', 'column 2']);
    expect(await rows(source)).toEqual([
      [1, 2],
      [3, 4],
    ]);
  });

  test('keeps the digits of large numbers, and what does not fit stays text', async () => {
    const many = Array.from({ length: 3000 }, (_, index) => `${index}\n`).join('');
    const source = await open(`n\n12345678901234567890\n${many}late\n`);
    expect(await rows(source, 0, 1)).toEqual([[12345678901234567890n]]);
    expect(await rows(source, 3001, 3002)).toEqual([['late']]);
  });

  test('tells of rows of another length', async () => {
    const source = await open('a,b\n1\n1,2,3\n1,2\n');
    expect(source.columns.map(({ name }) => name)).toEqual(['a', 'b', 'column 3']);
    expect(source.report.ragged).toEqual({
      count: 2,
      first: [
        { row: 1, fields: 1 },
        { row: 3, fields: 2 },
      ],
    });
    expect(await rows(source)).toEqual([
      [1, null, null],
      [1, 2, 3],
      [1, 2, null],
    ]);
  });

  test.each([
    ['utf-8', new TextEncoder().encode('a,b\nü,é\n')],
    ['utf-8', new Uint8Array([0xef, 0xbb, 0xbf, ...new TextEncoder().encode('a,b\nü,é\n')])],
    ['utf-16le', utf16('a,b\nü,é\n', true)],
    ['utf-16le', new Uint8Array([0xff, 0xfe, ...utf16('a,b\nü,é\n', true)])],
    ['utf-16be', utf16('a,b\nü,é\n', false)],
    ['windows-1252', new Uint8Array([...'a,b\n'].map((sign) => sign.charCodeAt(0)).concat([0xfc, 0x2c, 0xe9, 0x0a]))],
  ])('reads %s', async (encoding, bytes) => {
    const source = await open(bytes);
    expect(source.report.encoding).toBe(encoding);
    expect(source.columns.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(await rows(source)).toEqual([['ü', 'é']]);
  });

  test('says what it cannot show', async () => {
    await expect(open('')).rejects.toThrow('There is nothing in this file.');
    await expect(open(`${Array.from({ length: 10_001 }, (_, index) => index).join(',')}\n`)).rejects.toThrow('10,001 columns');
    expect((await open(`${Array.from({ length: 10_000 }, (_, index) => `c${index}`).join(',')}\n1\n`)).columns).toHaveLength(10_000);
    expect((await open('a,b\n"x,1\n')).report.unclosed).toBe(true);
    expect((await open(new Uint8Array([0x61, 0x0a, 0xff, 0x0a]), { encoding: 'utf-8' })).report.damaged).toBe(true);
  });

  test('a large file gives the same rows as one that is held, wherever one looks', { timeout: 60_000 }, async () => {
    const width = 500;
    const cell = (row: number, column: number) => (column % 7 === 3 ? `"q ""${row}""\n${column}"` : `${row * width + column}`);
    const line = (row: number) => `${Array.from({ length: width }, (_, column) => cell(row, column)).join(',')}\r\n`;
    const head = `${Array.from({ length: width }, (_, column) => `c${column}`).join(',')}\r\n`;
    const source = await open([head, ...Array.from({ length: 9000 }, (_, row) => line(row))].join(''));
    expect(source.rowCount).toBe(9000);
    for (const row of [0, 511, 512, 513, 4096, 8999]) {
      const [got] = await rows(source, row, row + 1);
      expect(got?.slice(0, 5)).toEqual([row * width, row * width + 1, row * width + 2, `q "${row}"\n3`, row * width + 4]);
    }
    expect(await rows(source, 8999, 9100)).toHaveLength(1);
    expect(await source.window(0, 10, { filter: 'Q "8999"' })).toMatchObject({ rowCount: 1 });
    await expect(source.window(0, 10, { sort: [{ column: 0, descending: true }] })).rejects.toThrow('too large to be sorted');
  });

  test('delimiters and encodings are guessed', () => {
    expect(['a,b\n1,2\n', 'a;b\n1,5;2\n', 'a\tb\n1\t2\n', 'a|b\n', 'one column\n'].map(guessDelimiter)).toEqual([',', ';', '\t', '|', ',']);
    expect(guessEncoding(new TextEncoder().encode('aü').subarray(0, 2), false).encoding).toBe('utf-8');
    expect(guessEncoding(new TextEncoder().encode('aü').subarray(0, 2), true).encoding).toBe('windows-1252');
  });
});

test('a table that was exported as CSV opens with the same values', async () => {
  const cells: Cell[][] = [
    ['=x', 1, null, 0.5, true],
    ['a,"b"\n', -2, 12345678901234567890n, -1e21, false],
  ];
  const columns = ['t', 'i', 'b', 'n', 'o'].map((name) => ({ name, type: '' }));
  const blob = await exportTable(new RowsSource(columns, cells), 'csv', { name: 'x' });
  expect(await blob.text()).toBe(`t,i,b,n,o\r\n'=x,1,,0.5,true\r\n"a,""b""\n",-2,12345678901234567890,-1e+21,false\r\n`);
  const source = await CsvSource.open(blob);
  expect((await rows(source)).map((row) => row.map((each) => (typeof each === 'string' ? restore(each) : each)))).toEqual(cells);
});

function utf16(text: string, little: boolean): Uint8Array<ArrayBuffer> {
  const view = new DataView(new ArrayBuffer(text.length * 2));
  for (let at = 0; at < text.length; at++) view.setUint16(at * 2, text.charCodeAt(at), little);
  return new Uint8Array(view.buffer);
}
