/** The list of sessions: what they are called, when they were opened, which are deleted, and in a line what they are about. */
import { DormouseError, InvalidInputError, NoSpaceError } from '../base/errors';
import { bytesOf, readIncoming } from '../capsule';
import {
  type CatalogueCalls,
  type ChosenFile,
  type ChosenOutline,
  KEPT_DELETED,
  LARGEST_WHEEL,
  LONGEST_SESSION_NAME,
  type Preview,
  type SessionAbout,
  type SessionEntry,
  type StorageMeasure,
} from '../protocol/catalogue';
import { CATALOGUE_LOCK, isSessionId, readersLock, sessionLock } from '../protocol/keeper';
import { Baselines } from './baselines';
import { branchAt } from './branch';
import { isSha256 } from './checkpoint-note';
import { type CopyOptions, copySession } from './copy-session';
import { previewOf, sizeOf } from './preview';
import type { SessionFolders } from './session-folders';
import type { Locks } from './session-lock';
import { type NeedKind, readSessionNeeds } from './session-needs';
import { type ForeignNote, readNote, type SessionNote, writeNote } from './session-note';
import { isSound, type SharedFolder, SharedStore } from './shared-store';

export interface CatalogueOptions {
  folders: SessionFolders;
  /** What all sessions share. */
  shared: SharedFolder;
  /** `navigator.locks`. */
  locks: Locks;
  /** Milliseconds since 1970; default `Date.now`. */
  now?: () => number;
  /** How long what a person chose may be looked into, and be made a session of, ms; default: a minute, and half an hour. */
  patience?: { look: number; open: number };
}

/** 60 bits: two sessions of one browser never get the same. 32 letters and digits: without i, l, o and u, which are misread. */
const ID_LENGTH = 12;
const ID_LETTERS = '0123456789abcdefghjkmnpqrstvwxyz';

/** How long after it was first found to be due a deleted session goes, milliseconds. */
const CONFIRMED_AFTER = 24 * 3600 * 1000;
/** What is as large as it may be is made a session of in a few minutes. */
const PATIENCE = { look: 60_000, open: 1_800_000 };
const UNNOTED: Omit<SessionNote, 'name'> = { created: null, opened: null, deleted: null, overdue: null, copying: false, about: null };

export class Catalogue {
  readonly #folders: SessionFolders;
  readonly #locks: Locks;
  readonly #now: () => number;
  readonly #shared: SharedStore;
  readonly #baselines: Baselines;
  readonly #patience: NonNullable<CatalogueOptions['patience']>;

  constructor({ folders, shared, locks, now = Date.now, patience = PATIENCE }: CatalogueOptions) {
    this.#folders = folders;
    this.#shared = new SharedStore(shared);
    this.#baselines = new Baselines(this.#shared, now);
    this.#locks = locks;
    this.#now = now;
    this.#patience = patience;
  }

