/** A session that is open: its volume, its history, and the sandbox that works on it. Calls come one after the other. */
import { DormouseError, InvalidInputError, isDormouseError, messageOf, NoSpaceError, StorageError } from '../base/errors';
import { firstLineOf } from '../notebook';
import { LONGEST_FIRST_LINE, type SessionAbout } from '../protocol/catalogue';
import type {
  AttachReport,
  CapsuleChoice,
  CapsuleMeasure,
  CheckpointList,
  CheckpointReport,
  Copies,
  DownloadResult,
  FilePart,
  FileReport,
  KeeperCalls,
  Moment,
  RunRecord,
  SavedReport,
  SessionOutline,
  SessionSummary,
  StateReport,
} from '../protocol/keeper';
import type { Volume } from '../volume/volume';
import { type CapsuleDownload, CapsuleDownloads } from './capsule-downloads';
import { CheckpointCalls, type CheckpointHost } from './checkpoint-calls';
import { DiskChannel } from './disk-channel';
import { download } from './download';
import { FileCalls } from './file-calls';
import { CODE_FILE, HISTORY_FILE, HiddenFile, NOTEBOOK_FILE, SETTINGS_FILE } from './hidden-file';
import { History } from './history';
import { PackageList } from './package-list';
import { reportFiles } from './report';
import { operationsOf } from './session-content';
import type { SessionNeeds } from './session-needs';
import { measureCapsule } from './session-to-capsule';
import { isHosts, parseSettings, type Settings, serializeSettings } from './settings';
import { type Staged, stagedOf } from './staged';
import { userEntries } from './user-entries';

export interface OpenVolume {
  volume: Volume;
  /** Where is noted what the session needs of what all share; null where nothing outlives the page. */
  needs: { baselines: SessionNeeds; wheels: SessionNeeds } | null;
  storage: SessionSummary['storage'];
  /** It is another tab's, and only to be read. */
  look: boolean;
}

export interface OpenSessionListener {
  /** Milliseconds since 1970. */
  now(): number;
  /** The store failed: from here on the session can only be read. */
  onFailed(error: Error): void;
  /** The sandbox broke the protocol and is no longer heard. */
  onRejected(message: string): void;
  /** Files are not as they were; at most ten times a second. */
  onFiles(): void;
  /** Whether another tab is reading the files. */
  hasReaders(): Promise<boolean>;
}

/** What one step of cleaning moves, bytes: some 10 ms of work. */
const CLEANED_AT_ONCE = 4 * 2 ** 20;
/** How long a new sandbox waits for cleaning, ms. */
const CLEANED_BEFORE_ATTACHING = 100;
/** How long the end of a run waits for the journal, ms: what was posted before arrives within some 10 ms. */
const JOURNAL_TIMEOUT = 5000;

/** Between two messages that files are not as they were, ms. */
const FILES_TOLD_EVERY = 100;

export class OpenSession {
  readonly #volume: Volume;
  readonly #storage: SessionSummary['storage'];
  readonly #look: boolean;
  readonly #listener: OpenSessionListener;
  readonly #historyFile: HiddenFile;
  readonly #codeFile: HiddenFile;
  readonly #notebookFile: HiddenFile;
  readonly #settingsFile: HiddenFile;
  readonly #packages: PackageList;
  readonly #calls: CheckpointCalls;
  readonly #capsules: CapsuleDownloads;
  readonly #files: FileCalls;
  /** While it is set, changes of files were told a moment ago. */
  #filesTold: ReturnType<typeof setTimeout> | undefined;
  #filesChanged = false;
  #settings: Settings;
  #history: History;
  #channel: DiskChannel | null = null;
  /** A state file that was read and checked, until it is used or a run begins. */
  #staged: Staged | null = null;
  /** Why the store takes nothing more. */
  #failure: Error | null = null;
  #saved: number | null;
  /** A run has ended since the volume was last tidied, or there is more to tidy. */
  #untidy = true;
  /** There may be checkpoints that have had their time. */
  #thinning = false;

