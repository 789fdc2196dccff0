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

/** A variable as the list shows it. Texts are cut; nothing of it was made by calling what a user wrote. */
export interface Variable {
  name: string;
  type: string;
  /** Of an array or a frame. */
  shape: number[] | null;
  /** Of a container. */
  length: number | null;
  /** Bytes, without what it refers to; null where nobody can tell. */
  size: number | null;
  text: string;
  /** How it can be opened; null for not at all. */
  view: 'grid' | 'tree' | null;
}

/** Which variables are listed, and in which order: `made` is the order in which their names came. */
export interface VariablesView {
  /** Text that the name or the type contains, in any case; '' for all. */
  wanted: string;
  sort: 'made' | 'name' | 'type' | 'size';
  descending: boolean;
  /** Names of those that come first. */
  pinned: string[];
  /** Functions, classes and modules too. */
  code: boolean;
}

export interface VariableList {
  variables: Variable[];
  /** How many `wanted` leaves, and how many there are without it. */
  found: number;
  total: number;
}

/** As a table is shown: TableSnapshot of src/table, without rows. */
export interface VariableTable {
  id: string;
  columns: { name: string; type: string }[];
  rowCount: number;
  rows: [];
}

/** One level of a container or an object, at most 100 children of it. */
export interface VariableLevel {
  count: number;
  /** `count`: how many children it has itself; 0 where it cannot be opened. */
  children: { key: string; type: string; text: string; count: number }[];
}

/** What can be written at a place: `expression` is what stands before the dot, the bracket or (a module) the import. */
export interface CompletionRequest {
  what: 'name' | 'attribute' | 'item' | 'path' | 'import' | 'member';
  expression: string;
  /** What is written of it already. */
  prefix: string;
  /** Of a name in the brackets of a call: what is called; '' for none. */
  call: string;
}

export interface CompletionOption {
  label: string;
  /** As CodeMirror names them: it has icons for these. */
  type: 'class' | 'function' | 'method' | 'namespace' | 'property' | 'text' | 'variable';
  detail: string;
}

export interface CallSignature {
  name: string;
  /** As they are written: `a`, `b=1`, `/`, `*args`. */
  parameters: string[];
  /** The first line of the documentation. */
  doc: string;
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
  /** At most `count`, and 1,000. */
  variables: { argument: VariablesView & { count: number }; result: VariableList };
  /** A variable as a table, for the grid: its name and columns. Null when it is none. */
  variableTable: { argument: { name: string }; result: VariableTable | null };
  /** Where `path` leads in a variable, place by place. Null when nothing is there any more. */
  variableTree: { argument: { name: string; path: number[]; start: number }; result: VariableLevel | null };
  complete: { argument: CompletionRequest; result: CompletionOption[] };
  signature: { argument: { expression: string }; result: CallSignature | null };
  /** Packages of the catalogue that code imports; none when it installs others, or when modules of the user's have their names. */
  importedPackages: { argument: { code: string }; result: string[] };
}

export type LookName = keyof Looks;
