/** The public API of a session: open it, run code, stop, look, carry its state away and bring it back. */
import { DormouseError, messageOf, NoSpaceError } from '../base/errors';
import type { ChosenFile, SessionAbout } from '../protocol/catalogue';
import { decodeError } from '../protocol/error-codec';
import { type Durability, isSessionId, type KeeperCalls, type SessionSummary } from '../protocol/keeper';
import type { LookName, Looks } from '../protocol/looks';
import type { CreateSandbox } from '../protocol/sandbox';
import { TAKE_OVER_PATIENCE } from '../protocol/take-over';
import { type CheckpointsHost, SessionCheckpoints } from './checkpoints';
import type { SessionSide } from './comparison/sides';
import { type CopiesHost, SessionCopies } from './copies';
import { SessionDatabase } from './database';
import type { CreateReader } from './database-reader';
import { type Draft, SessionDocument } from './document';
import { type FilesHost, SessionFiles } from './files';
import { type InterpreterHost, SessionInterpreter } from './interpreter';
import { KeeperClient } from './keeper-client';
import { SessionNetwork } from './network';
import type { PackageBaselines } from './package-baselines';
import type { PackageIndex } from './package-index';
import { SessionPackages } from './packages';
import type { Python } from './python';
import { RunEnded, unfinished } from './run-ended';
import { type RunOptions, type RunsHost, SessionRuns } from './runs';
import { INITIAL, type OutputPiece, OWNING, type SavedState, type SessionReport, type SessionState } from './state';
import { TakeOver } from './take-over';
import { SessionVariables } from './variables';
import type { Wheels } from './wheels';

export interface SessionOptions {
  /** Names the session's lock and folder: lower-case letters, digits and dashes. */
  id: string;
  /** The origin private file system; null keeps everything in memory, which is said in `state.saved`. */
  directory: FileSystemDirectoryHandle | null;
  /** Starts the worker of src/keeper/worker.ts. */
  startKeeper: () => Worker;
  createSandbox: CreateSandbox;
  /** The wheels of this browser. */
  wheels: Wheels;
  index: PackageIndex;
  packageBaselines: PackageBaselines;
  /** Starts a reader of databases for one request. */
  createReader: CreateReader;
  /** What an earlier page of this tab could not keep any more. */
  draft?: Draft | null;
}

/** How long Stop waits for Python to obey before the sandbox is replaced, ms. */
const GRACE = 2000;
/** Without isolation only an `await` can obey, which says so at once. */
const GRACE_UNHEARD = 500;

/**
 * Events: `change` after `state` was replaced; `output` (CustomEvent<OutputPiece[]>) for what runs write, in order.
 * Every method that returns a promise rejects with an Error whose message is a sentence for the user.
 */
