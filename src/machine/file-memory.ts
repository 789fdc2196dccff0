/** Room for files that grow. */
import { MAX_FILE_SIZE } from '../base/file-operation';
import type { MemoryNode } from './emscripten';

/**
 * From this size on, bytes, a file that grows gets room for half as much again. MEMFS gives it an eighth: to write 256 MiB in small
 * pieces it copies more than 2 GiB, which takes longer than all the rest. Memory that nothing was written to takes no room yet.
 */
const LARGE_FILE = 1 << 20;
const GROWTH = 1.5;

/** Makes the array that holds a large file's bytes long enough for a file of `size`, before MEMFS does. */
export function makeRoom(node: MemoryNode, size: number): void {
  const contents = node.contents as Uint8Array;
  if (size <= contents.length || contents.length < LARGE_FILE) return;
  let grown: Uint8Array;
  try {
    grown = new Uint8Array(Math.min(Math.max(size, GROWTH * contents.length), MAX_FILE_SIZE));
  } catch {
    // No memory: MEMFS tries it with less.
    return;
  }
  grown.set(contents.subarray(0, node.usedBytes));
  node.contents = grown;
}
