/** Answers the page's calls for one session, whose store it alone writes. The same on OPFS in a worker and on Node. */
import { ClosedError, DormouseError, InvalidInputError, unreachable } from '../base/errors';
import { encodeError } from '../protocol/error-codec';
import { isSessionId, type KeeperCalls, type KeeperEvent, type KeeperRequest, type SessionSummary } from '../protocol/keeper';
import { openMemoryStore } from '../volume/memory-store';
import type { Store } from '../volume/store';
import { Volume } from '../volume/volume';
import { OpenSession, type OpenSessionListener, type OpenVolume } from './open-session';
import { acquireSessionLock, announceReader, hasReaders, type Locks } from './session-lock';
import { SessionNeeds } from './session-needs';

export interface KeeperOptions {
  /** Opens a session's folder of the origin private file system. */
  openStore: (directory: FileSystemDirectoryHandle, session: string) => Promise<Store>;
  /** The session's files as they are now, for `look`, which is refused without it; null when there is no such session. */
  openSnapshot?: (directory: FileSystemDirectoryHandle, session: string) => Promise<Store | null>;
  /** `navigator.locks`. */
  locks: Locks;
  /** Milliseconds since 1970; default `Date.now`. */
  now?: () => number;
}

/** Between two bits of tidying up, ms: calls come first. */
const TIDY_PAUSE = 20;

/** Calls for which a session that is looked at is looked at anew. */
const LOOKS: readonly KeeperRequest['type'][] = ['report', 'download', 'files'];

/** Progress is told at most this often, ms. */
const PROGRESS_TIME = 100;

/** What is carried out in its turn. */
type Request = Exclude<KeeperRequest, { type: 'open' | 'look' | 'cancel' | 'downloadCapsule' }>;

export class Keeper {
  readonly #control: MessagePort;
  readonly #options: KeeperOptions;
  #opened = false;
  #closed = false;
  #session: OpenSession | null = null;
  #release: (() => void) | null = null;
  /** What is looked at; null when the session is this keeper's own. */
  #looking: KeeperCalls['look']['argument'] | null = null;
  /** The calls that can be ended, by their numbers. */
  readonly #cancellable = new Map<number, AbortController>();
  /** The end of the last call: calls are carried out one after the other, for each may find another's work half done. */
  #queue: Promise<void> = Promise.resolve();
  #tidying: ReturnType<typeof setTimeout> | undefined;

  /** Serves one page over `control` until `close`. */
  constructor(control: MessagePort, options: KeeperOptions) {
    this.#control = control;
    this.#options = options;
    control.onmessage = ({ data }: MessageEvent<KeeperRequest>) => this.#receive(data);
  }

  /** Carries out what was already asked for, then lets go of ports, store and lock. Nothing is answered afterwards. */
  async close(): Promise<void> {
    this.#closed = true;
    clearTimeout(this.#tidying);
    await this.#queue;
    await this.#letGo();
    this.#control.onmessage = null;
    this.#control.close();
  }

  async #letGo(): Promise<null> {
    const session = this.#session;
    this.#session = null;
    await session?.close();
    this.#releaseLock();
    return null;
  }

