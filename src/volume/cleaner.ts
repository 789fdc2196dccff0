/**
 * Gives space back: moves what is still in use out of the segments that hold the least of it. A segment that holds nothing of use is
 * emptied after the second checkpoint that says so (volume.ts), because until then a superblock may still lead into it.
 */
import { isDamage } from '../base/errors';
import { ByteWriter } from './bytes';
import { PIECE, RECORD_TYPE, recordLength } from './format';
import type { Segment, SegmentFiles } from './segment-files';
import type { SegmentLog } from './segment-log';
import type { VolumeState } from './volume-state';

export interface CleanerOptions {
  /** Nothing is cleaned for less garbage than this, bytes. */
  leastGarbage: number;
}

/** A segment that is fuller than this is left alone. */
const FULL = 0.8;
/** When the store is full, a segment with less garbage than this is left alone, bytes: every cleaning costs two checkpoints. */
const LEAST_WHEN_FULL = 256 * 1024;
/** Segments of less than this part of the usual size are put together when there are more than `MOST_SMALL` of them. */
const SMALL = 1 / 8;
const MOST_SMALL = 16;
/** No object takes more, its record included, bytes. */
const LARGEST_OBJECT = 2 * PIECE;
/** What each object takes beside its bytes. */
const OVERHEAD = recordLength(4, 1) - 8;

export class Cleaner {
  readonly #files: SegmentFiles;
  readonly #state: VolumeState;
  readonly #log: SegmentLog;
  readonly #options: CleanerOptions;
  /** What is being emptied, and what is still to be moved out of it. */
  #victim: { segment: Segment; objects: number[] } | null = null;
  /** The newest segment, by ordinal, when this round began: what is moved in it is not moved again in it. Null between rounds. */
  #newest: number | null = null;
  /** The segments that were emptied in this round: what nodes they hold goes with the next checkpoint. */
  readonly #emptied = new Set<number>();
  /** Segments in which something was found damaged: they stay as they are. */
  readonly #left = new Set<number>();

  constructor(files: SegmentFiles, state: VolumeState, log: SegmentLog, options: CleanerOptions) {
    this.#files = files;
    this.#state = state;
    this.#log = log;
    this.#options = options;
  }

