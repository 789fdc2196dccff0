/**
 * Which checkpoints go by themselves: recent ones stay, of older ones fewer and fewer, and together they take so much room and no more.
 * What a person named, or something needs, stays.
 */
import { isDamage } from '../base/errors';
import type { Volume } from '../volume/volume';
import { Family } from './checkpoint-family';
import { IMAGE_FILE, pathOfHidden } from './hidden-file';

export interface Aged {
  id: number;
  /** Milliseconds since 1970. */
  time: number;
  /** Named, or needed: it stays, whatever comes. */
  fixed: boolean;
}

/** The newest ones all stay. */
const RECENT = 50;
/** Where there is no room for more, so many of the newest stay all the same. */
const LAST = 5;
/** What all checkpoints may take beside the present state, bytes: so much, or so many times what the largest of their images takes. */
const LEAST_BUDGET = 256 * 2 ** 20;
const IMAGES_IN_BUDGET = 4;
/** Checkpoints that are given up at once, so that nobody waits for it. */
const THINNED_AT_ONCE = 16;
/** The name of a snapshot that is no checkpoint, and is kept for the image that belongs to its disk. */
export const DISK_OF_IMAGE = 'disk of an image';
const HOUR = 3600 * 1000;
const DAY = 24 * HOUR;
/** Up to which age, ms, one checkpoint stays for each stretch of time, ms: the newest one in it. */
const STAYING: readonly { age: number; stretch: number }[] = [
  { age: DAY, stretch: HOUR },
  { age: 30 * DAY, stretch: DAY },
  { age: 365 * DAY, stretch: 7 * DAY },
  { age: Number.POSITIVE_INFINITY, stretch: 30 * DAY },
];

/**
 * The checkpoints that have had their time, oldest first.
 * @param checkpoints oldest first
 * @param now milliseconds since 1970
 */
export function outgrown(checkpoints: readonly Aged[], now: number): number[] {
  const gone: number[] = [];
  // A clock that is ahead for a while makes nothing old: it counts as far as the recent ones bear it out.
  const latest = Math.min(now, checkpoints.at(-RECENT)?.time ?? now);
  const taken = new Set<string>();
  // From the newest on, so that the first one in each stretch is the one that stays.
  for (const { id, time, fixed } of checkpoints.slice(0, -RECENT).reverse()) {
    const { stretch } = STAYING.find(({ age }) => latest - time <= age) as (typeof STAYING)[number];
    const place = `${stretch} ${Math.floor(time / stretch)}`;
    if (!fixed && taken.has(place)) gone.push(id);
    taken.add(place);
  }
  return gone.reverse();
}

export class Retention {
  readonly #volume: Volume;
  readonly #leastBudget: number;
  /** About the bytes that one state has and another has not, by both numbers. */
  readonly #added = new Map<string, number>();

  /** @param leastBudget bytes; default 256 MiB */
  constructor(volume: Volume, leastBudget = LEAST_BUDGET) {
    this.#volume = volume;
    this.#leastBudget = leastBudget;
  }

  /** What all of them may take beside the present state before old ones go, bytes. */
  get budget(): number {
    let largest = 0;
    for (const { snapshot, note } of new Family(this.#volume).all) {
      if (!note.image) continue;
      largest = Math.max(
        largest,
        orNothing(() => this.#volume.openSnapshot(snapshot.id).lookup(pathOfHidden(IMAGE_FILE))?.size ?? 0),
      );
    }
    return Math.max(this.#leastBudget, IMAGES_IN_BUDGET * largest);
  }

  /** About how many bytes all of them take beside the present state. */
  get stored(): number {
    return this.#besides().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  /**
   * Gives up some of those that had their time, and what nothing needs any more; says whether there is more to give up. Not on
   * stable storage before the volume's next flush.
   * @param waiting the snapshot that an image which waits belongs to
   * @throws StorageError
   */
  thin(now: number, waiting: number | null): boolean {
    const family = new Family(this.#volume);
    const disks = new Set([waiting, ...family.all.map(({ note }) => note.disk)]);
    const useless = this.#volume.snapshots.filter(({ id, name }) => name === DISK_OF_IMAGE && !disks.has(id)).map(({ id }) => id);
    const hidden = family.all
      .filter(({ snapshot, note }) => note.dropped && !family.isFixed(snapshot.id))
      .map(({ snapshot }) => snapshot.id);
    const gone = [...useless, ...hidden, ...outgrown(agedOf(family), now)];
    if (gone.length === 0 && this.#volume.live > this.budget) {
      let over = this.stored - this.budget;
      for (const { id, bytes, fixed } of this.#besides()) {
        if (over <= 0) break;
        if (fixed) continue;
        gone.push(id);
        over -= bytes;
      }
    }
    for (const id of gone.slice(0, THINNED_AT_ONCE)) this.#volume.dropSnapshot(id);
    return gone.length > 0;
  }

  /** About how many bytes of content one state has that another has not; null is the present. What is damaged counts as nothing. */
  addedBytes(before: number | null, after: number): number {
    const key = `${before} ${after}`;
    const known = this.#added.get(key);
    if (known !== undefined) return known;
    const bytes = orNothing(() => this.#volume.addedBytes(before, after));
    // The present state goes on changing.
    if (before !== null) this.#added.set(key, bytes);
    return bytes;
  }

  /** What each takes that the next one, or the present state, does not have; oldest first. */
  #besides(): (Aged & { bytes: number })[] {
    const aged = agedOf(new Family(this.#volume));
    return aged.map((checkpoint, index) => ({ ...checkpoint, bytes: this.addedBytes(aged[index + 1]?.id ?? null, checkpoint.id) }));
  }

  /**
   * Whether so much can be written now; where not, old checkpoints go, if that can help. What they took may come back only when Python is
   * started again: it still has it.
   */
  makeRoom(bytes: number): boolean {
    const missing = () => bytes - this.#volume.reserve(bytes);
    const needed = missing();
    if (needed <= 0) return true;
    const expendable = this.#besides()
      .slice(0, -LAST)
      .filter(({ fixed }) => !fixed);
    if (expendable.reduce((sum, { bytes }) => sum + bytes, 0) < needed) return false;
    while (expendable.length > 0) {
      for (const { id } of expendable.splice(0, Math.ceil(expendable.length / 2))) this.#volume.dropSnapshot(id);
      if (missing() <= 0) return true;
    }
    return false;
  }
}

function agedOf(family: Family): Aged[] {
  return family.shown.map(({ snapshot: { id }, note: { time, name } }) => ({ id, time, fixed: name !== null || family.isFixed(id) }));
}

/** What is damaged counts as nothing. */
function orNothing(bytes: () => number): number {
  try {
    return bytes();
  } catch (error) {
    if (isDamage(error)) return 0;
    throw error;
  }
}
