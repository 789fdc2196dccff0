/** The main module's imports, some of which are replaced before it is linked. */
import type { PyodideInterface } from 'pyodide';

export interface ModuleSettings {
  /** Emscripten's hook: it hands over the imports of the main module before they are linked. */
  instantiateWasm(imports: { env: Record<string, unknown> }, done: unknown): object;
}

type Import = (...parameters: number[]) => number;

/**
 * Replaces imports of the main module, those that its `settings` are going to be instantiated with.
 * @param replace by name: gets what upstream imports, returns what takes its place
 */
function replaceImports(settings: ModuleSettings, replace: Record<string, (original: Import) => Import>): void {
  const instantiate = settings.instantiateWasm;
  settings.instantiateWasm = (imports, done) => {
    for (const [name, replacement] of Object.entries(replace)) {
      const original = imports.env[name];
      if (typeof original !== 'function') throw new Error(`This build of Pyodide does not import ${name}.`);
      imports.env[name] = replacement(original as Import);
    }
    return instantiate(imports, done);
  };
}

/**
 * Routes SQLite's fdatasync, and os.fdatasync, to `dataSync`: upstream's import is a stub that returns 0.
 * @param dataSync returns 0 or, as system calls do, a negative number of ERRNO
 */
export function routeDataSync(settings: ModuleSettings, dataSync: (fd: number) => number): void {
  replaceImports(settings, { __syscall_fdatasync: () => dataSync as Import });
}

/**
 * Lets `writeBack` choose the descriptor through which msync and, with `last`, munmap write a map back: upstream they take the
 * number that was mapped, whatever it stands for by then.
 */
export function routeMaps(
  settings: ModuleSettings,
  writeBack: (address: number, fd: number, last: boolean, write: (fd: number) => number) => number,
): void {
  // Of their parameters the first is the address and the fifth the descriptor.
  const route =
    (last: boolean) =>
    (original: Import): Import =>
    (...parameters) =>
      writeBack(parameters[0] as number, parameters[4] as number, last, (fd) => original(...parameters.with(4, fd)));
  replaceImports(settings, { _msync_js: route(false), _munmap_js: route(true) });
}

/**
 * Calls back once when the interpreter is gone for good. Pyodide names the error `Exit` after os._exit (status in `status`);
 * anything else is a crash (a WebAssembly trap, a corrupt state).
 */
export function onFatalError(pyodide: PyodideInterface, callback: (error: Error) => void): void {
  (pyodide as unknown as { _api: { on_fatal?: (error: Error) => void } })._api.on_fatal = callback;
}

/** Hands over what side modules link against, before the main module is linked. */
export function onEnvironment(settings: ModuleSettings, callback: (environment: Record<string, unknown>) => void): void {
  const instantiate = settings.instantiateWasm;
  settings.instantiateWasm = (imports, done) => {
    callback(imports.env);
    return instantiate(imports, done);
  };
}

/**
 * Lets the clocks that must never go backwards run `ahead` of the worker's own, which begins at 0: in memory that was
 * resumed they go on from where they were. Without the time in between, as on a computer that was asleep.
 * @param ahead milliseconds
 * @param heap linear memory, where `clock_time_get` leaves its answer
 */
export function routeClocks(settings: ModuleSettings, ahead: () => number, heap: () => ArrayBuffer): void {
  const CLOCK_REALTIME = 0;
  replaceImports(settings, {
    emscripten_get_now: (original) => () => original() + ahead(),
    clock_time_get: (original) => (clock, precision, address) => {
      const result = original(clock as number, precision as number, address as number);
      if (clock === CLOCK_REALTIME || result !== 0 || ahead() === 0) return result;
      const view = new DataView(heap());
      const at = (address as number) >>> 0;
      view.setBigUint64(at, view.getBigUint64(at, true) + BigInt(Math.round(ahead() * 1e6)), true);
      return result;
    },
  });
}

/** Takes note of the callbacks that ctypes makes (libffi's closures), which are functions of JavaScript in the table. */
export function watchClosures(
  settings: ModuleSettings,
  made: (...parameters: [closure: number, cif: number, fun: number, userData: number, index: number]) => void,
): (...parameters: [closure: number, cif: number, fun: number, userData: number, index: number]) => number {
  let prepare: Import | undefined;
  replaceImports(settings, {
    ffi_prep_closure_loc_js: (original) => {
      prepare = original;
      return (...parameters) => {
        const result = original(...parameters);
        if (result === 0) made(...(parameters as [number, number, number, number, number]));
        return result;
      };
    },
  });
  return (...parameters) => (prepare as Import)(...parameters);
}
