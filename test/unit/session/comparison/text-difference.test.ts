/** Texts line by line, notebooks cell by cell. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellDifferences, type TextDifference, textDifference } from '../../../../src/session/comparison/text-difference';

/** As `diff -u` writes it. */
const lines = (difference: TextDifference | null) =>
  difference?.hunks.flatMap(({ skipped, lines }) => [
    ...(skipped > 0 ? [`@ ${skipped}`] : []),
    ...lines.map(({ change, text }) => `${{ same: ' ', added: '+', removed: '-' }[change]}${text}`),
  ]);
const numbered = (count: number) => Array.from({ length: count }, (_, index) => `line ${index + 1}\n`).join('');

describe('two texts', () => {
  test('show what differs with three lines around it', () => {
    const before = numbered(30);
    const after = before.replace('line 10\n', 'ten\nand more\n').replace('line 28\n', '');
    expect(lines(textDifference(before, after))).toEqual([
      '@ 6',
      ...[7, 8, 9].map((n) => ` line ${n}`),
      '-line 10',
      '+ten',
      '+and more',
      ...[11, 12, 13].map((n) => ` line ${n}`),
      '@ 11',
      ...[25, 26, 27].map((n) => ` line ${n}`),
      '-line 28',
      ' line 29',
      ' line 30',
    ]);
  });

  test('tell line ends apart, and a missing one', () => {
    expect(lines(textDifference('a\r\nb\r\n', 'a\nb\n'))).toEqual(['-a␍', '-b␍', '+a', '+b']);
    expect(textDifference('a\nb', 'a\nb\n')).toMatchObject({ added: 0, removed: 0, ends: true });
    expect(lines(textDifference('', 'x\n'))).toEqual(['+x']);
    expect(textDifference('', '')).toMatchObject({ hunks: [], added: 0, removed: 0, cut: 0, ends: false });
  });

  test('are cut where they are long, and the rest is counted', () => {
    const difference = textDifference('', numbered(5000));
    expect(difference).toMatchObject({ added: 5000, cut: 3000 });
    expect(textDifference('', 'x'.repeat(2000))?.hunks[0]?.lines[0]?.text).toHaveLength(501);
  });

  test('that have nothing in common end in time', () => {
    const random = (seed: number) => Array.from({ length: 50_000 }, (_, index) => `${(index * 7919 + seed * 104_729) % 99_991}`).join('\n');
    const began = performance.now();
    textDifference(random(1), random(2));
    expect(performance.now() - began).toBeLessThan(10_000);
  });

  test('give each other back: what is not removed and what is not added', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 12 }).map((list) => list.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const difference = textDifference(before, after) as TextDifference;
        const all = difference.hunks.flatMap((hunk) => hunk.lines);
        const numbers = (side: 'before' | 'after') => all.flatMap((line) => line[side] ?? []);
        for (const side of ['before', 'after'] as const) {
          const whole = (side === 'before' ? before : after).split('\n');
          // Each line once, in order, and as it is.
          expect(numbers(side)).toEqual([...new Set(numbers(side))].sort((a, b) => a - b));
          for (const line of all) if (line[side] !== null) expect(line.text).toBe(whole[line[side] - 1]);
        }
        expect(difference.added - difference.removed).toBe(after.split('\n').length - before.split('\n').length);
        expect(difference.cut).toBe(0);
      }),
    );
  });
});

describe('two notebooks', () => {
  test('show cells that came, went and changed, with their lines', () => {
    const before = '# %%\na = 1\n\n# %% [markdown]\n# Title\n\n# %%\nb = 2\n\n# %%\nc = 3\n';
    const after = '# %%\na = 1\n\n# %% [markdown]\n# Another title\n\n# %%\nc = 3\n\n# %%\nd = 4\n';
    const found = cellDifferences(before, after);
    expect(found).toMatchObject({
      more: 0,
      cells: [
        { change: 'changed', kind: 'markdown', before: 2, after: 2 },
        { change: 'removed', kind: 'python', before: 3, after: null },
        { change: 'added', kind: 'python', before: null, after: 4 },
      ],
    });
    expect(lines(found?.cells[0]?.difference ?? null)).toEqual(['-Title', '+Another title']);
    expect(cellDifferences(before, before)).toEqual({ cells: [], more: 0 });
    expect(cellDifferences('', 'x = 1')).toMatchObject({ cells: [{ change: 'added', after: 1 }] });
  });
});
