/** Changes files for the page, as Python would: on the memory file system, paid for and journalled, in turns that leave time for the rest. */
import { messageOf, unreachable } from '../base/errors';
import { MAX_FILE_SIZE } from '../base/file-operation';
import { checkName, splitPath } from '../base/paths';
import { ARRIVING_FOLDER, type FileChange, type FileChanged } from '../protocol/file-change';
import { type DiskFileSystem, MOUNTS } from './disk-file-system';
import { ERRNO, type FileSystem, type MemoryNode } from './emscripten';
import { makeRoom } from './file-memory';
import type { Journal } from './journal';

export interface FileChangesHost {
  fs: FileSystem;
  disk: DiskFileSystem;
  journal: Journal;
  /** Reads a Blob synchronously. */
  readBlob: (blob: Blob) => Uint8Array;
  /** Resolves when neither a run nor a capture goes on. */
  quiet(): Promise<void>;
  /** Bytes of a change that are written. */
  onProgress(call: number, done: number): void;
}

/** So much is read and written in one turn, bytes: some 10 ms. */
const SLICE = 4 * 2 ** 20;
/** O_WRONLY and O_WRONLY | O_CREAT | O_EXCL. */
const OPEN = 0o1;
const CREATE = 0o301;
const FOLDER = `/${ARRIVING_FOLDER}`;

export class FileChanges {
  readonly #host: FileChangesHost;
  /** Calls whose change was given up. */
  readonly #cancelled = new Set<number>();
  /** The change that goes on and those that wait, by call. */
  readonly #calls = new Set<number>();
  #last: Promise<unknown> = Promise.resolve();
  #parts = 0;

  constructor(host: FileChangesHost) {
    this.#host = host;
  }

