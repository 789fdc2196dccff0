/**
 * Keeps a folder or server like a session. What only the session has changed is carried over by itself; what the other side has changed is offered;
 * what both have changed is a conflict for a person. Nothing at the other side is ever overwritten or removed that was not seen there before.
 */
import { splitArchivePath } from '../base/archive-names';
import { DormouseError, isDormouseError, messageOf } from '../base/errors';
import { sha256 } from '../base/sha256';
import { type Base, collisions, type Difference, differences, keyOf, type Mirrored } from './compare';
import { MovedOnError, type OurSide, type SideFile, type TheirSide } from './sides';

/** Something that waits for a person. `offer`: only the other side has changed. `removals`: see MOST_REMOVALS. */
export interface Waiting {
  readonly path: string;
  readonly kind: 'offer' | 'conflict' | 'removal';
  readonly ours: SideFile | null;
  readonly theirs: SideFile | null;
}

export interface MirrorReport {
  /** Files that were carried over or removed at the other side. */
  readonly written: number;
  readonly removed: number;
  readonly waiting: readonly Waiting[];
  /** Files that are not mirrored, and why: a sentence each. */
  readonly problems: readonly { readonly path: string; readonly message: string }[];
  /** Files that are the same at both sides. */
  readonly same: number;
}

/** For a conflict: ours goes there, theirs comes here, or theirs comes here under another name and ours goes there. */
export type Choice = 'ours' | 'theirs' | 'both';

/** What was last the same is kept where no session is: see mirror-records.ts. */
export interface BaseStore {
  load(): Promise<Base>;
  save(base: Base): Promise<void>;
}

export interface SyncOptions {
  signal?: AbortSignal;
  /** Files that are done, of those that have changed here. */
  onProgress?: (done: number, total: number) => void;
}

/** As many removals at once, if they are half of all or more, look like a session that was cleared: a person is asked. */
const MOST_REMOVALS = 3;
/** The base is kept after so many files, so that little is compared anew when a long mirroring is cut off. */
const KEEP_EVERY = 50;
/** Errors after which going on with the next file is no use. */
const ENDS = ['closed', 'unsupported'];

export class Mirror {
  readonly #ours: OurSide;
  readonly #theirs: TheirSide;
  readonly #store: BaseStore;
  readonly #base: Map<string, Mirrored>;
  /** One thing after the other. */
  #last: Promise<unknown> = Promise.resolve();

  static async open(ours: OurSide, theirs: TheirSide, store: BaseStore): Promise<Mirror> {
    return new Mirror(ours, theirs, store, new Map(await store.load()));
  }

  private constructor(ours: OurSide, theirs: TheirSide, store: BaseStore, base: Map<string, Mirrored>) {
    this.#ours = ours;
    this.#theirs = theirs;
    this.#store = store;
    this.#base = base;
  }

  /**
   * Compares, and carries over what only the session has changed.
   * @throws an Error with a sentence when a side cannot be listed; what was carried over before is kept
   */
  sync(options: SyncOptions = {}): Promise<MirrorReport> {
    return this.#inTurn(() => this.#sync(options));
  }

