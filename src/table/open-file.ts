/** A file as tables, by what it is said to be. */
import { type CsvReport, CsvSource } from './csv-source';
import { readExcel } from './excel';
import { readJsonTable } from './json';
import { ParquetSource } from './parquet';
import { RowsSource } from './rows-source';
import type { GridSource } from './source';

export type TableKind = 'delimited' | 'json' | 'json-lines' | 'excel' | 'parquet';

export interface OpenedFile {
  /** Of a workbook its sheets, of every other file one without a name. */
  sheets: { name: string; source: GridSource }[];
  /** How a CSV file was read; null for others. */
  report: CsvReport | null;
}

/** What is read as a whole, bytes: with what is made of it, it takes several times as much memory. */
const LARGEST_WHOLE = 2 ** 28;

/** @throws Error with a sentence when the file is not what it is said to be, is damaged, or is too large to be read as a whole */
export async function openFile(file: Blob, kind: TableKind, onProgress?: (done: number, total: number) => void): Promise<OpenedFile> {
  const single = (source: GridSource, report: CsvReport | null = null): OpenedFile => ({ sheets: [{ name: '', source }], report });
  if (kind === 'parquet') return single(await ParquetSource.open(file));
  if (kind === 'delimited') {
    const source = await CsvSource.open(file, onProgress ? { onProgress } : {});
    return single(source, source.report);
  }
  if (file.size > LARGEST_WHOLE)
    throw new Error(`Files of this kind can be shown as a table up to ${LARGEST_WHOLE >> 20} MiB. Load it in Python.`);
  if (kind !== 'excel') return single(readJsonTable(await file.text(), kind === 'json-lines'));
  const sheets = await readExcel(file);
  return { sheets: sheets.map(({ name, columns, rows }) => ({ name, source: new RowsSource(columns, rows) })), report: null };
}
