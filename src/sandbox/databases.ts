/**
 * Reads databases that anyone may have made, with SQLite's own build for browsers, in memory alone. Nothing that a schema says is run:
 * triggers and views are off, functions of the application are not trusted, and what takes long is ended.
 */
import type { Database, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { DormouseError, messageOf } from '../base/errors';
import { type ComparedTable, FIRST_ROWS, type LookedTable, type ReaderCalls, SHOWN_ROWS } from '../protocol/database-reader';
import type { DatabaseCell } from '../protocol/looks';

/** How long one question may take, ms. */
const PATIENCE = 2000;
/** After so many steps of SQLite's machine the clock is looked at. */
const STEPS = 20_000;
const MOST_TABLES = 200;
const MOST_COLUMNS = 100;
/** UTF-16 units of a text. */
const LONGEST_TEXT = 200;
/** Of the file's header: the versions for writing and reading, 2 for a write-ahead log, which is not there in memory. */
const VERSIONS = [18, 19] as const;
const HEADER = 'SQLite format 3\0';

interface TableInfo {
  name: string;
  kind: LookedTable['kind'];
  columns: { name: string; key: number; generated: boolean }[];
}

export class Databases {
  readonly #sqlite3: Sqlite3Static;

  constructor(sqlite3: Sqlite3Static) {
    this.#sqlite3 = sqlite3;
  }

  /** @throws DormouseError a sentence when it cannot be read at all */
  look({ database }: ReaderCalls['look']['argument']): LookedTable[] {
    return this.#with({ main: database }, (db) =>
      tablesOf(db, 'main').map(({ name, kind, columns }): LookedTable => {
        const table: LookedTable = { name, kind, columns: columns.map((column) => column.name), rows: null, first: [], problem: null };
        if (kind !== 'table') return table;
        try {
          table.first = this.#rows(db, `select * from main.${quoted(name)} limit ${FIRST_ROWS}`);
          table.rows = this.#count(db, `select count(*) from main.${quoted(name)}`);
        } catch (error) {
          table.problem = sentenceOf(error);
        }
        return table;
      }),
    );
  }

  /** @throws DormouseError */
  compare({ before, after }: ReaderCalls['compare']['argument']): ComparedTable[] {
    return this.#with({ main: before, theirs: after }, (db) => {
      const old = new Map(tablesOf(db, 'main').map((table) => [table.name, table]));
      const compared: ComparedTable[] = [];
      for (const table of tablesOf(db, 'theirs')) {
        const was = old.get(table.name);
        old.delete(table.name);
        if (!was) compared.push(blank(table, 'added'));
        else if (JSON.stringify(was) !== JSON.stringify(table)) compared.push(blank(table, 'shape'));
        else if (table.kind === 'table') {
          const difference = this.#compareRows(db, table);
          if (difference) compared.push(difference);
        }
      }
      for (const table of old.values()) compared.push(blank(table, 'removed'));
      return compared;
    });
  }

  /** @throws DormouseError: then `mine` is as it was */
  join({ mine, theirs, tables }: ReaderCalls['join']['argument']): Uint8Array {
    return this.#with({ main: mine, theirs }, (db) => {
      try {
        db.exec('begin');
        for (const name of tables) this.#take(db, name);
        db.exec('commit');
        return this.#sqlite3.capi.sqlite3_js_db_export(db);
      } catch (error) {
        throw new DormouseError('invalid', `The tables could not be taken over (${sentenceOf(error)}).`, { cause: error });
      }
    });
  }

  /** Puts a table as `theirs` has it in the place of that of `main`. Triggers are not taken over: they would run. */
  #take(db: Database, name: string): void {
    const table = tablesOf(db, 'theirs').find((each) => each.name === name) ?? null;
    if (table && table.kind !== 'table') throw new DormouseError('invalid', `“${name}” is no plain table`);
    const made = (schema: string) =>
      this.#texts(
        db,
        `select sql from ${schema}.sqlite_schema where tbl_name = ? and type in ('table', 'index') and sql is not null order by type = 'index'`,
        name,
      );
    const [create, ...indexes] = table ? made('theirs') : [];
    db.exec(`drop table if exists main.${quoted(name)}`);
    if (!table || create === undefined) return;
    for (const sql of [create, ...indexes]) {
      // One statement, and one that makes a table or an index: it has no schema in it, so it is made in `main`.
      if (!/^create\s+(table|(unique\s+)?index)\s/i.test(sql)) throw new DormouseError('invalid', `“${name}” is made in an unusual way`);
      if (sql === create) {
        db.prepare(sql).stepFinalize();
        const columns = table.columns.filter(({ generated }) => !generated).map((column) => quoted(column.name));
        db.exec(`insert into main.${quoted(name)} (${columns}) select ${columns} from theirs.${quoted(name)}`);
      } else db.prepare(sql).stepFinalize();
    }
  }

  #compareRows(db: Database, table: TableInfo): ComparedTable | null {
    const { name, columns } = table;
    const names = columns.map((column) => quoted(column.name));
    const keys = columns.filter(({ key }) => key > 0).map((column) => quoted(column.name));
    const result = blank(table, 'changed');
    const [old, now] = [`main.${quoted(name)}`, `theirs.${quoted(name)}`];
    const same = (list: string[]) => list.map((column) => `a.${column} is b.${column}`).join(' and ');
    const only = (here: string, there: string) =>
      keys.length > 0
        ? `select ${names.map((column) => `a.${column}`)} from ${here} a where not exists (select 1 from ${there} b where ${keys.map((key) => `a.${key} = b.${key}`).join(' and ')})`
        : `select ${names} from ${here} except select ${names} from ${there}`;
    try {
      for (const [change, sql] of [
        ['removed', only(old, now)],
        ['added', only(now, old)],
      ] as const) {
        result.counts[change] = this.#count(db, `select count(*) from (${sql})`);
        for (const row of this.#rows(db, `${sql} limit ${SHOWN_ROWS}`))
          result.rows.push({ change, before: change === 'removed' ? row : null, after: change === 'added' ? row : null });
      }
      if (keys.length > 0) {
        const from = `from ${old} a join ${now} b on ${keys.map((key) => `a.${key} = b.${key}`).join(' and ')} where not (${same(names)})`;
        result.counts.changed = this.#count(db, `select count(*) ${from}`);
        const both = [...names.map((column) => `a.${column}`), ...names.map((column) => `b.${column}`)];
        for (const row of this.#rows(db, `select ${both} ${from} limit ${SHOWN_ROWS}`))
          result.rows.push({ change: 'changed', before: row.slice(0, names.length), after: row.slice(names.length) });
      }
    } catch (error) {
      result.problem = sentenceOf(error);
      return result;
    }
    const { added, removed, changed } = result.counts;
    return added + removed + changed > 0 ? result : null;
  }

  #rows(db: Database, sql: string): DatabaseCell[][] {
    return this.#inTime(db, () => {
      const rows: DatabaseCell[][] = [];
      const statement = db.prepare(sql);
      try {
        while (statement.step()) rows.push(Array.from({ length: statement.columnCount }, (_, column) => cellOf(statement.get(column))));
      } finally {
        statement.finalize();
      }
      return rows;
    });
  }

  #count(db: Database, sql: string): number {
    return this.#inTime(db, () => Number(db.selectValue(sql)));
  }

  #texts(db: Database, sql: string, bound: string): string[] {
    return this.#inTime(db, () => (db.selectValues(sql, [bound]) as unknown[]).filter((value) => typeof value === 'string'));
  }

  /** Ends what takes longer than it may: SQLite says `interrupted` then. */
  #inTime<Result>(db: Database, act: () => Result): Result {
    const { capi } = this.#sqlite3;
    const end = performance.now() + PATIENCE;
    capi.sqlite3_progress_handler(db, STEPS, () => (performance.now() > end ? 1 : 0), 0);
    try {
      return act();
    } finally {
      capi.sqlite3_progress_handler(db, 0, 0, 0);
    }
  }

  #with<Result>(contents: { main: Uint8Array; theirs?: Uint8Array }, act: (db: Database) => Result): Result {
    const { capi, oo1 } = this.#sqlite3;
    const db = new oo1.DB(':memory:', 'c');
    try {
      // Bound: what one value, one statement and one program of SQLite may take.
      for (const [limit, most] of [
        [capi.SQLITE_LIMIT_LENGTH, 100_000_000],
        [capi.SQLITE_LIMIT_SQL_LENGTH, 1_000_000],
        [capi.SQLITE_LIMIT_EXPR_DEPTH, 100],
        [capi.SQLITE_LIMIT_VDBE_OP, 100_000],
        [capi.SQLITE_LIMIT_ATTACHED, 1],
      ] as const)
        capi.sqlite3_limit(db, limit, most);
      if (contents.theirs) {
        db.exec("attach ':memory:' as theirs");
        this.#deserialize(db, 'theirs', contents.theirs);
      }
      this.#deserialize(db, 'main', contents.main);
      for (const [setting, on] of [
        [capi.SQLITE_DBCONFIG_DEFENSIVE, 1],
        [capi.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0],
        [capi.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0],
        [capi.SQLITE_DBCONFIG_ENABLE_VIEW, 0],
        [capi.SQLITE_DBCONFIG_ENABLE_FKEY, 0],
      ] as const)
        capi.sqlite3_db_config(db, setting, on, 0);
      db.exec('pragma cell_size_check = on; pragma mmap_size = 0');
      return act(db);
    } catch (error) {
      if (error instanceof DormouseError) throw error;
      throw new DormouseError('invalid', `This database cannot be read (${sentenceOf(error)}).`, { cause: error });
    } finally {
      db.close();
    }
  }

  #deserialize(db: Database, schema: string, content: Uint8Array): void {
    const { capi, wasm } = this.#sqlite3;
    // An empty file is an empty database.
    if (content.length === 0) return;
    const begin = new TextDecoder('latin1').decode(content.subarray(0, HEADER.length));
    if (begin !== HEADER) throw new DormouseError('invalid', 'This is no SQLite database, or it is encrypted.');
    const bytes = content.slice();
    for (const at of VERSIONS) if (bytes[at] === 2) bytes[at] = 1;
    const pointer = wasm.allocFromTypedArray(bytes);
    const flags = capi.SQLITE_DESERIALIZE_FREEONCLOSE | capi.SQLITE_DESERIALIZE_RESIZEABLE;
    if (db.pointer === undefined) return;
    db.checkRc(capi.sqlite3_deserialize(db.pointer, schema, pointer, bytes.length, bytes.length, flags));
  }
}

