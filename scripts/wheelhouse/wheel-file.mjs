/** Reads what a wheel says of itself: its central directory and its METADATA. */
import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import { inflateRawSync } from 'node:zlib';

/**
 * One package of the wheelhouse, as `wheelhouse.json` lists it.
 * @typedef {object} Package
 * @property {string} name normalised: lower case, `-` between words
 * @property {string} version
 * @property {string} file name of the wheel, in the folder of `wheelhouse.json`
 * @property {string} sha256 of the wheel, in hexadecimal
 * @property {number} size of the wheel, in bytes
 * @property {string} licence an SPDX expression where the package gives one, else its own words
 * @property {string[]} depends names of the packages that it cannot be imported without
 * @property {string[]} imports names of its modules and packages at the top level
 */

/** The name under which the Python package index knows a package. @param {string} name */
export const normalise = (name) => name.toLowerCase().replace(/[-_.]+/g, '-');

/** @param {string} file @returns {string} in hexadecimal */
export const sha256Of = (file) => createHash('sha256').update(readFileSync(file)).digest('hex');

/**
 * Whether Pyodide with this ABI can load a wheel, by the tags in its name.
 * @param {string} file such as `numpy-2.4.6-cp314-cp314-pyemscripten_2026_0_wasm32.whl`
 * @param {string} abi such as `pyemscripten_2026_0_wasm32`
 */
export const fits = (file, abi) => file.endsWith('-none-any.whl') || file.endsWith(`-${abi}.whl`);

/**
 * Reads a wheel.
 * @param {string} path
 * @returns {Package}
 * @throws Error when it is no wheel; the message says its name
 */
export function readWheel(path) {
  const file = basename(path);
  const [name = '', version = ''] = file.split('-');
  const archive = readArchive(path);
  const metadata = archive.read(/^[^/]+\.dist-info\/METADATA$/);
  if (metadata === null) throw new Error(`${file} has no METADATA: it is not a wheel.`);
  const fields = readFields(metadata);
  return {
    name: normalise(name),
    version,
    file,
    sha256: sha256Of(path),
    size: archive.size,
    licence: licenceOf(fields),
    depends: dependenciesOf(fields),
    imports: importsOf(archive.names),
  };
}

/**
 * Reads the list of a zip's files from its end (no zip64: a wheel of 4 GB is nothing for a browser).
 * @param {string} path
 */
function readArchive(path) {
  const handle = openSync(path, 'r');
  try {
    const { size } = fstatSync(handle);
    /** @param {number} from @param {number} length */
    const bytes = (from, length) => {
      const buffer = Buffer.alloc(length);
      if (from < 0 || readSync(handle, buffer, 0, length, from) !== length) throw new Error(`${basename(path)} is cut off.`);
      return buffer;
    };
    const tail = bytes(Math.max(size - 65_557, 0), Math.min(size, 65_557));
    const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
    if (end < 0 || tail.length - end < 22) throw new Error(`${basename(path)} is cut off, or not a zip file.`);
    const directory = bytes(tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
    /** @type {Map<string, { method: number, packed: number, header: number }>} */
    const entries = new Map();
    for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50; ) {
      const nameLength = directory.readUInt16LE(at + 28);
      entries.set(directory.toString('utf8', at + 46, at + 46 + nameLength), {
        method: directory.readUInt16LE(at + 10),
        packed: directory.readUInt32LE(at + 20),
        header: directory.readUInt32LE(at + 42),
      });
      at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
    }
    // Read now: the file is closed when this returns.
    const texts = new Map();
    for (const [name, { method, packed, header }] of entries) {
      if (!/\.dist-info\/METADATA$/.test(name)) continue;
      const local = bytes(header, 30);
      const content = bytes(header + 30 + local.readUInt16LE(26) + local.readUInt16LE(28), packed);
      texts.set(name, (method === 0 ? content : inflateRawSync(content)).toString('utf8'));
    }
    return {
      size,
      names: [...entries.keys()],
      /** @param {RegExp} pattern @returns {string | null} the METADATA of that name */
      read: (pattern) => [...texts].find(([name]) => pattern.test(name))?.[1] ?? null,
    };
  } finally {
    closeSync(handle);
  }
}

