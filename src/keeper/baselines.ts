/**
 * Which baseline is that of which build, and when it was last asked for: a checked line beside the baselines themselves. It is no more
 * than a list of what to try: the bytes are checked by their name.
 */
import { InvalidInputError } from '../base/errors';
import { sha256 } from '../base/sha256';
import { readLines, writeLine } from './checked-line';
import { isSha256 } from './checkpoint-note';
import type { SharedStore } from './shared-store';

interface Entry {
  sha256: string;
  /** Milliseconds since 1970, right to a day. */
  used: number;
}

const FILE = 'builds.json';
const FORMAT = 'dormouse-builds';
const VERSION = 1;
const LARGEST_LIST = 256 * 1024;
/** The longest name of a build, UTF-16 units. */
const LONGEST_BUILD = 500;
/** No baseline is larger, bytes. */
const LARGEST_BASELINE = 2 ** 29;
const DAY = 24 * 3600 * 1000;
/** What was not asked for so long, ms, and no session needs, goes. */
const UNUSED = 30 * DAY;

export class Baselines {
  readonly #shared: SharedStore;
  readonly #now: () => number;

  constructor(shared: SharedStore, now: () => number) {
    this.#shared = shared;
    this.#now = now;
  }

  /** To be called by one at a time. @throws InvalidInputError, NoSpaceError, StorageError */
  async put(build: string, blob: Blob): Promise<string> {
    checkBuild(build);
    if (blob.size === 0 || blob.size > LARGEST_BASELINE) throw new InvalidInputError(`A baseline cannot have ${blob.size} bytes.`);
    const sha256 = await this.#shared.put(new Uint8Array(await blob.arrayBuffer()));
    await this.#write((await this.#read()).set(build, { sha256, used: this.#now() }));
    return sha256;
  }

  /** Keeps one that came with a session, under its own name only: no other session begins with it. @throws InvalidInputError when it is not what its name says */
  async keep(name: string, bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    if (bytes.length > LARGEST_BASELINE || (await sha256(bytes)) !== name)
      throw new InvalidInputError('What the memory builds on is not what the capsule says: it was changed, or is damaged.');
    await this.#shared.put(bytes);
  }

  /** What there is under a build's or a baseline's own name; null when there is nothing sound. May be called by many at a time. */
  async get(wanted: { build: string } | { sha256: string }): Promise<Found | null> {
    const entry = 'build' in wanted ? (await this.#read()).get(checkBuild(wanted.build)) : undefined;
    const sha256 = 'build' in wanted ? entry?.sha256 : wanted.sha256;
    if (!isSha256(sha256)) return null;
    const bytes = await this.#shared.get(sha256);
    if (bytes === null) return null;
    if (bytes === 'damaged') return { sha256, bytes: null, noted: false };
    return { sha256, bytes, noted: entry === undefined || this.#now() - entry.used < DAY };
  }

  /** Brings up to date what `get` found to be behind: a damaged one goes, a use is noted. To be called by one at a time. */
  async tend(wanted: { build: string } | { sha256: string }, { sha256 }: Found): Promise<void> {
    if ((await this.#shared.get(sha256)) === 'damaged') await this.#shared.remove(sha256);
    const entries = await this.#read();
    const entry = 'build' in wanted ? entries.get(wanted.build) : undefined;
    if (entry && 'build' in wanted) await this.#write(entries.set(wanted.build, { ...entry, used: this.#now() }));
  }

  /**
   * Removes what no build was asked for since long ago and no session needs. To be called by one at a time.
   * @param others what else is in the store and needed
   */
  async tidy(needed: ReadonlySet<string>, others: ReadonlySet<string>): Promise<void> {
    const entries = await this.#read();
    const kept = new Map([...entries].filter(([, { sha256, used }]) => needed.has(sha256) || this.#now() - used < UNUSED));
    if (kept.size < entries.size) await this.#write(kept);
    const wanted = new Set([...needed, ...others, ...Array.from(kept.values(), ({ sha256 }) => sha256)]);
    for (const name of await this.#shared.list()) if (!wanted.has(name)) await this.#shared.remove(name);
  }

  async #read(): Promise<Map<string, Entry>> {
    const folder = await this.#shared.folder.read();
    for (const { fields, sound } of await readLines((name) => folder.file(name), FILE, LARGEST_LIST)) {
      const { format, version, builds } = fields;
      if (!sound || format !== FORMAT || version !== VERSION || typeof builds !== 'object' || builds === null) continue;
      const entries = new Map<string, Entry>();
      for (const [build, entry] of Object.entries(builds as Record<string, Partial<Entry> | null>)) {
        if (isSha256(entry?.sha256) && Number.isFinite(entry.used))
          entries.set(build, { sha256: entry.sha256, used: entry.used as number });
      }
      return entries;
    }
    // Nothing that can be read: what is there is found again by being made again.
    return new Map();
  }

  async #write(entries: ReadonlyMap<string, Entry>): Promise<void> {
    await writeLine(await this.#shared.folder.open(), FILE, { format: FORMAT, version: VERSION, builds: Object.fromEntries(entries) });
  }
}

/** What was found under a name. */
export interface Found {
  sha256: string;
  /** Null when it is damaged. */
  bytes: Blob | null;
  /** Whether its use is in the list. */
  noted: boolean;
}

function checkBuild(build: unknown): string {
  if (typeof build === 'string' && build !== '' && build.length <= LONGEST_BUILD) return build;
  throw new InvalidInputError(`A build is named by 1 to ${LONGEST_BUILD} characters.`);
}
