/** In which encoding a text file is. */

export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

/**
 * By the mark at the beginning; without one by the zero bytes that Latin letters have in UTF-16; then UTF-8 if it is valid; else
 * Windows-1252, which is what Latin-1 means on the web and takes any byte.
 * @param head the first bytes of the file
 * @param whole whether that is all of it: else its last character may be cut off
 */
export function guessEncoding(head: Uint8Array, whole: boolean): { encoding: Encoding; mark: number } {
  if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return { encoding: 'utf-8', mark: 3 };
  if (head[0] === 0xff && head[1] === 0xfe) return { encoding: 'utf-16le', mark: 2 };
  if (head[0] === 0xfe && head[1] === 0xff) return { encoding: 'utf-16be', mark: 2 };
  const zeros = [0, 0];
  for (let at = 0; at < head.length; at++) if (head[at] === 0) zeros[at % 2] = (zeros[at % 2] ?? 0) + 1;
  const [even = 0, odd = 0] = zeros;
  if (odd > head.length / 5 && even < odd / 10) return { encoding: 'utf-16le', mark: 0 };
  if (even > head.length / 5 && odd < even / 10) return { encoding: 'utf-16be', mark: 0 };
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: !whole });
    return { encoding: 'utf-8', mark: 0 };
  } catch {
    return { encoding: 'windows-1252', mark: 0 };
  }
}
