/** What the page sees of databases and does to them, in a real Pyodide with its own SQLite. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Acted, DatabaseActs, DatabaseChanged } from '../../../src/protocol/acts';
import type { LookName, Looks } from '../../../src/protocol/looks';
import { ACT_RESULTS } from '../../../src/session/acts';
import { LOOK_RESULTS } from '../../../src/session/looks';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

const PATH = '/home/pyodide/app.db';
let machine: TestMachine;

beforeAll(async () => {
  machine = await startMachine();
}, 60_000);
beforeEach(async () => {
  await machine.run(`
import os, sqlite3
for name in list(globals()):
    if isinstance(globals()[name], sqlite3.Connection): globals()[name].close(); del globals()[name]
for name in os.listdir("."): os.remove(name)
made = sqlite3.connect("app.db")
made.executescript("""
CREATE TABLE rain (id INTEGER PRIMARY KEY, month TEXT NOT NULL, mm REAL DEFAULT 0, more);
CREATE INDEX by_month ON rain (month);
CREATE TABLE pairs (a TEXT, b TEXT, v, PRIMARY KEY (a, b)) WITHOUT ROWID;
CREATE TABLE notes (rain INTEGER REFERENCES rain (id), text);
CREATE VIEW wet AS SELECT * FROM rain WHERE mm > 10;
CREATE TABLE "a ""b"" %_" ("x y" INTEGER);
""")
made.executemany("INSERT INTO rain VALUES (?, ?, ?, ?)", [(1, "Jan", 12.5, None), (2, "Feb", 3.0, b"\\x00\\xff"), (3, "Mär", 1e999, 2**60)])
made.execute("INSERT INTO pairs VALUES ('x', 'y', 1)")
made.commit(); made.close(); del made
`);
  machine.events.length = 0;
});
afterAll(() => machine.close());

async function look<Name extends LookName>(name: Name, argument: Looks[Name]['argument']): Promise<Looks[Name]['result']> {
  return LOOK_RESULTS[name](await machine.call((call) => ({ type: 'look', call, look: name, argument })));
}
async function act<Name extends keyof DatabaseActs>(name: Name, argument: DatabaseActs[Name]['argument']): Promise<DatabaseChanged> {
  const { result } = await machine.call<Acted>((call) => ({ type: 'act', call, act: name, argument }));
  return ACT_RESULTS[name](result);
}
const rows = (table: string, more: Partial<Looks['databaseRows']['argument']> = {}) =>
  look('databaseRows', { path: PATH, table, start: 0, count: 100, order: [], wanted: '', ...more });
const query = (sql: string) => look('databaseQuery', { path: PATH, sql, count: 100 });
const execute = (sql: string) => act('executeSql', { path: PATH, sql });

describe('looking', () => {
  test('shows tables and views with columns, keys and indexes', async () => {
    const { tables, problem } = await look('databaseSchema', { path: PATH });
    expect(problem).toBeNull();
    expect(tables.map(({ name, kind }) => [name, kind])).toEqual([
      ['a "b" %_', 'table'],
      ['notes', 'table'],
      ['pairs', 'table'],
      ['rain', 'table'],
      ['wet', 'view'],
    ]);
    const rain = tables[3];
    expect(rain?.columns[0]).toEqual({ name: 'id', type: 'INTEGER', required: false, default: null, key: 1, generated: false });
    expect(rain?.columns[1]).toMatchObject({ name: 'month', required: true });
    expect(rain?.columns[2]).toMatchObject({ default: '0' });
    expect(rain?.indexes).toEqual([{ name: 'by_month', unique: false, made: true, partial: false, columns: ['month'] }]);
    expect(tables[1]?.foreignKeys).toEqual([{ from: 'rain', table: 'rain', to: 'id' }]);
  });

  test('gives rows with their keys, in an order, and those in which a text is', async () => {
    const all = await rows('rain');
    expect(all).toMatchObject({ columns: ['id', 'month', 'mm', 'more'], keys: [[1], [2], [3]], total: 3, problem: null });
    expect(all.rows).toEqual([
      [1, 'Jan', 12.5, null],
      [2, 'Feb', 3, { bytes: 2, head: '00 ff' }],
      [3, 'Mär', { real: 'inf' }, { integer: String(2n ** 60n) }],
    ]);
    expect((await rows('rain', { order: [{ column: 1, descending: true }] })).keys).toEqual([[3], [1], [2]]);
    expect(await rows('rain', { wanted: 'ä' })).toMatchObject({ keys: [[3]], total: 1 });
    expect(await rows('rain', { wanted: '%' })).toMatchObject({ keys: [], total: 0 });
    expect(await rows('rain', { start: 2, count: 5 })).toMatchObject({ keys: [[3]], total: 3 });
    expect(await rows('pairs')).toMatchObject({ keys: [['x', 'y']], rows: [['x', 'y', 1]] });
    expect(await rows('wet')).toMatchObject({ keys: [[], []], total: 2 });
    expect(await rows('a "b" %_')).toMatchObject({ columns: ['x y'], rows: [] });
  });

  test('changes nothing, neither the file nor its time, and sees what was committed while a transaction is open', async () => {
    await machine.run('before = os.stat("app.db").st_mtime_ns\nmine = sqlite3.connect("app.db")\nmine.execute("DELETE FROM rain")');
    const operations = machine.operations.length;
    expect((await rows('rain')).total).toBe(3);
    expect((await query('SELECT count(*) FROM rain')).rows).toEqual([[3]]);
    expect(machine.operations.length).toBe(operations);
    await machine.run(
      'mine.rollback()\nprint(os.stat("app.db").st_mtime_ns == before, os.listdir("/run/dormouse") if os.path.exists("/run/dormouse") else [])',
    );
    expect(machine.output()).toContain('True []');
  });

  test('answers a query, and carries out nothing that changes', async () => {
    expect(await query('SELECT month FROM rain WHERE mm < 10')).toMatchObject({
      columns: ['month'],
      rows: [['Feb']],
      changes: false,
      problem: null,
    });
    expect((await query('EXPLAIN QUERY PLAN DELETE FROM rain WHERE month = 1')).rows.flat().join(' ')).toContain('by_month');
    expect((await query('PRAGMA table_info(rain)')).rows).toHaveLength(4);
    for (const sql of [
      'DELETE FROM rain',
      'SELECT 1; DELETE FROM rain',
      'CREATE TABLE t (x)',
      'PRAGMA user_version = 3',
      "ATTACH '/tmp/x.db' AS x",
      'BEGIN',
      'INSERT INTO rain (month) VALUES (1) RETURNING id',
    ]) {
      expect(await query(sql), sql).toMatchObject({ changes: true, rows: [], problem: null });
    }
    expect(await query('SELEKT')).toMatchObject({ changes: false, problem: expect.stringContaining('syntax error') });
    expect((await rows('rain')).total).toBe(3);
  });

  test('ends what would never end', async () => {
    const { problem } = await query('WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n');
    expect(problem).toContain('took too long');
  });

  test.each([
    ['no database', 'open("app.db", "wb").write(b"SQLite format 3\\0" + bytes(range(256)) * 40)', 'damaged'],
    ['cut off', 'data = open("app.db", "rb").read()\nopen("app.db", "wb").write(data[:5000])', 'damaged'],
    ['gone', 'os.remove("app.db")', 'not there any more'],
  ])('a file that is %s is a sentence', async (_name, code, words) => {
    await machine.run(code);
    const { tables, problem } = await look('databaseSchema', { path: PATH });
    const { problem: second } = await rows('rain');
    expect(`${problem} ${tables.map((table) => table.problem)} ${second}`).toContain(words);
    await machine.run('print(sorted(os.listdir(".")))');
    expect(machine.output()).toMatch(/^(\['app.db'\]|\[\])$/m);
  });
});

describe('changing', () => {
  test('sets a cell when it is as it was shown', async () => {
    const cell = { path: PATH, table: 'rain', key: [1], column: 'mm', value: '7.25', before: 12.5 };
    expect(await act('setCell', cell)).toMatchObject({ changed: 1, problem: null });
    expect((await rows('rain')).rows[0]).toEqual([1, 'Jan', 7.25, null]);
    expect(await act('setCell', cell)).toMatchObject({ problem: expect.stringContaining('changed or removed meanwhile') });
    expect(await act('setCell', { ...cell, column: 'month', value: null, before: 'Jan' })).toMatchObject({
      problem: expect.stringMatching(/NOT NULL.*Nothing was changed/),
    });
    expect(
      await act('setCell', { path: PATH, table: 'pairs', key: ['x', 'y'], column: 'v', value: { integer: String(2n ** 61n) }, before: 1 }),
    ).toMatchObject({
      changed: 1,
    });
    expect((await rows('pairs')).rows).toEqual([['x', 'y', { integer: String(2n ** 61n) }]]);
  });

  test('adds and removes rows', async () => {
    expect(await act('insertRow', { path: PATH, table: 'rain', values: { month: 'Apr' } })).toMatchObject({ changed: 1 });
    expect((await rows('rain')).rows[3]).toEqual([4, 'Apr', 0, null]);
    expect(await act('deleteRows', { path: PATH, table: 'rain', keys: [[1], [4]] })).toMatchObject({ changed: 2 });
    expect((await rows('rain')).keys).toEqual([[2], [3]]);
    expect(await act('deleteRows', { path: PATH, table: 'wet', keys: [[1]] })).toMatchObject({
      problem: expect.stringContaining('told apart'),
    });
  });

  test('carries out statements whole or not at all', async () => {
    expect(
      await execute(
        "CREATE TABLE log (x); CREATE TRIGGER t AFTER INSERT ON rain BEGIN INSERT INTO log VALUES (';'); END; INSERT INTO rain (month) VALUES ('a;b'); SELECT * FROM log -- ; the end",
      ),
    ).toMatchObject({ columns: ['x'], rows: [[';']], problem: null });
    expect(await execute('DELETE FROM rain; SELEKT')).toMatchObject({
      problem: expect.stringMatching(/syntax error.*Nothing was changed/),
    });
    expect((await rows('rain')).total).toBe(4);
    for (const sql of ['DELETE FROM rain; COMMIT', "ATTACH '/tmp/x.db' AS x", 'PRAGMA journal_mode = OFF', 'SAVEPOINT s'])
      expect(await execute(sql), sql).toMatchObject({ problem: expect.stringContaining('one transaction') });
    expect((await rows('rain')).total).toBe(4);
  });

  test('says in words that a connection of the user’s is in the way', async () => {
    await machine.run('mine = sqlite3.connect("app.db")\nmine.execute("DELETE FROM rain WHERE id = 1")');
    expect(await execute('DELETE FROM rain')).toMatchObject({ problem: expect.stringContaining('A connection in your code') });
    await machine.run('mine.commit()');
    expect(await execute('DELETE FROM rain')).toMatchObject({ changed: 2, problem: null });
    await machine.run('print(mine.execute("SELECT count(*) FROM rain").fetchone())');
    expect(machine.output()).toContain('(0,)');
  });

  test('works on a database with a write-ahead log', async () => {
    await machine.run(
      'mine = sqlite3.connect("app.db")\nmine.execute("PRAGMA locking_mode=EXCLUSIVE")\nmine.execute("PRAGMA journal_mode=WAL")\nmine.execute("INSERT INTO rain (month) VALUES (\'wal\')")\nmine.commit()',
    );
    expect((await rows('rain')).total).toBe(4);
    expect(await execute('DELETE FROM rain')).toMatchObject({ problem: expect.stringContaining('A connection in your code') });
    await machine.run('mine.close()');
    expect(await execute('DELETE FROM rain')).toMatchObject({ changed: 4 });
  });

  test('makes a table of a CSV file, with types', async () => {
    await machine.run('open("t.csv", "w").write("id;zip;mm;note;\\n1;01234;1.5;a\\n2;00001;;\\"b;c\\"\\n9223372036854775808;1;nan;\\n")');
    expect(await act('importTable', { path: PATH, source: '/home/pyodide/t.csv', table: 't', delimiter: '' })).toMatchObject({
      changed: 3,
      problem: null,
    });
    const { tables } = await look('databaseSchema', { path: PATH });
    expect(tables.find(({ name }) => name === 't')?.columns.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'id REAL',
      'zip TEXT',
      'mm TEXT',
      'note TEXT',
      'column 5 INTEGER',
    ]);
    expect((await rows('t')).rows[1]).toEqual([2, '00001', '', 'b;c', null]);
  });

  test.each([
    ['ragged', 'open("t.csv", "w").write("a,b\\n1,2\\n1,2,3\\n")', 'Line 3 of “t.csv” has 3 fields'],
    ['empty', 'open("t.csv", "w").close()', 'is empty'],
    ['of another encoding', 'open("t.csv", "wb").write("a\\nü".encode("latin-1"))', 'not UTF-8'],
    ['too wide', 'open("t.csv", "w").write(",".join(map(str, range(10000))))', '10,000 columns'],
    ['no text', 'open("t.csv", "wb").write(b"a\\x00b\\n1")', 'is no text'],
  ])('a CSV file that is %s leaves no table and no file', async (_name, code, words) => {
    await machine.run(code);
    for (const path of [PATH, '/home/pyodide/new.db']) {
      const { problem } = await act('importTable', { path, source: '/home/pyodide/t.csv', table: 't', delimiter: '' });
      expect(problem).toContain(words);
    }
    await machine.run('print(sorted(os.listdir(".")))');
    expect(machine.output()).toContain("['app.db', 't.csv']");
  });
});
