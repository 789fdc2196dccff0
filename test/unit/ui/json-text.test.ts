import fc from 'fast-check';
import { expect, test } from 'vitest';
import { indentJson } from '../../../src/ui/json-text';

test('indents as JSON.stringify does', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), (value) => {
      expect(indentJson(JSON.stringify(value))).toBe(JSON.stringify(value, null, 2));
    }),
  );
});

test('keeps digits, order and doubles as they are written', () => {
  expect(indentJson('{"b":1.0,"a":12345678901234567890,"a":"\\u0041, [x]"}')).toBe(
    '{\n  "b": 1.0,\n  "a": 12345678901234567890,\n  "a": "\\u0041, [x]"\n}',
  );
});

test('neither depth nor length makes it large', () => {
  for (const text of ['['.repeat(32_000) + ']'.repeat(32_000), `[${'1,'.repeat(30_000)}1]`]) expect(indentJson(text)).toBe(text);
  const deep = '['.repeat(1000) + ']'.repeat(1000);
  expect(indentJson(deep).length).toBeLessThan(100_000);
});