  constructor({ volume, needs, storage, look }: OpenVolume, listener: OpenSessionListener) {
    this.#volume = volume;
    this.#storage = storage;
    this.#look = look;
    this.#listener = listener;
    this.#historyFile = new HiddenFile(volume, HISTORY_FILE);
    this.#codeFile = new HiddenFile(volume, CODE_FILE);
    this.#notebookFile = new HiddenFile(volume, NOTEBOOK_FILE);
    this.#settingsFile = new HiddenFile(volume, SETTINGS_FILE);
    this.#packages = new PackageList(volume, needs?.wheels ?? null);
    this.#capsules = new CapsuleDownloads(volume);
    this.#calls = new CheckpointCalls(this.#host(needs?.baselines ?? null));
    this.#files = new FileCalls(volume);
    this.#settings = parseSettings(this.#settingsFile.read());
    this.#history = this.#readHistory();
    this.#saved = this.#lastWritten();
  }

  summary(): SessionSummary {
    const notebook = this.#notebookFile.read();
    return { ...this.#outline(), notebook: notebook && new TextDecoder().decode(notebook) };
  }

  #code(): string | null {
    const code = this.#codeFile.read();
    return code && new TextDecoder('utf-8', { ignoreBOM: true }).decode(code);
  }

  #outline(): SessionOutline {
    const code = this.#code();
    const broken = this.#history.brokenLines;
    const lines = this.#historyFile.damaged
      ? 'The run history is damaged and could not be read.'
      : broken > 0
        ? `${broken} ${broken === 1 ? 'line' : 'lines'} of the run history could not be read and ${broken === 1 ? 'is' : 'are'} left out.`
        : null;
    const editor = this.#codeFile.damaged ? 'The text of the editor is damaged and could not be read.' : null;
    this.#notebookFile.read();
    const outputs = this.#notebookFile.damaged ? 'The outputs of the notebook are damaged and could not be read.' : null;
    return {
      storage: this.#storage,
      code,
      runs: this.#history.runs,
      history: this.#history.records,
      saved: this.#saved,
      undoable: this.#volume.undoable,
      durability: this.#settings.durability,
      packages: this.#packages.read(),
      hosts: this.#settings.hosts,
      copies: this.#settings.copies,
      damage: [this.#volume.damage, lines, editor, outputs].filter((sentence) => sentence !== null).join(' ') || null,
    };
  }

