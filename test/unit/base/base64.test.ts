import fc from 'fast-check';
import { expect, test } from 'vitest';
import { base64Length, decodeBase64, encodeBase64 } from '../../../src/base/base64';

const ascii = (bytes: Uint8Array) => String.fromCharCode(...bytes);

test('encodes and decodes as others do', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), (bytes) => {
      const characters = encodeBase64(bytes);
      expect(ascii(characters)).toBe(Buffer.from(bytes).toString('base64'));
      expect(characters.length).toBe(base64Length(bytes.length));
      expect(decodeBase64(characters)).toEqual(bytes);
    }),
  );
});

test('takes exactly what it would write itself', () => {
  const text = fc.array(fc.constantFrom(...'AZaz09+/=-_ \n'), { maxLength: 9 }).map((characters) => characters.join(''));
  fc.assert(
    fc.property(text, (characters) => {
      const canonical = Buffer.from(characters, 'base64').toString('base64') === characters;
      const decode = () => decodeBase64(new TextEncoder().encode(characters));
      if (canonical) expect(ascii(encodeBase64(decode()))).toBe(characters);
      else expect(decode).toThrow(/^The base64 text .*\.$/);
    }),
    { numRuns: 3000 },
  );
});
