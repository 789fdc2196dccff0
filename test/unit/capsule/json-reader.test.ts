/** Takes what the platform takes, from the same bytes. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { InvalidInputError } from '../../../src/base/errors';
import { readJson } from '../../../src/capsule/json-reader';
import type { JsonText } from '../../../src/capsule/json-text';
import { findInvalidUtf8, isCutOff } from '../../../src/capsule/utf8';

const LIMITS = { depth: 64, values: 10_000 };
const NONE: ReadonlySet<string> = new Set();
const encoder = new TextEncoder();

const readText = (text: string) => readJson(encoder.encode(text), 0, NONE, LIMITS);

/** As `JSON.parse` returns it, to be compared: objects with a prototype. */
const plain = (value: unknown) => JSON.parse(JSON.stringify(value));

describe('JSON', () => {
  test('of any kind is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary', maxDepth: 5 }), fc.constantFrom(undefined, 1, '\t'), (value, indent) => {
        // Only a number at the very end cannot be told from one that is cut off.
        const text = `${JSON.stringify(value, null, indent)} `;
        expect(plain(readText(text))).toEqual(JSON.parse(text));
      }),
      { numRuns: 500 },
    );
  });

  test('that is broken is refused where JSON.parse refuses it', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"',
      '"a"',
      '"b"',
      '\\',
      '\\u00e9',
      '\\n',
      '0',
      '1',
      '-',
      '.',
      'e',
      '+',
      ' ',
      '\n',
      '\u000b',
      'true',
      'null',
      'fals',
      '\ufeff',
      '🐭',
      '/',
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...pieces), { maxLength: 7 }), (parts) => {
        const text = `[${parts.join('')}]`;
        let expected: unknown;
        try {
          expected = JSON.parse(text);
        } catch {
          expect(() => readText(text)).toThrow(InvalidInputError);
          return;
        }
        expect(plain(readText(text))).toEqual(plain(expected));
      }),
      { numRuns: 5000 },
    );
  });

  test('has long texts left as bytes, and they are the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, escapeAll) => {
        const units = Array.from({ length: text.length }, (_, index) => `\\u${text.charCodeAt(index).toString(16).padStart(4, '0')}`);
        const source = escapeAll ? `"${units.join('')}"` : JSON.stringify(text);
        const { long } = readJson(encoder.encode(`{"long":${source}}`), 0, new Set(['long']), LIMITS) as { long: JsonText };
        expect(long.toBytes()).toEqual(encoder.encode(text));
        expect(long.view()).toEqual(encoder.encode(text));
      }),
      { numRuns: 500 },
    );
  });

  test('begins where it is said to', () => {
    expect(readJson(encoder.encode('xx[1]'), 2, NONE, LIMITS)).toEqual([1]);
  });

  test('has its limits', () => {
    const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(() => readText(nested(64))).not.toThrow();
    expect(() => readText(nested(65))).toThrow('too deep');
    const list = (values: number) => JSON.stringify(Array.from({ length: values - 1 }, () => 0));
    expect(() => readText(list(10_000))).not.toThrow();
    expect(() => readText(list(10_001))).toThrow('more than 10,000 values');
  });
});

describe('UTF-8', () => {
  test('is what the platform decodes', () => {
    const interesting = fc.constantFrom(
      0,
      0x41,
      0x7f,
      0x80,
      0x8f,
      0x90,
      0x9f,
      0xa0,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xe1,
      0xed,
      0xee,
      0xef,
      0xf0,
      0xf1,
      0xf4,
      0xf5,
      0xff,
    );
    fc.assert(
      fc.property(fc.array(interesting, { maxLength: 8 }), (values) => {
        const bytes = new Uint8Array(values);
        const decodes = (end: number) => {
          try {
            new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end));
            return true;
          } catch {
            return false;
          }
        };
        const invalid = findInvalidUtf8(bytes);
        expect(invalid === -1).toBe(decodes(bytes.length));
        if (invalid === -1) return;
        expect(decodes(invalid)).toBe(true);
        // Cut off: some continuation makes it whole.
        const completions = [[0x80], [0x80, 0x80], [0x80, 0x80, 0x80], [0xa0], [0xa0, 0x80], [0x90, 0x80, 0x80]];
        const completed = completions.some((rest) => findInvalidUtf8(new Uint8Array([...values, ...rest])) === -1);
        expect(isCutOff(bytes, invalid)).toBe(completed);
      }),
      { numRuns: 5000 },
    );
  });
});
