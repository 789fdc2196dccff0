/**
 * What a session needs of what all sessions share: a checked line in its folder for each kind, so that it is known without the session being
 * opened. It may name more than is needed, never less: it is written before what it names is relied on.
 */
import type { ReadableFile } from '../volume/readable-folder';
import type { Store } from '../volume/store';
import { readLines, writeLine } from './checked-line';
import { isSha256 } from './checkpoint-note';

/** One kind of what is needed: the name of the note and of its list. */
export type NeedKind = 'baselines' | 'wheels';

const VERSION = 1;
const LARGEST_LIST = 256 * 1024;

const fileOf = (kind: NeedKind) => `${kind}.json`;
const formatOf = (kind: NeedKind) => `dormouse-${kind}`;

/** The sha256s that are noted; null when there is a note that cannot be read, so that any may be needed. */
export async function readSessionNeeds(
  kind: NeedKind,
  names: readonly string[],
  file: (name: string) => Promise<Pick<ReadableFile, 'size' | 'slice'> | null>,
): Promise<Set<string> | null> {
  if (!names.some((name) => name.startsWith(fileOf(kind)))) return new Set();
  for (const { fields, sound } of await readLines(file, fileOf(kind), LARGEST_LIST)) {
    const { format, version, [kind]: noted } = fields;
    if (sound && format === formatOf(kind) && version === VERSION && Array.isArray(noted) && noted.every(isSha256)) return new Set(noted);
  }
  return null;
}

/** The note of one session, for its owner. */
export class SessionNeeds {
  readonly #store: Store;
  readonly #kind: NeedKind;
  #noted: ReadonlySet<string> | null = null;

  constructor(store: Store, kind: NeedKind) {
    this.#store = store;
    this.#kind = kind;
  }

  /**
   * Sees to it that these are noted, durably.
   * @param others that are needed, too; what is noted beside these is left out when something has to be written. Null: all that is noted
   * @throws NoSpaceError, StorageError
   */
  async note(wanted: readonly string[], others: (() => Iterable<string>) | null): Promise<void> {
    const kind = this.#kind;
    if (!this.#noted) {
      const names = await this.#store.list();
      this.#noted = await readSessionNeeds(kind, names, async (name) => (names.includes(name) ? this.#store.snapshot(name) : null));
    }
    if (wanted.every((sha256) => this.#noted?.has(sha256))) return;
    const noted = new Set([...(others?.() ?? this.#noted ?? []), ...wanted]);
    await writeLine(this.#store, fileOf(kind), { format: formatOf(kind), version: VERSION, [kind]: [...noted] });
    this.#noted = noted;
  }
}
