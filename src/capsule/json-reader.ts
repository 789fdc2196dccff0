/**
 * Reads JSON (RFC 8259) from bytes. Beside `JSON.parse` it says where a document is wrong, in words; refuses names that stand
 * twice; holds to limits, so that no document can exhaust stack or memory; and leaves long texts as bytes, since a document may be
 * longer than a string can be.
 */
import { InvalidInputError } from '../base/errors';
import { hexValue, isEscape, JsonText } from './json-text';

export interface JsonLimits {
  /** Objects and lists within each other. */
  depth: number;
  /** Values in all. */
  values: number;
}

/** What can stand in a document. Objects have no prototype: any name is just a name in them. */
export type JsonValue = null | boolean | number | string | JsonText | JsonValue[] | { [name: string]: JsonValue };

const STATE_FILE = 'The state file';
/** Longer numbers are of no use to anyone and cost time. */
const MAX_NUMBER_LENGTH = 400;
const NUMBER = /^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/;

const CODE = {
  tab: 0x09,
  lineFeed: 0x0a,
  carriageReturn: 0x0d,
  space: 0x20,
  quote: 0x22,
  comma: 0x2c,
  colon: 0x3a,
  openList: 0x5b,
  backslash: 0x5c,
  closeList: 0x5d,
  u: 0x75,
  openObject: 0x7b,
  closeObject: 0x7d,
} as const;

const LITERALS: readonly (readonly [text: string, value: null | boolean])[] = [
  ['true', true],
  ['false', false],
  ['null', null],
];

/**
 * Reads the document that begins at `start` and takes all the rest.
 * @param bytes valid UTF-8
 * @param longTexts names of members whose text is returned as `JsonText`
 * @param subject what the document is, to begin a sentence with
 * @throws InvalidInputError a sentence that says what is wrong, and where
 */
export function readJson(
  bytes: Uint8Array,
  start: number,
  longTexts: ReadonlySet<string>,
  limits: JsonLimits,
  subject: string = STATE_FILE,
): JsonValue {
  return new JsonReader(bytes, start, longTexts, limits, subject).document();
}

/** Says where a byte lies: "line 3, column 5", both counted from 1, columns in characters. */
export function describePosition(bytes: Uint8Array, offset: number): string {
  let line = 1;
  let lineStart = 0;
  for (let at = bytes.indexOf(CODE.lineFeed); at !== -1 && at < offset; at = bytes.indexOf(CODE.lineFeed, at + 1)) {
    line += 1;
    lineStart = at + 1;
  }
  let column = 1;
  // Continuation bytes belong to the character before them.
  for (let at = lineStart; at < offset; at += 1) if (((bytes[at] as number) & 0xc0) !== 0x80) column += 1;
  return `line ${line}, column ${column}`;
}

/** The refusal of a document that is a good beginning without its end. */
export function cutOff(size: number, subject: string = STATE_FILE): InvalidInputError {
  return new InvalidInputError(`${subject} ends too early (at byte ${size.toLocaleString('en-US')}): it was cut off.`);
}

class JsonReader {
  readonly #bytes: Uint8Array;
  readonly #longTexts: ReadonlySet<string>;
  readonly #limits: JsonLimits;
  readonly #subject: string;
  readonly #decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  #at: number;
  #values = 0;

  constructor(bytes: Uint8Array, start: number, longTexts: ReadonlySet<string>, limits: JsonLimits, subject: string) {
    this.#bytes = bytes;
    this.#at = start;
    this.#longTexts = longTexts;
    this.#limits = limits;
    this.#subject = subject;
  }

  document(): JsonValue {
    const value = this.#value(null, 0);
    this.#skipSpace();
    if (this.#at < this.#bytes.length) throw this.#wrong('expected the end of the file');
    return value;
  }

  /** `depth` is that of the object or list around it: bounded, so that this may call itself. */
  #value(name: string | null, depth: number): JsonValue {
    const byte = this.#peek();
    this.#values += 1;
    if (this.#values > this.#limits.values) {
      throw new InvalidInputError(`${this.#subject} has too many parts: more than ${this.#limits.values.toLocaleString('en-US')} values.`);
    }
    switch (byte) {
      case CODE.openObject:
      case CODE.openList:
        if (depth === this.#limits.depth) {
          throw new InvalidInputError(`${this.#subject} is nested too deep: more than ${depth} levels (${this.#position()}).`);
        }
        return byte === CODE.openObject ? this.#object(depth + 1) : this.#list(depth + 1);
      case CODE.quote:
        return name !== null && this.#longTexts.has(name) ? this.#text() : this.#string();
      default:
        return byte === 0x2d || (byte >= 0x30 && byte <= 0x39) ? this.#number() : this.#literal();
    }
  }

