/**
 * The bytes of a log, version 1, which is only read any more (migrate.ts). A log is one file: a header, then records without gaps, then zeros (room held ready).
 * All numbers are little-endian.
 *
 * - The header says which generation of the session this is and why it was begun.
 * - A record is a header, then `textLength` bytes of UTF-8, then `dataLength` bytes of data. An operation's text is its JSON
 *   without the data of a write.
 * - `sequence` counts records from 1; `before` is the header checksum of the record before (of the log's header for the
 *   first), so that a stale record can never pass for the next one.
 * - `salt` is random per log: what a user's file holds cannot pass for a record when a damaged log is searched.
 */
import { crc32c } from './crc32c';

const LOG_VERSION = 1;

/** "DORMOUSE" in ASCII. */
const LOG_MAGIC = new TextEncoder().encode('DORMOUSE');

/** Offsets in a log's header. Magic, version and checksum stay where they are in every version to come. */
export const LOG_HEADER = {
  magic: 0,
  version: 8,
  origin: 12,
  generation: 16,
  /** The generation that this one replaced, 0 for none. */
  replaced: 20,
  salt: 24,
  /** Milliseconds since 1970, float64: also the times of the fixed directories. */
  created: 32,
  /** Bytes 40 to 59 are zero. */
  checksum: 60,
  size: 64,
} as const;

/** Offsets in a record's header. */
export const RECORD = {
  magic: 0,
  /** One of RECORD_TYPE; bytes 5 to 7 are zero. */
  type: 4,
  textLength: 8,
  dataLength: 12,
  sequence: 16,
  before: 20,
  salt: 24,
  /** Of text and data. */
  payloadChecksum: 32,
  /** Of the 36 bytes before it. */
  checksum: 36,
  size: 40,
} as const;

/** Bytes d0 52 4d 53: the first is no ASCII character, so text is searched quickly. */
const RECORD_MAGIC = 0x534d52d0;
/** The first byte of every record. */
export const RECORD_FIRST_BYTE = RECORD_MAGIC & 0xff;

export const RECORD_TYPE = {
  operation: 1,
  /** The operations that the log began with are all there. A log without it was never in use. */
  complete: 2,
  /** Written after a flush returned: everything before it was on stable storage. */
  flushed: 3,
} as const;

export type RecordType = (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE];

/** Why a generation was begun, in the order of their numbers on disk. */
const ORIGINS = ['new', 'upload', 'clear', 'compaction'] as const;
type Origin = (typeof ORIGINS)[number];

export interface LogHeader {
  origin: Origin;
  generation: number;
  replaced: number;
  salt: bigint;
  created: number;
}

export interface RecordHeader {
  type: RecordType;
  textLength: number;
  dataLength: number;
  sequence: number;
  before: number;
  salt: bigint;
  payloadChecksum: number;
  checksum: number;
}

/** The generation that a file name stands for, or null when it is no log's. */
export function generationOf(name: string): number | null {
  return /^log-\d{8}$/.test(name) ? Number(name.slice(4)) : null;
}

/** The version that a sound header of any version names; null when the bytes are no sound header. */
export function versionOf(bytes: Uint8Array): number | null {
  if (bytes.length < LOG_HEADER.size || !LOG_MAGIC.every((byte, index) => bytes[LOG_HEADER.magic + index] === byte)) return null;
  const view = viewOf(bytes);
  const sound = view.getUint32(LOG_HEADER.checksum, true) === crc32c(bytes.subarray(0, LOG_HEADER.checksum));
  return sound ? view.getUint32(LOG_HEADER.version, true) : null;
}

/** A log's header from its bytes; null when they are not sound or not of this version. */
export function decodeLogHeader(bytes: Uint8Array): LogHeader | null {
  if (versionOf(bytes) !== LOG_VERSION) return null;
  const view = viewOf(bytes);
  const origin = ORIGINS[view.getUint32(LOG_HEADER.origin, true)];
  if (origin === undefined) return null;
  return {
    origin,
    generation: view.getUint32(LOG_HEADER.generation, true),
    replaced: view.getUint32(LOG_HEADER.replaced, true),
    salt: view.getBigUint64(LOG_HEADER.salt, true),
    created: view.getFloat64(LOG_HEADER.created, true),
  };
}

/** A record's header from bytes that begin with it; null when it is not sound. */
export function decodeRecordHeader(bytes: Uint8Array): RecordHeader | null {
  if (bytes.length < RECORD.size) return null;
  const view = viewOf(bytes);
  if (view.getUint32(RECORD.magic, true) !== RECORD_MAGIC) return null;
  const checksum = view.getUint32(RECORD.checksum, true);
  if (checksum !== crc32c(bytes.subarray(0, RECORD.checksum))) return null;
  return {
    type: view.getUint32(RECORD.type, true) as RecordType,
    textLength: view.getUint32(RECORD.textLength, true),
    dataLength: view.getUint32(RECORD.dataLength, true),
    sequence: view.getUint32(RECORD.sequence, true),
    before: view.getUint32(RECORD.before, true),
    salt: view.getBigUint64(RECORD.salt, true),
    payloadChecksum: view.getUint32(RECORD.payloadChecksum, true),
    checksum,
  };
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
