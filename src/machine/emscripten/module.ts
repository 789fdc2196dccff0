/** The main module and how Pyodide is started on memory that is already full. */
import type { PyodideInterface } from 'pyodide';
import type { FileSystem } from './file-system';
import type { ModuleSettings } from './imports';

export interface EmscriptenModule {
  /** All of linear memory: another array after each growth. */
  readonly HEAPU8: Uint8Array<ArrayBuffer>;
  readonly HEAPU32: Uint32Array;
  /** Grows linear memory to so many bytes; undefined when the engine refuses. */
  growMemory(bytes: number): 1 | undefined;
  readonly FS: FileSystem;
  /** Makes a pipe with the two lowest free descriptors. */
  readonly PIPEFS: { createPipe(): { readable_fd: number; writable_fd: number } };
  readonly wasmTable: WebAssembly.Table;
  /** Fills one slot of the table, and Emscripten's own copy of it. */
  setWasmTableEntry(index: number, value: unknown): void;
  /** Slots that were given back: `getEmptyTableSlot` takes the last of them. */
  readonly freeTableIndexes: number[];
  /** Lets `addFunction` find what is in so many slots, so that it does not enter the same function again. */
  updateTableMap(first: number, count: number): void;
  /** Addresses of data and table indexes of functions, by symbol, as side modules see them. */
  readonly GOT: Record<string, WebAssembly.Global>;
  /** Makes entries of the GOT as a side module asks for them. */
  readonly GOTHandler: ProxyHandler<Set<string>>;
  /** By handle: 0 is the main module. */
  readonly LDSO: { loadedLibsByHandle: Record<string, SharedObject>; loadedLibsByName: Record<string, SharedObject> };
  newDSO(name: string, handle: number | undefined, exports: WebAssembly.Exports): SharedObject;
  getDylinkMetadata(module: WebAssembly.Module): { weakImports: Set<string> };
  /** Adds the base to every exported address. */
  relocateExports(exports: WebAssembly.Exports, memoryBase: number): WebAssembly.Exports;
  /** Makes a library's symbols visible to those that are linked later. */
  mergeLibSymbols(exports: WebAssembly.Exports, name: string): void;
  /** The C library's: an address, 0 when there is no memory. */
  _malloc(bytes: number): number;
  _free(address: number): void;
  /** Bytes that malloc has had of linear memory. */
  _malloc_footprint(): number;
  /** How many it may have; -1 for no limit. */
  _malloc_footprint_limit(): number;
  _malloc_set_footprint_limit(bytes: number): number;
  /** The stack pointer: the same between any two runs, as long as no stack is suspended. */
  stackSave(): number;
  /** Pyodide's table of JavaScript values that Python holds, by slot; throws beyond its end. */
  __hiwire_get(slot: number): unknown;
  /** Those that are never given back: strings that C code uses as names, after seven that every start makes. */
  __hiwire_immortal_get(slot: number): unknown;
}

export interface SharedObject {
  name: string;
  exports: WebAssembly.Exports | 'loading';
  global: boolean;
  refcount: number;
}

/** What Pyodide keeps for itself in `_api`. */
export interface PyodideApi {
  config: { jsglobals: object; BUILD_ID: string };
  /** The values of the first slots, which every start fills. */
  getExpectedKeys(): unknown[];
  /** Called with `_loadSnapshot`; fills the memory and returns what was in the other slots. */
  restoreSnapshot(snapshot: Uint8Array): { hiwireKeys: ({ serialized: unknown } | null)[]; immortalKeys: unknown[] };
  /** Starts Pyodide's own JavaScript side, on new memory or (with `state`) on what was restored. */
  finalizeBootstrap(state: unknown, deserializer: unknown): unknown;
  /** `sys`: the last step of loadPyodide puts an empty entry before `sys.path`. */
  sys: { path: { insert(index: number, entry: string): void } };
  /** `_pyodide`: the last step of loadPyodide sets sys.excepthook through it. */
  _pyodide: { set_excepthook(): void };
  /** Calls back from the browser's event loop, after `delay` ms. */
  scheduleCallback(callback: () => void, delay?: number): void;
  on_fatal?: (error: Error) => void;
  packageIndexReady: Promise<void>;
}

/** The settings that loadPyodide makes for the module: `API` is the same object as `pyodide._api` later. */
export type StartSettings = ModuleSettings & { API: PyodideApi; INITIAL_MEMORY?: number };

/** Pyodide's insides. */
export function internalsOf(pyodide: PyodideInterface): { module: EmscriptenModule; api: PyodideApi } {
  const { _module, _api } = pyodide as unknown as { _module: EmscriptenModule; _api: PyodideApi };
  return { module: _module, api: _api };
}

/** What a machine's slots of JavaScript values are to hold when it starts on memory. */
export interface RestoredReferences {
  /** Of the slots after those that every start fills. */
  slots: unknown[];
  immortal: unknown[];
}

/**
 * Options for loadPyodide that make it start on memory which `fill` has put there, instead of initialising Python: `_loadSnapshot` has it skip
 * `main`. Its own restoring is replaced, because it fails when the heap has grown (pyodide#6254), knows no libraries, and would have
 * to be given a copy of everything.
 *
 * @param fill called when the module is there, before anything runs in it
 */
export function startOnMemory(
  factory: (settings: ModuleSettings) => Promise<unknown>,
  prepare: (settings: ModuleSettings) => void,
  fill: (module: EmscriptenModule, api: PyodideApi) => Promise<RestoredReferences>,
): Record<string, unknown> {
  return {
    _loadSnapshot: new Uint8Array(1),
    _snapshotDeserializer: (value: unknown) => value,
    createPyodideModule: async (settings: StartSettings) => {
      const { API: api } = settings;
      // Derived from the length of the snapshot.
      delete settings.INITIAL_MEMORY;
      prepare(settings);
      const module = (await factory(settings)) as EmscriptenModule;
      const references = await fill(module, api);
      api.restoreSnapshot = () => ({
        hiwireKeys: references.slots.map((serialized) => ({ serialized })),
        immortalKeys: references.immortal,
      });
      const { finalizeBootstrap } = api;
      api.finalizeBootstrap = (...parameters) => {
        const result = finalizeBootstrap(...parameters);
        undoStart(api);
        return result;
      };
      return module;
    },
  };
}

/**
 * The last step of loadPyodide changes sys.path and sys.excepthook through these two: memory that is already full has had it
 * done, and what Python did since has to stay.
 */
function undoStart(api: PyodideApi): void {
  const { sys, _pyodide } = api;
  const restore = () => {
    api.sys = sys;
    api._pyodide = _pyodide;
  };
  api.sys = { path: { insert: () => undefined } };
  api._pyodide = {
    set_excepthook: restore,
  };
}

/** Slots that every start fills the same way. */
export const FIXED_IMMORTALS = 7;

/** Grows linear memory to at least so many bytes. */
export function growTo(module: EmscriptenModule, bytes: number): void {
  if (module.HEAPU8.length < bytes && !module.growMemory(bytes)) {
    throw new RangeError(`The browser has no ${Math.ceil(bytes / 2 ** 20)} MiB of memory for Python.`);
  }
}
