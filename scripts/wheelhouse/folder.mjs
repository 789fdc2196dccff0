/** A folder of wheels with its list, `wheelhouse.json`. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../setup.mjs';
import { fits, readWheel, sha256Of } from './wheel-file.mjs';

/** @typedef {import('./wheel-file.mjs').Package} Package */

/**
 * What `wheelhouse.json` says. `missing` is there when there are no packages: `building` while they are being made (ask again later),
 * `absent` otherwise; `reason` is a sentence.
 * @typedef {object} Wheelhouse
 * @property {string} pyodide the version whose wheels these are
 * @property {string} abi such as `pyemscripten_2026_0_wasm32`
 * @property {Package[]} packages
 * @property {{ state: 'building' | 'absent', reason: string }} [missing]
 */

/** The list's name. */
export const LIST = 'wheelhouse.json';

/** Which wheels the installed Pyodide loads. @returns {{ pyodide: string, abi: string, python: string }} */
export function runtime() {
  /** @param {string} name */
  const read = (name) => JSON.parse(readFileSync(`${PROJECT}/node_modules/pyodide/${name}`, 'utf8'));
  const { info } = read('pyodide-lock.json');
  return { pyodide: read('package.json').version, abi: `pyemscripten_${info.abi_version}_wasm32`, python: info.python };
}

/**
 * Lists a folder of wheels by what they say of themselves; those of another ABI are left out.
 * @param {string} folder
 * @returns {Wheelhouse}
 * @throws Error when a wheel cannot be read, or two are of one package
 */
export function describeFolder(folder) {
  const { pyodide, abi } = runtime();
  const packages = readdirSync(folder)
    .filter((file) => file.endsWith('.whl') && fits(file, abi))
    .sort()
    .map((file) => readWheel(join(folder, file)));
  for (const [at, { name, file }] of packages.entries()) {
    const other = packages.slice(0, at).find((each) => each.name === name);
    if (other) throw new Error(`${folder} has two wheels of ${name}: ${other.file} and ${file}.`);
  }
  return { pyodide, abi, packages };
}

/**
 * Reads a folder's list and checks every wheel against it; a folder without a list is described.
 * @param {string} folder
 * @returns {Wheelhouse}
 * @throws Error when a wheel is missing or has changed
 */
export function readFolder(folder) {
  if (!existsSync(join(folder, LIST))) return describeFolder(folder);
  /** @type {Wheelhouse} */
  const list = JSON.parse(readFileSync(join(folder, LIST), 'utf8'));
  for (const { file, sha256 } of list.packages) {
    const path = join(folder, file);
    if (!existsSync(path)) throw new Error(`${path} is missing.`);
    if (sha256Of(path) !== sha256) throw new Error(`${path} is not what ${LIST} says: its sha256 differs.`);
  }
  return list;
}

/** @param {string} folder @param {Wheelhouse} list */
export function writeList(folder, list) {
  writeFileSync(join(folder, `${LIST}.new`), `${JSON.stringify(list, null, 2)}\n`);
  renameSync(join(folder, `${LIST}.new`), join(folder, LIST));
}

/**
 * Puts the wheels and their list below the built app, as `wheels/`. The list comes last: a page that has it finds the wheels.
 * @param {string | null} folder where the wheels are
 * @param {Wheelhouse} list
 * @param {string} app such as dist/
 */
export function placeWheels(folder, list, app) {
  const to = join(app, 'wheels');
  mkdirSync(to, { recursive: true });
  const wanted = new Set([LIST, ...list.packages.map(({ file }) => file)]);
  for (const { file, size } of list.packages) {
    if (folder === null || statSync(join(to, file), { throwIfNoEntry: false })?.size === size) continue;
    copyFileSync(join(folder, file), join(to, `${file}.new`));
    renameSync(join(to, `${file}.new`), join(to, file));
  }
  writeList(to, list);
  for (const file of readdirSync(to)) if (!wanted.has(file)) rmSync(join(to, file));
}
