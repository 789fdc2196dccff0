/** Pages of linear memory: which ones differ between two images, and what the difference is. */

/** Bytes of a page. Smaller than WebAssembly's own (64 KiB): Python dirties many places a little (decisions.md, "Pages of 4 KiB"). */
export const PAGE = 4096;
const WORDS = PAGE / 4;

const words = (bytes: Uint8Array) => new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4);

/**
 * Numbers of the pages of `now` that differ from `before`, rising. Where `before` is shorter it counts as zeros, so that memory which has
 * grown and not been used costs nothing. Both are whole pages.
 */
export function changedPages(now: Uint8Array, before: Uint8Array): Uint32Array {
  const current = words(now);
  const earlier = words(before);
  const found = new Uint32Array(current.length / WORDS);
  let count = 0;
  const common = Math.min(current.length, earlier.length);
  for (let start = 0; start < common; start += WORDS) {
    const end = start + WORDS;
    let at = start;
    // One comparison for eight words: most pages have not changed and are read to their end.
    while (
      at < end &&
      (((current[at] as number) ^ (earlier[at] as number)) |
        ((current[at + 1] as number) ^ (earlier[at + 1] as number)) |
        ((current[at + 2] as number) ^ (earlier[at + 2] as number)) |
        ((current[at + 3] as number) ^ (earlier[at + 3] as number)) |
        ((current[at + 4] as number) ^ (earlier[at + 4] as number)) |
        ((current[at + 5] as number) ^ (earlier[at + 5] as number)) |
        ((current[at + 6] as number) ^ (earlier[at + 6] as number)) |
        ((current[at + 7] as number) ^ (earlier[at + 7] as number))) ===
        0
    ) {
      at += 8;
    }
    if (at < end) found[count++] = start / WORDS;
  }
  for (let start = common; start < current.length; start += WORDS) {
    const end = start + WORDS;
    let at = start;
    while (at < end && current[at] === 0) at++;
    if (at < end) found[count++] = start / WORDS;
  }
  return found.slice(0, count);
}

/** The named pages of `now`, one after the other, each XORed with the same page of `before`: mostly zeros, which pack well. */
export function difference(now: Uint8Array, before: Uint8Array, pages: Uint32Array): Uint8Array<ArrayBuffer> {
  const result = new Int32Array(pages.length * WORDS);
  const current = words(now);
  const earlier = words(before);
  let to = 0;
  for (const page of pages) {
    const from = page * WORDS;
    if (from >= earlier.length) result.set(current.subarray(from, from + WORDS), to);
    else for (let at = 0; at < WORDS; at++) result[to + at] = (current[from + at] as number) ^ (earlier[from + at] as number);
    to += WORDS;
  }
  return new Uint8Array(result.buffer);
}

/** The named pages of `now`, one after the other. */
export function copyPages(now: Uint8Array, pages: Uint32Array): Uint8Array<ArrayBuffer> {
  const result = new Uint8Array(pages.length * PAGE);
  pages.forEach((page, index) => {
    result.set(now.subarray(page * PAGE, (page + 1) * PAGE), index * PAGE);
  });
  return result;
}

/** What `difference` found, XORed into `image`. */
export function applyDifference(image: Uint8Array, pages: Uint32Array, packed: Uint8Array): void {
  const target = words(image);
  const change = words(packed);
  let from = 0;
  for (const page of pages) {
    const to = page * WORDS;
    for (let at = 0; at < WORDS; at++) target[to + at] = (target[to + at] as number) ^ (change[from + at] as number);
    from += WORDS;
  }
}

/** Puts pages that `copyPages` took where they were. */
export function placePages(image: Uint8Array, pages: Uint32Array, packed: Uint8Array): void {
  // Most lie side by side: one copy for as many as do.
  for (let first = 0, end = 0; first < pages.length; first = end) {
    do end++;
    while (pages[end] === (pages[end - 1] as number) + 1);
    image.set(packed.subarray(first * PAGE, end * PAGE), (pages[first] as number) * PAGE);
  }
}
