/**
 * Opens what a volume left behind, however that was. A process that dies leaves the log whole. A machine that loses power may lose or
 * tear any record that was not flushed, also one before another that survived: nothing of that was promised, so the log simply ends
 * there. But when a record is bad although a later note says that all before it had been flushed, what was promised is gone: that is
 * damage, and it is reported, never read as the end. Where only the bytes of a write are bad, what came after it is still read: those bytes
 * alone are an error to whoever reads them.
 */
import { DormouseError, InvalidInputError, isDormouseError, messageOf, StorageError } from '../base/errors';
import {
  decodeSuperblock,
  FORMAT_VERSION,
  type LogPosition,
  RECORD_TYPE,
  SEGMENT,
  SEGMENT_MAGIC,
  SLOT_SIZE,
  SUPER_MAGIC,
  type Superblock,
  type VolumeIdentity,
} from './format';
import { LogReader, promisedBy, readerOf } from './log-reader';
import { decodeOperation } from './operation-codec';
import type { Location, SegmentFiles } from './segment-files';
import type { SyncFile } from './store';
import { VolumeState } from './volume-state';

export interface Recovery {
  identity: VolumeIdentity;
  state: VolumeState;
  /** Where the next record goes. */
  position: LogPosition;
  /** Of the newest superblock: the format's version; the present one for a new volume. */
  version: number;
  /** The next superblock's is the one above: in the slot that this state was not read from. */
  generation: number;
  /** Milliseconds since 1970: when the volume was made. */
  created: number;
  /** The oldest segment, by ordinal, that either superblock needs for replaying. */
  replayFrom: number;
  /** Bytes of log, and operations, that were replayed. */
  replayed: { bytes: number; operations: number };
  /** Bytes of interrupted, never flushed records behind the end. */
  cut: number;
  /** Why nothing may be written, as a sentence; null when the volume is sound. */
  problem: string | null;
  /** Whether the problem is that a later version of Dormouse wrote it. */
  later: boolean;
}

/** What a new volume writes before its first superblock, bytes, with some to spare. */
const LARGEST_BEGINNING = 8192;
const ADVICE =
  'What could be read is here; nothing is overwritten and nothing more is saved. Download what you need, then clear the session.';

/**
 * Reads the newest state; null when there never was one. Changes nothing.
 * @param fromLog whether there is a log of version 1 that the volume may have been about to be made from
 * @throws DormouseError `unsupported` for a volume of a later version that this one cannot even read
 */
export function recover(files: SegmentFiles, superFile: SyncFile, fromLog = false): Recovery | null {
  const slots = readSlots(superFile);
  const newest = slots[0];
  if (newest && newest.version > FORMAT_VERSION && newest.readableFrom > FORMAT_VERSION) {
    throw new DormouseError(
      'unsupported',
      `This session was stored by a later version of Dormouse (format ${newest.version}; this one reads up to ${FORMAT_VERSION}). It was left untouched: reload the page to get that version.`,
    );
  }
  for (const superblock of slots) {
    const recovery = fromSuperblock(files, superblock, slots);
    if (recovery) return recovery;
  }
  return salvage(files, superFile, slots, fromLog);
}

/** The sound superblocks, the newest first. */
function readSlots(superFile: SyncFile): Superblock[] {
  const slots: Superblock[] = [];
  for (const offset of [0, SLOT_SIZE]) {
    const bytes = new Uint8Array(SLOT_SIZE);
    const slot = decodeSuperblock(bytes.subarray(0, superFile.read(bytes, offset)));
    if (slot) slots.push(slot);
  }
  return slots.sort((a, b) => b.generation - a.generation);
}

