import { expect, test } from 'vitest';
import { placeAfter } from '../../../../src/ui/grid/selection';

const extent = { rows: 100, columns: 10, page: 20 };
const key = (name: string, held: Partial<Record<'ctrlKey' | 'metaKey' | 'altKey', boolean>> = {}) => ({
  key: name,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
});

test.each([
  [key('ArrowDown'), { row: 6, column: 3 }],
  [key('ArrowUp', { ctrlKey: true }), { row: 0, column: 3 }],
  [key('PageDown'), { row: 25, column: 3 }],
  [key('PageUp'), { row: 0, column: 3 }],
  [key('Home'), { row: 5, column: 0 }],
  [key('End', { metaKey: true }), { row: 99, column: 9 }],
  [key('ArrowRight', { altKey: true }), null],
  [key('x'), null],
])('%o leads to %o', (pressed, place) => {
  expect(placeAfter(pressed, { row: 5, column: 3 }, extent)).toEqual(place);
});

test('above the first row are the headings, beyond the ends is nothing', () => {
  expect(placeAfter(key('ArrowUp'), { row: 0, column: 0 }, extent)).toEqual({ row: -1, column: 0 });
  expect(placeAfter(key('ArrowUp'), { row: -1, column: 0 }, extent)).toEqual({ row: -1, column: 0 });
  expect(placeAfter(key('ArrowDown'), { row: -1, column: 0 }, extent)).toEqual({ row: 0, column: 0 });
  expect(placeAfter(key('ArrowDown'), { row: 99, column: 9 }, extent)).toEqual({ row: 99, column: 9 });
});
