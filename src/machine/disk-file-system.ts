/**
 * The session's disk as Python sees it: Emscripten's MEMFS, decorated so that every change is paid for, carried out in memory
 * and then journalled. Reading touches memory only; a file's bytes are read from its Blob when they are first needed.
 */
import { COMPANIONS } from '../base/companions';
import { type FileOperation, INODE, MAX_FILE_SIZE, MAX_TARGET } from '../base/file-operation';
import { checkName, MAX_NAME } from '../base/paths';
import type { DiskEntry, DiskImage } from '../protocol/disk';
import {
  type Attributes,
  ERRNO,
  FILE_TYPE,
  type FileSystem,
  type MemoryNode,
  type NodeOperations,
  type Stream,
  type StreamOperations,
} from './emscripten';
import { makeRoom } from './file-memory';
import { type Journal, JournalError } from './journal';
import { changedBlocks } from './memory-maps';
import { deadOperations } from './open-files';
import { hasHotJournal, isJournal, OpenTransactions } from './sqlite-files';
import { StoredBytes } from './stored-bytes';
import { UnreadContent } from './unread-content';

/** Where the disk's two folders are mounted. */
export const MOUNTS = [
  { inode: INODE.home, path: '/home/pyodide' },
  { inode: INODE.tmp, path: '/tmp' },
] as const;

/** As far as a Date reaches (ECMAScript, "Time Values"), in milliseconds: os.stat of a file with a later time would end the interpreter. */
const LAST_TIME = 8.64e15;

/** One journalled write is at most this long, bytes: so a large one needs no credit for all of it at once. */
const LARGEST_WRITE = 1 << 20;

export class DiskFileSystem {
  readonly #fs: FileSystem;
  readonly #journal: Journal;
  readonly #unread: UnreadContent;
  #nextInode: number;
  readonly #roots: MemoryNode[] = [];
  /** Removed while still open: Python may go on using them, but nothing can find them again, so they are no longer journalled. */
  readonly #removed = new WeakSet<MemoryNode>();
  /** What stands for files that came back dead, with the reason and the path of each. */
  readonly #dead = new Map<MemoryNode, { path: string; why: string }>();
  /** Rollback journals whose header was overwritten with zeros since their last sync. */
  readonly #zeroed = new WeakSet<MemoryNode>();
  readonly #transactions = new OpenTransactions();
  readonly #operations: Record<'dir' | 'file' | 'link', { node: NodeOperations; stream: StreamOperations }>;

