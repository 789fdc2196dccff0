/**
 * Files mapped into memory. Emscripten's mmap copies the file into the heap and msync and munmap write the copy back, to whatever
 * file has by then the descriptor that was mapped: none, if the program has closed it meanwhile, as Python programs do (and
 * numpy.memmap), or another one. So the file is remembered here by the map's address.
 */
import type { FileSystem, Stream } from './emscripten';

/** A number that no descriptor has: a stream can be put there also when all are taken. */
const OWN_DESCRIPTOR = -2;
/** What is written back at once at most, bytes: a change of one byte costs this much, not the whole file. */
const BLOCK = 1 << 16;

export class MemoryMaps {
  readonly #fs: FileSystem;
  /** By address, while the map lives. */
  readonly #streams = new Map<number, Stream>();

  /** Takes note of the maps of all files from now on, of those outside the disk too. */
  constructor(fs: FileSystem) {
    this.#fs = fs;
    const operations = fs.filesystems.MEMFS.ops_table.file.stream;
    const { mmap } = operations;
    operations.mmap = (stream, ...rest) => {
      const map = mmap(stream, ...rest);
      this.#streams.set(map.ptr >>> 0, stream);
      return map;
    };
  }

  /** The maps that live, with the open file of each. */
  live(): Iterable<[address: number, stream: Stream]> {
    return this.#streams;
  }

  /** The maps that are in memory already. */
  restore(maps: Iterable<[address: number, stream: Stream]>): void {
    for (const [address, stream] of maps) this.#streams.set(address, stream);
  }

  /**
   * Lets a map be written back to its own file.
   * @param fd the descriptor that was mapped, whatever it is now
   * @param last whether the map ends
   * @param write does it through a descriptor
   */
  writeBack(address: number, fd: number, last: boolean, write: (fd: number) => number): number {
    const fs = this.#fs;
    const stream = this.#streams.get(address >>> 0);
    if (last) this.#streams.delete(address >>> 0);
    if (!stream || fs.getStream(fd)?.node === stream.node) return write(fd);
    fs.dupStream(stream, OWN_DESCRIPTOR);
    try {
      return write(OWN_DESCRIPTOR);
    } finally {
      fs.closeStream(OWN_DESCRIPTOR);
    }
  }
}

/** The parts of a map that differ from the `length` bytes of its file at `offset`. */
export function* changedBlocks(
  map: Uint8Array,
  file: Uint8Array | Int8Array,
  offset: number,
  length: number,
): Generator<{ start: number; end: number }> {
  for (let start = 0; start < length; start += BLOCK) {
    const end = Math.min(start + BLOCK, length);
    let at = start;
    // MEMFS has contents with and without a sign.
    while (at < end && (((map[at] as number) ^ (file[offset + at] as number)) & 0xff) === 0) at++;
    if (at < end) yield { start, end };
  }
}
