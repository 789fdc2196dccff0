/**
 * Packages in the machine's file system: the files of wheels as nodes of site-packages, which can only be read. A file is inflated when it is read,
 * and few are held unpacked at a time: most are read once, by an import.
 */
import { InvalidInputError } from '../../base/errors';
import { ERRNO, FILE_TYPE, type FileSystem, type MemoryNode, type NodeOperations, type Stream, type StreamOperations } from '../emscripten';
import type { WheelFile, WheelMember } from './wheel-file';

export const SITE_PACKAGES = '/lib/python3.14/site-packages';

/** Numbers of nodes begin here, far from those of the runtime's own files and of the disk. */
const FIRST_INODE = 2 ** 40;
/** Room for numbers of one package. */
const INODES_EACH = 2 ** 17;
/** Contents that are held unpacked, bytes. */
const LARGEST_CACHE = 8 * 2 ** 20;
const ACCESS_MODE = 3;

/** A package where it is. */
export interface Mounted {
  sha256: string;
  name: string;
  version: string;
  /** Which of all that were ever mounted here: it says what numbers its nodes have. */
  place: number;
  /** Its files were taken away again; libraries that are linked still come from it. */
  hidden: boolean;
}

interface Mount extends Mounted {
  wheel: WheelFile;
  members: ReadonlyMap<string, WheelMember>;
}

