import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchCells } from '../../../src/notebook/match';

const known = (keys: string) => [...keys].map((key, index) => ({ id: `${key}${index}`, key }));
const match = (before: string, after: string) => matchCells(known(before), [...after]);

test('what is the same keeps its id, what was inserted is new', () => {
  expect(match('abc', 'abc')).toEqual(['a0', 'b1', 'c2']);
  expect(match('abc', 'axbc')).toEqual(['a0', null, 'b1', 'c2']);
  expect(match('abc', 'ac')).toEqual(['a0', 'c2']);
});

test('what was edited keeps its id by its place', () => {
  expect(match('abc', 'axc')).toEqual(['a0', 'b1', 'c2']);
  expect(match('ab', 'xy')).toEqual(['a0', 'b1']);
});

test('what was moved is found again', () => {
  expect(match('abc', 'cab')).toEqual(['c2', 'a0', 'b1']);
});

test('cells with the same content are told apart by their order', () => {
  expect(match('aba', 'aa')).toEqual(['a0', 'a2']);
});

test('no id is given twice, whatever was done', () => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 30 });
  fc.assert(
    fc.property(keys, keys, (before, after) => {
      const ids = match(before.join(''), after.join('')).filter((id) => id !== null);
      expect(new Set(ids).size).toBe(ids.length);
      // Content that stands alone on both sides is always found.
      for (const key of ['a', 'b', 'c', 'd'] as const) {
        const alone = (list: readonly string[]) => list.filter((each) => each === key).length === 1;
        if (alone(before) && alone(after))
          expect(match(before.join(''), after.join(''))[after.indexOf(key)]).toBe(`${key}${before.indexOf(key)}`);
      }
    }),
  );
});
