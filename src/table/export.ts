/** Any table as a file. */
import { type DelimitedOptions, delimitedHead, delimitedRows } from './delimited';
import { jsonRow, uniqueNames } from './json';
import { markdownHead, markdownRows } from './markdown';
import type { Cell, GridColumn, GridSource, GridView } from './source';
import { sqlHead, sqlRows } from './sql';

export const EXPORT_FORMATS = ['csv', 'tsv', 'xlsx', 'json', 'jsonl', 'parquet', 'markdown', 'sql'] as const;
export type ExportFormat = (typeof EXPORT_FORMATS)[number];

export const EXTENSIONS: Readonly<Record<ExportFormat, string>> = {
  csv: 'csv',
  tsv: 'tsv',
  xlsx: 'xlsx',
  json: 'json',
  jsonl: 'jsonl',
  parquet: 'parquet',
  markdown: 'md',
  sql: 'sql',
};

const MEDIA_TYPES: Readonly<Record<ExportFormat, string>> = {
  csv: 'text/csv;charset=utf-8',
  tsv: 'text/tab-separated-values;charset=utf-8',
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  json: 'application/json',
  jsonl: 'application/jsonl',
  parquet: 'application/vnd.apache.parquet',
  markdown: 'text/markdown;charset=utf-8',
  sql: 'application/sql',
};

/** Rows that are asked for at once. */
const STEP = 1000;
/** Formats that are made in one piece hold so many cells at most. */
const MOST_CELLS = 5_000_000;

export interface ExportOptions {
  /** The table's name, for SQL and Excel. */
  name: string;
  view?: GridView;
  /** CSV and TSV: whether text that spreadsheets take for formulas is made text. Default: true. */
  neutralize?: boolean;
  /** Rows that were read, and how many there are. */
  onProgress?(done: number, total: number): void;
  signal?: AbortSignal;
}

/**
 * Reads a view of a table from its beginning to its end and writes it in a format.
 * @throws Error with a sentence when it is too large for the format; what the source rejects with; the signal's reason
 */
export async function exportTable(source: GridSource, format: ExportFormat, options: ExportOptions): Promise<Blob> {
  const { columns } = source;
  if (format === 'xlsx' || format === 'parquet') {
    const rows: (readonly Cell[])[] = [];
    for await (const part of windows(source, options)) {
      if ((rows.length + part.length) * columns.length > MOST_CELLS) {
        throw new Error(
          `This table is too large for that format (more than ${MOST_CELLS.toLocaleString('en')} cells). Choose CSV or JSON Lines.`,
        );
      }
      rows.push(...part);
    }
    if (format === 'parquet') return (await import('./parquet')).writeParquet(columns, rows);
    return (await import('./excel')).writeExcel([{ name: options.name, columns, rows }]);
  }
  const parts: Blob[] = [];
  let [text, first] = ['', true];
  const write = writer(format, columns, options);
  for await (const rows of windows(source, options)) {
    text += write(rows, first);
    first = false;
    // A Blob lies outside of the script's memory, and a text of a large table would not fit into it.
    if (text.length > 1 << 22) {
      parts.push(new Blob([text]));
      text = '';
    }
  }
  if (first) text += write([], true);
  if (format === 'json') text += '\n]\n';
  return new Blob([...parts, text], { type: MEDIA_TYPES[format] });
}

function writer(format: Exclude<ExportFormat, 'xlsx' | 'parquet'>, columns: readonly GridColumn[], options: ExportOptions) {
  const delimited: DelimitedOptions = { delimiter: format === 'tsv' ? '\t' : ',', neutralize: options.neutralize ?? true };
  const keys = uniqueNames(columns);
  return (rows: readonly (readonly Cell[])[], first: boolean): string => {
    switch (format) {
      case 'csv':
      case 'tsv':
        return `${first ? delimitedHead(columns, delimited) : ''}${delimitedRows(rows, delimited)}`;
      case 'json': {
        const lines = rows.map((row) => `  ${jsonRow(keys, row)}`).join(',\n');
        return `${first ? '[\n' : lines === '' ? '' : ',\n'}${lines}`;
      }
      case 'jsonl':
        return rows.map((row) => `${jsonRow(keys, row)}\n`).join('');
      case 'markdown':
        return `${first ? markdownHead(columns, rows) : ''}${markdownRows(rows)}`;
      case 'sql':
        return `${first ? sqlHead(options.name, columns, rows) : ''}${sqlRows(options.name, columns, rows)}`;
      default:
        return format satisfies never;
    }
  };
}

async function* windows(
  source: GridSource,
  { view = {}, onProgress, signal }: ExportOptions,
): AsyncGenerator<readonly (readonly Cell[])[]> {
  for (let from = 0; ; ) {
    signal?.throwIfAborted();
    const { rows, rowCount } = await source.window(from, from + STEP, view);
    if (rows.length > 0) yield rows;
    from += rows.length;
    onProgress?.(from, rowCount);
    if (rows.length === 0 || from >= rowCount) return;
  }
}
