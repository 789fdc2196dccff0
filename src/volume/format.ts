/**
 * The bytes of a volume, version 2, as named offsets. docs/volume-format.md explains them with an example; all numbers are
 * little-endian.
 *
 * - `super`: two slots that are written in turn; the sound one of the highest generation counts.
 * - `segment-<n>`: a header, then records without gaps, then zeros (room held ready). Together, in the order of their ordinals, the
 *   segments are one log. Nothing in it is ever overwritten; a segment whose content nobody needs is emptied and used again.
 */
import { xxh32 } from '../base/xxh32';
import { getUint64, setUint64, viewOf } from './bytes';

/**
 * The version that this code writes. Versions are consecutive; 1 was the log that came before (version-1/), 2 this without what snapshots
 * continue, without `branch` and without `label`.
 */
export const FORMAT_VERSION = 3;
/** The oldest version whose code can read, but not write, what this code writes. */
const READABLE_FROM = 3;

/** "DORMOUSE" in ASCII, as in version 1. */
export const SUPER_MAGIC = new TextEncoder().encode('DORMOUSE');
/** "DORMSEGM" in ASCII. */
export const SEGMENT_MAGIC = new TextEncoder().encode('DORMSEGM');
const UUID_SIZE = 16;

export const SUPER_FILE = 'super';
/** A superblock's slot, bytes: a power loss tears at most the one that is being written. */
export const SLOT_SIZE = 4096;

/** Offsets in a superblock. Magic and version stay where they are in every version to come, `readableFrom` and checksum from 2 on. */
const SUPER = {
  magic: 0,
  version: 8,
  readableFrom: 12,
  uuid: 16,
  salt: 32,
  /** Bytes 36 to 39 are zero. */
  generation: 40,
  created: 48,
  /** Where the root record is. */
  rootSegment: 56,
  rootOffset: 60,
  /** Where replaying begins, and what the next record has to follow. */
  logSegment: 64,
  logOffset: 68,
  logOrdinal: 72,
  logSequence: 80,
  logBefore: 88,
  /** Bytes 92 to 95 are zero. The highest sequence known to be on stable storage when this was written. */
  durable: 96,
  /** Bytes 104 to 4091 are zero. */
  checksum: SLOT_SIZE - 4,
} as const;

/** Offsets in a segment's header. */
export const SEGMENT = {
  magic: 0,
  version: 8,
  salt: 12,
  uuid: 16,
  /** The segment's place in the log, from 1. */
  ordinal: 32,
  /** The sequence of its first record, and the checksum of the record before that. */
  sequence: 40,
  before: 48,
  /** Bytes 52 to 59 are zero. */
  checksum: 60,
  size: 64,
} as const;

/** Offsets in a record's header. Meta and data follow, each filled up with zeros to a multiple of 8. */
const RECORD = {
  magic: 0,
  /** One of RECORD_TYPE. */
  type: 4,
  metaLength: 8,
  dataLength: 12,
  /** Counts records from 1. */
  sequence: 16,
  /** The header checksum of the record before: a stale record can never pass for the next one. */
  before: 24,
  /** The volume's: what a user's file holds cannot pass for a record when a damaged log is searched. */
  salt: 28,
  metaChecksum: 32,
  checksum: 36,
} as const;

export const RECORD_SIZE = 40;
/** Bytes d0 52 45 43: the first is no ASCII character, so text is searched quickly. */
const RECORD_MAGIC = 0x434552d0;
/** The first byte of every record. */
export const RECORD_FIRST_BYTE = RECORD_MAGIC & 0xff;

/**
 * Data is checked, read and moved in pieces of at most this many bytes: small enough that little is read for little, and that a file
 * whose parts are overwritten gives its room back; large enough that a file of 2 GiB has few.
 */
export const PIECE = 64 * 1024;

export const RECORD_TYPE = {
  /** A change of a tree or of the snapshots: operation-codec.ts. A write's bytes are its data. */
  operation: 1,
  /** A tree node: meta is its object's number. */
  node: 2,
  /** A page of the object map: meta is its index. */
  mapPage: 3,
  /** What a superblock points to: root-record.ts. */
  root: 4,
  /** File content that the cleaner moved: meta is the numbers of its objects, one for each piece. */
  moved: 5,
  /** Written after a flush returned: everything up to the sequence in its meta was on stable storage. */
  flushed: 6,
} as const;

