/** Changes a volume: records, checkpoints and cleaning, and the room that they need. Decides nothing about what may be changed. */
import { messageOf, NoSpaceError, StorageError } from '../base/errors';
import { INODE } from '../base/file-operation';
import type { Checkpoints } from './checkpoints';
import { Cleaner } from './cleaner';
import { RECORD_TYPE, recordLength } from './format';
import { encodeOperation, type VolumeOperation } from './operation-codec';
import type { SegmentFiles } from './segment-files';
import type { SegmentLog } from './segment-log';
import type { VolumeState } from './volume-state';

export interface WriterOptions {
  /** Room held back for deleting and for checkpoints, bytes. */
  slack: number;
  /** Nothing is cleaned for less garbage than this, bytes. */
  leastGarbage: number;
  /** How much log may be replayed at the next opening, bytes; more in a large store. */
  replay: number;
  /** What a segment of a small store has, bytes. */
  segmentSize: number;
}

/** The most records to be replayed at opening, whatever their size. */
export const MOST_REPLAYED = 20_000;
/** In a large store a checkpoint costs some MB, and is put off until there is this part of the store to be replayed, or the most that may be, bytes. */
const REPLAYED_PART = 1 / 32;
const LARGEST_REPLAY = 40 * 2 ** 20;
/** Nodes of given-up trees that are looked at after each operation, so that dropping a snapshot costs nothing at once. */
const COLLECTED_AT_ONCE = 8;
/** The checkpoints' own writing, for each byte of a program's: what a promise of room takes into account. */
const OVERHEAD = 1.5;
/** Where there is less room than that beyond what is wanted, space is given back at once: later there may be no room to move anything, bytes. */
const FOR_CLEANING = 2 * 2 ** 20;
/** Two checkpoints are made for the sake of room that is this many times what one of them costs. */
const CHECKPOINTS_WORTH = 4;
/** How often segments are emptied in one go when the store is full. */
const MOST_EMPTIED = 16;

export class Writer {
  readonly log: SegmentLog;
  readonly checkpoints: Checkpoints;
  /** Segments whose bytes were handed out: the cleaner leaves them alone. */
  pinned: ReadonlySet<number> = new Set();
  readonly #files: SegmentFiles;
  readonly #state: VolumeState;
  readonly #cleaner: Cleaner;
  readonly #options: WriterOptions;
  /** Whether something was moved since the last round of cleaning came to its end. */
  #moved = false;

  constructor(files: SegmentFiles, state: VolumeState, log: SegmentLog, checkpoints: Checkpoints, options: WriterOptions) {
    this.log = log;
    this.checkpoints = checkpoints;
    this.#files = files;
    this.#state = state;
    this.#cleaner = new Cleaner(files, state, log, options);
    this.#options = options;
  }

  /**
   * Writes an operation's record and carries it out. It has to be allowed.
   * @throws NoSpaceError with nothing changed, StorageError when the volume must not be used any more
   */
  append(operation: VolumeOperation): void {
    const meta = encodeOperation(operation);
    const data = operation.type === 'file' && operation.operation.type === 'write' ? operation.operation.data : undefined;
    this.#makeRoom(recordLength(meta.length, data?.length ?? 0), this.#mayUseSlack(operation));
    const { pieces } = this.log.append(RECORD_TYPE.operation, meta, data);
    try {
      this.#state.carryOut(operation, pieces);
    } catch (cause) {
      // The record is there and memory is behind it: only opening again brings them together.
      throw new StorageError(messageOf(cause), { cause });
    }
  }

  /** To be called after each operation: what it left behind is taken up bit by bit, and what has to be replayed stays bounded. */
  keepUp(): void {
    this.#state.trees.collect(COLLECTED_AT_ONCE);
    const { bytes, records } = this.checkpoints.since;
    const tooMuch = bytes > this.#options.replay && bytes > Math.min(LARGEST_REPLAY, this.#files.size * REPLAYED_PART);
    if (tooMuch || records > MOST_REPLAYED) this.tryCheckpoint();
  }

  /** Makes room for operations of `bytes` in all, and returns for how many bytes there is room now. */
  reserve(bytes: number): number {
    const needed = () => bytes * OVERHEAD + this.#held + FOR_CLEANING;
    const first = needed();
    const given = this.log.reserve(first);
    // What is held back has grown with the store.
    const wanted = needed();
    if (given < first || this.log.reserve(wanted) < wanted) this.#reclaim(wanted);
    return Math.max(0, Math.floor((this.log.room - this.#held) / OVERHEAD));
  }

  /** Gives back space, moving up to about `budget` bytes; says whether there is more to do. */
  clean(budget: number): boolean {
    if (this.#state.trees.collect(Math.ceil(budget / 4096))) return true;
    if (this.#cleaner.step(budget, this.pinned)) {
      this.#moved = true;
      return true;
    }
    // In a large session a checkpoint costs some MB: for less than that nothing is given back before the next one.
    if (this.#moved || this.checkpoints.reclaimable > CHECKPOINTS_WORTH * this.checkpoints.cost) {
      // Two, because either superblock may have to lead to everything that it knows.
      for (let turn = 0; turn < 2; turn++) this.tryCheckpoint();
      this.#moved = false;
    }
    return false;
  }

  /** Writes a checkpoint where there is room for one, and says whether; without, the log only grows. */
  tryCheckpoint(): boolean {
    const { cost } = this.checkpoints;
    if (this.log.reserve(cost) < cost) return false;
    this.checkpoints.write();
    return true;
  }

  /** Room that is never promised, bytes. */
  get #held(): number {
    return this.#options.slack + this.checkpoints.costOfDeleting + this.#cleaner.workspace;
  }

  /** @throws NoSpaceError when a record does not fit */
  #makeRoom(length: number, mayUseSlack: boolean): void {
    const { slack } = this.#options;
    const fits = () => this.log.room >= length + (mayUseSlack ? 0 : slack);
    const wanted = length + slack + this.checkpoints.cost;
    if (this.log.room >= wanted) return;
    this.log.reserve(wanted);
    if (this.log.room >= wanted || fits()) return;
    this.#reclaim(wanted);
    if (!fits()) throw new NoSpaceError('There is no room for more in this session. Delete something, or free space on this device.');
  }

  /** What may use the room held back: whatever frees something, and the keeper's own files. */
  #mayUseSlack(operation: VolumeOperation): boolean {
    if (operation.type !== 'file') return true;
    if (operation.staged) return false;
    const { current } = this.#state;
    const change = operation.operation;
    switch (change.type) {
      case 'make':
      case 'symlink':
        return current.isWithin(change.parent, INODE.hidden);
      case 'write':
        return current.isWithin(change.inode, INODE.hidden);
      case 'truncate':
        return change.size <= current.sizeOf(change.inode) || current.isWithin(change.inode, INODE.hidden);
      default:
        return true;
    }
  }

  /** Gets back what can be had at once when the store gives no more, until there is room for `wanted` bytes. */
  #reclaim(wanted: number): void {
    while (this.#state.trees.collect(1000));
    const room = () => this.log.room - this.checkpoints.cost;
    for (let turn = 0; turn < MOST_EMPTIED && (this.log.reserve(wanted) < wanted || !this.log.ready); turn++) {
      if (this.checkpoints.reclaimable === 0 && !this.#cleaner.emptyOne(room, this.pinned)) return;
      // A segment goes with the second that finds it empty.
      if (!this.tryCheckpoint() || !this.tryCheckpoint()) return;
    }
  }
}
