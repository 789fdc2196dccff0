/** One browser tab: which session it shows, by its address, and what becomes of it when the page is put away. */
import { FIRST_SESSION, hasSession, type Offer, OWNING, offerIn, Session, type Sessions } from '../session';
import { sessionName } from '../ui/session-name';
import { strings } from '../ui/strings';
import { addressOf, sessionAt } from './address';
import type { Ahead } from './ahead';
import { Page } from './page';
import { sentence } from './sentence';

/** The session opens without the list when that takes longer, ms: another tab may hold its lock and be asleep. */
const LIST_PATIENCE = 3000;

interface Shown {
  page: Page;
  session: Session;
}

export class Tab {
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

  /** Shows the session of the address, else the last one. */
  static async open(ahead: Ahead): Promise<void> {
    const tab = new Tab(ahead, await ahead.directory);
    await tab.#follow();
    addEventListener('hashchange', () => void tab.#follow().catch((error) => tab.#tell(error)));
    addEventListener('pagehide', ({ persisted }) => {
      // In the back/forward cache nothing runs, and what it held nobody else would get.
      if (persisted) tab.#shown?.session.suspend();
      else void tab.#shown?.session.settle();
    });
    addEventListener('pageshow', ({ persisted }) => {
      if (persisted) tab.#shown?.session.reopen();
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'hidden') void tab.#shown?.session.settle();
    });
  }

  private constructor(ahead: Ahead, directory: FileSystemDirectoryHandle | null) {
    this.#ahead = ahead;
    this.#directory = directory;
    const list = ahead.list.then((sessions) => this.#take(sessions));
    this.#listed = Promise.race([list, new Promise((resolve) => setTimeout(resolve, LIST_PATIENCE))]);
  }

  #take(sessions: Sessions | null): void {
    this.#sessions = sessions;
    sessions?.addEventListener('change', () => this.#nameTab());
    this.#nameTab();
    if (!this.#shown) return;
    this.#shown.page.sessions = sessions;
    this.#noteOpened(this.#shown.session);
  }

  /** Goes where the address says, until they agree: it may change again meanwhile. */
  async #follow(): Promise<void> {
    this.#offer = offerIn(location.hash, location.href) ?? this.#offer;
    if (this.#following) return;
    this.#following = true;
    try {
      for (;;) {
        const { session, unknown } = await this.#wanted();
        if (session === this.#shown?.session.id) {
          if (unknown) this.#shown.page.unknownAddress = true;
          this.#present(this.#shown.page);
          this.#address(session);
          return;
        }
        await this.#shown?.session.leave();
        this.#address(session);
        this.#show(session, unknown);
      }
    } finally {
      this.#following = false;
    }
  }

  async #wanted(): Promise<{ session: string; unknown: boolean }> {
    const named = sessionAt(location.hash);
    // What the address names can be opened while the list is being read.
    if (named && !this.#sessions && this.#directory && (await hasSession(this.#directory, named)))
      return { session: named, unknown: false };
    await this.#listed;
    if (!this.#sessions) return { session: named && this.#directory ? named : FIRST_SESSION, unknown: false };
    // Another tab may have made it a moment ago.
    if (named && !this.#sessions.find(named)) await this.#sessions.refresh();
    if (named && (named === FIRST_SESSION || this.#sessions.find(named))) return { session: named, unknown: false };
    if (this.#shown) return { session: this.#shown.session.id, unknown: named !== null };
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
    });
    session.addEventListener('change', () => this.#noteOpened(session));
    page.session = session;
    page.sessions = this.#sessions;
    page.unknownAddress = unknown;
    this.#present(page);
    const before = this.#shown?.page;
    this.#shown = { page, session };
    this.#nameTab();
    if (before?.isConnected) {
      before.replaceWith(page);
      void page.updateComplete.then(() => page.focus());
      return;
    }
    // With the list, so that nothing moves when that comes.
    void this.#listed.then(() => {
      if (this.#shown?.page === page) document.body.append(page);
    });
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

  #tell(error: unknown): void {
    if (this.#shown) this.#shown.page.failure = sentence(error);
  }

  #nameTab(): void {
    if (!this.#shown) return;
    const name = this.#sessions ? sessionName(this.#sessions.entries, this.#shown.session.id) : null;
    document.title = name === null ? strings.name : `${name} · ${strings.name}`;
  }
}
