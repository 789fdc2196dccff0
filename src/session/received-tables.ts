/** What a machine says of tables, brought into the shape that the page expects. */
import type { WireCell } from '../base/mime-bundle';
import type { TableProblem, TableSummary, TableWindow } from '../protocol/looks';

/** More are not taken over: `src/python/frames.py` keeps to it. */
const MOST_ROWS = 1000;
const MOST_CELLS = 200_000;
const LONGEST_CELL = 4000;

const PROBLEMS: readonly unknown[] = ['gone', 'changed', 'slow'] satisfies TableProblem['problem'][];

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
const count = (value: unknown): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0);
const finite = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null);

/** A cell; what is none is empty. */
export function wireCell(value: unknown): WireCell {
  switch (typeof value) {
    case 'boolean':
    case 'number':
      return value;
    case 'string':
      return value.slice(0, LONGEST_CELL);
    case 'object': {
      const [int, float, bytes] = [field(value, 'int'), field(value, 'float'), field(value, 'bytes')];
      if (typeof int === 'string') return { int: int.slice(0, LONGEST_CELL) };
      if (typeof float === 'string') return { float: float.slice(0, 40) };
      return Number.isSafeInteger(bytes) ? { bytes: count(bytes) } : null;
    }
    default:
      return null;
  }
}

function problem(value: unknown): TableProblem | null {
  const told = field(value, 'problem');
  return PROBLEMS.includes(told) ? { problem: told as TableProblem['problem'] } : null;
}

export function tableWindow(value: unknown): TableWindow | TableProblem {
  const told = problem(value);
  if (told) return told;
  const rows = field(value, 'rows');
  let cells = 0;
  const read = (row: unknown): WireCell[] => {
    const taken = Array.isArray(row) ? row.slice(0, Math.max(0, MOST_CELLS - cells)) : [];
    cells += taken.length;
    return taken.map(wireCell);
  };
  return { rows: Array.isArray(rows) ? rows.slice(0, MOST_ROWS).map(read) : [], rowCount: count(field(value, 'rowCount')) };
}

export function tableSummary(value: unknown): TableSummary | TableProblem {
  const told = problem(value);
  if (told) return told;
  return {
    values: count(field(value, 'values')),
    empty: count(field(value, 'empty')),
    distinct: Number.isSafeInteger(field(value, 'distinct')) ? count(field(value, 'distinct')) : null,
    least: wireCell(field(value, 'least')),
    greatest: wireCell(field(value, 'greatest')),
    mean: finite(field(value, 'mean')),
  };
}
