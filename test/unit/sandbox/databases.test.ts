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
function made(...statements: string[]): Uint8Array {
  const db = new sqlite3.oo1.DB(':memory:', 'c');
  try {
    for (const sql of statements) db.exec(sql);
    return sqlite3.capi.sqlite3_js_db_export(db);
  } finally {
    db.close();
  }
}

const values = (database: Uint8Array, table: string) => databases.look(database).find(({ name }) => name === table)?.first;
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
    expect(databases.look(database)).toMatchObject([
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
    expect(databases.look(new Uint8Array())).toEqual([]);
  });

  test('runs no view and no trigger, and reads no value of any size', () => {
    const database = made(
      PEOPLE,
      'create view endless as with recursive n(i) as (select 1 union all select i + 1 from n) select i from n',
      'create trigger t after insert on people begin delete from people; end',
      'create table large (a, b as (hex(zeroblob(a)))); insert into large (a) values (11000000)',
    );
    expect(databases.look(database)).toMatchObject([
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
    expect(() => databases.look(database())).toThrow(says);
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
          for (const { problem, first } of databases.look(database)) expect(problem === null || first.length <= 10).toBe(true);
        } catch (error) {
          expect((error as Error).message).toMatch(/cannot be read/);
        }
      }),
      { numRuns: 200 },
    );
  }, 60_000);
});
