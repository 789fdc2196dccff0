/**
 * The files of one session, kept: the simplest honest store. Every operation is one checksummed record at the end of a log;
 * opening replays the log into memory. See docs/architecture.md, "The volume".
 *
 * Invariants:
 * - A live record is never overwritten: a log only grows at its end, and room is won back by writing a new generation.
 * - What opening finds is a prefix of the operations that `apply` accepted; it holds everything before the last `flush` that
 *   returned and, after a mere process kill, everything.
 * - Where a record is bad, reading stops. When something that was flushed is missing, that is `damage`: it is reported,
 *   the volume is read-only and its file untouched; it is never shortened in silence.
 * - A write that fails leaves the end of the log where it was; the next record goes to the same place.
 * - A rename that replaces something is one record, so a crash leaves the old or the new.
 * - Checksums are verified when the bytes are read, which is at opening; after that memory is the truth.
 * - Some room is held back that only freeing operations and the keeper's own files may use, so deleting works when full.
 * - A failed flush fails the volume until it is opened again: what the browser or system still holds is unknown then.
 * - A generation counts from its `complete` record on stable storage. One that must not count any more is emptied on stable
 *   storage before the state that it stood for is given up, because the removal of a name may not survive a power loss.
 */
import { DormouseError, InvalidInputError, isDormouseError, messageOf, NoSpaceError, StorageError } from '../base/errors';
import { checkFileOperation, type FileOperation, INODE } from '../base/file-operation';
import {
  buildGeneration,
  emptyLog,
  findGeneration,
  type Generation,
  headerFor,
  readGeneration,
  removeSpent,
  surveyLogs,
  takeGeneration,
  UnknownOutcomeError,
} from './generation';
import type { Log } from './log';
import { generationOf, LOG_HEADER, type LogHeader, logName } from './log-format';
import type { Store, SyncFile } from './store';
import { Tree, type VolumeEntry } from './tree';

export interface VolumeOptions {
  /** The time, milliseconds since 1970; default `Date.now`. */
  now?: () => number;
  /** Room held back for deleting, bytes; default 256 KiB. */
  slack?: number;
  /** `compact` does nothing for less garbage than this, bytes; default 64 MiB. */
  leastGarbage?: number;
  /** The most memory that the contents of all files may take, bytes; default 2 GiB. */
  memory?: number;
}

const KIB = 1024;
const DEFAULTS = { now: () => Date.now(), slack: 256 * KIB, leastGarbage: 64 * KIB * KIB, memory: 2 * KIB * KIB * KIB };
/** A generation that an upload or a clearing replaced and that can be brought back. */
interface Replaced {
  readonly number: number;
  readonly size: number;
}

export class Volume {
  readonly #store: Store;
  readonly #options: Required<VolumeOptions>;
  #current: Generation;
  #replaced: Replaced | null;
  /** Above every generation whose file may still be there. */
  #nextGeneration: number;
  /** Whether an asynchronous change of generation is under way. */
  #switching = false;
  #failure: StorageError | null = null;

  private constructor(
    store: Store,
    options: Required<VolumeOptions>,
    current: Generation,
    replaced: Replaced | null,
    nextGeneration: number,
  ) {
    this.#store = store;
    this.#options = options;
    this.#current = current;
    this.#replaced = replaced;
    this.#nextGeneration = nextGeneration;
  }

  /**
   * Opens what the store holds, or a new volume in an empty one: the fixed directories of INODE, nothing else.
   * @throws DormouseError `unsupported` for logs of a later version, which stay untouched; NoSpaceError when there is no room
   *   for a new one; StorageError when the store fails
   */
  static async open(store: Store, options: VolumeOptions = {}): Promise<Volume> {
    const settings = { ...DEFAULTS, ...options };
    const numbers = (await store.list()).map(generationOf).filter((number) => number !== null);
    numbers.sort((a, b) => b - a);
    const sizes = await surveyLogs(store, numbers);
    const nextGeneration = (numbers[0] ?? 0) + 1;
    const begin = () => {
      const header = headerFor('new', nextGeneration, 0, settings.now());
      return buildGeneration(store, header, settings.slack, () => new Tree(header.created));
    };
    const current = (await findGeneration(store, numbers)) ?? (await begin());
    const named = current.header?.replaced ?? 0;
    const size = sizes.get(named) ?? 0;
    const replaced = size > 0 ? { number: named, size } : null;
    if (current.damage === null) {
      for (const number of numbers) if (number !== current.number && number !== named) await removeSpent(store, number);
    }
    const volume = new Volume(store, settings, current, replaced, Math.max(nextGeneration, current.number + 1));
    try {
      await volume.compact();
    } catch (error) {
      volume.close();
      throw error;
    }
    return volume;
  }

  /** A sentence when flushed records could not be read; then the volume is read-only. */
  get damage(): string | null {
    return this.#current.damage;
  }

  /** Bytes of interrupted, never flushed records that were cut off at opening. */
  get cut(): number {
    return this.#current.cut;
  }

