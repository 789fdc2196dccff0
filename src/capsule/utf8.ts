/** Whether bytes are UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF), and where not. */

/**
 * The offset of the first byte of the first sequence that is not UTF-8; -1 when there is none. A sequence that the end of the
 * bytes cuts off counts as wrong: `isCutOff` tells it from others.
 */
export function findInvalidUtf8(bytes: Uint8Array, start = 0): number {
  const length = bytes.length;
  let at = start;
  while (at < length) {
    const lead = bytes[at] as number;
    if (lead < 0x80) {
      at += 1;
      continue;
    }
    const size = sequenceLength(lead);
    if (size === 0 || at + size > length || !continues(bytes, at, size)) return at;
    at += size;
  }
  return -1;
}

/** Whether the bytes from `offset` to the end are the beginning of a sequence whose rest is missing. */
export function isCutOff(bytes: Uint8Array, offset: number): boolean {
  const size = sequenceLength(bytes[offset] ?? 0);
  const left = bytes.length - offset;
  return left > 0 && left < size && continues(bytes, offset, left);
}

/** Bytes of the sequence that begins with `lead`, above ASCII; 0 when none does. */
function sequenceLength(lead: number): number {
  if (lead < 0xc2 || lead > 0xf4) return 0;
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

function continues(bytes: Uint8Array, at: number, size: number): boolean {
  if (size === 1) return true;
  const lead = bytes[at] as number;
  const second = bytes[at + 1] as number;
  // Below: overlong forms. Above: surrogates (0xed), and what lies behind U+10FFFF (0xf4).
  const low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
  const high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return false;
  for (let index = at + 2; index < at + size; index += 1) if (((bytes[index] as number) & 0xc0) !== 0x80) return false;
  return true;
}
