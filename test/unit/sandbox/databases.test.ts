/** Databases of strangers: what is in them is shown, compared and joined, and nothing that they say is done. */
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

const values = (database: Uint8Array, table: string) => databases.look({ database }).find(({ name }) => name === table)?.first;
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

  test('at what never ends is ended, and the rest is shown', () => {
    const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select i from n';
    const database = made(
      PEOPLE,
      `create view endless as ${endless}`,
      // Worked out for each row as it is read.
      "create table slow (a, b as (length(replace(hex(zeroblob(a)), '0', '00'))))",
      'insert into slow (a) with recursive n(i) as (select 1 union all select i + 1 from n where i < 2000) select 4000000 from n',
    );
    const tables = databases.look({ database });
    expect(tables.map(({ name }) => name)).toEqual(['endless', 'people', 'slow']);
  }, 60_000);

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
      "insert into log values ('a'), ('b')",
      'create table same (x)',
      'insert into same values (1)',
    ];
    const before = made(
      PEOPLE,
      "insert into people values (1, 'Ada', 36), (2, 'Bo', 5), (3, 'Cy', null)",
      ...shared,
      'create table gone (x)',
      'create table other (x)',
    );
    const after = made(
      PEOPLE,
      "insert into people values (1, 'Ada', 37), (3, 'Cy', null), (4, 'Di', 8)",
      ...shared,
      "insert into log values ('c')",
      'create table come (x)',
      'create table other (y)',
    );
    expect(databases.compare({ before, after })).toMatchObject([
      { name: 'come', change: 'added' },
      {
        name: 'log',
        change: 'changed',
        counts: { added: 1, removed: 0, changed: 0 },
        rows: [{ change: 'added', before: null, after: ['c'] }],
      },
      { name: 'other', change: 'shape' },
      {
        name: 'people',
        counts: { added: 1, removed: 1, changed: 1 },
        rows: [
          { change: 'removed', before: [2, 'Bo', 5], after: null },
          { change: 'added', before: null, after: [4, 'Di', 8] },
          { change: 'changed', before: [1, 'Ada', 36], after: [1, 'Ada', 37] },
        ],
      },
      { name: 'gone', change: 'removed' },
    ]);
    expect(databases.compare({ before, after: before })).toEqual([]);
  });
});

describe('joining', () => {
  const row = fc.tuple(fc.string({ maxLength: 5 }), fc.integer());
  const rows = fc.array(row, { maxLength: 8 });

  test('any tables: those that were chosen are as theirs, the others as mine', () => {
    const fill = (db: string, list: [string, number][]) =>
      list.map(([name, age], id) => `insert into ${db} values (${id}, '${name.replace(/['\0]/g, '')}', ${age})`);
    const tables = ['a', 'b', 'c'];
    const of = (lists: [string, number][][]) =>
      made(
        ...tables.flatMap((name, index) => [PEOPLE.replace('people', name), ...fill(name, lists[index] ?? [])]),
        'create unique index by_id on a (id)',
      );
    fc.assert(
      fc.property(fc.tuple(rows, rows, rows), fc.tuple(rows, rows, rows), fc.subarray(tables), (left, right, chosen) => {
        const [mine, theirs] = [of(left), of(right)];
        const joined = databases.join({ mine, theirs, tables: chosen });
        const differing = databases.compare({ before: mine, after: theirs }).map(({ name }) => name);
        const changed = databases.compare({ before: mine, after: joined }).map(({ name }) => name);
        expect(changed).toEqual(differing.filter((name) => chosen.includes(name)));
      }),
      { numRuns: 50 },
    );
  }, 60_000);

  test('takes a table along that is new, takes one away that is gone there, and takes no trigger over', () => {
    const mine = made(PEOPLE, 'create table gone (x)');
    const theirs = made(
      PEOPLE,
      'create table come (x unique, y as (x + 1))',
      'insert into come (x) values (1)',
      'create trigger t after insert on people begin insert into come (x) values (2); end',
    );
    const joined = databases.join({ mine, theirs, tables: ['come', 'gone', 'people'] });
    expect(databases.look({ database: joined }).map(({ name }) => name)).toEqual(['come', 'people']);
    expect(values(joined, 'come')).toEqual([[1, 2]]);
    const db = new TextDecoder('latin1').decode(joined);
    expect(db).not.toContain('trigger');
  });

  test('with what is made to run something else is refused, and mine is as it was', () => {
    const mine = made(PEOPLE);
    const theirs = made(
      PEOPLE,
      'pragma writable_schema = on',
      "update sqlite_schema set sql = 'create table people as select load_extension(''x'')'",
    );
    expect(() => databases.join({ mine, theirs, tables: ['people'] })).toThrow(/could not be taken over|cannot be read/);
    expect(databases.compare({ before: made(PEOPLE), after: mine })).toEqual([]);
  });
});
