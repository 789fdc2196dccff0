/**
 * Every internal of Emscripten 5.0.3 and Pyodide 314.0.7 that Dormouse leans on, typed as far as it is used, one comment per
 * fact. A runtime upgrade begins here: test/unit/machine/emscripten.test.ts checks each fact against the real runtime.
 */
import type { PyodideInterface } from 'pyodide';

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
  /** Milliseconds since 1970. */
  atime: number;
  mtime: number;
  ctime: number;
  node_ops: NodeOperations;
  stream_ops: StreamOperations;
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
}

export interface StreamOperations {
  /** Copies the file to the heap; gives the address. */
  mmap(stream: Stream, length: number, position: number, protection: number, flags: number): { ptr: number };
  /** `buffer` may be the heap: its bytes have to be copied before this returns. With `canOwn` MEMFS keeps the array itself. */
  write(stream: Stream, buffer: Uint8Array | Int8Array, offset: number, length: number, position: number, canOwn?: boolean): number;
  msync(stream: Stream, buffer: Uint8Array, offset: number, length: number, flags: number): number;
  /** Called by os.fsync (`fd_sync`), with no answer meaning success. */
  fsync?(stream: Stream): number;
}

export interface FileSystem {
  filesystems: { MEMFS: MemoryFileSystem };
  ErrnoError: new (errno: number) => Error;
  mount(type: { mount(mount: unknown): MemoryNode }, options: object, path: string): unknown;
  lookupNode(parent: MemoryNode, name: string): MemoryNode;
  /** With `parent` the folder of the path's last name, whether there is such a thing or not. */
  lookupPath(path: string, options: { parent: boolean }): { node: MemoryNode };
  /** What the system call does, by name: refused between two folders of different `mount`. */
  rename(oldPath: string, newPath: string): void;
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
  ENAMETOOLONG: 37,
  ENOMEM: 48,
  ENOSPC: 51,
  EPERM: 63,
} as const;

/** File type bits of st_mode. */
export const FILE_TYPE = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

export interface ModuleSettings {
  /** Emscripten's hook: it hands over the imports of the main module before they are linked. */
  instantiateWasm(imports: { env: Record<string, unknown> }, done: unknown): object;
}

type Import = (...parameters: number[]) => number;

/**
 * Replaces imports of the main module, those that its `settings` are going to be instantiated with.
 * @param replace by name: gets what upstream imports, returns what takes its place
 */
function replaceImports(settings: ModuleSettings, replace: Record<string, (original: Import) => Import>): void {
  const instantiate = settings.instantiateWasm;
  settings.instantiateWasm = (imports, done) => {
    for (const [name, replacement] of Object.entries(replace)) {
      const original = imports.env[name];
      if (typeof original !== 'function') throw new Error(`This build of Pyodide does not import ${name}.`);
      imports.env[name] = replacement(original as Import);
    }
    return instantiate(imports, done);
  };
}

/**
 * Routes SQLite's fdatasync, and os.fdatasync, to `dataSync`: upstream's import is a stub that returns 0.
 * @param dataSync returns 0 or, as system calls do, a negative number of ERRNO
 */
export function routeDataSync(settings: ModuleSettings, dataSync: (fd: number) => number): void {
  replaceImports(settings, { __syscall_fdatasync: () => dataSync as Import });
}

/**
 * Lets `writeBack` choose the descriptor through which msync and, with `last`, munmap write a map back: upstream they take the
 * number that was mapped, whatever it stands for by then.
 */
export function routeMaps(
  settings: ModuleSettings,
  writeBack: (address: number, fd: number, last: boolean, write: (fd: number) => number) => number,
): void {
  // Of their parameters the first is the address and the fifth the descriptor.
  const route =
    (last: boolean) =>
    (original: Import): Import =>
    (...parameters) =>
      writeBack(parameters[0] as number, parameters[4] as number, last, (fd) => original(...parameters.with(4, fd)));
  replaceImports(settings, { _msync_js: route(false), _munmap_js: route(true) });
}

/**
 * Calls back once when the interpreter is gone for good. Pyodide names the error `Exit` after os._exit (status in `status`);
 * anything else is a crash (a WebAssembly trap, a corrupt state).
 */
export function onFatalError(pyodide: PyodideInterface, callback: (error: Error) => void): void {
  (pyodide as unknown as { _api: { on_fatal?: (error: Error) => void } })._api.on_fatal = callback;
}