export class Session extends EventTarget {
  readonly #options: SessionOptions;
  readonly #filesHost: FilesHost = {
    call: (name, argument) => this.#keeper.call(name, argument),
    idle: (signal) => this.#whenIdle(signal),
    onSettled: ({ saved: at, problem }) => this.#filesKept(at, problem),
  };
  /** Lists, reads and changes the session's files. */
  readonly files = new SessionFiles(this.#filesHost);
  /** Looks into the session's databases and changes them. */
  readonly database = new SessionDatabase({
    ...this.#filesHost,
    ask: (name, argument) => this.ask(name, argument),
    onChanged: () => this.#memoryChanged(),
  });
  /** Lists variables and deletes them, and knows what could be written with them. */
  readonly variables = new SessionVariables({
    ask: (name, argument) => this.ask(name, argument),
    act: async (name, argument) => (await (await this.#whenIdle()).act(name, argument)).result,
    keep: () => this.settle(),
  });
  /** Lists, installs and removes the session's packages. */
  readonly packages: SessionPackages;
  /** Says which hosts Python may reach. */
  readonly network = new SessionNetwork({
    change: (hosts) => this.#change({ hosts }),
    save: async (hosts) => {
      await this.#keeper.call('setHosts', { hosts });
    },
    own: () => location.hostname,
  });
  #state = INITIAL;
  #keeper!: KeeperClient;
  #inMemory = false;
  /** This tab has let go of the session, or is about to: whatever ends now is meant to end. */
  #away = false;
  #takeOver: TakeOver | null = null;
  /** Take the session from whoever has it as soon as that is known. */
  #askWhenWaiting = false;
  readonly #document = new SessionDocument({
    owns: () => OWNING.includes(this.#state.phase),
    keep: (argument) => this.#keeper.call('saveCode', argument),
    onProblem: (error) => this.#state.phase !== 'closed' && this.#change({ saved: { kind: 'unsaved', reason: messageOf(error) } }),
  });
  readonly #interpreter: SessionInterpreter;
  readonly #runs: SessionRuns;
  /** Undoes runs, goes back, names, keeps and compares. */
  readonly checkpoints: SessionCheckpoints;
  /** Makes state files and capsules. */
  readonly copies: SessionCopies;
  /** Until the session is open. */
  #left: Draft | null;

  /** Begins to open a session; `state` tells how far it is. */
  static open(options: SessionOptions): Session {
    if (!isSessionId(options.id))
      throw new TypeError(`A session's id has to be lower-case letters, digits and dashes, got "${options.id}".`);
    const session = new Session(options);
    session.#open();
    return session;
  }

  private constructor(options: SessionOptions) {
    super();
    this.#options = options;
    this.#left = options.draft ?? null;
    this.packages = new SessionPackages(options.wheels, options.index, {
      running: () => this.#runs.running !== null,
      change: (packages) => this.#change({ packages }),
      need: async (sha256s) => {
        await this.#keeper.call('needWheels', { sha256s });
      },
      save: async (packages) => {
        await this.#keeper.call('setPackages', { packages });
      },
      install: async (requirements) => (await this.#idlePython()).install(requirements),
      uninstall: async (names) => (await this.#idlePython()).uninstall(names),
    });
    const session = this;
    const host: InterpreterHost & RunsHost & CheckpointsHost & CopiesHost = {
      document: this.#document,
      packages: this.packages,
      network: this.network,
      files: this.files,
      get state() {
        return session.#state;
      },
      get keeper() {
        return session.#keeper;
      },
      get python() {
        return session.#interpreter.python;
      },
      get runtime() {
        return session.#interpreter.runtime;
      },
      get inMemory() {
        return session.#inMemory;
      },
      get away() {
        return session.#away;
      },
      change: (part) => this.#change(part),
      busy: () => this.#busy(),
      restart: (happened) => this.#interpreter.restart(happened),
      runNow: (code, options) => this.#runs.run(code, options),
      refreshCheckpoints: () => this.checkpoints.refresh(),
      requireIdle: () => this.#requireIdle(),
      restore: (argument) => this.#replace('restore', argument),
      capture: () => this.#runs.captureNow(),
      noteChanges: () => this.#runs.noteChanges(),
      keepDocument: () => this.#document.keepNow(),
      onSettled: (report) => this.#filesHost.onSettled(report),
      onReady: () => {
        this.#runs.noteChanges();
        this.checkpoints.refresh().catch(() => undefined);
      },
      onOutput: (pieces) => this.#output(pieces),
      onChanged: () => this.#memoryChanged(),
      onFailed: (error) => this.#close(error),
    };
    this.#interpreter = new SessionInterpreter(options, host);
    this.#runs = new SessionRuns(host);
    this.checkpoints = new SessionCheckpoints(host);
    this.copies = new SessionCopies(host);
  }

  get id(): string {
    return this.#options.id;
  }

  /** Starts a reader of databases for one request. */
  get createReader(): CreateReader {
    return this.#options.createReader;
  }

  get state(): SessionState {
    return this.#state;
  }

  /** Runs code and resolves when it has ended and is saved (or was found not to be: see `state.saved`). Waits while Python starts. */
  run(code: string, options: RunOptions = {}): Promise<void> {
    const { phase } = this.#state;
    if (phase === 'idle') return this.#interpreter.run(code, options);
    if (phase !== 'starting' && phase !== 'opening') return Promise.reject(this.#busy());
    return this.#interpreter.runWhenReady(code, options);
  }

  /**
   * Stops the run: KeyboardInterrupt where Python can be reached, else by a new sandbox that goes on from before the run. Files stay
   * either way.
   */
  async stop(): Promise<void> {
    this.#interpreter.dropQueued();
    const { python } = this.#interpreter;
    if (this.#state.phase !== 'running' || !python) return;
    const run = this.#runs.running;
    const stillRunning = () => this.#runs.running === run && this.#state.phase === 'stopping';
    // A question about a package is no longer of interest.
    this.packages.answer(false);
    this.#change({ phase: 'stopping' });
    await python.interrupt();
    await delay(python.isolated ? GRACE : GRACE_UNHEARD);
    if (!python.isolated && python.obeys) await delay(GRACE - GRACE_UNHEARD);
    // A run that has come to its end is only being kept.
    if (!python.running || !stillRunning()) return;
    await this.#interpreter.replace(new RunEnded('stopped', 'The run was stopped'));
  }

  /** Answers input(); null is the end of the input. */
  answer(line: string | null): void {
    if (!this.#state.awaitsInput) return;
    this.#interpreter.python?.answer(line);
    this.#change({ awaitsInput: false });
    this.#output([{ kind: 'echo', text: line === null ? '^D\n' : `${line}\n` }]);
  }

  /** Keeps the editor's text, a moment after the last call. */
  saveCode(code: string): void {
    this.#document.edit(code);
  }

  /** Keeps what belongs to the notebook beside its text, a moment after the last call. */
  saveNotebook(): void {
    this.#document.touchNotes();
  }

  /** Gives what is to be kept of the notebook beside its text: asked when something is kept. */
  set notebook(notes: () => string) {
    this.#document.notes = notes;
  }

  /** What a list of sessions says of this one. */
  about(): Promise<SessionAbout> {
    return this.#keeper.call('about', null);
  }

  /** Everything that Check state shows. Databases are looked into only while nothing runs. */
  async report(): Promise<SessionReport> {
    const report = await this.#keeper.call('report', null);
    const paths = report.files.filter((file) => file.database).map((file) => `/${file.path}`);
    const idle = this.#state.phase === 'idle' ? this.#interpreter.python : null;
    // A look is taken anew for each report.
    if (this.#state.phase === 'looking') {
      const { code, runs, history } = report.summary;
      this.#change({ code, runs, history });
    }
    const databases = paths.length === 0 ? [] : idle ? await idle.look('databases', { paths }) : null;
    const { usage, quota } = (await navigator.storage?.estimate?.()) ?? {};
    const storage = usage === undefined || quota === undefined ? null : { used: usage, left: Math.max(0, quota - usage) };
    return { ...report, databases, storage, persisted: (await navigator.storage?.persisted?.()) ?? null };
  }

  /** Asks the interpreter something that changes nothing of the user's. Rejects with `busy` unless the session is idle. */
  async ask<Name extends LookName>(name: Name, argument: Looks[Name]['argument']): Promise<Looks[Name]['result']> {
    this.#requireIdle();
    return (this.#interpreter.python as Python).look(name, argument);
  }

  /** Chooses what COMMIT and fsync wait for from now on; kept with the session. */
  async setDurability(durability: Durability): Promise<void> {
    await this.#keeper.call('setDurability', { durability });
  }

  /** Replaces the session by a state file; `undoReplace` brings the present one back until the next run. */
  async upload(file: Blob): Promise<void> {
    this.#requireIdle();
    // All of the file is checked while Python goes on: a bad file costs nothing.
    await this.#keeper.call('stage', { file });
    await this.#replace('upload');
  }

  /** Replaces the session by what a person chose; the present is kept as a checkpoint, and `undoReplace` brings it back until the next run. */
  async replaceBy(files: ChosenFile[]): Promise<void> {
    this.#requireIdle();
    await this.#keeper.call('stage', { files });
    await this.#replace('upload');
  }

  /** Empties the session; `undoReplace` brings it back until the next run. */
  async clear(): Promise<void> {
    this.#requireIdle();
    await this.#replace('clear');
  }

  /** Brings back what the last upload or clear replaced. */
  async undoReplace(): Promise<void> {
    this.#requireIdle();
    await this.#replace('undoReplace');
  }

  /**
   * Begins Python anew on the same files, with no variables, and keeps that as a checkpoint: a refresh goes on from there. What was before is only
   * kept if somebody kept it (`checkpoints.keep`).
   */
  async restart(): Promise<void> {
    this.#requireIdle();
    await this.#interpreter.restart(null);
    await this.#whenIdle();
    await this.checkpoints.keep(null);
  }

  /** Another session of this device, to be compared with. @throws Error with a sentence when it cannot be read */
  async beside(id: string, name: string): Promise<SessionSide> {
    const { directory, startKeeper } = this.#options;
    if (!directory) throw this.#busy();
    return (await import('./comparison/sides')).SessionSide.open(id, name, { directory, startKeeper });
  }

  /** After `closed`, `yielded`, a look or a `suspend`: starts everything anew on the same store. */
  reopen(): void {
    this.#end(new DormouseError('closed', 'The session was opened again.'));
    this.#open();
  }

  /**
   * While `waiting`: asks the tab that has the session to let go of it; then it opens here. `state.takeOver` says how far that is.
   * A run there is stopped only with `stopRun`.
   */
  async takeOver({ stopRun = false } = {}): Promise<void> {
    if (this.#state.phase !== 'waiting' || this.#state.takeOver === 'asking' || !this.#takeOver) return;
    const keeper = this.#keeper;
    const stillAsking = () => this.#keeper === keeper && this.#state.phase === 'waiting';
    this.#change({ takeOver: 'asking' });
    const answer = await this.#takeOver.ask(stopRun);
    if (answer === 'yielding') await delay(TAKE_OVER_PATIENCE);
    if (stillAsking()) this.#change({ takeOver: answer === 'running' ? 'running' : 'unanswered' });
  }

  /** After `yielded`: opens the session here again, taking it from the tab that has it. */
  takeBack(): void {
    this.reopen();
    this.#askWhenWaiting = true;
  }

  /** While `waiting` or `looking`: shows the session as it is now, without having it. Each report and download takes a new look. */
  async look(): Promise<void> {
    const { directory, id } = this.#options;
    if (!directory) throw this.#busy();
    this.#end(new DormouseError('closed', 'The session is only looked at.'));
    const keeper = this.#startKeeper();
    try {
      this.#adopt(await keeper.call('look', { session: id, directory }));
      if (keeper === this.#keeper) this.#change({ phase: 'looking', saved: { kind: 'elsewhere' }, notice: null });
    } catch (error) {
      if (keeper === this.#keeper) this.#close(error);
    }
  }

  /**
   * Lets go of the session in order: keeps what went on after the last run, and the editor's text, stops a run, fences Python and ends it, closes the store. Other tabs
   * can open it then. For good, unless `reopen` follows.
   */
  async leave(): Promise<void> {
    if (this.#away) return;
    this.#away = true;
    this.#interpreter.abandonStart();
    const owned = OWNING.includes(this.#state.phase);
    if (owned) {
      await this.#runs.keepChangesInTime();
      await this.#document.keepNow();
      // A store that fails cannot be flushed; a dead keeper has nothing to fence.
      await this.#keeper.call('fence', null).catch(() => undefined);
    }
    const end = new RunEnded('stopped', 'The session was closed here.');
    this.#interpreter.remove(end);
    await this.#runs.end;
    await this.#keeper.end(end);
    this.#end(end);
  }

  /**
   * Lets go of the session at once, as the end of the page would, for a page that is put away (the back/forward cache): what was
   * acknowledged is kept, a run is cut off. `reopen` brings it back.
   */
  suspend(): void {
    this.#end(new DormouseError('closed', 'The page was put away.'));
  }

  /** What was typed and would be lost with the page now; null when all is stored, and where nothing is. */
  get draft(): Draft | null {
    return this.#inMemory ? null : this.#document.draft;
  }

  /** Keeps now what otherwise would be kept in a moment: the editor's text, and what went on after a run. */
  async settle(): Promise<void> {
    void this.#runs.keepChangesNow();
    await this.#document.keepNow();
  }

  dismissNotice(): void {
    this.#change({ notice: null });
  }

  /** A new keeper, which has nothing yet; what an older one still says is passed over. */
  #startKeeper(): KeeperClient {
    this.#interpreter.abandonStart();
    this.#away = false;
    this.packages.close();
    this.network.close();
    const present = () => this.#keeper === keeper && !this.#away;
    const keeper: KeeperClient = new KeeperClient(this.#options.startKeeper(), {
      onWaiting: () => present() && this.#waits(),
      onFiles: () => this.#filesChanged(),
      onFailed: ({ error }) => present() && this.#notKept(decodeError(error)),
      onRejected: (message) => {
        if (present())
          void this.#interpreter.replace(
            new RunEnded('crashed', `Python sent what Dormouse does not accept (${message}) and was restarted`),
          );
      },
      onGone: (error) => present() && this.#close(error),
    });
    this.#keeper = keeper;
    return keeper;
  }

  async #open(): Promise<void> {
    const { id, directory } = this.#options;
    const keeper = this.#startKeeper();
    const present = () => this.#keeper === keeper && !this.#away;
    this.#takeOver ??= directory && this.#listenToTabs(id);
    try {
      const summary = await keeper.call('open', { session: id, directory });
      if (!present()) return;
      this.#askWhenWaiting = false;
      this.#inMemory = summary.storage === 'memory';
      if (!this.#inMemory) void keeper.watch(id);
      // What was typed and could not be kept yet is newer than what is stored.
      const code = this.#document.newer(summary.code, this.#left);
      this.#left = null;
      this.#adopt(code === null ? summary : { ...summary, code }, summary.code);
      const started = this.#interpreter.start(unfinished(summary));
      void this.#document.keepNow();
      await started;
    } catch (error) {
      if (present()) this.#close(error);
    }
  }

  #listenToTabs(id: string): TakeOver {
    return new TakeOver(id, {
      role: () => {
        const { phase } = this.#state;
        if (phase === 'waiting') return 'waiting';
        if (this.#away || !OWNING.includes(phase)) return null;
        return phase === 'running' || phase === 'stopping' ? 'running' : 'idle';
      },
      onYield: () => void this.#yield(),
      onStepBack: () => {
        // A new keeper queues for the lock behind the tab that asked. Nothing else changes here.
        this.#keeper.close(new DormouseError('closed', 'Another tab goes first.'));
        void this.#open();
      },
    });
  }

  /** Another tab has the session. */
  #waits(): void {
    this.#change({ phase: 'waiting', saved: { kind: 'elsewhere' }, takeOver: null });
    if (this.#askWhenWaiting) void this.takeOver();
    this.#askWhenWaiting = false;
  }

  /** Another tab gets the session. */
  async #yield(): Promise<void> {
    await this.leave();
    this.#change({ phase: 'yielded', saved: { kind: 'elsewhere' } });
  }

  /** Ends Python and the keeper at once; what either still says is passed over. */
  #end(reason: Error): void {
    this.#away = true;
    this.#document.pause();
    this.#interpreter.end(reason);
    this.#keeper.close(reason);
    this.#takeOver?.close();
    this.#takeOver = null;
    this.#change({ ...INITIAL, code: this.#document.unsaved ?? this.#state.code });
  }

  /** Shows a session that was just opened or replaced. */
  #adopt(summary: SessionSummary, stored = summary.code): void {
    const { code, notebook, runs, history, undoable, saved, damage, packages, hosts, copies } = summary;
    this.#document.adopt(code, stored);
    const promise: SavedState = this.#inMemory
      ? { kind: 'memory' }
      : damage !== null
        ? { kind: 'unsaved', reason: damage }
        : saved === null
          ? { kind: 'none' }
          : { kind: 'saved', at: saved, problem: null, checkpoint: null };
    this.packages.adopt(packages);
    this.network.adopt(hosts);
    this.#change({ code, notebook, runs, history, undoable, saved: promise, error: null, storeFailure: null, takeOver: null, copies });
  }

  async #replace(call: 'upload' | 'clear' | 'undoReplace'): Promise<void>;
  async #replace(call: 'restore', argument: KeeperCalls['restore']['argument']): Promise<void>;
  async #replace(
    call: 'upload' | 'clear' | 'undoReplace' | 'restore',
    argument: KeeperCalls['restore']['argument'] | null = null,
  ): Promise<void> {
    this.#document.forget();
    this.#change({ phase: 'starting' });
    let summary: SessionSummary | null = null;
    try {
      await this.#keeper.call('fence', null);
      this.#interpreter.remove(new DormouseError('closed', 'The session was replaced.'));
      summary = await this.#keeper.call(call, argument as null);
    } finally {
      // Also when the store refused: then Python starts again on what was there before.
      if (summary) this.#adopt(summary);
      this.#filesChanged();
      await this.#interpreter.start(null).catch((error) => this.#close(error));
    }
  }

  #close(error: unknown): void {
    if (this.#away) return;
    const reason = error instanceof Error ? error : new DormouseError('closed', messageOf(error));
    this.#interpreter.end(reason);
    const unsaved: SavedState = { kind: 'unsaved', reason: 'Dormouse has stopped; what was saved before is kept' };
    const running = this.#state.saved.kind === 'saving';
    this.#change({ phase: 'closed', error: reason, progress: null, awaitsInput: false, ...(running && { saved: unsaved }) });
  }

  #notKept(error: Error): void {
    // A store without room goes on.
    const storeFailure = error instanceof NoSpaceError ? this.#state.storeFailure : error;
    this.#change({ saved: { kind: 'unsaved', reason: error.message }, storeFailure });
  }

  /** Memory is not what was captured last, or does not go with the files any more: it is captured anew in a moment. */
  #memoryChanged(): void {
    this.#change({ changed: true });
    this.#runs.noteChanges();
  }

  #filesChanged(): void {
    this.files.dispatchEvent(new Event('change'));
  }

  /** What the page changed of the files is on stable storage. */
  #filesKept(at: number, problem: string | null): void {
    const { saved } = this.#state;
    if (saved.kind === 'saved') this.#change({ saved: { ...saved, at, problem: problem ?? saved.problem } });
    else if (saved.kind === 'none' && !this.#inMemory) this.#change({ saved: { kind: 'saved', at, problem, checkpoint: null } });
    this.checkpoints.refresh().catch(() => undefined);
  }

  /** The interpreter as soon as it runs nothing. */
  #whenIdle(signal?: AbortSignal): Promise<Python> {
    return new Promise((resolve, reject) => {
      const settle = () => {
        const { phase } = this.#state;
        const { python } = this.#interpreter;
        const waits = phase === 'starting' || phase === 'running' || phase === 'stopping' || phase === 'opening';
        if (waits && !signal?.aborted) return;
        this.removeEventListener('change', settle);
        signal?.removeEventListener('abort', settle);
        if (signal?.aborted) reject(signal.reason);
        else if (phase === 'idle' && python) resolve(python);
        else reject(this.#busy());
      };
      this.addEventListener('change', settle);
      signal?.addEventListener('abort', settle);
      settle();
    });
  }

  async #idlePython(): Promise<Python> {
    this.#requireIdle();
    return this.#whenIdle();
  }

  #requireIdle(): void {
    if (this.#state.phase !== 'idle') throw this.#busy();
  }

  #busy(): Error {
    const { phase } = this.#state;
    const why =
      phase === 'running' || phase === 'stopping'
        ? 'Python is running: stop it first.'
        : phase === 'looking' || phase === 'yielded' || phase === 'waiting'
          ? 'Another tab has this session: nothing runs here.'
          : 'The session is not open yet.';
    return new DormouseError('busy', why);
  }

  #change(part: Partial<SessionState>): void {
    this.#state = { ...this.#state, ...part };
    this.dispatchEvent(new Event('change'));
  }

  #output(pieces: OutputPiece[]): void {
    this.dispatchEvent(new CustomEvent('output', { detail: pieces }));
  }
}

const delay = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
