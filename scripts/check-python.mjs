/**
 * Formats and lints our Python (src/python, and what builds wheels) with Ruff, as WebAssembly: no Python is needed here.
 * `node scripts/check-python.mjs format|lint [--write]`; without --write `format` only says which files differ.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ruff from '@astral-sh/ruff-wasm-nodejs';

const PROJECT = fileURLToPath(new URL('../', import.meta.url));
const FOLDERS = ['src/python', 'scripts/wheelhouse'];
const workspace = new ruff.Workspace(
  {
    'line-length': 140,
    'target-version': 'py314',
    format: { 'quote-style': 'single' },
    lint: { select: ['B', 'C4', 'E', 'F', 'I', 'N', 'PIE', 'PT', 'RUF', 'SIM', 'UP', 'W'] },
  },
  ruff.PositionEncoding.Utf16,
);
const [task, write] = [process.argv[2], process.argv.includes('--write')];
const files = FOLDERS.flatMap((folder) =>
  readdirSync(PROJECT + folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .map((name) => `${folder}/${name}`),
);
let problems = 0;

for (const name of files) {
  const source = readFileSync(PROJECT + name, 'utf8');
  const complain = (/** @type {string} */ problem) => {
    problems++;
    console.error(`${name}${problem}`);
  };
  if (task === 'format') {
    const formatted = workspace.format(source);
    if (formatted === source) continue;
    if (write) writeFileSync(PROJECT + name, formatted);
    else complain(' is not formatted: npm run format');
  } else if (task === 'lint') {
    /** @type {import('@astral-sh/ruff-wasm-nodejs').Diagnostic[]} */
    const diagnostics = workspace.check(source);
    for (const { start_location: at, code, message } of diagnostics) complain(`:${at.row}:${at.column} ${code ?? ''} ${message}`);
  } else {
    throw new TypeError('Say what to do: node scripts/check-python.mjs format|lint [--write]');
  }
}
console.log(`Python: ${files.length} files, ${problems} problems.`);
process.exitCode = problems > 0 ? 1 : 0;
