import { expect, test } from 'vitest';
import { Notebook, writeIpynb } from '../../../src/notebook';

test('a notebook for Jupyter has the cells, their ids and outputs, and every text joins to what it was', () => {
  const notebook = new Notebook('# %% [markdown]\n# # Title\n# text\n\n# %%\nprint(1)\n2\n');
  const id = notebook.cells[1]?.id ?? '';
  notebook.begin(id, 4, 1000);
  notebook.print(id, [
    { type: 'stream', stream: 'stdout', text: '1\n' },
    { type: 'value', data: { 'text/plain': '2', 'application/json': { a: [1] } }, metadata: {} },
  ]);
  notebook.end(id, 'finished', 1100, null);
  const file = JSON.parse(writeIpynb(notebook));
  expect(file).toMatchObject({ nbformat: 4, nbformat_minor: 5 });
  expect(file.cells).toEqual([
    { cell_type: 'markdown', id: notebook.cells[0]?.id, metadata: {}, source: ['# Title\n', 'text'] },
    {
      cell_type: 'code',
      id,
      metadata: {},
      execution_count: 4,
      source: ['print(1)\n', '2'],
      outputs: [
        { output_type: 'stream', name: 'stdout', text: ['1\n'] },
        { output_type: 'execute_result', execution_count: 4, data: { 'text/plain': ['2'], 'application/json': { a: [1] } }, metadata: {} },
      ],
    },
  ]);
});
