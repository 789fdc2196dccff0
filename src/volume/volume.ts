/**
 * A session's disk: a log of segments, copy-on-write trees over it, and snapshots that cost a reference. See docs/volume-format.md for
 * the bytes and the invariants, recovery.ts for what a crash may leave.
 *
 * Everything but opening files is synchronous, so that a change is whole before the next message is read.
 */
import { DormouseError, InvalidInputError, isDormouseError, messageOf, NoSpaceError, StorageError } from '../base/errors';
import { checkFileOperation, type FileOperation } from '../base/file-operation';
import { Checkpoints } from './checkpoints';
import { addedBytes, changedInodes } from './differences';
import type { VolumeEntry } from './file-tree';
import { FileView } from './file-view';
import { FORMAT_VERSION, SUPER_FILE } from './format';
import { checkState, type FsckReport } from './fsck';
import type { VolumeOperation } from './operation-codec';
import { newIdentity, type Recovery, recover } from './recovery';
import { type Segment, SegmentFiles } from './segment-files';
import { LARGEST_SEGMENT, SegmentLog } from './segment-log';
import { snapshotSize } from './snapshot-size';
import type { Store, SyncFile } from './store';
import { hasLog, type Migrated, migrate, removeLogs } from './version-1/migrate';
import { type Snapshot, VolumeState } from './volume-state';
import { MOST_REPLAYED, Writer } from './writer';

export interface VolumeOptions {
  /** The time, milliseconds since 1970; default `Date.now`. */
  now?: () => number;
  /** Room held back for deleting and for checkpoints, bytes; default 512 KiB. */
  slack?: number;
  /** Nothing is cleaned for less garbage than this, bytes; default 16 MiB. */
  leastGarbage?: number;
  /** The usual size of a segment, bytes; default 8 MiB, and more in a large volume. */
  segmentSize?: number;
  /** How much log may be replayed at the next opening, bytes; default 16 MiB, and more in a large volume. */
  replay?: number;
}

const KIB = 1024;
const MIB = KIB * KIB;
const DEFAULTS = { now: () => Date.now(), slack: 512 * KIB, leastGarbage: 16 * MIB, segmentSize: 8 * MIB, replay: 16 * MIB };
/** Empty segments that are kept open, so that the log can go on without waiting for the store; one of them for sealing alone. */
const SPARES = 7;
/** A spare may grow to so many times the usual size, at least, before another is needed. */
const GROWN = 4;
/** A newest segment of more than this is sealed before it is handed out, bytes; a smaller one is copied. */
const LARGEST_COPY = MIB;
/** What may have grown meanwhile: sealing it then would give up the room that is held ready in it. */
const LARGEST_COPY_GROWN = 16 * MIB;

export class Volume extends FileView {
  readonly #options: Required<VolumeOptions>;
  readonly #files: SegmentFiles;
  readonly #superFile: SyncFile;
  readonly #recovery: Recovery;
  readonly #state: VolumeState;
  /** Null while nothing may be written: the volume is damaged, or of a later version. */
  #writer: Writer | null = null;
  #problem: string | null;
  #failure: StorageError | null = null;
  /** Whether the newest superblock is of an earlier version, whose code knows less than this writes. */
  #earlier: boolean;
  /** Whether an asynchronous change of state is under way. */
  #replacing = false;

  private constructor(options: Required<VolumeOptions>, files: SegmentFiles, superFile: SyncFile, recovery: Recovery) {
    super(() => recovery.state.current, recovery.state.objects, files);
    this.#options = options;
    this.#files = files;
    this.#superFile = superFile;
    this.#recovery = recovery;
    this.#state = recovery.state;
    this.#problem = recovery.problem;
    this.#earlier = recovery.version < FORMAT_VERSION;
  }

