/** A table that is wholly in memory, as a source for grids. */
import type { Cell, ColumnSummary, GridColumn, GridSort, GridSource, GridView, GridWindow } from './source';

/** How many different values are counted before that is given up. */
const MOST_DISTINCT = 100_000;

export class RowsSource implements GridSource {
  readonly columns: readonly GridColumn[];
  readonly #rows: readonly (readonly Cell[])[];
  /** The view that was asked for last, by its key: windows of one view come in a row. */
  #view: { key: string; rows: readonly (readonly Cell[])[] } | null = null;

  constructor(columns: readonly GridColumn[], rows: readonly (readonly Cell[])[]) {
    this.columns = columns;
    this.#rows = rows;
  }

  get rowCount(): number {
    return this.#rows.length;
  }

  async window(from: number, to: number, view: GridView): Promise<GridWindow> {
    const rows = this.#viewed(view);
    return { rows: rows.slice(from, to), rowCount: rows.length };
  }

  async summary(column: number, view: GridView): Promise<ColumnSummary> {
    return summarize(this.#viewed(view), column);
  }

  #viewed(view: GridView): readonly (readonly Cell[])[] {
    const { sort = [], filter = '' } = view;
    if (sort.length === 0 && filter === '') return this.#rows;
    const key = JSON.stringify([sort, filter]);
    if (this.#view?.key !== key) this.#view = { key, rows: sortRows(filterRows(this.#rows, filter), sort) };
    return this.#view.rows;
  }
}

/** The text of a cell as it is shown, filtered and copied: `null` is empty. */
export function cellText(cell: Cell): string {
  if (cell === null) return '';
  if (typeof cell === 'object') return `<${cell.size} bytes>`;
  return String(cell);
}

/** The rows in which any cell contains `filter`, whatever the case. */
export function filterRows(rows: readonly (readonly Cell[])[], filter: string): readonly (readonly Cell[])[] {
  if (filter === '') return rows;
  const wanted = filter.toLowerCase();
  return rows.filter((row) => row.some((cell) => cellText(cell).toLowerCase().includes(wanted)));
}

/** A stable order: what is empty comes last either way, then numbers and booleans come before text, and text before bytes. */
export function sortRows(rows: readonly (readonly Cell[])[], sort: readonly GridSort[]): readonly (readonly Cell[])[] {
  if (sort.length === 0) return rows;
  return [...rows].sort((a, b) => {
    for (const { column, descending } of sort) {
      const [x, y] = [a[column] ?? null, b[column] ?? null];
      if (isEmpty(x) || isEmpty(y)) {
        if (isEmpty(x) !== isEmpty(y)) return isEmpty(x) ? 1 : -1;
        continue;
      }
      const order = compareCells(x, y);
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

/** Not a number is as empty as null: there is no place for it among numbers. */
const isEmpty = (cell: Cell): boolean => cell === null || Number.isNaN(cell);
const rank = (cell: Cell): number => (typeof cell === 'string' ? 1 : typeof cell === 'object' ? 2 : 0);

/** Neither may be empty. */
function compareCells(a: Cell, b: Cell): number {
  const difference = rank(a) - rank(b);
  if (difference !== 0) return difference;
  if (typeof a === 'object' && typeof b === 'object') return (a?.size ?? 0) - (b?.size ?? 0);
  // Numbers, big integers and booleans compare with each other exactly; text by its code units, which needs no table.
  const [x, y] = [a, b] as [number | bigint | string, number | bigint | string];
  return x < y ? -1 : x > y ? 1 : 0;
}

function summarize(rows: readonly (readonly Cell[])[], column: number): ColumnSummary {
  const seen = new Set<Cell>();
  let [empty, sum, numbers] = [0, 0, 0];
  let [least, greatest]: [Cell, Cell] = [null, null];
  for (const row of rows) {
    const cell = row[column] ?? null;
    if (isEmpty(cell)) {
      empty += 1;
      continue;
    }
    if (seen.size <= MOST_DISTINCT && typeof cell !== 'object') seen.add(cell);
    if (typeof cell === 'object') continue;
    if (typeof cell === 'number' || typeof cell === 'bigint') {
      sum += Number(cell);
      numbers += 1;
    }
    if (least === null || compareCells(cell, least) < 0) least = cell;
    if (greatest === null || compareCells(cell, greatest) > 0) greatest = cell;
  }
  const values = rows.length - empty;
  return {
    values,
    empty,
    distinct: seen.size > MOST_DISTINCT ? null : seen.size,
    least,
    greatest,
    mean: numbers > 0 && numbers === values ? sum / numbers : null,
  };
}
