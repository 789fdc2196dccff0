/** The bytes of one file in memory: pages that grow, where a missing page or the missing end of one reads as zeros. */
import { NoSpaceError } from '../base/errors';

/**
 * Pages instead of one buffer: a byte written at 2 GiB costs one page, growing copies one page, and truncating gives memory
 * back.
 */
const PAGE = 64 * 1024;

/** The first allocation for a page; it doubles until the page is whole, so that small files stay small. */
const FIRST_ALLOCATION = 256;

export class FileContent {
  /** Each is at most PAGE long. Invariant: bytes at and beyond `size` are zero. */
  #pages = new Map<number, Uint8Array>();
  #size = 0;

  /** The file's size, bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Takes the memory for a write, so that it cannot fail any more. Nothing can be seen of it.
   * @throws NoSpaceError when the memory is not to be had
   */
  secure(offset: number, length: number): void {
    for (const { page, end } of spans(offset, length)) {
      const present = this.#pages.get(page);
      const before = present?.length ?? 0;
      if (end <= before) continue;
      let bytes: Uint8Array;
      try {
        bytes = new Uint8Array(allocationFor(before, end));
      } catch (cause) {
        throw new NoSpaceError('There is not enough memory for a file this large.', { cause });
      }
      if (present) bytes.set(present);
      this.#pages.set(page, bytes);
    }
  }

  /** Writes `data` at `offset`, a gap before it reads as zeros; throws as `secure` does, with nothing changed. */
  write(data: Uint8Array, offset: number): void {
    if (data.length === 0) return;
    this.secure(offset, data.length);
    let taken = 0;
    for (const { page, start, end } of spans(offset, data.length)) {
      this.#pages.get(page)?.set(data.subarray(taken, taken + end - start), start);
      taken += end - start;
    }
    this.#size = Math.max(this.#size, offset + data.length);
  }

  /** Sets the size; new bytes read as zeros and take no memory. */
  truncate(size: number): void {
    if (size < this.#size) {
      for (const [page, bytes] of this.#pages) {
        const keep = size - page * PAGE;
        if (keep <= 0) {
          this.#pages.delete(page);
        } else if (keep < bytes.length) {
          bytes.fill(0, keep);
        }
      }
    }
    this.#size = size;
  }

  /** Fills `buffer` from `offset`; returns the bytes read, fewer only at the end of the file. */
  read(buffer: Uint8Array, offset: number): number {
    const length = Math.max(0, Math.min(buffer.length, this.#size - offset));
    let given = 0;
    for (const { page, start, end } of spans(offset, length)) {
      const part = this.#pages.get(page)?.subarray(start, end);
      if (part) buffer.set(part, given);
      buffer.fill(0, given + (part?.length ?? 0), given + end - start);
      given += end - start;
    }
    return length;
  }

  /**
   * The first `most` bytes, by default all: of a small part a view of the memory, otherwise a copy.
   * @throws NoSpaceError when the memory for a copy is not to be had
   */
  bytes(most = this.#size): Uint8Array<ArrayBuffer> {
    const length = Math.min(most, this.#size);
    const first = this.#pages.get(0);
    if (first && first.length >= length) return first.subarray(0, length) as Uint8Array<ArrayBuffer>;
    try {
      const bytes = new Uint8Array(length);
      this.read(bytes, 0);
      return bytes;
    } catch (cause) {
      throw new NoSpaceError(`There is not enough memory to read ${length} bytes of a file.`, { cause });
    }
  }

  /** What is not known to be zeros, in no order; views. */
  *parts(): Generator<{ offset: number; data: Uint8Array }> {
    for (const [page, bytes] of this.#pages) {
      const offset = page * PAGE;
      if (offset < this.#size) yield { offset, data: bytes.subarray(0, Math.min(bytes.length, this.#size - offset)) };
    }
  }
}

function allocationFor(present: number, end: number): number {
  return Math.min(PAGE, Math.max(end, 2 * present, FIRST_ALLOCATION));
}

/** The pages that a range touches; `start` and `end` are within the page. */
function* spans(offset: number, length: number): Generator<{ page: number; start: number; end: number }> {
  const stop = offset + length;
  while (offset < stop) {
    const page = Math.floor(offset / PAGE);
    const start = offset - page * PAGE;
    const end = Math.min(PAGE, start + stop - offset);
    yield { page, start, end };
    offset += end - start;
  }
}