  #object(depth: number): JsonValue {
    const object = Object.create(null) as { [name: string]: JsonValue };
    this.#at += 1;
    if (this.#take(CODE.closeObject)) return object;
    do {
      if (this.#peek() !== CODE.quote) throw this.#wrong('expected a name in double quotes');
      const position = this.#at;
      const name = this.#string();
      if (Object.hasOwn(object, name)) {
        const shown = JSON.stringify(name.slice(0, 80));
        throw new InvalidInputError(
          `${this.#subject} has the name ${shown} twice in the same object (${describePosition(this.#bytes, position)}).`,
        );
      }
      if (!this.#take(CODE.colon)) throw this.#wrong('expected ":"');
      object[name] = this.#value(name, depth);
    } while (this.#take(CODE.comma));
    if (!this.#take(CODE.closeObject)) throw this.#wrong('expected "," or "}"');
    return object;
  }

  #list(depth: number): JsonValue {
    const list: JsonValue[] = [];
    this.#at += 1;
    if (this.#take(CODE.closeList)) return list;
    do list.push(this.#value(null, depth));
    while (this.#take(CODE.comma));
    if (!this.#take(CODE.closeList)) throw this.#wrong('expected "," or "]"');
    return list;
  }

  #string(): string {
    const position = this.#at;
    const { start, end, escaped } = this.#scanText();
    const source = this.#decoder.decode(this.#bytes.subarray(start, end));
    if (!escaped) return source;
    const text = JSON.parse(`"${source}"`) as string;
    if (/\p{Surrogate}/u.test(text)) {
      throw new InvalidInputError(
        `${this.#subject} has half of a character (a \\u escape without its other half) in the text at ${describePosition(this.#bytes, position)}.`,
      );
    }
    return text;
  }

  #text(): JsonText {
    const { start, end, escaped } = this.#scanText();
    return new JsonText(this.#bytes.subarray(start, end), escaped);
  }

  /** Goes over a text and checks its escapes; leaves its bounds without the quotes. */
  #scanText(): { start: number; end: number; escaped: boolean } {
    const bytes = this.#bytes;
    const start = this.#at + 1;
    let escaped = false;
    let at = start;
    for (;;) {
      if (at >= bytes.length) throw cutOff(bytes.length, this.#subject);
      const byte = bytes[at] as number;
      if (byte === CODE.quote) break;
      if (byte === CODE.backslash) {
        escaped = true;
        at = this.#scanEscape(at);
      } else if (byte < CODE.space) {
        this.#at = at;
        throw this.#wrong('expected the closing quote, or an escape such as \\n for a line end');
      } else {
        at += 1;
      }
    }
    this.#at = at + 1;
    return { start, end: at, escaped };
  }

  /** Checks the escape at a backslash; returns where it ends. */
  #scanEscape(backslash: number): number {
    const bytes = this.#bytes;
    const letter = backslash + 1;
    if (letter >= bytes.length) throw cutOff(bytes.length, this.#subject);
    if (!isEscape(bytes[letter] as number)) {
      this.#at = letter;
      throw this.#wrong('expected one of " \\ / b f n r t u after a backslash (write \\\\ for a backslash itself)');
    }
    if (bytes[letter] !== CODE.u) return letter + 1;
    for (let at = letter + 1; at < letter + 5; at += 1) {
      if (at >= bytes.length) throw cutOff(bytes.length, this.#subject);
      if (hexValue(bytes[at] as number) < 0) {
        this.#at = at;
        throw this.#wrong('expected four hexadecimal digits after \\u');
      }
    }
    return letter + 5;
  }

  #number(): number {
    const start = this.#at;
    let end = start;
    while (end < this.#bytes.length && end - start <= MAX_NUMBER_LENGTH && isNumberByte(this.#bytes[end] as number)) end += 1;
    if (end === this.#bytes.length) throw cutOff(end, this.#subject);
    const text = String.fromCharCode(...this.#bytes.subarray(start, end));
    const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
    if (text.length > MAX_NUMBER_LENGTH || !NUMBER.test(text)) throw this.#wrong(`${shown} is not a number of JSON`, false);
    const number = Number(text);
    if (!Number.isFinite(number)) throw this.#wrong(`the number ${shown} is too large`, false);
    this.#at = end;
    return number;
  }

  #literal(): null | boolean {
    const rest = this.#bytes.subarray(this.#at, this.#at + 5);
    for (const [text, value] of LITERALS) {
      const same = Math.min(text.length, rest.length);
      if (String.fromCharCode(...rest.subarray(0, same)) !== text.slice(0, same)) continue;
      if (same < text.length) throw cutOff(this.#bytes.length, this.#subject);
      this.#at += text.length;
      return value;
    }
    throw this.#wrong('expected a value');
  }

  /** The next byte that is not white space. */
  #peek(): number {
    this.#skipSpace();
    if (this.#at >= this.#bytes.length) throw cutOff(this.#bytes.length, this.#subject);
    return this.#bytes[this.#at] as number;
  }

  /** Goes past the next byte that is not white space, if it is this one. */
  #take(byte: number): boolean {
    if (this.#peek() !== byte) return false;
    this.#at += 1;
    return true;
  }

  #skipSpace(): void {
    for (; this.#at < this.#bytes.length; this.#at += 1) {
      const byte = this.#bytes[this.#at];
      if (byte !== CODE.space && byte !== CODE.lineFeed && byte !== CODE.carriageReturn && byte !== CODE.tab) return;
    }
  }

  #position(): string {
    return describePosition(this.#bytes, this.#at);
  }

  #wrong(what: string, showFound = true): InvalidInputError {
    const found = showFound ? `, found ${this.#found()}` : '';
    return new InvalidInputError(`${this.#subject} is not valid JSON: ${what}${found} (${this.#position()}).`);
  }

  #found(): string {
    const byte = this.#bytes[this.#at] as number;
    if (byte === CODE.lineFeed || byte === CODE.carriageReturn) return 'a line end';
    if (byte < CODE.space) return `the control character ${byte}`;
    // A character is at most 4 bytes long; the rest of a window of 4 may be cut and is not shown.
    const [character = ''] = this.#decoder.decode(this.#bytes.subarray(this.#at, this.#at + 4));
    return JSON.stringify(character);
  }
}

function isNumberByte(byte: number): boolean {
  // 0-9 + - . e E
  return (byte >= 0x30 && byte <= 0x39) || byte === 0x2b || byte === 0x2d || byte === 0x2e || byte === 0x65 || byte === 0x45;
}
