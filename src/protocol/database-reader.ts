/** What the page asks the reader of databases: a worker in a sandbox of its own that is given bytes, and nothing else. */
import type { DatabaseCell } from './looks';

/** A larger database is not read for a preview, bytes: it would be in memory several times. */
export const LARGEST_READ = 64_000_000;
/** Rows of a table in a preview. */
export const FIRST_ROWS = 10;

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

/** SQLite's program, then the one request. */
export type ReaderRequest = { type: 'begin'; sqlite: ArrayBuffer } | { type: 'look'; database: Uint8Array };

/** `result`: LookedTable[], which the page does not rely on. `problem`: a sentence. */
export type ReaderReply = { type: 'result'; result: unknown } | { type: 'problem'; problem: string };

/** A reader that has started. It is removed after its answer, and when it takes too long. */
export interface DatabaseReader {
  readonly port: MessagePort;
  remove(): void;
}
