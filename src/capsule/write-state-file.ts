/** Writes a state as a document that a person can read. */
import { base64Length, encodeBase64 } from '../base/base64';
import { InvalidInputError } from '../base/errors';
import { STATE_LIMITS, type StateContent } from './content';
import { entryHead, PUNCTUATION, stateHead } from './document-text';
import { findInvalidUtf8 } from './utf8';
import { checkWritable, frameLength, leastLength } from './writable';

/** Bytes that are worked on at a time: a multiple of 3, for base64. */
const CHUNK = 3 * 2 ** 18;
/** Bytes of a part of the Blob. Small pieces are gathered: a Blob of a million parts is slow. */
const PART = 2 ** 20;

/**
 * Writes a state file: the same bytes for the same content. UTF-8 files become text, others base64. Also base64 become texts that
 * JSON would more than double (full of control characters), and large ones when the document would otherwise pass its limit.
 *
 * Times are cut to whole milliseconds and to the years 0 to 9999, the history to its last 10,000 runs.
 * @throws InvalidInputError when `checkWritable` finds something
 */
export function writeStateFile(content: StateContent): Blob {
  const problem = checkWritable(content);
  if (problem) throw new InvalidInputError(problem.message);
  const document = new DocumentBlob();
  document.add(stateHead(content));
  // Room for what text takes more than base64.
  let spare = STATE_LIMITS.document - content.files.reduce((sum, entry) => sum + leastLength(entry), frameLength(content));
  for (const [index, entry] of content.files.entries()) {
    document.add(index === 0 ? PUNCTUATION.first : PUNCTUATION.next);
    if (entry.kind !== 'file') {
      document.add(entryHead(entry, 'base64'));
      continue;
    }
    const extra = extraAsText(entry.content);
    const asText = extra <= spare;
    if (asText) spare -= extra;
    document.add(entryHead(entry, asText ? 'text' : 'base64'));
    if (asText) addText(document, entry.content);
    else addBase64(document, entry.content);
    document.add(PUNCTUATION.contentEnd);
  }
  document.add(content.files.length === 0 ? PUNCTUATION.endOfNone : PUNCTUATION.end);
  return document.finish();
}

/** How many bytes more these take as text than as base64, never below 0; Infinity when they are not to be written as text. */
function extraAsText(bytes: Uint8Array): number {
  let length = bytes.length;
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    // As JSON.stringify escapes: two characters for those with a letter of their own, six for other control characters.
    if (byte < 0x20) length += byte >= 0x08 && byte <= 0x0d && byte !== 0x0b ? 1 : 5;
    else if (byte === 0x22 || byte === 0x5c) length += 1;
  }
  if (length > 2 * bytes.length || findInvalidUtf8(bytes) !== -1) return Number.POSITIVE_INFINITY;
  return Math.max(0, length - base64Length(bytes.length));
}

function addText(document: DocumentBlob, bytes: Uint8Array): void {
  // Streaming, so that a character at the edge of a chunk stays whole; a byte order mark is content like any other.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let at = 0; at < bytes.length; at += CHUNK) {
    const stream = at + CHUNK < bytes.length;
    const text = decoder.decode(bytes.subarray(at, at + CHUNK), { stream });
    document.add(JSON.stringify(text).slice(1, -1));
  }
}

function addBase64(document: DocumentBlob, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length; at += CHUNK) document.add(encodeBase64(bytes.subarray(at, at + CHUNK)));
}

/** A Blob that grows. */
class DocumentBlob {
  /** Blobs, not buffers: a browser may keep them on disk. */
  readonly #parts: Blob[] = [];
  readonly #encoder = new TextEncoder();
  /** Gathers small pieces. */
  readonly #part = new Uint8Array(PART);
  #length = 0;

  add(piece: string | Uint8Array<ArrayBuffer>): void {
    // A UTF-16 unit takes at most 3 bytes.
    const most = typeof piece === 'string' ? 3 * piece.length : piece.length;
    if (this.#length + most > PART) this.#settle();
    if (most > PART) {
      this.#parts.push(new Blob([piece]));
    } else if (typeof piece === 'string') {
      this.#length += this.#encoder.encodeInto(piece, this.#part.subarray(this.#length)).written;
    } else {
      this.#part.set(piece, this.#length);
      this.#length += piece.length;
    }
  }

  finish(): Blob {
    this.#settle();
    return new Blob(this.#parts, { type: 'application/json' });
  }

  #settle(): void {
    if (this.#length > 0) this.#parts.push(new Blob([this.#part.subarray(0, this.#length)]));
    this.#length = 0;
  }
}
