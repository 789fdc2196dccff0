/**
 * Which version of the app this page is, whether all of it is kept for use without a network, and the next one: announced when it is here, used
 * when the person says so and nothing goes on in any tab. Loaded when the page has started.
 */
import type { Session } from '../session';
import { versionWords as words } from '../ui/strings/versions';
import type { AnnouncementHost } from './announcements';
import { BUSY_LOCK, type OfflineRequest, type OfflineState, versionLock } from './offline/messages';
import { registerServiceWorker } from './register';

/** How often the server is asked for a new version at most, ms, when the person comes back to the page. */
const ASK_EVERY = 3600_000;
/** How long a service worker may take to answer or to take over, ms. */
const PATIENCE = 10_000;
/** For so long other locks of this tab may take to be free, ms. */
const MOMENT = 1000;
const NAME = 'version';

/** What the service worker says; null where there is none, or it does not answer. */
export async function offlineState(): Promise<OfflineState | null> {
  const container = navigator.serviceWorker;
  // A page that was loaded past it has no controller.
  const worker = container?.controller ?? (await container?.getRegistration())?.active;
  return worker ? ask(worker, { type: 'state' }) : null;
}

function ask(worker: ServiceWorker, request: OfflineRequest, patience = PATIENCE): Promise<OfflineState | null> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    const timer = setTimeout(() => resolve(null), patience);
    port1.onmessage = ({ data }: MessageEvent<OfflineState>) => {
      clearTimeout(timer);
      port1.close();
      resolve(data);
    };
    worker.postMessage(request, [port2]);
  });
}

/** Holds a Web Lock beside others; returns what lets go of it. */
function holdShared(name: string): () => void {
  let free = () => {};
  const held = new Promise<void>((resolve) => {
    free = resolve;
  });
  void navigator.locks.request(name, { mode: 'shared' }, () => held);
  return free;
}

/** Whether a session must not be disturbed: something runs, or is not stored yet. */
const isBusy = (session: Session | null): boolean => {
  if (!session) return false;
  const { phase, saved, changed } = session.state;
  return ['starting', 'running', 'stopping'].includes(phase) || saved.kind === 'saving' || saved.kind === 'unsaved' || changed;
};

export class Versions {
  readonly #host: AnnouncementHost;
  readonly #own = document.querySelector<HTMLMetaElement>('meta[name="dormouse-version"]')?.content ?? '';
  #session: Session | null = null;
  #registration: ServiceWorkerRegistration | null = null;
  /** Lets go of the lock that says that this tab is busy; null while it is not. */
  #free: (() => void) | null = null;
  /** Which version waits. */
  #next: { worker: ServiceWorker; version: string | undefined } | null = null;
  /** A version that was sent away is not announced again. */
  #dismissed: ServiceWorker | null = null;
  /** What became of the last wish to use the new version. */
  #said: string | null = null;
  /** Another version serves this page already. */
  #replaced = false;
  #asked = Date.now();
  #filled = false;
  #leaveVersion: () => void = () => undefined;

  constructor(host: AnnouncementHost) {
    this.#host = host;
  }

