/** What the page asks the reader of databases: a worker in a sandbox of its own that is given bytes, and nothing else. */
import type { JoinedTable } from './acts';
import type { DatabaseCell } from './looks';

/** A larger database is not read for a preview or a comparison, bytes: it would be in memory several times. */
export const LARGEST_READ = 64_000_000;
/** Rows of a table in a preview. */
export const FIRST_ROWS = 10;
/** Rows of each kind that a comparison shows of a table. */
export const SHOWN_ROWS = 50;
/** Tables of a database that are looked into. */
export const MOST_TABLES = 200;
/** Rows that one join takes over. */
export const MOST_JOINED_ROWS = 100_000;

/** Each reader answers one of these. */
export interface ReaderCalls {
  /** The tables of a database, with their first rows. */
  look: { argument: { database: Uint8Array<ArrayBuffer> }; result: LookedTable[] };
  /** What differs, table by table and row by row; tables that are the same are left out. */
  compare: { argument: { before: Uint8Array<ArrayBuffer>; after: Uint8Array<ArrayBuffer> }; result: ComparedTable[] };
  /** What has to be done to `mine` so that these tables are as in `theirs`. */
  take: { argument: { mine: Uint8Array<ArrayBuffer>; theirs: Uint8Array<ArrayBuffer>; tables: string[] }; result: JoinedTable[] };
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

export interface ComparedTable {
  name: string;
  kind: LookedTable['kind'];
  /** `added`: only what is after has it. `shape`: its columns are others; its rows are not compared then. */
  change: 'added' | 'removed' | 'shape' | 'changed';
  /** With their types; those of a shape that changed are only in one of the two. */
  columns: { before: string[]; after: string[] };
  /** The primary key that told rows apart; empty where their whole content did, and so a changed row is a removed and an added one. */
  key: string[];
  counts: { added: number; removed: number; changed: number };
  /** At most `SHOWN_ROWS` of each change, with the values of `names`. */
  rows: { change: 'added' | 'removed' | 'changed'; before: DatabaseCell[] | null; after: DatabaseCell[] | null }[];
  names: string[];
  /** A sentence when it could not be compared. */
  problem: string | null;
}

/** SQLite's program, then the one request. */
export type ReaderRequest =
  | { type: 'begin'; sqlite: ArrayBuffer }
  | { [Name in keyof ReaderCalls]: { type: Name } & ReaderCalls[Name]['argument'] }[keyof ReaderCalls];

/** `result` is what the page does not rely on. `problem`: a sentence. */
export type ReaderReply = { type: 'result'; result: unknown } | { type: 'problem'; problem: string };

/** A reader that has started. It is removed after its answer, and when it takes too long. */
export interface DatabaseReader {
  readonly port: MessagePort;
  /** Rejects when its worker has ended by itself: then nothing is answered. */
  readonly failure: Promise<never>;
  remove(): void;
}
