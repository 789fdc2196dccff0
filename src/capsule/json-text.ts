/** A text of a JSON document that has not been made a string: it may be longer than a browser's strings can be. */
import { InvalidInputError } from '../base/errors';

const BACKSLASH = 0x5c;
const LETTER_U = 0x75;

/** What single-letter escapes stand for, both by their byte; 0 for letters that are no escape. */
const ESCAPES = new Uint8Array(256);
const PAIRS = [
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
] as const;
for (const [letter, text] of PAIRS) ESCAPES[letter.charCodeAt(0)] = text.charCodeAt(0);

/** Whether a backslash may stand before this byte. */
export function isEscape(byte: number): boolean {
  return byte === LETTER_U || ESCAPES[byte] !== 0;
}

/** The value of a hexadecimal digit; -1 for other bytes. */
export function hexValue(byte: number): number {
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const lower = byte | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

export class JsonText {
  readonly #source: Uint8Array;
  readonly #escaped: boolean;

  /** @param source what stands between the quotes: valid UTF-8 with valid escapes */
  constructor(source: Uint8Array, escaped: boolean) {
    this.#source = source;
    this.#escaped = escaped;
  }

  /** Bytes in the document: at least as many as in the text. */
  get size(): number {
    return this.#source.length;
  }

  /**
   * The text in UTF-8, a copy.
   * @throws InvalidInputError when a \u escape is half of a character: that has no UTF-8 form
   */
  toBytes(): Uint8Array<ArrayBuffer> {
    return this.#escaped ? decodeEscapes(this.#source) : this.#source.slice();
  }

  /** As `toBytes`, but a view where that is enough: for reading only, while the document is held. */
  view(): Uint8Array {
    return this.#escaped ? decodeEscapes(this.#source) : this.#source;
  }
}

function decodeEscapes(source: Uint8Array): Uint8Array<ArrayBuffer> {
  // No escape is shorter than what it stands for.
  const bytes = new Uint8Array(source.length);
  let to = 0;
  let from = 0;
  while (from < source.length) {
    const byte = source[from] as number;
    if (byte !== BACKSLASH) {
      bytes[to++] = byte;
      from += 1;
      continue;
    }
    const letter = source[from + 1] as number;
    if (letter !== LETTER_U) {
      bytes[to++] = ESCAPES[letter] as number;
      from += 2;
      continue;
    }
    let code = hexAt(source, from + 2);
    from += 6;
    if (code >= 0xd800 && code < 0xe000) {
      const paired = code < 0xdc00 && source[from] === BACKSLASH && source[from + 1] === LETTER_U;
      const low = paired ? hexAt(source, from + 2) : 0;
      if (low < 0xdc00 || low > 0xdfff)
        throw new InvalidInputError(`The text has half of a character (\\u${code.toString(16)} without its other half).`);
      code = 0x10000 + ((code - 0xd800) << 10) + (low - 0xdc00);
      from += 6;
    }
    if (code < 0x80) {
      bytes[to++] = code;
    } else if (code < 0x800) {
      bytes[to++] = 0xc0 | (code >> 6);
      bytes[to++] = 0x80 | (code & 63);
    } else if (code < 0x10000) {
      bytes[to++] = 0xe0 | (code >> 12);
      bytes[to++] = 0x80 | ((code >> 6) & 63);
      bytes[to++] = 0x80 | (code & 63);
    } else {
      bytes[to++] = 0xf0 | (code >> 18);
      bytes[to++] = 0x80 | ((code >> 12) & 63);
      bytes[to++] = 0x80 | ((code >> 6) & 63);
      bytes[to++] = 0x80 | (code & 63);
    }
  }
  return bytes.slice(0, to);
}

/** Of four hexadecimal digits. */
function hexAt(source: Uint8Array, at: number): number {
  let value = 0;
  for (let index = at; index < at + 4; index += 1) value = (value << 4) | hexValue(source[index] as number);
  return value;
}
