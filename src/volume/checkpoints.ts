/** Writes what changed since the last checkpoint, then the superblock that leads to it; and empties segments that nobody needs. */
import { messageOf, NoSpaceError, StorageError } from '../base/errors';
import { ByteWriter } from './bytes';
import { encodeSuperblock, RECORD_TYPE, recordLength, SLOT_SIZE, type VolumeIdentity } from './format';
import { PAGE_ENTRIES } from './object-map';
import type { SegmentFiles } from './segment-files';
import type { SegmentLog } from './segment-log';
import type { SyncFile } from './store';
import { encodeNode } from './tree-node';
import type { VolumeState } from './volume-state';

export interface CheckpointOptions extends VolumeIdentity {
  /** Of the newest superblock. */
  generation: number;
  /** Milliseconds since 1970. */
  created: number;
  /** The oldest segment, by ordinal, that replaying may need. */
  replayFrom: number;
}

/** About the bytes that a changed node takes; most take less. */
const NODE_COST = 2048;
/** What a page of the object map takes. */
export const PAGE_COST = recordLength(4, PAGE_ENTRIES * 20);
const ROOT_COST = 4096;
/** What deleting one object takes: its record, and its share of the nodes that name it (a small file's: three). */
const DELETION_COST = 256;

export class Checkpoints {
  readonly #files: SegmentFiles;
  readonly #superFile: SyncFile;
  readonly #state: VolumeState;
  readonly #log: SegmentLog;
  readonly #options: CheckpointOptions;
  #generation: number;
  /** Where the two superblocks begin to replay, by ordinal: the newest, and the one before. */
  #replayFrom: [number, number];
  /** The segments of the two root records. */
  #roots: [number, number] = [0, 0];
  /** Segments that the newest superblock leads to nothing in. */
  #empty = new Set<number>();
  #since: { sequence: number; appended: number };
  /** While true no segment is emptied: somebody else may be reading it. */
  held = false;

  constructor(files: SegmentFiles, superFile: SyncFile, state: VolumeState, log: SegmentLog, options: CheckpointOptions) {
    this.#files = files;
    this.#superFile = superFile;
    this.#state = state;
    this.#log = log;
    this.#options = options;
    this.#generation = options.generation;
    this.#replayFrom = [options.replayFrom, options.replayFrom];
    this.#since = { sequence: log.position.sequence, appended: log.appended };
  }

  /** An upper bound of the bytes that `write` appends now. */
  get cost(): number {
    const { trees, objects } = this.#state;
    // A node that is written changes the page that says where it is.
    return this.#costOf(Math.min(objects.pages + 1, objects.dirty + trees.dirty));
  }

  /**
   * What it takes to delete anything, or everything bit by bit, and to write a checkpoint after it, bytes: that changes any page of the object map
   * and any node. With less room than this what is deleted could never be given back.
   */
  get costOfDeleting(): number {
    const { pages, count } = this.#state.objects;
    return this.#costOf(pages + 1) + count * DELETION_COST;
  }

  /** What would have to be replayed if the volume were opened now. */
  get since(): { bytes: number; records: number } {
    const { sequence, appended } = this.#since;
    return { bytes: this.#log.appended - appended, records: this.#log.position.sequence - sequence };
  }

  /** What two checkpoints would give back, bytes: segments that nothing lives in. */
  get reclaimable(): number {
    if (this.held) return 0;
    const usage = this.#state.usage();
    const { ordinal } = this.#log.position;
    return this.#files
      .all()
      .filter(({ number, header }) => header !== null && header.ordinal < ordinal && !usage.has(number))
      .reduce((sum, { size }) => sum + size, 0);
  }

  /**
   * Makes the present state what opening begins with; everything before is on stable storage afterwards.
   * @throws NoSpaceError with nothing changed, StorageError when the volume must not be used any more
   */
  write(): void {
    const { cost } = this;
    if (this.#log.room < cost && this.#log.reserve(cost) < cost) throw new NoSpaceError('There is no room for a checkpoint.');
    try {
      this.#write();
    } catch (cause) {
      // Also for a lack of room: some of what was written is already relied on.
      throw new StorageError(`A checkpoint could not be written: ${messageOf(cause)}`, { cause });
    }
    this.#emptySegments();
  }

  #costOf(dirtyPages: number): number {
    const { trees, pages, snapshotsSize } = this.#state;
    return trees.dirty * NODE_COST + dirtyPages * PAGE_COST + pages.length * 16 + snapshotsSize + ROOT_COST;
  }

  #write(): void {
    const { trees, objects, pages } = this.#state;
    const root = this.#log.batch(() => {
      trees.writeDirty((node) => {
        const [piece] = this.#log.append(RECORD_TYPE.node, number(node.id), encodeNode(node)).pieces;
        if (piece) objects.place(node.id, piece);
      });
      for (const page of objects.dirtyPages) {
        const [piece] = this.#log.append(RECORD_TYPE.mapPage, number(page), objects.encodePage(page)).pieces;
        pages[page] = piece ?? null;
        objects.clean(page);
      }
      return this.#log.append(RECORD_TYPE.root, new Uint8Array(0), this.#state.encodeRoot());
    });
    // Before the note that flushing adds: that one is not on stable storage, nor is the segment that it may begin.
    const log = this.#log.position;
    this.#log.flush();
    const { uuid, salt, created } = this.#options;
    const generation = this.#generation + 1;
    const superblock = { uuid, salt, created, generation, root, log, durable: this.#log.durable };
    this.#superFile.write(encodeSuperblock(superblock), (generation % 2) * SLOT_SIZE);
    this.#superFile.flush();
    this.#generation = generation;
    this.#replayFrom = [log.ordinal, this.#replayFrom[0]];
    this.#roots = [root.segment, this.#roots[0]];
    this.#since = { sequence: log.sequence, appended: this.#log.appended };
  }

  /** A segment goes when neither superblock leads into it and neither replays it. */
  #emptySegments(): void {
    const usage = this.#state.usage();
    const before = this.#empty;
    const oldest = Math.min(...this.#replayFrom);
    const head = this.#log.position.segment;
    this.#empty = new Set();
    for (const segment of this.#files.all()) {
      const { number, header } = segment;
      if (header === null || number === head || usage.has(number) || number === this.#roots[0]) continue;
      // What the newest superblock before this one led to nothing in has neither of the two roots.
      if (before.has(number) && header.ordinal < oldest && !this.held) this.#log.free(segment);
      else this.#empty.add(number);
    }
  }
}

function number(value: number): Uint8Array {
  const writer = new ByteWriter(4);
  writer.uint32(value);
  return writer.bytes;
}
