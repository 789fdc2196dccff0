/** A throwaway root with Debian's Emscripten, in which packages are compiled; needs to be root on Debian or one of its children. */
import { spawn } from 'node:child_process';
import { createWriteStream, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { installFromDebian, isDebianRoot, onPath, runQuietly } from '../programs.mjs';
import { removeTree } from './cache.mjs';
import { RECIPE } from './lock.mjs';

/** @typedef {import('./lock.mjs').Lock} Lock */

/**
 * @typedef {object} Toolchain
 * @property {string} folder `/build` inside
 * @property {(args: string[], onLine: (line: string) => void) => Promise<void>} run runs the recipe's build.sh inside
 * @property {() => void} remove
 */

/** What this machine's apt was told about the network: a proxy, certificates, clocks. @returns {Promise<string>} as apt's configuration */
async function aptOptions() {
  const { code, output } = await runQuietly('apt-config', ['dump']);
  const told = /^(Acquire::(http|https|ftp)::|Acquire::(Check-|Retries|ForceIPv|Queue))/;
  return code === 0
    ? output
        .split('\n')
        .filter((line) => told.test(line))
        .join('\n')
    : '';
}

/** Where this machine takes Debian from; empty on one that takes another distribution. @returns {Promise<string>} */
async function debianArchive() {
  const format = '$(ORIGIN) $(COMPONENT) $(REPO_URI)';
  const { code, output } = await runQuietly('apt-get', ['indextargets', '--format', format]);
  if (code !== 0) return '';
  const addresses = output.split('\n').flatMap((line) => /^Debian main (\S+)$/.exec(line)?.[1] ?? []);
  return addresses.find((each) => !/security|backports/.test(each)) ?? '';
}

/**
 * Makes the root. About a minute, 2.5 GB.
 * @param {string} root an absent folder
 * @param {Lock} lock
 * @param {string} log what the programs say is appended to this file
 * @returns {Promise<Toolchain>}
 * @throws Error when that cannot be done here
 */
export async function makeToolchain(root, lock, log) {
  if (!isDebianRoot()) throw new Error('building needs root on Debian or Ubuntu');
  if (!onPath(['mmdebstrap']) && !(await installFromDebian('mmdebstrap', 'debian-archive-keyring'))) {
    throw new Error("Debian's mmdebstrap could not be installed");
  }
  const { suite, headers, packages } = lock.toolchain;
  const options = `${root}.apt`;
  mkdirSync(root, { recursive: true });
  writeFileSync(options, `${await aptOptions()}\n`);
  const hook = `--customize-hook=sh '${RECIPE}/headers.sh' "$1" ${headers.suite} ${headers.package}`;
  const archive = await debianArchive();
  const args = [
    '--variant=apt',
    '--mode=root',
    '--dpkgopt=force-unsafe-io',
    `--include=${packages.join(',')}`,
    `--aptopt=${options}`,
    hook,
    suite,
    root,
  ];
  // Without an address mmdebstrap knows Debian's own.
  if (archive) args.push(`deb ${archive} ${suite} main`);
  const apart = await separation();
  const [first = 'mmdebstrap', ...others] = [...apart, 'mmdebstrap', ...args];
  try {
    await follow(first, others, log, () => {});
  } catch (error) {
    removeTree(root);
    throw error;
  } finally {
    rmSync(options, { force: true });
  }
  // What is mounted here is mounted in a space of its own; a container that forbids such spaces forbids mounting, too.
  const enter =
    apart.length > 0
      ? 'mount -t proc proc "$0/proc" && mount --rbind /dev "$0/dev" && exec env -i "$CHROOT" "$0" "$@"'
      : 'exec env -i "$CHROOT" "$0" "$@"';
  const [program = 'sh', ...inside] = [...apart, 'sh', '-c', `CHROOT=$(command -v chroot) && ${enter}`, root];
  return {
    folder: join(root, 'build'),
    run: (step, onLine) => follow(program, [...inside, '/bin/sh', '/build/recipe/build.sh', ...step], log, onLine),
    remove: () => removeTree(root),
  };
}

/** A prefix for commands: with mounts and processes of their own, which end with us, where that is allowed. @returns {Promise<string[]>} */
async function separation() {
  const unshare = ['--mount', '--pid', '--fork', '--kill-child', '--mount-proc'];
  const tried = await runQuietly('unshare', [...unshare, 'true']).catch(() => ({ code: 1 }));
  return tried.code === 0 ? ['unshare', ...unshare] : [];
}

/**
 * Runs a program to its end, writes down what it says, and hands on each line.
 * @param {string} program
 * @param {string[]} args
 * @param {string} log
 * @param {(line: string) => void} onLine
 * @returns {Promise<void>}
 * @throws Error when it fails
 */
function follow(program, args, log, onLine) {
  return new Promise((done, failed) => {
    const file = createWriteStream(log, { flags: 'a' });
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    // unshare passes no signal on; all that it started dies with it.
    const end = () => child.kill(program === 'unshare' ? 'SIGKILL' : 'SIGTERM');
    process.once('exit', end);
    child.stderr.pipe(file, { end: false });
    createInterface({ input: child.stdout }).on('line', (line) => {
      file.write(`${line}\n`);
      onLine(line);
    });
    child.once('error', (error) => failed(new Error(`${program} could not be started: ${error.message}`, { cause: error })));
    child.once('close', (code, signal) => {
      process.off('exit', end);
      file.end();
      if (code === 0) done();
      else failed(new Error(`${program} ended with ${signal ?? code}: ${log} has all that it said`));
    });
  });
}