  /** Whether nothing more is accepted: the log is damaged, or writing failed (until it is opened again). */
  get readOnly(): boolean {
    return this.#failure !== null || this.#current.log === null;
  }

  /** What `undoReplace` would take back. */
  get undoable(): 'upload' | 'clear' | null {
    const origin = this.#current.header?.origin;
    return this.#replaced && (origin === 'upload' || origin === 'clear') ? origin : null;
  }

  /** At least INODE.firstFree and above every inode number that this state ever used. */
  get nextInode(): number {
    return this.#current.tree.nextInode;
  }

  /** Bytes of all log files, room held ready included. */
  get stored(): number {
    return (this.#current.log?.size ?? this.#current.file.size()) + (this.#replaced?.size ?? 0);
  }

  /** The sizes of all files together, bytes. */
  get contentSize(): number {
    return this.#current.tree.size;
  }

  /** All nodes but the root, parents before their children. */
  entries(): VolumeEntry[] {
    return this.#current.tree.entries();
  }

  /** The node at a path such as `home/pyodide/notes.txt`, or null. Symbolic links are not followed. */
  lookup(path: string): VolumeEntry | null {
    return this.#current.tree.lookup(path);
  }

  /**
   * The path of a node, without a leading slash; '' for the root.
   * @throws InvalidInputError when there is no such node
   */
  pathOf(inode: number): string {
    return this.#current.tree.pathOf(inode);
  }

  /**
   * A file's bytes, or its first `most`, valid until the next change (a view of the memory where that is possible): copy what
   * has to last.
   * @throws InvalidInputError when there is no such file, NoSpaceError when the memory for a large one is not to be had
   */
  read(inode: number, most?: number): Uint8Array<ArrayBuffer> {
    return this.#current.tree.read(inode, most);
  }

  /**
   * Checks an operation, writes its record and carries it out. It is not on stable storage before `flush`.
   * @throws InvalidInputError when the tree does not allow it and NoSpaceError when there is no room, with nothing changed;
   *   StorageError when the volume is read-only or fails now
   */
  apply(operation: FileOperation): void {
    const { log, tree } = this.#writable();
    // The same check as at replay: what is accepted has to be readable later.
    const checked = checkFileOperation(operation);
    const carryOut = tree.prepare(checked, this.#options.memory);
    this.#attempt(() => {
      const record = log.encodeOperation(checked);
      const end = log.tail + record.length;
      const { slack } = this.#options;
      if (end + slack > log.size) log.grow(end + slack);
      if (end > log.size || (end + slack > log.size && !mayUseSlack(checked, tree))) {
        throw new NoSpaceError('There is no room for more in this session. Delete something, or free space on this device.');
      }
      log.append(record);
    });
    carryOut();
  }

  /**
   * Makes room for records of `bytes` in all (see `costOf`) and returns how many bytes there are room for now: more, less,
   * or 0 when the quota is out.
   * @throws StorageError when the volume is read-only or fails now
   */
  reserve(bytes: number): number {
    const { log } = this.#writable();
    const { slack } = this.#options;
    this.#attempt(() => log.grow(log.tail + bytes + slack));
    return Math.max(0, log.size - slack - log.tail);
  }

  /**
   * Returns when everything applied is on stable storage.
   * @throws StorageError; the volume is read-only from then on, and what of the operations since the last flush is kept
   *   shows when it is opened again
   */
  flush(): void {
    const { log } = this.#writable();
    try {
      log.flush();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /**
   * Replaces everything by the outcome of `operations` on a new tree, durably and in one step; what there was stays for
   * `undoReplace`. Also possible when the volume is damaged. Whatever is thrown, the present state is as it was.
   * @throws InvalidInputError, NoSpaceError, StorageError, and what `operations` throws
   */
  replace(origin: 'upload' | 'clear', operations: Iterable<FileOperation>): Promise<void> {
    return this.#switch(async () => {
      const before = this.#current;
      if (before.log) this.#settle(before.log);
      const header = headerFor(origin, this.#nextGeneration++, before.number, this.#options.now());
      const next = await this.#build(header, (log) => {
        const tree = new Tree(header.created);
        for (const operation of operations) {
          const checked = checkFileOperation(operation);
          const carryOut = tree.prepare(checked, this.#options.memory);
          log.append(log.encodeOperation(checked));
          carryOut();
        }
        return tree;
      });
      const forgotten = this.#replaced;
      this.#replaced = { number: before.number, size: before.log?.size ?? before.file.size() };
      this.#current = next;
      before.file.close();
      // Only the generation that the header names can be brought back: this one needs no emptying first.
      if (forgotten) await removeSpent(this.#store, forgotten.number);
    });
  }

  /**
   * Goes back to what the last `replace` replaced, durably; what came after is gone.
   * @throws InvalidInputError when there is nothing to go back to, DormouseError `damaged` when it cannot be read at all; then
   *   the present state is as it was. StorageError: open again to see which of the two states holds
   */
  undoReplace(): Promise<void> {
    return this.#switch(async () => {
      const target = this.#replaced;
      if (!target || !this.undoable) throw new InvalidInputError('There is nothing to bring back.');
      const file = await this.#store.open(logName(target.number));
      const given = this.#current;
      try {
        const read = readGeneration(file);
        if (!read.reading.complete && !read.reading.damaged) {
          throw new DormouseError('damaged', 'What was replaced cannot be read any more; what is here now stays.');
        }
        const before = takeGeneration(target.number, file, read);
        this.#abandon(given.file);
        this.#current = before;
      } catch (error) {
        file.close();
        throw error;
      }
      this.#replaced = null;
      given.file.close();
      await removeSpent(this.#store, given.number);
    });
  }

