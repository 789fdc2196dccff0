/** Programs of this machine: finding them, installing them from Debian where that can be done without asking, running them. */
import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './setup.mjs';

/** @param {string[]} names programs, in the order of preference @returns {string | undefined} the path of the first that is there */
export function onPath(names) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/** Whether we are root on Debian or one of its children. */
export const isDebianRoot = () => process.getuid?.() === 0 && existsSync('/etc/debian_version') && onPath(['apt-get']) !== undefined;

let listsAreFresh = false;

/**
 * Installs packages of Debian when we may.
 * @param {...string} names
 * @returns {Promise<boolean>} whether they were installed
 */
export async function installFromDebian(...names) {
  if (!isDebianRoot()) return false;
  console.log(`Installing Debian's ${names.join(', ')}…`);
  /** @type {import('node:child_process').SpawnOptions} */
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  if (!listsAreFresh) listsAreFresh = (await run('apt-get', ['update', '-qq'], quiet)) === 0;
  // Somebody else may be installing something.
  const patiently = ['-o', 'DPkg::Lock::Timeout=300'];
  return (await run('apt-get', [...patiently, 'install', '-y', '-qq', '--no-install-recommends', ...names], quiet)) === 0;
}

/**
 * Runs a program and keeps what it says.
 * @param {string} program
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<{ code: number, output: string }>} standard output and error, as they came
 * @throws Error when it cannot be started
 */
export function runQuietly(program, args, env = process.env) {
  return new Promise((done, failed) => {
    const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output += text;
      });
    }
    child.once('error', failed);
    child.once('close', (code) => done({ code: code ?? 1, output }));
  });
}
