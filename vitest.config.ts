/** The tests that run in Node; `browser`, `torture` and `bench` drive real browsers from there over the pages of `npm run build:browser-tests`. */
import { defineConfig } from 'vitest/config';

const MINUTE = 60_000;

export default defineConfig({
  test: {
    // Two cores, and Pyodide in each file.
    maxWorkers: 2,
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], testTimeout: MINUTE, hookTimeout: MINUTE } },
      { test: { name: 'contract', include: ['test/contract/**/*.test.ts'], testTimeout: MINUTE } },
      { test: { name: 'packages', include: ['test/packages/**/*.test.ts'], testTimeout: 10 * MINUTE, hookTimeout: 5 * MINUTE } },
      // Beside others, to which it gives way.
      { test: { name: 'differential', include: ['test/differential/*.test.ts'], testTimeout: 60 * MINUTE } },
      { test: { name: 'fuzz', include: ['test/fuzz/*.test.ts'], disableConsoleIntercept: true } },
      {
        test: {
          name: 'browser',
          include: ['test/browser/**/*.test.ts'],
          testTimeout: 2 * MINUTE,
          hookTimeout: 2 * MINUTE,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'bench',
          include: ['bench/{capsules,hands,packages,page,storage,suspend,tables,volume}.ts'],
          testTimeout: 30 * MINUTE,
          // One after the other: they measure the same machine.
          fileParallelism: false,
          disableConsoleIntercept: true,
        },
      },
      {
        test: {
          name: 'torture',
          include: ['test/torture/**/*.test.ts'],
          hookTimeout: 5 * MINUTE,
          fileParallelism: false,
          // One line per round, when it ends.
          disableConsoleIntercept: true,
        },
      },
    ],
  },
});
