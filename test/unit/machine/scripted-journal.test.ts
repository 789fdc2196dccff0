/** The disk against a journal that the test plays: what is read, journalled and flushed, and in which order. */
import { fileURLToPath } from 'node:url';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type FileOperation, INODE } from '../../../src/base/file-operation';
import { DiskFileSystem } from '../../../src/machine/disk-file-system';
import type { FileSystem } from '../../../src/machine/emscripten';
import { type Journal, JournalError } from '../../../src/machine/journal';
import { imageOf, type WholeEntry } from '../../fixtures/disk-images';

let pyodide: PyodideInterface;
let fs: FileSystem;
/** `read NAME` when a file's Blob is read, otherwise the type of an operation or `sync`. */
let steps: string[] = [];
let operations: FileOperation[] = [];
let syncFails = false;
/** How many operations the journal was told that they may wait, since it last sent what waited; and how often it has sent something. */
let waiting = 0;
let sent = 0;
/** How long paying takes, ms: the clock goes on between the journal's time and what MEMFS would take for it. */
let delay = 0;

const NAMES = 'abcdefghijklmnop'.split('');
const contents = new Map(NAMES.map((name) => [new Blob([`content of ${name}`]), name]));

beforeAll(async () => {
  const entries = Array.from(
    contents,
    ([content, name], i): WholeEntry => ({
      inode: INODE.firstFree + i,
      parent: INODE.home,
      name,
      kind: 'file',
      mode: 0o644,
      modified: name === 'p' ? 1e20 : 1,
      accessed: 2,
      content,
    }),
  );
  const send = () => {
    waiting = 0;
    sent += 1;
  };
  const journal = {
    pay: () => {
      const end = performance.now() + delay;
      while (performance.now() < end);
    },
    append: (operation: FileOperation, mayWait: boolean) => {
      operations.push(operation);
      steps.push(operation.type);
      if (mayWait) waiting += 1;
      else send();
    },
    sync: () => {
      steps.push('sync');
      send();
      if (syncFails) throw new JournalError('failed', 'The test says so.');
    },
  };
  const handed = await imageOf(entries);
  // A slice is another Blob: it tells by its segment what it is of.
  for (const [segment, blob] of handed.segments) Object.assign(blob, { slice: () => Object.assign(new Blob(), { segment }) });
  const readBlob = (blob: Blob) => {
    const name = NAMES[(blob as Blob & { segment: number }).segment - 1];
    steps.push(`read ${name}`);
    return new TextEncoder().encode(`content of ${name}`);
  };
  pyodide = await loadPyodide({
    indexURL: `${fileURLToPath(new URL('../../../node_modules/pyodide', import.meta.url))}/`,
    fsInit: async (module: unknown) => {
      fs = module as FileSystem;
      const image = { type: 'disk', ...handed, nextInode: INODE.firstFree + 1000, credit: 0, resume: null } as const;
      new DiskFileSystem(fs, image, journal as unknown as Journal, readBlob);
    },
  });
  pyodide.runPython('import os');
});
beforeEach(() => {
  steps = [];
  operations = [];
  syncFails = false;
  delay = 0;
});

/** What the operations were, without the permissions that opening sets. */
const done = () => steps.filter((step) => step !== 'setattr');

describe('a file’s content is read from its Blob', () => {
  test('when it is first needed, and once', () => {
    expect(pyodide.runPython('os.path.getsize("a")')).toBe(12);
    pyodide.runPython('os.chmod("a", 0o600); os.utime("a", (3, 4)); os.rename("a", "a2"); os.rename("a2", "a"); f = open("a"); f.close()');
    expect(done()).toEqual(['rename', 'rename']);
    expect(pyodide.runPython('open("a").read() + open("a").read()')).toBe('content of acontent of a');
    expect(done()).toEqual(['rename', 'rename', 'read a']);
  });

  test.each([
    ['removed', 'b', 'os.remove("b")', ['unlink']],
    ['replaced', 'c', 'os.rename("d", "c")', ['rename']],
    ['removed, open under another number', 'e', 'n = os.dup(f.fileno()); f.close(); f = open(n, "rb"); os.remove("e")', ['unlink']],
  ])('before it is %s while it is open', (_how, name, code, operations) => {
    expect(pyodide.runPython(`f = open("${name}", "rb"); ${code}; f.read().decode()`)).toBe(`content of ${name}`);
    expect(done()).toEqual([`read ${name}`, ...operations]);
    pyodide.runPython('f.close()');
  });

  test('not at all when nobody can read it any more', () => {
    pyodide.runPython('f = open("f"); f.close(); os.remove("f"); os.rename("g", "h")');
    expect(done()).toEqual(['unlink', 'rename']);
  });

  test.each([
    ['opening it with O_TRUNC', 'i', 'open("i", "w").close()'],
    ['truncating it by name', 'j', 'os.truncate("j", 0)'],
    ['truncating it by descriptor', 'k', 'f = open("k", "r+"); f.truncate(0); f.close()'],
  ])('not at all for %s', (_how, name, code) => {
    pyodide.runPython(code);
    expect(done()).toEqual(['truncate']);
    expect(pyodide.runPython(`f = open("${name}", "a+b"); f.write(b"new"); f.seek(0); f.read().decode()`)).toBe('new');
    expect(done()).toEqual(['truncate', 'write']);
    pyodide.runPython(`f.truncate(5); f.close()`);
    expect(pyodide.runPython(`repr(open("${name}").read())`)).toBe(String.raw`'new\x00\x00'`);
  });

  test.each([
    ['overwritten', 'l', 'f = open("l", "r+b", 0); f.write(b"C"); f.close()', ['write'], 'Content of l'],
    ['appended to', 'm', 'f = open("m", "ab"); f.write(b"!"); f.close()', ['write'], 'content of m!'],
    ['shortened', 'n', 'os.truncate("n", 7)', ['truncate'], 'content'],
  ])('before it is %s', (_how, name, code, operations, expected) => {
    pyodide.runPython(code);
    expect(done()).toEqual([`read ${name}`, ...operations]);
    expect(pyodide.runPython(`open("${name}").read()`)).toBe(expected);
  });
});

