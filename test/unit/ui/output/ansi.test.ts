/** Colours of terminals in printed text. */
import { expect, test } from 'vitest';
import { colourStretches } from '../../../../src/ui/output/ansi';

const texts = (text: string, codes: readonly string[] = []) => colourStretches(text, codes).map((each) => [each.codes.join(''), each.text]);

test('text is cut where its colour changes, and colours add up until they are taken back', () => {
  expect(texts('a\u001b[1mb\u001b[31mc\u001b[0md')).toEqual([
    ['', 'a'],
    ['\u001b[1m', 'b'],
    ['\u001b[1m\u001b[31m', 'c'],
    ['', 'd'],
  ]);
  expect(texts('on\u001b[0;32mgreen\u001b[m', ['\u001b[1m'])).toEqual([
    ['\u001b[1m', 'on'],
    ['\u001b[0;32m', 'green'],
    ['', ''],
  ]);
});

test('nothing else that terminals obey is left, nor an escape that means nothing', () => {
  // Asked of a terminal's keyboard, and a colour in a form that is not known here.
  expect(texts('a\u001b[>4;2mb\u001b[38:5:200mc')).toEqual([['', 'abc']]);
  expect(texts('a\u001b[2Kb\u001b]0;title\u0007c\u0008d\u001b')).toEqual([['', 'abcd']]);
});

test('codes that nothing takes back are few', () => {
  expect(colourStretches('\u001b[31mx'.repeat(1000), []).at(-1)?.codes.length).toBeLessThanOrEqual(8);
});
