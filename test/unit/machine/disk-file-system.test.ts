/** The journaling file system under a real Python: what CPython does to files is what the journal says, operation by operation. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { SLACK } from '../../../src/machine/journal';
import { openMemoryStore, Volume } from '../../../src/volume';
import type { WholeEntry } from '../../fixtures/disk-images';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';

let machine: TestMachine;

/** Lists below home and tmp as Python sees them: path, type, permission bits, size and content or target. */
const LISTING = `
import os, json, hashlib
def listing():
    found = []
    for top in ('/home/pyodide', '/tmp'):
        for folder, folders, files in os.walk(top):
            for name in sorted(folders + files):
                path = os.path.join(folder, name)
                st = os.lstat(path)
                if os.path.islink(path): found.append([path[1:], 'symlink', os.readlink(path)])
                elif os.path.isdir(path): found.append([path[1:], 'directory', st.st_mode & 0o7777])
                else: found.append([path[1:], 'file', st.st_mode & 0o7777, hashlib.sha256(open(path, 'rb').read()).hexdigest()])
    print(json.dumps(sorted(found)))
`;

async function listingOfVolume(operations: FileOperation[]): Promise<unknown[]> {
  const volume = await Volume.open(openMemoryStore());
  volume.reserve(64 * 2 ** 20);
  for (const operation of operations) volume.apply(operation);
  const listing = await Promise.all(
    volume.entries().map(async ({ inode, kind, mode, target }) => {
      const path = volume.pathOf(inode);
      if (kind === 'symlink') return [path, kind, target];
      if (kind === 'directory') return [path, kind, mode];
      const digest = await crypto.subtle.digest('SHA-256', volume.read(inode).slice());
      return [path, kind, mode, Buffer.from(digest).toString('hex')];
    }),
  );
  return listing
    .filter(([path]) => /^(home\/pyodide|tmp)\//.test(path as string))
    .sort(([a], [b]) => ((a as string) < (b as string) ? -1 : 1));
}

async function pythonListing(): Promise<unknown[]> {
  machine.events.length = 0;
  await machine.run('listing()');
  return JSON.parse(machine.output());
}

describe('the journal rebuilds what Python sees after', () => {
  // One interpreter for all, each case in a folder of its own: starting one takes seconds.
  beforeAll(async () => {
    machine = await startMachine();
    await machine.run(LISTING);
  }, 60_000);
  afterAll(() => machine.close());
  let cases = 0;
  beforeEach(async () => {
    cases += 1;
    await machine.run(`import os; os.mkdir("/home/pyodide/case-${cases}"); os.chdir("/home/pyodide/case-${cases}")`);
    machine.events.length = 0;
  });

  test.each([
    [
      'writing, appending and seeking',
      'f = open("a", "w+"); f.write("hello"); f.flush(); f.seek(2); f.write("XX"); f.close(); open("a", "a").write("end"); f = open("b", "wb"); f.seek(5000); f.write(b"far"); f.close()',
    ],
    [
      'truncating both ways',
      'f = open("a", "wb"); f.write(b"0123456789"); f.truncate(4); f.truncate(8); f.close(); open("b", "w").write("x" * 100); open("b", "w").close(); import os; os.truncate("a", 2)',
    ],
    [
      'folders',
      'import os; os.makedirs("d/e/f"); open("d/e/f/x", "w").write("deep"); os.rename("d/e", "g"); os.rmdir("d"); os.mkdir("/tmp/t", 0o700)',
    ],
    [
      'renaming over a file',
      'import os; open("a", "w").write("new"); open("b", "w").write("old"); os.replace("a", "b"); os.rename("b", "b")',
    ],
    ['renaming over an empty folder', 'import os; os.mkdir("a"); open("a/x", "w").close(); os.mkdir("b"); os.rename("a", "b")'],
    [
      'removing',
      'import os, shutil; open("a", "w").close(); os.remove("a"); os.makedirs("d/e"); open("d/e/x", "w").close(); shutil.rmtree("d"); open("kept", "w").write("1"); None',
    ],
    [
      'links',
      'import os; open("a", "w").write("x"); os.symlink("a", "l"); os.symlink("/nowhere", "m"); open("l", "a").write("y"); os.remove("m")',
    ],
    [
      'modes and times',
      'import os; open("a", "w").close(); os.chmod("a", 0o604); os.utime("a", (1, 2)); os.mkdir("d"); os.chmod("d", 0o711)',
    ],
    [
      'using a file after its removal',
      'import os; f = open("a", "w+"); f.write("1"); f.flush(); os.remove("a"); f.write("2" * 10000); f.flush(); f.truncate(3); f.seek(0); assert f.read() == "122"[:3]; open("b", "w").write("2"); None',
    ],
    [
      'using a file after it was replaced',
      'import os; f = open("b", "w"); open("a", "w").write("new"); os.replace("a", "b"); f.write("lost"); f.close()',
    ],
    [
      'temporary files',
      'import tempfile; t = tempfile.NamedTemporaryFile(delete=False); t.write(b"kept"); t.close(); u = tempfile.TemporaryFile(); u.write(b"gone"); u.close()',
    ],
    ['names of every kind', 'for n in ["__proto__", "constructor", "ünï", "a b", "\\n", "😀", "." * 3, "x" * 255]: open(n, "w").write(n)'],
    ['a write larger than one record', 'open("big", "wb").write(bytes(range(256)) * 16384); None'],
    [
      'memory maps',
      'import mmap; f = open("m", "w+b"); f.write(b"a" * 5000); f.flush(); m = mmap.mmap(f.fileno(), 5000); m[10:13] = b"xyz"; m.flush(); m.close(); f.close()',
    ],
    [
      'SQLite in every journal mode',
      'import sqlite3\nfor mode in ("DELETE", "TRUNCATE", "PERSIST", "MEMORY", "OFF"):\n    db = sqlite3.connect(mode + ".db"); db.execute("pragma journal_mode=" + mode); db.execute("create table t (a)"); db.executemany("insert into t values (?)", [(i,) for i in range(500)]); db.commit(); db.execute("delete from t where a % 3 = 0"); db.commit(); db.execute("vacuum"); db.close()',
    ],
    [
      'SQLite in WAL mode',
      'import sqlite3; db = sqlite3.connect("w.db"); db.execute("pragma locking_mode=exclusive"); db.execute("pragma journal_mode=wal"); db.execute("create table t (a)"); db.execute("insert into t values (1)"); db.commit()',
    ],
    [
      'shutil and zipfile',
      'import shutil, zipfile; open("a", "w").write("a" * 1000); shutil.copy2("a", "b"); shutil.move("b", "/tmp/b"); z = zipfile.ZipFile("z.zip", "w"); z.write("a"); z.close()',
    ],
  ])(
    '%s',
    async (_name, code) => {
      const result = await machine.run(code);
      expect(machine.output()).toBe('');
      expect(result.status).toBe('finished');
      const operations = machine.operations.slice();
      const listing = await pythonListing();
      expect(listing.length).toBeGreaterThan(cases);
      expect(await listingOfVolume(operations)).toEqual(listing);
    },
    60_000,
  );
});

describe('a disk that was kept', () => {
  afterEach(() => machine.close());

  const content = (text: string) => new Blob([text]);
  const entry = (inode: number, parent: number, name: string, rest: Partial<WholeEntry>): WholeEntry => ({
    inode,
    parent,
    name,
    kind: 'file',
    mode: 0o644,
    modified: 1_700_000_000_123,
    accessed: 1_700_000_000_456,
    ...rest,
  });

  test('is there before Python starts, with inode numbers, times, modes, links and content', async () => {
    machine = await startMachine({
      entries: [
        entry(INODE.firstFree, INODE.home, 'd', { kind: 'directory', mode: 0o711 }),
        entry(INODE.firstFree + 1, INODE.firstFree, 'a.txt', { content: content('kept'), mode: 0o604 }),
        entry(INODE.firstFree + 2, INODE.tmp, 'l', { kind: 'symlink', mode: 0o777, target: '/home/pyodide/d/a.txt' }),
        entry(INODE.firstFree + 3, INODE.home, 'empty', { content: content('') }),
      ],
    });
    await machine.run(
      'import os\nst = os.stat("d/a.txt")\nprint(open("/tmp/l").read(), st.st_ino, oct(st.st_mode), st.st_mtime, st.st_size, os.path.getsize("empty"), oct(os.stat("d").st_mode))',
    );
    expect(machine.output()).toBe(`kept ${INODE.firstFree + 1} 0o100604 1700000000.123 4 0 0o40711\n`);
    expect(machine.operations).toEqual([]);
  }, 60_000);

  test('is changed in place: appended, overwritten and truncated without reading it first', async () => {
    machine = await startMachine({
      entries: ['a', 'bb', 'ccc'].map((name, i) => entry(INODE.firstFree + i, INODE.home, name, { content: content('x'.repeat(i + 5)) })),
    });
    await machine.run(
      'open("a", "a").write("!"); f = open("bb", "r+"); f.write("Y"); f.close(); import os; os.truncate("ccc", 2)\nprint(open("a").read(), open("bb").read(), open("ccc").read())',
    );
    expect(machine.output()).toBe('xxxxx! Yxxxxx xx\n');
  }, 60_000);
});

describe('room', () => {
  afterEach(() => machine.close());

  test('that has run out is ENOSPC, with memory and disk still equal; what frees space works on', async () => {
    machine = await startMachine({ credit: SLACK + 300_000 });
    await machine.run(
      'f = open("a", "wb", 0)\ntry:\n    while True: f.write(b"x" * 10_000)\nexcept OSError as e: print(e.errno, e.strerror)\nprint(f.tell())',
    );
    const [line, size] = machine.output().split('\n');
    expect(line).toBe('51 No space left on device');
    const journalled = machine.operations.filter((operation) => operation.type === 'write').reduce((sum, { data }) => sum + data.length, 0);
    expect(journalled).toBe(Number(size));
    machine.reply({ type: 'credit', bytes: 100_000 });
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(await machine.run('f.write(b"y" * 10_000)')).toMatchObject({ status: 'finished' });
  }, 60_000);

  test('a commit that does not fit fails whole and the database stays sound', async () => {
    machine = await startMachine({ credit: SLACK + 400_000 });
    await machine.run(
      'import sqlite3\ndb = sqlite3.connect("a.db"); db.execute("create table t (a)"); db.execute("insert into t values (1)"); db.commit()',
    );
    await machine.run(
      'try:\n    db.execute("insert into t values (zeroblob(1000000))"); db.commit()\nexcept sqlite3.Error as e: print(type(e).__name__, e)\ndb.rollback()\nprint(db.execute("select count(*) from t").fetchone(), db.execute("pragma integrity_check").fetchone())',
    );
    expect(machine.output()).toContain('database or disk is full');
    expect(machine.output()).toContain("(1,) ('ok',)");
  }, 60_000);

  test('a memory map that does not fit is ENOSPC, with memory and disk still equal', async () => {
    machine = await startMachine({ credit: SLACK + 300_000 });
    await machine.run(
      'import mmap\nf = open("a", "w+b"); f.truncate(3 << 20)\nm = mmap.mmap(f.fileno(), 0); m[:] = b"x" * len(m)\ntry: m.flush()\nexcept OSError as e: print(e.errno)\nprint(open("a", "rb").read().count(b"x"))',
    );
    const [line, size] = machine.output().split('\n');
    expect(line).toBe('51');
    const journalled = machine.operations.filter((operation) => operation.type === 'write').reduce((sum, { data }) => sum + data.length, 0);
    expect(journalled).toBe(Number(size));
    expect(journalled).toBeGreaterThan(0);
  }, 60_000);

  test('a keeper that has failed is EIO', async () => {
    machine = await startMachine();
    await machine.run('f = open("f", "wb", 0); f.write(b"x")');
    const before = machine.operations.slice();
    machine.events.length = 0;
    machine.reply({ type: 'failed', error: { name: 'StorageError', message: 'x', code: 'storage', stack: null } });
    await new Promise((resolve) => setTimeout(resolve, 20));
    await machine.run(
      'import os\nfor action in (lambda: open("a", "w"), lambda: f.write(b"y"), lambda: os.fsync(f.fileno()), lambda: os.fdatasync(f.fileno())):\n    try: print(action())\n    except OSError as e: print(e.errno)',
    );
    expect(machine.output()).toBe('29\n29\n29\n29\n');
    expect(machine.operations).toEqual(before);
  }, 60_000);
});

describe('syncs', () => {
  beforeAll(async () => {
    machine = await startMachine();
  }, 60_000);
  afterAll(() => machine.close());
  beforeEach(() => {
    machine.requests.length = 0;
    machine.events.length = 0;
  });

  /** The names of what was journalled, `sync` where stable storage was asked for. */
  const steps = () =>
    machine.requests.flatMap((request) =>
      request.type === 'operations' ? [...request.operations.map(({ type }) => type), ...(request.sync ? ['sync'] : [])] : [request.type],
    );

  test('os.fsync always asks for stable storage, for folders too', async () => {
    await machine.run('import os; f = open("a", "w"); os.fsync(f.fileno()); d = os.open(".", os.O_RDONLY); os.fsync(d)');
    expect(steps().filter((step) => step === 'sync')).toHaveLength(2);
  }, 60_000);

  test('a transaction is sent with its end, and one without an end with the run’s', async () => {
    await machine.run('import sqlite3; o = sqlite3.connect("o.db"); o.execute("create table t (a)"); o.commit()');
    machine.requests.length = 0;
    await machine.run('o.execute("insert into t values (1)"); o.commit()');
    expect(machine.requests).toEqual([expect.objectContaining({ type: 'operations', sync: true })]);
    const before = machine.operations.length;
    // More than the cache holds, so that pages are written without a commit. The run’s answer counts on what has arrived.
    const code = 'o.execute("pragma cache_size=2"); o.execute("insert into t values (zeroblob(30000))")';
    const { sequence } = await machine.run(code);
    expect(machine.operations.length).toBe(sequence);
    expect(sequence).toBeGreaterThan(before);
    await machine.run('o.rollback(); o.close()');
  }, 60_000);

  test('a commit in the default journal mode asks once, after the journal’s removal', async () => {
    await machine.run('import sqlite3; db = sqlite3.connect("a.db"); db.execute("create table t (a)"); db.commit()');
    machine.requests.length = 0;
    await machine.run('db.execute("insert into t values (1)"); db.commit()');
    const after = steps();
    expect(after.filter((step) => step === 'sync')).toHaveLength(1);
    expect(after.slice(-2)).toEqual(['unlink', 'sync']);
  }, 60_000);

  test('a database whose journal is not there, or was zeroed, asks', async () => {
    await machine.run(
      'import os, sqlite3; db = sqlite3.connect("b.db"); db.execute("pragma journal_mode=persist"); db.execute("create table t (a)"); db.commit()',
    );
    machine.requests.length = 0;
    await machine.run(
      'print(os.path.getsize("b.db-journal") > 0); fd = os.open("b.db", os.O_RDWR); os.fdatasync(fd); os.remove("b.db-journal")',
    );
    expect(steps()).toEqual(['sync', 'unlink', 'sync']);
    await machine.run('os.fdatasync(fd)');
    expect(steps().slice(3)).toEqual(['sync']);
  }, 60_000);

  test.each(['TRUNCATE', 'PERSIST'])(
    'a commit in journal mode %s asks last of all',
    async (mode) => {
      await machine.run(
        `import sqlite3; db = sqlite3.connect("${mode}.db"); db.execute("pragma journal_mode=${mode}"); db.execute("create table t (a)"); db.commit()`,
      );
      machine.requests.length = 0;
      await machine.run('db.execute("insert into t values (1)"); db.commit()');
      expect(steps().at(-1)).toBe('sync');
    },
    60_000,
  );

  test('a folder cannot be moved into itself by way of a link', async () => {
    await machine.run(
      'import os; os.mkdir("self"); os.symlink("self", "way")\ntry: os.rename("self", "way/b")\nexcept OSError as e: print(e.errno)\nprint(os.listdir("."))',
    );
    expect(machine.output()).toMatch(/^28\n/);
    expect(machine.output()).toContain("'self'");
  }, 60_000);
});

describe('what the disk cannot hold is refused as Linux would, and Python goes on', () => {
  beforeAll(async () => {
    machine = await startMachine();
    await machine.run(
      'import os, errno\ndef refused(action):\n    try: action(); print("done")\n    except OSError as e: print(errno.errorcode[e.errno])\nf = open("f", "wb")',
    );
  }, 60_000);
  afterAll(() => machine.close());
  beforeEach(() => {
    machine.events.length = 0;
    machine.operations.length = 0;
  });

  test.each([
    ['a name of 256 bytes', 'open("x" * 256, "w")', 'ENAMETOOLONG'],
    ['a name of 255 characters that are more bytes', 'os.mkdir("ü" * 200)', 'ENAMETOOLONG'],
    ['a new name that is too long', 'os.rename("f", "y" * 300)', 'ENAMETOOLONG'],
    ['a link to a very long path', 'os.symlink("z" * 5000, "l")', 'ENAMETOOLONG'],
    ['a file longer than 2 GiB', 'os.truncate("f", 2**31)', 'EFBIG'],
    ['a write beyond 2 GiB', 'f.seek(2**40) and f.write(b"x") and f.flush()', 'EFBIG'],
  ])('%s', async (_name, code, expected) => {
    await machine.run(`refused(lambda: ${code})`);
    expect(machine.output()).toBe(`${expected}\n`);
    expect(machine.operations).toEqual([]);
    await machine.run('f.seek(0)');
  });
});
