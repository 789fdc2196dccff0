/** Which wheelhouse there is at this moment, without making one. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { PROJECT } from '../setup.mjs';
import { readFolder, runtime } from './folder.mjs';

/** @typedef {import('./folder.mjs').Wheelhouse} Wheelhouse */

/**
 * @typedef {object} Found
 * @property {string | null} folder where the wheels are; null without any
 * @property {Wheelhouse} list
 */

/**
 * Finds the wheels that this machine has. `DORMOUSE_WHEELS` names a folder (relative to the project), or is `skip`.
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Found}
 * @throws Error when the folder named is not there, or its wheels are damaged
 */
export function findWheelhouse(env = process.env) {
  const { pyodide, abi } = runtime();
  /** @param {string} reason @returns {Found} */
  const absent = (reason) => ({ folder: null, list: { pyodide, abi, packages: [], missing: { state: 'absent', reason } } });
  const named = env.DORMOUSE_WHEELS;
  if (named === 'skip') return absent('DORMOUSE_WHEELS=skip leaves the packages out.');
  if (!named) return absent('The packages have not been made: npm run wheelhouse:build makes them.');
  const folder = resolve(PROJECT, named);
  if (!existsSync(folder)) throw new Error(`DORMOUSE_WHEELS names ${folder}, which is not there.`);
  return { folder, list: readFolder(folder) };
}
