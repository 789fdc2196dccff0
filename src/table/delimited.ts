/** Tables as CSV (RFC 4180) and TSV. */
import { neutralize } from './injection';
import type { Cell, GridColumn } from './source';

export interface DelimitedOptions {
  delimiter: ',' | '\t' | ';';
  /** Whether text that spreadsheets take for formulas gets an apostrophe: see injection.ts. */
  neutralize: boolean;
}

/** The line of headings. */
export function delimitedHead(columns: readonly GridColumn[], options: DelimitedOptions): string {
  return delimitedRows([columns.map(({ name }) => name)], options);
}

/** Rows, each with its line end (CRLF). Null is empty; an empty text is `""`, so that the two can be told apart. */
export function delimitedRows(rows: readonly (readonly Cell[])[], options: DelimitedOptions): string {
  return rows.map((row) => `${row.map((cell) => field(cell, options)).join(options.delimiter)}\r\n`).join('');
}

function field(cell: Cell, { delimiter, neutralize: safe }: DelimitedOptions): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return `<${cell.size} bytes>`;
  if (typeof cell !== 'string') return String(cell);
  const text = safe ? neutralize(cell) : cell;
  return text === '' || text.includes(delimiter) || /["\r\n]|^\s|\s$/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