  /** Takes a change of the other side into the session, or a removal to the other side. @throws DormouseError `busy` when it is not as it was shown */
  take(waiting: Waiting): Promise<void> {
    return this.#inTurn(async () => {
      await this.#checkOurs(waiting);
      if (waiting.kind === 'removal') await this.#removeTheirs(waiting);
      else await this.#fetch(waiting);
      await this.#store.save(this.#base);
    });
  }

  /** @throws DormouseError `busy` when it is not as it was shown */
  resolve(waiting: Waiting, choice: Choice): Promise<void> {
    return this.#inTurn(async () => {
      await this.#checkOurs(waiting);
      const { path, ours, theirs } = waiting;
      // Of a file that one side has removed both are the one that is left.
      if (choice === 'theirs' || (choice === 'both' && !ours)) await this.#fetch(waiting);
      else {
        if (choice === 'both' && ours && theirs) {
          const content = await this.#readTheirs(path, theirs);
          await this.#ours.write(await this.#freeName(path), content, false);
        }
        if (ours) await this.#push(path, ours, theirs);
        else if (theirs) await this.#removeTheirs(waiting);
      }
      await this.#store.save(this.#base);
    });
  }

  async #sync({ signal, onProgress }: SyncOptions): Promise<MirrorReport> {
    const [ours, theirs] = [await this.#ours.list(signal), await this.#theirs.list(signal)];
    const problems: { path: string; message: string }[] = [];
    const refused = collisions(this.#base, ours, theirs);
    const found = differences(this.#base, ours, theirs).filter(({ path }) => {
      const message = refused.has(path)
        ? 'Another file has this name on some computers (in other capitals, say): it is left alone.'
        : whyNot(path);
      if (message) problems.push({ path, message });
      return message === null;
    });
    const gone = found.filter(({ ours, theirs, base, changed }) => changed === 'ours' && base && !ours && theirs);
    const suspicious = gone.length >= MOST_REMOVALS && gone.length * 2 >= this.#base.size;
    const work = found.filter(({ changed }) => changed === 'ours').length;
    const waiting: Waiting[] = [];
    const done = { written: 0, removed: 0 };
    let count = 0;
    try {
      for (const [at, difference] of found.entries()) {
        signal?.throwIfAborted();
        try {
          const kind = await this.#settle(difference, suspicious, done, signal);
          if (kind) waiting.push({ path: difference.path, kind, ours: difference.ours, theirs: difference.theirs });
        } catch (error) {
          signal?.throwIfAborted();
          if (isDormouseError(error) && ENDS.includes(error.code)) throw error;
          // Either side went on meanwhile: seen at the next comparison.
          if (!(error instanceof MovedOnError)) problems.push({ path: difference.path, message: messageOf(error) });
        }
        if (difference.changed === 'ours') onProgress?.(++count, work);
        if (at % KEEP_EVERY === KEEP_EVERY - 1) await this.#store.save(this.#base);
      }
    } finally {
      await this.#store.save(this.#base);
    }
    return { ...done, waiting, problems, same: this.#base.size - waiting.filter(({ path }) => this.#base.has(path)).length };
  }

  /** Says what a person has to decide; null when nothing. */
  async #settle(
    { path, ours, theirs, base, changed }: Difference,
    suspicious: boolean,
    done: { written: number; removed: number },
    signal?: AbortSignal,
  ): Promise<Waiting['kind'] | null> {
    switch (changed) {
      case 'ours':
        if (!ours) {
          if (!theirs || !base) this.#base.delete(path);
          else if (suspicious) return 'removal';
          else {
            await this.#theirs.remove(path, theirs.version, signal);
            this.#base.delete(path);
            done.removed += 1;
          }
          return null;
        }
        if (await this.#push(path, ours, theirs, base, signal)) done.written += 1;
        return null;
      case 'theirs': {
        if (!theirs || !base || !ours) return 'offer';
        // Touched, and the same.
        if ((await hashOf(await this.#theirs.read(path, signal))) !== base.sha256) return 'offer';
        this.#base.set(path, { ...base, theirs: theirs.version });
        return null;
      }
      case 'both': {
        if (!ours && !theirs) {
          this.#base.delete(path);
          return null;
        }
        if (!ours || !theirs || ours.size !== theirs.size) return 'conflict';
        const [our, their] = [await hashOf(await this.#ours.read(path, signal)), await hashOf(await this.#theirs.read(path, signal))];
        if (our !== their) return 'conflict';
        this.#base.set(path, { ours: ours.version, theirs: theirs.version, sha256: our });
        return null;
      }
      default:
        return changed satisfies never;
    }
  }

  /** Writes ours over what was seen there; says whether there was something to write. */
  async #push(path: string, ours: SideFile, theirs: SideFile | null, base: Mirrored | null = null, signal?: AbortSignal): Promise<boolean> {
    const content = await this.#ours.read(path, signal);
    const hash = await hashOf(content);
    if (base && theirs && base.sha256 === hash) {
      this.#base.set(path, { ...base, ours: ours.version });
      return false;
    }
    const written = await this.#theirs.write(path, content, theirs?.version ?? null, signal);
    this.#base.set(path, { ours: ours.version, theirs: written.version, sha256: hash });
    return true;
  }

  /** Makes ours what theirs is. */
  async #fetch({ path, ours, theirs }: Waiting): Promise<void> {
    if (!theirs) {
      if ((await this.#theirs.list()).has(path)) throw movedOn(path);
      if (ours) await this.#ours.remove(path);
      this.#base.delete(path);
      return;
    }
    const content = await this.#readTheirs(path, theirs);
    await this.#checkOurs({ path, ours });
    const { version } = await this.#ours.write(path, content, ours !== null);
    this.#base.set(path, { ours: version, theirs: theirs.version, sha256: await hashOf(content) });
  }

  /** The bytes that belong to a version. */
  async #readTheirs(path: string, { version }: SideFile): Promise<Blob> {
    // What a browser hands out of a folder becomes unreadable when the file changes: all of it, now.
    const content = new Blob([await (await this.#theirs.read(path)).arrayBuffer()]);
    if ((await this.#theirs.list()).get(path)?.version !== version) throw movedOn(path);
    return content;
  }

  async #removeTheirs({ path, theirs }: Waiting): Promise<void> {
    if (theirs) await this.#theirs.remove(path, theirs.version);
    this.#base.delete(path);
  }

  async #checkOurs({ path, ours }: Pick<Waiting, 'path' | 'ours'>): Promise<void> {
    if (((await this.#ours.list()).get(path)?.version ?? null) !== (ours?.version ?? null)) throw movedOn(path);
  }

  /** A name beside `path` that neither side has. */
  async #freeName(path: string): Promise<string> {
    const taken = new Set([...(await this.#ours.list()).keys(), ...(await this.#theirs.list()).keys()].map(keyOf));
    const dot = /\.[^./]*$/.exec(path)?.index ?? path.length;
    for (let count = 1; ; count++) {
      const name = `${path.slice(0, dot)} (theirs${count === 1 ? '' : ` ${count}`})${path.slice(dot)}`;
      if (!taken.has(keyOf(name))) return name;
    }
  }

  #inTurn<Result>(action: () => Promise<Result>): Promise<Result> {
    const end = this.#last.then(action);
    this.#last = end.catch(() => undefined);
    return end;
  }
}

const hashOf = async (content: Blob): Promise<string> => sha256(await content.arrayBuffer());

const movedOn = (path: string) => new DormouseError('busy', `“${path}” has changed meanwhile. Nothing was done; it is compared again.`);

/** Why a file is not mirrored; null when it is. Python may give any name: none may mean something to the computer that the folder is on. */
function whyNot(path: string): string | null {
  try {
    if (splitArchivePath(path).some((segment) => segment.startsWith('.')))
      return 'Names that begin with a dot (.git, .bashrc) are not mirrored: programs obey such files.';
    return null;
  } catch (error) {
    return messageOf(error);
  }
}
