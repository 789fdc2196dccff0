/**
 * Every internal of Emscripten 5.0.3 and Pyodide 314.0.7 that Dormouse leans on, one comment per fact. A runtime upgrade begins here:
 * test/unit/machine/emscripten.test.ts checks each fact against the real runtime.
 */
export * from './event-loop';
export * from './file-system';
export * from './free-memory';
export * from './imports';
export * from './libraries';
export * from './main-module';
export * from './module';
export * from './references';