function fromSuperblock(files: SegmentFiles, superblock: Superblock, slots: Superblock[]): Recovery | null {
  const reader = new LogReader(files, superblock);
  const state = loadRoot(files, reader, superblock.root);
  if (!state) return null;
  const { version } = slots[0] ?? superblock;
  const promised = Math.max(...slots.map(({ durable, log }) => Math.max(durable, log.sequence - 1)));
  const recovery = replay(files, reader, state, superblock, promised);
  const highest = Math.max(...slots.map(({ generation }) => generation));
  recovery.generation = (highest - superblock.generation) % 2 === 0 ? highest : highest + 1;
  recovery.version = version;
  recovery.replayFrom = Math.min(...slots.map(({ log }) => log.ordinal));
  if (promised >= recovery.position.sequence) recovery.problem ??= damage('records that were saved are missing');
  if (version > FORMAT_VERSION) {
    recovery.later = true;
    recovery.problem = `This session was stored by a later version of Dormouse (format ${version}). It can be looked at here, not changed: reload the page to get that version.`;
  }
  return recovery;
}

/** The state of a root record; null when it or a page of its map cannot be read. */
function loadRoot(files: SegmentFiles, reader: LogReader, { segment, offset }: { segment: number; offset: number }): VolumeState | null {
  const record = reader.at(segment, offset);
  if (record?.type !== RECORD_TYPE.root || !record.intact) return null;
  try {
    return VolumeState.decodeRoot(record.data, (location: Location, what) => files.read(location, what));
  } catch (error) {
    if (isDormouseError(error)) return null;
    throw error;
  }
}

function replay(
  files: SegmentFiles,
  reader: LogReader,
  state: VolumeState,
  { uuid, salt, log, created, generation }: Pick<Superblock, 'uuid' | 'salt' | 'log' | 'created' | 'generation'>,
  promised: number,
): Recovery {
  let position = log;
  let problem: string | null = null;
  let unreadable = 0;
  /** Also by notes further on: looked for once, because all of the rest has to be searched. */
  let promisedAtAll: number | null = null;
  const replayed = { bytes: 0, operations: 0 };
  for (let record = reader.next(position); record; record = reader.next(position)) {
    if (record.type === RECORD_TYPE.operation) {
      // Of any other record the data is of no use here: a superblock leads to it, or nothing does.
      if (!record.intact) {
        promisedAtAll ??= Math.max(promised, searchRest(files, reader, position).promised);
        if (promisedAtAll < record.sequence) break;
        unreadable += record.pieces.reduce((sum, { length }) => sum + length, 0);
      }
      try {
        const operation = decodeOperation(readerOf(record), record.data);
        if (operation.type === 'file') (operation.staged ? state.staged : state.current)?.check(operation.operation);
        state.carryOut(operation, record.pieces);
      } catch (error) {
        // Checksums hold, but this code could not have written it here; or what it changes is damaged.
        if (!(error instanceof InvalidInputError || error instanceof StorageError || isDormouseError(error))) throw error;
        problem = damage(messageOf(error));
        break;
      }
    }
    replayed.bytes += record.next.offset - (record.next.segment === position.segment ? position.offset : SEGMENT.size);
    if (record.type === RECORD_TYPE.operation) replayed.operations += 1;
    position = record.next;
  }
  position = reader.end(position);
  const rest = searchRest(files, reader, position);
  if (unreadable > 0) problem ??= damage(`of ${unreadable} bytes that were written some are not what they were`);
  if (rest.promised >= position.sequence)
    problem ??= damage(`${rest.bytes} bytes from byte ${position.offset} of segment-${position.segment} on`);
  const head = files.get(position.segment);
  if (!head || head.size < position.offset) problem ??= damage(`segment-${position.segment} is missing or too short`);
  return {
    identity: { uuid, salt },
    state,
    position,
    version: FORMAT_VERSION,
    generation,
    created,
    replayFrom: log.ordinal,
    replayed,
    cut: problem === null ? rest.bytes : 0,
    problem,
    later: false,
  };
}

