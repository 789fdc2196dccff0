/** Our own lock for wheels, `lock.json`: which packages belong to the wheelhouse, and what each is made from. */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * A file of the Python package index.
 * @typedef {object} IndexFile
 * @property {string} name
 * @property {string} version
 * @property {string} file
 * @property {string} sha256
 */

/**
 * A package of the wheelhouse. Without `source` the wheel comes from the index as it is; with it, it is made here from that source
 * archive, and `sha256` and `size` are what the toolchain of the lock makes of it.
 * @typedef {import('./wheel-file.mjs').Package & { source?: { file: string, sha256: string, size: number } }} LockedPackage
 */

/**
 * @typedef {object} Lock
 * @property {string} pyodide the version whose wheels these are
 * @property {string} abi
 * @property {{ suite: string, headers: { suite: string, package: string }, packages: string[] }} toolchain what is taken from Debian: the compilers
 *   from a stable suite, Python's headers from one that has that Python
 * @property {{ name: string, version: string, files: { file: string, sha256: string }[] }} cython its wheels: whichever fits compiles the same
 * @property {LockedPackage[]} packages
 * @property {LockedPackage[]} tests wheels that only the tests need
 */

const here = (/** @type {string} */ path) => fileURLToPath(new URL(path, import.meta.url));

/** The folder with what runs inside the toolchain's root. */
export const RECIPE = here('./recipe');

/** @returns {Lock} */
export const readLock = () => JSON.parse(readFileSync(here('./lock.json'), 'utf8'));

/** @param {unknown} value @returns {string} 16 hexadecimal digits */
const digest = (value) => createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

/** Everything in the recipe that has a say in what comes out. @returns {[name: string, text: string][]} */
const recipe = () =>
  readdirSync(RECIPE)
    .filter((name) => /\.(ini|py|sh)$/.test(name))
    .sort()
    .map((name) => [name, readFileSync(`${RECIPE}/${name}`, 'utf8')]);

/**
 * Names everything that a wheel is made from: the same key, the same bytes.
 * @param {Lock} lock
 * @param {string} name of a package with a source
 * @param {[name: string, text: string][]} [files] the recipe's, for tests
 * @returns {string}
 */
export function buildKey(lock, name, files = recipe()) {
  const wanted = lock.packages.find((each) => each.name === name);
  if (!wanted?.source) throw new TypeError(`${name} is not built from source.`);
  const { pyodide, abi, toolchain, cython } = lock;
  const below = lock.packages
    .filter((each) => each.source && wanted.depends.includes(each.name))
    .map((each) => buildKey(lock, each.name, files));
  return digest([pyodide, abi, toolchain, cython.version, wanted.version, wanted.source.sha256, below, files]);
}

/** Names a whole wheelhouse. @param {Lock} lock @returns {string} */
export function lockKey(lock) {
  const keys = lock.packages.map((each) => (each.source ? buildKey(lock, each.name) : each.sha256));
  return digest([lock.pyodide, lock.packages, keys]);
}
