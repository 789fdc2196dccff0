/** One browser tab: which session it shows, by its address, and what becomes of it when the page is put away. */
import { FIRST_SESSION, hasSession, type Offer, OWNING, offerIn, Session, type Sessions } from '../session';
import { sessionName } from '../ui/session-name';
import { strings } from '../ui/strings';
import { addressOf, START, sessionAt } from './address';
import type { Ahead } from './ahead';
import type { Announcement, AnnouncementHost } from './announcements';
import { leaveDraft, takeDraft } from './draft';
import { Page } from './page';
import { sentence } from './sentence';
import { keepSpare } from './spare';
import type { StartPage } from './start-page';

/** The session opens without the list when that takes longer, ms: another tab may hold its lock and be asleep. */
const LIST_PATIENCE = 3000;
/** So long after the last change was kept the list is told, ms. */
const DESCRIBE_AFTER = 1500;

/** A session, or the start page. */
type Shown = { page: Page; session: Session } | { page: StartPage; session: null };

/** Event: `show` when another page is shown. */
export class Tab extends EventTarget implements AnnouncementHost {
  readonly #ahead: Ahead;
  readonly #directory: FileSystemDirectoryHandle | null;
  /** The list is there, or is not waited for any longer. */
  readonly #listed: Promise<unknown>;
  #sessions: Sessions | null = null;
  #shown: Shown | null = null;
  /** What the address offered to open, until a page has it. */
  #offer: Offer | null = null;
  /** A change of session is under way. */
  #following = false;
  /** The session whose opening the list knows of. */
  #noted: Session | null = null;
  /** When what the list was told of last was kept. */
  #described: number | null = null;
  #describing: ReturnType<typeof setTimeout> | undefined;
  readonly #announcements = new Map<string, Announcement>();

  /** Shows the session of the address, else the last one. */
  static async open(ahead: Ahead): Promise<Tab> {
    const tab = new Tab(ahead, await ahead.directory);
    await tab.#follow();
    addEventListener('hashchange', () => void tab.#follow().catch((error) => tab.#tell(error)));
    addEventListener('pagehide', ({ persisted }) => {
      const { session } = tab.#shown ?? {};
      if (session) leaveDraft(session.id, session.draft);
      if (persisted) tab.#putAway();
      else void session?.settle();
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) void tab.#comeBack();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') void tab.#shown?.session?.settle();
    });
    return tab;
  }

