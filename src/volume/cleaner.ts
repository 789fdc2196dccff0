/**
 * Gives space back: moves what is still in use out of the segments that hold the least of it. A segment that holds nothing of use is
 * emptied after the second checkpoint that says so (volume.ts), because until then a superblock may still lead into it.
 */
import { isDamage } from '../base/errors';
import { ByteWriter } from './bytes';
import { PAGE_COST } from './checkpoints';
import { PIECE, RECORD_TYPE, recordLength } from './format';
import { PAGE_ENTRIES } from './object-map';
import type { Segment, SegmentFiles } from './segment-files';
import { LARGEST_SEGMENT, type SegmentLog } from './segment-log';
import type { VolumeState } from './volume-state';

export interface CleanerOptions {
  /** Nothing is cleaned for less garbage than this, bytes. */
  leastGarbage: number;
  /** What a segment of a small store has, bytes. */
  segmentSize: number;
}

/** A segment that is fuller than this is left alone. */
const FULL = 0.8;
/** Garbage that is too much: more than this part of what lives beside it. */
const MOST_GARBAGE = 0.8;
/** A round begins when there is too much garbage, and goes on until there is this part of that: it ends with two checkpoints, which have to be worth it. */
const CLEAN = 0.85;
/** When the store is full, a segment with less garbage than this is left alone, bytes: every cleaning costs two checkpoints. */
const LEAST_WHEN_FULL = 256 * 1024;
/** Segments of less than this part of the usual size are put together when there are more than `MOST_SMALL` of them. */
const SMALL = 1 / 8;
const MOST_SMALL = 16;
/** No object takes more, its record included, bytes. */
const LARGEST_OBJECT = 2 * PIECE;
/** A segment of no more than this is emptied for the sake of its file, so that there is one to seal into, bytes. */
const SMALL_FILE = 4 * 2 ** 20;
/** What each object takes beside its bytes. */
const OVERHEAD = recordLength(4, 1) - 8;

/** What is to be emptied, and what is still to be moved out of it. */
interface Victim {
  segment: Segment;
  objects: number[];
}

interface Candidate {
  segment: Segment;
  /** Bytes that are written. */
  size: number;
  /** Those of them that would have to be moved. */
  live: number;
}

const shareOf = ({ live, size }: Candidate) => live / size;