  /**
   * Moves up to about `budget` bytes; says whether there is more to move. Every round of steps comes to an end.
   * @param pinned segments that somebody else still reads
   * @throws StorageError when the log fails
   */
  step(budget: number, pinned: ReadonlySet<number>): boolean {
    // It may have been handed out in the middle of being emptied.
    if (this.#victim && pinned.has(this.#victim.segment.number)) this.#victim = null;
    this.#victim ??= this.#choose(pinned, null);
    const victim = this.#victim;
    if (!victim) {
      this.#newest = null;
      this.#emptied.clear();
      return false;
    }
    if (victim.segment.header === null) {
      // It was emptied meanwhile: all that it held is gone.
      this.#victim = null;
      return true;
    }
    const needed = Math.min(budget, this.#costOf(victim.objects));
    if (this.#log.reserve(2 * needed) < needed) return false;
    this.#log.batch(() => {
      for (let left = budget; left > 0 && victim.objects.length > 0; ) left -= this.#move(victim.segment, victim.objects.pop() as number);
    });
    if (victim.objects.length > 0) return true;
    this.#movePages(victim.segment.number);
    this.#emptied.add(victim.segment.number);
    this.#victim = null;
    return true;
  }

  /**
   * Empties one segment of a store that is full, if there is one worth it whose content has a place elsewhere; says whether it did.
   * Its room is free after two checkpoints, which have to come next.
   * @param room how many bytes can be written now; asked again and again, for nodes that are to be written anew take from it
   * @throws StorageError when the log fails
   */
  emptyOne(room: () => number, pinned: ReadonlySet<number>): boolean {
    // What is left of a step that had more room may not fit now.
    this.#victim = null;
    const before = this.#log.room;
    const victim = this.#choose(pinned, room());
    if (!victim) return false;
    // Where the newest segment is left, so is the room that was held ready in it.
    this.#log.reserve(before);
    this.#log.batch(() => {
      while (victim.objects.length > 0 && room() > LARGEST_OBJECT) this.#move(victim.segment, victim.objects.pop() as number);
    });
    if (victim.objects.length > 0) return false;
    this.#movePages(victim.segment.number);
    return true;
  }

  /**
   * The segment that costs least to empty, when that is worth it.
   * @param room when the store is full: bytes that may be moved
   */
  #choose(pinned: ReadonlySet<number>, room: number | null): { segment: Segment; objects: number[] } | null {
    const usage = this.#state.usage();
    const head = this.#log.position;
    const newest = (room === null && this.#newest) || head.ordinal;
    if (room === null) this.#newest = newest;
    const skipped = (number: number) => pinned.has(number) || this.#left.has(number) || (room === null && this.#emptied.has(number));
    const candidates = this.#files.all().filter(({ number, header }) => {
      return header !== null && header.ordinal <= newest && usage.has(number) && !skipped(number);
    });
    const used = ({ number }: Segment) => (usage.get(number)?.bytes ?? 0) + OVERHEAD * (usage.get(number)?.objects ?? 0);
    // Of the newest segment what is held ready does not count.
    const size = (segment: Segment) => (segment.number === head.segment ? head.offset : segment.size);
    const share = (segment: Segment) => used(segment) / size(segment);
    let [garbage, live] = [0, 0];
    for (const segment of candidates) {
      garbage += size(segment) - used(segment);
      live += used(segment);
    }
    const emptiest = (segments: Segment[]) =>
      segments.reduce<Segment | null>((least, next) => (!least || share(next) < share(least) ? next : least), null);
    let chosen: Segment | null | undefined;
    if (room === null) {
      chosen = emptiest(candidates);
      const worthwhile = garbage > Math.max(this.#options.leastGarbage, live / 2);
      if (!worthwhile || !chosen || share(chosen) >= FULL) {
        const small = candidates.filter((segment) => segment.number !== head.segment && segment.size < SMALL * this.#log.limit);
        chosen = small.length > MOST_SMALL ? small[0] : null;
      }
    } else {
      const rewarding = candidates.filter(
        (segment) => share(segment) < FULL && size(segment) - used(segment) > LEAST_WHEN_FULL && used(segment) < room,
      );
      // To leave the newest one takes a spare that has room.
      chosen = emptiest(rewarding.filter(({ number }) => number !== head.segment)) ?? emptiest(rewarding);
    }
    if (!chosen || (chosen.number === head.segment && !this.#log.trySeal())) return null;
    return { segment: chosen, objects: this.#state.objects.objectsIn(chosen.number) };
  }

  #costOf(objects: number[]): number {
    return objects.reduce((sum, id) => sum + recordLength(4, this.#state.objects.locate(id)?.length ?? 0), 0);
  }

  /** Returns the bytes that it wrote. */
  #move(segment: Segment, id: number): number {
    const { objects, trees } = this.#state;
    const location = objects.locate(id);
    // Given back, or moved by a checkpoint, since it was listed.
    if (location?.segment !== segment.number) return 0;
    const length = recordLength(4, location.length);
    try {
      if (objects.isNode(id)) {
        trees.soil(id);
        return length;
      }
      const bytes = this.#files.read(location, 'A part of a file');
      const meta = new ByteWriter(4);
      meta.uint32(id);
      const [piece] = this.#log.append(RECORD_TYPE.moved, meta.bytes, bytes).pieces;
      if (piece) objects.place(id, piece);
      return length;
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#left.add(segment.number);
      return 0;
    }
  }

  /** Pages of the object map are written anew at the next checkpoint. */
  #movePages(segment: number): void {
    this.#state.pages.forEach((page, index) => {
      if (page?.segment === segment) this.#state.objects.soil(index);
    });
  }
}
