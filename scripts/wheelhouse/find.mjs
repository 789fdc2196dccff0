/** Which wheelhouse there is at this moment, without making one. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { PROJECT } from '../setup.mjs';
import { cacheFolder } from './cache.mjs';
import { LIST, readFolder, runtime } from './folder.mjs';
import { lockKey, readLock } from './lock.mjs';

/** @typedef {import('./folder.mjs').Wheelhouse} Wheelhouse */

/**
 * @typedef {object} Found
 * @property {string | null} folder where the wheels are; null without any
 * @property {Wheelhouse} list
 */

/**
 * No wheels, and why.
 * @param {string} reason a sentence
 * @param {'absent' | 'building'} [state]
 * @returns {Found}
 */
export function without(reason, state = 'absent') {
  const { pyodide, abi } = runtime();
  return { folder: null, list: { pyodide, abi, packages: [], missing: { state, reason } } };
}

/** Where the wheelhouse of the lock is kept once it is whole. @param {NodeJS.ProcessEnv} env */
export const setFolder = (env) => join(cacheFolder(env), 'sets', lockKey(readLock()));

/**
 * Finds the wheels that this machine has. `DORMOUSE_WHEELS` names a folder (relative to the project), or is `skip`; without it they are in the
 * cache, or not there yet.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Found}
 * @throws Error when the folder named is not there, or its wheels are damaged
 */
export function findWheelhouse(env = process.env) {
  const named = env.DORMOUSE_WHEELS;
  if (named === 'skip') return without(env.DORMOUSE_WHEELS_MISSING || 'DORMOUSE_WHEELS=skip leaves them out.');
  if (named) {
    const folder = resolve(PROJECT, named);
    if (!existsSync(folder)) throw new Error(`DORMOUSE_WHEELS names ${folder}, which is not there.`);
    return { folder, list: readFolder(folder) };
  }
  const folder = setFolder(env);
  if (!existsSync(join(folder, LIST))) return without('They have not been made yet: npm run wheelhouse:build makes them.');
  try {
    return { folder, list: readFolder(folder) };
  } catch {
    // Damaged: they are made again.
    return without('The cache is damaged: npm run wheelhouse:build mends it.');
  }
}
