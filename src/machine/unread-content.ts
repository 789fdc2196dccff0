/** The bytes of files that have not been read yet: opening a session loads names and sizes only. */
import type { DiskContent } from '../protocol/disk';
import { ERRNO, type FileSystem, type MemoryNode } from './emscripten';
import type { StoredBytes } from './stored-bytes';

export class UnreadContent {
  readonly #fs: FileSystem;
  readonly #stored: StoredBytes;

  constructor(fs: FileSystem, stored: StoredBytes) {
    this.#fs = fs;
    this.#stored = stored;
  }

  /** Gives a file its size now and its content later. MEMFS reads `contents` of every file that it touches: the first time, that reads what is stored. */
  defer(node: MemoryNode, content: DiskContent): void {
    const settle = (bytes: Uint8Array) =>
      Object.defineProperty(node, 'contents', { value: bytes, writable: true, configurable: true, enumerable: true });
    node.usedBytes = content.size;
    Object.defineProperty(node, 'contents', {
      configurable: true,
      enumerable: true,
      get: () => {
        let bytes: Uint8Array;
        try {
          bytes = this.#stored.read(content);
        } catch {
          // Damaged, or the keeper that held the bytes is gone: an I/O error, never an empty file.
          throw new this.#fs.ErrnoError(ERRNO.EIO);
        }
        settle(bytes);
        return bytes;
      },
      set: settle,
    });
  }

  /**
   * Reads the content of a file that is about to go from the disk while it is open: afterwards the keeper may give the space away.
   * @throws ErrnoError EIO when it cannot be read: then the file has to stay until it is closed
   */
  secure(node: MemoryNode): void {
    if (this.#fs.streams.some((stream) => stream?.node === node)) void node.contents;
  }

  /** Makes a file empty without reading it, as MEMFS would. */
  drop(node: MemoryNode): void {
    node.contents = new Uint8Array(0);
    node.usedBytes = 0;
  }
}
