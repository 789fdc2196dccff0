/** The bytes of dynamic libraries, which an image does not hold: they are files of the session. */
import { xxh32 } from '../base/xxh32';
import type { FileSystem, LibraryRecord, MemoryNode } from './emscripten';
import { ImageError } from './image-format';

/** Tells a library's bytes from others. That they are what was stored the disk checks; this says that they are those that were linked. */
export interface LibraryFile {
  name: string;
  size: number;
  /** XXH32. */
  checksum: number;
}

/** Looks at each file once: what is loaded stays as it was, whatever becomes of its file. */
export class LibraryFiles {
  readonly #fs: FileSystem;
  readonly #known = new Map<string, LibraryFile>();

  constructor(fs: FileSystem) {
    this.#fs = fs;
  }

  /** What has to be there to link these again. */
  describe(libraries: readonly LibraryRecord[]): LibraryFile[] {
    return libraries.map(({ name }) => {
      const known = this.#known.get(name);
      if (known) return known;
      const bytes = this.#read(name);
      const file = { name, size: bytes?.length ?? 0, checksum: bytes ? xxh32(bytes) : 0 };
      this.#known.set(name, file);
      return file;
    });
  }

  /**
   * Reads and compiles libraries by their recorded paths, all at once.
   * @throws ImageError when one is not what it was
   */
  compile(files: readonly LibraryFile[]): Promise<WebAssembly.Module[]> {
    return Promise.all(
      files.map((file) => {
        const bytes = this.#read(file.name);
        if (!bytes) throw new ImageError(`The library ${file.name}, which the saved memory uses, is not there any more.`);
        if (bytes.length !== file.size || xxh32(bytes) !== file.checksum) {
          throw new ImageError(`The library ${file.name}, which the saved memory uses, has changed.`);
        }
        this.#known.set(file.name, file);
        return WebAssembly.compile(bytes);
      }),
    );
  }

  #read(path: string): Uint8Array<ArrayBuffer> | null {
    let node: MemoryNode;
    try {
      node = this.#fs.lookupPath(path, { parent: false }).node;
      return (node.contents as Uint8Array<ArrayBuffer>).subarray(0, node.usedBytes);
    } catch (error) {
      // It is not there, or cannot be read.
      if (error instanceof this.#fs.ErrnoError) return null;
      throw error;
    }
  }
}
