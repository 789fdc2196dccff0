/** Builds the packages of the lock that have a source. */
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { PROJECT } from '../setup.mjs';
import { beside, fileStore, putFile } from './cache.mjs';
import { runtime } from './folder.mjs';
import { buildKey, RECIPE } from './lock.mjs';
import { download } from './python-index.mjs';
import { makeToolchain } from './toolchain.mjs';

/**
 * @typedef {import('./lock.mjs').Lock} Lock
 * @typedef {import('./lock.mjs').LockedPackage} LockedPackage
 * @typedef {import('./toolchain.mjs').Toolchain} Toolchain
 */

/** What a step takes of the whole, measured on two idle cores; only for the progress that is shown. @type {Record<string, number>} */
const SHARES = { toolchain: 10, 'numpy: configure': 20, 'numpy: compile': 30, 'pandas: configure': 5, 'pandas: compile': 33 };

/** Where a package's wheel is kept. @param {string} cache @param {Lock} lock @param {LockedPackage} wanted */
const builtPath = (cache, lock, { name, file }) => join(cache, 'built', buildKey(lock, name), file);

/**
 * The wheel of a package that was built before.
 * @param {string} cache
 * @param {Lock} lock
 * @param {LockedPackage} wanted
 * @returns {string | null}
 */
export function findBuilt(cache, lock, wanted) {
  const path = builtPath(cache, lock, wanted);
  return existsSync(path) ? path : null;
}

/**
 * Builds what the cache does not have; each wheel is kept as soon as it is there, so that an interrupted build goes on with the next one.
 * @param {Lock} lock
 * @param {string} cache
 * @param {(step: string, percent: number) => void} say is told what is done now, and how much of the whole has been
 * @returns {Promise<void>}
 * @throws Error when it cannot be done here, or fails
 */
export async function build(lock, cache, say) {
  const wanted = lock.packages.filter((each) => each.source && findBuilt(cache, lock, each) === null);
  if (wanted.length === 0) return;
  const log = join(cache, 'build.log');
  rmSync(log, { force: true });
  const progress = follower(wanted, say);
  progress.begin('toolchain');
  const { name, version, files } = lock.cython;
  const cython = files.find(({ file }) => file.includes(process.arch === 'arm64' ? 'aarch64' : 'x86_64'));
  if (!cython) throw new Error(`There is no Cython for ${process.arch} in the lock.`);
  const sources = lock.packages.flatMap((each) => (each.source ? [{ ...each, ...each.source }] : []));
  mkdirSync(cache, { recursive: true });
  await download([...sources, { name, version, ...cython }], cache);
  const toolchain = await makeToolchain(beside(join(cache, 'toolchain')), lock, log);
  try {
    prepare(toolchain, cache, [...sources, cython]);
    await toolchain.run(['prepare', runtime().python], progress.line);
    for (const each of wanted) {
      await buildOne(toolchain, lock, cache, each, progress.line);
    }
  } finally {
    toolchain.remove();
  }
}

/** @param {Toolchain} toolchain @param {string} cache @param {{ file: string, sha256: string }[]} sources */
function prepare(toolchain, cache, sources) {
  const store = fileStore(cache);
  cpSync(RECIPE, join(toolchain.folder, 'recipe'), { recursive: true });
  copyFileSync(`${PROJECT}/node_modules/pyodide/python_stdlib.zip`, join(toolchain.folder, 'python_stdlib.zip'));
  for (const folder of ['sources', 'wheels']) mkdirSync(join(toolchain.folder, folder));
  for (const each of sources) copyFileSync(/** @type {string} */ (store.find(each)), join(toolchain.folder, 'sources', each.file));
}

/**
 * @param {Toolchain} toolchain
 * @param {Lock} lock
 * @param {string} cache
 * @param {LockedPackage} wanted
 * @param {(line: string) => void} onLine
 */
async function buildOne(toolchain, lock, cache, wanted, onLine) {
  const { name, version, file } = wanted;
  const wheels = join(toolchain.folder, 'wheels');
  for (const each of lock.packages) {
    const built = each.source && wanted.depends.includes(each.name) ? findBuilt(cache, lock, each) : null;
    if (built && !existsSync(join(wheels, each.file))) copyFileSync(built, join(wheels, each.file));
  }
  const tag = file
    .split('-')
    .slice(2)
    .join('-')
    .replace(/\.whl$/, '');
  const steps = tag.endsWith('-none-any') ? ['pure', name] : [name];
  await toolchain.run([...steps, version, tag], onLine);
  if (!statSync(join(wheels, file), { throwIfNoEntry: false })) throw new Error(`The build of ${name} made no ${file}.`);
  putFile(join(wheels, file), builtPath(cache, lock, wanted));
}

/**
 * Turns what the build prints into progress.
 * @param {LockedPackage[]} wanted
 * @param {(step: string, percent: number) => void} say
 */
function follower(wanted, say) {
  const steps = Object.entries(SHARES).filter(([step]) => step === 'toolchain' || wanted.some(({ name }) => step.startsWith(`${name}:`)));
  const whole = steps.reduce((sum, [, share]) => sum + share, 0);
  let [current, share, before] = ['', 0, 0];
  let told = -1;
  /** @param {number} part of the current step, 0 to 1 */
  const tell = (part) => {
    const percent = Math.floor(((before + share * part) / whole) * 100);
    if (percent < told + 5 && part > 0) return;
    told = percent;
    say(current, percent);
  };
  /** @param {string} step */
  const begin = (step) => {
    if (SHARES[step] === undefined) return;
    before = steps
      .slice(
        0,
        steps.findIndex(([name]) => name === step),
      )
      .reduce((sum, [, each]) => sum + each, 0);
    [current, share] = [step, SHARES[step]];
    tell(0);
  };
  return {
    begin,
    /** @param {string} line */
    line(line) {
      const step = /^== (.*)$/.exec(line)?.[1];
      if (step) return begin(step);
      const [, done, all] = /^\[(\d+)\/(\d+)\]/.exec(line) ?? [];
      if (done && current.endsWith('compile')) tell(Number(done) / Number(all));
    },
  };
}