/** The header fields of METADATA, each with all of its values. @param {string} text @returns {Map<string, string[]>} */
function readFields(text) {
  /** @type {Map<string, string[]>} */
  const fields = new Map();
  for (const line of (text.split(/\r?\n\r?\n/, 1)[0] ?? '').split(/\r?\n/)) {
    const match = /^([A-Za-z-]+): (.*)$/.exec(line);
    if (match?.[1]) fields.set(match[1], [...(fields.get(match[1]) ?? []), match[2] ?? '']);
  }
  return fields;
}

/** @param {Map<string, string[]>} fields */
function licenceOf(fields) {
  const [expression] = fields.get('License-Expression') ?? [];
  const [words] = fields.get('License') ?? [];
  const classified = (fields.get('Classifier') ?? [])
    .filter((each) => each.startsWith('License ::'))
    .map((each) => each.split(' :: ').at(-1));
  return expression || (words && words.length <= 100 ? words : '') || classified.join(', ') || 'unknown';
}

/** Dependencies whose condition holds in Pyodide. @param {Map<string, string[]>} fields */
function dependenciesOf(fields) {
  const names = new Set();
  for (const requirement of fields.get('Requires-Dist') ?? []) {
    const [, name, condition] = /^([A-Za-z0-9._-]+)[^;]*(?:;(.*))?$/.exec(requirement) ?? [];
    if (name && holds(condition ?? '')) names.add(normalise(name));
  }
  return [...names].sort();
}

/** What an environment marker is compared with. @type {Record<string, string>} */
const ENVIRONMENT = {
  implementation_name: 'cpython',
  os_name: 'posix',
  platform_machine: 'wasm32',
  platform_python_implementation: 'CPython',
  platform_system: 'Emscripten',
  python_version: '3.14',
  sys_platform: 'emscripten',
};

/**
 * Whether an environment marker holds in Pyodide; one that asks for an extra does not.
 * @param {string} marker such as `python_version >= "3.14" and sys_platform != "win32"`; empty always holds.
 * @returns {boolean}
 */
export function holds(marker) {
  const bracket = /\(([^()]*)\)/.exec(marker);
  if (bracket) return holds(marker.replace(bracket[0], holds(bracket[1] ?? '') ? '"" == ""' : '"" != ""'));
  if (marker.trim() === '') return true;
  return marker.split(/\s+or\s+/).some((part) => part.split(/\s+and\s+/).every(comparisonHolds));
}

/** @param {string} comparison such as `python_version < "3.11"` */
function comparisonHolds(comparison) {
  const [, left = '', operator = '', right = ''] = /^\s*(\S+)\s*(<=|>=|==|!=|<|>)\s*(\S+)\s*$/.exec(comparison) ?? [];
  const [a, b] = [left, right].map((each) => (/^['"]/.test(each) ? each.slice(1, -1) : ENVIRONMENT[each]));
  if (a === undefined || b === undefined) return false;
  const order = /^[\d.]+$/.test(a) && /^[\d.]+$/.test(b) ? compareVersions(a, b) : Number(a > b) - Number(a < b);
  if (operator === '==') return order === 0;
  if (operator === '!=') return order !== 0;
  return operator.startsWith('<') ? order < 0 || (order === 0 && operator === '<=') : order > 0 || (order === 0 && operator === '>=');
}

/** @param {string} a @param {string} b numbers with dots */
function compareVersions(a, b) {
  const [left, right] = [a, b].map((each) => each.split('.').map(Number));
  for (let at = 0; at < Math.max(left?.length ?? 0, right?.length ?? 0); at++) {
    const difference = (left?.[at] ?? 0) - (right?.[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}

/** What can be imported. @param {string[]} names of all files of a wheel */
function importsOf(names) {
  const found = new Set();
  for (const name of names) {
    const [top = '', ...rest] = name.split('/');
    if (/\.(dist-info|data)$/.test(top)) continue;
    if (rest.length > 0) found.add(top);
    else if (/\.(py|so)$/.test(top)) found.add(top.split('.')[0]);
  }
  return [...found].sort();
}