  /** All sessions, deleted ones too, the last opened first. */
  async list(): Promise<SessionEntry[]> {
    const entries = await this.#reading(async () => {
      const found: SessionEntry[] = [];
      for (const id of await this.#folders.list()) {
        const note = await this.#note(id);
        if (isSessionId(id) && !isUnfinished(note)) found.push(entryOf(id, note));
      }
      return found;
    });
    const time = ({ opened, created }: SessionEntry) => opened ?? created ?? 0;
    return entries.sort((a, b) => time(b) - time(a) || a.name.localeCompare(b.name));
  }

  /** How much each session takes, and what they share. */
  async measure(): Promise<StorageMeasure> {
    const { measureStorage } = await import('./measure-storage');
    return this.#reading(async () => measureStorage(this.#folders, await this.#shared.folder.read()));
  }

  /** @throws InvalidInputError for a name that is empty or too long */
  async create(name: string): Promise<SessionEntry> {
    const note = { ...UNNOTED, name: checkSessionName(name), created: this.#now() };
    return this.#writing(async () => {
      const id = newId();
      await writeNote(await this.#folders.open(id), note);
      return entryOf(id, note);
    });
  }

  /** Notes that a session is opened; `name` is for one that has none yet. A later version's note stays as it is. */
  async opened(session: string, name: string): Promise<SessionEntry> {
    return this.#change(session, (note) => ({ ...note, opened: this.#now() }), { name: checkSessionName(name), passOver: true });
  }

  /** Notes what is to be shown of a session in a list. A later version's note stays as it is. */
  async describe(session: string, about: SessionAbout): Promise<SessionEntry> {
    return this.#change(session, (note) => ({ ...note, about }), { passOver: true });
  }

  /** @throws InvalidInputError for a name that is empty or too long, DormouseError `unsupported` for a later version's session */
  async rename(session: string, name: string): Promise<SessionEntry> {
    const checked = checkSessionName(name);
    return this.#change(session, (note) => ({ ...note, name: checked }));
  }

  async delete(session: string): Promise<SessionEntry> {
    return this.#change(session, (note) => ({ ...note, deleted: this.#now(), overdue: null }));
  }

  async bringBack(session: string): Promise<SessionEntry> {
    return this.#change(session, (note) => ({ ...note, deleted: null, overdue: null }));
  }

  /** Removes a session for good. @throws DormouseError `busy` when a tab has it open or reads it */
  async purge(session: string): Promise<void> {
    this.#requireWritable(session, await this.#reading(() => this.#note(session)));
    if (!(await this.#remove(session, () => true))) {
      throw new DormouseError('busy', 'A tab still has this session open. Close it there, then delete it here. Nothing was removed.');
    }
  }

  /**
   * A new session with the files that another has now, or had at one of its checkpoints. Both locks are held meanwhile: the source's for readers, so that files it
   * may need stay, and the copy's own, by which an unfinished one is told from one that was cut off.
   */
  async copy(
    session: string,
    name: string,
    { checkpoint = null, ...options }: CopyOptions & { checkpoint?: number | null },
  ): Promise<SessionEntry> {
    const source = await this.#folders.read(session);
    if (!source) throw missing();
    const note: SessionNote = { ...UNNOTED, name: checkSessionName(name), created: this.#now(), copying: true };
    const id = newId();
    return this.#locks.request(sessionLock(id), { mode: 'exclusive' }, () =>
      this.#locks.request(readersLock(session), { mode: 'shared' }, async () => {
        try {
          const target = await this.#folders.open(id);
          await this.#writing(() => writeNote(target, note));
          await copySession(source, target, options);
          options.signal.throwIfAborted();
          if (checkpoint !== null) await branchAt(target, checkpoint, this.#now);
          const finished = { ...note, copying: false };
          await this.#writing(() => writeNote(target, finished));
          return entryOf(id, finished);
        } catch (error) {
          await this.#folders.remove(id);
          throw error;
        }
      }),
    );
  }

  /** How what a person chose would be as a session. @throws InvalidInputError */
  async inspect(files: readonly ChosenFile[]): Promise<Preview> {
    return inTime(this.#patience.look, async (signal) => previewOf(await readIncoming(files, this.#now(), signal)));
  }

  /** The content of a file in what a person chose. @throws InvalidInputError */
  async readChosen({ files, path, most }: CatalogueCalls['readChosen']['argument']): Promise<Blob> {
    return inTime(this.#patience.look, async (signal) => {
      const { content } = await readIncoming(files, this.#now(), signal);
      const found = content.files.find((file) => file.path === path);
      if (found?.kind !== 'file') throw new InvalidInputError('There is no such file in it.');
      if (found.content.size > most) throw new InvalidInputError(`It is too large to be looked into: more than ${most / 1e6} MB.`);
      return new Blob([await bytesOf(found.content)]);
    });
  }

  /** What can be compared of what a person chose. @throws InvalidInputError */
  async outlineChosen({ files }: CatalogueCalls['outlineChosen']['argument']): Promise<ChosenOutline> {
    const { outlineOf } = await import('./outline');
    return inTime(this.#patience.look, async (signal) => outlineOf(await readIncoming(files, this.#now(), signal)));
  }

  /**
   * A new session of what a person chose. It is shown only when all of it was checked and is on stable storage.
   * @throws InvalidInputError, NoSpaceError, StorageError, and the signal's reason: then nothing is left of it
   */
  async openFiles(chosen: readonly ChosenFile[], name: string, options: CopyOptions & { memory: boolean }): Promise<SessionEntry> {
    return inTime(this.#patience.open, (limit) =>
      this.#openFiles(chosen, name, { ...options, signal: AbortSignal.any([options.signal, limit]) }),
    );
  }

  async #openFiles(
    chosen: readonly ChosenFile[],
    name: string,
    { signal, onProgress, memory }: CopyOptions & { memory: boolean },
  ): Promise<SessionEntry> {
    const { content, closed, verifyRest } = await readIncoming(chosen, this.#now(), signal);
    if (closed !== null) throw new DormouseError('unsupported', closed);
    const baseline = memory ? (content.memory?.baseline ?? null) : null;
    const note: SessionNote = { ...UNNOTED, name: checkSessionName(name), created: this.#now(), copying: true };
    const total = sizeOf(content, memory);
    const id = newId();
    return this.#locks.request(sessionLock(id), { mode: 'exclusive' }, async () => {
      try {
        const store = await this.#folders.open(id);
        await this.#writing(() => writeNote(store, note));
        const { fillSession } = await import('./capsule-to-session');
        await fillSession(store, content, { memory, signal, now: this.#now, onProgress: (done) => onProgress(done, total) });
        await verifyRest();
        if (baseline) await this.#writing(async () => this.#baselines.keep(baseline.sha256, await bytesOf(baseline.content)));
        signal.throwIfAborted();
        const finished = { ...note, copying: false };
        await this.#writing(() => writeNote(store, finished));
        return entryOf(id, finished);
      } catch (error) {
        await this.#folders.remove(id);
        throw error;
      }
    });
  }

  /** @throws InvalidInputError, NoSpaceError, StorageError */
  async putBaseline({ build, bytes }: CatalogueCalls['putBaseline']['argument']): Promise<{ sha256: string }> {
    return this.#writing(async () => ({ sha256: await this.#baselines.put(build, bytes) }));
  }

  /** @throws InvalidInputError, StorageError */
  async getBaseline(wanted: CatalogueCalls['getBaseline']['argument']): Promise<CatalogueCalls['getBaseline']['result']> {
    const found = await this.#reading(() => this.#baselines.get(wanted));
    if (!found) return null;
    if (!found.noted) await this.#writing(() => this.#baselines.tend(wanted, found));
    return found.bytes && { sha256: found.sha256, bytes: found.bytes };
  }

  /**
   * Stores a wheel for all sessions. Who needs it has to have said so before (`needWheels`).
   * @throws InvalidInputError, NoSpaceError, StorageError
   */
  async putWheel({ bytes }: CatalogueCalls['putWheel']['argument']): Promise<{ sha256: string }> {
    if (bytes.size > LARGEST_WHEEL) throw new InvalidInputError(`A wheel cannot have ${bytes.size} bytes.`);
    const content = new Uint8Array(await bytes.arrayBuffer());
    return this.#writing(async () => ({ sha256: await this.#shared.put(content) }));
  }

  /** A wheel, read and checked; null when there is none that is sound. */
  async getWheel({ sha256 }: CatalogueCalls['getWheel']['argument']): Promise<Blob | null> {
    if (!isSha256(sha256)) return null;
    const found = await this.#reading(() => this.#shared.get(sha256));
    return isSound(found) ? found : null;
  }

  /**
   * Removes what was deleted long ago and was found so a day before already, so that a clock that is ahead for a while takes nothing away; copies that were cut off, unless somebody has them open; and baselines and wheels that nothing needs.
   */
  async tidy(): Promise<void> {
    const now = this.#now();
    const isDue = ({ deleted }: SessionNote) => deleted !== null && deleted < now - KEPT_DELETED;
    const spent = (note: SessionNote | ForeignNote | null) => {
      if (note === null || 'foreign' in note) return false;
      return note.copying || (isDue(note) && note.overdue !== null && note.overdue <= now - CONFIRMED_AFTER);
    };
    for (const id of await this.#folders.list()) {
      const note = await this.#reading(() => this.#note(id));
      if (note === null || 'foreign' in note) continue;
      if (spent(note)) {
        await this.#remove(id, spent);
        continue;
      }
      const noted = isDue(note) ? note.overdue !== null && note.overdue <= now : note.overdue === null;
      if (noted) continue;
      try {
        await this.#change(id, (current) => ({ ...current, overdue: isDue(current) ? now : null }), { passOver: true });
      } catch (error) {
        // There is no room for it, or it went meanwhile: then the next time.
        if (!(error instanceof NoSpaceError || error instanceof InvalidInputError)) throw error;
      }
    }
    await this.#writing(async () => {
      const [baselines, wheels] = [await this.#needed('baselines'), await this.#needed('wheels')];
      if (baselines && wheels) await this.#baselines.tidy(baselines, wheels);
    });
  }

  /** What sessions need, deleted ones too; null when that cannot be told. */
  async #needed(kind: NeedKind): Promise<Set<string> | null> {
    const needed = new Set<string>();
    for (const id of await this.#folders.list()) {
      const folder = await this.#folders.read(id);
      const noted = folder && (await readSessionNeeds(kind, await folder.names(), (name) => folder.file(name)));
      if (folder && !noted) return null;
      for (const sha256 of noted ?? []) needed.add(sha256);
    }
    return needed;
  }

  /** Removes a session that nobody has open, if its note says so still; false when somebody has. */
  #remove(session: string, wanted: (note: SessionNote | ForeignNote | null) => boolean): Promise<boolean> {
    const free = { mode: 'exclusive', ifAvailable: true } as const;
    return this.#locks.request(sessionLock(session), free, async (own) => {
      if (own === null) return false;
      return this.#locks.request(readersLock(session), free, async (reading) => {
        if (reading === null) return false;
        await this.#writing(async () => {
          if (wanted(await this.#note(session))) await this.#folders.remove(session);
        });
        return true;
      });
    });
  }

  #change(
    session: string,
    change: (note: SessionNote) => SessionNote,
    { name = session, passOver = false }: { name?: string; passOver?: boolean } = {},
  ): Promise<SessionEntry> {
    return this.#writing(async () => {
      const folder = await this.#folders.read(session);
      if (!folder) throw missing();
      const note = await readNote(folder);
      if (passOver && note && 'foreign' in note) return entryOf(session, note);
      const changed = change(this.#requireWritable(session, note) ?? { ...UNNOTED, name });
      await writeNote(await this.#folders.open(session), changed);
      return entryOf(session, changed);
    });
  }

  #requireWritable(session: string, note: SessionNote | ForeignNote | null): SessionNote | null {
    if (note === null || !('foreign' in note)) return note;
    throw new DormouseError(
      'unsupported',
      `“${note.name ?? session}” was stored by a later version of Dormouse. It was left untouched: reload the page to get that version.`,
    );
  }

  async #note(session: string): Promise<SessionNote | ForeignNote | null> {
    const folder = await this.#folders.read(session);
    return folder && readNote(folder);
  }

  #reading<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#locks.request(CATALOGUE_LOCK, { mode: 'shared' }, action);
  }

  #writing<Result>(action: () => Promise<Result>): Promise<Result> {
    return this.#locks.request(CATALOGUE_LOCK, { mode: 'exclusive' }, action);
  }
}

