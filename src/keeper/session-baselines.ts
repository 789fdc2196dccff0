/**
 * Which baselines the images of a session need: a checked line in its folder, so that they are known to be needed without the session
 * being opened. It may name more than are needed, never fewer: it is written before the image is kept.
 */
import type { ReadableFile } from '../volume/readable-folder';
import type { Store } from '../volume/store';
import { readLines, writeLine } from './checked-line';
import { isSha256 } from './checkpoint-note';

const FILE = 'baselines.json';
const FORMAT = 'dormouse-baselines';
const VERSION = 1;
const LARGEST_LIST = 64 * 1024;

/** The baselines that are noted; null when there is a note that cannot be read, so that any may be needed. */
export async function readSessionBaselines(
  names: readonly string[],
  file: (name: string) => Promise<Pick<ReadableFile, 'size' | 'slice'> | null>,
): Promise<Set<string> | null> {
  if (!names.some((name) => name.startsWith(FILE))) return new Set();
  for (const { fields, sound } of await readLines(file, FILE, LARGEST_LIST)) {
    const { format, version, baselines } = fields;
    if (sound && format === FORMAT && version === VERSION && Array.isArray(baselines) && baselines.every(isSha256))
      return new Set(baselines);
  }
  return null;
}

/** The note of one session, for its owner. */
export class SessionBaselines {
  readonly #store: Store;
  #noted: ReadonlySet<string> | null = null;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * Sees to it that a baseline is noted, durably.
   * @param others that are needed, too; what is noted beside these is left out when something has to be written
   * @throws NoSpaceError, StorageError
   */
  async note(baseline: string, others: () => Iterable<string>): Promise<void> {
    if (!this.#noted) {
      const names = await this.#store.list();
      this.#noted = await readSessionBaselines(names, async (name) => (names.includes(name) ? this.#store.snapshot(name) : null));
    }
    if (this.#noted?.has(baseline)) return;
    const noted = new Set([...others(), baseline]);
    await writeLine(this.#store, FILE, { format: FORMAT, version: VERSION, baselines: [...noted] });
    this.#noted = noted;
  }
}
