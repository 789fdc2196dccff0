/** The tree of files, and what is made of names, texts and cells. */
import { describe, expect, test } from 'vitest';
import type { FileReport } from '../../../src/session';
import { cellFromText, csvOf } from '../../../src/ui/database/cell-text';
import { fileRows, fileTree, pathForPerson, pathFromPerson } from '../../../src/ui/files/file-nodes';
import { decodeText } from '../../../src/ui/files/file-text';
import { loadingCode } from '../../../src/ui/files/loading-code';

const file = (path: string, kind: FileReport['kind'] = 'file'): FileReport => ({ path, kind, size: 1, modified: 0, database: false });
const FILES = [
  file('home/pyodide/b.txt'),
  file('home/pyodide/data', 'directory'),
  file('home/pyodide/data/file 10.csv'),
  file('home/pyodide/data/file 9.csv'),
  file('home/pyodide/A.txt'),
  file('tmp/x'),
];

describe('the tree', () => {
  test('has folders first, numbers in their order, and /tmp at the end where it holds something', () => {
    const rows = fileRows(fileTree(FILES), new Set(['home/pyodide/data', 'tmp']), '');
    expect(rows.map(({ node, level, position, neighbours, expanded }) => [node.name, level, position, neighbours, expanded])).toEqual([
      ['data', 1, 1, 4, true],
      ['file 9.csv', 2, 1, 2, null],
      ['file 10.csv', 2, 2, 2, null],
      ['A.txt', 1, 2, 4, null],
      ['b.txt', 1, 3, 4, null],
      ['/tmp', 1, 4, 4, true],
      ['x', 2, 1, 1, null],
    ]);
    expect(fileTree(FILES.slice(0, 5)).map(({ name }) => name)).not.toContain('/tmp');
  });

  test('shows what a search finds with the folders above it, opened or not', () => {
    const rows = fileRows(fileTree(FILES), new Set(), ' FILE 9');
    expect(rows.map(({ node, position, neighbours }) => [node.name, position, neighbours])).toEqual([
      ['data', 1, 1],
      ['file 9.csv', 1, 1],
    ]);
  });
});

test.each([
  ['rain.csv', 'home/pyodide/rain.csv'],
  ['./data/rain.csv', 'home/pyodide/data/rain.csv'],
  ['/tmp/x', 'tmp/x'],
  ['/home/pyodide/x', 'home/pyodide/x'],
])('a person’s %s is %s', (typed, path) => {
  expect(pathFromPerson(typed)).toBe(path);
  expect(pathFromPerson(pathForPerson(path))).toBe(path);
});

test.each([
  ['home/pyodide/data/Rain 2026.csv', false, 'rain_2026 = pd.read_csv("data/Rain 2026.csv")'],
  ['home/pyodide/x.tsv', false, 'pd.read_csv("x.tsv", sep="\\t")'],
  ['home/pyodide/class.json', false, 'class_ = json.load(file)'],
  ['home/pyodide/2026.jsonl', false, 'data_2026 = [json.loads(line) for line in file if line.strip()]'],
  ['home/pyodide/store', true, 'store = sqlite3.connect("store")'],
  ['tmp/q"uote.bin', false, 'open("/tmp/q\\"uote.bin", "rb")'],
])('the code that loads %s', (path, database, code) => {
  expect(loadingCode(path, database)).toContain(code);
});

test('text is known by its bytes', () => {
  const bytes = (...values: number[]) => new Uint8Array(values);
  expect(decodeText(new TextEncoder().encode('\ufeffgrün'), false)).toEqual({ text: '\ufeffgrün', encoding: 'utf-8' });
  expect(decodeText(bytes(0x67, 0x72, 0xc3), true)).toEqual({ text: 'gr', encoding: 'utf-8' });
  expect(decodeText(bytes(0x67, 0x72, 0xfc, 0x6e), false)).toEqual({ text: 'grün', encoding: 'windows-1252' });
  expect(decodeText(bytes(0xff, 0xfe, 0x67, 0), false)).toEqual({ text: 'g', encoding: 'utf-16' });
  expect(decodeText(bytes(0x89, 0x50, 0x4e, 0x47, 0, 1, 2), false)).toBeNull();
  expect(decodeText(bytes(65, 0, 66), false)).toBeNull();
});

test('what is typed into a cell is a number where one was, and text otherwise', () => {
  expect(cellFromText('12.5', 3)).toBe(12.5);
  expect(cellFromText('-9223372036854775808', 3)).toEqual({ integer: '-9223372036854775808' });
  expect(cellFromText('12.5', 'text')).toBe('12.5');
  expect(cellFromText('12,5', 3)).toBe('12,5');
  expect(cellFromText('', 3)).toBe('');
});

test('rows as CSV are quoted, and nothing in them is a formula', () => {
  expect(
    csvOf(
      ['a', '=b'],
      [
        ['x,"y"', -1],
        ['=1+1', null],
        ['line\nbreak', { integer: '9007199254740993' }],
      ],
    ),
  ).toBe('a,\'=b\r\n"x,""y""",-1\r\n\'=1+1,\r\n"line\nbreak",9007199254740993\r\n');
});
