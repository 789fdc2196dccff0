/** What is hard to bring back, each case by hand: run, suspend, go on in a new machine. */
import { afterEach, describe, expect, test } from 'vitest';
import type { CaptureReport } from '../../../src/protocol/image';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';
import { SessionDisk } from '../../fixtures/session-disk';

let machine: TestMachine;
afterEach(() => machine.close());

/** Runs the parts one after the other, each but the first in a new machine; gives what the last one said. */
async function suspended(...parts: string[]): Promise<{ said: string; reports: CaptureReport[]; disk: SessionDisk }> {
  const disk = await SessionDisk.create();
  const reports: CaptureReport[] = [];
  let said = '';
  for (const [index, part] of parts.entries()) {
    machine = await startMachine({ disk });
    expect(machine.resume).toMatchObject({ kind: index === 0 ? 'fresh' : 'resumed', problem: null });
    const { status } = await machine.run(part);
    said = machine.output();
    expect(status, said).toBe('finished');
    if (index === parts.length - 1) break;
    const report = await machine.capture();
    expect(report.problem).toBeNull();
    reports.push(report);
    machine.close();
  }
  return { said, reports, disk };
}

describe('control flow and objects', () => {
  test('a generator in its finally block', async () => {
    const code =
      'def g():\n    try: yield 1\n    finally:\n        yield 2\n        print("left")\nx = g(); next(x); x.throw(ValueError("late"))';
    const { said } = await suspended(code, 'try: next(x)\nexcept ValueError as e: print(e)');
    expect(said).toBe('left\nlate\n');
  });

  test('a subclass of a C type, a cycle with finalizers, an exception kept in a variable', async () => {
    const { said } = await suspended(
      'import gc, array\nclass A(array.array):\n    def __new__(cls): return super().__new__(cls, "d", [1, 2])\na = A()\n' +
        'class F:\n    def __del__(self): print("finalized", self.n)\np, q = F(), F(); p.n, q.n, p.o, q.o = 1, 2, q, p; del p, q\n' +
        'def f(depth):\n    if depth == 0: 1 / 0\n    f(depth - 1)\ntry: f(3)\nexcept ZeroDivisionError as error: kept = error',
      'import traceback\na.append(3); print(a.tolist(), len(traceback.extract_tb(kept.__traceback__)), kept.__traceback__.tb_frame.f_code.co_name)\n_ = gc.collect()',
    );
    expect(said).toContain('[1.0, 2.0, 3.0] 5 <module>\n');
    expect(said.match(/finalized [12]/g)).toHaveLength(2);
  });

  test('the recursion limit', async () => {
    const { said } = await suspended(
      'import sys\nsys.setrecursionlimit(400)',
      'def f(n): return n if n == 0 else f(n - 1)\nprint(f(300))\ntry: f(500)\nexcept RecursionError: print("limited")',
    );
    expect(said).toBe('0\nlimited\n');
  });

  test('sys.modules, builtins and the import system that were changed', async () => {
    const { said } = await suspended(
      'import sys, types, builtins\nm = types.ModuleType("made"); m.x = 5; sys.modules["made"] = m; del sys.modules["textwrap"]\nbuiltins.shout = lambda s: s.upper()\n' +
        'counted = []; original = builtins.__import__\ndef counting(*a, **k): counted.append(a[0]); return original(*a, **k)\nbuiltins.__import__ = counting; builtins.len = lambda x: 7\ndel builtins.copyright\nsys.path.append("mine")',
      'import made\nprint(made.x, shout("hi"), counted, len([]), "textwrap" in sys.modules, hasattr(builtins, "copyright"), sys.path[-1], sys.path.count(""))',
    );
    expect(said).toBe("5 HI ['made'] 7 False False mine 1\n");
  });

  test('context variables, a memory of 200 MB', async () => {
    const { said, reports } = await suspended(
      'import contextvars\ncv = contextvars.ContextVar("cv"); cv.set(9); ctx = contextvars.copy_context()\nbig = bytearray(200 * 2**20); big[::65536] = bytes(i % 251 for i in range(len(big[::65536])))',
      'print(ctx[cv], all(big[i * 65536] == i % 251 for i in range(3200)), len(big))',
    );
    expect(said).toBe(`9 True ${200 * 2 ** 20}\n`);
    expect(reports[0]?.heap).toBeGreaterThan(200 * 2 ** 20);
  });

  test('callbacks of ctypes', async () => {
    const { said } = await suspended(
      'import ctypes\nT = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int)\nseen = []\ndef add(a, b): seen.append((a, b)); return a + b\nc = T(add)',
      'print(c(3, 4), seen)',
    );
    expect(said).toBe('7 [(3, 4)]\n');
  });
});

