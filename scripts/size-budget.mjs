/**
 * How much JavaScript of the built app is loaded before Pyodide can be: the page's program, and the workers that it starts at once, each with what
 * they import. Everything else (panels, grids, charts, reading files from outside, the formatter) is loaded when it is first used.
 * `node scripts/size-budget.mjs [folder]` prints it and fails above the budget; `npm test -- build` does, too.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';

/** Bytes after gzip, as most hosts send it. The machine's program is not in it: it holds Pyodide itself. */
const BUDGET = 350_000;
/** What starts the page: its HTML names the first, which loads the others at once (src/app/main.ts, src/app/ahead.ts). */
const FIRST = [/^tab-/, /^keeper-/, /^catalogue-worker-/];

/**
 * @typedef {{ name: string, bytes: number, gzipped: number }} Chunk
 * @param {string} folder the built app
 * @returns {Chunk[]} the largest first
 * @throws Error when the build has another shape than this script knows
 */
export function chunksBeforePyodide(folder) {
  const assets = join(folder, 'assets');
  const html = readFileSync(join(folder, 'index.html'), 'utf8');
  const entries = [...html.matchAll(/<script[^>]* src="\.\/assets\/([^"]+)"/g)].map(([, name]) => String(name));
  const names = readdirSync(assets);
  for (const pattern of FIRST) {
    const found = names.filter((name) => pattern.test(name));
    if (found.length !== 1) throw new Error(`Expected one file in ${assets} whose name matches ${pattern}, found ${found.length}.`);
    entries.push(...found);
  }
  if (entries.length === FIRST.length) throw new Error(`${folder}/index.html names no script of ours.`);
  /** @type {Map<string, Chunk>} */
  const chunks = new Map();
  const waiting = [...entries];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (chunks.has(name)) continue;
    const code = readFileSync(join(assets, name));
    chunks.set(name, { name, bytes: code.length, gzipped: gzipSync(code).length });
    waiting.push(...staticImports(code.toString()));
  }
  return [...chunks.values()].sort((a, b) => b.gzipped - a.gzipped);
}

/** The files beside it that a module imports; not those that it loads later, with `import(…)`. @param {string} code */
function staticImports(code) {
  return [...code.matchAll(/(?:\bfrom|\bimport)\s*"\.\/([\w.-]+\.js)"/g)].map(([, name]) => String(name));
}

/** @param {Chunk[]} chunks @returns {{ fits: boolean, table: string }} */
export function checkBudget(chunks, budget = BUDGET) {
  const sum = chunks.reduce((total, { gzipped }) => total + gzipped, 0);
  const kilobytes = (/** @type {number} */ bytes) => `${(bytes / 1000).toFixed(1)} kB`.padStart(10);
  const line = (/** @type {string} */ name, /** @type {string} */ size, /** @type {string} */ gzipped) =>
    `${name.padEnd(44)} ${size} ${gzipped}`;
  const rows = chunks.map(({ name, bytes, gzipped }) => line(name, kilobytes(bytes), kilobytes(gzipped)));
  const fits = sum <= budget;
  const verdict = `${kilobytes(sum).trim()} gzipped of ${kilobytes(budget).trim()}: ${fits ? 'within the budget' : 'too much; load later what is not needed at once'}.`;
  return { fits, table: [line('JavaScript before Pyodide', '      size', '   gzipped'), ...rows, verdict].join('\n') };
}

if (process.argv[1] && import.meta.filename === resolve(process.argv[1])) {
  const { fits, table } = checkBudget(chunksBeforePyodide(process.argv[2] ?? 'dist'));
  console.log(table);
  if (!fits) process.exitCode = 1;
}
