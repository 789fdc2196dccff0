/**
 * Files from the Python package index, through pip: it knows this machine's index, proxy and certificates, so that no address has to be
 * written here. Every file is pinned by its sha256.
 */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { installFromDebian, runQuietly } from '../programs.mjs';
import { fileStore } from './cache.mjs';

/** @typedef {import('./lock.mjs').IndexFile} IndexFile */

// pip asks a source archive for its metadata by running its build system. These stand-ins answer from PKG-INFO, so that nothing of the archive runs.
const STAND_INS = fileURLToPath(new URL('./stand-ins', import.meta.url));

/** @returns {Promise<[string, ...string[]] | null>} how pip is called here */
async function findPip() {
  /** @type {[string, ...string[]][]} */
  const ways = [['python3', '-m', 'pip'], ['pip3'], ['py', '-m', 'pip'], ['pip']];
  for (const way of ways) {
    const [program, ...rest] = way;
    if ((await runQuietly(program, [...rest, '--version']).catch(() => null))?.code === 0) return way;
  }
  return null;
}

/**
 * Downloads what is not in the cache yet.
 * @param {IndexFile[]} wanted wheels, or source archives
 * @param {string} cache
 * @returns {Promise<void>}
 * @throws Error when one cannot be had, with pip's own words
 */
export async function download(wanted, cache) {
  const store = fileStore(cache);
  const missing = wanted.filter((each) => store.find(each) === null);
  if (missing.length === 0) return;
  let pip = await findPip();
  if (pip === null && (await installFromDebian('python3-pip'))) pip = await findPip();
  if (pip === null) throw new Error('pip is missing, which fetches packages from the Python package index.');
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-index-'));
  try {
    cpSync(STAND_INS, join(folder, 'stand-ins'), { recursive: true });
    for (const sources of [false, true]) {
      const lines = missing.filter(({ file }) => file.endsWith('.whl') !== sources);
      if (lines.length === 0) continue;
      const requirements = join(folder, `requirements-${sources ? 'sources' : 'wheels'}.txt`);
      writeFileSync(requirements, lines.map(({ name, version, sha256 }) => `${name}==${version} --hash=sha256:${sha256}\n`).join(''));
      const how = sources ? ['--no-binary=:all:', '--no-build-isolation'] : ['--only-binary=:all:', ...platform(lines)];
      const [program, ...rest] = pip;
      const args = ['download', '--no-deps', '--require-hashes', '--ignore-requires-python', '--disable-pip-version-check', ...how];
      const { code, output } = await runQuietly(program, [...rest, ...args, '-d', folder, '-r', requirements], {
        ...process.env,
        ...(sources && { PYTHONPATH: join(folder, 'stand-ins') }),
      });
      if (code !== 0)
        throw new Error(`The Python package index did not give ${lines.map(({ file }) => file).join(', ')}: ${lastWords(output)}`);
    }
    for (const each of missing) {
      const path = join(folder, each.file);
      if (!existsSync(path)) throw new Error(`The Python package index gave another file than ${each.file}.`);
      store.keep(path, each);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Which wheels pip may take: by the tags in their names, whatever the Python is that runs it. @param {IndexFile[]} wanted */
function platform(wanted) {
  const compiled = wanted.map(({ file }) => /-cp(\d)(\d+)-(cp\d+)-(.+)\.whl$/.exec(file)).find(Boolean);
  if (!compiled) return ['--platform=any', '--implementation=py', '--python-version=3.14', '--abi=none'];
  const [, major, minor, abi, platforms = ''] = compiled;
  return [
    ...platforms.split('.').map((each) => `--platform=${each}`),
    '--implementation=cp',
    `--python-version=${major}.${minor}`,
    `--abi=${abi}`,
  ];
}

/** @param {string} output of pip */
function lastWords(output) {
  const lines = output.trim().split('\n');
  return lines.findLast((line) => line.startsWith('ERROR:')) ?? lines.at(-1) ?? 'it said nothing';
}
