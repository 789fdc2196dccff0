/** What a grid shows: a table of which only a window is ever in hand. */

/** One value of a table. Bytes are told by their size only: a table is for reading. */
export type Cell = null | boolean | number | bigint | string | { type: 'bytes'; size: number };

/** `type` is a word for people (`int64`, `text`, `date`); empty when nothing is known. */
export interface GridColumn {
  name: string;
  type: string;
}

/** The first entry decides, later ones among equals. */
export interface GridSort {
  column: number;
  descending: boolean;
}

const MOST_COLUMNS = 10_000;

/** @throws Error with a sentence when a file has more columns than can be shown */
export function checkColumnCount(count: number): void {
  if (count <= MOST_COLUMNS) return;
  throw new Error(`This file has ${count.toLocaleString('en')} columns; at most ${MOST_COLUMNS.toLocaleString('en')} can be shown.`);
}

/** How the rows are to be ordered, and which of them are wanted: those in which any cell contains `filter`, in any case. */
export interface GridView {
  sort?: readonly GridSort[];
  filter?: string;
}

/** Rows `from` up to `to` of a view, and how many rows that view has in all. */
export interface GridWindow {
  rows: readonly (readonly Cell[])[];
  rowCount: number;
}

/** One column of a view in a few figures; what does not apply is null. `distinct` is null also where counting would take too long. */
export interface ColumnSummary {
  values: number;
  empty: number;
  distinct: number | null;
  least: Cell;
  greatest: Cell;
  mean: number | null;
}

export interface GridSource {
  readonly columns: readonly GridColumn[];
  /** Rows without a filter. */
  readonly rowCount: number;
  /** Rejects with an Error whose message is a sentence for the user. Fewer rows than asked for means that there are no more. */
  window(from: number, to: number, view: GridView): Promise<GridWindow>;
  /** Left out where nobody can tell. */
  summary?(column: number, view: GridView): Promise<ColumnSummary>;
}