function entryOf(id: string, note: SessionNote | ForeignNote | null): SessionEntry {
  if (note === null) return { id, name: id, created: null, opened: null, deleted: null, foreign: false, about: null };
  if ('foreign' in note)
    return { id, name: note.name ?? id, created: null, opened: null, deleted: note.deleted, foreign: true, about: null };
  const { name, created, opened, deleted, about } = note;
  return { id, name, created, opened, deleted, foreign: false, about };
}

const isUnfinished = (note: SessionNote | ForeignNote | null) => note !== null && 'copying' in note && note.copying;

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(ID_LENGTH)), (byte) => ID_LETTERS[byte % ID_LETTERS.length]).join('');
}

/** A name in one line without spaces around it. @throws InvalidInputError for one that is empty or too long */
function checkSessionName(name: unknown): string {
  const plain = typeof name === 'string' ? name.replace(/[\p{Cc}\p{Z}]+/gu, ' ').trim() : '';
  if (plain === '') throw new InvalidInputError('A session needs a name. It is called what it was called before.');
  if (plain.length > LONGEST_SESSION_NAME) {
    throw new InvalidInputError(
      `A name can be at most ${LONGEST_SESSION_NAME} characters long, this one has ${plain.length}. The session is called what it was called before.`,
    );
  }
  return plain;
}

const missing = () => new InvalidInputError('There is no such session any more: it was deleted for good.');

/** Ends what takes longer than so many ms. @throws InvalidInputError then */
async function inTime<Result>(patience: number, act: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const limit = AbortSignal.timeout(patience);
  try {
    return await act(limit);
  } catch (error) {
    if (error !== limit.reason) throw error;
    const minutes = Math.max(1, Math.round(patience / 60_000));
    throw new InvalidInputError(
      `Reading it was given up after ${minutes === 1 ? 'a minute' : `${minutes} minutes`}. Nothing of it was kept.`,
      {
        cause: error,
      },
    );
  }
}
