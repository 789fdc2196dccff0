/** Capsules as links: what is packed is what is unpacked, and what anyone may have written is bounded and refused in words. */
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { capsuleFromLink, capsuleToLink, LINK_LIMITS } from '../../../src/base/capsule-link';
import { readIncoming } from '../../../src/capsule';
import { HOSTILE_ARCHIVES } from '../../fixtures/hostile-archives';
import { plain, sessions, written } from '../capsule/capsules';

const linkOf = (bytes: Uint8Array) => `1.${deflateRawSync(bytes).toString('base64url')}`;
const read = async (link: string) => readIncoming([{ path: 'session.dormouse', file: await capsuleFromLink(link), modified: 0 }], 0);

test('any session that fits into a link is the same when the link is opened', async () => {
  await fc.assert(
    fc.asyncProperty(sessions, async (session) => {
      const link = await capsuleToLink(new Blob([await written(session, null, { pack: false })]));
      fc.pre(link !== null);
      expect(link).toMatch(/^1\.[\w-]+$/);
      expect(await plain((await read(link as string)).content)).toEqual(await plain(session));
    }),
    { numRuns: 25 },
  );
}, 60_000);

test('what is too long for a link gives none', async () => {
  const noise = crypto.getRandomValues(new Uint8Array(LINK_LIMITS.made));
  expect(await capsuleToLink(new Blob([noise]))).toBeNull();
  expect(await capsuleToLink(new Blob([noise.subarray(0, 20_000)]))).not.toBeNull();
});

describe('what is no link of ours is refused', () => {
  const whole = linkOf(new TextEncoder().encode('a capsule '.repeat(50)));
  test.each([
    ['nothing', '', /not complete/],
    ['no version', 'abc', /not complete/],
    ['other characters', '1.a+b/c', /not complete/],
    ['a later version', '2.abc', /another version/],
    ['half of it', whole.slice(0, whole.length / 2), /cut it off/],
    ['one character less', whole.slice(0, -1), /cut it off/],
    ['a bomb', linkOf(new Uint8Array(LINK_LIMITS.capsule + 1)), /larger than 16 MB/],
  ])('%s', async (_, link, says) => {
    await expect(capsuleFromLink(link)).rejects.toThrow(says);
  });
});

test('a hostile archive comes out of a link as it went in: the reader that refuses it as a file gets it', async () => {
  for (const { what, bytes } of HOSTILE_ARCHIVES) {
    const archive = bytes();
    if (archive.length > 1_000_000) continue;
    const unpacked = await capsuleFromLink(linkOf(archive));
    expect(Buffer.from(await unpacked.arrayBuffer()).equals(archive), what).toBe(true);
  }
});