  /** To be told which session the tab shows; null on the start page. */
  set session(session: Session | null) {
    this.#session?.removeEventListener('change', this.#changed);
    this.#session = session;
    session?.addEventListener('change', this.#changed);
    this.#changed();
  }

  /** Begins to follow, once. Where there are no service workers nothing comes of it. */
  async begin(): Promise<void> {
    const container = navigator.serviceWorker;
    if (!container || !isSecureContext) return;
    this.#useVersion();
    // A page that holds a lock cannot go into the back/forward cache; should its version be gone when it comes back, the server has the files.
    addEventListener('pagehide', ({ persisted }) => {
      if (!persisted) return;
      this.#letGo();
      this.#leaveVersion();
    });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#useVersion());
    container.addEventListener('controllerchange', () => void this.#taken());
    const registration = await registerServiceWorker();
    if (!registration) return;
    this.#registration = registration;
    registration.addEventListener('updatefound', () => this.#watch(registration.installing));
    this.#watch(registration.installing);
    document.addEventListener('visibilitychange', () => void this.#askServer());
    await container.ready;
    this.#changed();
  }

  /** Says, as long as the page is there, that the files of its version are wanted. */
  #useVersion(): void {
    this.#leaveVersion = holdShared(versionLock(this.#own));
  }

  /** When it is installed there is something to announce. */
  #watch(coming: ServiceWorker | null): void {
    coming?.addEventListener('statechange', this.#changed);
  }

  readonly #changed = (): void => {
    const busy = isBusy(this.#session);
    if (busy) this.#free ??= holdShared(BUSY_LOCK);
    else this.#letGo();
    if (this.#replaced && !busy) void this.#reload();
    if (!busy && this.#session?.state.phase !== 'opening') void this.#fill();
    void this.#show(busy);
  };

  #letGo(): void {
    this.#free?.();
    this.#free = null;
  }

  /** Has the whole version kept, once, when nothing else wants the processor. */
  async #fill(): Promise<void> {
    const active = this.#registration?.active;
    if (!active || this.#filled) return;
    this.#filled = true;
    await new Promise((resolve) => setTimeout(resolve, MOMENT));
    active.postMessage({ type: 'fill' } satisfies OfflineRequest);
  }

  async #show(busy: boolean): Promise<void> {
    const waiting = this.#registration?.waiting ?? null;
    if (this.#replaced || !waiting || !this.#registration?.active || waiting === this.#dismissed) {
      this.#host.announce(NAME, this.#replaced ? line(words.replaced) : null);
      return;
    }
    // A page that was loaded past the service worker may be of that version already.
    if (this.#next?.worker !== waiting) {
      const next = { worker: waiting, version: (await ask(waiting, { type: 'state' }))?.version };
      this.#next = next;
      // Much may have changed meanwhile.
      if (next.version !== this.#own) this.#changed();
      return;
    }
    if (this.#next.version === this.#own) return;
    this.#host.announce(NAME, {
      text: this.#said ?? words.here,
      action: words.use,
      possible: !busy && this.#said !== words.coming,
      act: () => void this.#use(waiting),
      dismiss: () => {
        this.#dismissed = waiting;
        this.#host.announce(NAME, null);
      },
    });
  }

  /** Everything is stored first; then it takes over, unless another tab is busy. */
  async #use(waiting: ServiceWorker): Promise<void> {
    this.#say(words.coming);
    await this.#session?.settle();
    const until = performance.now() + MOMENT;
    let outcome: 'busy' | 'done' | 'failed';
    do outcome = await this.#takeOver(waiting);
    while (outcome === 'busy' && performance.now() < until && (await new Promise((resolve) => setTimeout(resolve, 100, true))));
    if (outcome !== 'done') this.#say(outcome === 'busy' ? words.busyElsewhere : words.failed);
  }

  #takeOver(waiting: ServiceWorker): Promise<'busy' | 'done' | 'failed'> {
    // While it is held no tab begins to be busy unnoticed.
    return navigator.locks.request(BUSY_LOCK, { mode: 'exclusive', ifAvailable: true }, async (lock) => {
      if (!lock || isBusy(this.#session)) return 'busy';
      const taken = new Promise<'done'>((resolve) => {
        navigator.serviceWorker.addEventListener('controllerchange', () => resolve('done'), { once: true });
      });
      waiting.postMessage({ type: 'apply' } satisfies OfflineRequest);
      return Promise.race([taken, new Promise<'failed'>((resolve) => setTimeout(resolve, PATIENCE, 'failed'))]);
    });
  }

  #say(what: string): void {
    this.#said = what;
    this.#changed();
  }

  /** Another service worker serves this page: of another version it may, except the first one of all. */
  async #taken(): Promise<void> {
    const state = await offlineState();
    if (state === null || state.version === this.#own) {
      this.#changed();
      return;
    }
    this.#replaced = true;
    this.#changed();
  }

  /** What was typed is stored before the page of the new version opens. */
  async #reload(): Promise<void> {
    await this.#session?.settle();
    location.reload();
  }

  /** Of a page that is open for days nobody asks otherwise. */
  async #askServer(): Promise<void> {
    if (document.visibilityState !== 'visible' || Date.now() - this.#asked < ASK_EVERY) return;
    this.#asked = Date.now();
    // Without a network there is nothing new.
    await this.#registration?.update().catch(() => undefined);
  }
}

const line = (text: string) => ({ text, action: null, possible: false, act: () => undefined, dismiss: () => undefined });
