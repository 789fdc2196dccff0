/**
 * Dynamic libraries and the function table. Upstream's loader cannot bring a library back (pyodide#4720): its functions would come to other
 * places of the table than those that pointers in memory name. So they are linked here, each at its recorded bases.
 */
import type { EmscriptenModule } from './module';

/** What side modules link against: the main module's exports and Emscripten's JavaScript library, by symbol. */
export type Environment = Record<string, unknown>;

export interface LibraryRecord {
  name: string;
  /** Every handle (address of its `struct dso`) that dlopen gave out for it. */
  handles: number[];
  global: boolean;
  /** Null: for ever. */
  references: number | null;
  memoryBase: number;
  tableBase: number;
  tableSize: number;
}

/** Whose export it is: of the library of that name, or of the main module and Emscripten's library (null). */
export interface FunctionOrigin {
  library: string | null;
  symbol: string;
}

/** A callback that libffi (ctypes) has put into the table: what it was made with. */
export type Closure = [closure: number, cif: number, fun: number, userData: number, index: number];

export interface LinkState {
  /** Length of the table when the main module was there, before anything was loaded: another build has another one. */
  tableAtStart: number;
  tableLength: number;
  libraries: LibraryRecord[];
  /** Entries of the GOT that are not as every start makes them. */
  got: [symbol: string, value: number][];
  /** What is in the slots after `tableAtStart` that belong to no library's own segment, by index. */
  loose: [index: number, origin: FunctionOrigin][];
  free: number[];
  closures: Closure[];
}

/** Where a library's handle (`struct dso`) holds its bases, bytes. */
const DSO_MEMORY_BASE = 12;
const DSO_TABLE_BASE = 20;
const DSO_TABLE_SIZE = 24;

/** The function table cannot be brought back exactly: nothing may run on it. */
export class LinkError extends Error {
  override readonly name = 'LinkError';
}

/** Watches one instance's function table. */
export class Linker {
  readonly #module: EmscriptenModule;
  readonly #environment: Environment;
  readonly #tableAtStart: number;
  readonly #gotAtStart = new Map<string, number>();
  /** By index, with the function that it put there: the slot may have been given to another since. */
  readonly #closures = new Map<number, { closure: Closure; entry: unknown }>();
  readonly #prepareClosure: (...parameters: Closure) => number;

  /**
   * To be made when the main module is there and nothing has run in it yet.
   * @param prepareClosure libffi's own function, which fills a slot
   */
  constructor(module: EmscriptenModule, environment: Environment, prepareClosure: (...parameters: Closure) => number) {
    this.#module = module;
    this.#environment = environment;
    this.#prepareClosure = prepareClosure;
    this.#tableAtStart = module.wasmTable.length;
    for (const [symbol, entry] of Object.entries(module.GOT)) this.#gotAtStart.set(symbol, entry.value);
  }

  /** To be called when ctypes has made a callback. */
  noteClosure(closure: Closure): void {
    const [, , , , index] = closure;
    this.#closures.set(index, { closure, entry: this.#module.wasmTable.get(index) });
  }

