/** Tables become what they are in another database: through the interpreter's own SQLite, all of it or nothing. */
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Acted, JoinedTable } from '../../../src/protocol/acts';
import { ACT_RESULTS } from '../../../src/session/acts';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

const path = '/home/pyodide/app.db';
let machine: TestMachine;

beforeAll(async () => {
  machine = await startMachine();
}, 60_000);
beforeEach(async () => {
  await machine.run(`
import os, sqlite3
if "db" in globals(): db.close()
if os.path.exists("app.db"): os.remove("app.db")
db = sqlite3.connect("app.db")
db.executescript("""
CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT UNIQUE, note);
CREATE TABLE visits (person INTEGER REFERENCES people (id) ON DELETE CASCADE, place TEXT);
CREATE TABLE log (line);
CREATE TRIGGER watch AFTER DELETE ON people BEGIN INSERT INTO log VALUES ('gone'); END;
INSERT INTO people VALUES (1, 'Ada', NULL), (2, 'Bo', x'00ff'), (3, 'Cy', 1.0);
INSERT INTO visits VALUES (1, 'Oslo'), (9, 'nobody');
""")
db.commit()
`);
  machine.events.length = 0;
});
afterAll(() => machine.close());

const table = (part: Partial<JoinedTable>): JoinedTable => ({
  name: 'people',
  make: null,
  columns: [],
  key: [],
  remove: [],
  put: [],
  ...part,
});
const PEOPLE = { columns: ['id', 'name', 'note'], key: ['id'] };

async function join(...tables: JoinedTable[]) {
  const argument = { path, tables };
  const { result } = await machine.call<Acted>((call) => ({ type: 'act', call, act: 'joinTables', argument }));
  return ACT_RESULTS.joinTables(result);
}

async function shown(code: string): Promise<string> {
  const from = machine.events.length;
  await machine.run(`print(${code})`);
  return machine.events
    .slice(from)
    .map((event) => (event.type === 'output' ? event.text : ''))
    .join('');
}
const rows = (name: string) => shown(`db.execute("select * from ${name}").fetchall()`);

test('rows go, come and change, with values as they are; triggers and foreign keys do nothing of their own', async () => {
  const put = [
    [1, 'Bo', { base64: 'AP8=' }],
    [2, 'Ada', { real: '2' }],
    [4, null, { integer: String(2n ** 62n) }],
  ] as JoinedTable['put'];
  // Names change places: none of them is ever there twice.
  expect(await join(table({ ...PEOPLE, remove: [[1], [2], [3]], put }))).toMatchObject({ changed: 6, problem: null });
  expect(await rows('people')).toContain(`[(1, 'Bo', b'\\x00\\xff'), (2, 'Ada', 2.0), (4, None, ${2n ** 62n})]`);
  expect(await rows('visits')).toContain("[(1, 'Oslo'), (9, 'nobody')]");
  expect(await rows('log')).toContain('[]');
});

test('a table without a key is filled anew, one of another shape is made anew, and one that is not there goes', async () => {
  const make = ['CREATE TABLE people (id integer primary key, full_name text)', 'CREATE INDEX by_name on people (full_name)'];
  const answer = await join(
    table({ name: 'log', columns: ['line'], remove: null, put: [['a'], ['a'], [null]] }),
    table({ make, columns: ['id', 'full_name'], put: [[1, 'Ada L.']] }),
    table({ name: 'visits', make: [] }),
  );
  expect(answer).toMatchObject({ problem: null });
  expect(await rows('log')).toContain("[('a',), ('a',), (None,)]");
  expect(await rows('people')).toContain("[(1, 'Ada L.')]");
  expect(await rows("sqlite_schema where name like 'by%' or name = 'visits'")).toMatch(/'by_name'(?!.*visits)/);
});

test.each<[string, JoinedTable[], RegExp]>([
  ['a row is not as it was shown', [table({ ...PEOPLE, remove: [[7]] })], /not as it was shown/],
  ['rows refer to what would go', [table({ ...PEOPLE, remove: [[1]] })], /take the tables along/],
  ['two rows have one key', [table({ ...PEOPLE, put: [[1, 'Zed', null]] })], /UNIQUE/],
  ['it would be made by another statement', [table({ make: ['DROP TABLE log'] })], /not carried out/],
  ['two statements are one text', [table({ make: ['CREATE TABLE people (a); DROP TABLE log'] })], /one statement/i],
  ['it would be made elsewhere', [table({ make: ['CREATE TABLE temp.people (a)'], columns: ['a'] })], /another name/],
  ['a later table fails', [table({ name: 'log', remove: null }), table({ name: 'missing', columns: ['a'], put: [[1]] })], /no such table/],
])('nothing is changed where %s', async (_, tables, says) => {
  await machine.run('db.execute("insert into log values (0)"); db.commit()');
  expect(await join(...tables)).toMatchObject({ changed: 0, problem: expect.stringMatching(says) });
  expect(await rows('people')).toContain("[(1, 'Ada', None), (2, 'Bo', b'\\x00\\xff'), (3, 'Cy', 1.0)]");
  expect(await rows('log')).toContain('[(0,)]');
});

test('a transaction that is open is not disturbed', async () => {
  await machine.run('db.execute("insert into log values (1)")');
  expect(await join(table({ name: 'log', remove: null }))).toMatchObject({ problem: expect.stringMatching(/in use/) });
  expect(await rows('log')).toContain('[(1,)]');
});