export type RecordType = (typeof RECORD_TYPE)[keyof typeof RECORD_TYPE];

/** What one volume's superblocks, segments and records have in common. */
export interface VolumeIdentity {
  /** 16 random bytes. */
  uuid: Uint8Array;
  /** 32 random bits. */
  salt: number;
}

/** A place in the log, and what comes next there. */
export interface LogPosition {
  segment: number;
  /** Bytes from the segment's beginning. */
  offset: number;
  ordinal: number;
  /** Of the next record. */
  sequence: number;
  /** The checksum of the record before. */
  before: number;
}

export interface Superblock extends VolumeIdentity {
  version: number;
  readableFrom: number;
  generation: number;
  /** Milliseconds since 1970: when the volume was made. */
  created: number;
  root: { segment: number; offset: number };
  log: LogPosition;
  durable: number;
}

export interface SegmentHeader extends VolumeIdentity {
  ordinal: number;
  sequence: number;
  before: number;
}

export interface RecordHeader {
  type: RecordType;
  metaLength: number;
  dataLength: number;
  sequence: number;
  before: number;
  salt: number;
  metaChecksum: number;
  checksum: number;
}

export const segmentName = (segment: number): string => `segment-${segment}`;

/** The segment that a file name stands for, or null. */
export function segmentOf(name: string): number | null {
  const [, digits] = /^segment-([1-9]\d{0,8})$/.exec(name) ?? [];
  return digits === undefined ? null : Number(digits);
}

export const aligned = (length: number): number => (length + 7) & ~7;

/** The pieces that so much data has. */
export const piecesOf = (dataLength: number): number => Math.ceil(dataLength / PIECE);

/** Bytes of a whole record whose meta is `body` bytes and the checksums of its data's pieces. */
export const recordLength = (body: number, dataLength: number): number =>
  RECORD_SIZE + aligned(body + 4 * piecesOf(dataLength)) + aligned(dataLength);

export function encodeSuperblock(superblock: Omit<Superblock, 'version' | 'readableFrom'>): Uint8Array {
  const bytes = new Uint8Array(SLOT_SIZE);
  const view = viewOf(bytes);
  const { log, root } = superblock;
  bytes.set(SUPER_MAGIC, SUPER.magic);
  view.setUint32(SUPER.version, FORMAT_VERSION, true);
  view.setUint32(SUPER.readableFrom, READABLE_FROM, true);
  bytes.set(superblock.uuid, SUPER.uuid);
  view.setUint32(SUPER.salt, superblock.salt, true);
  setUint64(view, SUPER.generation, superblock.generation);
  view.setFloat64(SUPER.created, superblock.created, true);
  view.setUint32(SUPER.rootSegment, root.segment, true);
  view.setUint32(SUPER.rootOffset, root.offset, true);
  view.setUint32(SUPER.logSegment, log.segment, true);
  view.setUint32(SUPER.logOffset, log.offset, true);
  setUint64(view, SUPER.logOrdinal, log.ordinal);
  setUint64(view, SUPER.logSequence, log.sequence);
  view.setUint32(SUPER.logBefore, log.before, true);
  setUint64(view, SUPER.durable, superblock.durable);
  view.setUint32(SUPER.checksum, xxh32(bytes.subarray(0, SUPER.checksum)), true);
  return bytes;
}

/** A slot's superblock, of this or a later version; null when the bytes are no sound one. */
export function decodeSuperblock(bytes: Uint8Array): Superblock | null {
  if (bytes.length < SLOT_SIZE || !startsWith(bytes, SUPER_MAGIC)) return null;
  const view = viewOf(bytes);
  if (view.getUint32(SUPER.checksum, true) !== xxh32(bytes.subarray(0, SUPER.checksum))) return null;
  return {
    version: view.getUint32(SUPER.version, true),
    readableFrom: view.getUint32(SUPER.readableFrom, true),
    uuid: bytes.slice(SUPER.uuid, SUPER.uuid + UUID_SIZE),
    salt: view.getUint32(SUPER.salt, true),
    generation: getUint64(view, SUPER.generation),
    created: view.getFloat64(SUPER.created, true),
    root: { segment: view.getUint32(SUPER.rootSegment, true), offset: view.getUint32(SUPER.rootOffset, true) },
    log: {
      segment: view.getUint32(SUPER.logSegment, true),
      offset: view.getUint32(SUPER.logOffset, true),
      ordinal: getUint64(view, SUPER.logOrdinal),
      sequence: getUint64(view, SUPER.logSequence),
      before: view.getUint32(SUPER.logBefore, true),
    },
    durable: getUint64(view, SUPER.durable),
  };
}

