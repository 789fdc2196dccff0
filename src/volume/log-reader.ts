/** Reads a log's records in order, and searches what lies behind its end. */
import { xxh32 } from '../base/xxh32';
import { ByteReader, getUint64, viewOf } from './bytes';
import {
  aligned,
  decodeRecordHeader,
  type LogPosition,
  PIECE,
  piecesOf,
  RECORD_FIRST_BYTE,
  RECORD_SIZE,
  RECORD_TYPE,
  type RecordHeader,
  type RecordType,
  SEGMENT,
  type VolumeIdentity,
} from './format';
import type { Location, Segment, SegmentFiles } from './segment-files';

export interface LogRecord {
  type: RecordType;
  /** Its meta without the checksums of its data. */
  body: Uint8Array;
  /** Valid until the next record is read. */
  data: Uint8Array;
  pieces: Location[];
  sequence: number;
  /** Where it begins, in its segment. */
  offset: number;
  /** Whether its data is what its checksums say. Header and meta are. */
  intact: boolean;
  /** Where the next record goes. */
  next: LogPosition;
}

const WINDOW = 4 * 2 ** 20;
/** What is looked through at once for bytes that are not zero: small enough to stay in the processor's cache. */
const SCANNED = 2 ** 20;

export class LogReader {
  readonly #files: SegmentFiles;
  readonly #identity: VolumeIdentity;
  #window: { segment: number; start: number; bytes: Uint8Array } | null = null;

  constructor(files: SegmentFiles, identity: VolumeIdentity) {
    this.#files = files;
    this.#identity = identity;
  }

  /** The record at a position, or in the next segment where that goes on there; null at the log's end. */
  next(position: LogPosition): LogRecord | null {
    const here = this.#at(position, position);
    if (here) return here;
    const following = this.#following(position);
    return following && this.#at(following, following);
  }

  /** The log's end itself: in the next segment when that was begun. */
  end(position: LogPosition): LogPosition {
    return this.#following(position) ?? position;
  }

  /** A record at a known place, whatever came before it. */
  at(segment: number, offset: number): LogRecord | null {
    return this.#at({ segment, offset, ordinal: this.#files.get(segment)?.header?.ordinal ?? 0, sequence: 0, before: 0 }, null);
  }

  /** Every sound record of a segment, also after a gap: where the next one begins is not known there, so each byte is looked at. */
  *search(segment: Segment, from: number): Generator<LogRecord> {
    let offset = from;
    while (offset < segment.size) {
      const record = this.at(segment.number, offset);
      if (record) {
        yield record;
        offset = record.next.offset;
        continue;
      }
      offset = this.#nextCandidate(segment, offset + 1);
    }
  }

  /** Bytes from `from` on up to the last that is not zero. */
  unread(segment: Segment, from: number): number {
    let last = from;
    // One array for all of it: room held ready is mostly zeros, many times what the log holds, and new memory would cost more than reading.
    const bytes = new Uint8Array(Math.max(0, Math.min(SCANNED, segment.size - from)));
    for (let at = from; at < segment.size; at += bytes.length) {
      const length = lengthWithoutZeros(bytes.subarray(0, segment.file.read(bytes, at)));
      if (length > 0) last = at + length;
    }
    return last - from;
  }

