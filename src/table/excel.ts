/** Tables as .xlsx, and back. The libraries are loaded when first used. */
import { cellText } from './rows-source';
import type { Cell, GridColumn } from './source';
import { typeOfCells } from './types';

/** One table of a workbook. */
export interface ExcelSheet {
  name: string;
  columns: readonly GridColumn[];
  rows: readonly (readonly Cell[])[];
}

/** Excel's own limits. */
const MOST_ROWS = 1_048_575;
const MOST_COLUMNS = 16_384;
const LONGEST_TEXT = 32_767;
const LONGEST_NAME = 31;
const LARGEST_EXACT = 2n ** 53n;
const DATE_TYPE = /date|timestamp/i;
const DATE_TEXT = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?)?Z?$/;

/**
 * Numbers, booleans and dates stay what they are; text is always text and never a formula, whatever it begins with. Rows beyond Excel's
 * limit go on in further sheets.
 * @throws Error with a sentence when there are more columns than Excel knows
 */
export async function writeExcel(sheets: readonly ExcelSheet[]): Promise<Blob> {
  const { default: writeXlsxFile } = await import('write-excel-file/universal');
  const names = new Set<string>();
  const parts = sheets.flatMap(({ name, columns, rows }) => {
    if (columns.length > MOST_COLUMNS) throw new Error(`Excel knows at most ${MOST_COLUMNS} columns, this table has ${columns.length}.`);
    const count = Math.max(1, Math.ceil(rows.length / MOST_ROWS));
    return Array.from({ length: count }, (_, part) => ({
      sheet: sheetName(name, names),
      stickyRowsCount: 1,
      data: [
        columns.map((column) => ({ value: cut(column.name), type: String, fontWeight: 'bold' as const })),
        ...rows
          .slice(part * MOST_ROWS, (part + 1) * MOST_ROWS)
          .map((row) => columns.map((column, index) => excelCell(row[index] ?? null, column))),
      ],
    }));
  });
  return writeXlsxFile(parts, { dateFormat: 'yyyy-mm-dd hh:mm:ss' } as never).toBlob();
}

/**
 * The sheets of a workbook; the first row holds the headings. Formulas come as the values that were stored with them.
 * @throws Error with a sentence for a file that is none, is damaged, or is locked with a password
 */
export async function readExcel(file: Blob): Promise<ExcelSheet[]> {
  const head = new Uint8Array(await file.slice(0, 8).arrayBuffer());
  // A compound file: the old .xls, or an .xlsx that is encrypted.
  if (head[0] === 0xd0 && head[1] === 0xcf) {
    throw new Error('This workbook is locked with a password, or it is of the old kind (.xls). Save it as .xlsx without a password.');
  }
  if (head[0] !== 0x50 || head[1] !== 0x4b) throw new Error('This is no .xlsx file.');
  const { default: readXlsxFile } = await import('read-excel-file/universal');
  let sheets: { sheet: string; data: readonly (readonly unknown[])[] }[];
  try {
    sheets = (await readXlsxFile(file as never)) as never;
  } catch (error) {
    throw new Error(`This .xlsx file is damaged or not a workbook (${error instanceof Error ? error.message : 'no reason given'}).`);
  }
  return sheets.map(({ sheet, data }) => {
    const [titles = [], ...rest] = data;
    const width = data.reduce((most, row) => Math.max(most, row.length), 0);
    const rows = rest.map((row) => Array.from({ length: width }, (_, index) => readCell(row[index])));
    const columns = Array.from({ length: width }, (_, index) => {
      const title = readCell(titles[index]);
      return {
        name: title === null ? `column ${index + 1}` : cellText(title),
        type: typeOf(
          rows.map((row) => row[index] ?? null),
          rest,
          index,
        ),
      };
    });
    return { name: sheet, columns, rows };
  });
}

function sheetName(wanted: string, taken: Set<string>): string {
  // Signs that Excel refuses in names of sheets.
  const plain =
    wanted
      .replace(/[\\/?*:[\]]/g, ' ')
      .replace(/^'+|'+$/g, '')
      .trim() || 'Sheet';
  for (let count = 1; ; count++) {
    const suffix = count === 1 ? '' : ` ${count}`;
    const name = `${plain.slice(0, LONGEST_NAME - suffix.length)}${suffix}`;
    if (taken.has(name.toLowerCase())) continue;
    taken.add(name.toLowerCase());
    return name;
  }
}

function excelCell(cell: Cell, { type }: GridColumn) {
  if (cell === null || (typeof cell === 'number' && Number.isNaN(cell))) return null;
  if (typeof cell === 'boolean') return { value: cell, type: Boolean };
  if (typeof cell === 'number' && Number.isFinite(cell)) return { value: cell, type: Number };
  if (typeof cell === 'bigint' && cell <= LARGEST_EXACT && cell >= -LARGEST_EXACT) return { value: Number(cell), type: Number };
  const text = cut(cellText(cell));
  const date = DATE_TYPE.test(type) ? dateOf(text) : null;
  return date ? { value: date, type: Date, format: 'yyyy-mm-dd hh:mm:ss' } : { value: text, type: String };
}

/** What XML cannot hold becomes a replacement character; `_x000D_` would be read as the character of that number (ECMA-376, ST_Xstring). */
function cut(text: string): string {
  return (
    text
      .slice(0, LONGEST_TEXT)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
      .replace(/_x(?=[0-9a-f]{4}_)/gi, '_x005F_x')
  );
}

function dateOf(text: string): Date | null {
  const parts = DATE_TEXT.exec(text);
  if (!parts) return null;
  const [year, month, day, hour = 0, minute = 0, second = 0] = parts
    .slice(1)
    .map((part) => (part === undefined ? undefined : Number(part))) as number[];
  const date = new Date(Date.UTC(year ?? 0, (month ?? 1) - 1, day, hour, minute, second));
  // Excel's days begin in 1900.
  return (year ?? 0) >= 1900 && date.getUTCDate() === day ? date : null;
}

function readCell(value: unknown): Cell {
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : dateText(value);
  return typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string' ? value : null;
}

/** Excel keeps days as fractions: what is a whole second comes back a little beside it. */
function dateText(date: Date): string {
  const second = Math.round(date.getTime() / 1000) * 1000;
  const exact = Math.abs(second - date.getTime()) < 5 ? new Date(second) : date;
  return exact
    .toISOString()
    .replace('T', ' ')
    .replace(/(?: 00:00:00)?\.000Z$/, '');
}

function typeOf(cells: readonly Cell[], raw: readonly (readonly unknown[])[], index: number): string {
  if (raw.some((row) => row[index] instanceof Date)) return 'date';
  return typeOfCells(cells);
}