  /** Gives a new sandbox the disk, and what it is to go on from; one before it is no longer heard. */
  async attach({ disk, waker, resume, baseline }: KeeperCalls['attach']['argument']): Promise<AttachReport> {
    this.#channel?.close();
    this.#volume.takeBack();
    let inode = this.#volume.nextInode;
    for (const file of this.#hiddenFiles) file.reserve(inode++);
    // What a sandbox reads from is left alone from here on, so this is the time to clean it.
    const end = performance.now() + CLEANED_BEFORE_ATTACHING;
    do await this.tidy();
    while (this.untidy && performance.now() < end);
    const { image, report } = await this.#calls.resume(resume);
    const channel = await DiskChannel.open(
      this.#volume,
      { disk, waker },
      {
        firstInode: inode,
        resume: image,
        ...(baseline !== undefined && { baseline }),
        keepDisk: () => this.#calls.checkpoints.keepDisk(),
        relaxed: () => this.#settings.durability === 'relaxed',
        onChanged: () => this.#tellFiles(),
        onRejected: (message) => this.#listener.onRejected(message),
        onFailed: (error) => this.#fail(error),
      },
    );
    this.#channel = channel;
    const reason = this.#refusal();
    if (reason) channel.fail(reason);
    return report;
  }

  async attached(argument: KeeperCalls['attached']['argument']): Promise<null> {
    return this.#calls.attached(argument);
  }

  /** Hears the sandbox out, then no more. Succeeds also when the store fails, which is told by itself: a sandbox can always be removed. */
  async fence(): Promise<null> {
    await this.#channel?.drain();
    this.#calls.checkpoints.forgetSandbox();
    if (this.#refusal()) return null;
    try {
      await this.#write(() => this.#volume.flush());
    } catch (error) {
      if (error !== this.#failure) throw error;
    }
    return null;
  }

  async beginRun({ code, document }: KeeperCalls['beginRun']['argument']): Promise<RunRecord> {
    const line = this.#history.beginLine(code, this.#listener.now());
    await this.#write(async () => {
      this.#volume.held = await this.#listener.hasReaders();
      this.#volume.forgetReplaced();
      this.#calls.precedeRun();
      this.#keepCode(document ?? code);
      this.#historyFile.append(line, this.#listener.now());
      // Flushed now, so that a run which the end of the page cuts off is known to have begun.
      this.#volume.flush();
      this.#channel?.refill();
    });
    this.#staged = null;
    this.#history.enter(line);
    return this.#history.get(this.#history.runs) as RunRecord;
  }

  async endRun({ run, status, sequence, capture, notebook }: KeeperCalls['endRun']['argument']): Promise<SavedReport> {
    if (this.#history.get(run)?.status !== 'running') throw new InvalidInputError(`Run ${run} is not going on.`);
    if (status === 'running' || status === 'unfinished') throw new InvalidInputError(`A run cannot end as "${status}".`);
    const problem = sequence === null ? null : await this.#missing(sequence);
    let left: string | null = null;
    const report = await this.#calls.keep({ run, origin: 'run', name: null }, capture, (time) => {
      const line = this.#history.endLine(run, status, time);
      this.#historyFile.append(line, time);
      left = this.#keepNotebook(notebook, time);
      return line;
    });
    this.#grown();
    return this.#savedReport(problem ?? left, report);
  }