  #following(position: LogPosition): LogPosition | null {
    const next = this.#files.all().find(({ header }) => {
      if (header === null || !this.#owns(header)) return false;
      return header.ordinal === position.ordinal + 1 && header.sequence === position.sequence && header.before === position.before;
    });
    return next ? { ...position, segment: next.number, offset: SEGMENT.size, ordinal: position.ordinal + 1 } : null;
  }

  #owns({ uuid, salt }: VolumeIdentity): boolean {
    return salt === this.#identity.salt && uuid.every((byte, index) => byte === this.#identity.uuid[index]);
  }

  #at({ segment: number, offset, ordinal }: LogPosition, expected: LogPosition | null): LogRecord | null {
    const segment = this.#files.get(number);
    if (!segment) return null;
    const header = decodeRecordHeader(this.#view(segment, offset, RECORD_SIZE));
    if (!header || header.salt !== this.#identity.salt) return null;
    if (expected && (header.sequence !== expected.sequence || header.before !== expected.before)) return null;
    return this.#body(segment, offset, ordinal, header);
  }

  #body(segment: Segment, offset: number, ordinal: number, header: RecordHeader): LogRecord | null {
    const { metaLength, dataLength } = header;
    const length = RECORD_SIZE + aligned(metaLength) + aligned(dataLength);
    const bodyLength = metaLength - 4 * piecesOf(dataLength);
    if (bodyLength < 0 || offset + length > segment.size) return null;
    const bytes = this.#view(segment, offset, length);
    const meta = bytes.subarray(RECORD_SIZE, RECORD_SIZE + metaLength);
    if (bytes.length < length || xxh32(meta) !== header.metaChecksum) return null;
    const dataStart = RECORD_SIZE + aligned(metaLength);
    const data = bytes.subarray(dataStart, dataStart + dataLength);
    const view = viewOf(meta);
    const pieces: Location[] = [];
    let intact = true;
    for (let from = 0; from < dataLength; from += PIECE) {
      const piece = data.subarray(from, from + PIECE);
      const checksum = view.getUint32(bodyLength + 4 * pieces.length, true);
      intact &&= xxh32(piece) === checksum;
      pieces.push({ segment: segment.number, offset: offset + dataStart + from, length: piece.length, checksum });
    }
    const next = {
      segment: segment.number,
      offset: offset + length,
      ordinal,
      sequence: header.sequence + 1,
      before: header.checksum,
    };
    return { type: header.type, body: meta.slice(0, bodyLength), data, pieces, sequence: header.sequence, offset, intact, next };
  }

  #nextCandidate(segment: Segment, from: number): number {
    let at = from;
    while (at < segment.size) {
      const bytes = this.#loaded(segment, at);
      const found = bytes.indexOf(RECORD_FIRST_BYTE);
      if (found >= 0) return at + found;
      at += Math.max(1, bytes.length);
    }
    return segment.size;
  }

  /** What is in memory from `offset` on, at least one byte; valid until the next call. */
  #loaded(segment: Segment, offset: number): Uint8Array {
    this.#view(segment, offset, 1);
    return this.#window ? this.#window.bytes.subarray(offset - this.#window.start) : new Uint8Array(0);
  }

  /** Bytes of a segment, fewer than `length` only at its end; valid until the next call. */
  #view(segment: Segment, offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, segment.size);
    let window = this.#window;
    if (!window || window.segment !== segment.number || offset < window.start || end > window.start + window.bytes.length) {
      const bytes = new Uint8Array(Math.max(0, Math.min(Math.max(length, WINDOW), segment.size - offset)));
      const read = segment.file.read(bytes, offset);
      window = { segment: segment.number, start: offset, bytes: bytes.subarray(0, read) };
      this.#window = window;
    }
    return window.bytes.subarray(offset - window.start, Math.max(0, end - window.start));
  }
}

/** How many bytes are left without the zeros at the end. Reads eight words at a time where it can. */
function lengthWithoutZeros(bytes: Uint8Array): number {
  let length = bytes.length;
  if (length % 32 === 0) {
    const words = new Int32Array(bytes.buffer, bytes.byteOffset, length / 4);
    let at = words.length;
    while (at > 0 && isZero(words, at - 8)) at -= 8;
    length = at * 4;
  }
  while (length > 0 && bytes[length - 1] === 0) length--;
  return length;
}

const isZero = (words: Int32Array, at: number): boolean =>
  ((words[at] as number) |
    (words[at + 1] as number) |
    (words[at + 2] as number) |
    (words[at + 3] as number) |
    (words[at + 4] as number) |
    (words[at + 5] as number) |
    (words[at + 6] as number) |
    (words[at + 7] as number)) ===
  0;

/** The sequence up to which a note says that everything was on stable storage. */
export function promisedBy({ type, body }: LogRecord): number {
  return type === RECORD_TYPE.flushed && body.length >= 8 ? getUint64(viewOf(body), 0) : 0;
}

export const readerOf = (record: LogRecord): ByteReader => new ByteReader(record.body);