/** In the order of their names. Those that SQLite keeps for itself, and what virtual tables keep, are left out. */
function tablesOf(db: Database, schema: 'main' | 'theirs'): TableInfo[] {
  const listed = db.selectArrays(
    `select name, type from pragma_table_list where schema = ? and name not like 'sqlite~_%' escape '~' and type <> 'shadow' order by name limit ${MOST_TABLES}`,
    [schema],
  );
  return listed.map(([name, type]) => ({
    name: String(name),
    kind: type === 'view' || type === 'virtual' ? type : 'table',
    // Columns of a view or a virtual table are known only by running it.
    columns:
      type === 'view' || type === 'virtual'
        ? []
        : db
            .selectArrays(`select name, pk, hidden from pragma_table_xinfo(?, ?) where hidden <> 1 limit ${MOST_COLUMNS}`, [
              String(name),
              schema,
            ])
            .map(([column, key, hidden]) => ({ name: String(column), key: Number(key), generated: Number(hidden) > 1 })),
  }));
}

function blank({ name, columns }: TableInfo, change: ComparedTable['change']): ComparedTable {
  const counts = { added: 0, removed: 0, changed: 0 };
  return { name, change, columns: columns.map((column) => column.name), counts, rows: [], problem: null };
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

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;

function sentenceOf(error: unknown): string {
  const message = messageOf(error).slice(0, 300);
  if (/interrupt/i.test(message)) return 'It takes too long to read.';
  return message.replace(/^sqlite3? result code \d+: /i, '');
}
