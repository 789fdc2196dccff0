/**
 * Makes the wheelhouse from the first source that works: the cache; Pyodide's distribution server; the Python package index for what is the same
 * everywhere; a build for the rest.
 */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isDebianRoot } from '../programs.mjs';
import { build, findBuilt } from './build.mjs';
import { alone, beside, cacheFolder, fileStore, putFile, sweep } from './cache.mjs';
import { distribution } from './distribution.mjs';
import { findWheelhouse, setFolder } from './find.mjs';
import { writeList } from './folder.mjs';
import { readLock } from './lock.mjs';
import { download } from './python-index.mjs';
import { readWheel } from './wheel-file.mjs';

/**
 * @typedef {import('./find.mjs').Found} Found
 * @typedef {import('./lock.mjs').Lock} Lock
 * @typedef {import('./lock.mjs').LockedPackage} LockedPackage
 */

/** Where a package's wheel comes from. @typedef {{ wanted: LockedPackage, path: string }} Wheel */

/** There is no way to make the packages here; `message` says what a person can do. */
export class CannotBuildError extends Error {}

/** The command that makes them where `npm start` may not. @param {NodeJS.Platform} platform @param {string} cache */
export function buildCommand(platform, cache) {
  const base = cache.replace(/[\\/]dormouse[\\/]wheelhouse$/, '');
  return platform === 'linux'
    ? `sudo env XDG_CACHE_HOME="${base}" npm run wheelhouse:build   (on Debian or Ubuntu)`
    : `docker run --rm -v "${base}:/cache" -v ".:/dormouse" -w /dormouse -e XDG_CACHE_HOME=/cache node:24-trixie npm run wheelhouse:build`;
}

/**
 * Provides the wheels.
 * @param {object} options
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {boolean} [options.fromSource] leaves the distribution server out
 * @param {(line: string, percent?: number) => void} options.say progress, one line each
 * @returns {Promise<Found>}
 * @throws CannotBuildError, or Error when building failed
 */
export async function provideWheelhouse({ env = process.env, fromSource = false, say }) {
  const ready = findWheelhouse(env);
  if (ready.folder || env.DORMOUSE_WHEELS) return ready;
  const cache = cacheFolder(env);
  return alone(
    cache,
    async () => {
      // Whoever held the lock may have made them.
      const made = findWheelhouse(env);
      if (made.folder) return made;
      sweep(cache);
      const lock = readLock();
      const wheels = await collect(lock, cache, fromSource, say);
      const folder = setFolder(env);
      assemble(lock, wheels, folder);
      say('ready', 100);
      return findWheelhouse(env);
    },
    say,
  );
}

/**
 * @param {Lock} lock
 * @param {string} cache
 * @param {boolean} fromSource
 * @param {(line: string, percent?: number) => void} say
 * @returns {Promise<Wheel[]>}
 */
async function collect(lock, cache, fromSource, say) {
  /** @type {Map<string, string>} */
  const paths = new Map();
  for (const each of lock.packages) {
    const path = each.source ? findBuilt(cache, lock, each) : fileStore(cache).find(each);
    if (path) paths.set(each.name, path);
  }
  const left = () => lock.packages.filter(({ name }) => !paths.has(name));
  if (!fromSource) {
    for (const [name, path] of await fromDistribution(left(), cache)) paths.set(name, path);
  }
  const pure = left().filter(({ source }) => !source);
  if (pure.length > 0) {
    say('getting those that are pure Python from the Python package index');
    await download(pure, cache);
    for (const each of pure) paths.set(each.name, /** @type {string} */ (fileStore(cache).find(each)));
  }
  const compiled = left();
  if (compiled.length > 0) {
    if (!isDebianRoot()) {
      throw new CannotBuildError(
        `${names(compiled)} have to be built, which needs root on Debian or Ubuntu: ${buildCommand(process.platform, cache)}`,
      );
    }
    say(`building ${names(compiled)} from source: about 15 minutes of two idle cores, the first time`);
    await build(lock, cache, say);
    for (const each of compiled) paths.set(each.name, /** @type {string} */ (findBuilt(cache, lock, each)));
  }
  return lock.packages.map((wanted) => ({ wanted, path: /** @type {string} */ (paths.get(wanted.name)) }));
}

/** @param {LockedPackage[]} packages */
const names = (packages) => packages.map(({ name }) => name).join(', ');

/**
 * What Pyodide's server has of these at the same version.
 * @param {LockedPackage[]} packages
 * @param {string} cache
 * @returns {Promise<Map<string, string>>} paths by name
 */
async function fromDistribution(packages, cache) {
  const server = distribution();
  const store = fileStore(cache);
  /** @type {Map<string, string>} */
  const found = new Map();
  // Only what would have to be built: the index has the rest as its authors published it.
  for (const { name, version, source } of packages) {
    const offered = source ? server.find(name) : null;
    if (offered?.version !== version) continue;
    const path = store.find(offered);
    const bytes = path ? null : await server.get(offered.file);
    if (path) found.set(name, path);
    if (!bytes) continue;
    const part = beside(join(cache, offered.file));
    writeFileSync(part, bytes);
    try {
      found.set(name, store.keep(part, offered));
    } finally {
      rmSync(part, { force: true });
    }
  }
  return found;
}

/**
 * Puts a wheelhouse together; it is there whole or not at all.
 * @param {Lock} lock
 * @param {Wheel[]} wheels
 * @param {string} folder
 */
function assemble(lock, wheels, folder) {
  const part = beside(folder);
  mkdirSync(part, { recursive: true });
  const packages = wheels.map(({ wanted, path }) => {
    const { name, version, file, sha256, size } = readWheel(path);
    putFile(path, join(part, file));
    // What a package needs and brings is the lock's word: a wheel says it less exactly.
    const { licence, depends, imports } = wanted;
    return { name, version, file, sha256, size, licence, depends, imports };
  });
  writeList(part, { pyodide: lock.pyodide, abi: lock.abi, packages });
  rmSync(folder, { recursive: true, force: true });
  renameSync(part, folder);
}
