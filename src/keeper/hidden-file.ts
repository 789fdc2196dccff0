/** One file below `.dormouse`: what the keeper keeps beside the user's files. No sandbox ever sees or names it. */
import { isDamage } from '../base/errors';
import { type FileOperation, INODE } from '../base/file-operation';
import type { VolumeEntry } from '../volume/file-tree';
import type { Volume } from '../volume/volume';

/** The session's runs: see history.ts. */
export const HISTORY_FILE = 'history.jsonl';
/** The editor's text. */
export const CODE_FILE = 'code.py';
/** What belongs to the notebook beside its text: see src/notebook/notes.ts. The keeper does not look into it. */
export const NOTEBOOK_FILE = 'notebook.json';
/** What the person chose for this session: see settings.ts. */
export const SETTINGS_FILE = 'settings.json';
/** The interpreter's memory: see image-chain.ts. */
export const IMAGE_FILE = 'image';
/** What the last capture said of variables: see memory-notes.ts. */
export const NOTES_FILE = 'variables.json';
/** How often the present image has failed to be resumed: see resume-attempts.ts. */
export const ATTEMPTS_FILE = 'resume.json';

/** The packages that it has: see package-list.ts. */
export const PACKAGES_FILE = 'packages.json';

/** One write is at most this long, bytes: a segment's end wastes no more. */
const LARGEST_WRITE = 2 ** 20;

export const pathOfHidden = (name: string): string => `.dormouse/${name}`;

export class HiddenFile {
  readonly #volume: Volume;
  readonly #name: string;
  #reserved: number | null = null;
  #damaged = false;

  /** @param name one of the names above; the file is made when something is first written */
  constructor(volume: Volume, name: string) {
    this.#volume = volume;
    this.#name = name;
  }

  /**
   * Holds an inode number ready for when the file is made. A sandbox gives out the numbers of its own files, so the keeper's
   * have to be put aside before the sandbox gets the first that it may use.
   * @param inode never used; null when the numbers begin anew because the disk was replaced
   */
  reserve(inode: number | null): void {
    this.#reserved = inode;
  }

  /** When it was last written, milliseconds since 1970; null when there is none. */
  get modified(): number | null {
    return this.#find()?.modified ?? null;
  }

  /** Its bytes, a copy; null when there is none, or when it is `damaged`. */
  read(): Uint8Array | null {
    const entry = this.#find();
    this.#damaged = false;
    try {
      return entry && this.#volume.read(entry.inode);
    } catch (error) {
      if (!isDamage(error)) throw error;
      this.#damaged = true;
      return null;
    }
  }

  /** Whether what is stored was found not to be what was written. It is kept until something new is written. */
  get damaged(): boolean {
    return this.#damaged;
  }

  /** @throws NoSpaceError, StorageError; not on stable storage before the volume's next flush */
  append(bytes: Uint8Array, time: number): void {
    const { inode, size } = this.#writable(time);
    for (let from = 0; from < bytes.length; from += LARGEST_WRITE) {
      this.#volume.apply({ type: 'write', inode, offset: size + from, data: bytes.subarray(from, from + LARGEST_WRITE), time });
    }
  }

  /** Cuts it to a size, making it when there is none. @throws StorageError */
  truncate(size: number, time: number): void {
    const entry = this.#writable(time);
    if (entry.size !== size) this.#volume.apply({ type: 'truncate', inode: entry.inode, size, time });
  }

  /**
   * Replaces its content. A crash in between leaves the new content, perhaps with line ends after it.
   * @throws NoSpaceError, StorageError; not on stable storage before the volume's next flush
   */
  replace(bytes: Uint8Array, time: number): void {
    const { inode, size } = this.#writable(time);
    // One write takes the place of everything that was there, so there is no moment in which both are lost.
    const padded = new Uint8Array(Math.max(bytes.length, size)).fill(0x0a);
    padded.set(bytes);
    this.#volume.apply({ type: 'write', inode, offset: 0, data: padded, time });
    if (padded.length > bytes.length) this.#volume.apply({ type: 'truncate', inode, size: bytes.length, time });
  }

  /**
   * As `replace`, for content that begins as it did before: that part is not written again, and every checkpoint that has it shares it.
   * Says whether anything was different.
   */
  update(bytes: Uint8Array, time: number): boolean {
    const before = this.read() ?? new Uint8Array();
    let same = 0;
    while (same < bytes.length && same < before.length && bytes[same] === before[same]) same += 1;
    if (same === bytes.length && same === before.length) return false;
    const { inode, size } = this.#writable(time);
    const rest = new Uint8Array(Math.max(bytes.length, size) - same).fill(0x0a);
    rest.set(bytes.subarray(same));
    if (rest.length > 0) this.#volume.apply({ type: 'write', inode, offset: same, data: rest, time });
    if (size > bytes.length) this.#volume.apply({ type: 'truncate', inode, size: bytes.length, time });
    return true;
  }

  #find(): VolumeEntry | null {
    return this.#volume.lookup(pathOfHidden(this.#name));
  }

  /** The file to write to: a new one in the place of one that cannot be read, which writing to a part of would not cure. */
  #writable(time: number): VolumeEntry {
    if (this.#damaged) {
      this.#volume.apply({ type: 'unlink', parent: INODE.hidden, name: this.#name, time });
      this.#damaged = false;
    }
    return this.#find() ?? this.#make(time);
  }

  #make(time: number): VolumeEntry {
    this.#volume.apply(makeHidden(this.#reserved ?? this.#volume.nextInode, this.#name, time));
    return this.#find() as VolumeEntry;
  }
}

/** The operations that make a hidden file on a disk that does not have it. */
export function createHiddenFile(inode: number, name: string, data: Uint8Array, time: number): FileOperation[] {
  return [makeHidden(inode, name, time), { type: 'write', inode, offset: 0, data, time }];
}

function makeHidden(inode: number, name: string, time: number): FileOperation {
  return { type: 'make', inode, parent: INODE.hidden, name, kind: 'file', mode: 0o600, time };
}