  /** Removes what an earlier machine left of files that did not arrive, or of folders that were being removed. */
  tidy(): void {
    try {
      if (this.#find(FOLDER)) this.#removeTree(FOLDER);
    } catch {
      // A store that is full or read-only: it is hidden, and the next machine tries again.
    }
  }

  /** Carries a change out after those before it. Rejects with a sentence; then nothing was changed. */
  change(call: number, change: FileChange): Promise<FileChanged> {
    this.#calls.add(call);
    const changed = this.#last.then(() => this.#change(call, change));
    this.#last = changed
      .catch(() => undefined)
      .then(() => {
        this.#calls.delete(call);
        this.#cancelled.delete(call);
      });
    return changed;
  }

  cancel(call: number): void {
    if (this.#calls.has(call)) this.#cancelled.add(call);
  }

  async #change(call: number, change: FileChange): Promise<FileChanged> {
    const { journal } = this.#host;
    const [name, other] = change.type === 'move' ? [change.from, change.to] : [change.path, change.path];
    try {
      await this.#turn(call);
      const open = await this.#carryOut(call, change);
      return { sequence: journal.sequence, open };
    } catch (error) {
      throw new Error(this.#sentence(error, lastOf(name), lastOf(other)), { cause: error });
    } finally {
      journal.send();
    }
  }

  /** Says whether Python has something open that is not there any more. */
  async #carryOut(call: number, change: FileChange): Promise<boolean> {
    const { fs } = this.#host;
    switch (change.type) {
      case 'write':
        return this.#write(call, change);
      case 'makeFolder': {
        const path = this.#place(change.path);
        if (this.#find(path)) throw new Refusal('exists');
        fs.mkdir(path);
        return false;
      }
      case 'link': {
        const path = this.#place(change.path);
        if (this.#find(path)) throw new Refusal('exists');
        fs.symlink(change.target, path);
        return false;
      }
      case 'move':
        return this.#move(present(change.from), this.#place(change.to), change.replace);
      case 'remove':
        return this.#remove(present(change.path));
      default:
        return unreachable(change);
    }
  }

  async #write(call: number, { path, content, replace, modified }: Extract<FileChange, { type: 'write' }>): Promise<boolean> {
    const { fs, journal, readBlob, onProgress } = this.#host;
    if (content.size > MAX_FILE_SIZE) throw new Refusal('large');
    this.#requireReplaceable(this.#find(absolute(path)), replace);
    const part = this.#newPart();
    try {
      fs.close(fs.open(part, CREATE));
      for (let done = 0; done < content.size; ) {
        const size = Math.min(SLICE, content.size - done);
        await journal.makeRoom(size + size / 1024);
        await this.#turn(call);
        const bytes = readBlob(content.slice(done, done + size));
        // Not kept open between turns: what is open belongs to Python's memory, which may be captured in between.
        const stream = fs.open(part, OPEN);
        try {
          if (done > 0) makeRoom(stream.node, content.size);
          for (let written = 0; written < bytes.length; )
            written += fs.write(stream, bytes, written, bytes.length - written, done + written);
        } finally {
          fs.close(stream);
        }
        done += bytes.length;
        onProgress(call, done);
      }
      // From here on in one turn.
      await this.#turn(call);
      const target = this.#place(path);
      const older = this.#find(target);
      this.#requireReplaceable(older, replace);
      if (older && fs.isFile(older.mode)) fs.chmod(part, older.mode & 0o7777);
      if (modified !== null) fs.utime(part, modified, modified);
      const open = older !== null && this.#isOpen(older);
      fs.rename(part, target);
      return open;
    } catch (error) {
      if (this.#find(part)) fs.unlink(part);
      throw error;
    } finally {
      this.#leaveParts();
    }
  }

  #move(from: string, to: string, replace: boolean): boolean {
    const { fs } = this.#host;
    const node = this.#find(from);
    if (!node) throw new Refusal('missing');
    const older = this.#find(to);
    if (older === node) return false;
    if (`${to}/`.startsWith(`${from}/`)) throw new Refusal('inside');
    this.#requireReplaceable(older, replace);
    if (older && fs.isDir(node.mode)) throw new Refusal('exists');
    const open = older !== null && this.#isOpen(older);
    fs.rename(from, to);
    return open;
  }

  #remove(path: string): boolean {
    const { fs } = this.#host;
    const node = this.#find(path);
    if (!node) throw new Refusal('missing');
    if (!fs.isDir(node.mode)) {
      const open = this.#isOpen(node);
      fs.unlink(path);
      return open;
    }
    // Out of sight with one step: what comes after may be cut off.
    const part = this.#newPart();
    fs.rename(path, part);
    const open = this.#removeTree(part);
    this.#leaveParts();
    return open;
  }

  /** Removes a folder with everything in it; says whether Python has some of it open. Links are not followed. */
  #removeTree(folder: string): boolean {
    const { fs } = this.#host;
    let open = false;
    const folders = [folder];
    for (let index = 0; index < folders.length; index++) {
      const path = folders[index] as string;
      for (const child of Object.values((this.#find(path) as MemoryNode).contents as Record<string, MemoryNode>)) {
        const childPath = `${path}/${child.name}`;
        if (fs.isDir(child.mode)) {
          folders.push(childPath);
          continue;
        }
        open ||= this.#isOpen(child);
        fs.unlink(childPath);
      }
    }
    for (const path of folders.reverse()) fs.rmdir(path);
    return open;
  }

  /** Where a path of the page leads, with its folders made. Only to the session's own disk: what Python put elsewhere is not kept. */
  #place(path: string): string {
    const { fs, disk } = this.#host;
    const target = absolute(path);
    const mount = MOUNTS.find((candidate) => target.startsWith(`${candidate.path}/`)) as (typeof MOUNTS)[number];
    let folder: string = mount.path;
    for (const segment of target
      .slice(folder.length + 1)
      .split('/')
      .slice(0, -1)) {
      folder += `/${segment}`;
      if (!this.#find(folder)) fs.mkdir(folder);
    }
    const { node } = fs.lookupPath(folder, { follow: true });
    if (!fs.isDir(node.mode)) throw new fs.ErrnoError(ERRNO.ENOTDIR);
    if (!disk.isOurs(node)) throw new Refusal('elsewhere');
    return target;
  }

  /** A path for something that is not to be seen yet, or any more. */
  #newPart(): string {
    const { fs } = this.#host;
    if (!this.#find(FOLDER)) fs.mkdir(FOLDER);
    for (;;) {
      const part = `${FOLDER}/${++this.#parts}`;
      if (!this.#find(part)) return part;
    }
  }

  #leaveParts(): void {
    const { fs } = this.#host;
    const folder = this.#find(FOLDER);
    if (folder && fs.isDir(folder.mode) && Object.keys(folder.contents).length === 0) fs.rmdir(FOLDER);
  }

  #requireReplaceable(older: MemoryNode | null, replace: boolean): void {
    if (older && (!replace || this.#host.fs.isDir(older.mode))) throw new Refusal('exists');
  }

  /** The node at a path, null for none. A link at its end is not followed. */
  #find(path: string): MemoryNode | null {
    const { fs } = this.#host;
    try {
      return fs.lookupPath(path, { follow: false }).node;
    } catch (error) {
      if (error instanceof fs.ErrnoError && [ERRNO.ENOENT, ERRNO.ENOTDIR].includes(errnoOf(error) as 44 | 54)) return null;
      throw error;
    }
  }

  #isOpen(node: MemoryNode): boolean {
    return this.#host.fs.streams.some((stream) => stream?.node === node);
  }

  /** Lets other messages be heard and what goes on end. */
  async #turn(call: number): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 0));
    await this.#host.quiet();
    if (this.#cancelled.has(call)) throw new Refusal('cancelled');
  }

  #sentence(error: unknown, name: string, other: string): string {
    if (error instanceof Refusal) return REFUSALS[error.reason](name, other);
    if (error instanceof this.#host.fs.ErrnoError)
      return ERRORS[errnoOf(error)]?.(name) ?? `${name}: error ${errnoOf(error)}. Nothing was changed.`;
    if ((error as { name?: unknown } | null)?.name === 'NotReadableError')
      return `“${name}” could not be read: it was changed or removed meanwhile. Nothing was changed.`;
    return `${messageOf(error)} Nothing was changed.`;
  }
}

/** A change that cannot be made, with the reason. */
class Refusal extends Error {
  readonly reason: keyof typeof REFUSALS;

