import fc from 'fast-check';
import { expect, test } from 'vitest';
import { append, NO_NOTES, NO_OUTPUTS, Notebook, type Outputs, writeOver } from '../../../src/notebook';
import { joinStream } from '../../../src/notebook/stream-text';

test.each([
  ['a\rb', 'b'],
  ['long\rab', 'abng'],
  ['a\r\nb', 'a\nb'],
  ['10%\r20%\r', '20%'],
  ['x\n1\r2\n3\r4', 'x\n2\n4'],
  ['\u001b[31mred\u001b[0m\rplain', 'plain'],
])('of %j there stands %j', (text, shown) => {
  expect(writeOver(text)).toBe(shown);
});

test('however text arrives in pieces, the same stands there in the end, and a progress bar stays one line', () => {
  const piece = fc.string({ unit: fc.constantFrom('a', 'bc', '\r', '\n', ' ') });
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      expect(writeOver(pieces.reduce(joinStream, ''))).toBe(writeOver(pieces.join('')));
    }),
  );
  let text = '';
  for (let step = 0; step < 10_000; step++) text = joinStream(text, `\r${step}%`);
  expect(text).toBe('9999%');
});

test('a run takes back what it has written, at once or when the next comes; a display that is updated stays in its place', () => {
  const notebook = new Notebook('# %%\nx\n');
  const id = notebook.cells[0]?.id as string;
  const stream = (text: string) => ({ type: 'stream', stream: 'stdout', text }) as const;
  const display = (text: string) => ({ type: 'display', id: 'd', data: { 'text/plain': text }, metadata: {} }) as const;
  const list = () => notebook.result(id).outputs.list;
  notebook.begin(id, 1, 0);
  notebook.print(id, [stream('gone'), { type: 'clear', wait: false }, stream('a')]);
  expect(list()).toEqual([stream('a')]);
  notebook.print(id, [{ type: 'clear', wait: true }]);
  expect(list()).toEqual([stream('a')]);
  notebook.print(id, [display('one'), stream('b'), display('two')]);
  expect(list()).toEqual([display('two'), stream('b')]);
  notebook.print(id, [display('three')]);
  expect(list()).toEqual([display('three'), stream('b')]);
});

test('outputs are kept with what an error was made of', async () => {
  const { readNotes, writeNotes } = await import('../../../src/notebook');
  const notebook = new Notebook('# %%\nx\n');
  const id = notebook.cells[0]?.id as string;
  const frame = { file: '<cell 1, run 1>', line: 1, name: 'f', source: 'x', library: false };
  const parts = [{ name: 'E', message: 'm', relation: null, frames: [frame], leftOut: 0 }];
  notebook.begin(id, 1, 0);
  notebook.print(id, [{ type: 'error', name: 'E', message: 'm', traceback: 'T', parts }]);
  const kept: Outputs | undefined = readNotes(writeNotes(notebook.notes(NO_NOTES))).cells[0]?.outputs;
  expect(kept).toEqual(append(NO_OUTPUTS, [{ type: 'error', name: 'E', message: 'm', traceback: 'T', parts }]));
});