export class Cleaner {
  readonly #files: SegmentFiles;
  readonly #state: VolumeState;
  readonly #log: SegmentLog;
  readonly #options: CleanerOptions;
  #victim: Victim | null = null;
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
   * Room that has to be left in a store that is to be cleaned when it is full, bytes: nothing can be given back before what is left in one segment has
   * a place elsewhere. Segments grow with the store; one of a few segments has nothing to choose from.
   */
  get workspace(): number {
    return Math.min(FULL * LARGEST_SEGMENT, Math.max(0, this.#files.size - 2 * this.#options.segmentSize) / 8);
  }

  /**
   * Moves up to about `budget` bytes; says whether there is more to move. Every round of steps comes to an end.
   * @param pinned segments that somebody else still reads
   * @throws StorageError when the log fails
   */
  step(budget: number, pinned: ReadonlySet<number>): boolean {
    // It may have been handed out in the middle of being emptied.
    if (this.#victim && pinned.has(this.#victim.segment.number)) this.#victim = null;
    this.#victim ??= this.#choose(pinned);
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
    const victim = this.#chooseWhenFull(pinned, room());
    if (!victim || (victim.segment.number === this.#log.position.segment && !this.#log.trySeal())) return false;
    // Where the newest segment is left, so is the room that was held ready in it.
    this.#log.reserve(before);
    this.#log.batch(() => {
      while (victim.objects.length > 0 && room() > LARGEST_OBJECT) this.#move(victim.segment, victim.objects.pop() as number);
    });
    if (victim.objects.length > 0) return false;
    this.#movePages(victim.segment.number);
    return true;
  }

  /** The segment that costs least to empty, when that is worth it. */
  #choose(pinned: ReadonlySet<number>): Victim | null {
    const head = this.#log.position;
    const begins = this.#newest === null;
    this.#newest ??= head.ordinal;
    const newest = this.#newest;
    const candidates = this.#candidates(pinned).filter(
      ({ live, segment }) => live > 0 && (segment.header?.ordinal ?? 0) <= newest && !this.#emptied.has(segment.number),
    );
    const garbage = candidates.reduce((sum, { size, live }) => sum + size - live, 0);
    const live = candidates.reduce((sum, candidate) => sum + candidate.live, 0);
    let [chosen] = candidates;
    const limit = Math.max(this.#options.leastGarbage, MOST_GARBAGE * live);
    const worthwhile = garbage > (begins ? limit : CLEAN * limit);
    if (!worthwhile || !chosen || shareOf(chosen) >= FULL) {
      const small = candidates.filter(({ segment }) => segment.number !== head.segment && segment.size < SMALL * this.#log.limit);
      chosen =
        small.length > MOST_SMALL ? small.reduce((least, next) => (next.segment.number < least.segment.number ? next : least)) : undefined;
    }
    if (!chosen || (chosen.segment.number === head.segment && !this.#log.trySeal())) return null;
    return this.#victimOf(chosen.segment);
  }

  /**
   * The segment that costs least to empty where the store is full: of those that are worth two checkpoints, one whose content fits into
   * `room` bytes; and where there is no spare to seal into, the smallest, whose file will be one.
   */
  #chooseWhenFull(pinned: ReadonlySet<number>, room: number): Victim | null {
    const head = this.#log.position.segment;
    const candidates = this.#candidates(pinned);
    const rewarding = candidates.filter((candidate) => shareOf(candidate) < FULL && candidate.size - candidate.live > LEAST_WHEN_FULL);
    // To leave the newest one takes a spare that has room, and gives up what is held ready in it.
    const last = rewarding.filter(({ segment }) => segment.number === head);
    const small = this.#log.ready ? [] : candidates.filter(({ segment, size }) => segment.number !== head && size <= SMALL_FILE);
    small.sort((a, b) => a.live - b.live);
    const lost = this.#log.room - this.#log.roomWhenSealed;
    for (const { segment, live } of [...rewarding.filter((candidate) => !last.includes(candidate)), ...last, ...small]) {
      const left = segment.number === head ? room - lost : room;
      if (live > left) continue;
      const victim = this.#victimOf(segment);
      if (this.#costOf(victim.objects) + this.#pagesOf(victim) * PAGE_COST + LARGEST_OBJECT <= left) return victim;
    }
    return null;
  }

  /** The segments that can be emptied, the emptiest first. */
  #candidates(pinned: ReadonlySet<number>): Candidate[] {
    const usage = this.#state.usage();
    const head = this.#log.position;
    const candidates: Candidate[] = [];
    for (const segment of this.#files.all()) {
      const { number, header } = segment;
      const newest = number === head.segment;
      if (header === null || !(usage.has(number) || newest) || pinned.has(number) || this.#left.has(number)) continue;
      const { bytes, objects } = usage.get(number) ?? { bytes: 0, objects: 0 };
      // Of the newest segment what is held ready does not count.
      candidates.push({ segment, size: newest ? head.offset : segment.size, live: bytes + OVERHEAD * objects });
    }
    return candidates.sort((a, b) => shareOf(a) - shareOf(b));
  }

  #victimOf(segment: Segment): Victim {
    return { segment, objects: this.#state.objects.objectsIn(segment.number) };
  }

  /** Pages of the object map that have to be written anew when everything has been moved out of a segment. */
  #pagesOf({ segment, objects }: Victim): number {
    const moved = new Set(objects.map((id) => Math.floor(id / PAGE_ENTRIES)));
    this.#state.pages.forEach((page, index) => {
      if (page?.segment === segment.number) moved.add(index);
    });
    return moved.size;
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