describe('files', () => {
  test('an open file in the middle of being read, dup’ed descriptors with their one offset', async () => {
    const { said } = await suspended(
      'import os\nopen("a.txt", "w").write("one\\ntwo\\nthree\\nfour\\n" * 3000)\nf = open("a.txt"); f.readline()\nd = os.open("a.txt", os.O_RDONLY); e = os.dup(d); os.read(d, 4); st = os.fstat(d)',
      'print(f.readline(), os.read(e, 4), os.lseek(d, 0, 1), os.fstat(e) == st, f.fileno(), d, e)',
    );
    expect(said).toBe("two\n b'two\\n' 8 True 3 4 5\n");
  });

  test('a file that was removed while open', async () => {
    const { said } = await suspended(
      'import os\nf = open("gone", "w+"); f.write("still here"); f.flush(); ino = os.fstat(f.fileno()).st_ino; os.remove("gone")',
      'f.write("!"); f.seek(0); print(f.read(), os.fstat(f.fileno()).st_ino == ino, os.path.exists("gone"))',
      'f.seek(6); print(f.read())',
    );
    expect(said).toBe('here!\n');
  });

  test('pipes, a folder that is being listed, the working directory', async () => {
    const { said } = await suspended(
      'import os\nfor n in "zya": open(n, "w").close()\nos.rename("y", "b")\nr, w = os.pipe(); os.write(w, b"x" * 10000); os.read(r, 1)\nlisted = os.listdir(); s = os.scandir(); first = next(s).name\nos.mkdir("sub"); os.chdir("sub")',
      'print(len(os.read(r, 20000)), os.write(w, b"end"), os.read(r, 9), first, [x.name for x in s], os.getcwd(), os.listdir("..")[:3] == listed)',
    );
    expect(said).toBe("9999 3 b'end' z ['a', 'b'] /home/pyodide/sub True\n");
  });

  test('stdout that was put elsewhere', async () => {
    const { said } = await suspended(
      'import os, sys\nsaved = os.dup(1); target = os.open("out.txt", os.O_WRONLY | os.O_CREAT); os.dup2(target, 1)\nprint("to the file")',
      'print("also there"); sys.stdout.flush(); os.dup2(saved, 1); print(open("out.txt").read())',
    );
    expect(said).toBe('to the file\nalso there\n\n');
  });

  test('a memory map whose descriptor is closed', async () => {
    const { said } = await suspended(
      'import mmap\nopen("m", "wb").write(b"a" * 5000)\nf = open("m", "r+b"); m = mmap.mmap(f.fileno(), 0); f.close(); m[0] = 66',
      'm[4999] = 67; m.flush(); print(open("m", "rb").read()[::4999])',
    );
    expect(said).toBe("b'BC'\n");
  });

  test('times to the last digit', async () => {
    const { said } = await suspended(
      'import os\nopen("t", "w").close(); os.utime("t", ns=(1_234_567_890_123_000_000, 987_654_321_123_000_000)); os.chmod("t", 0o600); st = os.stat("t"); home = os.stat(".")',
      'print(os.stat("t") == st, os.stat(".") == home, st.st_mtime_ns)',
    );
    expect(said).toMatch(/^True True 987654321123/);
  });
});

describe('sqlite3', () => {
  test('a cursor in the middle of its rows, and a transaction that goes on', async () => {
    const { said } = await suspended(
      'import sqlite3\ndb = sqlite3.connect("a.db"); db.execute("create table t (a)"); db.executemany("insert into t values (?)", [(i,) for i in range(5000)]); db.commit()\n' +
        'cur = db.execute("select a from t"); cur.fetchmany(3)\ndb.execute("insert into t values (-1)")',
      'print(cur.fetchone(), db.in_transaction); db.execute("insert into t values (-2)"); db.commit()\nprint(sqlite3.connect("a.db").execute("select count(*), min(a) from t").fetchone(), db.execute("pragma integrity_check").fetchone())',
    );
    expect(said).toBe("(3,) True\n(5002, -2) ('ok',)\n");
  });

  test('a WAL under an exclusive lock', async () => {
    const { said } = await suspended(
      'import sqlite3\ndb = sqlite3.connect("a.db"); db.execute("pragma locking_mode=exclusive"); db.execute("pragma journal_mode=wal"); db.execute("create table t (a)"); db.execute("insert into t values (1)"); db.commit()',
      'db.execute("insert into t values (2)"); db.commit()\ndb.close(); print(sqlite3.connect("a.db").execute("select count(*) from t").fetchone())',
    );
    expect(said).toBe('(2,)\n');
  });
});

