/** Tables as Python sends them, in JSON. */
import type { WireCell } from '../base/mime-bundle';
import type { Cell, GridColumn } from './source';

/** The first rows of a table, and the name under which the interpreter knows the rest. */
export interface TableSnapshot {
  readonly id: string;
  readonly columns: readonly GridColumn[];
  /** Of the whole table. */
  readonly rowCount: number;
  readonly rows: readonly (readonly Cell[])[];
}

const MOST_COLUMNS = 10_000;
const MOST_CELLS = 200_000;
const LONGEST_NAME = 1000;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;

/** A cell out of JSON; what is none is empty. */
export function cellOf(value: WireCell | unknown): Cell {
  if (value === null || typeof value === 'boolean' || typeof value === 'number' || typeof value === 'string') return value;
  const [int, float, bytes] = [field(value, 'int'), field(value, 'float'), field(value, 'bytes')];
  if (typeof int === 'string') return /^-?\d{1,4300}$/.test(int) ? BigInt(int) : int;
  if (typeof float === 'string')
    return float === 'inf' ? Number.POSITIVE_INFINITY : float === '-inf' ? Number.NEGATIVE_INFINITY : Number.NaN;
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 0 ? { type: 'bytes', size: bytes } : null;
}

/** What claims to be a table in a bundle, which anybody may have written; null when it is none. */
export function tableSnapshot(value: unknown): TableSnapshot | null {
  const [id, columns, rowCount, rows] = [field(value, 'id'), field(value, 'columns'), field(value, 'rowCount'), field(value, 'rows')];
  if (!Array.isArray(columns) || columns.length === 0 || !Array.isArray(rows)) return null;
  const text = (each: unknown, name: string) => {
    const found = field(each, name);
    return typeof found === 'string' ? found.slice(0, LONGEST_NAME) : '';
  };
  const named = columns.slice(0, MOST_COLUMNS).map((column) => ({ name: text(column, 'name'), type: text(column, 'type') }));
  const cells = rows
    .slice(0, Math.floor(MOST_CELLS / named.length))
    .map((row) => named.map((_, index) => (Array.isArray(row) ? cellOf(row[index] ?? null) : null)));
  const count = typeof rowCount === 'number' && Number.isSafeInteger(rowCount) && rowCount >= 0 ? rowCount : cells.length;
  return { id: typeof id === 'string' ? id : '', columns: named, rowCount: Math.max(count, cells.length), rows: cells };
}