  /**
   * Mounts the disk over `/home/pyodide` and `/tmp`, whose folders in the runtime's own file system have to exist.
   * @param readBlob reads a Blob synchronously (FileReaderSync in a worker)
   */
  constructor(fs: FileSystem, image: DiskImage, journal: Journal, readBlob: (blob: Blob) => Uint8Array) {
    this.#fs = fs;
    this.#journal = journal;
    this.#unread = new UnreadContent(fs, new StoredBytes(image.segments, readBlob));
    this.#nextInode = image.nextInode;
    this.#operations = this.#decorate();
    const nodes = new Map<number, MemoryNode>();
    for (const { inode, path } of MOUNTS) {
      const entry = image.entries.find((candidate) => candidate.inode === inode);
      const root = this.#createNode(null, '/', FILE_TYPE.directory | (entry?.mode ?? 0o777), inode, Date.now());
      nodes.set(inode, root);
      this.#roots.push(root);
      fs.mount({ mount: () => root }, {}, path);
    }
    this.#allowRenamesBetweenMounts();
    for (const entry of image.entries) {
      const parent = nodes.get(entry.parent);
      if (!nodes.has(entry.inode) && parent) nodes.set(entry.inode, this.#restore(parent, entry));
    }
    // Afterwards: creating a child touched its parent's times.
    for (const entry of image.entries) {
      const node = nodes.get(entry.inode);
      if (!node) continue;
      node.atime = withinReach(entry.accessed);
      touch(withinReach(entry.modified), node);
    }
  }

  /**
   * What fdatasync has to do for a descriptor (design.md, "Syncs"). The log keeps order by itself, so a directory and a
   * rollback journal need only that, and so does a database whose journal would still roll it back: SQLite's promise is made when that
   * goes. Everything else waits for stable storage. Of journals only one whose header was just overwritten with zeros does: that is
   * SQLite's commit in journal_mode=PERSIST.
   * @returns 0 or, negative, an errno of ERRNO
   */
  dataSync(fd: number): number {
    const stream = this.#fs.getStream(fd);
    if (!stream) return -ERRNO.EBADF;
    const { node } = stream;
    if (this.#dead.has(node)) return -ERRNO.ESTALE;
    if (!this.isOurs(node) || this.#fs.isDir(node.mode)) return 0;
    if (isJournal(node) ? !this.#zeroed.delete(node) : hasHotJournal(node)) return 0;
    return -this.#syncOrErrno();
  }

  /** Whether it was removed while open. */
  isRemoved(node: MemoryNode): boolean {
    return this.#removed.has(node);
  }

  /** Why a node stands for a file that came back dead; null when it does not. */
  isDead(node: MemoryNode): string | null {
    return this.#dead.get(node)?.why ?? null;
  }

  /** All nodes by inode number, without those that were removed. */
  nodes(): Map<number, MemoryNode> {
    const found = new Map<number, MemoryNode>();
    const add = (node: MemoryNode) => {
      found.set(node.id, node);
      if (this.#fs.isDir(node.mode)) for (const child of Object.values(node.contents as Record<string, MemoryNode>)) add(child);
    };
    for (const root of this.#roots) add(root);
    return found;
  }

  /** A node as it was when it was removed while open; nothing can find it but what has it open. */
  makeRemoved(
    inode: number,
    mode: number,
    name: string,
    times: [accessed: number, modified: number, changed: number],
    bytes: Uint8Array,
  ): MemoryNode {
    const node = this.#createNode(null, name, mode, inode, 0);
    [node.atime, node.mtime, node.ctime] = times;
    if (this.#fs.isFile(mode)) {
      node.contents = bytes;
      node.usedBytes = bytes.length;
    }
    this.#removed.add(node);
    return node;
  }

  /** A node that answers ESTALE to everything, in place of the one that was at `path`. */
  makeDead(path: string, why: string): MemoryNode {
    const node = this.#createNode(null, path.slice(path.lastIndexOf('/') + 1), FILE_TYPE.file | 0o600, 0, 0);
    node.node_ops = deadOperations(this.#fs) as unknown as NodeOperations;
    node.stream_ops = deadOperations(this.#fs) as unknown as StreamOperations;
    this.#dead.set(node, { path, why });
    return node;
  }

  /** Emscripten refuses to rename from one mount to another, but here both are one disk. */
  #allowRenamesBetweenMounts(): void {
    const fs = this.#fs;
    const { rename } = fs;
    fs.rename = (oldPath, newPath) => {
      const from = fs.lookupPath(oldPath, { parent: true }).node;
      const to = fs.lookupPath(newPath, { parent: true }).node;
      const { mount } = to;
      if (this.isOurs(from) && this.isOurs(to)) to.mount = from.mount;
      try {
        rename(oldPath, newPath);
      } finally {
        to.mount = mount;
      }
    };
  }

  #decorate() {
    const fs = this.#fs;
    const memory = fs.filesystems.MEMFS;
    // The table exists since the runtime's own folders were made.
    const { dir, file, link } = memory.ops_table;
    const setattr = (node: MemoryNode, attributes: Attributes) => this.#setAttributes(node, attributes);
    return {
      dir: {
        node: {
          ...dir.node,
          setattr,
          mknod: (parent: MemoryNode, name: string, mode: number) => this.#makeNode(parent, name, mode),
          symlink: (parent: MemoryNode, name: string, target: string) => this.#makeLink(parent, name, target),
          rename: (node: MemoryNode, newParent: MemoryNode, newName: string) => this.#rename(node, newParent, newName),
          unlink: (parent: MemoryNode, name: string) => this.#remove('unlink', parent, name),
          rmdir: (parent: MemoryNode, name: string) => this.#remove('rmdir', parent, name),
        },
        stream: { ...dir.stream, fsync: () => this.#syncOrErrno() },
      },
      file: {
        node: { ...file.node, setattr },
        stream: {
          ...file.stream,
          write: (stream: Stream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number) =>
            this.#write(stream, buffer, offset, length, position),
          msync: (stream: Stream, buffer: Uint8Array, offset: number, length: number) => {
            const { node } = stream;
            // MEMFS writes all of the map: the file would grow to its length and have a new time though nothing was changed.
            const parts = changedBlocks(buffer, node.contents as Uint8Array, offset, Math.min(length, node.usedBytes - offset));
            for (const { start, end } of parts) this.#write(stream, buffer, start, end - start, offset + start);
            return 0;
          },
          fsync: () => this.#syncOrErrno(),
        },
      },
      link: { node: { ...link.node, setattr }, stream: link.stream },
    };
  }

  /**
   * Pays, lets `change` alter the memory, then journals.
   * @param node what is changed, or the folder in which something is
   * @param grows whether the disk will hold more after it than before
   * @param mayWait see Journal.append; default: whether it belongs to an open transaction
   */
  #commit<Result>(
    operation: FileOperation,
    node: MemoryNode,
    change: () => Result,
    { grows = false, mayWait }: { grows?: boolean; mayWait?: boolean } = {},
  ): Result {
    this.#attempt(() => this.#journal.pay(operation, grows));
    const result = this.#orOutOfMemory(change);
    this.#journal.append(operation, mayWait ?? this.#transactions.has(operation, node));
    return result;
  }

  /** MEMFS lets the engine's RangeError for an allocation that failed go through, and that would end the interpreter. */
  #orOutOfMemory<Result>(change: () => Result): Result {
    try {
      return change();
    } catch (error) {
      if (error instanceof RangeError) throw new this.#fs.ErrnoError(ERRNO.ENOMEM);
      throw error;
    }
  }

  /**
   * MEMFS takes names of any kind; the disk does not.
   * @param dots the error for `.` and `..`, which are taken everywhere
   */
  #requireName(name: string, dots: number): void {
    try {
      checkName(name);
    } catch {
      if (name === '.' || name === '..') throw new this.#fs.ErrnoError(dots);
      // Bytes that are no UTF-8 arrive here as text that has none.
      throw new this.#fs.ErrnoError(name.length * 3 > MAX_NAME ? ERRNO.ENAMETOOLONG : ERRNO.EILSEQ);
    }
  }

  #requireSize(size: number): void {
    if (size > MAX_FILE_SIZE) throw new this.#fs.ErrnoError(ERRNO.EFBIG);
  }

  #attempt(action: () => void): void {
    try {
      action();
    } catch (error) {
      if (!(error instanceof JournalError)) throw error;
      throw new this.#fs.ErrnoError(error.reason === 'full' ? ERRNO.ENOSPC : ERRNO.EIO);
    }
  }

  #syncOrErrno(): number {
    try {
      this.#journal.sync();
      return 0;
    } catch (error) {
      if (error instanceof JournalError) return ERRNO.EIO;
      throw error;
    }
  }

  /** Whether it is a node of the session's disk, also of one that was removed while open. */
  isOurs(node: MemoryNode): boolean {
    return Object.values(this.#operations).some((operations) => operations.node === node.node_ops);
  }

  #createNode(parent: MemoryNode | null, name: string, mode: number, inode: number, time: number): MemoryNode {
    const fs = this.#fs;
    // The disk's numbers are its own: those of other file systems must not grow into them.
    const { nextInode } = fs;
    const accessed = parent?.atime;
    const node = fs.filesystems.MEMFS.createNode(parent, name, mode, 0);
    fs.nextInode = nextInode;
    node.id = inode;
    node.atime = time;
    touch(time, node);
    // MEMFS changes the folder's time of access too, which the disk does not.
    if (parent) Object.assign(parent, { atime: accessed, mtime: time, ctime: time });
    // MEMFS keeps children in a plain object, where a file called `__proto__` would disappear.
    if (fs.isDir(mode)) node.contents = Object.create(null) as Record<string, MemoryNode>;
    const operations = this.#operations[fs.isDir(mode) ? 'dir' : fs.isLink(mode) ? 'link' : 'file'];
    node.node_ops = operations.node;
    node.stream_ops = operations.stream;
    return node;
  }

  #restore(parent: MemoryNode, entry: DiskEntry): MemoryNode {
    const node = this.#createNode(parent, entry.name, FILE_TYPE[entry.kind] | entry.mode, entry.inode, entry.modified);
    if (entry.kind === 'symlink') node.link = entry.target ?? '';
    if (entry.content && entry.content.size > 0) this.#unread.defer(node, entry.content);
    return node;
  }

