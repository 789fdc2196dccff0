/** The bytes of dynamic libraries, which an image does not hold: they are files of the session, or of its packages. */
import { xxh32 } from '../base/xxh32';
import type { FileSystem, LibraryRecord, MemoryNode } from './emscripten';
import { ImageError } from './image-format';
import type { PackageMounts } from './packages/package-mounts';

/** Tells a library's bytes from others. That they are what was stored the disk checks; this says that they are those that were linked. */
export interface LibraryFile {
  name: string;
  size: number;
  /** XXH32; of a package's file the CRC-32 that its wheel says. */
  checksum: number;
}

/** Looks at each file once: what is loaded stays as it was, whatever becomes of its file. */
export class LibraryFiles {
  readonly #fs: FileSystem;
  readonly #packages: PackageMounts;
  readonly #known = new Map<string, LibraryFile>();

  constructor(fs: FileSystem, packages: PackageMounts) {
    this.#fs = fs;
    this.#packages = packages;
  }

  /** What has to be there to link these again. */
  describe(libraries: readonly LibraryRecord[]): LibraryFile[] {
    return libraries.map(({ name }) => {
      const known = this.#known.get(name);
      if (known) return known;
      const file = { name, ...(this.#packages.describe(name) ?? this.#describe(name)) };
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
        const { name } = file;
        const { size, checksum } = this.#packages.describe(name) ?? this.#describe(name);
        const bytes = this.#packages.read(name) ?? this.#read(name);
        if (!bytes) throw new ImageError(`The library ${name}, which the saved memory uses, is not there any more.`);
        if (size !== file.size || checksum !== file.checksum) {
          throw new ImageError(`The library ${name}, which the saved memory uses, has changed.`);
        }
        this.#known.set(name, file);
        return WebAssembly.compile(bytes);
      }),
    );
  }

  #describe(path: string): Omit<LibraryFile, 'name'> {
    const bytes = this.#read(path);
    return { size: bytes?.length ?? 0, checksum: bytes ? xxh32(bytes) : 0 };
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
