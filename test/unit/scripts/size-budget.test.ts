import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkBudget, chunksBeforePyodide } from '../../../scripts/size-budget.mjs';

let folder = '';
const put = (name: string, code: string) => writeFileSync(join(folder, 'assets', name), code);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-size-'));
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<script type="module" crossorigin src="./assets/index-1.js"></script>');
  put('index-1.js', 'import{a as b}from"./shared-1.js";import("./tab-1.js")');
  put('tab-1.js', 'import"./shared-1.js";const later=()=>import("./later-1.js");');
  put('keeper-1.js', 'import{x}from"./worker-part-1.js";');
  put('catalogue-worker-1.js', '1');
  for (const name of ['shared-1.js', 'worker-part-1.js', 'later-1.js']) put(name, randomBytes(30_000).toString('base64'));
});

afterEach(() => rmSync(folder, { recursive: true }));

test('what starts the page is counted with all that it imports, what is loaded later is not', () => {
  const names = chunksBeforePyodide(folder).map(({ name }) => name);
  expect(names.sort()).toEqual(['catalogue-worker-1.js', 'index-1.js', 'keeper-1.js', 'shared-1.js', 'tab-1.js', 'worker-part-1.js']);
});

test('the table names every chunk; more than the budget does not fit', () => {
  const chunks = chunksBeforePyodide(folder);
  expect(checkBudget(chunks, 100_000)).toMatchObject({ fits: true, table: expect.stringContaining('worker-part-1.js') });
  expect(checkBudget(chunks, 50_000)).toMatchObject({ fits: false, table: expect.stringContaining('of 50.0 kB: too much') });
});

test('a build that it does not understand is no small one', () => {
  rmSync(join(folder, 'assets', 'keeper-1.js'));
  expect(() => chunksBeforePyodide(folder)).toThrow('found 0');
});
