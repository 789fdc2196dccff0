/** What `npm start` and `npm test` do first, in a bare clone too: only Node's own modules are there yet. */
import { spawn } from 'node:child_process';
import { statSync, writeFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { fileURLToPath } from 'node:url';

/** The folder of the project, without a slash at its end. */
export const PROJECT = fileURLToPath(new URL('..', import.meta.url)).replace(/[\\/]$/, '');

/** Something that the person at the keyboard has to put right; `message` is the one line that says how. */
export class SetupError extends Error {}

/**
 * Runs a program in the project's folder with its output shown, and waits for its end.
 * @param {string} command
 * @param {string[]} args
 * @param {import('node:child_process').SpawnOptions} [options]
 * @returns {Promise<number>} its exit code; 1 when a signal ended it
 * @throws SetupError when it cannot be started
 */
export function run(command, args, options = {}) {
  return new Promise((done, failed) => {
    const child = spawn(command, args, { cwd: PROJECT, stdio: 'inherit', ...options });
    child.once('error', (error) => failed(new SetupError(`${command} could not be started: ${error.message}`, { cause: error })));
    child.once('close', (code) => done(code ?? 1));
  });
}

/**
 * Runs a tool of node_modules.
 * @param {string} script such as `vite/bin/vite.js`
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env] default: this process's
 */
export const runTool = (script, args, env = process.env) => run(process.execPath, [`${PROJECT}/node_modules/${script}`, ...args], { env });

/**
 * Lets others go before a process, and what it starts from then on, where the system can do that.
 * @param {import('node:child_process').ChildProcess} child
 * @param {number} niceness 1 to 19
 * @param {{ detached?: boolean }} [options] whether it was started `detached`, in a session of its own. Linux shares its processors between
 *   sessions first (autogroups), so that the whole session has to give way, too
 */
export function giveWay({ pid }, niceness, { detached = false } = {}) {
  if (pid === undefined) return;
  try {
    setPriority(pid, niceness);
    if (detached) writeFileSync(`/proc/${pid}/autogroup`, `${niceness}`);
  } catch {
    // It is as important as the rest, then.
  }
}

/**
 * Builds dist/.
 * @throws SetupError when that fails; what was wrong has been printed
 */
export async function build() {
  if ((await runTool('vite/bin/vite.js', ['build', '--logLevel', 'warn'])) !== 0) {
    throw new SetupError('The app could not be built; the lines above say why.');
  }
}

/**
 * Checks the version of Node.
 * @throws SetupError when the tools would not run on it
 */
export function checkNode() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  // What Vite 7 needs.
  if (major > 22 || (major === 22 && minor >= 12) || (major === 20 && minor >= 19)) return;
  throw new SetupError(
    `Dormouse needs Node 20.19, 22.12 or newer and this is ${process.versions.node}: install one from https://nodejs.org.`,
  );
}

/**
 * Installs the locked dependencies when they are missing or older than the lock.
 * @throws SetupError when that fails; what was wrong has been printed
 */
export async function installDependencies() {
  /** @param {string} path */
  const modified = (path) => statSync(`${PROJECT}/${path}`, { throwIfNoEntry: false })?.mtimeMs ?? Number.NEGATIVE_INFINITY;
  // npm writes this file at the end of an installation.
  if (modified('node_modules/.package-lock.json') >= modified('package-lock.json')) return;
  console.log('Installing the locked dependencies (npm ci)…');
  // The tools that build are devDependencies, which NODE_ENV=production would leave out.
  const args = ['ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const code = npm ? await run(process.execPath, [npm, ...args]) : await run('npm', args, { shell: process.platform === 'win32' });
  if (code !== 0)
    throw new SetupError('The dependencies could not be installed; the lines above say why. The first time needs the network.');
}

/**
 * The end of a script: one line for what a person has to put right, everything for what is our fault.
 * @param {unknown} error
 */
export function fail(error) {
  console.error(error instanceof SetupError ? error.message : error);
  process.exit(1);
}
