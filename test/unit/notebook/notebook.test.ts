import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  MOST_CHARACTERS,
  NO_NOTES,
  NO_OUTPUTS,
  Notebook,
  type NotebookNotes,
  type Output,
  RunLog,
  readNotes,
  sizeOf,
  writeNotes,
} from '../../../src/notebook';
import { append } from '../../../src/notebook/outputs';

const PLACE = { view: null, log: [], selected: null, cursor: null, scriptCursor: null };
const stdout = (text: string): Output => ({ type: 'stream', stream: 'stdout', text });
const sources = (notebook: Notebook) => notebook.cells.map(({ source }) => source);
const idAt = (notebook: Notebook, index: number) => notebook.cells[index]?.id ?? '';

describe('cells', () => {
  test('are inserted, moved, split, merged and removed in the text too', () => {
    const notebook = new Notebook('a = 1\n');
    const second = notebook.insert(1, 'markdown', '# Title\n\ntext');
    expect(notebook.text).toBe('a = 1\n\n\n# %% [markdown]\n# # Title\n#\n# text\n\n'.replace('\n\n\n', '\n'));
    notebook.move(second.id, -1);
    expect(notebook.text).toBe('# %% [markdown]\n# # Title\n#\n# text\n\n# %%\na = 1\n');
    expect(new Notebook(notebook.text).text).toBe(notebook.text);
    const code = idAt(notebook, 1);
    notebook.edit(code, 'a = 1\nb = 2');
    const rest = notebook.split(code, 6);
    expect(sources(notebook)).toEqual(['# Title\n\ntext', 'a = 1', 'b = 2']);
    expect(rest?.kind).toBe('python');
    expect(notebook.merge(code)).toBe(true);
    expect(sources(notebook)).toEqual(['# Title\n\ntext', 'a = 1\nb = 2']);
    notebook.remove(second.id);
    notebook.remove(code);
    expect(sources(notebook)).toEqual(['']);
    expect(notebook.bringBack()?.id).toBe(code);
    expect(notebook.bringBack()?.id).toBe(second.id);
    expect(sources(notebook)).toEqual(['# Title\n\ntext', 'a = 1\nb = 2']);
  });

  test('keep their results when the text is edited as a whole', () => {
    const notebook = new Notebook('# %%\none\n\n# %%\ntwo\n');
    const [one, two] = [idAt(notebook, 0), idAt(notebook, 1)];
    notebook.begin(two, 7, 1000);
    notebook.print(two, [stdout('2\n')]);
    notebook.end(two, 'finished', 1200, null);
    notebook.text = '# %%\nzero\n\n# %%\none\n\n# %%\ntwo\n';
    expect(notebook.cells.slice(1).map(({ id }) => id)).toEqual([one, two]);
    expect(notebook.result(two).outputs.list).toEqual([stdout('2\n')]);
    expect(notebook.isEdited(two)).toBe(false);
    notebook.edit(two, 'two + two');
    expect(notebook.isEdited(two)).toBe(true);
  });

  test('come back with results, in another notebook, from what was kept', () => {
    const notebook = new Notebook('# %%\none\n\n# %%\ntwo\n');
    const two = idAt(notebook, 1);
    notebook.begin(two, 3, 1000);
    notebook.print(two, [stdout('2\n'), { type: 'value', data: { 'text/plain': '4' }, metadata: {} }]);
    notebook.end(two, 'failed', 1100, 1);
    const kept = readNotes(writeNotes(notebook.notes({ ...PLACE, view: 'notebook', selected: two })));
    const again = new Notebook(notebook.text, kept);
    expect(again.cells).toEqual(notebook.cells);
    expect(again.result(two)).toEqual(notebook.result(two));
    expect(kept).toMatchObject({ view: 'notebook', selected: two });
  });

  test('an update of a display replaces it wherever it is', () => {
    const notebook = new Notebook('# %%\none\n\n# %%\ntwo\n');
    const [one, two] = [idAt(notebook, 0), idAt(notebook, 1)];
    const display = (text: string): Output => ({ type: 'display', id: 'bar', data: { 'text/plain': text }, metadata: {} });
    notebook.print(one, [display('10%')]);
    expect(notebook.print(two, [display('20%')])).toEqual([one]);
    expect(notebook.result(one).outputs.list).toEqual([display('20%')]);
    expect(notebook.result(two).outputs.list).toEqual([]);
  });
});

describe('outputs are bounded', () => {
  test('the newest text stays, what was dropped is counted', () => {
    let outputs = NO_OUTPUTS;
    for (let i = 0; i < 40; i += 1) outputs = append(outputs, [stdout(`${'x'.repeat(99_999)}\n`)]);
    const size = outputs.list.reduce((sum, output) => sum + sizeOf(output), 0);
    expect(size).toBeLessThanOrEqual(MOST_CHARACTERS);
    expect(size + outputs.dropped).toBe(4_000_000);
  });

  test('what is kept of all cells is bounded, the newest first', () => {
    const notebook = new Notebook(Array.from({ length: 20 }, (_, index) => `# %%\ncell(${index})\n`).join(''));
    notebook.cells.forEach(({ id }, index) => {
      notebook.begin(id, index, 1000 + index);
      notebook.print(id, [stdout('y'.repeat(MOST_CHARACTERS))]);
    });
    const text = writeNotes(notebook.notes(PLACE));
    expect(text.length).toBeLessThan(9 << 20);
    const kept = readNotes(text).cells.map(({ outputs }) => outputs.list.length);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(1);
  });
});

describe('notes from elsewhere', () => {
  test('anything but notes is no notes', () => {
    for (const text of [null, '', '{', '[]', '{"version":2,"cells":[]}', '{"version":1,"cells":{}}'])
      expect(readNotes(text)).toEqual(NO_NOTES);
  });

  test('whatever JSON is in them, they are read without an error and what is read is sound', () => {
    const rubbish = fc.jsonValue();
    const cell = fc.record({
      id: fc.oneof(fc.constant('a-1'), rubbish),
      key: fc.oneof(fc.string(), rubbish),
      run: rubbish,
      list: fc.oneof(fc.array(rubbish), rubbish),
    });
    fc.assert(
      fc.property(fc.array(fc.oneof(cell, rubbish)), rubbish, (cells, selected) => {
        const notes: NotebookNotes = readNotes(JSON.stringify({ version: 1, cells, log: cells, selected, cursor: selected }));
        expect(new RunLog(notes.log).entries.length).toBeLessThanOrEqual(notes.log.length);
        expect(new Set(notes.cells.map(({ id }) => id)).size).toBe(notes.cells.length);
        expect(readNotes(writeNotes(notes))).toEqual(notes);
        new Notebook('x', notes);
      }),
    );
  });

  test('a run that was going on has not finished', () => {
    const notebook = new Notebook('x');
    notebook.begin(idAt(notebook, 0), 1, 1000);
    expect(readNotes(writeNotes(notebook.notes(PLACE))).cells[0]?.run?.status).toBe('unfinished');
  });
});
