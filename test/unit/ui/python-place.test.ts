/** What is asked of the interpreter at a place in code: `|` is the cursor. */
import { pythonLanguage } from '@codemirror/lang-python';
import { EditorState } from '@codemirror/state';
import { expect, test } from 'vitest';
import { callPlace, completionPlace } from '../../../src/ui/python-place';

function at(code: string): [EditorState, number] {
  const pos = code.indexOf('|');
  return [EditorState.create({ doc: code.slice(0, pos) + code.slice(pos + 1), extensions: [pythonLanguage] }), pos];
}
const place = (code: string) => {
  const found = completionPlace(...at(code));
  return found && [found.what, found.expression, found.prefix];
};
const call = (code: string) => {
  const found = callPlace(...at(code));
  return found && [found.expression, found.index, found.name];
};

test.each([
  ['pri|', ['name', '', 'pri']],
  ['x = 1\nfor y in ran|', ['name', '', 'ran']],
  ['f(da|)', ['name', '', 'da']],
  ['p.|', ['attribute', 'p', '']],
  ['x = a.b.up|\nother', ['attribute', 'a.b', 'up']],
  ['p.|\nnext_line()', ['attribute', 'p', '']],
  ['d["k"].up|', ['attribute', 'd["k"]', 'up']],
  ['Point(1, 2).mo|', ['attribute', 'Point(1, 2)', 'mo']],
  ['"text".|', ['attribute', '"text"', '']],
  ['print(p.|)', ['attribute', 'p', '']],
  ['d["mo|"]', ['item', 'd', 'mo']],
  ['d["mo|', ['item', 'd', 'mo']],
  ['a.b["x"]["|"]', ['item', 'a.b["x"]', '']],
  ['df[["a", "b|"]]', ['item', 'df', 'b']],
  ['open("folder/de|")', ['path', '', 'folder/de']],
  ["x = r'rain|", ['path', '', 'rain']],
  ['import nu|', ['import', '', 'nu']],
  ['import os.pa|', ['import', 'os', 'pa']],
  ['from os.|', ['import', 'os', '']],
  ['from os.path import jo|', ['member', 'os.path', 'jo']],
  ['from os import path, li|', ['member', 'os', 'li']],
  ['# a comment pri|', null],
  ['12|', null],
  ['1.|', null],
])('%s', (code, expected) => {
  expect(place(code)).toEqual(expected);
});

test('a key begins behind its quotation mark, a file behind its folder', () => {
  expect(completionPlace(...at('d["mo|"]'))?.from).toBe(3);
  expect(completionPlace(...at('open("a/b|")'))?.from).toBe(8);
  expect(completionPlace(...at('f(1, na|)'))?.call).toBe('f');
});

test.each([
  ['f(|)', ['f', 0, null]],
  ['f(|', ['f', 0, null]],
  ['a.f(1, |)', ['a.f', 1, null]],
  ['f(1, name=|)', ['f', 1, 'name']],
  ['f(g(1, 2|), 3)', ['g', 1, null]],
  ['f(g(1, 2), |3)', ['f', 1, null]],
  ['f([1, 2|])', ['f', 0, null]],
  ['f(1)|', null],
  ['f|(1)', null],
  ['(1, |2)', null],
])('%s', (code, expected) => {
  expect(call(code)).toEqual(expected);
});
