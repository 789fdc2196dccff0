/** Tables as Parquet, and back. The libraries are loaded when first used. */

import { uniqueNames } from './json';
import { cellText, filterRows, sortRows } from './rows-source';
import type { Cell, GridColumn, GridSource, GridView, GridWindow } from './source';

const LARGEST_INT64 = 2n ** 63n - 1n;
/** Rows that are read at once to be sorted or filtered. */
const MOST_SORTED = 200_000;

/** Each column gets the narrowest type that all of its values have: boolean, 64-bit integer, double, or text. Nulls stay nulls. */
export async function writeParquet(columns: readonly GridColumn[], rows: readonly (readonly Cell[])[]): Promise<Blob> {
  const { parquetWriteBuffer } = await import('hyparquet-writer');
  const names = uniqueNames(columns);
  const columnData = names.map((name, index) => ({
    name: name || `column ${index + 1}`,
    ...column(rows.map((row) => row[index] ?? null)),
  }));
  return new Blob([parquetWriteBuffer({ columnData: columnData as never })], { type: 'application/vnd.apache.parquet' });
}

function column(cells: readonly Cell[]): { data: unknown[]; type: string; nullable: true } {
  const present = cells.filter((cell) => cell !== null);
  const every = (test: (cell: Cell) => boolean) => present.length > 0 && present.every(test);
  if (every((cell) => typeof cell === 'boolean')) return { data: [...cells], type: 'BOOLEAN', nullable: true };
  if (
    every(
      (cell) =>
        (Number.isSafeInteger(cell) && !Object.is(cell, -0)) ||
        (typeof cell === 'bigint' && cell <= LARGEST_INT64 && cell >= -LARGEST_INT64),
    )
  ) {
    return { data: cells.map((cell) => (cell === null ? null : BigInt(cell as number | bigint))), type: 'INT64', nullable: true };
  }
  if (every((cell) => typeof cell === 'number')) return { data: [...cells], type: 'DOUBLE', nullable: true };
  return { data: cells.map((cell) => (cell === null ? null : cellText(cell))), type: 'STRING', nullable: true };
}

/** A Parquet file as a table: only the rows in sight are read. */
export class ParquetSource implements GridSource {
  readonly columns: readonly GridColumn[];
  readonly rowCount: number;
  readonly #read: (from: number, to: number) => Promise<Cell[][]>;
  #view: { key: string; rows: readonly (readonly Cell[])[] } | null = null;

  /** @throws Error with a sentence for a file that is none, is damaged, or is packed in a way that is not known here */
  static async open(file: Blob): Promise<ParquetSource> {
    const { parquetMetadataAsync, parquetRead, parquetSchema } = await import('hyparquet');
    const buffer = { byteLength: file.size, slice: (start: number, end?: number) => file.slice(start, end).arrayBuffer() };
    try {
      const metadata = await parquetMetadataAsync(buffer);
      const columns = parquetSchema(metadata).children.map(({ element }) => ({
        name: element.name,
        type: (element.logical_type?.type ?? element.converted_type ?? element.type ?? '').toLowerCase(),
      }));
      const read = async (from: number, to: number): Promise<Cell[][]> => {
        let rows: unknown[][] = [];
        await parquetRead({
          file: buffer,
          metadata,
          rowStart: from,
          rowEnd: to,
          onComplete: (all: unknown) => (rows = all as unknown[][]),
        } as never);
        return rows.map((row) => columns.map((_, index) => parquetCell(row[index])));
      };
      // What cannot be unpacked is told now.
      await read(0, Math.min(1, Number(metadata.num_rows)));
      return new ParquetSource(columns, Number(metadata.num_rows), read);
    } catch (error) {
      throw new Error(`This Parquet file cannot be read: ${error instanceof Error ? error.message : 'no reason given'}.`);
    }
  }

  private constructor(columns: readonly GridColumn[], rowCount: number, read: (from: number, to: number) => Promise<Cell[][]>) {
    this.columns = columns;
    this.rowCount = rowCount;
    this.#read = read;
  }

  async window(from: number, to: number, { sort = [], filter = '' }: GridView): Promise<GridWindow> {
    if (sort.length === 0 && filter === '') return { rows: await this.#read(from, Math.min(to, this.rowCount)), rowCount: this.rowCount };
    const key = JSON.stringify([sort, filter]);
    if (this.#view?.key !== key) {
      if (this.rowCount > MOST_SORTED) throw new Error('This file is too large to be sorted or filtered here. Load it in Python.');
      this.#view = { key, rows: sortRows(filterRows(await this.#read(0, this.rowCount), filter), sort) };
    }
    return { rows: this.#view.rows.slice(from, to), rowCount: this.#view.rows.length };
  }
}

function parquetCell(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  if (typeof value === 'bigint') return value <= Number.MAX_SAFE_INTEGER && value >= Number.MIN_SAFE_INTEGER ? Number(value) : value;
  if (value instanceof Date)
    return Number.isNaN(value.getTime())
      ? null
      : value
          .toISOString()
          .replace('T', ' ')
          .replace(/(?:\.000)?Z$/, '');
  if (value instanceof Uint8Array) return { type: 'bytes', size: value.length };
  return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? each.toString() : each));
}
