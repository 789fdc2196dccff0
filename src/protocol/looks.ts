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

/** A value of a database: integers beyond 2^53, infinite numbers, bytes and long texts are told apart; the last two are cut. */
export type DatabaseCell =
  | null
  | number
  | string
  | { integer: string }
  | { real: string }
  | { bytes: number; head: string }
  | { text: string; length: number };

export interface DatabaseTable {
  name: string;
  kind: 'table' | 'view';
  sql: string;
  /** `key`: its place in the primary key, from 1; 0 for none. */
  columns: { name: string; type: string; required: boolean; default: string | null; key: number; generated: boolean }[];
  /** `made`: by CREATE INDEX; others come with a constraint. */
  indexes: { name: string; unique: boolean; made: boolean; partial: boolean; columns: string[] }[];
  foreignKeys: { from: string; table: string; to: string }[];
  problem: string | null;
}

export interface DatabaseSchema {
  tables: DatabaseTable[];
  problem: string | null;
}

export interface DatabaseRows {
  columns: string[];
  rows: DatabaseCell[][];
  /** What tells each row apart, for changing it; empty lists where nothing does. */
  keys: DatabaseCell[][];
  /** Of the whole view; null when counting took too long. */
  total: number | null;
  problem: string | null;
}

/** What a statement gave. `changes`: it would change the database, and was not carried out. */
export interface DatabaseAnswer {
  columns: string[];
  rows: DatabaseCell[][];
  more: boolean;
  changes: boolean;
  problem: string | null;
  seconds: number;
}

/** Arguments and results are JSON on the way into Python and out of it. The page believes no result: it is checked and bounded. */
export interface Looks {
  /** Into SQLite files, by their absolute paths. */
  databases: { argument: { paths: string[] }; result: DatabaseReport[] };
  /** Rows `start` up to `end` of a table that was shown under `id` with so many columns. */
  table: { argument: TableView & { start: number; end: number; columns: number }; result: TableWindow | TableProblem };
  /** One of its columns in figures. */
  tableSummary: { argument: TableView & { column: number }; result: TableSummary | TableProblem };
  databaseSchema: { argument: { path: string }; result: DatabaseSchema };
  /** At most 1,000 rows; `wanted` is text that any cell contains, '' for all. */
  databaseRows: {
    argument: {
      path: string;
      table: string;
      start: number;
      count: number;
      order: { column: number; descending: boolean }[];
      wanted: string;
    };
    result: DatabaseRows;
  };
  /** One statement that only reads; at most 1,000 rows. */
  databaseQuery: { argument: { path: string; sql: string; count: number }; result: DatabaseAnswer };
}

export type LookName = keyof Looks;
