/** The mirror of one session for as long as the page lives: where it goes, what it waits for, and that every checkpoint goes there. */
import { isDormouseError, messageOf } from '../../base/errors';
import { FolderTarget } from '../../mirror/folder-target';
import { type Choice, Mirror, type MirrorReport, type Waiting } from '../../mirror/mirror';
import { type MirrorPlace, mirrorRecords } from '../../mirror/mirror-records';
import { checkAddress, type WebDavAccount, WebDavTarget } from '../../mirror/webdav-target';
import { OWNING, type Session } from '../../session';
import { SessionSide } from './session-side';

/**
 * - `unset`: this session is mirrored nowhere
 * - `closed`: a place is known, and a person has to open it: the browser wants to be asked for the folder, or the password is needed
 * - `open`: as `report` says, unless `problem` says why it could not be compared
 */
export interface MirrorState {
  readonly phase: 'reading' | 'unset' | 'closed' | 'open';
  readonly place: MirrorPlace | null;
  readonly working: { readonly done: number; readonly total: number } | null;
  readonly report: MirrorReport | null;
  /** When both sides were compared last, milliseconds since 1970. */
  readonly compared: number | null;
  /** A sentence. */
  readonly problem: string | null;
}

/** Event: `change` when `state` was replaced. */
export class MirrorDesk extends EventTarget {
  readonly #session: Session;
  #mirror: Mirror | null = null;
  #saved: number | null = null;
  #again = false;
  #syncing: Promise<void> | null = null;
  #cancel = new AbortController();
  #state: MirrorState = { phase: 'reading', place: null, working: null, report: null, compared: null, problem: null };

  static readonly #desks = new WeakMap<Session, MirrorDesk>();

  /** The one for a session: it goes on while no panel is open. */
  static of(session: Session): MirrorDesk {
    const desk = MirrorDesk.#desks.get(session) ?? new MirrorDesk(session);
    MirrorDesk.#desks.set(session, desk);
    return desk;
  }

  private constructor(session: Session) {
    super();
    this.#session = session;
    session.addEventListener('change', () => this.#sessionChanged());
    void this.#read();
  }

  get state(): MirrorState {
    return this.#state;
  }

  /** Mirrors to a folder from now on. To be called with a handle that a person has just chosen. */
  async useFolder(handle: FileSystemDirectoryHandle): Promise<void> {
    await this.#use({ kind: 'folder', handle });
    await this.#begin(new FolderTarget(handle));
  }

  /** Mirrors to a server from now on; the password stays in this object. @throws InvalidInputError for an address that is none */
  async useServer(account: WebDavAccount): Promise<void> {
    const url = checkAddress(account.url).href;
    const target = new WebDavTarget({ ...account, url });
    // Before anything is remembered: the first question shows whether it answers at all.
    await target.list();
    const { place } = this.#state;
    if (place?.kind !== 'webdav' || place.url !== url || place.user !== account.user)
      await this.#use({ kind: 'webdav', url, user: account.user });
    await this.#begin(target);
  }

  /** Asks the browser for the folder again: to be called from a click. */
  async allow(): Promise<void> {
    const { place } = this.#state;
    if (place?.kind !== 'folder') return;
    if (await isAllowed(place.handle, true)) await this.#begin(new FolderTarget(place.handle));
  }

  /** Forgets the place. What is there stays there. */
  async stop(): Promise<void> {
    await this.#letGo();
    await mirrorRecords.remove(this.#session.id);
    this.#change({ phase: 'unset', place: null, working: null, report: null, compared: null, problem: null });
  }

  /** Compares, and carries over what the session has changed. Never rejects: `state` says what came of it. */
  compare(): Promise<void> {
    if (this.#syncing) {
      this.#again = true;
      return this.#syncing;
    }
    this.#syncing = this.#compareAll().finally(() => {
      this.#syncing = null;
    });
    return this.#syncing;
  }