  /**
   * Opens what the store holds, or a new volume in an empty one: the fixed directories of INODE, nothing else. A log of version 1
   * is taken over.
   * @throws DormouseError `unsupported` for a volume of a later version that cannot be read, which stays untouched; NoSpaceError
   *   when there is no room for a new one; StorageError when the store fails
   */
  static async open(store: Store, options: VolumeOptions = {}): Promise<Volume> {
    const settings = { ...DEFAULTS, ...options };
    const begin = async () => {
      const superFile = await store.open(SUPER_FILE);
      const files = await SegmentFiles.open(store).catch((error) => {
        superFile.close();
        throw error;
      });
      return { superFile, files };
    };
    const { superFile, files } = await begin();
    try {
      const fromLog = await hasLog(store);
      const recovery = recover(files, superFile, fromLog);
      if (recovery) {
        const volume = new Volume(settings, files, superFile, recovery);
        if (recovery.problem === null) await volume.#resume();
        if (fromLog && !volume.readOnly) {
          // The page that took it over may have been killed before that was on stable storage.
          volume.flush();
          superFile.flush();
          await removeLogs(store);
        }
        return volume;
      }
      const volume = new Volume(settings, files, superFile, newVolume(files, settings.now()));
      await migrate(store, settings.now(), (content) => volume.#begin(content));
      return volume;
    } catch (error) {
      files.close();
      superFile.close();
      throw error;
    }
  }

  /** A sentence when something that was saved cannot be read, or must not be changed; then the volume is read-only. */
  get damage(): string | null {
    return this.#problem ?? (this.#state.loss?.snapshot === 0 ? this.#state.loss.sentence : null);
  }

  /** Bytes of interrupted, never flushed records that were cut off at opening. */
  get cut(): number {
    return this.#recovery.cut;
  }

  /** Whether nothing more is accepted: the volume is damaged, or writing failed (until it is opened again). */
  get readOnly(): boolean {
    return this.#failure !== null || this.#writer === null || this.damage !== null;
  }

  /** What `undoReplace` would take back. */
  get undoable(): 'upload' | 'clear' | null {
    const name = this.#replaced()?.name;
    return name === 'replaced by upload' ? 'upload' : name === 'replaced by clear' ? 'clear' : null;
  }

  /** At least INODE.firstFree and above every inode number that was ever used, in any state. */
  get nextInode(): number {
    return this.#state.nextInode;
  }

  /** Bytes of all files, room held ready included. */
  get stored(): number {
    return this.#files.size + this.#superFile.size();
  }

  /** Bytes of everything that a state needs, the kept ones included. */
  get live(): number {
    let bytes = 0;
    for (const usage of this.#state.usage().values()) bytes += usage.bytes;
    return bytes;
  }

  /**
   * Checks an operation, writes its record and carries it out. It is not on stable storage before `flush`.
   * @throws InvalidInputError when the tree does not allow it and NoSpaceError when there is no room, with nothing changed;
   *   StorageError when the volume is read-only or fails now
   */
  apply(operation: FileOperation): void {
    this.#change({ type: 'file', staged: false, operation });
  }

  /** Writes the records of what `action` applies in one piece, also when it throws: what was applied before stays. */
  together(action: () => void): void {
    const { log } = this.#writable();
    let thrown: unknown;
    this.#attempt(() =>
      log.batch(() => {
        try {
          action();
        } catch (error) {
          thrown = error;
        }
      }),
    );
    if (thrown !== undefined) throw thrown;
  }

  /**
   * Makes room for records of `bytes` in all (see `costOf`) and returns how many bytes there are room for now: more, less,
   * or 0 when the quota is out.
   * @throws StorageError when the volume is read-only or fails now
   */
  reserve(bytes: number): number {
    const writer = this.#writable();
    return this.#attempt(() => writer.reserve(bytes));
  }

  /**
   * Returns when everything applied is on stable storage.
   * @param stable called as soon as it is; the log makes a note of it afterwards, for which nobody has to wait
   * @throws StorageError; the volume is read-only from then on, and what of the operations since the last flush is kept
   *   shows when it is opened again
   */
  flush(stable?: () => void): void {
    const { log } = this.#writable();
    try {
      log.flush(stable);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Keeps the present state under a new number; costs one record. On stable storage with the next flush. */
  createSnapshot(name: string): Snapshot {
    const id = this.#state.nextSnapshot;
    this.#change({ type: 'snapshot', id, name, time: this.#options.now() });
    return this.#state.snapshot(id);
  }

  /** The kept states, oldest first. */
  get snapshots(): readonly Snapshot[] {
    return [...this.#state.snapshots.values()];
  }

  /** The number that the next snapshot gets. Numbers are never used again. */
  get nextSnapshot(): number {
    return this.#state.nextSnapshot;
  }

  /** The snapshot that the present state continues: the one taken of it last, or that it went back to; null when there is none. */
  get parent(): number | null {
    return this.#state.parent || null;
  }

  /** The files of a kept state. @throws InvalidInputError when there is no such snapshot */
  openSnapshot(id: number): FileView {
    const tree = this.#state.treeOf(this.#state.snapshot(id).root);
    return new FileView(() => tree, this.#state.objects, this.#files);
  }

  /** Bytes of content that only this snapshot needs: what dropping it would give back. */
  snapshotSize(id: number): number {
    return snapshotSize(this.#state, this.#state.snapshot(id).root);
  }

  /** Gives a kept state another name. On stable storage with the next flush. @throws InvalidInputError when there is no such snapshot */
  labelSnapshot(id: number, name: string): void {
    this.#state.snapshot(id);
    this.#change({ type: 'label', id, name });
  }

  /**
   * The nodes that differ between two states in their content, kind, name, folder or target, or are in one of them only. What the
   * states share is not looked at.
   * @param before a snapshot; null for the present state, also for `after`
   */
  changedInodes(before: number | null, after: number | null): Set<number> {
    return changedInodes(this.#state.trees, this.#rootOf(before), this.#rootOf(after));
  }

  /** About how many bytes of content one state has that another does not. */
  addedBytes(before: number | null, after: number | null): number {
    return addedBytes(this.#state.trees, this.#rootOf(before), this.#rootOf(after));
  }

  /** Makes a kept state the present one, which is given up unless a snapshot holds it. */
  restoreSnapshot(id: number): void {
    this.#state.snapshot(id);
    this.#change({ type: 'restore', id, drop: false });
  }

  /** Gives a kept state up; its room comes back with cleaning. */
  dropSnapshot(id: number): void {
    this.#state.snapshot(id);
    this.#change({ type: 'drop', id });
  }

  /**
   * Replaces everything by the outcome of `operations` on a new tree, durably and in one step; what there was stays for
   * `undoReplace`. Also possible when the volume is damaged. Whatever is thrown, the present state is as it was.
   * @throws InvalidInputError, NoSpaceError, StorageError, and what `operations` throws
   */
  async replace(origin: 'upload' | 'clear', operations: Iterable<FileOperation>): Promise<void> {
    await this.#exchange(
      { type: 'stage', time: this.#options.now() },
      `replaced by ${origin}`,
      operations,
      () => this.#replaced()?.id ?? 0,
    );
  }

  /**
   * Goes back to a kept state with some changes, durably and in one step; what there was stays as a snapshot, whose number is
   * returned. Whatever is thrown, the present state is as it was.
   * @param name of the new snapshot
   * @throws InvalidInputError, NoSpaceError, StorageError, and what `operations` throws
   */
  async goBack(id: number, name: string, operations: Iterable<FileOperation>): Promise<number> {
    this.#state.snapshot(id);
    return this.#exchange({ type: 'branch', id }, name, operations, () => 0);
  }

  async #exchange(
    begin: Extract<VolumeOperation, { type: 'stage' | 'branch' }>,
    name: string,
    operations: Iterable<FileOperation>,
    forgotten: () => number,
  ): Promise<number> {
    this.#checkWorking();
    if (this.#replacing) throw new DormouseError('busy', 'The session is being replaced already.');
    this.#replacing = true;
    try {
      await this.replenish();
      if (this.damage !== null) await this.#repair(this.damage);
      this.#write(begin);
      for (const operation of operations) {
        if ((this.#writer?.log.spares ?? 0) < 2) await this.replenish();
        this.#write({ type: 'file', staged: true, operation });
      }
      const id = this.#state.nextSnapshot;
      this.#write({ type: 'adopt', id, name, time: this.#options.now(), drop: forgotten() });
      this.flush();
      return id;
    } catch (error) {
      // Replaying begins and gives up the same; it needs no record.
      this.#giveUpStaged();
      throw error;
    } finally {
      this.#replacing = false;
    }
  }

  /**
   * Goes back to what the last `replace` replaced, durably; what came after is gone.
   * @throws InvalidInputError when there is nothing to go back to
   */
  async undoReplace(): Promise<void> {
    const target = this.#replaced();
    if (!target) throw new InvalidInputError('There is nothing to bring back.');
    this.#change({ type: 'restore', id: target.id, drop: true });
    this.flush();
  }

  /** Removes what `undoReplace` would have brought back; does nothing when there is nothing. Not durable before the next flush. */
  forgetReplaced(): void {
    const target = this.#replaced();
    if (target) this.#change({ type: 'drop', id: target.id });
  }

  /** Notes the whole state, so that opening has nothing to replay. @throws NoSpaceError, StorageError */
  checkpoint(): void {
    const { checkpoints } = this.#writable();
    this.#attempt(() => checkpoints.write());
  }

  /**
   * Gives back space: looks at some of what snapshots gave up and moves up to about `budget` bytes. Says whether there is more.
   * @throws StorageError when the store fails
   */
  clean(budget: number): boolean {
    const writer = this.#writable();
    return this.#attempt(() => writer.clean(budget));
  }

  /**
   * Opens segments ahead of their use. To be called now and then: nothing else here waits for the store.
   * @param bytes what is about to be written in one go, so that room for it is not wanting for a segment
   */
  async replenish(bytes = 0): Promise<void> {
    const log = this.#writer?.log;
    if (!log || this.#failure) return;
    log.limit = this.#segmentSize();
    await log.replenish(SPARES + Math.ceil(bytes / (GROWN * log.limit)));
  }

  /** Checks everything against everything, changing nothing: see fsck.ts. */
  check(): FsckReport {
    return checkState(this.#state, this.#files);
  }

  /** While true no segment is emptied: another reader has announced itself. */
  set held(held: boolean) {
    if (this.#writer) this.#writer.checkpoints.held = held;
  }

  /** Makes that little has to be copied by `handOut`; to be called before room is made for what will be written then. */
  seal(): void {
    const log = this.#writer?.log;
    if (log && !this.readOnly && log.position.offset > LARGEST_COPY) this.#attempt(() => log.trySeal());
  }

  /**
   * The bytes of all segments for reading later, elsewhere, by the locations of `extents`. They stay readable while the volume is
   * open: until the next call, or `takeBack`, the cleaner leaves those segments alone, and a segment that is emptied held only what was removed or
   * overwritten meanwhile.
   */
  async handOut(): Promise<Map<number, Blob>> {
    const log = this.#writer?.log;
    if (log && !this.#failure && log.position.offset > LARGEST_COPY_GROWN) this.#attempt(() => log.trySeal());
    const head = log?.position;
    const usage = this.#state.usage();
    const blobs = new Map<number, Blob>();
    for (const number of usage.keys()) {
      if (number !== head?.segment) blobs.set(number, await this.#files.snapshot(number));
    }
    if (head) blobs.set(head.segment, new Blob([this.#files.readAt(head.segment, 0, head.offset)]));
    // What was copied can be emptied.
    if (this.#writer) this.#writer.pinned = new Set([...usage.keys()].filter((number) => number !== head?.segment));
    return blobs;
  }

  /** What was handed out is not needed any more. */
  takeBack(): void {
    if (this.#writer) this.#writer.pinned = new Set();
  }

  /** All nodes but the root, parents before their children. What cannot be read is left out, and told by `damage`. */
  override entries(): VolumeEntry[] {
    return super.entries((error) => {
      this.#problem ??= `The session's storage is damaged (${error.message}). What could be read is here; nothing more is saved. Download what you need, then clear the session.`;
    });
  }

  /** Lets go of the files and of room held ready. Does not flush; nothing can be changed afterwards. Closing twice is fine. */
  close(): void {
    if (!this.#failure) {
      try {
        this.#writer?.log.release();
      } catch {
        // It only takes room; the next opening uses it.
      }
    }
    this.#failure ??= new StorageError('The session was closed.');
    this.#files.close();
    this.#superFile.close();
  }

  #replaced(): Snapshot | undefined {
    return this.snapshots.findLast(({ name }) => name.startsWith('replaced by '));
  }

  #rootOf(id: number | null): number {
    return id === null ? this.#state.current.root : this.#state.snapshot(id).root;
  }

  #segmentSize(): number {
    const { segmentSize } = this.#options;
    return Math.max(segmentSize, Math.min(LARGEST_SEGMENT, Math.floor(this.#files.size / 8)));
  }

  /** Begins to write where the log ends. */
  async #resume(): Promise<void> {
    const { identity, position, cut, replayed } = this.#recovery;
    if (cut > 0) cutOff(this.#files, position.segment, position.offset, position.ordinal);
    this.#writer = this.#writerOn(new SegmentLog(this.#files, identity, position, this.#segmentSize()));
    await this.replenish();
    // What was being put together when the page ended will not be finished.
    this.#giveUpStaged();
    if (replayed.bytes > this.#options.replay / 2 || replayed.operations > MOST_REPLAYED / 2) this.#writer.tryCheckpoint();
  }

  #giveUpStaged(): void {
    const state = this.#state;
    if (state.staged) state.trees.release(state.staged.root);
    state.staged = null;
  }

  /** Makes a new volume that holds what was there before. It exists from the first superblock on. */
  async #begin({ operations, nextInode, loss }: Migrated): Promise<void> {
    const { identity, position, state } = this.#recovery;
    for (const segment of this.#files.all()) {
      segment.file.truncate(0);
      segment.size = 0;
      segment.header = null;
    }
    const first = this.#files.all()[0] ?? (await this.#newSegment());
    this.#writer = this.#writerOn(SegmentLog.begin(this.#files, identity, first, this.#segmentSize(), position));
    await this.replenish();
    for (const operation of operations) {
      if (this.#writer.log.spares < 2) await this.replenish();
      this.#writer.append({ type: 'file', staged: false, operation: checkFileOperation(operation) });
    }
    state.nextInode = Math.max(state.nextInode, nextInode);
    if (loss !== null) state.loss = { sentence: loss, snapshot: 0 };
    this.#writer.checkpoints.write();
  }

  /** Goes on behind everything that cannot be read, so that a damaged volume can be replaced; what is sound stays reachable. */
  async #repair(sentence: string): Promise<void> {
    const { state, position, identity, later } = this.#recovery;
    if (later) throw new DormouseError('unsupported', sentence);
    if (!this.#writer) {
      const spare = this.#files.all().find(({ size }) => size === 0) ?? (await this.#newSegment());
      const last = Math.max(position.ordinal, ...this.#files.all().map(({ header }) => header?.ordinal ?? 0));
      // Far above what unread records may be numbered.
      const from = { ordinal: last + 1, sequence: position.sequence + 2 ** 32, before: 0 };
      this.#writer = this.#writerOn(SegmentLog.begin(this.#files, identity, spare, this.#segmentSize(), from));
      await this.replenish();
    }
    this.#problem = null;
    state.loss = { sentence, snapshot: 0 };
    this.#attempt(() => this.#writer?.checkpoints.write());
  }

  async #newSegment(): Promise<Segment> {
    const segment = await this.#files.create();
    if (!segment) throw new NoSpaceError('The browser gives no room for a new session.');
    return segment;
  }

  #writerOn(log: SegmentLog): Writer {
    const { identity, generation, created, replayFrom } = this.#recovery;
    const checkpoints = new Checkpoints(this.#files, this.#superFile, this.#state, log, { ...identity, generation, created, replayFrom });
    return new Writer(this.#files, this.#state, log, checkpoints, this.#options);
  }

  /** A change from outside: not while the session is being replaced, nor while it is damaged. */
  #change(operation: VolumeOperation): void {
    if (this.#replacing) throw new DormouseError('busy', 'The session is being replaced; nothing can be changed meanwhile.');
    if (this.damage !== null && operation.type !== 'restore') throw new StorageError(this.damage);
    this.#write(operation);
  }

  #write(operation: VolumeOperation): void {
    const writer = this.#writable();
    if (this.#earlier && (operation.type === 'branch' || operation.type === 'label')) {
      // Code of the version before must not come as far as such a record.
      this.#attempt(() => writer.checkpoints.write());
      this.#earlier = false;
    }
    if (operation.type === 'file') {
      // The same check as at replay: what is accepted has to be readable later.
      const checked = { ...operation, operation: checkFileOperation(operation.operation) };
      (operation.staged ? this.#state.staged : this.#state.current)?.check(checked.operation);
      this.#attempt(() => writer.append(checked));
    } else {
      this.#attempt(() => writer.append(operation));
    }
    this.#attempt(() => writer.keepUp());
  }

  #writable(): Writer {
    this.#checkWorking();
    if (!this.#writer) throw new StorageError(this.damage ?? 'The session is read-only.');
    return this.#writer;
  }

  #checkWorking(): void {
    if (this.#failure) throw new StorageError(this.#failure.message, { cause: this.#failure });
  }

  /** Fails the volume for everything but a lack of room. */
  #attempt<Result>(action: () => Result): Result {
    try {
      return action();
    } catch (error) {
      if (error instanceof NoSpaceError || (isDormouseError(error) && error.code === 'invalid')) throw error;
      throw this.#fail(error);
    }
  }

  #fail(cause: unknown): StorageError {
    this.#failure ??= new StorageError(
      `Saving failed (${messageOf(cause)}). What was saved before is kept; open the session again to go on.`,
      { cause },
    );
    return this.#failure;
  }
}

export type { VolumeEntry };

/** What `recover` would find in a volume that nothing was written to. */
function newVolume(files: SegmentFiles, now: number): Recovery {
  return {
    identity: newIdentity(),
    state: VolumeState.create((location, what) => files.read(location, what), now),
    position: { segment: 0, offset: 0, ordinal: 1, sequence: 1, before: 0 },
    version: FORMAT_VERSION,
    generation: 0,
    created: now,
    replayFrom: 1,
    replayed: { bytes: 0, operations: 0 },
    cut: 0,
    problem: null,
    later: false,
  };
}

/** Removes what is behind the log's end: stale records must not come after new ones. */
function cutOff(files: SegmentFiles, head: number, offset: number, ordinal: number): void {
  for (const segment of files.all()) {
    const later = segment.header !== null && segment.header.ordinal > ordinal;
    const size = segment.number === head ? offset : later || segment.header === null ? 0 : null;
    if (size === null || segment.size <= size) continue;
    segment.file.truncate(size);
    segment.file.flush();
    segment.size = size;
    if (size === 0) segment.header = null;
  }
}