  private constructor(ahead: Ahead, directory: FileSystemDirectoryHandle | null) {
    super();
    this.#ahead = ahead;
    this.#directory = directory;
    const list = ahead.list.then((sessions) => this.#take(sessions));
    this.#listed = Promise.race([list, new Promise((resolve) => setTimeout(resolve, LIST_PATIENCE))]);
  }

  get shown(): Shown | null {
    return this.#shown;
  }

  announce(name: string, announcement: Announcement | null): void {
    if (announcement) this.#announcements.set(name, announcement);
    else if (!this.#announcements.delete(name)) return;
    this.#showAnnouncements();
  }

  #showAnnouncements(): void {
    if (this.#shown) this.#shown.page.announcements = [...this.#announcements.values()];
  }

  #take(sessions: Sessions | null): void {
    this.#sessions = sessions;
    sessions?.addEventListener('change', () => this.#nameTab());
    this.#nameTab();
    const shown = this.#shown;
    if (!shown?.session) return;
    shown.page.sessions = sessions;
    this.#noteOpened(shown.session);
  }

  /** Goes where the address says, until they agree: it may change again meanwhile. */
  async #follow(): Promise<void> {
    this.#offer = offerIn(location.hash, location.href) ?? this.#offer;
    const before = this.#shown;
    const named = sessionAt(location.hash);
    if (before?.session && (location.hash === START || (named && named !== before.session.id))) before.page.leaving = true;
    if (this.#following) return;
    this.#following = true;
    try {
      for (;;) {
        const { session, unknown } = await this.#wanted();
        const shown = this.#shown;
        if (shown && session === (shown.session?.id ?? null)) {
          if (session === null || !shown.session) return;
          if (unknown) shown.page.unknownAddress = true;
          this.#present(shown.page);
          this.#address(session);
          return;
        }
        await this.#leave();
        if (session === null) {
          await this.#showStart();
        } else {
          this.#address(session);
          this.#show(session, unknown);
        }
      }
    } finally {
      this.#following = false;
      if (this.#shown?.session) this.#shown.page.leaving = false;
    }
  }

  /** The session that the address leads to; null for the start page, which there is where there is a list. */
  async #wanted(): Promise<{ session: string | null; unknown: boolean }> {
    const named = sessionAt(location.hash);
    // What the address names can be opened while the list is being read.
    if (named && !this.#sessions && this.#directory && (await hasSession(this.#directory, named)))
      return { session: named, unknown: false };
    await this.#listed;
    if (!this.#sessions) return { session: named && this.#directory ? named : FIRST_SESSION, unknown: false };
    if (location.hash === START) return { session: null, unknown: false };
    // Another tab may have made it a moment ago.
    if (named && !this.#sessions.find(named)) await this.#sessions.refresh();
    if (named && (named === FIRST_SESSION || this.#sessions.find(named))) return { session: named, unknown: false };
    if (this.#shown?.session) return { session: this.#shown.session.id, unknown: named !== null };
    const { entries } = this.#sessions;
    const last = entries.find(({ deleted }) => deleted === null);
    if (last || entries.length === 0) return { session: last?.id ?? FIRST_SESSION, unknown: named !== null };
    return { session: (await this.#sessions.create(strings.sessions.numbered(entries.length + 1))).id, unknown: named !== null };
  }

  #address(session: string): void {
    if (location.hash !== addressOf(session)) history.replaceState(null, '', addressOf(session));
  }

  #show(id: string, unknown: boolean): void {
    const page = new Page();
    const session = Session.open({
      id,
      directory: this.#directory,
      startKeeper: this.#ahead.startKeeper,
      createSandbox: this.#ahead.createSandbox,
      wheels: this.#ahead.wheels,
      index: this.#ahead.index,
      packageBaselines: this.#ahead.packageBaselines,
      createReader: this.#ahead.createReader,
      draft: takeDraft(id),
    });
    session.addEventListener('change', () => {
      this.#noteOpened(session);
      this.#followSaved(session);
    });
    keepSpare(session, this.#ahead.prepare);
    page.session = session;
    page.sessions = this.#sessions;
    page.unknownAddress = unknown;
    this.#present(page);
    this.#put({ page, session });
  }

  async #showStart(): Promise<void> {
    const { StartPage } = await import('./start-page');
    const page = new StartPage();
    page.sessions = this.#sessions as Sessions;
    this.#put({ page, session: null });
  }

  #put(shown: Shown): void {
    const before = this.#shown?.page;
    const { page } = shown;
    this.#shown = shown;
    this.#nameTab();
    this.#showAnnouncements();
    this.dispatchEvent(new Event('show'));
    if (before?.isConnected) {
      before.replaceWith(page);
      void page.updateComplete.then(() => page.focus());
      return;
    }
    // With the list, so that nothing moves when that comes.
    void this.#listed.then(() => {
      if (this.#shown?.page === page) document.getElementById('shell')?.replaceWith(page);
    });
  }

  /** Lets go of the session that is shown; the list says what it was about. */
  async #leave(): Promise<void> {
    if (!this.#shown?.session) return;
    const { session } = this.#shown;
    await session.settle();
    await this.#describe(session);
    await session.leave();
  }

  /** Where the session cannot say, because it is closed or another tab's, the list stays as it is. */
  async #describe(session: Session): Promise<void> {
    const entry = this.#sessions?.find(session.id);
    if (!OWNING.includes(session.state.phase) || !this.#sessions || !entry) return;
    try {
      const about = await session.about();
      // To write it makes every tab read the list anew.
      if (entry.about?.firstLine === about.firstLine && entry.about.bytes === about.bytes) return;
      await this.#sessions.describe(session.id, about);
    } catch (error) {
      console.warn('The list of sessions could not be told what a session is about.', error);
    }
  }

  /** Soon after something was kept, the list says what. */
  #followSaved(session: Session): void {
    const { saved } = session.state;
    const at = saved.kind === 'saved' ? saved.at : null;
    if (at === null || at === this.#described) return;
    this.#described = at;
    clearTimeout(this.#describing);
    this.#describing = setTimeout(() => void this.#describe(session), DESCRIBE_AFTER);
  }

  /** Once this tab has a session, the list says when. */
  #noteOpened(session: Session): void {
    if (!OWNING.includes(session.state.phase) || this.#noted === session || !this.#sessions) return;
    this.#noted = session;
    const name = session.id === FIRST_SESSION ? strings.sessions.first : session.id;
    this.#sessions.opened(session.id, name).catch((error) => this.#tell(error));
  }

  /** Hands what the address offered to a page, once the list is there. */
  #present(page: Page): void {
    const offer = this.#offer;
    this.#offer = null;
    if (!offer) return;
    void this.#listed.then(() => {
      if (this.#sessions) page.offer = offer;
      else page.failure = strings.capsule.address.nowhere;
    });
  }

  /** In the back/forward cache nothing runs, and what it held nobody else would get: browsers keep no page there that holds a lock. */
  #putAway(): void {
    // What lies in memory only would be gone; nobody waits for it either.
    if (!this.#inMemory) this.#shown?.session?.suspend();
    this.#sessions?.close();
  }

  /** The page is shown again as it was put away: meanwhile other tabs may have changed anything. */
  async #comeBack(): Promise<void> {
    const { session } = this.#shown ?? {};
    // It is still here.
    if (session) leaveDraft(session.id, null);
    try {
      await this.#sessions?.reopen();
    } catch (error) {
      this.#tell(error);
    }
    // Removed for good, it must not begin anew: the address then leads elsewhere.
    if (session && this.#sessions?.find(session.id) === null) location.reload();
    else if (!this.#inMemory) session?.reopen();
  }

  get #inMemory(): boolean {
    return this.#shown?.session?.state.saved.kind === 'memory';
  }

  #tell(error: unknown): void {
    if (this.#shown) this.#shown.page.failure = sentence(error);
  }

  #nameTab(): void {
    if (!this.#shown) return;
    const { session } = this.#shown;
    const name = session === null ? strings.start.title : this.#sessions ? sessionName(this.#sessions.entries, session.id) : null;
    document.title = name === null ? strings.name : `${name} · ${strings.name}`;
  }
}
