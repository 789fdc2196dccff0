/** Databases of strangers: what is in them is shown, and nothing that they say is done. */
import open, { type Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { Databases } from '../../../src/sandbox/databases';

let sqlite3: Sqlite3Static;
let databases: Databases;
beforeAll(async () => {
  sqlite3 = await open();
  databases = new Databases(sqlite3);
});

/** The bytes of a database that these statements make. */
function made(...statements: string[]): Uint8Array<ArrayBuffer> {
  const db = new sqlite3.oo1.DB(':memory:', 'c');
  try {
    for (const sql of statements) db.exec(sql);
    return sqlite3.capi.sqlite3_js_db_export(db).slice();
  } finally {
    db.close();
  }
}

const values = (database: Uint8Array<ArrayBuffer>, table: string) => databases.look({ database }).find(({ name }) => name === table)?.first;
const PEOPLE = 'create table people (id integer primary key, name text, age int)';

describe('a look', () => {
  test('shows tables with their first rows, views and virtual tables by name', () => {
    const database = made(
      PEOPLE,
      "insert into people values (1, 'Ada', 36), (2, null, 9007199254740993), (3, x'00ff', 1e999)",
      `create table many as with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select i from n`,
      'create view grown as select name from people',
      'create table "odd ""name" (a)',
    );
    expect(databases.look({ database })).toMatchObject([
      { name: 'grown', kind: 'view', rows: null, first: [] },
      { name: 'many', kind: 'table', rows: 500, columns: ['i'] },
      { name: 'odd "name', rows: 0 },
      {
        name: 'people',
        columns: ['id', 'name', 'age'],
        rows: 3,
        first: [
          [1, 'Ada', 36],
          [2, null, { integer: '9007199254740993' }],
          [3, { bytes: 2, head: '00 ff' }, { real: 'inf' }],
        ],
      },
    ]);
    expect(values(database, 'many')).toHaveLength(10);
  });

  test('into a database with a write-ahead log, and into an empty file', () => {
    const database = made(PEOPLE, "insert into people values (1, 'Ada', 36)");
    database.fill(2, 18, 20);
    expect(values(database, 'people')).toEqual([[1, 'Ada', 36]]);
    expect(databases.look({ database: new Uint8Array() })).toEqual([]);
  });

  test('runs no view and no trigger, and reads no value of any size', () => {
    const database = made(
      PEOPLE,
      'create view endless as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n',
      'create trigger t after insert on people begin delete from people; end',
      'create table large (a, b as (hex(zeroblob(a)))); insert into large (a) values (11000000)',
    );
    expect(databases.look({ database })).toMatchObject([
      { name: 'endless', kind: 'view', rows: null },
      { name: 'large', problem: expect.stringMatching(/too big/) },
      { name: 'people', rows: 0 },
    ]);
  });

  test.each([
    [
      'what is none',
      () => new TextEncoder().encode('not a database at all, but long enough to have a header of its own'),
      /no SQLite database/,
    ],
    ['half a header', () => made(PEOPLE).slice(0, 20), /cannot be read/],
    [
      'a schema that is no SQL',
      () => made(PEOPLE, 'pragma writable_schema = on', "update sqlite_schema set sql = 'create table people (a b c ((('"),
      /cannot be read/,
    ],
  ])('at %s says so', (_, database, says) => {
    expect(() => databases.look({ database: database() })).toThrow(says);
  });

  test('at any damage ends with tables or a sentence', () => {
    const sound = made(
      PEOPLE,
      "insert into people with recursive n(i) as (select 1 union all select i + 1 from n where i < 300) select i, 'x' || i, i from n",
      'create index by_name on people (name)',
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(sound.length - 101), fc.nat(255)), { minLength: 1, maxLength: 20 }), (damage) => {
        const database = sound.slice();
        for (const [at, value] of damage) database[at + 100] = value;
        try {
          for (const { problem, first } of databases.look({ database })) expect(problem === null || first.length <= 10).toBe(true);
        } catch (error) {
          expect((error as Error).message).toMatch(/cannot be read/);
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});

describe('a comparison', () => {
  test('goes row by row by the primary key, and by content without one', () => {
    const shared = [
      'create table log (line)',
      "insert into log values ('a'), ('b'), ('b')",
      'create table same (x)',
      'insert into same values (1)',
    ];
    const before = made(
      PEOPLE,
      "insert into people values (1, 'Ada', 36), (2, 'Bo', 5), (3, 'Cy', null), (5, null, x'00')",
      ...shared,
      'create table gone (x)',
      'create table other (x)',
    );
    const after = made(
      PEOPLE,
      "insert into people values (1, 'Ada', 37), (3, 'Cy', null), (4, 'Di', 8), (5, '', x'01')",
      ...shared,
      "insert into log values ('b'), ('c')",
      'create table come (x)',
      'create table other (y int)',
    );
    expect(databases.compare({ before, after })).toMatchObject([
      { name: 'come', change: 'added' },
      { name: 'gone', change: 'removed' },
      {
        name: 'log',
        change: 'changed',
        key: [],
        counts: { added: 2, removed: 0, changed: 0 },
        rows: [
          { change: 'added', before: null, after: ['b'] },
          { change: 'added', before: null, after: ['c'] },
        ],
      },
      { name: 'other', change: 'shape', columns: { before: ['x'], after: ['y INT'] } },
      {
        name: 'people',
        key: ['id'],
        names: ['id', 'name', 'age'],
        counts: { added: 1, removed: 1, changed: 2 },
        rows: [
          { change: 'removed', before: [2, 'Bo', 5], after: null },
          { change: 'added', before: null, after: [4, 'Di', 8] },
          { change: 'changed', before: [1, 'Ada', 36], after: [1, 'Ada', 37] },
          { change: 'changed', before: [5, null, { bytes: 1, head: '00' }], after: [5, '', { bytes: 1, head: '01' }] },
        ],
      },
    ]);
    expect(databases.compare({ before, after: before })).toEqual([]);
  });

  test('with keys that are NULL, of several columns, without case, and in a table without rowid', () => {
    const tables = [
      'create table loose (k text primary key, v)',
      'create table pairs (a, b, v, primary key (b, a)) without rowid',
      'create table words (w text primary key collate nocase, n as (length(w)))',
    ];
    const before = made(
      ...tables,
      "insert into loose values (null, 1), (null, 2), ('x', 3)",
      "insert into pairs values (1, 'p', 1), (2, 'p', 2)",
      "insert into words (w) values ('one')",
    );
    const after = made(
      ...tables,
      "insert into loose values (null, 1), (null, 5), ('x', 3)",
      "insert into pairs values (1, 'p', 1), (2, 'p', 9)",
      "insert into words (w) values ('One')",
    );
    expect(databases.compare({ before, after })).toMatchObject([
      { name: 'loose', key: [], counts: { added: 1, removed: 1, changed: 0 } },
      { name: 'pairs', key: ['b', 'a'], counts: { added: 0, removed: 0, changed: 1 } },
      { name: 'words', key: ['w'], names: ['w'], rows: [{ change: 'changed', before: ['one'], after: ['One'] }] },
    ]);
  });

  test('shows so many rows and counts all, also with a database that is empty', () => {
    const many = made(
      'create table t (i integer primary key)',
      'insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 500) select i from n',
    );
    const none = made('create table t (i integer primary key)');
    const [table] = databases.compare({ before: none, after: many });
    expect(table).toMatchObject({ counts: { added: 500, removed: 0, changed: 0 } });
    expect(table?.rows).toHaveLength(50);
    expect(databases.compare({ before: new Uint8Array(), after: many })).toMatchObject([{ name: 't', change: 'added' }]);
  });
});

describe('what is taken of a table', () => {
  test('is the rows that differ by key, with values as they are', () => {
    const mine = made(PEOPLE, "insert into people values (1, 'Ada', 36), (2, 'Bo', 5), (3, 'Cy', null)");
    const theirs = made(PEOPLE, "insert into people values (1, 'Ada', 37.0), (3, 'Cy', null), (4, x'00ff', 9007199254740993)");
    expect(databases.take({ mine, theirs, tables: ['people'] })).toEqual([
      {
        name: 'people',
        make: null,
        columns: ['id', 'name', 'age'],
        key: ['id'],
        remove: [[2], [1]],
        put: [
          [4, { base64: 'AP8=' }, { integer: '9007199254740993' }],
          [1, 'Ada', 37],
        ],
      },
    ]);
  });

  test('is all rows without a key, with numbers that have a point', () => {
    const mine = made('create table t (x)', 'insert into t values (1)');
    const theirs = made('create table t (x)', 'insert into t values (1.0), (null), (-1e999), (0.25)');
    expect(databases.take({ mine, theirs, tables: ['t'] })).toMatchObject([
      { make: null, remove: null, put: [[{ real: '1' }], [null], [{ real: '-inf' }], [{ real: '0.25' }]] },
    ]);
  });

  test('is how it is made where its columns differ, with its indexes and without its triggers', () => {
    const mine = made(PEOPLE, 'create table gone (x)');
    const theirs = made(
      'create table people (id integer primary key, full_name text)',
      "insert into people values (1, 'Ada L.')",
      'create index by_name on people (full_name)',
      'create trigger t after insert on people begin delete from people; end',
    );
    expect(databases.take({ mine, theirs, tables: ['people', 'gone'] })).toEqual([
      {
        name: 'people',
        make: ['CREATE TABLE people (id integer primary key, full_name text)', 'CREATE INDEX by_name on people (full_name)'],
        columns: ['id', 'full_name'],
        key: [],
        remove: [],
        put: [[1, 'Ada L.']],
      },
      { name: 'gone', make: [], columns: [], key: [], remove: [], put: [] },
    ]);
  });

  test('is nothing of a view, and not more than there is room for', () => {
    const view = made('create view v as select 1');
    expect(() => databases.take({ mine: view, theirs: view, tables: ['v'] })).toThrow(/no plain table/);
    const wide = made(
      'create table t (x)',
      'insert into t with recursive n(i) as (select 1 union all select i + 1 from n where i < 9) select zeroblob(4000000) from n',
    );
    expect(() => databases.take({ mine: made('create table t (x)'), theirs: wide, tables: ['t'] })).toThrow(/too much for single tables/);
  });
});
