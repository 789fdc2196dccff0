/** Pyodide's module factory: its package has no types for it. `ModuleFactory` (interpreter.ts) says what we rely on. */
declare module 'pyodide/pyodide.asm.mjs' {
  const createPyodideModule: unknown;
  export default createPyodideModule;
}
