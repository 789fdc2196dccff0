/**
 * Reads databases that anyone may have made, with SQLite's own build for browsers, in memory alone. Nothing that a schema says is run:
 * triggers and views are off, functions of the application are not trusted, and what takes long is ended.
 */
import type { Database, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { DormouseError } from '../base/errors';
import type { JoinedTable } from '../protocol/acts';
import { type ComparedTable, FIRST_ROWS, type LookedTable, MOST_TABLES, type ReaderCalls } from '../protocol/database-reader';
import type { DatabaseCell } from '../protocol/looks';
import { compareTables } from './compare-databases';
import { type Questions, quoted, reasonOf, type Schema, type Table } from './database-questions';
import { takeTable } from './take-tables';

/** How long one question may take, and all of a request together, ms. */
const PATIENCE = 2000;
const PATIENCE_FOR_ALL = 10_000;
/** After so many steps of SQLite's machine the clock is looked at. */
const STEPS = 1000;
const MOST_COLUMNS = 100;
/** UTF-16 units of a text. */
const LONGEST_TEXT = 200;
/** Of the file's header: the versions for writing and reading, 2 for a write-ahead log, which is not there in memory. */
const VERSIONS = [18, 19] as const;
const HEADER = 'SQLite format 3\0';

export class Databases {
  readonly #sqlite3: Sqlite3Static;

  constructor(sqlite3: Sqlite3Static) {
    this.#sqlite3 = sqlite3;
  }

  /** @throws DormouseError a sentence when it cannot be read at all */
  look({ database }: ReaderCalls['look']['argument']): LookedTable[] {
    return this.#with({ main: database }, (ask) =>
      ask.tables('main').map(({ name, kind, columns }): LookedTable => {
        const table: LookedTable = { name, kind, columns: columns.map((column) => column.name), rows: null, first: [], problem: null };
        if (kind !== 'table') return table;
        try {
          table.first = ask.rows(`select * from main.${quoted(name)} limit ${FIRST_ROWS}`);
          table.rows = ask.count(`select count(*) from main.${quoted(name)}`);
        } catch (error) {
          table.problem = `It cannot be read (${reasonOf(error)}).`;
        }
        return table;
      }),
    );
  }

  /** @throws DormouseError as `look` */
  compare({ before, after }: ReaderCalls['compare']['argument']): ComparedTable[] {
    return this.#with({ main: after, theirs: before }, (ask) => compareTables(ask));
  }

  /** @throws DormouseError as `look`, and when a table cannot be taken over */
  take({ mine, theirs, tables }: ReaderCalls['take']['argument']): JoinedTable[] {
    return this.#with({ main: mine, theirs }, (ask) => {
      const found = { mine: ask.tables('main'), theirs: ask.tables('theirs') };
      const room = { rows: 0, size: 0 };
      return tables.map((name) => takeTable(ask, this.#sqlite3.capi, name, found, room));
    });
  }

  #with<Result>(contents: { main: Uint8Array; theirs?: Uint8Array }, act: (ask: Questions) => Result): Result {
    const { capi, oo1 } = this.#sqlite3;
    const db = new oo1.DB(':memory:', 'c');
    try {
      if (contents.theirs) db.exec("attach ':memory:' as theirs");
      // Bound: what one value, one statement and one program of SQLite may take.
      for (const [limit, most] of [
        [capi.SQLITE_LIMIT_LENGTH, 10_000_000],
        [capi.SQLITE_LIMIT_SQL_LENGTH, 1_000_000],
        [capi.SQLITE_LIMIT_EXPR_DEPTH, 500],
        [capi.SQLITE_LIMIT_VDBE_OP, 100_000],
        [capi.SQLITE_LIMIT_ATTACHED, 0],
      ] as const)
        capi.sqlite3_limit(db, limit, most);
      this.#deserialize(db, 'main', contents.main);
      if (contents.theirs) this.#deserialize(db, 'theirs', contents.theirs);
      for (const [setting, on] of [
        [capi.SQLITE_DBCONFIG_DEFENSIVE, 1],
        [capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0],
        [capi.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0],
        [capi.SQLITE_DBCONFIG_ENABLE_VIEW, 0],
        [capi.SQLITE_DBCONFIG_ENABLE_FKEY, 0],
      ] as const)
        capi.sqlite3_db_config(db, setting, on, 0);
      db.exec('pragma cell_size_check = on; pragma mmap_size = 0');
      return act(this.#questions(db));
    } catch (error) {
      if (error instanceof DormouseError) throw error;
      throw new DormouseError('invalid', `This database cannot be read (${reasonOf(error)}).`, { cause: error });
    } finally {
      db.close();
    }
  }

  /** Each ends when it takes longer than it may: SQLite says `interrupted` then. */
  #questions(db: Database): Questions {
    const { capi } = this.#sqlite3;
    const endOfAll = performance.now() + PATIENCE_FOR_ALL;
    const inTime = <Result>(act: () => Result): Result => {
      const end = Math.min(performance.now() + PATIENCE, endOfAll);
      if (performance.now() > end) throw new Error('SQLITE_INTERRUPT');
      capi.sqlite3_progress_handler(db, STEPS, () => (performance.now() > end ? 1 : 0), 0);
      try {
        return act();
      } finally {
        capi.sqlite3_progress_handler(db, 0, 0, 0);
      }
    };
    const each: Questions['each'] = (sql, take) =>
      inTime(() => {
        const statement = db.prepare(sql);
        try {
          while (statement.step()) take(statement);
        } finally {
          statement.finalize();
        }
      });
    return {
      each,
      tables: (schema) => inTime(() => tablesOf(db, schema)),
      rows(sql) {
        const rows: DatabaseCell[][] = [];
        each(sql, (statement) => rows.push(Array.from({ length: statement.columnCount }, (_, column) => cellOf(statement.get(column)))));
        return rows;
      },
      count: (sql) => inTime(() => Number(db.selectValue(sql))),
      texts: (sql, parameter) =>
        inTime(() => (db.selectValues(sql, [parameter]) as unknown[]).filter((value): value is string => typeof value === 'string')),
    };
  }

  #deserialize(db: Database, schema: Schema, content: Uint8Array): void {
    const { capi, wasm } = this.#sqlite3;
    // An empty file is an empty database.
    if (content.length === 0) return;
    const begin = new TextDecoder('latin1').decode(content.subarray(0, HEADER.length));
    if (begin !== HEADER) throw new DormouseError('invalid', 'This is no SQLite database, or it is encrypted.');
    const bytes = content.slice();
    for (const at of VERSIONS) if (bytes[at] === 2) bytes[at] = 1;
    if (db.pointer === undefined) throw new DormouseError('closed', 'The database is closed.');
    const pointer = wasm.allocFromTypedArray(bytes);
    const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
    db.checkRc(capi.sqlite3_deserialize(db.pointer, schema, pointer, bytes.length, bytes.length, flags));
  }
}

