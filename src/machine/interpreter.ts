/** Pyodide, started on a session's disk with its streams and signals connected. */
import type { PyodideInterface } from 'pyodide';
import type { DiskImage } from '../protocol/disk';
import runnerSource from '../python/runner.py?raw';
import suspensionSource from '../python/suspension.py?raw';
import tablesSource from '../python/tables.py?raw';
import { DiskFileSystem } from './disk-file-system';
import { type FileSystem, type ModuleSettings, onFatalError, routeDataSync, routeMaps } from './emscripten';
import { Input } from './input';
import type { Journal } from './journal';
import { MemoryMaps } from './memory-maps';
import type { Output } from './output';
import type { Wake } from './wake';

/** What `loadPyodide` is called with beyond what this module sets: where the runtime's files are. */
export type PyodideLoader = (options: Record<string, unknown>) => Promise<PyodideInterface>;
export type ModuleFactory = (settings: ModuleSettings) => Promise<unknown>;

export interface InterpreterOptions {
  loadPyodide: PyodideLoader;
  createPyodideModule: ModuleFactory;
  /** Pyodide's own settings, such as `indexURL`. */
  settings: Record<string, unknown>;
  disk: Promise<DiskImage>;
  /** Made when the image is there, because that brings the first credit. */
  journal: (image: DiskImage) => Journal;
  wake: Wake | null;
  output: Output;
  /** Reads a Blob synchronously. */
  readBlob: (blob: Blob) => Uint8Array;
  askForLine: () => void;
  onFatalError: (error: Error) => void;
}

/** The Python side of a run: src/python/runner.py. */
export interface Runner {
  /** Resolves with JSON: `[status, exitCode]`. */
  run(code: string, filename: string, show: (text: string) => void, listen: (listening: boolean) => void): Promise<string>;
  /** Cancels the run if it has not begun yet or is waiting for something; says whether. */
  interrupt(): boolean;
}

export interface Interpreter {
  pyodide: PyodideInterface;
  journal: Journal;
  runner: Runner;
  /** Returns JSON: `DatabaseReport[]`. */
  inspect(paths: string): string;
  /** CPython's version. */
  python: string;
}

/** Starts Python. Takes 2-5 s on a small machine, most of it in WebAssembly compilation and Python's own initialisation. */
export async function startInterpreter(options: InterpreterOptions): Promise<Interpreter> {
  const { wake, output } = options;
  let disk: DiskFileSystem | undefined;
  let maps: MemoryMaps | undefined;
  let journal: Journal | undefined;
  const pyodide = await options.loadPyodide({
    ...options.settings,
    createPyodideModule: (settings: ModuleSettings) => {
      routeDataSync(settings, (fd) => disk?.dataSync(fd) ?? 0);
      routeMaps(settings, (address, fd, last, write) => (maps ? maps.writeBack(address, fd, last, write) : write(fd)));
      return options.createPyodideModule(settings);
    },
    // Without .pyc files in the user's folders: they would travel in every state file.
    env: { HOME: '/home/pyodide', PYTHONDONTWRITEBYTECODE: '1' },
    // Before Python starts, so that there is never a moment in which it sees another disk.
    fsInit: async (fs: FileSystem) => {
      const image = await options.disk;
      journal = options.journal(image);
      // First: the disk's files take over how maps are made.
      maps = new MemoryMaps(fs);
      disk = new DiskFileSystem(fs, image, journal, options.readBlob);
    },
  });
  if (!journal) throw new Error('Pyodide did not call fsInit.');
  onFatalError(pyodide, options.onFatalError);
  pyodide.setStdout({ write: (bytes: Uint8Array) => output.write('stdout', bytes) });
  pyodide.setStderr({ write: (bytes: Uint8Array) => output.write('stderr', bytes) });
  const fs = pyodide.FS as unknown as FileSystem;
  if (wake) {
    const input = new Input(wake, fs, options.askForLine);
    pyodide.setStdin({ read: (buffer: Uint8Array) => input.read(buffer) });
    pyodide.setInterruptBuffer(wake.interruptBuffer as unknown as Uint8Array);
  }
  const folder = `/lib/dormouse`;
  fs.mkdirTree(folder);
  fs.writeFile(`${folder}/__init__.py`, '');
  fs.writeFile(`${folder}/runner.py`, runnerSource);
  fs.writeFile(`${folder}/suspension.py`, suspensionSource);
  fs.writeFile(`${folder}/tables.py`, tablesSource);
  pyodide.runPython(`import sys; sys.path.append('/lib')`);
  const runner = pyodide.pyimport('dormouse.runner');
  runner.prepare(wake !== null);
  const tables = pyodide.pyimport('dormouse.tables');
  return {
    pyodide,
    journal,
    runner,
    inspect: (paths) => tables.inspect(paths),
    python: pyodide.runPython('import platform; platform.python_version()'),
  };
}
