/** Makes a new session of what a person opened: into an empty store that nobody has seen, so that a refusal in the middle leaves nothing. */
import { type FileOperation, INODE } from '../base/file-operation';
import { bytesOf, type CapsuleContent, type CapsuleFile, type Content } from '../capsule';
import type { Store } from '../volume/store';
import { Volume } from '../volume/volume';
import { type CheckpointNote, checkpointName } from './checkpoint-note';
import { CODE_FILE, createHiddenFile, HISTORY_FILE, IMAGE_FILE, NOTES_FILE } from './hidden-file';
import { History } from './history';
import { SessionNeeds } from './session-needs';

/** One write is at most this long, bytes. */
const LARGEST_WRITE = 2 ** 20;
/** Permission bits of folders that are named only in the paths of others. */
const FOLDER_MODE = 0o755;
/** Room in the log is made ready again after so many bytes and operations. */
const REPLENISHED_AFTER = 8 * 2 ** 20;
const COST_OF_ONE = 512;

export interface OpenOptions {
  /** Whether Python's memory goes on. */
  memory: boolean;
  signal: AbortSignal;
  /** Bytes that are stored. */
  onProgress(done: number): void;
  now: () => number;
}

/**
 * Writes everything, checks it in passing, and returns when it is on stable storage.
 * @throws InvalidInputError, NoSpaceError, StorageError, and the signal's reason: what is in the store then is of no use
 */
export async function fillSession(store: Store, content: CapsuleContent, options: OpenOptions): Promise<void> {
  const volume = await Volume.open(store, { now: options.now });
  try {
    const { memory } = content;
    if (options.memory && memory?.baseline) await new SessionNeeds(store, 'baselines').note([memory.baseline.sha256], () => []);
    const filler = new Filler(volume, options, memory?.nextInode ?? INODE.firstFree);
    await filler.fill(content);
    volume.flush();
  } finally {
    volume.close();
  }
}

class Filler {
  readonly #volume: Volume;
  readonly #options: OpenOptions;
  readonly #time: number;
  /** Numbers for what has none: above all that the memory may know. */
  #nextInode: number;
  #written = 0;
  #replenished = 0;

  constructor(volume: Volume, options: OpenOptions, nextInode: number) {
    this.#volume = volume;
    this.#options = options;
    this.#time = options.now();
    this.#nextInode = Math.max(nextInode, volume.nextInode);
  }

  async fill(content: CapsuleContent): Promise<void> {
    const memory = this.#options.memory ? content.memory : null;
    for (const { name, time, code, files } of content.checkpoints) {
      await this.#files(files, false);
      await this.#hidden(CODE_FILE, code === null ? null : encode(code));
      this.#keep({ name, time, image: false, baseline: null });
      await this.#empty();
    }
    const changed = new Set(memory?.changed);
    const late = (file: CapsuleFile) => file.kind !== 'directory' && file.inode !== null && changed.has(file.inode);
    await this.#files(
      content.files.filter((file) => !late(file)),
      memory !== null,
    );
    const { count, history } = content.runs;
    if (count > 0 || history.length > 0) await this.#hidden(HISTORY_FILE, History.from(count, history).serialize());
    await this.#hidden(CODE_FILE, content.code === null ? null : encode(content.code));
    for (const kept of content.kept) await this.#hidden(kept.name, await bytesOf(kept.content));
    if (!memory) return;
    if (memory.notes) await this.#hidden(NOTES_FILE, await bytesOf(memory.notes));
    await this.#hidden(IMAGE_FILE, memory.image);
    this.#keep({ name: null, time: this.#time, image: true, baseline: memory.baseline?.sha256 ?? null });
    // What the memory does not know comes after it, so that it is known to have changed.
    await this.#files(content.files.filter(late), true);
  }

  /** @param numbered whether they keep the numbers by which the memory knows them */
  async #files(files: readonly CapsuleFile[], numbered: boolean): Promise<void> {
    const folders = new Map<string, number>([
      ['home/pyodide', INODE.home],
      ['tmp', INODE.tmp],
    ]);
    const known = new Map(files.flatMap((file) => (file.kind === 'directory' ? [[file.path, file] as const] : [])));
    const inodeOf = (file: CapsuleFile | undefined) => (numbered && file?.inode != null ? file.inode : this.#nextInode++);
    const folder = async (path: string): Promise<number> => {
      const there = folders.get(path) ?? this.#volume.lookup(path)?.inode;
      if (there !== undefined) return there;
      const { parent, name } = split(path);
      const above = await folder(parent);
      const inode = inodeOf(known.get(path));
      folders.set(path, inode);
      await this.#apply({ type: 'make', inode, parent: above, name, kind: 'directory', mode: FOLDER_MODE, time: this.#time });
      return inode;
    };
    for (const file of files) {
      if (file.kind === 'directory') {
        await folder(file.path);
        continue;
      }
      const { parent, name } = split(file.path);
      const above = await folder(parent);
      const inode = inodeOf(file);
      const time = file.modified;
      if (file.kind === 'symlink') {
        await this.#apply({ type: 'symlink', inode, parent: above, name, target: file.target, time });
        continue;
      }
      await this.#apply({ type: 'make', inode, parent: above, name, kind: 'file', mode: file.mode, time });
      await this.#write(inode, file.content, time);
    }
    // Afterwards: making a child changed its folder's time.
    for (const { path, mode, modified } of known.values()) {
      await this.#apply({ type: 'setattr', inode: folders.get(path) as number, mode, modified, accessed: modified });
    }
  }

  async #hidden(name: string, content: Uint8Array | Content | null): Promise<void> {
    if (content === null) return;
    const bytes = content instanceof Uint8Array ? content : new Uint8Array();
    const inode = this.#nextInode++;
    for (const operation of createHiddenFile(inode, name, bytes, this.#time)) await this.#apply(operation);
    if (!(content instanceof Uint8Array)) await this.#write(inode, content, this.#time);
  }

  async #write(inode: number, content: Content, time: number): Promise<void> {
    let offset = 0;
    for await (const piece of content.pieces()) {
      for (let at = 0; at < piece.length; at += LARGEST_WRITE) {
        const data = piece.subarray(at, at + LARGEST_WRITE);
        await this.#apply({ type: 'write', inode, offset, data, time });
        offset += data.length;
      }
    }
  }

  #keep(note: Pick<CheckpointNote, 'name' | 'time' | 'image' | 'baseline'>): void {
    this.#volume.createSnapshot(checkpointName({ ...note, run: null, origin: 'hand', disk: null, dropped: false }));
  }

  /** Removes everything, children first. */
  async #empty(): Promise<void> {
    const entries = this.#volume.entries().filter(({ inode }) => inode >= INODE.firstFree);
    for (const { kind, parent, name } of entries.reverse()) {
      await this.#apply({ type: kind === 'directory' ? 'rmdir' : 'unlink', parent, name, time: this.#time });
    }
  }

  async #apply(operation: FileOperation): Promise<void> {
    const { signal, onProgress } = this.#options;
    this.#volume.apply(operation);
    const bytes = operation.type === 'write' ? operation.data.length : 0;
    this.#written += bytes;
    this.#replenished += bytes + COST_OF_ONE;
    if (this.#replenished < REPLENISHED_AFTER) return;
    this.#replenished = 0;
    signal.throwIfAborted();
    onProgress(this.#written);
    await this.#volume.replenish(REPLENISHED_AFTER);
  }
}

const encode = (text: string) => new TextEncoder().encode(text);

function split(path: string): { parent: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { parent: path.slice(0, slash), name: path.slice(slash + 1) };
}
