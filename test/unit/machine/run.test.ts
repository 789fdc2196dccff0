/** What a run says and how it ends, in a real Pyodide that cannot wait (Node's main thread, no waker). */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DatabaseReport } from '../../../src/protocol/looks';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

let machine: TestMachine;
beforeAll(async () => {
  machine = await startMachine();
}, 60_000);
beforeEach(() => {
  machine.events.length = 0;
});
afterAll(() => machine.close());

describe('a run', () => {
  test('prints as it goes and shows the value of a last expression', async () => {
    const result = await machine.run('print("one")\nprint("two", end="")\n6 * 7');
    expect(result).toMatchObject({ status: 'finished', exitCode: null });
    expect(machine.events.filter((event) => event.type === 'output').map((event) => event.text)).toEqual(['one\n', 'two']);
    expect(machine.events).toContainEqual({ type: 'value', text: '42' });
  });

  test('keeps variables for the next one, and the value in _', async () => {
    await machine.run('x = 20\nx + 1');
    await machine.run('print(x, _)');
    expect(machine.output()).toContain('20 21');
  });

  test('can await at the top level', async () => {
    await machine.run('import asyncio\nawait asyncio.sleep(0.01)\n"awake"');
    expect(machine.output()).toBe("'awake'\n");
  });

  test('shows a traceback of the user’s own lines only', async () => {
    const result = await machine.run('def f():\n    1 / 0\n\nf()');
    expect(result.status).toBe('failed');
    const text = machine.output();
    expect(text).toMatch(/^Traceback \(most recent call last\):\n {2}File "<run \d+>", line 4, in <module>\n {4}f\(\)/);
    expect(text).toMatch(/line 2, in f\n {4}1 \/ 0/);
    expect(text).toContain('ZeroDivisionError: division by zero');
    expect(text).not.toContain('_pyodide');
    expect(text).not.toContain('runner.py');
  });

  test('quotes the lines of an earlier run in a traceback of a later one', async () => {
    await machine.run('def early():\n    raise KeyError("early line")');
    machine.events.length = 0;
    await machine.run('early()');
    expect(machine.output()).toContain('raise KeyError("early line")');
  });

  test('says where a syntax error is', async () => {
    const result = await machine.run('x = 1\ny = = 2');
    expect(result.status).toBe('failed');
    expect(machine.output()).toMatch(/line 2\n\s+y = = 2/);
  });

  test.each([
    ['import sys; sys.exit()', 0],
    ['import sys; sys.exit(3)', 3],
    ['import sys; sys.exit("bye")', 1],
    ['raise SystemExit(2)', 2],
  ])('ends with the exit code of %s and Python goes on', async (code, exitCode) => {
    expect(await machine.run(code)).toMatchObject({ status: 'exited', exitCode });
    expect(await machine.run('1')).toMatchObject({ status: 'finished' });
  });

  test('is interrupted while it waits in an await', async () => {
    const running = machine.run('import asyncio\nawait asyncio.sleep(100)');
    await new Promise((resolve) => setTimeout(resolve, 50));
    machine.post({ type: 'interrupt', run: machine.lastCall() });
    expect(await running).toMatchObject({ status: 'interrupted' });
    expect(machine.output()).toContain('KeyboardInterrupt');
  });

  test('is interrupted, and not left waiting for ever, by a signal that hits the event loop between two of its steps', async () => {
    const signal = 'asyncio.get_running_loop().call_later(0.01, lambda: signal.raise_signal(signal.SIGINT))';
    expect(await machine.run(`import asyncio, signal\n${signal}\nawait asyncio.sleep(100)`)).toMatchObject({ status: 'interrupted' });
    expect(machine.output()).toMatch(/KeyboardInterrupt\n$/);
  });

  test('is interrupted before its first step, and only by what names it', async () => {
    const running = machine.run('print("begun")');
    machine.post({ type: 'interrupt', run: machine.lastCall() });
    expect(await running).toMatchObject({ status: 'interrupted' });
    expect(machine.output()).not.toContain('begun');

    const next = machine.run('import asyncio\nawait asyncio.sleep(0.1)\nprint("to the end")');
    machine.post({ type: 'interrupt', run: machine.lastCall() - 1 });
    expect(await next).toMatchObject({ status: 'finished' });
    expect(machine.output()).toContain('to the end');
  });

  test('says why input() cannot wait here', async () => {
    expect(await machine.run('input("name? ")')).toMatchObject({ status: 'failed' });
    expect(machine.output()).toMatch(/^name\? /);
    expect(machine.output()).toContain('not cross-origin isolated');
  });

  test.each([
    ['a value whose repr raises', 'class A:\n    def __repr__(self): raise ValueError("no repr")\nA()', 'no repr'],
    ['an exception whose str raises', 'class E(Exception):\n    def __str__(self): raise ValueError\nraise E', 'E'],
    ['endless recursion', 'def f(): f()\nf()', 'RecursionError'],
  ])('survives %s', async (_name, code, expected) => {
    await machine.run(code);
    expect(machine.output()).toContain(expected);
    machine.events.length = 0;
    expect(await machine.run('print("alive")')).toMatchObject({ status: 'finished' });
    expect(machine.output()).toBe('alive\n');
  });

  test('bounds its output when nobody can slow it down, and shows the end', async () => {
    await machine.run('for i in range(400_000): print("line", i)');
    const text = machine.output();
    expect(text.length).toBeLessThan(5_000_000);
    expect(text).toContain('characters not shown');
    expect(text).toContain('line 399999');
    expect(machine.events.length).toBeLessThan(5000);
  });

  test('cuts a value that is too long to be read', async () => {
    await machine.run('"x" * 1_000_000');
    expect(machine.output().length).toBeLessThan(101_000);
    expect(machine.output()).toContain('more characters');
  });
});

describe('looking into databases', () => {
  const inspect = (...paths: string[]) =>
    machine.call<DatabaseReport[]>((call) => ({ type: 'look', call, look: 'databases', argument: { paths } }));

  test('shows tables, counts and first rows, and changes nothing on the disk', async () => {
    await machine.run(
      'import sqlite3\ndb = sqlite3.connect("look.db")\ndb.execute("create table \\"odd \\"\\"name\\" (a, b)")\n' +
        'db.executemany("insert into \\"odd \\"\\"name\\" values (?, ?)", [(i, None) for i in range(7)])\ndb.commit()',
    );
    const before = machine.requests.length;
    const [report] = await inspect('/home/pyodide/look.db');
    expect(report).toEqual({
      path: '/home/pyodide/look.db',
      problem: null,
      tables: [{ name: 'odd "name', rows: 7, columns: ['a', 'b'], first: Array.from({ length: 5 }, (_, i) => [String(i), 'None']) }],
    });
    expect(machine.requests.length).toBe(before);
  });

  test('shows the last committed state while a transaction is open, and leaves it open', async () => {
    await machine.run('db.execute("insert into \\"odd \\"\\"name\\" values (100, 100)")');
    const [report] = await inspect('/home/pyodide/look.db');
    expect(report?.tables[0]?.rows).toBe(7);
    await machine.run('db.commit()');
    expect((await inspect('/home/pyodide/look.db'))[0]?.tables[0]?.rows).toBe(8);
  });

  test('says what is wrong with a file that is no database or is gone', async () => {
    await machine.run('open("broken.db", "wb").write(b"SQLite format 3\\0" + b"x" * 5000)');
    const [broken, gone] = await inspect('/home/pyodide/broken.db', '/home/pyodide/gone.db');
    expect(broken?.problem).toContain('SQLite says');
    expect(gone?.problem).toContain('could not be read');
  });
});