export class PackageMounts {
  readonly #fs: FileSystem;
  readonly #mounts = new Map<string, Mount>();
  readonly #owners = new WeakMap<MemoryNode, Mount>();
  /** Folders that packages share: how many of them have something in each. */
  readonly #folders = new Map<MemoryNode, Set<Mount>>();
  readonly #cache = new ContentCache();
  #operations: Record<'dir' | 'file', { node: NodeOperations; stream: StreamOperations }> | null = null;
  #nextPlace = 0;

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /**
   * Those whose files are there, in the order in which they came.
   * @param linked paths of files that are needed besides, wherever they come from: packages that are hidden and have one are listed, too
   */
  list(linked: readonly string[] = []): Mounted[] {
    return Array.from(this.#mounts.values())
      .filter(({ hidden, members }) => !hidden || linked.some((path) => members.has(path)))
      .map(({ sha256, name, version, place, hidden }) => ({ sha256, name, version, place, hidden }));
  }

  has(sha256: string): boolean {
    return this.#mounts.get(sha256)?.hidden === false;
  }

  /** Whether a node belongs to a package. */
  isOurs(node: MemoryNode): boolean {
    return this.#owners.has(node) || this.#folders.has(node);
  }

  /**
   * Mounts a wheel, or nothing of it.
   * @param place as it was, when an image says so
   * @param hidden only to be read by `read`
   * @throws InvalidInputError when something of it is there already
   */
  mount(
    wheel: WheelFile,
    { sha256, name, version }: Pick<Mounted, 'sha256' | 'name' | 'version'>,
    place = this.#nextPlace,
    hidden = false,
  ): void {
    const known = this.#mounts.get(sha256);
    const members = new Map(wheel.members.map((member) => [`${SITE_PACKAGES}/${member.path}`, member]));
    const mount = known ?? { sha256, name, version, place, hidden: true, wheel, members };
    if (!known) this.#requireFree(mount);
    this.#mounts.set(sha256, mount);
    this.#nextPlace = Math.max(this.#nextPlace, place + 1);
    if (!hidden) this.show(sha256);
  }

  /** Gives a package that was mounted its files, or nothing of them. @throws InvalidInputError when something of it is there already */
  show(sha256: string): void {
    const mount = this.#mounts.get(sha256);
    if (!mount?.hidden) return;
    this.#requireFree(mount);
    let inode = FIRST_INODE + mount.place * INODES_EACH;
    for (const member of mount.members.values()) inode = this.#enter(mount, member, inode);
    mount.hidden = false;
    this.#touch();
  }

  /** Takes a package's files away. What was imported stays in memory, and libraries that are linked are still found by an image. */
  hide(sha256: string): void {
    const mount = this.#mounts.get(sha256);
    if (!mount || mount.hidden) return;
    mount.hidden = true;
    for (const path of mount.members.keys()) {
      const node = this.#find(path);
      if (node && this.#owners.get(node) === mount) this.#remove(node);
    }
    // Deepest first: they were made from the top.
    for (const [folder, users] of [...this.#folders].reverse()) {
      users.delete(mount);
      if (users.size > 0) continue;
      this.#folders.delete(folder);
      this.#remove(folder);
    }
    this.#touch();
  }

  /** What tells whether the bytes under a path are those that they were; null where no package has such a file. */
  describe(path: string): { size: number; checksum: number } | null {
    const entry = this.#member(path)?.member.entry;
    return entry ? { size: entry.size, checksum: entry.crc32 } : null;
  }

  /** The content of a package's file, also of one that is hidden; null when there is none. */
  read(path: string): Uint8Array<ArrayBuffer> | null {
    const found = this.#member(path);
    return found ? found.mount.wheel.read(found.member.entry) : null;
  }

  #member(path: string): { mount: Mount; member: WheelMember } | null {
    let found: { mount: Mount; member: WheelMember } | null = null;
    for (const mount of this.#mounts.values()) {
      const member = mount.members.get(path);
      if (member && (!found || !mount.hidden)) found = { mount, member };
    }
    return found;
  }

  #requireFree({ name, members }: Mount): void {
    for (const path of members.keys()) {
      const node = this.#find(path);
      if (node) {
        const owner = this.#owners.get(node)?.name;
        throw new InvalidInputError(`${name} brings ${path}, which ${owner ? `${owner} has brought already` : 'is there already'}.`);
      }
      for (let slash = path.lastIndexOf('/'); slash > SITE_PACKAGES.length; slash = path.lastIndexOf('/', slash - 1)) {
        const above = this.#find(path.slice(0, slash));
        if (above && !this.#folders.has(above)) {
          throw new InvalidInputError(
            `${name} brings a folder ${path.slice(0, slash)}, and there is one already that belongs to no package.`,
          );
        }
      }
    }
  }

  #enter(mount: Mount, { path, entry }: WheelMember, inode: number): number {
    const parts = path.split('/');
    const file = parts.pop() as string;
    let next = inode;
    let folder = this.#root();
    for (const part of parts) {
      let child = (folder.contents as Record<string, MemoryNode>)[part];
      if (!child) {
        child = this.#create(folder, part, FILE_TYPE.directory | 0o755, next++, entry.modified ?? 0);
        this.#folders.set(child, new Set());
      }
      this.#folders.get(child)?.add(mount);
      folder = child;
    }
    const node = this.#create(folder, file, FILE_TYPE.file | 0o644, next++, entry.modified ?? 0);
    this.#owners.set(node, mount);
    node.usedBytes = entry.size;
    Object.defineProperty(node, 'contents', { get: () => this.#content(node, mount, entry), configurable: true, enumerable: true });
    return next;
  }

  #content(node: MemoryNode, { wheel }: Mount, entry: WheelMember['entry']): Uint8Array {
    return this.#cache.get(node, () => {
      try {
        return wheel.read(entry);
      } catch (error) {
        if (error instanceof InvalidInputError) throw new this.#fs.ErrnoError(ERRNO.EIO);
        throw error;
      }
    });
  }

  #create(parent: MemoryNode, name: string, mode: number, inode: number, time: number): MemoryNode {
    const fs = this.#fs;
    const { nextInode } = fs;
    const node = fs.filesystems.MEMFS.createNode(parent, name, mode, 0);
    fs.nextInode = nextInode;
    node.id = inode;
    node.atime = node.mtime = node.ctime = time;
    if (fs.isDir(mode)) node.contents = Object.create(null) as Record<string, MemoryNode>;
    this.#operations ??= readOnly(fs);
    const operations = this.#operations[fs.isDir(mode) ? 'dir' : 'file'];
    node.node_ops = operations.node;
    node.stream_ops = operations.stream;
    return node;
  }

  /** site-packages itself, in which Python may make files of its own but change none of a package. */
  #root(): MemoryNode {
    const fs = this.#fs;
    const known = this.#find(SITE_PACKAGES);
    if (!known) fs.mkdirTree(SITE_PACKAGES);
    const root = known ?? (this.#find(SITE_PACKAGES) as MemoryNode);
    const { node_ops } = root;
    if (Object.hasOwn(node_ops, 'guarded')) return root;
    const children = root.contents as Record<string, MemoryNode | undefined>;
    const guard = (name: string) => {
      if (children[name] && this.isOurs(children[name])) throw new fs.ErrnoError(ERRNO.EROFS);
    };
    const guarded: NodeOperations & { guarded: true } = {
      ...node_ops,
      guarded: true,
      unlink: (parent, name) => {
        guard(name);
        node_ops.unlink(parent, name);
      },
      rmdir: (parent, name) => {
        guard(name);
        node_ops.rmdir(parent, name);
      },
      rename: (node, newParent, newName) => {
        guard(node.name);
        if (newParent === root) guard(newName);
        node_ops.rename(node, newParent, newName);
      },
    };
    root.node_ops = guarded;
    return root;
  }

  /** Python looks into a folder again when its time is another. */
  #touch(): void {
    const root = this.#root();
    root.mtime = root.ctime = Math.max(Date.now(), root.mtime + 1);
  }

  #remove(node: MemoryNode): void {
    this.#fs.hashRemoveNode(node);
    delete (node.parent.contents as Record<string, MemoryNode>)[node.name];
    this.#cache.forget(node);
  }

  #find(path: string): MemoryNode | null {
    let node: MemoryNode | undefined = this.#fs.root;
    for (const name of path.split('/').filter(Boolean)) {
      if (!node || !this.#fs.isDir(node.mode)) return null;
      const children: Record<string, MemoryNode> = node.contents as Record<string, MemoryNode>;
      node = Object.hasOwn(children, name) ? children[name] : undefined;
    }
    return node ?? null;
  }
}