  #receive(request: KeeperRequest): void {
    if (request.type === 'cancel') {
      this.#cancellable.get(request.call)?.abort();
      return;
    }
    if (request.type === 'open') {
      this.#answer(request, () => this.#open(request.argument));
      return;
    }
    if (request.type === 'look') {
      this.#answer(request, () => this.#look(request.argument));
      return;
    }
    if (!this.#session) {
      this.#refuse(request, new DormouseError('busy', 'The session is not open yet.'));
      return;
    }
    this.#queue = this.#queue.then(async () => {
      if (request.type === 'downloadCapsule') await this.#beginDownload(request);
      else await this.#answer(request, () => this.#carryOut(request));
      await this.#session?.tidy();
      this.#tidyLater();
    });
  }

  /** Tidies up bit by bit, each in its turn among the calls. */
  #tidyLater(): void {
    clearTimeout(this.#tidying);
    if (!this.#session?.untidy) return;
    this.#tidying = setTimeout(() => {
      this.#queue = this.#queue.then(() => this.#session?.tidy()).then(() => this.#tidyLater());
    }, TIDY_PAUSE);
  }

  /** Takes hold of the session as it is; writing it down goes on beside other calls. */
  async #beginDownload({ call, argument }: Extract<KeeperRequest, { type: 'downloadCapsule' }>): Promise<void> {
    const controller = new AbortController();
    this.#cancellable.set(call, controller);
    const request = { call };
    let told = 0;
    const onProgress = (done: number, total: number) => {
      const now = performance.now();
      if (now - told < PROGRESS_TIME) return;
      told = now;
      this.#send({ type: 'progress', call, done, total });
    };
    try {
      if (this.#looking) await this.#lookAgain(this.#looking);
      const session = this.#session;
      if (!session) throw new ClosedError('The session was closed.');
      const download = await session.beginCapsule(argument, { signal: controller.signal, onProgress });
      void this.#answer(request, () => download.finish()).then(() => {
        this.#cancellable.delete(call);
        this.#queue = this.#queue.then(() => download.letGo());
      });
    } catch (error) {
      this.#cancellable.delete(call);
      this.#refuse(request, error);
    }
  }

  async #carryOut(request: Request): Promise<unknown> {
    if (request.type === 'close') return this.#letGo();
    if (this.#looking && LOOKS.includes(request.type)) await this.#lookAgain(this.#looking);
    if (!this.#session) throw new ClosedError('The session was closed.');
    return call(this.#session, request);
  }

  /** Never rejects. */
  async #answer(request: { call: number }, action: () => Promise<unknown>): Promise<void> {
    try {
      this.#send({ type: 'answer', call: request.call, result: await action() });
    } catch (error) {
      this.#refuse(request, error);
    }
  }

  #refuse(request: { call: number }, error: unknown): void {
    this.#send({ type: 'refusal', call: request.call, error: encodeError(error) });
  }

  #send(event: KeeperEvent): void {
    this.#control.postMessage(event);
  }

  async #open({ session, directory }: KeeperCalls['open']['argument']): Promise<SessionSummary> {
    return this.#begin(session, async () => {
      this.#session = new OpenSession(await this.#openVolume(session, directory, this.#now), this.#listener(session));
      return this.#session.summary();
    });
  }

  #look(argument: KeeperCalls['look']['argument']): Promise<SessionSummary> {
    return this.#begin(argument.session, async () => {
      this.#release = await announceReader(this.#options.locks, argument.session);
      this.#looking = argument;
      return this.#lookAgain(argument);
    });
  }

  async #lookAgain({ session, directory }: KeeperCalls['look']['argument']): Promise<SessionSummary> {
    const store = await this.#options.openSnapshot?.(directory, session);
    if (!store) throw new InvalidInputError('There is no such session any more, or it cannot be looked at here.');
    const looked = new OpenSession(
      { volume: await Volume.open(store, { now: this.#now }), needs: null, storage: 'opfs', look: true },
      this.#listener(session),
    );
    await this.#session?.close();
    this.#session = looked;
    return looked.summary();
  }

  async #begin(session: string, open: () => Promise<SessionSummary>): Promise<SessionSummary> {
    if (!isSessionId(session)) throw new InvalidInputError('A session is named by 1 to 64 lower-case letters, digits and dashes.');
    if (this.#opened) throw new DormouseError('busy', 'This keeper has its session already.');
    this.#opened = true;
    try {
      return await open();
    } catch (error) {
      // So that it can be tried again, here or in another tab.
      this.#opened = false;
      this.#looking = null;
      this.#releaseLock();
      throw error;
    }
  }

  get #now(): () => number {
    return this.#options.now ?? Date.now;
  }

  #listener(session: string): OpenSessionListener {
    return {
      hasReaders: () => hasReaders(this.#options.locks, session),
      now: this.#now,
      onFailed: (error) => this.#send({ type: 'failed', error: encodeError(error) }),
      onRejected: (message) => this.#send({ type: 'rejected', message }),
      onFiles: () => this.#send({ type: 'files' }),
    };
  }

  async #openVolume(session: string, directory: FileSystemDirectoryHandle | null, now: () => number): Promise<OpenVolume> {
    if (directory) {
      this.#release = await acquireSessionLock(this.#options.locks, session, () => this.#send({ type: 'waiting' }));
      if (this.#closed) throw new ClosedError('The session was closed before it could be opened.');
      try {
        const store = await this.#options.openStore(directory, session);
        const needs = { baselines: new SessionNeeds(store, 'baselines'), wheels: new SessionNeeds(store, 'wheels') };
        return { volume: await Volume.open(store, { now }), needs, storage: 'opfs', look: false };
      } catch (error) {
        if (!isStorageDenied(error)) throw error;
        // Nothing in memory is shared, so there is nothing to lock.
        this.#releaseLock();
      }
    }
    return { volume: await Volume.open(openMemoryStore(), { now }), needs: null, storage: 'memory', look: false };
  }

  #releaseLock(): void {
    this.#release?.();
    this.#release = null;
  }
}

/** Whether the browser does not let this page store anything (a private window, blocked site data), whatever wrapped its word. */
function isStorageDenied(thrown: unknown): boolean {
  for (let error: unknown = thrown; error instanceof Error; error = error.cause) {
    if (error.name === 'SecurityError' || error.name === 'NotAllowedError') return true;
  }
  return false;
}

async function call(session: OpenSession, request: Exclude<Request, { type: 'close' }>): Promise<unknown> {
  switch (request.type) {
    case 'attach':
      return session.attach(request.argument);
    case 'attached':
      return session.attached(request.argument);
    case 'fence':
      return session.fence();
    case 'beginRun':
      return session.beginRun(request.argument);
    case 'endRun':
      return session.endRun(request.argument);
    case 'keepChanges':
      return session.keepChanges(request.argument);
    case 'checkpoints':
      return session.checkpoints();
    case 'nameCheckpoint':
      return session.nameCheckpoint(request.argument);
    case 'dropCheckpoint':
      return session.dropCheckpoint(request.argument);
    case 'keepCheckpoint':
      return session.keepCheckpoint(request.argument);
    case 'restore':
      return session.restore(request.argument);
    case 'compare':
      return session.compare(request.argument);
    case 'moment':
      return session.moment(request.argument);
    case 'saveCode':
      return session.saveCode(request.argument);
    case 'setHosts':
      return session.setHosts(request.argument);
    case 'setDurability':
      return session.setDurability(request.argument);
    case 'noteCopy':
      return session.noteCopy(request.argument);
    case 'files':
      return session.files();
    case 'filesAt':
      return session.filesAt(request.argument);
    case 'readFile':
      return session.readFile(request.argument);
    case 'precedeChange':
      return session.precedeChange(request.argument);
    case 'settleFiles':
      return session.settleFiles(request.argument);
    case 'needWheels':
      return session.needWheels(request.argument);
    case 'setPackages':
      return session.setPackages(request.argument);
    case 'about':
      return session.about();
    case 'report':
      return session.report();
    case 'download':
      return session.download(request.argument);
    case 'measureCapsule':
      return session.measureCapsule();
    case 'stage':
      return session.stage(request.argument);
    case 'upload':
      return session.upload();
    case 'clear':
      return session.clear();
    case 'undoReplace':
      return session.undoReplace();
    default:
      return unreachable(request);
  }
}
