/** What is asked of a database of a stranger that is open in the reader. */
import type { PreparedStatement } from '@sqlite.org/sqlite-wasm';
import { messageOf } from '../base/errors';
import type { LookedTable } from '../protocol/database-reader';
import type { DatabaseCell } from '../protocol/looks';

/** Where a table is: `main`, or `theirs` beside it. */
export type Schema = 'main' | 'theirs';

export interface Table {
  name: string;
  kind: LookedTable['kind'];
  /** `key`: its place in the primary key, from 1; 0 for none. */
  columns: { name: string; type: string; key: number; generated: boolean }[];
  /** There are more columns than are looked at. */
  cut: boolean;
}

/** What is asked of an open database, each within its time. */
export interface Questions {
  tables(schema: Schema): Table[];
  rows(sql: string): DatabaseCell[][];
  count(sql: string): number;
  /** Goes through rows, which `take` reads by itself. */
  each(sql: string, take: (statement: PreparedStatement) => void): void;
  /** Texts that a statement with one parameter gives. */
  texts(sql: string, parameter: string): string[];
}

/** A name as SQL has it. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** What SQLite says, without its codes. */
export function reasonOf(error: unknown): string {
  const message = messageOf(error).slice(0, 300);
  return /SQLITE_INTERRUPT/.test(message) ? 'it takes too long' : message.replace(/^SQLITE_\w+: sqlite3 result code \d+: /, '');
}
