/** What a machine remembers of the memory that it captured last, to find what has changed since. */
import { changedPages, copyPages, difference, PAGE, placePages } from './pages';

/** Up to so many bytes a copy is kept, which makes small frames. Above that only hashes: 16 bytes for each page. */
const LARGEST_COPY = 512 * 2 ** 20;
const WORDS = PAGE / 4;
const HASH_WORDS = 4;

/** What has changed, and what its bytes are: see `FrameBasis`. */
export interface MemoryChange {
  basis: 'previous' | 'replacement';
  pages: Uint32Array;
  content: Uint8Array;
}

export class KeptMemory {
  readonly #largestCopy: number;
  /** Exactly one of these two is there. */
  #copy: Uint8Array<ArrayBuffer> | null = null;
  #hashes: Int32Array | null = null;
  /** The copy belongs to somebody else, too: it must not be written. */
  #borrowed: boolean;

  /**
   * @param memory what was captured last
   * @param own whether nobody else will read or write it any more
   */
  constructor(memory: Uint8Array<ArrayBuffer>, own = false, largestCopy = LARGEST_COPY) {
    this.#largestCopy = largestCopy;
    this.#borrowed = !own;
    if (memory.length <= largestCopy) this.#copy = memory;
    else this.#hashes = hashPages(memory);
  }

  /** What is another than in `memory`; from now on that is what is remembered. */
  advance(memory: Uint8Array): MemoryChange {
    if (this.#copy && memory.length <= this.#largestCopy) return this.#compare(memory, this.#copy);
    const before = this.#hashes ?? hashPages(this.#copy as Uint8Array);
    const now = hashPages(memory);
    this.#hashes = now;
    this.#copy = null;
    const pages = changedHashes(now, before);
    return { basis: 'replacement', pages, content: copyPages(memory, pages) };
  }

  #compare(memory: Uint8Array, copy: Uint8Array<ArrayBuffer>): MemoryChange {
    const pages = changedPages(memory, copy);
    const content = difference(memory, copy, pages);
    let own = copy;
    if (this.#borrowed || copy.length !== memory.length) {
      own = new Uint8Array(memory.length);
      own.set(copy);
    }
    placePages(own, pages, copyPages(memory, pages));
    this.#copy = own;
    this.#borrowed = false;
    return { basis: 'previous', pages, content };
  }
}

/**
 * 128 bits for each page. Every word goes into all four accumulators, and each turns its bits: otherwise two changes of a highest bit (two
 * numbers that change their sign) would cancel each other.
 */
function hashPages(memory: Uint8Array): Int32Array {
  const words = new Int32Array(memory.buffer, memory.byteOffset, memory.length / 4);
  const hashes = new Int32Array((words.length / WORDS) * HASH_WORDS);
  let to = 0;
  for (let start = 0; start < words.length; start += WORDS) {
    const end = start + WORDS;
    let a = 0x243f6a88;
    let b = 0x85a308d3 | 0;
    let c = 0x13198a2e;
    let d = 0x03707344;
    for (let at = start; at < end; at++) {
      const word = words[at] as number;
      a = Math.imul(a ^ word, 0x9e3779b1);
      a = (a << 15) | (a >>> 17);
      b = Math.imul(b + word, 0x85ebca77);
      b = (b << 13) | (b >>> 19);
      c = Math.imul(c ^ (word + a), 0xc2b2ae3d);
      c = (c << 11) | (c >>> 21);
      d = Math.imul(d + (word ^ b), 0x27d4eb2f);
      d = (d << 7) | (d >>> 25);
    }
    hashes[to++] = a;
    hashes[to++] = b;
    hashes[to++] = c;
    hashes[to++] = d;
  }
  return hashes;
}

/** Memory that has grown and holds nothing yet counts as unchanged. */
function changedHashes(now: Int32Array, before: Int32Array): Uint32Array {
  const zeros = hashPages(new Uint8Array(PAGE));
  const changed: number[] = [];
  for (let at = 0; at < now.length; at += HASH_WORDS) {
    const [other, from] = at < before.length ? [before, at] : [zeros, 0];
    let word = 0;
    while (word < HASH_WORDS && now[at + word] === other[from + word]) word++;
    if (word < HASH_WORDS) changed.push(at / HASH_WORDS);
  }
  return Uint32Array.from(changed);
}
