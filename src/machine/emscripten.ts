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
  name: string;
  /** File type and permission bits, as st_mode. */
  mode: number;
  /** Of a file its bytes (the array may be longer than the file); of a directory its children by name. */
  contents: Uint8Array | Record<string, MemoryNode>;
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
  getStream(fd: number): Stream | null;
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
export const ERRNO = { EFBIG: 22, EINTR: 27, EINVAL: 28, EIO: 29, ENAMETOOLONG: 37, ENOMEM: 48, ENOSPC: 51, EPERM: 63 } as const;

/** File type bits of st_mode. */
export const FILE_TYPE = { directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

export interface ModuleSettings {
  /** Emscripten's hook: it hands over the imports of the main module before they are linked. */
  instantiateWasm(imports: { env: Record<string, unknown> }, done: unknown): object;
}

/** `settings` of Pyodide's module factory, with SQLite's fdatasync routed to `dataSync`: upstream's import is a stub that returns 0. */
export function routeDataSync(settings: ModuleSettings, dataSync: (fd: number) => number): void {
  const instantiate = settings.instantiateWasm;
  settings.instantiateWasm = (imports, done) => {
    if (typeof imports.env.__syscall_fdatasync !== 'function')
      throw new Error('This build of Pyodide does not import __syscall_fdatasync.');
    imports.env.__syscall_fdatasync = dataSync;
    return instantiate(imports, done);
  };
}

/**
 * Calls back once when the interpreter is gone for good. Pyodide names the error `Exit` after os._exit (status in `status`);
 * anything else is a crash (a WebAssembly trap, a corrupt state).
 */
export function onFatalError(pyodide: PyodideInterface, callback: (error: Error) => void): void {
  (pyodide as unknown as { _api: { on_fatal?: (error: Error) => void } })._api.on_fatal = callback;
}
