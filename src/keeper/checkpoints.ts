/**
 * The kept moments of a session. Each is a snapshot of the volume, whose name says what it is (checkpoint-note.ts) and in which hidden
 * files hold the memory. What the volume knows of which snapshot continues which tells whose memory a state without an image goes with.
 */
import { DormouseError, InvalidInputError, isDamage, NoSpaceError } from '../base/errors';
import { type FileOperation, INODE, MAX_FILE_SIZE } from '../base/file-operation';
import type { ResumeImage } from '../protocol/image';
import type { AttachReport, Checkpoint, KeeperCalls, Moment } from '../protocol/keeper';
import type { FileView } from '../volume/file-view';
import type { Volume } from '../volume/volume';
import { Family, type Kept } from './checkpoint-family';
import { type CheckpointNote, checkpointName } from './checkpoint-note';
import { compareFiles } from './compare';
import type { ReceivedImage } from './disk-channel';
import {
  ATTEMPTS_FILE,
  CODE_FILE,
  createHiddenFile,
  HISTORY_FILE,
  HiddenFile,
  IMAGE_FILE,
  NOTES_FILE,
  pathOfHidden,
  SETTINGS_FILE,
} from './hidden-file';
import type { History } from './history';
import { ImageChain } from './image-chain';
import { type MemoryNotes, parseNotes, serializeNotes } from './memory-notes';
import { ResumeAttempts } from './resume-attempts';
import { DISK_OF_IMAGE, Retention } from './retention';
import { userEntries } from './user-entries';

/** What a new checkpoint takes with it of the interpreter. */
export interface Memory {
  image: ReceivedImage | null;
  notes: MemoryNotes;
  /** Bytes of room that are not free although nothing is there yet. */
  promised: number;
}

/** An image that failed so often is not tried again. */
const MOST_ATTEMPTS = 2;
/** The longest name that a person can give, UTF-16 units. */
const LONGEST_NAME = 200;
/** What an image takes beside its bytes. */
const overheadOf = (bytes: number): number => 64 * 1024 + Math.ceil(bytes / 64);
/** Why a run ended without its memory. */
export const NO_ROOM_FOR_IMAGE = 'There is no room for the variables: they are kept as they were before. Free some space, then run again.';

export class Checkpoints {
  readonly #volume: Volume;
  readonly #chain: ImageChain;
  readonly #notes: HiddenFile;
  readonly #attempts: ResumeAttempts;
  readonly retention: Retention;
  /**
   * The number of the sandbox's image that the chain of `source` ends with, 0 for what it was resumed from; null when an image that
   * continues another cannot be taken.
   */
  #tip: number | null = null;
  /** The checkpoint whose image the sandbox was given. */
  #given: number | null = null;

  constructor(volume: Volume) {
    this.#volume = volume;
    this.#chain = new ImageChain(volume);
    this.#notes = new HiddenFile(volume, NOTES_FILE);
    this.#attempts = new ResumeAttempts(volume);
    this.retention = new Retention(volume);
  }

