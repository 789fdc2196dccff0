/**
 * Looks into the interpreter between two runs: questions whose answers change nothing of the user's. One entry here, one function in
 * `src/python/looks.py`, one check in `src/session/looks.ts`.
 */

import type { WireCell } from '../base/mime-bundle';

/** A table of a database, as Check state shows it. Values are Python's `repr`, cut to 200 characters. */
export interface TableReport {
  name: string;
  /** Null when counting took longer than allowed. */
  rows: number | null;
  columns: string[];
  first: string[][];
}

export interface DatabaseReport {
  path: string;
  tables: TableReport[];
  /** A sentence when the file could not be looked into. */
  problem: string | null;
}

/** Which rows of a table, in which order: GridView in src/table. */
export interface TableView {
  id: string;
  sort: { column: number; descending: boolean }[];
  filter: string;
}

export interface TableWindow {
  rows: WireCell[][];
  /** Of the view. */
  rowCount: number;
}

export interface TableSummary {
  values: number;
  empty: number;
  distinct: number | null;
  least: WireCell;
  greatest: WireCell;
  mean: number | null;
}

/** Why there is no answer: the table is no longer in Python, is another one by now, or it would take too long. */
export interface TableProblem {
  problem: 'gone' | 'changed' | 'slow';
}

/** Arguments and results are JSON on the way into Python and out of it. The page believes no result: it is checked and bounded. */
export interface Looks {
  /** Into SQLite files, by their absolute paths. */
  databases: { argument: { paths: string[] }; result: DatabaseReport[] };
  /** Rows `start` up to `end` of a table that was shown under `id` with so many columns. */
  table: { argument: TableView & { start: number; end: number; columns: number }; result: TableWindow | TableProblem };
  /** One of its columns in figures. */
  tableSummary: { argument: TableView & { column: number }; result: TableSummary | TableProblem };
}

export type LookName = keyof Looks;
