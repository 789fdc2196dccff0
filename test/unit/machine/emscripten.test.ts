/** The facts of Emscripten and Pyodide that src/machine/emscripten.ts leans on, one test each, against the real runtime. */
import { fileURLToPath } from 'node:url';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  ERRNO,
  type FileSystem,
  type MemoryNode,
  type ModuleSettings,
  onFatalError,
  routeDataSync,
  routeMaps,
  type Stream,
} from '../../../src/machine/emscripten';

let pyodide: PyodideInterface;
let fs: FileSystem & { lookupPath(path: string): { node: MemoryNode } };
const synced: number[] = [];
const writtenBack: { fd: number; last: boolean }[] = [];

beforeAll(async () => {
  pyodide = await loadPyodide({
    indexURL: `${fileURLToPath(new URL('../../../node_modules/pyodide', import.meta.url))}/`,
    createPyodideModule: ((settings: ModuleSettings) => {
      routeDataSync(settings, (fd) => {
        synced.push(fd);
        return 0;
      });
      routeMaps(settings, (_address, fd, last, write) => {
        writtenBack.push({ fd, last });
        return write(fd);
      });
      return (createPyodideModule as (settings: ModuleSettings) => Promise<unknown>)(settings);
    }) as never,
  });
  fs = pyodide.FS as unknown as typeof fs;
}, 60_000);

describe('the memory file system', () => {
  test('has its table of operations once the runtime’s own folders exist', () => {
    expect(Object.keys(fs.filesystems.MEMFS.ops_table)).toEqual(expect.arrayContaining(['dir', 'file', 'link']));
  });

  test('takes st_ino from the node’s id, which can be replaced', () => {
    fs.writeFile('/inode', 'x');
    fs.lookupPath('/inode').node.id = 123_456;
    expect(pyodide.runPython('import os; os.stat("/inode").st_ino')).toBe(123_456);
  });

  test('reads a file through `contents` and `usedBytes`, also when `contents` is an accessor', () => {
    fs.writeFile('/lazy', 'x');
    const { node } = fs.lookupPath('/lazy');
    let reads = 0;
    Object.defineProperty(node, 'contents', {
      configurable: true,
      get: () => {
        reads += 1;
        return new TextEncoder().encode('lazy');
      },
    });
    node.usedBytes = 4;
    expect(pyodide.runPython('os.path.getsize("/lazy")')).toBe(4);
    expect(reads).toBe(0);
    expect(pyodide.runPython('open("/lazy").read()')).toBe('lazy');
    expect(reads).toBeGreaterThan(0);
  });

  test('goes through the node’s own operations for every change', () => {
    fs.writeFile('/changed', 'x');
    const { node } = fs.lookupPath('/changed');
    const calls: string[] = [];
    const { stream_ops, node_ops } = node;
    node.stream_ops = {
      ...stream_ops,
      write: (...rest) => {
        calls.push('write');
        return stream_ops.write(...rest);
      },
    };
    node.node_ops = {
      ...node_ops,
      setattr: (...rest) => {
        calls.push('setattr');
        node_ops.setattr(...rest);
      },
    };
    pyodide.runPython('f = open("/changed", "r+"); f.write("y"); f.flush(); f.truncate(0); os.chmod("/changed", 0o600); f.close()');
    expect(calls).toEqual(['write', 'setattr', 'setattr']);
  });
});

describe('memory maps', () => {
  test('are written back through the number that was mapped, whatever it stands for by then', () => {
    fs.writeFile('/mapped', 'mapped');
    fs.writeFile('/other', 'other!');
    pyodide.runPython(
      'import mmap; f = open("/mapped", "r+b"); n = f.fileno(); m = mmap.mmap(n, 0); m.flush(); f.close(); f = open("/other", "r+b"); m.close(); f.close()',
    );
    const fd = pyodide.runPython('n') as number;
    expect(writtenBack).toEqual([
      { fd, last: false },
      { fd, last: true },
    ]);
    expect(pyodide.runPython('open("/other").read()')).toBe('mapped');
  });

  test('are made by the operations that a file of MEMFS shares with all others', () => {
    fs.writeFile('/shared', 'x');
    expect(fs.lookupPath('/shared').node.stream_ops).toBe(fs.filesystems.MEMFS.ops_table.file.stream);
    const { ptr } = fs.filesystems.MEMFS.ops_table.file.stream.mmap({ node: fs.lookupPath('/mapped').node } as Stream, 6, 0, 1, 1);
    expect(ptr).toBeGreaterThan(0);
  });
});

describe('open files', () => {
  test('are in FS.streams by their descriptor, where another stream can be put under a number that none has', () => {
    fs.writeFile('/opened', 'x');
    const fd = pyodide.runPython('f = open("/opened"); f.fileno()') as number;
    // Compared outside `expect`, which would walk through all of the file system to describe a node.
    expect(fs.streams[fd]?.node === fs.lookupPath('/opened').node).toBe(true);
    const stream = fs.streams[fd] as Stream;
    pyodide.runPython('f.close()');
    expect(fs.streams[fd] ?? null).toBeNull();
    expect(fs.dupStream(stream, -2).fd).toBe(-2);
    expect(fs.getStream(-2)?.node === stream.node).toBe(true);
    fs.closeStream(-2);
    expect(fs.getStream(-2) ?? null).toBeNull();
  });
});

test('os.rename reaches FS.rename, by its name', () => {
  const { rename } = fs;
  const calls: string[][] = [];
  fs.rename = (...paths) => {
    calls.push(paths);
    rename(...paths);
  };
  pyodide.runPython('open("/named", "w").close(); os.rename("/named", "/renamed")');
  fs.rename = rename;
  expect(calls).toEqual([['/named', '/renamed']]);
  expect(pyodide.runPython('os.path.exists("/renamed")')).toBe(true);
});

describe('syncs', () => {
  test('SQLite’s reach the replaced import, four of them for a commit in the default mode', () => {
    pyodide.runPython('import sqlite3; db = sqlite3.connect("/s.db"); db.execute("create table t (a)"); db.commit()');
    synced.length = 0;
    pyodide.runPython('db.execute("insert into t values (1)"); db.commit()');
    expect(synced).toHaveLength(4);
  });

  test('os.fsync reaches the stream’s own fsync', () => {
    fs.writeFile('/fsynced', 'x');
    const { node } = fs.lookupPath('/fsynced');
    let calls = 0;
    node.stream_ops = {
      ...node.stream_ops,
      fsync: () => {
        calls += 1;
        return 0;
      },
    };
    pyodide.runPython('f = open("/fsynced"); os.fsync(f.fileno()); f.close()');
    expect(calls).toBe(1);
  });
});

test('the error numbers are Emscripten’s', () => {
  const numbers = JSON.parse(
    pyodide.runPython(`import json, errno; json.dumps({n: getattr(errno, n) for n in ${JSON.stringify(Object.keys(ERRNO))}})`),
  );
  expect(numbers).toEqual(ERRNO);
});

test('a trap of the interpreter calls on_fatal, and nothing can run afterwards', () => {
  let fatal: Error | null = null;
  onFatalError(pyodide, (error) => {
    fatal = error;
  });
  const silent = console.error;
  console.error = () => undefined;
  try {
    expect(() => pyodide.runPython('import ctypes; ctypes.string_at(0xfffffff0, 100)')).toThrow();
  } finally {
    console.error = silent;
  }
  expect(fatal).toBeInstanceOf(Error);
  expect(() => pyodide.runPython('1')).toThrow();
});
