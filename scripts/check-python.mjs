/**
 * Formats and lints the Python in src/python with Ruff, as WebAssembly: no Python is needed here.
 * `node scripts/check-python.mjs format|lint [--write]`; without --write `format` only says which files differ.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ruff from '@astral-sh/ruff-wasm-nodejs';

const folder = fileURLToPath(new URL('../src/python/', import.meta.url));
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
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.py'));
let problems = 0;

for (const name of files) {
  const source = readFileSync(folder + name, 'utf8');
  const complain = (/** @type {string} */ problem) => {
    problems++;
    console.error(`src/python/${name}${problem}`);
  };
  if (task === 'format') {
    const formatted = workspace.format(source);
    if (formatted === source) continue;
    if (write) writeFileSync(folder + name, formatted);
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
