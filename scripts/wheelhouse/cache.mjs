/**
 * Where wheels and what they are made from are kept between clones: `~/.cache/dormouse/wheelhouse` (or below XDG_CACHE_HOME).
 *
 *     files/<sha256>/<file>   what was downloaded
 *     built/<key>/<file>      what was built; the key names everything that it was made from (lock.mjs)
 *     sets/<key>/             a whole wheelhouse with its list
 *
 * Whatever is there is complete: it is made beside its place and renamed.
 */
import { randomBytes } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { sha256Of } from './wheel-file.mjs';

/** @param {NodeJS.ProcessEnv} [env] @returns {string} the folder; it need not be there */
export function cacheFolder(env = process.env) {
  const base = env.XDG_CACHE_HOME || (process.platform === 'win32' && env.LOCALAPPDATA) || join(homedir(), '.cache');
  return join(base, 'dormouse', 'wheelhouse');
}

/** A path beside another, for what is not complete yet. @param {string} path */
export const beside = (path) => `${path}.part-${randomBytes(4).toString('hex')}`;

/**
 * Puts a copy of a file at its place, whole or not at all.
 * @param {string} from
 * @param {string} to
 */
export function putFile(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  const part = beside(to);
  copyFileSync(from, part);
  renameSync(part, to);
}

/**
 * The downloaded files, each under its sha256.
 * @param {string} cache
 */
export const fileStore = (cache) => ({
  /** @param {{ file: string, sha256: string }} wanted @returns {string | null} its path when it is there and sound */
  find({ file, sha256 }) {
    const path = join(cache, 'files', sha256, file);
    if (!existsSync(path)) return null;
    if (sha256Of(path) === sha256) return path;
    rmSync(path);
    return null;
  },
  /** @param {string} from @param {{ file: string, sha256: string }} wanted @returns {string} its path @throws Error when it is another file */
  keep(from, { file, sha256 }) {
    const got = sha256Of(from);
    if (got !== sha256) throw new Error(`${file} is not the file of the lock: its sha256 is ${got}, wanted ${sha256}.`);
    const path = join(cache, 'files', sha256, file);
    putFile(from, path);
    return path;
  },
});

/** How long a holder may say nothing (it says something every fifth of that) before it counts as dead. */
const SILENCE = 60_000;

/**
 * Runs a function while no other process on this machine runs one under the same lock, and waits for that. What it guards is complete or absent
 * without it too: it only spares doing the same work twice at once.
 * @template T
 * @param {string} cache
 * @param {() => Promise<T>} work
 * @param {(line: string) => void} say is told once when it has to wait
 * @returns {Promise<T>}
 */
export async function alone(cache, work, say) {
  mkdirSync(cache, { recursive: true });
  const lock = join(cache, 'lock');
  for (let waited = false; !take(lock); waited = true) {
    if (!waited) say('waiting for another process that is making them');
    await delay(1000);
  }
  const beat = setInterval(() => utimesSync(lock, new Date(), new Date()), SILENCE / 5);
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    clearInterval(beat);
    process.off('exit', release);
    release();
  }
}

/** @param {string} lock @returns {boolean} whether it is ours now */
function take(lock) {
  try {
    writeFileSync(lock, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code !== 'EEXIST') throw error;
    const said = statSync(lock, { throwIfNoEntry: false })?.mtimeMs;
    if (said !== undefined && Date.now() - said > SILENCE) rmSync(lock, { force: true });
    return false;
  }
}

/** Removes what interrupted work left. Only under the lock. @param {string} cache */
export function sweep(cache) {
  for (const folder of ['', 'sets']) {
    for (const name of existsSync(join(cache, folder)) ? readdirSync(join(cache, folder)) : []) {
      if (name.includes('.part-')) removeTree(join(cache, folder, name));
    }
  }
}

/**
 * Removes a folder, unless something is mounted below it: removing would reach what is mounted.
 * @param {string} folder
 * @throws Error when something is
 */
export function removeTree(folder) {
  const mounts = existsSync('/proc/self/mounts') ? readFileSync('/proc/self/mounts', 'utf8').split('\n') : [];
  const mounted = mounts.find((line) => line.split(' ')[1]?.startsWith(`${folder}/`));
  if (mounted) throw new Error(`Something is mounted below ${folder} (${mounted}): unmount it, then remove the folder.`);
  rmSync(folder, { recursive: true, force: true });
}