/** What was read last. */
class ContentCache {
  readonly #held = new Map<MemoryNode, Uint8Array>();
  #size = 0;

  get(node: MemoryNode, read: () => Uint8Array): Uint8Array {
    const held = this.#held.get(node) ?? read();
    this.forget(node);
    this.#held.set(node, held);
    this.#size += held.length;
    for (const oldest of this.#held.keys()) {
      if (this.#size <= LARGEST_CACHE || oldest === node) break;
      this.forget(oldest);
    }
    return held;
  }

  forget(node: MemoryNode): void {
    this.#size -= this.#held.get(node)?.length ?? 0;
    this.#held.delete(node);
  }
}

/** MEMFS's operations with those that change something refused: EROFS, "Read-only file system". */
function readOnly(fs: FileSystem): Record<'dir' | 'file', { node: NodeOperations; stream: StreamOperations }> {
  const { dir, file } = fs.filesystems.MEMFS.ops_table;
  const refuse = (): never => {
    throw new fs.ErrnoError(ERRNO.EROFS);
  };
  const open = (stream: Stream) => {
    if ((stream.flags & ACCESS_MODE) === 0) return;
    fs.closeStream(stream.fd);
    refuse();
  };
  return {
    dir: {
      node: { ...dir.node, setattr: refuse, mknod: refuse, symlink: refuse, rename: refuse, unlink: refuse, rmdir: refuse },
      stream: { ...dir.stream },
    },
    file: {
      node: { ...file.node, setattr: refuse },
      stream: { ...file.stream, open, write: refuse },
    },
  };
}
