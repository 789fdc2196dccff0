/** The words of the grid. */
import { formatCount } from '../format';

const rows = (count: number) => `${formatCount(count)} ${count === 1 ? 'row' : 'rows'}`;
const columns = (count: number) => `${formatCount(count)} ${count === 1 ? 'column' : 'columns'}`;

export const gridStrings = {
  label: 'Table',
  filter: 'Filter rows',
  size: (rowCount: number, columnCount: number) => `${rows(rowCount)} × ${columns(columnCount)}`,
  filtered: (shown: number, all: number, columnCount: number) => `${formatCount(shown)} of ${rows(all)} × ${columns(columnCount)}`,
  loading: 'Loading…',
  empty: 'No rows.',
  noColumns: 'No columns.',
  nothingFound: (filter: string) => `No row contains “${filter}”.`,
  again: 'Try again',
  sorted: {
    ascending: (name: string) => `Sorted by ${name}, ascending`,
    descending: (name: string) => `Sorted by ${name}, descending`,
    none: 'Not sorted',
  },
  nothing: 'empty',
  bytes: (size: number) => `${formatCount(size)} bytes`,
  copied: (cells: number) => (cells === 1 ? 'Copied' : `Copied ${formatCount(cells)} cells`),
  copyTooMany: (most: number) => `That is too much for the clipboard (at most ${formatCount(most)} cells). Export it instead.`,
  copyFailed: 'The browser did not let the page write to the clipboard.',
  selected: (rowCount: number, columnCount: number) => `${rows(rowCount)} × ${columns(columnCount)} selected`,
  export: {
    open: 'Export',
    label: 'Export as',
    formats: {
      csv: 'CSV',
      tsv: 'TSV (tabs)',
      xlsx: 'Excel (.xlsx)',
      json: 'JSON',
      jsonl: 'JSON Lines',
      parquet: 'Parquet',
      markdown: 'Markdown',
      sql: 'SQL inserts',
    },
    safe: 'Formulas as text',
    safeHint: 'CSV and TSV: text that a spreadsheet would run gets an apostrophe before it, which Dormouse takes away again.',
    writing: 'Writing the file',
    cancel: 'Cancel',
  },
  summary: {
    values: (count: number) => `${formatCount(count)} ${count === 1 ? 'value' : 'values'}`,
    empty: (count: number) => `${formatCount(count)} empty`,
    distinct: (count: number) => `${formatCount(count)} different`,
    range: (least: string, greatest: string) => `${least} to ${greatest}`,
    mean: (mean: string) => `mean ${mean}`,
  },
};
