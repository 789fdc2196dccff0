import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type MimeBundle, Notebook, type Output, readIpynb, readNotes, writeIpynb, writeNotes } from '../../../src/notebook';

const read = (document: unknown) => {
  const { text, notes, leftOut } = readIpynb(document);
  return { notebook: new Notebook(text, readNotes(writeNotes(notes))), leftOut };
};
const cellsOf = (notebook: Notebook) =>
  notebook.cells.map(({ id, kind, source }) => ({ id, kind, source, outputs: notebook.result(id).outputs.list }));
const version4 = (...cells: unknown[]) => ({ nbformat: 4, nbformat_minor: 5, metadata: {}, cells });

/** Lines that the percent format itself has a meaning for, among others. */
const line = fc.oneof(
  fc.constantFrom('', ' ', '# %%', '# # %% x', '%% x', '#%% [markdown]', '# text', '#', 'print(1)', '# %%time', '\u2028# %%'),
  fc.string({ unit: 'grapheme' }).map((text) => text.replace(/[\r\n]/g, '')),
);
const source = fc.array(line, { maxLength: 5 }).map((lines) => lines.join('\n'));
const text = fc.string({ minLength: 1 }).map((each) => each.replace(/\r/g, '\n'));
const bundle = fc.record(
  { 'text/plain': text, 'text/html': text, 'application/json': fc.jsonValue() },
  { requiredKeys: ['text/plain'] },
) as fc.Arbitrary<MimeBundle>;
const output: fc.Arbitrary<Output> = fc.oneof(
  fc.record({ type: fc.constant('stream' as const), stream: fc.constantFrom('stdout' as const, 'stderr' as const), text }),
  fc.record({ type: fc.constant('value' as const), data: bundle, metadata: fc.constant({ 'image/png': { width: 3 } }) }),
  fc.record({ type: fc.constant('display' as const), id: fc.constant(null), data: bundle, metadata: fc.constant({}) }),
  fc.record({ type: fc.constant('error' as const), name: text, message: text, traceback: text, parts: fc.constant([]) }),
);

test('what is written for Jupyter is read as the same notebook', () => {
  const cell = fc.record({
    kind: fc.constantFrom('python' as const, 'markdown' as const, 'raw' as const),
    source,
    outputs: fc.array(output, { maxLength: 3 }),
  });
  fc.assert(
    fc.property(fc.array(cell, { minLength: 1, maxLength: 6 }), (cells) => {
      const notebook = new Notebook('# %%\n');
      const [empty] = notebook.cells;
      for (const { kind, source, outputs } of cells) {
        const { id } = notebook.insert(notebook.cells.length, kind, source);
        if (kind === 'python') notebook.print(id, outputs);
      }
      notebook.remove(empty?.id ?? '');
      const again = read(JSON.parse(writeIpynb(notebook)));
      expect(cellsOf(again.notebook)).toEqual(JSON.parse(JSON.stringify(cellsOf(notebook))));
      expect(again.leftOut).toEqual([]);
    }),
  );
});

test('version 3: worksheets, headings, code as input, outputs under short names', () => {
  const { notebook } = read({
    nbformat: 3,
    metadata: {},
    worksheets: [
      {
        cells: [
          { cell_type: 'heading', level: 2, source: ['Rain'] },
          {
            cell_type: 'code',
            input: ['print(1)\n', '2'],
            outputs: [
              { output_type: 'stream', stream: 'stdout', text: '1\n' },
              { output_type: 'pyout', prompt_number: 1, text: ['2'], png: 'AAAA' },
              { output_type: 'pyerr', ename: 'E', evalue: 'm', traceback: ['T'] },
            ],
          },
        ],
      },
    ],
  });
  expect(cellsOf(notebook).map(({ id: _, ...cell }) => cell)).toEqual([
    { kind: 'markdown', source: '## Rain', outputs: [] },
    {
      kind: 'python',
      source: 'print(1)\n2',
      outputs: [
        { type: 'stream', stream: 'stdout', text: '1\n' },
        { type: 'value', data: { 'text/plain': '2', 'image/png': 'AAAA' }, metadata: {} },
        { type: 'error', name: 'E', message: 'm', traceback: 'T', parts: [] },
      ],
    },
  ]);
});

test('ids that stand twice or are none are replaced; outputs of unknown kinds, attachments and another language are told', () => {
  const code = { cell_type: 'code', id: 'a', metadata: {}, source: 'x', outputs: [{ output_type: 'hologram' }, 7] };
  const { notebook, leftOut } = read({
    ...version4(code, code, { cell_type: 'markdown', id: '<b>', source: '', attachments: { 'a.png': {} } }),
    metadata: { kernelspec: { language: 'julia' } },
  });
  expect(notebook.cells.map(({ id }) => id)).toEqual(['a', 'cell-2', 'cell-3']);
  expect(leftOut).toEqual([
    'It was written for julia: its code is shown, and Python will not understand it.',
    'Pictures that are attached to text cells.',
    '4 outputs of a kind that Dormouse does not know.',
  ]);
});

describe('what is no notebook is refused with a sentence', () => {
  test.each([
    [[], 'This is not a notebook of Jupyter: it is a list instead of an object.'],
    [{}, 'This is not a notebook of Jupyter: it does not say its version ("nbformat").'],
    [{ nbformat: 2 }, 'The notebook is of version 2, which is older than what Dormouse reads (3 and 4): save it with a newer Jupyter.'],
    [{ nbformat: 5, cells: [] }, 'The notebook is of version 5: a later one than what Dormouse reads (3 and 4).'],
    [{ nbformat: 4 }, 'This is not a notebook of Jupyter: cells is missing instead of a list.'],
    [{ nbformat: 3, worksheets: [3] }, 'This is not a notebook of Jupyter: worksheet 1 is a number instead of an object.'],
    [version4(null), 'This is not a notebook of Jupyter: cell 1 is null instead of an object.'],
    [version4({ cell_type: 'code', source: 5 }), 'This is not a notebook of Jupyter: cell 1, "source" is a number instead of text.'],
    [version4({ cell_type: 'code', source: ['a', 5] }), 'This is not a notebook of Jupyter: cell 1, "source" is a list instead of text.'],
    [
      version4({ cell_type: 'code', source: '', outputs: {} }),
      'This is not a notebook of Jupyter: cell 1, "outputs" is an object instead of a list.',
    ],
    [version4({ cell_type: 'poem', source: '' }), 'This is not a notebook of Jupyter: cell 1 is of the unknown type "poem".'],
  ])('%j', (document, sentence) => {
    expect(() => readIpynb(document)).toThrow(sentence);
  });

  test('too many cells', () => {
    const cells = Array.from({ length: 10_001 }, () => ({ cell_type: 'code', source: '' }));
    expect(() => readIpynb(version4(...cells))).toThrow('The notebook has 10,001 cells: at most 10,000 can be opened.');
  });
});
