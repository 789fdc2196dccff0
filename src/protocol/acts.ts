/**
 * What the page has the interpreter do between two runs, beside looking: changes of the user's databases and variables, each whole or not at all. One entry
 * here, one function in `src/python/acts.py`, one check in `src/session/acts.ts`. Who asks for one sees to the checkpoint before it.
 */
import type { DatabaseCell } from './looks';

/** Of what was done to a database. */
export interface DatabaseChanged {
  /** Rows that the last statement gave that gives any. */
  columns: string[];
  rows: DatabaseCell[][];
  /** There are more of them. */
  more: boolean;
  /** Rows that were added, changed or removed. */
  changed: number;
  /** A sentence when nothing was done. */
  problem: string | null;
}

/** A value as it is, whole. */
export type WholeValue = null | number | string | { integer: string } | { real: string } | { base64: string };

/** What makes a table as another database has it. */
export interface JoinedTable {
  name: string;
  /** Statements that make it anew with its indexes, after it was removed; none for one that goes. Null where it stays and only rows change. */
  make: string[] | null;
  /** Of the rows in `put`. */
  columns: string[];
  /** Of the rows in `remove`. */
  key: string[];
  /** Keys of rows that go; null for all rows. */
  remove: WholeValue[][] | null;
  put: WholeValue[][];
}

/** Paths are absolute in the machine. */
export interface DatabaseActs {
  /** Statements in one transaction. */
  executeSql: { argument: { path: string; sql: string }; result: DatabaseChanged };
  /** `key` and `before` are as they were told by a look: another value there now is a problem. */
  setCell: {
    argument: { path: string; table: string; key: DatabaseCell[]; column: string; value: DatabaseCell; before: DatabaseCell };
    result: DatabaseChanged;
  };
  /** Columns that are not named get their default. */
  insertRow: { argument: { path: string; table: string; values: Record<string, DatabaseCell> }; result: DatabaseChanged };
  deleteRows: { argument: { path: string; table: string; keys: DatabaseCell[][] }; result: DatabaseChanged };
  /** Tables become as another database has them; without triggers. A row that is not as it was told is a problem. */
  joinTables: { argument: { path: string; tables: JoinedTable[] }; result: DatabaseChanged };
  /** Makes a table of a CSV file; `delimiter` '' is found out. */
  importTable: { argument: { path: string; source: string; table: string; delimiter: string }; result: DatabaseChanged };
}

export interface VariableActs {
  /** `token` brings it back, until the next run begins; null when there is no such variable. */
  deleteVariable: { argument: { name: string }; result: { token: string | null } };
  restoreVariable: { argument: { token: string }; result: { restored: boolean } };
}

/** Arguments and results are JSON on the way. */
export interface Acts extends DatabaseActs, VariableActs {}

export type ActName = keyof Acts;

/** The machine's answer to an act. */
export interface Acted {
  result: unknown;
  /** The last operation that belongs to it. */
  sequence: number;
}