/** Looks through everything behind the end of the log. */
function searchRest(files: SegmentFiles, reader: LogReader, position: LogPosition): { bytes: number; promised: number } {
  let bytes = 0;
  let promised = 0;
  for (const segment of files.all()) {
    const later = segment.header !== null && segment.header.ordinal > position.ordinal;
    const from = segment.number === position.segment ? position.offset : later ? SEGMENT.size : segment.header === null ? 0 : null;
    if (from === null) continue;
    const unread = reader.unread(segment, from);
    if (unread === 0) continue;
    bytes += unread;
    for (const record of reader.search(segment, from)) promised = Math.max(promised, promisedBy(record));
  }
  return { bytes, promised };
}

/** No superblock leads to a state: the newest root record in the segments does, or nothing is left. */
function salvage(files: SegmentFiles, superFile: SyncFile, slots: Superblock[], fromLog: boolean): Recovery | null {
  let found: { recovery: Recovery; sequence: number } | null = null;
  let used = slots.length > 0 || !couldBeTorn(superFile, SUPER_MAGIC);
  let written = 0;
  for (const segment of files.all()) {
    const identity = segment.header ?? slots[0];
    const reader = new LogReader(files, identity ?? newIdentity());
    written += reader.unread(segment, 0);
    used ||= segment.header === null && !couldBeTorn(segment.file, SEGMENT_MAGIC);
    if (!identity) continue;
    for (const record of reader.search(segment, SEGMENT.size)) {
      used ||= record.type === RECORD_TYPE.operation;
      if (record.type !== RECORD_TYPE.root || (found && found.sequence > record.sequence)) continue;
      const state = loadRoot(files, new LogReader(files, identity), { segment: segment.number, offset: record.offset });
      if (!state) continue;
      const { uuid, salt } = identity;
      const recovery = replay(files, new LogReader(files, identity), state, { uuid, salt, log: record.next, created: 0, generation: 0 }, 0);
      found = { recovery, sequence: record.sequence };
    }
  }
  // A volume that was being made when the power went was never in use. It is small, unless it was made from a log of version 1, which
  // is then still there.
  if (!used && written <= LARGEST_BEGINNING) return null;
  if (fromLog && slots.length === 0 && (found?.recovery.replayed.operations ?? 0) === 0) return null;
  const problem = damage('its entry point cannot be read');
  if (found) return { ...found.recovery, generation: slots[0]?.generation ?? 0, problem };
  return { ...nothingLeft(files, slots), problem };
}

/** Whether a file begins as an interrupted first write leaves it: with its magic, a part of that, or nothing. */
function couldBeTorn(file: SyncFile, magic: Uint8Array): boolean {
  const bytes = new Uint8Array(magic.length);
  file.read(bytes, 0);
  const torn = bytes.findIndex((byte, index) => byte !== magic[index]);
  return torn < 0 || bytes.subarray(torn).every((byte) => byte === 0);
}

function nothingLeft(files: SegmentFiles, slots: Superblock[]): Recovery {
  const created = slots[0]?.created ?? 0;
  const ordinal = Math.max(0, ...files.all().map(({ header }) => header?.ordinal ?? 0), ...slots.map(({ log }) => log.ordinal));
  return {
    identity: slots[0] ?? newIdentity(),
    state: VolumeState.create((location, what) => files.read(location, what), created),
    position: { segment: 0, offset: 0, ordinal, sequence: 1, before: 0 },
    version: FORMAT_VERSION,
    generation: slots[0]?.generation ?? 0,
    created,
    replayFrom: 0,
    replayed: { bytes: 0, operations: 0 },
    cut: 0,
    problem: null,
    later: false,
  };
}

/** What tells one volume's bytes from any other's. */
export function newIdentity(): VolumeIdentity {
  return { uuid: crypto.getRandomValues(new Uint8Array(16)), salt: crypto.getRandomValues(new Uint32Array(1))[0] as number };
}

const damage = (what: string): string => `The session's storage is damaged (${what}). ${ADVICE}`;
