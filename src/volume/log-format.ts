/**
 * The bytes of a log, version 1. A log is one file: a header, then records without gaps, then zeros (room held ready).
 * All numbers are little-endian. Documented for everyone in docs/architecture.md, "The volume".
 *
 * - The header says which generation of the session this is and why it was begun.
 * - A record is a header, then `textLength` bytes of UTF-8, then `dataLength` bytes of data. An operation's text is its JSON
 *   without the data of a write.
 * - `sequence` counts records from 1; `before` is the header checksum of the record before (of the log's header for the
 *   first), so that a stale record can never pass for the next one.
 * - `salt` is random per log: what a user's file holds cannot pass for a record when a damaged log is searched.
 */
import { crc32c } from '../base/crc32c';

/** The version that this code writes, and the highest that it reads. Versions are consecutive. */
export const LOG_VERSION = 1;

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
export type Origin = (typeof ORIGINS)[number];

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

/** The name of a generation's file. */
export function logName(generation: number): string {
  return `log-${String(generation).padStart(8, '0')}`;
}

/** The generation that a file name stands for, or null when it is no log's. */
export function generationOf(name: string): number | null {
  return /^log-\d{8}$/.test(name) ? Number(name.slice(4)) : null;
}

/** A log's header as bytes. */
export function encodeLogHeader(header: LogHeader): Uint8Array {
  const bytes = new Uint8Array(LOG_HEADER.size);
  const view = viewOf(bytes);
  bytes.set(LOG_MAGIC, LOG_HEADER.magic);
  view.setUint32(LOG_HEADER.version, LOG_VERSION, true);
  view.setUint32(LOG_HEADER.origin, ORIGINS.indexOf(header.origin), true);
  view.setUint32(LOG_HEADER.generation, header.generation, true);
  view.setUint32(LOG_HEADER.replaced, header.replaced, true);
  view.setBigUint64(LOG_HEADER.salt, header.salt, true);
  view.setFloat64(LOG_HEADER.created, header.created, true);
  view.setUint32(LOG_HEADER.checksum, crc32c(bytes.subarray(0, LOG_HEADER.checksum)), true);
  return bytes;
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

/** Writes a record's header into the first bytes of `record`, whose text and data already follow; returns its checksum. */
export function sealRecord(record: Uint8Array, header: Omit<RecordHeader, 'payloadChecksum' | 'checksum'>): number {
  const view = viewOf(record);
  view.setUint32(RECORD.magic, RECORD_MAGIC, true);
  view.setUint32(RECORD.type, header.type, true);
  view.setUint32(RECORD.textLength, header.textLength, true);
  view.setUint32(RECORD.dataLength, header.dataLength, true);
  view.setUint32(RECORD.sequence, header.sequence, true);
  view.setUint32(RECORD.before, header.before, true);
  view.setBigUint64(RECORD.salt, header.salt, true);
  view.setUint32(RECORD.payloadChecksum, crc32c(record.subarray(RECORD.size)), true);
  const checksum = crc32c(record.subarray(0, RECORD.checksum));
  view.setUint32(RECORD.checksum, checksum, true);
  return checksum;
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