  async keepChanges({ capture }: KeeperCalls['keepChanges']['argument']): Promise<SavedReport> {
    if (this.#history.get(this.#history.runs)?.status === 'running')
      throw new InvalidInputError('A run is going on: its end keeps everything.');
    const report = await this.#calls.keepChanges(capture);
    this.#grown();
    return this.#savedReport(null, report);
  }

  async checkpoints(): Promise<CheckpointList> {
    return this.#calls.list();
  }

  async nameCheckpoint(argument: KeeperCalls['nameCheckpoint']['argument']): Promise<CheckpointList> {
    return this.#calls.rename(argument);
  }

  async dropCheckpoint(argument: KeeperCalls['dropCheckpoint']['argument']): Promise<CheckpointList> {
    this.#grown();
    return this.#calls.drop(argument);
  }

  async keepCheckpoint(argument: KeeperCalls['keepCheckpoint']['argument']): Promise<CheckpointList> {
    this.#grown();
    return this.#calls.keepByHand(argument);
  }

  async compare(argument: KeeperCalls['compare']['argument']): Promise<string[]> {
    return this.#calls.compare(argument);
  }

  async moment(argument: KeeperCalls['moment']['argument']): Promise<Moment> {
    return this.#calls.moment(argument);
  }

  async restore({ checkpoint, reason }: KeeperCalls['restore']['argument']): Promise<SessionSummary> {
    if (reason !== 'undo' && reason !== 'restore') throw new InvalidInputError(`There is no reason "${String(reason)}" to go back.`);
    this.#grown();
    return this.#replace(() => this.#calls.checkpoints.restore(checkpoint, `before-${reason}`, this.#listener.now()));
  }

  async saveCode({ code, notebook }: KeeperCalls['saveCode']['argument']): Promise<SavedReport> {
    const problem = await this.#write(() => {
      const edited = this.#keepCode(code);
      const left = this.#keepNotebook(notebook, this.#listener.now());
      // Where a person was in it is not worth a flush.
      if (edited) this.#volume.flush();
      return left;
    });
    return this.#savedReport(problem, null);
  }

  async setDurability({ durability }: KeeperCalls['setDurability']['argument']): Promise<null> {
    if (durability !== 'stable' && durability !== 'relaxed') throw new InvalidInputError(`There is no durability "${String(durability)}".`);
    return this.#set({ ...this.#settings, durability });
  }

  async setHosts({ hosts }: KeeperCalls['setHosts']['argument']): Promise<null> {
    if (!isHosts(hosts)) throw new InvalidInputError('That is no list of hosts. Nothing was changed.');
    return this.#set({ ...this.#settings, hosts: [...hosts] });
  }

  async noteCopy({ what }: KeeperCalls['noteCopy']['argument']): Promise<Copies> {
    if (what !== 'made' && what !== 'reminded') throw new InvalidInputError(`Nothing called "${String(what)}" is noted of copies.`);
    await this.#set({ ...this.#settings, copies: { ...this.#settings.copies, [what]: this.#listener.now() } });
    return this.#settings.copies;
  }

  async #set(settings: Settings): Promise<null> {
    await this.#write(() => {
      this.#settingsFile.replace(serializeSettings(settings), this.#listener.now());
      this.#volume.flush();
    });
    this.#settings = settings;
    return null;
  }

  async files(): Promise<FileReport[]> {
    return this.#files.list();
  }

  async filesAt(argument: KeeperCalls['filesAt']['argument']): Promise<FileReport[]> {
    return this.#files.listAt(argument);
  }

  async readFile(argument: KeeperCalls['readFile']['argument']): Promise<FilePart> {
    return this.#files.read(argument);
  }

  async precedeChange({ path }: KeeperCalls['precedeChange']['argument']): Promise<number | null> {
    return this.#files.exists(path) ? this.#write(() => this.#calls.keepFiles()) : null;
  }

  async settleFiles({ sequence, keep }: KeeperCalls['settleFiles']['argument']): Promise<SavedReport> {
    const problem = sequence === null ? null : await this.#missing(sequence);
    await this.#write(() => {
      if (keep && this.#history.get(this.#history.runs)?.status !== 'running') this.#calls.keepFiles();
      this.#volume.flush();
      // A change of many files spends what a run would have.
      this.#channel?.refill();
    });
    this.#grown();
    return this.#savedReport(problem, null);
  }

  /** Notes that the session is about to rely on wheels that all sessions share. */
  async needWheels({ sha256s }: KeeperCalls['needWheels']['argument']): Promise<null> {
    this.#requireWritable();
    await this.#packages.need(sha256s);
    return null;
  }

  async setPackages({ packages }: KeeperCalls['setPackages']['argument']): Promise<null> {
    await this.#write(() => {
      this.#packages.write(packages, this.#listener.now());
      this.#volume.flush();
    });
    return null;
  }

  async about(): Promise<SessionAbout> {
    let bytes = 0;
    for (const { entry } of userEntries(this.#volume)) bytes += entry.size;
    return { firstLine: firstLineOf(this.#code() ?? '', LONGEST_FIRST_LINE), bytes };
  }

  async report(): Promise<StateReport> {
    return { summary: this.#outline(), ...reportFiles(this.#volume), stored: this.#volume.stored };
  }

  async download(argument: KeeperCalls['download']['argument']): Promise<DownloadResult> {
    return download(this.#volume, this.#outline(), argument, this.#listener.now());
  }

  async measureCapsule(): Promise<CapsuleMeasure> {
    return measureCapsule(this.#volume);
  }

  /** Takes hold of the session as it is now for a capsule. */
  async beginCapsule(
    choice: CapsuleChoice,
    options: { signal: AbortSignal; onProgress(done: number, total: number): void },
  ): Promise<CapsuleDownload> {
    const { checkpoints } = this.#calls;
    return this.#capsules.begin(choice, this.summary(), {
      ...options,
      changed: () => checkpoints.changedSinceImage(),
      now: this.#listener.now(),
    });
  }

  async stage(argument: KeeperCalls['stage']['argument']): Promise<null> {
    this.#staged = null;
    this.#staged = await orNothingChanged(stagedOf(argument, this.#listener.now()));
    return null;
  }

  async upload(): Promise<SessionSummary> {
    const staged = this.#staged;
    if (!staged) throw new DormouseError('busy', 'There is no state file to be taken over: choose it again.');
    const summary = await this.#replace(async () => {
      // What cannot be written to (it is damaged) cannot be kept either; it stays for `undoReplace`.
      if (staged.keepsPresent && this.#refusal() === null) await this.#write(() => this.#calls.keepFiles());
      await this.#volume.replace('upload', operationsOf(staged.state, this.#volume.nextInode, this.#listener.now(), staged.kept));
    });
    this.#staged = null;
    return summary;
  }

  async clear(): Promise<SessionSummary> {
    return this.#replace(() => this.#volume.replace('clear', []));
  }

  async undoReplace(): Promise<SessionSummary> {
    if (!this.#volume.undoable) throw new DormouseError('busy', 'There is nothing to bring back: a run has begun since.');
    return this.#replace(() => this.#volume.undoReplace());
  }

  /** Whether `tidy` has something to do. */
  get untidy(): boolean {
    return this.#untidy && this.#refusal() === null && this.#history.get(this.#history.runs)?.status !== 'running';
  }

  /** Gives back some space that nothing needs, so that whoever calls meanwhile waits for a bit of it only. Never rejects. */
  async tidy(): Promise<void> {
    if (!this.untidy) return;
    try {
      this.#volume.held = await this.#listener.hasReaders();
      if (this.#history.overgrown) {
        const bytes = this.#history.serialize();
        this.#historyFile.replace(bytes, this.#listener.now());
        this.#history.replaced(bytes);
      }
      await this.#volume.replenish();
      // Not before the first run: who waits for a session to open does not wait for that.
      this.#thinning &&= this.#calls.checkpoints.retention.thin(this.#listener.now(), this.#channel?.heldDisk ?? null);
      this.#untidy = this.#volume.clean(CLEANED_AT_ONCE) || this.#thinning;
    } catch (error) {
      this.#untidy = false;
      this.#thinning = false;
      // Without room everything stays as it is: nothing is lost, the next run's end tries again.
      if (!(error instanceof NoSpaceError)) this.#fail(error);
    }
  }

  /** Lets go of the sandbox and the store. */
  async close(): Promise<void> {
    clearTimeout(this.#filesTold);
    this.#channel?.close();
    if (!this.#refusal()) {
      try {
        this.#calls.checkpoints.withdraw(this.#listener.now());
      } catch (error) {
        // Then it counts as a failure: the next one may still go well.
        if (!(error instanceof NoSpaceError || error instanceof StorageError)) throw error;
      }
    }
    this.#volume.close();
  }

  #tellFiles(): void {
    if (this.#filesTold !== undefined) {
      this.#filesChanged = true;
      return;
    }
    this.#filesChanged = false;
    this.#listener.onFiles();
    this.#filesTold = setTimeout(() => {
      this.#filesTold = undefined;
      if (this.#filesChanged) this.#tellFiles();
    }, FILES_TOLD_EVERY);
  }

  /** Writes the editor's text where it differs from what is kept; says whether. */
  #keepCode(code: string): boolean {
    const bytes = new TextEncoder().encode(code);
    const kept = this.#codeFile.read();
    if (kept !== null && kept.length === bytes.length && kept.every((byte, index) => byte === bytes[index])) return false;
    this.#codeFile.replace(bytes, this.#listener.now());
    return true;
  }

  /** Writes what belongs to the notebook beside its text; a sentence when there is no room for that, which costs the rest nothing. */
  #keepNotebook(notebook: string | undefined, time: number): string | null {
    if (notebook === undefined) return null;
    try {
      this.#notebookFile.update(new TextEncoder().encode(notebook), time);
      return null;
    } catch (error) {
      if (error instanceof NoSpaceError) return 'The outputs could not be kept: there is no room for them.';
      throw error;
    }
  }

  /** Waits for the journal; a sentence when it did not arrive whole. `sequence` is the sandbox's own word. */
  async #missing(sequence: number): Promise<string | null> {
    const channel = this.#channel;
    if (await channel?.reached(sequence, JOURNAL_TIMEOUT)) return null;
    const arrived = channel?.sequence ?? 0;
    if (arrived >= sequence) return null;
    return `Not everything that was written could be saved: ${arrived} of ${sequence} changes of files arrived.`;
  }

  async #replace(action: () => Promise<void>): Promise<SessionSummary> {
    if (this.#channel && !this.#channel.closed)
      throw new DormouseError('busy', 'Python still has the files of this session: it has to be stopped first. Nothing was changed.');
    // A damaged store can be replaced, one that fails cannot.
    if (this.#failure || this.#look) this.#requireWritable();
    try {
      await orNothingChanged(action());
    } catch (error) {
      if (error instanceof StorageError) this.#fail(error);
      throw error;
    }
    for (const file of this.#hiddenFiles) file.reserve(null);
    this.#calls.checkpoints.forgetSandbox();
    this.#settings = parseSettings(this.#settingsFile.read());
    this.#history = this.#readHistory();
    this.#saved = this.#listener.now();
    return this.summary();
  }

  /** Carries out a change of the store that ends with a flush. */
  async #write<Result>(action: () => Result | Promise<Result>): Promise<Result> {
    this.#requireWritable();
    try {
      const result = await action();
      this.#saved = this.#listener.now();
      return result;
    } catch (error) {
      if (error instanceof StorageError) this.#fail(error);
      throw error;
    }
  }

  #requireWritable(): void {
    const reason = this.#refusal();
    if (reason) throw reason;
  }

  #refusal(): Error | null {
    if (this.#look) return new DormouseError('busy', 'Another tab has this session: here it can only be looked at.');
    if (this.#failure)
      return new StorageError(`Nothing more is kept since the store failed: ${this.#failure.message}`, { cause: this.#failure });
    if (!this.#volume.readOnly) return null;
    return new DormouseError('damaged', `This session can only be read: ${this.#volume.damage ?? 'its store is damaged.'}`);
  }

  #fail(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new StorageError(messageOf(thrown));
    // A volume without room goes on; only the sandbox whose change did not fit is out of step with it.
    if (!(error instanceof NoSpaceError)) this.#failure ??= error;
    this.#channel?.fail(error);
    this.#listener.onFailed(error);
  }

  #savedReport(problem: string | null, checkpoint: CheckpointReport | null): SavedReport {
    return { saved: this.#saved ?? this.#listener.now(), history: this.#history.records, problem, checkpoint };
  }

  get #hiddenFiles(): HiddenFile[] {
    const { files } = this.#calls.checkpoints;
    return [this.#historyFile, this.#codeFile, this.#notebookFile, this.#settingsFile, this.#packages.file, ...files];
  }

  /** There may be something to tidy up. */
  #grown(): void {
    this.#untidy = true;
    this.#thinning = true;
  }

  #host(baselines: SessionNeeds | null): CheckpointHost {
    const history = () => this.#history;
    const channel = () => this.#channel;
    return {
      volume: this.#volume,
      baselines,
      get history() {
        return history();
      },
      get channel() {
        return channel();
      },
      now: () => this.#listener.now(),
      refusal: () => this.#refusal(),
      write: (action) => this.#write(action),
    };
  }

  #readHistory(): History {
    return History.parse(this.#historyFile.read() ?? new Uint8Array());
  }

  /** The keeper's own files are flushed whenever they are written. */
  #lastWritten(): number | null {
    const times = [this.#historyFile.modified, this.#codeFile.modified].filter((time) => time !== null);
    return times.length > 0 ? Math.max(...times) : null;
  }
}

/** Adds to a refusal that the session is as it was. Not when the store failed: then it has to be opened to know. */
async function orNothingChanged<Result>(promise: Promise<Result>): Promise<Result> {
  try {
    return await promise;
  } catch (error) {
    if (!isDormouseError(error) || error.code === 'storage' || error.message.includes('Nothing was changed')) throw error;
    throw new DormouseError(error.code, `${error.message} Nothing was changed.`, { cause: error });
  }
}