export function encodeSegmentHeader(header: SegmentHeader): Uint8Array {
  const bytes = new Uint8Array(SEGMENT.size);
  const view = viewOf(bytes);
  bytes.set(SEGMENT_MAGIC, SEGMENT.magic);
  view.setUint32(SEGMENT.version, FORMAT_VERSION, true);
  view.setUint32(SEGMENT.salt, header.salt, true);
  bytes.set(header.uuid, SEGMENT.uuid);
  setUint64(view, SEGMENT.ordinal, header.ordinal);
  setUint64(view, SEGMENT.sequence, header.sequence);
  view.setUint32(SEGMENT.before, header.before, true);
  view.setUint32(SEGMENT.checksum, xxh32(bytes.subarray(0, SEGMENT.checksum)), true);
  return bytes;
}

/** A segment's header; null when the bytes are no sound one. */
export function decodeSegmentHeader(bytes: Uint8Array): SegmentHeader | null {
  if (bytes.length < SEGMENT.size || !startsWith(bytes, SEGMENT_MAGIC)) return null;
  const view = viewOf(bytes);
  if (view.getUint32(SEGMENT.checksum, true) !== xxh32(bytes.subarray(0, SEGMENT.checksum))) return null;
  return {
    salt: view.getUint32(SEGMENT.salt, true),
    uuid: bytes.slice(SEGMENT.uuid, SEGMENT.uuid + UUID_SIZE),
    ordinal: getUint64(view, SEGMENT.ordinal),
    sequence: getUint64(view, SEGMENT.sequence),
    before: view.getUint32(SEGMENT.before, true),
  };
}

/** Writes a record's header at `at`, where its meta already follows; returns the header's checksum. */
export function sealRecord(bytes: Uint8Array, at: number, header: Omit<RecordHeader, 'metaChecksum' | 'checksum'>): number {
  const view = viewOf(bytes);
  const meta = at + RECORD_SIZE;
  view.setUint32(at + RECORD.magic, RECORD_MAGIC, true);
  view.setUint32(at + RECORD.type, header.type, true);
  view.setUint32(at + RECORD.metaLength, header.metaLength, true);
  view.setUint32(at + RECORD.dataLength, header.dataLength, true);
  setUint64(view, at + RECORD.sequence, header.sequence);
  view.setUint32(at + RECORD.before, header.before, true);
  view.setUint32(at + RECORD.salt, header.salt, true);
  view.setUint32(at + RECORD.metaChecksum, xxh32(bytes.subarray(meta, meta + header.metaLength)), true);
  const checksum = xxh32(bytes.subarray(at, at + RECORD.checksum));
  view.setUint32(at + RECORD.checksum, checksum, true);
  return checksum;
}

/** A record's header from bytes that begin with it; null when it is not sound. */
export function decodeRecordHeader(bytes: Uint8Array): RecordHeader | null {
  if (bytes.length < RECORD_SIZE) return null;
  const view = viewOf(bytes);
  if (view.getUint32(RECORD.magic, true) !== RECORD_MAGIC) return null;
  const checksum = view.getUint32(RECORD.checksum, true);
  if (checksum !== xxh32(bytes.subarray(0, RECORD.checksum))) return null;
  return {
    type: view.getUint32(RECORD.type, true) as RecordType,
    metaLength: view.getUint32(RECORD.metaLength, true),
    dataLength: view.getUint32(RECORD.dataLength, true),
    sequence: getUint64(view, RECORD.sequence),
    before: view.getUint32(RECORD.before, true),
    salt: view.getUint32(RECORD.salt, true),
    metaChecksum: view.getUint32(RECORD.metaChecksum, true),
    checksum,
  };
}

function startsWith(bytes: Uint8Array, magic: Uint8Array): boolean {
  return magic.every((byte, index) => bytes[index] === byte);
}