  /** The hidden files that this writes. */
  get files(): HiddenFile[] {
    return [this.#chain.file, this.#notes, this.#attempts.file];
  }

  /** The baselines that their images need. */
  get baselines(): Set<string> {
    return new Set(this.#family.all.flatMap(({ note }) => note.baseline ?? []));
  }

  /** Whether there is a memory that goes with the present state. */
  get hasImage(): boolean {
    return this.#family.source !== null;
  }

  /** As the page sees them, oldest first. @param history of the present state: runs of another one are not its runs */
  list(history: History): Checkpoint[] {
    const family = this.#family;
    const { shown } = family;
    return shown.map((checkpoint, index) => this.#show(checkpoint, family, history, shown[index - 1] ?? null));
  }

  /**
   * What a new sandbox goes on from: to be asked for when the disk has been handed out, as cleaning before that moves it. Counts as a failure until
   * `attached` says otherwise.
   * @throws NoSpaceError, StorageError
   */
  resume(history: History, time: number): { image: (() => ResumeImage) | null; report: AttachReport } {
    this.#given = null;
    const without = (problem: string | null) => ({ image: null, report: { checkpoint: null, stale: false, problem, counts: null } });
    const family = this.#family;
    const { source } = family;
    if (!source) return without(null);
    const { id } = source.snapshot;
    const attempts = this.#attempts.of(id);
    if (attempts >= MOST_ATTEMPTS) {
      return without(
        'Python could not be brought back twice in a row, so it begins anew; files are as they were. What was kept of it is kept still.',
      );
    }
    const view = this.#volume.openSnapshot(id);
    let changed: number[];
    try {
      this.#chain.locate(view);
      changed = this.#changed(source.note.disk ?? id, null);
    } catch (error) {
      if (!isDamage(error)) throw error;
      return without('What was kept of the variables is damaged, so Python begins anew; files are as they were.');
    }
    this.#attempts.set(id, attempts + 1, time);
    this.#volume.flush();
    this.#given = id;
    const checkpoint = this.#show(source, family, history, null);
    return {
      image: () => ({ images: this.#chain.locate(view), changed }),
      report: { checkpoint, stale: changed.length > 0, problem: null, counts: this.#counts(id) },
    };
  }

  /** The user's nodes that are not as the memory knows them which goes with the present state; none where there is no memory. */
  changedSinceImage(): number[] {
    const { source } = this.#family;
    return source ? this.#changed(source.note.disk ?? source.snapshot.id, null) : [];
  }

  /** Whether an image was handed out and nothing is known of how that went. */
  get isAwaited(): boolean {
    return this.#given !== null;
  }

  /** How the sandbox began. @throws NoSpaceError, StorageError */
  attached({ resumed, keepImage }: KeeperCalls['attached']['argument'], time: number): void {
    if (this.#given === null) return;
    // One that is right for another build has not failed: this build cannot tell.
    if (resumed || keepImage) this.#attempts.set(this.#given, 0, time);
    this.#tip = resumed ? 0 : null;
    this.#given = null;
  }

  /** The page ends in good order before its sandbox came up: that says nothing of the image. @throws NoSpaceError, StorageError */
  withdraw(time: number): void {
    const attempts = this.#given === null ? 0 : this.#attempts.of(this.#given);
    if (this.#given !== null && attempts > 0) this.#attempts.set(this.#given, attempts - 1, time);
    this.#given = null;
  }

  /** The sandbox is gone: what it made cannot be continued by another. */
  forgetSandbox(): void {
    this.#tip = null;
  }

  /**
   * Keeps the present state. Everything is written in this turn, and the last record makes the checkpoint; not on stable storage before the
   * volume's next flush.
   * @param also written with it, such as the end of the run
   * @returns its number, and a sentence when the memory could not be kept
   * @throws NoSpaceError, StorageError
   */
  make(
    made: Pick<CheckpointNote, 'run' | 'origin' | 'name' | 'time' | 'replaces'>,
    { image, notes, promised }: Memory,
    also: () => void = () => undefined,
  ): { checkpoint: number; problem: string | null } {
    const { time } = made;
    const problem = image && this.#writeImage(image, promised, time);
    const kept = image !== null && problem === null;
    if (image && !kept && image.disk !== null) this.#volume.dropSnapshot(image.disk);
    if (kept) this.#notes.replace(serializeNotes(notes), time);
    also();
    const note = {
      ...made,
      image: kept,
      baseline: kept ? image.baseline : null,
      disk: kept ? image.disk : null,
      dropped: false,
    };
    const { id } = this.#volume.createSnapshot(checkpointName(note));
    if (kept) this.#tip = image.number;
    return { checkpoint: id, problem };
  }

  /** Keeps the disk as it is now for an image that waits; returns the snapshot's number. @throws StorageError */
  keepDisk(): number {
    return this.#volume.createSnapshot(DISK_OF_IMAGE).id;
  }

  /** Whether the user's files are as in the checkpoint that they continue, and there is one. */
  get current(): boolean {
    const { present } = this.#family;
    return present !== null && !this.#differ(present.snapshot.id, null);
  }

  /** The checkpoint whose place one of the same moment may take: the present one, when it made itself and nobody has named it or needs it. */
  get renewable(): Kept | null {
    const family = this.#family;
    const { present } = family;
    if (!present || present.snapshot.id !== this.#volume.parent) return null;
    const { origin, name } = present.note;
    const madeItself = origin === 'run' || origin === 'background';
    return madeItself && name === null && !family.isNeeded(present.snapshot.id) ? present : null;
  }

  /**
   * The checkpoint that undoing the last run goes back to: the one that the present state continues when files have changed since (a run
   * was cut off), else the nearest before it that is another state. Null when nothing was run, or that is no longer kept.
   */
  get undoTarget(): number | null {
    const family = this.#family;
    let at = family.present;
    if (!at || !this.current) return at?.snapshot.id ?? null;
    for (;;) {
      const { origin } = at.note;
      const parent: Kept | null = family.checkpointOf(at.snapshot.parent || null);
      if (!parent || origin === 'before-run') return null;
      // What the person did to files is undone by itself: what is meant here is the run before it. What was kept by hand, or before going
      // back, is mostly what the checkpoint before it is.
      const undone = origin === 'run' || (origin !== 'files' && this.#differ(parent.snapshot.id, at.snapshot.id));
      if (undone) return parent.snapshot.id;
      at = parent;
    }
  }

  /** @throws InvalidInputError, NoSpaceError, StorageError; not on stable storage before the volume's next flush */
  rename(id: number, name: string | null): void {
    const { note } = this.#find(id);
    this.#volume.labelSnapshot(id, checkpointName({ ...note, name: checkCheckpointName(name) }));
  }

  /** @throws DormouseError `busy` for the one that the present state needs; as `rename` */
  drop(id: number): void {
    const { note } = this.#find(id);
    const family = this.#family;
    if (family.source?.snapshot.id === id) {
      throw new DormouseError(
        'busy',
        'The session goes on from this checkpoint: it can be removed when a later one has been made. Nothing was changed.',
      );
    }
    if (family.isNeeded(id)) this.#volume.labelSnapshot(id, checkpointName({ ...note, dropped: true }));
    else this.#volume.dropSnapshot(id);
  }

  /** Paths that differ between two checkpoints, or a checkpoint and the present state (null). @throws InvalidInputError, DormouseError `damaged` */
  compare({ before, after }: KeeperCalls['compare']['argument']): string[] {
    return compareFiles(this.#viewOf(before), this.#viewOf(after), this.#volume.changedInodes(before, after));
  }

  /** What a checkpoint, or the present state (null), is beside its files. @throws InvalidInputError, DormouseError `damaged` */
  moment({ checkpoint }: KeeperCalls['moment']['argument']): Moment {
    const view = this.#viewOf(checkpoint);
    const code = view.lookup(pathOfHidden(CODE_FILE));
    return { code: code && new TextDecoder().decode(view.read(code.inode)), variables: this.#memoryAt(checkpoint)?.variables ?? null };
  }

  /**
   * Goes back to a checkpoint, durably; the present state becomes another one. History and settings stay the present ones.
   * @throws InvalidInputError, NoSpaceError, StorageError
   */
  async restore(id: number, origin: 'before-undo' | 'before-restore', time: number): Promise<void> {
    this.#find(id);
    this.forgetSandbox();
    const note = { run: null, origin, name: null, time, image: false, baseline: null, disk: null, dropped: false };
    await this.#volume.goBack(id, checkpointName(note), this.#carried(this.#volume.openSnapshot(id), origin, time));
  }

  get #family(): Family {
    return new Family(this.#volume);
  }

  #viewOf(id: number | null): FileView {
    return id === null ? this.#volume : this.#volume.openSnapshot(this.#find(id).snapshot.id);
  }

  /** What was noted of the memory that goes with a checkpoint, or with the present state (null). */
  #memoryAt(id: number | null): MemoryNotes | null {
    const source = this.#family.sourceOf(id ?? this.#volume.parent);
    return source && this.#notesOf(source.snapshot.id);
  }

  /** How much the present disk and the memory of a snapshot hold; null when that cannot be read. */
  #counts(snapshot: number): AttachReport['counts'] {
    try {
      const files = [...userEntries(this.#volume)].filter(({ entry }) => entry.kind === 'file').length;
      return { variables: this.#notesOf(snapshot)?.variables.length ?? 0, files };
    } catch (error) {
      if (isDamage(error)) return null;
      throw error;
    }
  }

  /** What was noted of the memory that a snapshot holds. */
  #notesOf(snapshot: number): MemoryNotes | null {
    const view = this.#volume.openSnapshot(snapshot);
    const entry = view.lookup(pathOfHidden(NOTES_FILE));
    return entry && parseNotes(view.read(entry.inode));
  }

  /** @throws InvalidInputError when there is no such checkpoint */
  #find(id: number): Kept {
    const found = this.#family.shown.find(({ snapshot }) => snapshot.id === id);
    if (!found) throw new InvalidInputError('There is no such checkpoint any more.');
    return found;
  }

  #show({ snapshot, note }: Kept, family: Family, history: History, before: Kept | null): Checkpoint {
    const { id, parent } = snapshot;
    const { run, origin, name, time } = note;
    return {
      id,
      time,
      // A run of this number that ended at another moment is that of a state which was replaced.
      run: run !== null && (history.get(run)?.ended ?? time) === time ? run : null,
      name,
      origin,
      parent: family.checkpointOf(parent || null)?.snapshot.id ?? null,
      image: family.sourceOf(id) !== null,
      size: before ? this.retention.addedBytes(before.snapshot.id, id) : 0,
      present: family.present?.snapshot.id === id,
    };
  }

  /** The user's nodes that differ between two snapshots, or a snapshot and the present state (null). */
  #changed(before: number, after: number | null): number[] {
    const views = [this.#volume.openSnapshot(before), after === null ? this.#volume : this.#volume.openSnapshot(after)];
    return [...this.#volume.changedInodes(before, after)].filter((inode) => views.some((view) => isUsers(view, inode)));
  }

  /** Whether the user's files differ. What cannot be read is not known to be the same. */
  #differ(before: number, after: number | null): boolean {
    try {
      return this.#changed(before, after).length > 0;
    } catch (error) {
      if (isDamage(error)) return true;
      throw error;
    }
  }

  /** Writes an image to the hidden file; a sentence when it cannot be kept. */
  #writeImage({ number, whole, baseline, bytes }: ReceivedImage, promised: number, time: number): string | null {
    const { source } = this.#family;
    if (!whole && (source === null || this.#tip === null || number !== this.#tip + 1)) {
      return 'The variables could not be kept: what changed of them was told, and what it changed was not kept. The next run keeps all of them.';
    }
    if (!whole && baseline !== source?.note.baseline) return 'The variables could not be kept: Python named another beginning than before.';
    const view = whole || !source ? null : this.#volume.openSnapshot(source.snapshot.id);
    const before = view?.lookup(pathOfHidden(IMAGE_FILE))?.size ?? 0;
    if (before + bytes.length > MAX_FILE_SIZE)
      return 'The variables could not be kept: together they are too large. The next run keeps all of them anew.';
    if (!this.retention.makeRoom(bytes.length + overheadOf(bytes.length) + promised)) return NO_ROOM_FOR_IMAGE;
    try {
      if (view) this.#chain.continue(view, bytes, time);
      else this.#chain.begin(bytes, time);
      return null;
    } catch (error) {
      if (!(error instanceof NoSpaceError) && !isDamage(error)) throw error;
      // Only to give the room back: what counts is what the checkpoints hold.
      this.#chain.giveUp(time);
      return error instanceof NoSpaceError
        ? NO_ROOM_FOR_IMAGE
        : 'The variables could not be kept: what they continue is damaged. The next run keeps all of them.';
    }
  }

  /**
   * What makes the files of a checkpoint those of the present: what happened has happened, what was chosen is chosen. An undo leaves the
   * editor's text too: it is there to be mended and run again.
   */
  *#carried(view: FileView, origin: 'before-undo' | 'before-restore', time: number): Generator<FileOperation> {
    let inode = this.#volume.nextInode;
    const stay = [HISTORY_FILE, SETTINGS_FILE, ...(origin === 'before-undo' ? [CODE_FILE] : [])];
    for (const name of [...stay, ATTEMPTS_FILE]) {
      const bytes = name === ATTEMPTS_FILE ? null : new HiddenFile(this.#volume, name).read();
      const there = view.lookup(pathOfHidden(name)) !== null;
      // What cannot be read of the present is as it was then.
      if (bytes === null && name !== ATTEMPTS_FILE) continue;
      if (there) yield { type: 'unlink', parent: INODE.hidden, name, time };
      if (bytes) yield* createHiddenFile(inode++, name, bytes, time);
    }
  }
}

/** Whether a node is there and below the mount points. */
function isUsers(view: FileView, inode: number): boolean {
  try {
    return /^(home\/pyodide|tmp)\//.test(view.pathOf(inode));
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

/** A name in one line, or null. @throws InvalidInputError for one that is empty or too long */
export function checkCheckpointName(name: unknown): string | null {
  if (name === null) return null;
  const plain = typeof name === 'string' ? name.replace(/[\p{Cc}\p{Z}]+/gu, ' ').trim() : '';
  if (plain === '') throw new InvalidInputError('A checkpoint needs a name, or none at all. Nothing was changed.');
  if (plain.length > LONGEST_NAME)
    throw new InvalidInputError(
      `A name can be at most ${LONGEST_NAME} characters long, this one has ${plain.length}. Nothing was changed.`,
    );
  return plain;
}
