/** The facts of Emscripten and Pyodide that src/machine/emscripten.ts leans on, one test each, against the real runtime. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type Closure,
  clearFreeMemory,
  deadReference,
  ERRNO,
  type FileSystem,
  growTo,
  internalsOf,
  type MemoryNode,
  type ModuleSettings,
  onEnvironment,
  onFatalError,
  References,
  routeClocks,
  routeDataSync,
  routeMaps,
  type StartSettings,
  type Stream,
  watchClosures,
  watchEventLoop,
} from '../../../src/machine/emscripten';

let pyodide: PyodideInterface;
let fs: FileSystem & { lookupPath(path: string): { node: MemoryNode } };
const synced: number[] = [];
let environment: Record<string, unknown> = {};
let ahead = 0;
const closures: Closure[] = [];
let called = 0;
let prepareClosure: (...closure: Closure) => number;
const writtenBack: { fd: number; last: boolean }[] = [];

beforeAll(async () => {
  pyodide = await loadPyodide({
    indexURL: `${fileURLToPath(new URL('../../../node_modules/pyodide', import.meta.url))}/`,
    createPyodideModule: ((settings: StartSettings & { preRun: (() => void)[] }) => {
      settings.preRun.push(() => watchEventLoop(settings.API, () => called++));
      routeDataSync(settings, (fd) => {
        synced.push(fd);
        return 0;
      });
      routeMaps(settings, (_address, fd, last, write) => {
        writtenBack.push({ fd, last });
        return write(fd);
      });
      onEnvironment(settings, (env) => {
        environment = env;
      });
      routeClocks(
        settings,
        () => ahead,
        () => internalsOf(pyodide).module.HEAPU8.buffer,
      );
      prepareClosure = watchClosures(settings, (...closure) => closures.push(closure));
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

describe('the main module', () => {
  test('has what is driven to capture and to resume', () => {
    const { module, api } = internalsOf(pyodide);
    for (const name of [
      'growMemory',
      'setWasmTableEntry',
      'updateTableMap',
      'newDSO',
      'getDylinkMetadata',
      'relocateExports',
      'mergeLibSymbols',
      'stackSave',
    ] as const) {
      expect(module[name], name).toBeTypeOf('function');
    }
    expect(module.LDSO.loadedLibsByHandle[0]?.name).toBe('__main__');
    expect(Array.isArray(module.freeTableIndexes)).toBe(true);
    expect(module.GOT.PyObject_Repr).toBeInstanceOf(WebAssembly.Global);
    expect(api.config.BUILD_ID).toMatch(/^[0-9a-f]{64}$/);
    for (const name of ['restoreSnapshot', 'finalizeBootstrap', 'getExpectedKeys'] as const) expect(api[name], name).toBeTypeOf('function');
  });

  test('has another HEAPU8 after a growth, and its stack pointer is where it was after a run', () => {
    const { module } = internalsOf(pyodide);
    const { HEAPU8 } = module;
    const pointer = module.stackSave();
    growTo(module, HEAPU8.length + 65536);
    expect(module.HEAPU8.length).toBeGreaterThanOrEqual(HEAPU8.length === 0 ? 1 : HEAPU8.length);
    pyodide.runPython('sorted(range(1000), key=lambda x: -x)');
    expect(module.stackSave()).toBe(pointer);
  });

  test('hands its imports to instantiateWasm, which later are what side modules link against', () => {
    expect(environment.PyObject_Repr).toBeTypeOf('function');
    expect(environment.clock_time_get).toBeTypeOf('function');
  });
});

describe('free memory', () => {
  // Made in Python, so that its bytes are nowhere else; blocks of 700 bytes, and one of 3 MB.
  const MAKE = `
import os, random
pieces = [os.urandom(8) * 90 for n in range(2000)]
large = os.urandom(8) * 400_000
random.Random(1).shuffle(pieces)
`;
  // Longer than what Python's own allocator takes into its pools.
  const bytesOf = (name: string) => Buffer.alloc(640, Buffer.from(pyodide.runPython(`list(${name}[:8])`).toJs()));
  const isThere = (bytes: Buffer) => Buffer.from(internalsOf(pyodide).module.HEAPU8.buffer).includes(bytes);

  test('is all taken and given back by malloc and free, without growing: what was there is gone, what is in use stays', () => {
    const { module } = internalsOf(pyodide);
    pyodide.runPython(MAKE);
    const [large, last, middle, kept] = [bytesOf('large'), bytesOf('pieces[-1]'), bytesOf('pieces[1000]'), bytesOf('pieces[0]')];
    const checksum = pyodide.runPython('import zlib; del large; del pieces[500:]; zlib.crc32(b"".join(pieces))');
    expect([large, last, middle].map(isThere)).toEqual([true, true, true]);
    const [footprint, bytes] = [module._malloc_footprint(), module.HEAPU8.length];
    clearFreeMemory(module);
    expect([large, last, middle].map(isThere)).toEqual([false, false, false]);
    expect(isThere(kept)).toBe(true);
    expect(pyodide.runPython('zlib.crc32(b"".join(pieces))')).toBe(checksum);
    expect([module._malloc_footprint(), module.HEAPU8.length]).toEqual([footprint, bytes]);
  });

  test('can be had afterwards, and more than there was', () => {
    const { module } = internalsOf(pyodide);
    const limit = module._malloc_footprint_limit();
    clearFreeMemory(module);
    expect(module._malloc_footprint_limit()).toBe(limit);
    expect(pyodide.runPython('len(bytes(100 << 20))')).toBe(100 << 20);
  });
});

describe('the event loop', () => {
  test('calls everything through one function of the API, which is among the values that every start fills in', async () => {
    called = 0;
    await pyodide.runPythonAsync('import asyncio\nasyncio.get_event_loop().call_soon(lambda: None)\nawait asyncio.sleep(0.01)');
    expect(called).toBeGreaterThanOrEqual(2);
    const { api } = internalsOf(pyodide);
    expect(api.getExpectedKeys()).toContain(api.scheduleCallback);
    expect(
      pyodide.runPython('import pyodide_js, pyodide.webloop; pyodide.webloop.scheduleCallback == pyodide_js._api.scheduleCallback'),
    ).toBe(true);
  });
});

describe('JavaScript values that Python holds', () => {
  test('are in slots that can be read up to their end, after those that every start fills', () => {
    const { module, api } = internalsOf(pyodide);
    const expected = api.getExpectedKeys();
    expect(expected).toHaveLength(7);
    for (const [slot, value] of expected.entries())
      if (slot > 0 && slot < 6) expect(module.__hiwire_get(slot) === value, `slot ${slot}`).toBe(true);
    expect(() => module.__hiwire_get(1_000_000)).toThrow();
    expect(module.__hiwire_immortal_get(6)).toMatchObject({ noValueMarker: 1 });
  });

  test('are found by the path that leads to them from the global object', () => {
    const { module, api } = internalsOf(pyodide);
    pyodide.runPython('import js; held = js.Math; made = js.Object.new()');
    const references = new References(module, api);
    const { names, lost } = references.name();
    expect(names.slots).toContainEqual({ name: { root: 'global', path: ['Math'] } });
    expect(lost.size).toBe(1);
    const { slots } = references.find(names);
    expect(slots.some((value) => value === Math)).toBe(true);
    pyodide.runPython('del held, made');
  });

  test('that are gone answer every use with a sentence', () => {
    pyodide.globals.set('dead', deadReference());
    for (const use of ['dead.x', 'dead.x = 1', 'dead()', 'dead.new()']) {
      expect(() => pyodide.runPython(use), use).toThrow('was lost when the session was suspended');
    }
    pyodide.runPython('repr(dead); del dead');
  });
});

describe('the function table', () => {
  test('gets a slot for each callback of ctypes, made by an import that is given everything it needs', () => {
    closures.length = 0;
    pyodide.runPython('import ctypes; callback = ctypes.CFUNCTYPE(ctypes.c_int)(lambda: 42)');
    expect(closures).toHaveLength(1);
    const [, , , , index] = closures[0] as Closure;
    const { module } = internalsOf(pyodide);
    expect(module.wasmTable.get(index)).toBeTypeOf('function');
    // Made again it does the same.
    module.wasmTable.set(index, null);
    expect(prepareClosure(...(closures[0] as Closure))).toBe(0);
    expect(pyodide.runPython('callback()')).toBe(42);
    pyodide.runPython('del callback; import gc; gc.collect()');
    expect(module.freeTableIndexes).toContain(index);
  });
});

describe('clocks', () => {
  test('that never go backwards take what is added to them, and the time of day does not', () => {
    const before = pyodide.runPython('import time; (time.monotonic(), time.perf_counter(), time.time())').toJs();
    ahead = 1_000_000;
    const after = pyodide.runPython('(time.monotonic(), time.perf_counter(), time.time())').toJs();
    expect(after[0] - before[0]).toBeGreaterThan(999);
    expect(after[1] - before[1]).toBeGreaterThan(999);
    expect(after[2] - before[2]).toBeLessThan(900);
  });
});

describe('streams', () => {
  test('share offset and flags through `shared` when they were dup’ed', () => {
    fs.writeFile('/dup', 'abcdef');
    const [a, b] = pyodide.runPython('a = os.open("/dup", os.O_RDONLY); b = os.dup(a); os.read(a, 2); (a, b)').toJs();
    const [one, other] = [fs.streams[a] as Stream, fs.streams[b] as Stream];
    expect(one.shared === other.shared).toBe(true);
    expect(one.shared.position).toBe(2);
    expect(other.path).toBe('/dup');
    pyodide.runPython('os.close(a); os.close(b)');
  });

  test('of a pipe have it at their node, with what was not read in buckets', () => {
    const [r, w] = pyodide.runPython('r, w = os.pipe(); os.write(w, b"abc"); os.read(r, 1); (r, w)').toJs();
    const pipe = fs.streams[r]?.node.pipe;
    expect(pipe && pipe === fs.streams[w]?.node.pipe).toBe(true);
    const [bucket] = pipe?.buckets ?? [];
    expect(new TextDecoder().decode(bucket?.buffer.subarray(bucket.roffset, bucket.offset))).toBe('bc');
    expect(pipe?.refcnt).toBe(2);
    pyodide.runPython('os.close(r); os.close(w)');
  });

  test('of a folder that is being read keep its names in `getdents`', () => {
    fs.mkdirTree('/listed/sub');
    pyodide.runPython('listing = os.scandir("/listed"); entry = next(listing)');
    expect(fs.streams.find((stream) => stream?.path === '/listed')?.getdents).toEqual(['.', '..', 'sub']);
    pyodide.runPython('listing.close()');
  });

  test('resolve relative paths from FS.currentPath', () => {
    const home = fs.currentPath;
    fs.currentPath = '/listed';
    expect(pyodide.runPython('os.getcwd(), os.path.exists("sub")').toJs()).toEqual(['/listed', true]);
    fs.currentPath = home;
  });
});

test('Python has no timers that would raise a signal: nothing of them has to be kept', () => {
  expect(pyodide.runPython('import signal; hasattr(signal, "alarm") or hasattr(signal, "setitimer")')).toBe(false);
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

test.each(['pyodide.mjs', 'pyodide.asm.mjs'])(
  '%s asks whether it is in a classic worker by loading one script, and in no other way',
  (file) => {
    const text = readFileSync(new URL(`../../../node_modules/pyodide/${file}`, import.meta.url), 'utf8');
    expect(text.match(/importScripts\([^)]*\)/g)).toEqual(['importScripts("data:text/javascript,")']);
  },
);