  /** Does what a person has chosen for these, one after the other, and compares. */
  async decide(waiting: readonly Waiting[], choice: Choice): Promise<void> {
    const mirror = this.#mirror;
    if (!mirror) return;
    let problem: string | null = null;
    this.#change({ working: { done: 0, total: waiting.length } });
    for (const [done, each] of waiting.entries()) {
      try {
        if (each.kind === 'conflict') await mirror.resolve(each, choice);
        else await mirror.take(each);
      } catch (error) {
        problem = messageOf(error);
      }
      this.#change({ working: { done: done + 1, total: waiting.length } });
    }
    await this.compare();
    if (problem !== null) this.#change({ problem });
  }

  async #read(): Promise<void> {
    try {
      const place = await mirrorRecords.find(this.#session.id);
      this.#change({ phase: place ? 'closed' : 'unset', place });
      if (place?.kind === 'folder' && (await isAllowed(place.handle, false))) await this.#begin(new FolderTarget(place.handle));
    } catch (error) {
      this.#change({ phase: 'unset', problem: messageOf(error) });
    }
  }

  /** Ends what goes on with the present place: what is still to be remembered of it must not be taken for something of the next one. */
  async #letGo(): Promise<void> {
    this.#cancel.abort();
    this.#cancel = new AbortController();
    this.#mirror = null;
    await this.#syncing;
  }

  async #use(place: MirrorPlace): Promise<void> {
    await this.#letGo();
    await mirrorRecords.put(this.#session.id, place);
    this.#change({ place, report: null, compared: null });
  }

  async #begin(target: FolderTarget | WebDavTarget): Promise<void> {
    const { id, files } = this.#session;
    const store = { load: () => mirrorRecords.base(id), save: mirrorRecords.setBase.bind(mirrorRecords, id) };
    this.#mirror = await Mirror.open(new SessionSide(files), target, store);
    this.#change({ phase: 'open', problem: null });
    await this.compare();
  }

  async #compareAll(): Promise<void> {
    do {
      this.#again = false;
      const mirror = this.#mirror;
      if (!mirror || !OWNING.includes(this.#session.state.phase)) return;
      const { signal } = this.#cancel;
      try {
        this.#change({ working: { done: 0, total: 0 }, problem: null });
        const report = await mirror.sync({ signal, onProgress: (done, total) => this.#change({ working: { done, total } }) });
        // Another place may be waiting for its first comparison.
        if (signal.aborted) continue;
        this.#change({ report, compared: Date.now() });
      } catch (error) {
        if (signal.aborted) continue;
        this.#change({ problem: messageOf(error) });
        // A person has to allow the folder again, or to type the password.
        if (isDormouseError(error) && error.code === 'closed' && (await this.#isShut())) {
          this.#mirror = null;
          this.#change({ phase: 'closed' });
        }
      } finally {
        if (!signal.aborted) this.#change({ working: null });
      }
    } while (this.#again);
  }

  async #isShut(): Promise<boolean> {
    const { place } = this.#state;
    return place?.kind === 'folder' && !(await isAllowed(place.handle, false));
  }

  /** Every checkpoint goes over. */
  #sessionChanged(): void {
    const { saved, phase } = this.#session.state;
    if (saved.kind !== 'saved' || saved.at === this.#saved || phase === 'running') return;
    this.#saved = saved.at;
    if (this.#mirror) void this.compare();
  }

  #change(part: Partial<MirrorState>): void {
    this.#state = { ...this.#state, ...part };
    this.dispatchEvent(new Event('change'));
  }
}

/** Chromium's, and not in TypeScript's library. */
type Permitting = FileSystemDirectoryHandle & {
  queryPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
  requestPermission?(options: { mode: 'readwrite' }): Promise<PermissionState>;
};

async function isAllowed(handle: Permitting, ask: boolean): Promise<boolean> {
  const mode = { mode: 'readwrite' } as const;
  const state = await handle.queryPermission?.(mode);
  return state === 'granted' || (ask && (await handle.requestPermission?.(mode)) === 'granted');
}