  /**
   * Removes what `undoReplace` would have brought back; does nothing when there is nothing.
   * @throws StorageError when the store fails
   */
  forgetReplaced(): Promise<void> {
    return this.#switch(async () => {
      const target = this.#replaced;
      if (!target) return;
      const file = await this.#store.open(logName(target.number));
      try {
        this.#abandon(file);
      } finally {
        file.close();
      }
      this.#replaced = null;
      await removeSpent(this.#store, target.number);
    });
  }

  /**
   * Writes the live state into a new generation when the log has more garbage than live bytes and than `leastGarbage`, and
   * when there is nothing to undo. Returns whether it did: when the store refuses, the present log simply goes on.
   * @throws StorageError when the volume failed in the middle
   */
  async compact(): Promise<boolean> {
    if (this.readOnly || this.#replaced) return false;
    return this.#switch(async () => {
      const { log, tree } = this.#current;
      if (!log) return false;
      const live = LOG_HEADER.size + tree.cost;
      if (log.tail - live <= Math.max(this.#options.leastGarbage, live)) return false;
      const before = this.#current;
      this.#settle(log);
      const header = headerFor('compaction', this.#nextGeneration++, 0, log.header.created);
      try {
        this.#current = await this.#build(header, (next) => {
          for (const operation of tree.operations()) next.append(next.encodeOperation(operation));
          return tree;
        });
      } catch (error) {
        // The present log goes on as it was, and speaks for itself when the store fails that too.
        if (isDormouseError(error) && !this.#failure) return false;
        throw error;
      }
      before.file.close();
      await removeSpent(this.#store, before.number);
      return true;
    });
  }

  /** Lets go of the files. Does not flush; nothing can be changed afterwards. Closing twice is fine. */
  close(): void {
    this.#failure ??= new StorageError('The session was closed.');
    this.#current.file.close();
  }

  /** The log and the tree, when they may be changed now. */
  #writable(): { log: Log; tree: Tree } {
    this.#checkWorking();
    if (this.#switching) throw new DormouseError('busy', 'The session is being replaced; nothing can be changed meanwhile.');
    const { log, tree, damage } = this.#current;
    if (!log) throw new StorageError(damage ?? 'The session is read-only.');
    return { log, tree };
  }

  #checkWorking(): void {
    if (this.#failure) throw new StorageError(this.#failure.message, { cause: this.#failure });
  }

  /** Fails the volume for everything but a lack of room. */
  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      throw error instanceof NoSpaceError ? error : this.#fail(error);
    }
  }

  #fail(cause: unknown): StorageError {
    this.#failure ??= new StorageError(`Saving failed (${messageOf(cause)}). What was saved before is kept; reload to go on.`, { cause });
    return this.#failure;
  }

  /** Runs one change of generation at a time, and nothing else meanwhile. */
  async #switch<T>(change: () => Promise<T>): Promise<T> {
    this.#checkWorking();
    if (this.#switching) throw new DormouseError('busy', 'The session is being replaced already.');
    this.#switching = true;
    try {
      return await change();
    } finally {
      this.#switching = false;
    }
  }

  /** Before a log is left for another: everything in it durable, and the room that it holds ready free for the other. */
  #settle(log: Log): void {
    try {
      log.flush();
      log.shrink();
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** A new generation with its slack; when it fails, the present one gets back the room that `#settle` took from it. */
  async #build(header: LogHeader, fill: (log: Log) => Tree): Promise<Generation> {
    try {
      return await buildGeneration(this.#store, header, this.#options.slack, fill);
    } catch (error) {
      if (error instanceof UnknownOutcomeError) throw this.#fail(error);
      const { log } = this.#current;
      if (log) this.#attempt(() => log.grow(log.tail + this.#options.slack));
      throw error;
    }
  }

  #abandon(file: SyncFile): void {
    try {
      emptyLog(file);
    } catch (error) {
      throw this.#fail(error);
    }
  }
}

/** What may use the room held back: whatever frees something, and the keeper's own files. */
function mayUseSlack(operation: FileOperation, tree: Tree): boolean {
  switch (operation.type) {
    case 'make':
    case 'symlink':
      return tree.isWithin(operation.parent, INODE.hidden);
    case 'write':
      return tree.isWithin(operation.inode, INODE.hidden);
    case 'truncate':
      return operation.size <= tree.sizeOf(operation.inode) || tree.isWithin(operation.inode, INODE.hidden);
    default:
      return true;
  }
}
