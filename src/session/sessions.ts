/** The public API of the list of sessions: what there is, and making, naming, copying, deleting and bringing back. */
import { ClosedError } from '../base/errors';
import {
  type Baseline,
  CATALOGUE_CHANNEL,
  type CatalogueCalls,
  type CatalogueEvent,
  type CatalogueStart,
  type ChosenFile,
  type ChosenOutline,
  type Preview,
  type SessionAbout,
  type SessionEntry,
  type StorageMeasure,
} from '../protocol/catalogue';
import { type DatabaseReader, LARGEST_READ, type LookedTable } from '../protocol/database-reader';
import { Calls } from './calls';
import { lookInto } from './database-reader';

export interface SessionsOptions {
  /** The origin private file system. */
  directory: FileSystemDirectoryHandle;
  /** Starts the worker of src/keeper/catalogue-worker.ts. */
  startCatalogue: () => Worker;
  /** Starts a reader for one database that is no session's yet. */
  createReader: () => Promise<DatabaseReader>;
}

export interface OpenFilesOptions extends Omit<CopyOptions, 'checkpoint'> {
  /** Whether Python goes on where it was; default no. */
  memory?: boolean;
}

export interface CopyOptions {
  /** One of the session's checkpoints; null, the default, for the present. */
  checkpoint?: number | null;
  /** Bytes copied, of all. */
  onProgress?(done: number, total: number): void;
  /** Ends the copy; what was copied is removed, and the promise rejects with the signal's reason. */
  signal?: AbortSignal;
}

/** Whether a session has a folder, for who cannot wait for the list. */
export async function hasSession(directory: FileSystemDirectoryHandle, session: string): Promise<boolean> {
  try {
    await (await directory.getDirectoryHandle('sessions')).getDirectoryHandle(session);
    return true;
  } catch {
    return false;
  }
}

/**
 * Events: `change` after `entries` or `lastDeleted` was replaced, also by another tab.
 * Every method that returns a promise rejects with an Error whose message is a sentence for the user.
 */
export class Sessions extends EventTarget {
  readonly #options: SessionsOptions;
  readonly #alive = `dormouse/catalogue/${crypto.randomUUID()}`;
  /** Replaced at each `reopen`, with everything that depends on it. */
  #worker!: Worker;
  #port!: MessagePort;
  #calls!: Calls;
  #channel!: BroadcastChannel;
  #closed!: AbortController;
  readonly #progress = new Map<number, NonNullable<CopyOptions['onProgress']>>();
  #entries: readonly SessionEntry[] = [];
  #lastDeleted: SessionEntry | null = null;

  /** Reads the list. @throws StorageError and others when the browser refuses its storage */
  static async open(options: SessionsOptions): Promise<Sessions> {
    const sessions = new Sessions(options);
    try {
      await sessions.reopen();
    } catch (error) {
      sessions.close();
      throw error;
    }
    return sessions;
  }

  private constructor(options: SessionsOptions) {
    super();
    this.#options = options;
  }

  /** After `close`: starts everything anew and reads the list, which may be another one by now. */
  async reopen(): Promise<void> {
    const { directory, startCatalogue } = this.#options;
    const { port1, port2 } = new MessageChannel();
    this.#closed = new AbortController();
    this.#calls = new Calls();
    this.#channel = new BroadcastChannel(CATALOGUE_CHANNEL);
    this.#port = port1;
    this.#worker = startCatalogue();
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.#gone();
    };
    port1.onmessage = ({ data }: MessageEvent<CatalogueEvent>) => this.#receive(data);
    const start: CatalogueStart = { type: 'catalogue', control: port2, directory, alive: this.#alive };
    this.#worker.postMessage(start, [port2]);
    // What another tab has changed is shown here too; when it cannot be read now, the next change tries again.
    this.#channel.onmessage = () => void this.refresh().catch(() => undefined);
    await this.refresh();
    void this.#watch();
  }

  /** All sessions, deleted ones too, the last opened first. */
  get entries(): readonly SessionEntry[] {
    return this.#entries;
  }

  /** What this tab deleted last, to be offered back; null when it was taken back or the offer was sent away. */
  get lastDeleted(): SessionEntry | null {
    return this.#lastDeleted;
  }

  find(session: string): SessionEntry | null {
    return this.#entries.find(({ id }) => id === session) ?? null;
  }

  /** How much each session takes, and what they share. */
  measure(): Promise<StorageMeasure> {
    return this.#ask('measure', null);
  }

  create(name: string): Promise<SessionEntry> {
    return this.#call('create', { name });
  }

  /** Notes that a session is being opened; `name` is for one that has none yet. */
  opened(session: string, name: string): Promise<SessionEntry> {
    return this.#call('opened', { session, name });
  }

  /** Notes what is to be shown of a session in a list. */
  describe(session: string, about: SessionAbout): Promise<SessionEntry> {
    return this.#call('describe', { session, about });
  }

  rename(session: string, name: string): Promise<SessionEntry> {
    return this.#call('rename', { session, name });
  }

  /** Hides a session; for 30 days `bringBack` undoes it. */
  async delete(session: string): Promise<SessionEntry> {
    const entry = await this.#call('delete', { session });
    this.#lastDeleted = entry;
    this.#changed();
    return entry;
  }

  async bringBack(session: string): Promise<SessionEntry> {
    const entry = await this.#call('bringBack', { session });
    this.forgetDeleted();
    return entry;
  }

