import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readDisplay } from '../../../src/protocol/display';

const read = (message: unknown) => readDisplay(JSON.stringify(message));

describe('a display from Python', () => {
  test('is taken over in its shape only', () => {
    expect(
      read({ kind: 'display', id: 'a', update: true, data: { 'text/plain': 'x', 'application/json': [1] }, metadata: { m: 1 }, more: 1 }),
    ).toEqual({
      kind: 'display',
      id: 'a',
      update: true,
      data: { 'text/plain': 'x', 'application/json': [1] },
      metadata: { m: 1 },
    });
    expect(read({ kind: 'clear', wait: 'yes' })).toEqual({ kind: 'clear', wait: false });
  });

  test('loses what is no media type, no text, or too long', () => {
    const data = {
      'no type': 'x',
      'text/html': 5,
      'image/png': 'x'.repeat((8 << 20) + 1),
      __proto__: { a: 1 },
      'text/plain': ['a\n', 'b'],
    };
    expect(read({ kind: 'value', data })).toEqual({ kind: 'value', data: { 'text/plain': 'a\nb' }, metadata: {} });
  });

  test.each([['no JSON'], [5], [null], ['"text"'], ['{"kind":"other"}'], ['[]']])('%j is none', (json) => {
    expect(readDisplay(json)).toBeNull();
  });

  test('is never anything else, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('value', 'display', 'clear', 'error'),
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.jsonValue(),
        (kind, fields, data) => {
          const message = read({ ...fields, kind, data, parts: data });
          expect(message?.kind).toBe(kind);
          if (message?.kind === 'error') for (const part of message.parts) expect(part.frames.length).toBeLessThanOrEqual(100);
        },
      ),
    );
  });
});