  #makeNode(parent: MemoryNode, name: string, mode: number): MemoryNode {
    const fs = this.#fs;
    // Devices and pipes have no place on a disk that travels.
    if (!fs.isDir(mode) && !fs.isFile(mode)) throw new fs.ErrnoError(ERRNO.EPERM);
    this.#requireName(name, ERRNO.EEXIST);
    const inode = this.#nextInode;
    const kind = fs.isDir(mode) ? 'directory' : 'file';
    const time = Date.now();
    const operation: FileOperation = { type: 'make', inode, parent: parent.id, name, kind, mode: mode & 0o7777, time };
    return this.#commit(operation, parent, () => this.#createNode(parent, name, mode, this.#nextInode++, time), { grows: true });
  }

  #makeLink(parent: MemoryNode, name: string, target: string): MemoryNode {
    this.#requireName(name, ERRNO.EEXIST);
    if (target.length > MAX_TARGET) throw new this.#fs.ErrnoError(ERRNO.ENAMETOOLONG);
    const time = Date.now();
    const operation: FileOperation = { type: 'symlink', inode: this.#nextInode, parent: parent.id, name, target, time };
    return this.#commit(
      operation,
      parent,
      () => {
        const node = this.#createNode(parent, name, FILE_TYPE.symlink | 0o777, this.#nextInode++, time);
        node.link = target;
        return node;
      },
      { grows: true },
    );
  }

  #write(stream: Stream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number): number {
    const memory = this.#fs.filesystems.MEMFS.stream_ops;
    const { node } = stream;
    if (length > 0) this.#requireSize(position + length);
    // `canOwn` is never passed on: MEMFS would keep the caller's array instead of a copy.
    if (this.#removed.has(node)) return this.#orOutOfMemory(() => memory.write(stream, buffer, offset, length, position, false));
    let written = 0;
    while (written < length) {
      const size = Math.min(length - written, LARGEST_WRITE);
      const from = offset + written;
      const data = new Uint8Array(buffer.slice(from, from + size).buffer);
      const at = position + written;
      const { mtime, ctime } = node;
      try {
        const time = Date.now();
        const operation: FileOperation = { type: 'write', inode: node.id, offset: at, data, time };
        const ends = at === 0 && isJournal(node) && data[0] === 0 && !!(node.contents as Uint8Array)[0];
        if (ends) this.#zeroed.add(node);
        const grows = at + size > node.usedBytes;
        const change = () => {
          makeRoom(node, at + size);
          memory.write(stream, buffer, from, size, at, false);
        };
        this.#commit(operation, node, change, { grows, ...(ends && { mayWait: false }) });
        touch(time, node);
      } catch (error) {
        // MEMFS sets the times first and may then find no memory.
        Object.assign(node, { mtime, ctime });
        // As POSIX has it: what fitted is written, the next call gets the error.
        if (written > 0) break;
        throw error;
      }
      written += size;
    }
    return written;
  }

  #setAttributes(node: MemoryNode, requested: Attributes): void {
    const original = this.#fs.filesystems.MEMFS.node_ops.setattr;
    const attributes = { ...requested };
    for (const time of ['atime', 'mtime'] as const) {
      if (present(attributes[time])) attributes[time] = withinReach(Number(attributes[time]));
    }
    const { size, ...rest } = attributes;
    if (size !== undefined) this.#requireSize(size);
    if (this.#removed.has(node)) {
      this.#orOutOfMemory(() => original(node, attributes));
      return;
    }
    if (size !== undefined) {
      const time = Date.now();
      // SQLite's commit point in journal_mode=TRUNCATE: nothing follows it.
      const syncs = isJournal(node);
      const change = () => {
        if (size === 0) this.#unread.drop(node);
        original(node, { size });
        touch(time, node);
      };
      this.#commit({ type: 'truncate', inode: node.id, size, time }, node, change, syncs ? { mayWait: true } : {});
      if (syncs) this.#syncNow();
    }
    const changed = {
      ...(present(rest.mode) && { mode: (rest.mode as number) & 0o7777 }),
      ...(present(rest.mtime) && { modified: rest.mtime as number }),
      ...(present(rest.atime) && { accessed: rest.atime as number }),
    };
    if (Object.keys(changed).length === 0) original(node, rest);
    else this.#commit({ type: 'setattr', inode: node.id, ...changed }, node, () => original(node, rest));
  }

  #rename(node: MemoryNode, newParent: MemoryNode, newName: string): void {
    const fs = this.#fs;
    this.#requireName(newName, ERRNO.EBUSY);
    // FS.rename compares the paths as text, which a symbolic link evades: a folder moved into itself would be lost.
    for (let above = newParent; ; above = above.parent) {
      if (above === node) throw new fs.ErrnoError(ERRNO.EINVAL);
      if (above.parent === above) break;
    }
    const replaced = this.#childOf(newParent, newName);
    if (replaced) this.#unread.secure(replaced);
    const time = Date.now();
    const { parent, name } = node;
    this.#commit({ type: 'rename', parent: parent.id, name, newParent: newParent.id, newName, time }, parent, () => {
      fs.filesystems.MEMFS.node_ops.rename(node, newParent, newName);
      touch(time, parent, newParent);
    });
    if (replaced) this.#removed.add(replaced);
  }

  /**
   * A stale connection to a database cannot read or write it any more, but would still remove its log as it closes, by the path, believing that
   * all of it has been copied: with it would go what was committed since. So that file stays until the connection is closed.
   * @throws ErrnoError EIO
   */
  #requireNotStale(parent: MemoryNode, name: string): void {
    if (this.#dead.size === 0) return;
    const path = this.#pathOf(parent, name);
    const dead = [...this.#dead].filter(([, { path: gone }]) => gone === path || COMPANIONS.some((ending) => gone + ending === path));
    const isOpen = (node: MemoryNode) => this.#fs.streams.some((stream) => stream?.node === node);
    if (dead.some(([, { path: gone }]) => gone === path) && dead.some(([node]) => isOpen(node))) throw new this.#fs.ErrnoError(ERRNO.EIO);
  }

  #pathOf(folder: MemoryNode, name: string): string {
    let path = `/${name}`;
    let above = folder;
    for (; above.parent !== above; above = above.parent) path = `/${above.name}${path}`;
    return `${MOUNTS.find(({ inode }) => inode === above.id)?.path ?? ''}${path}`;
  }

  #remove(type: 'unlink' | 'rmdir', parent: MemoryNode, name: string): void {
    this.#requireNotStale(parent, name);
    const node = this.#childOf(parent, name);
    if (node) this.#unread.secure(node);
    const time = Date.now();
    // SQLite's commit point in the default journal_mode=DELETE: nothing follows it.
    const syncs = type === 'unlink' && node !== undefined && isJournal(node);
    const change = () => {
      this.#fs.filesystems.MEMFS.node_ops[type](parent, name);
      touch(time, parent);
    };
    this.#commit({ type, parent: parent.id, name, time }, parent, change, syncs ? { mayWait: true } : {});
    if (!node) return;
    this.#removed.add(node);
    if (syncs) {
      // FS.unlink does this only afterwards: should the sync fail, the journal would still be found and rolled back.
      this.#fs.hashRemoveNode(node);
      this.#syncNow();
    }
  }

  #syncNow(): void {
    this.#attempt(() => this.#journal.sync());
  }

  #childOf(parent: MemoryNode, name: string): MemoryNode | undefined {
    return (parent.contents as Record<string, MemoryNode>)[name];
  }
}

const present = (value: number | Date | null | undefined) => value !== undefined && value !== null;

const withinReach = (time: number) => Math.min(Math.max(time, -LAST_TIME), LAST_TIME);

/** Sets the times of a change to those that were journalled. */
function touch(time: number, ...nodes: MemoryNode[]): void {
  for (const node of nodes) node.mtime = node.ctime = time;
}
