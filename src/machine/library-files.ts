/** The bytes of dynamic libraries, which an image does not hold: they are files of the session. */
import { xxh32 } from '../base/xxh32';
import type { FileSystem, LibraryRecord, MemoryNode } from './emscripten';
import { ImageError } from './image-format';

/** Reads and compiles libraries by their recorded paths, all at once. */
export function compileLibraries(fs: FileSystem, libraries: readonly LibraryRecord[]): Promise<WebAssembly.Module[]> {
  return Promise.all(libraries.map(({ name }) => WebAssembly.compile(bytesAt(fs, name))));
}

function bytesAt(fs: FileSystem, path: string): Uint8Array<ArrayBuffer> {
  let node: MemoryNode;
  try {
    node = fs.lookupPath(path, { parent: false }).node;
  } catch (error) {
    throw new ImageError(`The library ${path} is not there any more.`, { cause: error });
  }
  return (node.contents as Uint8Array<ArrayBuffer>).subarray(0, node.usedBytes);
}

/** Tells a library's bytes from others. */
export function fingerprint(fs: FileSystem, path: string): number {
  return xxh32(bytesAt(fs, path));
}