  /** Removes a deleted session for good. */
  async purge(session: string): Promise<void> {
    await this.#call('purge', { session });
    if (this.#lastDeleted?.id === session) this.forgetDeleted();
  }

  /** Offers `lastDeleted` no more. */
  forgetDeleted(): void {
    this.#lastDeleted = null;
    this.#changed();
  }

  /** Makes a new session of another as it is now, or was at a checkpoint, also while a tab writes there. */
  async copy(session: string, name: string, { checkpoint = null, onProgress, signal }: CopyOptions = {}): Promise<SessionEntry> {
    return this.#withProgress('copy', { session, name, checkpoint }, { onProgress, signal });
  }

  /** How what was chosen would be as a session. Nothing of it is run or kept. */
  inspect(files: ChosenFile[]): Promise<Preview> {
    return this.#ask('inspect', { files });
  }

  /** The tables of a database in what was chosen, by its path in the preview. Nothing that it says is done. */
  async lookIntoChosen(files: ChosenFile[], path: string): Promise<LookedTable[]> {
    return lookInto(await this.readChosen(files, path), this.#options.createReader);
  }

  /** What there is in files that were chosen, to be compared with a session. Nothing of it is run. */
  outlineChosen(files: ChosenFile[]): Promise<ChosenOutline> {
    return this.#ask('outlineChosen', { files });
  }

  /** The content of a file in what was chosen. @throws Error with a sentence, also when it is too large */
  readChosen(files: ChosenFile[], path: string): Promise<Blob> {
    return this.#ask('readChosen', { files, path, most: LARGEST_READ });
  }

  /** Makes a new session of what was chosen; `memory`: Python goes on where it was. Whatever stops it leaves nothing behind. */
  openFiles(files: ChosenFile[], name: string, { memory = false, ...options }: OpenFilesOptions = {}): Promise<SessionEntry> {
    return this.#withProgress('openFiles', { files, name, memory }, options);
  }

  async #withProgress<Name extends 'copy' | 'openFiles'>(
    type: Name,
    argument: CatalogueCalls[Name]['argument'],
    { onProgress, signal }: { onProgress?: CopyOptions['onProgress'] | undefined; signal?: AbortSignal | undefined },
  ): Promise<CatalogueCalls[Name]['result']> {
    signal?.throwIfAborted();
    let call = 0;
    const cancel = () => this.#port.postMessage({ type: 'cancel', call });
    signal?.addEventListener('abort', cancel);
    try {
      return await this.#call(type, argument, (number) => {
        call = number;
        if (onProgress) this.#progress.set(number, onProgress);
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#progress.delete(call);
    }
  }

  /** A baseline image: the newest for a build, or a certain one. */
  getBaseline(which: CatalogueCalls['getBaseline']['argument']): Promise<Baseline | null> {
    return this.#ask('getBaseline', which);
  }

  /** Keeps a baseline image for all sessions. */
  async putBaseline(build: string, bytes: Blob): Promise<Baseline> {
    return { ...(await this.#ask('putBaseline', { build, bytes })), bytes };
  }

  /** Keeps a wheel for all sessions. */
  async putWheel(bytes: Blob): Promise<void> {
    await this.#ask('putWheel', { bytes });
  }

  /** A wheel, checked; null when there is none. */
  getWheel(sha256: string): Promise<Blob | null> {
    return this.#ask('getWheel', { sha256 });
  }

  /** Lets go of everything that another tab would notice; what was asked for and is not answered yet rejects. */
  close(): void {
    this.#closed.abort();
    this.#calls.close(new ClosedError('The list of sessions was closed.'));
    this.#channel.close();
    this.#port.close();
    this.#worker.terminate();
  }

  /** Carries out a change, tells the other tabs and reads the list anew. */
  async #call<
    Name extends Exclude<
      keyof CatalogueCalls,
      'list' | 'measure' | 'inspect' | 'readChosen' | 'outlineChosen' | 'getBaseline' | 'putBaseline' | 'getWheel' | 'putWheel'
    >,
  >(
    type: Name,
    argument: CatalogueCalls[Name]['argument'],
    onCall: (call: number) => void = () => undefined,
  ): Promise<CatalogueCalls[Name]['result']> {
    const result = await this.#ask(type, argument, onCall);
    this.#channel.postMessage(null);
    await this.refresh();
    return result;
  }

  #ask<Name extends keyof CatalogueCalls>(
    type: Name,
    argument: CatalogueCalls[Name]['argument'],
    onCall?: (call: number) => void,
  ): Promise<CatalogueCalls[Name]['result']> {
    return this.#calls.start((call) => {
      onCall?.(call);
      this.#port.postMessage({ type, call, argument });
    });
  }

  /** Reads the list anew. */
  async refresh(): Promise<void> {
    this.#entries = await this.#ask('list', null);
    this.#changed();
  }

  /** Browsers do not tell when a worker ends without an error; its lock becomes free then. */
  async #watch(): Promise<void> {
    const { signal } = this.#closed;
    try {
      await navigator.locks.request(this.#alive, { signal }, () => this.#gone());
    } catch (error) {
      // Closing ends the wait; nothing else does.
      if (!signal.aborted) throw error;
    }
  }

  #gone(): void {
    this.#calls.close(new ClosedError('The list of sessions cannot be reached any more: reload the page. The sessions are all there.'));
  }

  #receive(event: CatalogueEvent): void {
    switch (event.type) {
      case 'answer':
      case 'refusal':
        this.#calls.settle(event);
        return;
      case 'progress':
        this.#progress.get(event.call)?.(event.done, event.total);
        return;
      default:
        event satisfies never;
    }
  }

  #changed(): void {
    this.dispatchEvent(new Event('change'));
  }
}
