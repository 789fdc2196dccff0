/** What the page asks the reader of databases: a worker in a sandbox of its own that is given bytes, and nothing else. */
import type { DatabaseCell } from './looks';

/** A larger database is not read for a preview or a comparison, bytes: it would be in memory several times. */
export const LARGEST_READ = 64_000_000;

export interface ReaderCalls {
  /** The tables of a database, with their first rows. */
  look: { argument: { database: Uint8Array }; result: LookedTable[] };
  /** What differs, table by table, row by row. */
  compare: { argument: { before: Uint8Array; after: Uint8Array }; result: ComparedTable[] };
  /** `mine` with these tables as `theirs` has them: without them where it has none. */
  join: { argument: { mine: Uint8Array; theirs: Uint8Array; tables: string[] }; result: Uint8Array };
}

export interface LookedTable {
  name: string;
  kind: 'table' | 'view' | 'virtual';
  columns: string[];
  /** Null when they were not counted: of a view, or of a table that takes too long. */
  rows: number | null;
  /** At most `FIRST_ROWS`. */
  first: DatabaseCell[][];
  problem: string | null;
}

/** Rows of a table in a preview. */
export const FIRST_ROWS = 10;
/** Rows of each kind that a comparison shows of a table. */
export const SHOWN_ROWS = 50;

export interface ComparedTable {
  name: string;
  /** `shape`: its columns are others; `changed`: its rows. Tables without a difference are left out. */
  change: 'added' | 'removed' | 'shape' | 'changed';
  columns: string[];
  /** Of the rows, by the primary key; where there is none a changed row is a removed and an added one. */
  counts: { added: number; removed: number; changed: number };
  rows: { change: 'added' | 'removed' | 'changed'; before: DatabaseCell[] | null; after: DatabaseCell[] | null }[];
  problem: string | null;
}

export type ReaderRequest = { [Name in keyof ReaderCalls]: { type: Name } & ReaderCalls[Name]['argument'] }[keyof ReaderCalls];

/** Each reader answers one request. `problem`: a sentence. */
export type ReaderReply = { type: 'result'; result: unknown } | { type: 'problem'; problem: string };

/** A reader that has started. It is removed after its answer, and when it takes too long. */
export interface DatabaseReader {
  port: MessagePort;
  remove(): void;
}
