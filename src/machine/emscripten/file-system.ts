/** Emscripten's file system, as far as it is used. */

/** A node of the in-memory file system. MEMFS reads and writes these fields directly. */
export interface MemoryNode {
  /** `st_ino`, from FS.nextInode unless replaced before the node has children (the name hash uses the parent's id). */
  id: number;
  /** The node itself for a root. */
  parent: MemoryNode;
  /** That of the folder in which it was made. A root's says where it is mounted. */
  mount: object;
  name: string;
  /** File type and permission bits, as st_mode. */
  mode: number;
  /** Of a file its bytes (the array may be longer than the file, and signed); of a directory its children by name. */
  contents: Uint8Array | Int8Array | Record<string, MemoryNode>;
  /** The size of a file. */
  usedBytes: number;
  /** Of a symbolic link. */
  link: string;
  /** Of an end of a pipe, the same object at both. */
  pipe?: Pipe;
  /** Milliseconds since 1970. */
  atime: number;
  mtime: number;
  ctime: number;
  node_ops: NodeOperations;
  stream_ops: StreamOperations;
}

/** What was written to a pipe and not read yet lies in buckets, in each between `roffset` and `offset`. */
export interface Pipe {
  buckets: { buffer: Uint8Array; offset: number; roffset: number }[];
  /** Open descriptors of both ends. */
  refcnt: number;
}

export interface Attributes {
  mode?: number | null;
  atime?: number | Date | null;
  mtime?: number | Date | null;
  ctime?: number | Date | null;
  /** A truncation: MEMFS changes the size but no time. */
  size?: number;
}

export interface NodeOperations {
  setattr(node: MemoryNode, attributes: Attributes): void;
  mknod(parent: MemoryNode, name: string, mode: number, device: number): MemoryNode;
  symlink(parent: MemoryNode, name: string, target: string): MemoryNode;
  rename(node: MemoryNode, newParent: MemoryNode, newName: string): void;
  unlink(parent: MemoryNode, name: string): void;
  rmdir(parent: MemoryNode, name: string): void;
}

export interface Stream {
  fd: number;
  node: MemoryNode;
  stream_ops: StreamOperations;
  /** Of a pipe's end and of a device it is no path that can be opened again. */
  path: string;
  /** The same object in streams that `dup` made: one offset and one set of flags. */
  shared: { flags: number; position: number };
  flags: number;
  position: number;
  seekable: boolean;
  /** Of a directory that is being read: the names that its position counts in. */
  getdents?: string[] | null;
}

export interface StreamOperations {
  /** Copies the file to the heap; gives the address. */
  mmap(stream: Stream, length: number, position: number, protection: number, flags: number): { ptr: number };
  /** `buffer` may be the heap: its bytes have to be copied before this returns. With `canOwn` MEMFS keeps the array itself. */
  write(stream: Stream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number, canOwn?: boolean): number;
  msync(stream: Stream, buffer: Uint8Array, offset: number, length: number, flags: number): number;
  /** Called when a stream was made, which stays even if this throws. */
  open?(stream: Stream): void;
  /** Called by os.fsync (`fd_sync`), with no answer meaning success. */
  fsync?(stream: Stream): number;
}

export interface FileSystem {
  filesystems: { MEMFS: MemoryFileSystem };
  ErrnoError: new (errno: number) => Error;
  mount(type: { mount(mount: unknown): MemoryNode }, options: object, path: string): unknown;
  lookupNode(parent: MemoryNode, name: string): MemoryNode;
  /** With `parent` the folder of the path's last name, whether there is such a thing or not. */
  lookupPath(path: string, options: { parent?: boolean; follow?: boolean }): { node: MemoryNode };
  /** What the system call does, by name: refused between two folders of different `mount`. */
  rename(oldPath: string, newPath: string): void;
  /** Makes an open file of these properties, under the number that is given or the lowest that is free. */
  createStream(properties: object, fd?: number): Stream;
  open(path: string, flags: number): Stream;
  close(stream: Stream): void;
  write(stream: Stream, buffer: Uint8Array, offset: number, length: number, position: number): number;
  mkdir(path: string): void;
  rmdir(path: string): void;
  unlink(path: string): void;
  symlink(target: string, path: string): void;
  chmod(path: string, mode: number): void;
  /** Milliseconds since 1970. */
  utime(path: string, accessed: number, modified: number): void;
  readonly root: MemoryNode;
  cwd(): string;
  /** The working directory, absolute. */
  currentPath: string;
  /** By descriptor; null or a hole where there is none. */
  streams: (Stream | null | undefined)[];
  getStream(fd: number): Stream | null | undefined;
  /** A second stream of the same open file, under any number that is given. */
  dupStream(stream: Stream, fd: number): Stream;
  closeStream(fd: number): void;
  /** Takes a node out of the table in which paths are looked up; done again it does nothing. */
  hashRemoveNode(node: MemoryNode): void;
  /** The next node's `id`, of whatever file system. */
  nextInode: number;
  mkdirTree(path: string): void;
  writeFile(path: string, data: string | Uint8Array): void;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  isLink(mode: number): boolean;
}

export interface MemoryFileSystem {
  /** Creates the node and enters it into its parent. The first call fills `ops_table`. */
  createNode(parent: MemoryNode | null, name: string, mode: number, device: number): MemoryNode;
  node_ops: NodeOperations;
  stream_ops: StreamOperations;
  ops_table: Record<'dir' | 'file' | 'link', { node: NodeOperations; stream: StreamOperations }>;
}

/** Numbers of WASI, as Emscripten uses them. */
export const ERRNO = {
  EBADF: 8,
  EBUSY: 10,
  EEXIST: 20,
  EFBIG: 22,
  EILSEQ: 25,
  EINTR: 27,
  EINVAL: 28,
  EIO: 29,
  EISDIR: 31,
  ENAMETOOLONG: 37,
  ENOENT: 44,
  ENOMEM: 48,
  ENOSPC: 51,
  ENOTDIR: 54,
  ENOTEMPTY: 55,
  EPERM: 63,
  EROFS: 69,
  ESTALE: 72,
} as const;

/** File type bits of st_mode. */
export const FILE_TYPE = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;