describe('time, randomness and identity', () => {
  test('clocks do not go backwards, random goes on, hashes stay', async () => {
    const { said } = await suspended(
      'import time, random\nbusy = time.monotonic() + 0.3\nwhile time.monotonic() < busy: pass\nt, p = time.monotonic(), time.perf_counter()\nrandom.seed(4); random.random(); h = hash("text"); state = random.getstate()',
      'print(time.monotonic() >= t, time.perf_counter() >= p, time.monotonic() - t < 5, random.getstate() == state, hash("text") == h)',
    );
    expect(said).toBe('True True True True True\n');
  });

  test('two branches of one image, and two new sessions, share no secrets', async () => {
    const secrets =
      'import os, secrets, uuid, ssl, random\nprint(os.urandom(8).hex(), secrets.token_hex(8), uuid.uuid4(), ssl.RAND_bytes(8).hex())';
    const disk = await SessionDisk.create();
    machine = await startMachine({ disk });
    await machine.run(`${secrets}\nprint(random.random())`);
    const fresh = machine.output();
    await machine.capture();
    machine.close();
    const branches: string[] = [];
    for (let branch = 0; branch < 2; branch++) {
      machine = await startMachine({ disk });
      await machine.run(secrets);
      branches.push(machine.output());
      machine.close();
    }
    machine = await startMachine();
    await machine.run(`${secrets}\nprint(random.random())`);
    const words = [...branches, fresh, machine.output()].flatMap((said) => said.split(/\s+/).filter(Boolean));
    expect(words).toHaveLength(18);
    expect(new Set(words).size).toBe(18);
  });
});

describe('what JavaScript holds', () => {
  test('tasks and timers go on', async () => {
    const { said } = await suspended(
      'import asyncio\nlog = []\nasync def work():\n    for i in range(3):\n        await asyncio.sleep(0.02); log.append(i)\n    return "done"\ntask = asyncio.create_task(work(), name="work"); asyncio.get_running_loop().call_later(0.01, log.append, "timer")\nawait asyncio.sleep(0)',
      'print(await asyncio.wait_for(task, 5), sorted(map(str, log)))',
    );
    expect(said).toBe("done ['0', '1', '2', 'timer']\n");
  });

  test('what goes on after a run is told once until the next capture, and is part of that', async () => {
    const disk = await SessionDisk.create();
    let machine = await startMachine({ disk });
    const told = () => machine.events.filter(({ type }) => type === 'changed').length;
    const settled = (counted: number) => new Promise((resolve) => setTimeout(resolve, counted));
    await machine.run('import asyncio\nawait asyncio.sleep(0.01)\nx = 1');
    await machine.capture();
    await settled(100);
    expect(told()).toBe(0);
    await machine.run(
      'async def count():\n    global n\n    for n in range(1, 6):\n        await asyncio.sleep(0.05)\nn = 0; task = asyncio.create_task(count())',
    );
    await machine.capture();
    while (told() === 0) await settled(5);
    await settled(400);
    expect(told()).toBe(1);
    await machine.capture();
    await settled(100);
    expect(told()).toBe(1);
    machine.close();
    machine = await startMachine({ disk });
    await machine.run('print(n, task.done())');
    expect(machine.output()).toBe('5 True\n');
    machine.close();
  });

  test('what a path leads to comes back; anything else is dead, and was reported by name', async () => {
    const { said, reports } = await suspended(
      'import js, types\nfrom pyodide.ffi import to_js\nmath = js.Math; log = js.console.log; made = to_js([1, 2]); box = {"inner": js.Object.new()}; keeper = types.SimpleNamespace(a=js.Map.new())',
      'print(math.max(2, 5), log.name)\ntry: made.length\nexcept Exception as error: print(error)',
    );
    expect(said).toBe('5 log\nError: This JavaScript object was lost when the session was suspended: get it anew.\n');
    expect(reports[0]?.lost).toEqual(['made', "box['inner']", 'keeper.a'].map((variable) => ({ variable, reason: 'a JavaScript object' })));
  });

  test('a task that waits for a promise is reported', async () => {
    const { reports } = await suspended(
      'import asyncio, js\nasync def wait():\n    await js.Promise.new(lambda resolve, reject: None)\nt = asyncio.create_task(wait(), name="waiting"); await asyncio.sleep(0.01)',
      'print(t.done())',
    );
    expect(reports[0]?.lost).toContainEqual({ variable: 't', reason: 'what the task waiting waits for' });
  });
});
