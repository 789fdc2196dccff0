import { expect, test } from 'vitest';
import { xxh32 } from '../../../src/base/xxh32';

const text = (value: string) => new TextEncoder().encode(value);

// Published values: the reference implementation's README and tests, and https://github.com/Cyan4973/xxHash/wiki.
test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('the checksum of %j is the published one', (value, expected) => {
  expect(xxh32(text(value))).toBe(expected);
});

test('it does not depend on where the bytes lie in memory', () => {
  const bytes = Uint8Array.from({ length: 1000 }, (_, index) => index * 7);
  for (let shift = 0; shift < 8; shift++) {
    const moved = new Uint8Array(1008);
    moved.set(bytes, shift);
    expect(xxh32(moved.subarray(shift, shift + 1000))).toBe(xxh32(bytes));
  }
});

test('every single flipped bit shows', () => {
  const bytes = Uint8Array.from({ length: 100 }, (_, index) => index);
  const sound = xxh32(bytes);
  for (let bit = 0; bit < 800; bit++) {
    const damaged = bytes.slice();
    damaged[bit >> 3] = (damaged[bit >> 3] as number) ^ (1 << (bit & 7));
    expect(xxh32(damaged)).not.toBe(sound);
  }
});