test('a rollback journal whose removal could not be flushed is gone all the same: SQLite must not roll back what the disk may hold', () => {
  pyodide.runPython('open("x-journal", "w").close()');
  syncFails = true;
  pyodide.runPython('try: os.remove("x-journal"); error = None\nexcept OSError as e: error = e.errno');
  expect(pyodide.runPython('error')).toBe(29);
  expect(pyodide.runPython('os.path.exists("x-journal"), "x-journal" in os.listdir()').toJs()).toEqual([false, false]);
  expect(done()).toEqual(['make', 'unlink', 'sync']);
});

describe('a change may wait for the next one only while SQLite would undo it', () => {
  // How many messages a transaction takes. In this interpreter fdatasync reaches nobody.
  test.each([
    ['delete', 'full', 1],
    ['delete', 'off', 1],
    ['truncate', 'full', 1],
    ['persist', 'full', 1],
    ['persist', 'off', 1],
    ['wal', 'full', 1],
    ['wal', 'normal', 1],
    ['memory', 'full', null],
  ])('journal_mode=%s, synchronous=%s', (mode, synchronous, messages) => {
    pyodide.runPython(`
import sqlite3
db = sqlite3.connect("${mode}-${synchronous}.db", isolation_level=None)
for pragma in ("locking_mode=${mode === 'wal' ? 'exclusive' : 'normal'}", "journal_mode=${mode}", "synchronous=${synchronous}", "cache_size=2"):
    db.execute(f"pragma {pragma}").fetchall()
db.execute("create table t (a)")
db.execute("insert into t values (1)")`);
    waiting = 0;
    for (let n = 0; n < 5; n++) {
      sent = 0;
      pyodide.runPython('_ = db.execute("begin"); _ = db.execute("insert into t values (2)"); _ = db.execute("commit")');
      expect(waiting).toBe(0);
      if (messages !== null) expect(sent).toBe(messages);
    }
    // More than the cache holds, so that pages are written before the end.
    pyodide.runPython('_ = db.execute("begin"); _ = db.execute("insert into t select zeroblob(3000) from t, t t2")');
    if (mode !== 'memory') expect(waiting).toBeGreaterThan(0);
    pyodide.runPython('_ = db.execute("rollback"); _ = db.execute("insert into t values (3)")');
    expect(waiting).toBe(0);
    pyodide.runPython('db.close()');
    expect(waiting).toBe(0);
  });

  test.each([
    [
      'a file that is called a journal',
      'open("travel", "w").close(); f = open("travel-journal", "w", 1); f.write("Dear diary\\n"); f.close()',
    ],
    ['a file beside a file that is called a journal', 'f = open("travel", "w", 1); f.write("a journey\\n"); f.close()'],
    ['a file that is called a log', 'f = open("x-wal", "wb", 0); f.write(bytes(24)); f.write(bytes(24)); f.close()'],
  ])('never %s', (_what, code) => {
    pyodide.runPython(code);
    expect(waiting).toBe(0);
  });
});

test('the times in memory are those that were journalled', () => {
  pyodide.runPython('os.mkdir("times")');
  delay = 3;
  for (const [code, ...changed] of [
    ['os.mkdir("times/d")', 'times/d', 'times'],
    ['os.symlink("d", "times/l")', 'times'],
    ['open("times/f", "w").close()', 'times/f', 'times'],
    ['f = open("times/f", "w+b", 0); f.write(b"abc")', 'times/f'],
    ['f.truncate(1); f.close()', 'times/f'],
    ['os.rename("times/f", "times/d/f")', 'times', 'times/d'],
    ['os.remove("times/d/f")', 'times/d'],
    ['os.rmdir("times/d")', 'times'],
  ] as const) {
    pyodide.runPython(code);
    const timed = operations.filter((operation) => 'time' in operation).at(-1);
    for (const path of changed) {
      expect([code, path, pyodide.runPython(`os.stat("${path}").st_mtime_ns // 1_000_000`)]).toEqual([code, path, timed?.time]);
    }
  }
});

test('a time that no Date can hold is set to the last that one can: to read it would end the interpreter', () => {
  expect(pyodide.runPython('os.stat("p").st_mtime')).toBe(8.64e12);
  pyodide.runPython('f = open("o", "r+"); os.utime("o", (1e17, -1e17))');
  expect(pyodide.runPython('(os.stat("o").st_atime, os.stat("o").st_mtime)').toJs()).toEqual([8.64e12, -8.64e12]);
  pyodide.runPython('os.remove("o"); f.close()');
});

test('files of the disk take no inode numbers of other file systems, which so never reach its own', () => {
  const before = fs.nextInode;
  pyodide.runPython('for i in range(100): open("many", "w").close(); os.remove("many")');
  expect(fs.nextInode).toBe(before);
});
