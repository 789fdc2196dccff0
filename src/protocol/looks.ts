/**
 * Looks into the interpreter between two runs: questions whose answers change nothing of the user's. One entry here, one function in
 * `src/python/looks.py`, one check in `src/session/looks.ts`.
 */

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

/** Arguments and results are JSON on the way into Python and out of it. The page believes no result: it is checked and bounded. */
export interface Looks {
  /** Into SQLite files, by their absolute paths. */
  databases: { argument: { paths: string[] }; result: DatabaseReport[] };
}

export type LookName = keyof Looks;
