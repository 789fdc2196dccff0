import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type LogPiece, MOST_CHARACTERS, MOST_LINES, MOST_STRETCHES, OutputBacklog } from '../../../src/ui/output-backlog';

const linesOf = (text: string) => text.split('\n').length - 1;
const textOf = (pieces: readonly LogPiece[]) => pieces.map(({ kind, text }) => `${kind}:${text}`).join('|');

/** Neighbours of one kind joined, so that pieces can be compared however they were cut. */
function join(pieces: readonly LogPiece[]): LogPiece[] {
  const joined: { kind: LogPiece['kind']; text: string }[] = [];
  for (const { kind, text } of pieces.filter(({ text }) => text !== '')) {
    const last = joined.at(-1);
    if (last?.kind === kind) last.text += text;
    else joined.push({ kind, text });
  }
  return joined;
}

const pieces = fc.array(
  fc.record({ kind: fc.constantFrom('stdout' as const, 'stderr' as const), text: fc.stringMatching(/^[ab\n]{0,20}$/) }),
);

test('what fits comes out as it went in', () => {
  fc.assert(
    fc.property(pieces, (given) => {
      const backlog = new OutputBacklog();
      for (const piece of given) backlog.push(piece);
      const { pieces: taken, dropped } = backlog.take();
      expect(dropped).toBe(0);
      expect(textOf(join(taken))).toBe(textOf(join(given)));
      expect(backlog.isEmpty).toBe(true);
    }),
  );
});

test('of too much, the newest stays and every dropped line is counted', () => {
  const size = fc.constantFrom(1, 100, 5000, 70_000, MOST_CHARACTERS + 1);
  const large = fc.record({
    kind: fc.constantFrom('stdout' as const, 'stderr' as const),
    size,
    count: fc.integer({ min: 1, max: 4000 }),
    lines: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(large, { maxLength: 3 }), (groups) => {
      const backlog = new OutputBacklog();
      let lines = 0;
      const given: string[] = [];
      for (const { kind, size, count, lines: withLines } of groups) {
        const text = 'x'.repeat(size - 1) + (withLines ? '\n' : 'y');
        for (let index = 0; index < Math.min(count, Math.ceil((2 * MOST_CHARACTERS) / size)); index += 1) {
          backlog.push({ kind, text });
          lines += linesOf(text);
          given.push(text);
        }
      }
      const { pieces: taken, dropped } = backlog.take();
      const kept = taken.map(({ text }) => text).join('');
      expect(given.join('').endsWith(kept)).toBe(true);
      expect(linesOf(kept) + dropped).toBe(lines);
      const longest = Math.max(0, ...taken.map(({ text }) => text.length));
      expect(kept.length).toBeLessThan(MOST_CHARACTERS + longest + 1);
      expect(taken.length).toBeLessThanOrEqual(MOST_STRETCHES + 1);
    }),
    { numRuns: 15 },
  );
});

test('more lines than are ever shown are not held', () => {
  const backlog = new OutputBacklog();
  for (let line = 0; line < 3 * MOST_LINES; line += 1) backlog.push({ kind: 'stdout', text: `${line}\n` });
  const { pieces: taken, dropped } = backlog.take();
  const kept = taken.map(({ text }) => text).join('');
  expect(linesOf(kept)).toBeGreaterThanOrEqual(MOST_LINES);
  expect(dropped).toBeGreaterThan(MOST_LINES);
  expect(kept.endsWith(`${3 * MOST_LINES - 1}\n`)).toBe(true);
});
