/**
 * Stop: a session goes on with the memory of its last checkpoint and with a newer disk. A connection to a database that was written since
 * must not go on: measured without care, 300 of 300 acknowledged rows were lost, or the database malformed.
 */
import { afterEach, expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';
import { SessionDisk } from '../../fixtures/session-disk';

let machine: TestMachine;
afterEach(() => machine.close());

const COMMITS = 'for i in range(300):\n    db.execute("insert into t values (?)", (i,)); db.commit()';

/** Each connection as it is at the checkpoint. */
const CASES = {
  idle: 'db = sqlite3.connect("a.db"); db.execute("create table t (a)"); db.execute("insert into t values (-1)"); db.commit()',
  'with an exclusive lock':
    'db = sqlite3.connect("a.db"); db.execute("pragma locking_mode=exclusive"); db.execute("create table t (a)"); db.execute("insert into t values (-1)"); db.commit()',
  'with a WAL and an exclusive lock':
    'db = sqlite3.connect("a.db"); db.execute("pragma locking_mode=exclusive"); db.execute("pragma journal_mode=wal"); db.execute("create table t (a)"); db.execute("insert into t values (-1)"); db.commit()',
  'with a WAL that was all copied into the database':
    'db = sqlite3.connect("a.db"); db.execute("pragma locking_mode=exclusive"); db.execute("pragma journal_mode=wal"); db.execute("create table t (a)"); db.execute("insert into t values (-1)"); db.commit(); db.execute("pragma wal_checkpoint").fetchall()',
  'in a transaction':
    'db = sqlite3.connect("a.db"); db.execute("create table t (a)"); db.commit(); db.execute("pragma cache_size=1"); db.execute("insert into t values (-1)")',
};

const CHECK =
  'db = sqlite3.connect("a.db")\nprint(sorted(a for (a,) in db.execute("select a from t")) == [-1, *range(300)], db.execute("pragma integrity_check").fetchone())';

/** What a program may do with the stale connection before it opens the database anew. */
const USES = {
  closes: '',
  reads: 'attempt(lambda: db.execute("select count(*) from t").fetchall())',
  writes: 'attempt(lambda: db.execute("insert into t values (999)"))\nattempt(db.commit)',
  'rolls back': 'attempt(db.rollback)',
  checkpoints: 'attempt(lambda: db.execute("pragma wal_checkpoint(truncate)").fetchall())\nattempt(lambda: db.execute("vacuum"))',
};

const ATTEMPT = `
failed = []
def attempt(action):
    try: action()
    except (sqlite3.Error, OSError) as error: failed.append(str(error))
`;

for (const [kind, connect] of Object.entries(CASES)) {
  test.each(Object.entries(USES))(`a connection ${kind} that %s comes back dead and harms nothing`, async (_use, use) => {
    const disk = await SessionDisk.create();
    machine = await startMachine({ disk });
    await machine.run(`import sqlite3\n${connect}`);
    await machine.capture();
    expect(await machine.run(COMMITS)).toMatchObject({ status: 'finished' });
    machine.close();

    machine = await startMachine({ disk });
    expect(machine.resume.kind).toBe('resumed');
    expect(machine.resume.lost.map(({ reason }) => reason).join()).toContain('/home/pyodide/a.db');
    expect(machine.resume.lost.map(({ variable }) => variable)).not.toContain(null);
    expect(machine.resume.lost[0]?.variable).toBe('db');
    await machine.run(`${ATTEMPT}${use}\nattempt(db.close)\ndel db`);
    await machine.run(CHECK);
    expect(machine.output()).toBe("True ('ok',)\n");
    machine.close();

    // And in a Python that knows nothing of all this.
    machine = await startMachine({ disk, resume: false });
    await machine.run(`import sqlite3\n${CHECK}`);
    expect(machine.output()).toBe("True ('ok',)\n");
  });
}

test('a connection whose database has not changed goes on', async () => {
  const disk = await SessionDisk.create();
  machine = await startMachine({ disk });
  await machine.run(`import sqlite3\n${CASES.idle}\nf = open("other.txt", "w+"); g = open("same.txt", "w+")`);
  await machine.capture();
  await machine.run('f.write("changed"); f.flush()');
  machine.close();
  machine = await startMachine({ disk });
  expect(machine.resume.lost).toEqual([{ variable: 'f', reason: 'the open file /home/pyodide/other.txt: it was changed since' }]);
  await machine.run(
    'db.execute("insert into t values (7)"); db.commit(); print(db.execute("select count(*) from t").fetchone(), g.write("on"))\n' +
      'for call in (f.read, lambda: f.seek(0, 2), lambda: f.truncate(0)):\n    try: call()\n    except OSError as error: print(error.errno)\n' +
      'print(open("other.txt").read())',
  );
  expect(machine.output()).toBe('(2,) 2\n72\n72\n72\nchanged\n');
});

test('a file that was removed or replaced since comes back dead', async () => {
  const disk = await SessionDisk.create();
  machine = await startMachine({ disk });
  await machine.run('import os\nfor n in "abc": open(n, "w").write(n)\na, b, c = open("a"), open("b"), open("c")');
  await machine.capture();
  await machine.run('os.remove("a"); open("d", "w").write("d"); os.replace("d", "b")');
  machine.close();
  machine = await startMachine({ disk });
  expect(machine.resume.lost.map(({ variable }) => variable)).toEqual(['a', 'b']);
  await machine.run('print(c.read(), open("b").read())\ntry: b.read()\nexcept OSError as error: print(error)');
  expect(machine.output()).toBe('c d\n[Errno 72] Stale file handle\n');
});

test('a connection of a subclass, one in a container and the files beside a database are found; user code is not called for it', async () => {
  const disk = await SessionDisk.create();
  machine = await startMachine({ disk });
  await machine.run(`
import sqlite3
class Store(sqlite3.Connection):
    called = []
    def cursor(self, *more):
        Store.called.append("cursor")
        return super().cursor(*more)
box = {"inner": sqlite3.connect("a.db", factory=Store)}
box["inner"].row_factory = lambda *row: Store.called.append(row)
box["inner"].execute("pragma locking_mode=exclusive"); box["inner"].execute("pragma journal_mode=wal")
box["inner"].execute("create table t (a)"); box["inner"].commit()
closed = sqlite3.connect("b.db"); closed.close()
odd = sqlite3.connect("c.db"); odd.execute("create table t (a)"); odd.text_factory = Store.called.append
never = sqlite3.Connection.__new__(sqlite3.Connection)
Store.called.clear()
`);
  await machine.capture();
  await machine.run('for db in (box["inner"], odd): db.execute("insert into t values (1)"); db.commit()');
  machine.close();
  machine = await startMachine({ disk });
  expect(new Set(machine.resume.lost.map(({ variable, reason }) => `${variable} ${/\S+\.db(-wal)?/.exec(reason)?.[0]}`))).toEqual(
    new Set(["box['inner'] /home/pyodide/a.db", "box['inner'] /home/pyodide/a.db-wal", 'null /home/pyodide/c.db']),
  );
  await machine.run('print(Store.called)');
  expect(machine.output()).toBe('[]\n');
});
