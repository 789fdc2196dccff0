/** Which names an archive from anywhere may have, and one that goes anywhere: beyond paths.ts, what other computers make of a name. */
import { InvalidInputError } from './errors';
import { splitPath } from './paths';

/** Folders within each other. */
const DEEPEST = 128;
/** What Windows opens as a device, with any extension, in any folder. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|clock\$|(com|lpt)[0-9\u00b9\u00b2\u00b3])(\..*)?$/i;
/** Characters that turn the direction of what follows: `gnp.exe` is shown as `exe.png`. */
const DIRECTION = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

/**
 * Splits a path into segments that mean the same on every computer.
 * @throws InvalidInputError what `splitPath` refuses; control characters and characters that turn the writing direction; names of
 *   devices, and names that end in a space or a dot, which Windows drops; too many folders within each other
 */
export function splitArchivePath(path: string): string[] {
  const segments = splitPath(path);
  if (segments.length > DEEPEST) throw refusal(path, `it has more than ${DEEPEST} folders within each other`);
  for (const segment of segments) {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are meant
    if (/[\x00-\x1f\x7f-\x9f]/.test(segment)) throw refusal(path, 'it has a control character in it');
    if (DIRECTION.test(segment))
      throw refusal(path, 'it has a character in it that turns the direction of writing, so it is not what it looks like');
    if (DEVICE.test(segment)) throw refusal(path, `"${segment}" is the name of a device on Windows`);
    if (/[. ]$/.test(segment)) throw refusal(path, 'a name in it ends with a dot or a space, which Windows leaves out');
  }
  return segments;
}

function refusal(path: string, why: string): InvalidInputError {
  return new InvalidInputError(`The path ${JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path)} is not allowed: ${why}.`);
}
