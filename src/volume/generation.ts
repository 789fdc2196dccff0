/**
 * The generations of a session's log. Each upload, clearing and compaction begins a new one; the highest complete one counts,
 * and the one that its header names as replaced can be brought back.
 */
import { DormouseError, messageOf, StorageError } from '../base/errors';
import { Log } from './log';
import { LOG_HEADER, LOG_VERSION, type LogHeader, logName, type Origin, RECORD, RECORD_TYPE, versionOf } from './log-format';
import { type LogReading, readLog } from './log-reading';
import type { Store, SyncFile } from './store';
import { Tree } from './tree';

/** A generation in use, with what its log adds up to. */
export interface Generation {
  readonly number: number;
  readonly file: SyncFile;
  readonly tree: Tree;
  /** Null when it is damaged: nothing is written any more. */
  readonly log: Log | null;
  /** Null when the header itself is damaged. */
  readonly header: LogHeader | null;
  /** A sentence when flushed records could not be read. */
  readonly damage: string | null;
  /** Bytes of an interrupted write that were cut off. */
  readonly cut: number;
}

/** A generation that was begun could neither be finished nor emptied: which one counts shows at the next opening only. */
export class UnknownOutcomeError extends StorageError {}

/** A log of at most this many bytes holds nothing but its beginning. */
const LARGEST_EMPTY_LOG = LOG_HEADER.size + RECORD.size + 64;

/** The header of a generation to begin. `replaced` is 0 for none. */
export function headerFor(origin: Origin, generation: number, replaced: number, created: number): LogHeader {
  const salt = crypto.getRandomValues(new BigUint64Array(1))[0] as bigint;
  return { origin, generation, replaced, salt, created };
}

/**
 * Begins a generation and returns it when it is whole and on stable storage. When that fails nothing remains of it.
 * @param fill appends the operations that it begins with and returns what they add up to
 * @throws UnknownOutcomeError when something may remain of it; otherwise what was thrown
 */
export async function buildGeneration(store: Store, header: LogHeader, slack: number, fill: (log: Log) => Tree): Promise<Generation> {
  const name = logName(header.generation);
  const file = await store.open(name);
  try {
    const log = Log.create(file, header);
    const tree = fill(log);
    log.append(log.encode(RECORD_TYPE.complete, JSON.stringify({ nextInode: tree.nextInode })));
    // Room for the note of the flush, but not yet the slack: a new log that a power loss leaves full of zeros stays recognisable.
    log.grow(log.tail + RECORD.size);
    log.flush();
    log.grow(log.tail + slack);
    return { number: header.generation, file, tree, log, header, damage: null, cut: 0 };
  } catch (error) {
    try {
      emptyLog(file);
    } catch (cause) {
      throw new UnknownOutcomeError(messageOf(cause), { cause: error });
    } finally {
      file.close();
    }
    await removeSpent(store, header.generation);
    throw error;
  }
}

/** Empties a log for good, on stable storage: even if its removal is lost, it does not count any more. */
export function emptyLog(file: SyncFile): void {
  file.truncate(0);
  file.flush();
}

/** Removes a log that does not count any more. */
export async function removeSpent(store: Store, generation: number): Promise<void> {
  try {
    await store.remove(logName(generation));
  } catch {
    // It only takes room: what was asked for has happened, and the next opening removes it.
  }
}

/** Reads a whole log. It is in use only when `reading` is complete or damaged. */
export function readGeneration(file: SyncFile): { reading: LogReading; tree: Tree } {
  let tree = new Tree(0);
  const reading = readLog(
    file,
    (header) => {
      tree = new Tree(header.created);
    },
    (operation) => tree.prepare(operation)(),
  );
  tree.skipInodes(reading.nextInode);
  return { reading, tree };
}

/** Takes a log that was read into use. A damaged one is left as it is; of a sound one an interrupted write is cut off. */
export function takeGeneration(number: number, file: SyncFile, { reading, tree }: { reading: LogReading; tree: Tree }): Generation {
  const { header, end, unread, damaged } = reading;
  if (damaged || !header) {
    const damage =
      `The session's storage is damaged: ${unread} bytes from byte ${end.tail} of ${logName(number)} on could not be read. ` +
      'What came before is here; nothing is overwritten and nothing more is saved. Download what you need, then clear the session.';
    return { number, file, tree, log: null, header, damage, cut: 0 };
  }
  if (unread > 0) {
    // Stale records must not come after new ones: the room is made zeros again.
    file.truncate(end.tail);
    file.flush();
  }
  return { number, file, tree, log: new Log(file, header, end), header, damage: null, cut: unread };
}

/**
 * Looks at the header of every log, changing nothing; returns their sizes, bytes.
 * @throws DormouseError `unsupported` when one is of a later version
 */
export async function surveyLogs(store: Store, numbers: number[]): Promise<Map<number, number>> {
  const sizes = new Map<number, number>();
  for (const number of numbers) {
    const file = await store.open(logName(number));
    try {
      const bytes = new Uint8Array(LOG_HEADER.size);
      const version = versionOf(bytes.subarray(0, file.read(bytes, 0)));
      if (version !== null && version > LOG_VERSION) {
        throw new DormouseError(
          'unsupported',
          `This session was stored by a later version of Dormouse (format ${version}; this one reads up to ${LOG_VERSION}). It was left untouched: reload the page to get that version.`,
        );
      }
      sizes.set(number, file.size());
    } finally {
      file.close();
    }
  }
  return sizes;
}

/** Opens the generation that counts, of those given from the highest down; null when there never was one. */
export async function findGeneration(store: Store, numbers: number[]): Promise<Generation | null> {
  let wrecked: number | null = null;
  for (const number of numbers) {
    const file = await store.open(logName(number));
    try {
      const read = readGeneration(file);
      if (read.reading.complete || read.reading.damaged) return takeGeneration(number, file, read);
      if (file.size() > LARGEST_EMPTY_LOG) wrecked ??= number;
    } catch (error) {
      file.close();
      throw error;
    }
    file.close();
  }
  if (wrecked === null) return null;
  // A log that was being begun beside no other is tiny: this one was in use and cannot be read at all.
  const file = await store.open(logName(wrecked));
  const { reading, tree } = readGeneration(file);
  return takeGeneration(wrecked, file, { reading: { ...reading, damaged: true }, tree });
}
