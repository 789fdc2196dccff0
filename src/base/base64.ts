/**
 * Base64 (RFC 4648, section 4: the alphabet with `+` and `/`, padded) from bytes to ASCII bytes and back. Bytes on both sides,
 * because hundreds of megabytes do not fit comfortably into a string, and browsers of 2024 have no `Uint8Array.fromBase64`.
 */
import { InvalidInputError } from './errors';

const ALPHABET = new TextEncoder().encode('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
const PADDING = 0x3d;
/** Marks what is not in the alphabet: its high bit survives an OR with the values of other characters. */
const FOREIGN = 0x80;

const VALUES = new Uint8Array(256).fill(FOREIGN);
ALPHABET.forEach((byte, value) => {
  VALUES[byte] = value;
});

/** How many characters `size` bytes take as base64, padding included. */
export function base64Length(size: number): number {
  return Math.ceil(size / 3) * 4;
}

/** For what is short: as `encodeBase64`, a string. */
export const base64Text = (bytes: Uint8Array): string => new TextDecoder().decode(encodeBase64(bytes));

/** The bytes that `base64Text` was given. @throws InvalidInputError for what is no base64 */
export const bytesOfBase64Text = (text: string): Uint8Array<ArrayBuffer> => decodeBase64(new TextEncoder().encode(text));

/** Encodes bytes as ASCII characters. What is encoded in pieces of a multiple of 3 bytes may be put together. */
export function encodeBase64(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const characters = new Uint8Array(base64Length(bytes.length));
  const whole = bytes.length - (bytes.length % 3);
  // Reads stay within their arrays by the loop's bounds; typed arrays are read as numbers throughout.
  const at = (index: number) => bytes[index] as number;
  let to = 0;
  for (let from = 0; from < whole; from += 3) {
    const bits = (at(from) << 16) | (at(from + 1) << 8) | at(from + 2);
    characters[to++] = ALPHABET[bits >> 18] as number;
    characters[to++] = ALPHABET[(bits >> 12) & 63] as number;
    characters[to++] = ALPHABET[(bits >> 6) & 63] as number;
    characters[to++] = ALPHABET[bits & 63] as number;
  }
  if (whole < bytes.length) {
    const two = bytes.length - whole === 2;
    const bits = (at(whole) << 16) | (two ? at(whole + 1) << 8 : 0);
    characters[to++] = ALPHABET[bits >> 18] as number;
    characters[to++] = ALPHABET[(bits >> 12) & 63] as number;
    characters[to++] = two ? (ALPHABET[(bits >> 6) & 63] as number) : PADDING;
    characters[to] = PADDING;
  }
  return characters;
}

/**
 * Decodes ASCII characters. Strict, so that damage shows: no white space, no missing padding, no stray bits at the end.
 * @throws InvalidInputError saying which character is wrong, counted from 1
 */
export function decodeBase64(characters: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = characters.length;
  const at = (index: number) => VALUES[characters[index] as number] as number;
  const padding = length > 0 && characters[length - 1] === PADDING ? (characters[length - 2] === PADDING ? 2 : 1) : 0;
  const end = length - padding;
  // A character that does not belong is the better explanation when the length is wrong, too.
  if (length % 4 !== 0) {
    checkAlphabet(characters, 0, end);
    throw new InvalidInputError(`The base64 text has ${length} characters; padded with "=" it has a multiple of 4.`);
  }
  const bytes = new Uint8Array((length / 4) * 3 - padding);
  const whole = end - (end % 4);
  let to = 0;
  for (let from = 0; from < whole; from += 4) {
    const first = at(from);
    const second = at(from + 1);
    const third = at(from + 2);
    const fourth = at(from + 3);
    if ((first | second | third | fourth) & FOREIGN) checkAlphabet(characters, from, from + 4);
    bytes[to++] = (first << 2) | (second >> 4);
    bytes[to++] = (second << 4) | (third >> 2);
    bytes[to++] = (third << 6) | fourth;
  }
  if (padding > 0) {
    checkAlphabet(characters, whole, end);
    const second = at(whole + 1);
    const third = padding === 1 ? at(whole + 2) : 0;
    bytes[to++] = (at(whole) << 2) | (second >> 4);
    if (padding === 1) bytes[to] = (second << 4) | (third >> 2);
    const stray = padding === 2 ? second & 15 : third & 3;
    if (stray !== 0)
      throw new InvalidInputError(
        `The base64 text ends wrongly: its last character before "=" (character ${end}) carries bits of no byte.`,
      );
  }
  return bytes;
}

function checkAlphabet(characters: Uint8Array, from: number, end: number): void {
  for (let index = from; index < end; index += 1) {
    const byte = characters[index] as number;
    if (VALUES[byte] !== FOREIGN) continue;
    const shown =
      byte > 0x20 && byte < 0x7f
        ? JSON.stringify(String.fromCharCode(byte))
        : byte <= 0x20
          ? 'white space or a control character'
          : 'a character';
    throw new InvalidInputError(
      `The base64 text has ${shown} at character ${index + 1}; allowed are A-Z, a-z, 0-9, "+", "/", and "=" at the end.`,
    );
  }
}
