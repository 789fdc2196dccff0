/** Names and paths on a session's disk, as everything outside Python spells them: relative, with forward slashes, no dots. */
import { InvalidInputError, messageOf } from './errors';

/** The longest name of a file or directory in UTF-8 bytes, as in Linux. */
export const MAX_NAME = 255;
/** The longest path in UTF-16 units, as PATH_MAX in Linux. */
export const MAX_PATH = 4096;

const encoder = new TextEncoder();

/**
 * Checks one path segment: text of 1 to 255 bytes in UTF-8, not `.` or `..`, without `/` and NUL, and well-formed Unicode.
 * @throws InvalidInputError saying what is wrong with it
 */
export function checkName(name: unknown): string {
  if (typeof name !== 'string') throw new InvalidInputError(`A file name has to be text, got ${typeof name}.`);
  const shown = JSON.stringify(name.length > 80 ? `${name.slice(0, 80)}…` : name);
  if (name === '' || name === '.' || name === '..') throw new InvalidInputError(`${shown} cannot be a file name.`);
  if (name.includes('/') || name.includes('\0')) throw new InvalidInputError(`The file name ${shown} contains a slash or a NUL character.`);
  // A lone surrogate has no UTF-8 form: two such names would become one on disk.
  if (/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(name))
    throw new InvalidInputError(`The file name ${shown} is not valid Unicode.`);
  // A UTF-16 unit is at most 3 bytes of UTF-8: most names need not be encoded to be measured.
  if (name.length * 3 > MAX_NAME && encoder.encode(name).length > MAX_NAME)
    throw new InvalidInputError(`The file name ${shown} is longer than ${MAX_NAME} bytes.`);
  return name;
}

/**
 * Splits a relative path into checked segments.
 * @throws InvalidInputError for absolute, empty and too long paths, for `.`, `..` and empty segments, and for backslashes
 *   (a separator on some systems, so a way around the other rules)
 */
export function splitPath(path: unknown): string[] {
  if (typeof path !== 'string') throw new InvalidInputError(`A path has to be text, got ${typeof path}.`);
  const shown = JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path);
  if (path.length > MAX_PATH) throw new InvalidInputError(`The path ${shown} is longer than ${MAX_PATH} characters.`);
  if (path.startsWith('/') || /^[A-Za-z]:/.test(path))
    throw new InvalidInputError(`The path ${shown} is absolute; paths here are relative, such as "home/pyodide/notes.txt".`);
  if (path.includes('\\')) throw new InvalidInputError(`The path ${shown} contains a backslash; use "/" between folders.`);
  return path.split('/').map((segment) => {
    try {
      return checkName(segment);
    } catch (cause) {
      throw new InvalidInputError(`The path ${shown} is not allowed. ${messageOf(cause)}`, { cause });
    }
  });
}