/** In the order of their names. Those that SQLite keeps for itself, and what virtual tables keep, are left out. */
function tablesOf(db: Database, schema: Schema): Table[] {
  const listed = db.selectArrays(
    `select name, type from pragma_table_list where schema = ? and name not like 'sqlite~_%' escape '~' and type <> 'shadow' order by name limit ${MOST_TABLES}`,
    [schema],
  );
  return listed.map(([name, type]) => {
    // Columns of a view or a virtual table are known only by running it.
    if (type === 'view' || type === 'virtual') return { name: String(name), kind: type, columns: [], cut: false };
    const columns = db.selectArrays(
      `select name, type, pk, hidden from pragma_table_xinfo(?, ?) where hidden <> 1 limit ${MOST_COLUMNS + 1}`,
      [String(name), schema],
    );
    return {
      name: String(name),
      kind: 'table',
      columns: columns.slice(0, MOST_COLUMNS).map(([column, kind, key, hidden]) => ({
        name: String(column),
        type: String(kind),
        key: Number(key),
        generated: Number(hidden) > 1,
      })),
      cut: columns.length > MOST_COLUMNS,
    };
  });
}

function cellOf(value: unknown): DatabaseCell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number') return Number.isFinite(value) ? value : { real: value > 0 ? 'inf' : '-inf' };
  if (typeof value === 'string') return value.length > LONGEST_TEXT ? { text: value.slice(0, LONGEST_TEXT), length: value.length } : value;
  if (!(value instanceof Uint8Array)) return null;
  const head = Array.from(value.subarray(0, 16), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return { bytes: value.length, head };
}
