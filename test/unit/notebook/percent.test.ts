import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { newCell, parsePercent, printPercent, sourceOf, withKind, withSource } from '../../../src/notebook/percent';

/** Texts that are full of what the format cares about. */
const line = fc.oneof(
  fc.constantFrom(
    '# %%',
    '#%%',
    '# %% [markdown]',
    '# %% A title [markdown] key="1"',
    '# %% [raw]',
    '# %%time',
    '# %%%',
    '#',
    '# text',
    '',
    'x = 1',
  ),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const text = fc
  .tuple(fc.array(fc.tuple(line, fc.constantFrom('\n', '\r\n', '\n\n', '\r')), { maxLength: 12 }), line)
  .map(([lines, last]) => lines.map(([content, end]) => content + end).join('') + last);

test('any text is the same after it was read as cells and printed', () => {
  fc.assert(
    fc.property(text, (original) => {
      const cells = parsePercent(original);
      expect(cells.length).toBeGreaterThan(0);
      expect(printPercent(cells)).toBe(original);
    }),
    { numRuns: 2000 },
  );
});

test('cells in any order, edited in any way, are read back as so many cells of the same kind and source', () => {
  const source = text.map((value) =>
    value
      .replace(/^(#[ \t]*%%)/gm, 'x$1')
      .replace(/\r|\s+$/g, '')
      .replace(/[\u2028\u2029]/g, ''),
  );
  const edit = fc.tuple(fc.constantFrom('python' as const, 'markdown' as const, 'raw' as const), source);
  fc.assert(
    fc.property(text, fc.array(edit, { maxLength: 4 }), fc.nat(), (original, edits, shift) => {
      const parsed = parsePercent(original.replace(/\r/g, ''));
      // Each cell gets a new source or kind, then all are turned round.
      const changed = [...parsed, ...edits.map(([kind, content]) => newCell(kind, content))].map((cell, index) => {
        const [kind, content] = edits[(index + shift) % (edits.length || 1)] ?? ['python' as const, 'pass'];
        return withKind(withSource(cell, content), kind);
      });
      const turned = [...changed.slice(shift % changed.length), ...changed.slice(0, shift % changed.length)];
      const again = parsePercent(printPercent(turned));
      const seen = (cells: typeof turned) => cells.map((cell) => [cell.kind, sourceOf(cell)]);
      expect(seen(again)).toEqual(seen(turned));
    }),
    { numRuns: 2000 },
  );
});

describe('what is a cell', () => {
  const shape = (value: string) => parsePercent(value).map((cell) => [cell.kind, sourceOf(cell)]);

  test('a script without markers is one cell', () => {
    expect(shape('a = 1\n\nprint(a)\n')).toEqual([['python', 'a = 1\n\nprint(a)']]);
    expect(shape('')).toEqual([['python', '']]);
  });

  test('Markdown is without its comment signs, other lines as they are', () => {
    expect(shape('# %% [markdown]\n# # Title\n#\n# text\nnot a comment\n\n# %%\nx = 1\n')).toEqual([
      ['markdown', '# Title\n\ntext\nnot a comment'],
      ['python', 'x = 1'],
    ]);
  });

  test('what stands before the first marker is a cell, unless it is nothing', () => {
    expect(shape('import os\n# %%\nx')).toEqual([
      ['python', 'import os'],
      ['python', 'x'],
    ]);
    expect(shape('\n\n# %%\nx')).toEqual([['python', 'x']]);
  });

  test('magics that were commented out are no markers', () => {
    expect(shape('# %%time\nx = 1')).toEqual([['python', '# %%time\nx = 1']]);
  });

  test('a title stays when the kind changes', () => {
    const [cell] = parsePercent('# %% The end [markdown]\n# text\n');
    const python = withKind(cell as NonNullable<typeof cell>, 'python');
    expect(printPercent([python])).toBe('# %% The end\ntext\n');
  });
});