  constructor(reason: keyof typeof REFUSALS) {
    super(reason);
    this.reason = reason;
  }
}

const REFUSALS = {
  exists: (_name: string, other: string) => `There is something called “${other}” already. Nothing was changed.`,
  missing: (name: string) => `“${name}” is not there any more.`,
  inside: (name: string) => `“${name}” cannot be moved into itself. Nothing was changed.`,
  large: (name: string) => `“${name}” is larger than 2 GiB, which is more than Python can read here. Nothing was changed.`,
  elsewhere: (_name: string, other: string) => `“${other}” would lie outside of what the session keeps. Nothing was changed.`,
  cancelled: (name: string) => `“${name}” was cancelled. Nothing was changed.`,
} as const;

const ERRORS: Record<number, (name: string) => string> = {
  [ERRNO.ENOSPC]: (name) => `There is no room for “${name}”. Remove something that you do not need, then try again. Nothing was changed.`,
  [ERRNO.ENOMEM]: (name) => `There is not enough memory for “${name}”. Nothing was changed.`,
  [ERRNO.EFBIG]: REFUSALS.large,
  [ERRNO.EIO]: (name) => `“${name}” could not be kept: the session’s storage takes nothing more, or a stale connection has it open.`,
  [ERRNO.ENOTDIR]: (name) => `“${name}” cannot be there: what should be its folder is a file. Nothing was changed.`,
};

const errnoOf = (error: unknown): number => Number((error as { errno?: unknown }).errno);
const lastOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/** The path of something new. @throws InvalidInputError for one that would not be allowed elsewhere, Refusal outside of the mount points */
const absolute = (path: string): string => below(splitPath(path));

/** The path of what is there: Python may give names that the page would not. */
const present = (path: string): string => below(path.split('/').map(checkName));

function below(segments: string[]): string {
  const target = `/${segments.join('/')}`;
  if (!MOUNTS.some(({ path }) => target.startsWith(`${path}/`))) throw new Refusal('elsewhere');
  return target;
}
