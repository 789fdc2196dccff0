/** Free memory: what was there when it was given back stays until it is used again, and would be saved with every image. */
import type { EmscriptenModule } from './module';

/** Free memory is taken in blocks of these sizes, bytes: what larger ones leave over, smaller ones take. Below it is too little to matter. */
const SIZES = [1 << 20, 1 << 16, 1 << 13, 1 << 12, 1 << 11, 1 << 10, 1 << 9, 1 << 8];
/** So many blocks of each size at most, which take a few milliseconds: where free memory is in more pieces, the rest stays as it is. */
const MOST_BLOCKS = 4096;

/**
 * Fills what `free` was given with zeros, which cost nothing in an image: takes all of it, as far as it is in blocks of 256 bytes or more, and
 * gives it back. Parsing a run's code alone leaves some 150 KB behind, other bytes each time.
 *
 * Leans on dlmalloc, which Pyodide is linked with: it takes the smallest free block that is large enough, and above a limit of its
 * footprint it answers 0 instead of growing the heap.
 */
export function clearFreeMemory(module: EmscriptenModule): void {
  const limit = module._malloc_footprint_limit();
  module._malloc_set_footprint_limit(module._malloc_footprint());
  const taken: number[] = [];
  for (const size of SIZES) {
    for (let blocks = 0; blocks < MOST_BLOCKS; blocks++) {
      // Addresses above 2 GiB are negative.
      const address = module._malloc(size) >>> 0;
      if (address === 0) break;
      module.HEAPU8.fill(0, address, address + size);
      taken.push(address);
    }
  }
  for (const address of taken) module._free(address);
  module._malloc_set_footprint_limit(limit);
}