  /** @throws LinkError when something is in the table that could not be put there again */
  capture(): LinkState {
    const { wasmTable, GOT, freeTableIndexes } = this.#module;
    const libraries = this.#libraries();
    const free = new Set(freeTableIndexes);
    const inSegment = (index: number) => libraries.some(({ tableBase, tableSize }) => index >= tableBase && index < tableBase + tableSize);
    const loose: [number, FunctionOrigin][] = [];
    const closures: Closure[] = [];
    if (wasmTable.length > this.#tableAtStart) {
      const origins = this.#origins(libraries);
      for (let index = this.#tableAtStart; index < wasmTable.length; index++) {
        if (inSegment(index) || free.has(index)) continue;
        const entry: unknown = wasmTable.get(index);
        const made = this.#closures.get(index);
        const origin = origins.get(entry);
        if (made && made.entry === entry) closures.push(made.closure);
        else if (origin) loose.push([index, origin]);
        else if (entry) throw new LinkError(`A function that C code calls (${index}) was made in a way that cannot be repeated.`);
      }
    }
    const got = Object.entries(GOT)
      .filter(([symbol, entry]) => this.#gotAtStart.get(symbol) !== entry.value)
      .map(([symbol, entry]): [string, number] => [symbol, entry.value]);
    return {
      tableAtStart: this.#tableAtStart,
      tableLength: wasmTable.length,
      libraries,
      got,
      loose,
      free: [...freeTableIndexes],
      closures,
    };
  }

  /**
   * Puts a fresh instance's table into a captured state. Neither constructors nor relocations run: the memory, which is written afterwards, holds
   * their effects.
   * @param modules of `state.libraries`, in their order
   * @throws LinkError when the table is not exactly as it was: then this instance must not run
   */
  restore(state: LinkState, modules: readonly WebAssembly.Module[]): void {
    const { wasmTable, GOT, freeTableIndexes } = this.#module;
    if (wasmTable.length !== state.tableAtStart) throw new LinkError('The table of functions begins with another length.');
    wasmTable.grow(state.tableLength - wasmTable.length);
    for (const [symbol, value] of state.got) {
      GOT[symbol] ??= new WebAssembly.Global({ value: 'i32', mutable: true }, value);
      GOT[symbol].value = value;
    }
    state.libraries.forEach((library, index) => {
      this.#link(library, modules[index] as WebAssembly.Module);
    });
    for (const [index, { library, symbol }] of state.loose) {
      const exports = library === null ? this.#environment : this.#module.LDSO.loadedLibsByName[library]?.exports;
      const entry = exports?.[symbol as never] as unknown;
      if (typeof entry !== 'function') throw new LinkError(`${symbol} of ${library ?? 'the runtime'} is missing.`);
      this.#module.setWasmTableEntry(index, entry);
      this.#module.updateTableMap(index, 1);
    }
    freeTableIndexes.splice(0, freeTableIndexes.length, ...state.free);
    this.#check(state);
  }

  /** Makes the callbacks of ctypes again: what they were made with is in memory, so this comes after that has been written. */
  restoreClosures(closures: readonly Closure[]): void {
    for (const closure of closures) {
      if (this.#prepareClosure(...closure) !== 0) throw new LinkError('A callback of ctypes could not be made again.');
      this.noteClosure(closure);
    }
  }

  #libraries(): LibraryRecord[] {
    const { LDSO, HEAPU32 } = this.#module;
    const handles = new Map<string, number[]>();
    for (const [handle, { name }] of Object.entries(LDSO.loadedLibsByHandle)) {
      if (Number(handle)) handles.set(name, [...(handles.get(name) ?? []), Number(handle)]);
    }
    return Object.values(LDSO.loadedLibsByName)
      .filter(({ name }) => name !== '__main__')
      .map(({ name, global, refcount, exports }): LibraryRecord => {
        const own = handles.get(name);
        if (!own?.[0] || exports === 'loading') throw new LinkError(`The library ${name} was not loaded as Python loads one.`);
        // The first handle is the one that it was loaded with.
        const word = (offset: number) => HEAPU32[((own[0] as number) + offset) >>> 2] as number;
        return {
          name,
          handles: own,
          global,
          references: refcount === Number.POSITIVE_INFINITY ? null : refcount,
          memoryBase: word(DSO_MEMORY_BASE),
          tableBase: word(DSO_TABLE_BASE),
          tableSize: word(DSO_TABLE_SIZE),
        };
      })
      .sort((a, b) => a.tableBase - b.tableBase || (a.handles[0] as number) - (b.handles[0] as number));
  }

  #origins(libraries: readonly LibraryRecord[]): Map<unknown, FunctionOrigin> {
    const origins = new Map<unknown, FunctionOrigin>();
    for (const { name } of libraries) {
      const { exports } = this.#module.LDSO.loadedLibsByName[name] as { exports: WebAssembly.Exports };
      for (const [symbol, entry] of Object.entries(exports)) if (typeof entry === 'function') origins.set(entry, { library: name, symbol });
    }
    // Last: a symbol of a global library is here too, but there is one only when that library has been linked.
    for (const [symbol, entry] of Object.entries(this.#environment)) {
      if (typeof entry === 'function' && !origins.has(entry)) origins.set(entry, { library: null, symbol });
    }
    return origins;
  }

  #link({ name, handles, global, references, memoryBase, tableBase, tableSize }: LibraryRecord, library: WebAssembly.Module): void {
    const module = this.#module;
    const environment = this.#environment;
    const { weakImports } = module.getDylinkMetadata(library);
    const real = (symbol: string) => {
      const value = environment[symbol] as { stub?: boolean } | undefined;
      return value && !value.stub ? value : undefined;
    };
    let exports: WebAssembly.Exports = {};
    const later: Record<string, unknown> = {};
    const symbols = new Proxy(
      {},
      {
        get(_target, symbol: string) {
          if (symbol === '__memory_base') return memoryBase;
          if (symbol === '__table_base') return tableBase;
          // A symbol of this library itself, or of one that is linked after it.
          later[symbol] ??= (...parameters: unknown[]) =>
            ((real(symbol) ?? exports[symbol]) as (...values: unknown[]) => unknown)(...parameters);
          return real(symbol) ?? later[symbol];
        },
      },
    );
    const got = new Proxy(weakImports, module.GOTHandler);
    const imports = { 'GOT.mem': got, 'GOT.func': got, env: symbols, wasi_snapshot_preview1: symbols } as unknown as WebAssembly.Imports;
    const instance = new WebAssembly.Instance(library, imports);
    exports = module.relocateExports(instance.exports, memoryBase);
    module.updateTableMap(tableBase, tableSize);
    const shared = module.newDSO(name, undefined, exports);
    for (const handle of handles) module.LDSO.loadedLibsByHandle[handle] = shared;
    Object.assign(shared, { global, refcount: references ?? Number.POSITIVE_INFINITY });
    if (global) module.mergeLibSymbols(exports, name);
  }

  /** Every slot is filled, and no entry of the GOT has come or changed. */
  #check(state: LinkState): void {
    const { wasmTable, GOT } = this.#module;
    if (wasmTable.length !== state.tableLength) throw new LinkError('The table of functions has another length.');
    const expected = new Set<number>(state.loose.map(([index]) => index));
    for (const { tableBase, tableSize } of state.libraries) for (let at = 0; at < tableSize; at++) expected.add(tableBase + at);
    for (let index = state.tableAtStart; index < state.tableLength; index++) {
      if (expected.has(index) && !wasmTable.get(index)) throw new LinkError(`Nothing came into slot ${index} of the table of functions.`);
    }
    const got = new Map([...this.#gotAtStart, ...state.got]);
    for (const [symbol, entry] of Object.entries(GOT)) {
      if (got.get(symbol) !== entry.value) throw new LinkError(`${symbol} has another address than it had.`);
    }
  }
}
