/** Two texts line by line, and two notebooks cell by cell. Bounded in time and in what is shown: a stranger may have written one of them. */
import { diffArrays } from 'diff';
import { type Cell, keyOf, Notebook } from '../../notebook';

/** One line of a difference, cut at `LONGEST_LINE`. Numbers count from 1; null where a side has no such line. */
export interface DifferenceLine {
  change: 'same' | 'added' | 'removed';
  text: string;
  before: number | null;
  after: number | null;
}

/** Lines that belong together, behind `skipped` lines that are the same. */
export interface Hunk {
  skipped: number;
  lines: DifferenceLine[];
}

export interface TextDifference {
  hunks: Hunk[];
  added: number;
  removed: number;
  /** Lines that differ and are not shown. */
  cut: number;
  /** One side ends with a line end, the other does not. */
  ends: boolean;
}

/** A cell that differs. Numbers count from 1; null where a side has no such cell. */
export interface CellDifference {
  change: 'added' | 'removed' | 'changed';
  kind: Cell['kind'];
  before: number | null;
  after: number | null;
  /** Null where the two are too different to be told line by line. */
  difference: TextDifference | null;
}

/** Lines of a text around what differs. */
const CONTEXT = 3;
/** Lines that are shown of one text. */
const MOST_LINES = 2000;
/** UTF-16 units. */
const LONGEST_LINE = 500;
/** How long one comparison may take, ms: it is made in the page. */
const PATIENCE = 1000;
/** Cells that are shown. */
const MOST_CELLS = 200;

/** Null when they are too different to be told line by line in time. */
export function textDifference(before: string, after: string): TextDifference | null {
  const [was, is] = [linesOf(before), linesOf(after)];
  const changes = diffArrays(was.lines, is.lines, { timeout: PATIENCE });
  if (!changes) return null;
  const lines: DifferenceLine[] = [];
  let at = 0;
  let now = 0;
  for (const { value, added, removed } of changes) {
    const change = added ? 'added' : removed ? 'removed' : 'same';
    for (const text of value)
      lines.push({ change, text, before: change === 'added' ? null : ++at, after: change === 'removed' ? null : ++now });
  }
  const count = (change: DifferenceLine['change']) => lines.filter((line) => line.change === change).length;
  const [added, removed] = [count('added'), count('removed')];
  const hunks = hunksOf(lines);
  const shown = hunks.reduce((sum, hunk) => sum + hunk.lines.filter(({ change }) => change !== 'same').length, 0);
  return { hunks, added, removed, cut: added + removed - shown, ends: was.ends !== is.ends && before !== '' && after !== '' };
}

/** The cells that differ, in their order, and how many more there are. Null when they are too many to be told in time. */
export function cellDifferences(before: string, after: string): { cells: CellDifference[]; more: number } | null {
  const [was, is] = [before, after].map((text) => (text.trim() === '' ? [] : [...new Notebook(text).cells])) as [Cell[], Cell[]];
  const changes = diffArrays(was.map(keyOf), is.map(keyOf), { timeout: PATIENCE });
  if (!changes) return null;
  const cells: CellDifference[] = [];
  let at = 0;
  let now = 0;
  for (let index = 0; index < changes.length; index++) {
    const { count = 0, added, removed } = changes[index] as (typeof changes)[number];
    if (!added && !removed) {
      at += count;
      now += count;
      continue;
    }
    // What went and what came at one place, whichever is named first.
    const next = changes[index + 1];
    const paired = next && Boolean(next.added) !== Boolean(added) && (next.added || next.removed) ? next : null;
    if (paired) index += 1;
    const gone = (removed ? count : 0) + (paired?.removed ? (paired.count ?? 0) : 0);
    const come = (added ? count : 0) + (paired?.added ? (paired.count ?? 0) : 0);
    for (let step = 0; step < Math.max(gone, come); step++) {
      const old = step < gone ? (was[at] as Cell) : null;
      const present = step < come ? (is[now] as Cell) : null;
      if (old) at += 1;
      if (present) now += 1;
      cells.push({
        change: old && present ? 'changed' : old ? 'removed' : 'added',
        kind: (present ?? (old as Cell)).kind,
        before: old && at,
        after: present && now,
        difference: cells.length < MOST_CELLS ? textDifference(old?.source ?? '', present?.source ?? '') : null,
      });
    }
  }
  return { cells: cells.slice(0, MOST_CELLS), more: Math.max(0, cells.length - MOST_CELLS) };
}

/** A carriage return at the end of a line stays part of it, so that other line ends are seen. */
function linesOf(text: string): { lines: string[]; ends: boolean } {
  if (text === '') return { lines: [], ends: false };
  const lines = text.split('\n');
  const ends = lines.at(-1) === '';
  if (ends) lines.pop();
  return { lines, ends };
}

function hunksOf(lines: readonly DifferenceLine[]): Hunk[] {
  const hunks: Hunk[] = [];
  let shown = 0;
  let from = 0;
  let hunk: Hunk | null = null;
  for (let index = 0; index < lines.length && shown < MOST_LINES; index++) {
    if ((lines[index] as DifferenceLine).change === 'same') continue;
    const begin = Math.max(from, index - CONTEXT);
    if (begin > from || !hunk) {
      hunk = { skipped: begin - from, lines: [] };
      hunks.push(hunk);
    }
    let end = index + 1;
    while (end < lines.length && (lines[end] as DifferenceLine).change !== 'same' && end - begin < MOST_LINES - shown) end += 1;
    const last = Math.min(lines.length, nearDifference(lines, end) ? end : end + CONTEXT);
    const part = lines.slice(begin, last).map((line) => ({ ...line, text: lineText(line.text) }));
    hunk.lines.push(...part);
    shown += part.length;
    from = last;
    index = end - 1;
  }
  return hunks;
}

/** Whether what is the same behind a difference is so short that the next one brings all of it. */
function nearDifference(lines: readonly DifferenceLine[], end: number): boolean {
  for (let at = end; at < Math.min(lines.length, end + CONTEXT); at++) if ((lines[at] as DifferenceLine).change !== 'same') return true;
  return false;
}

const lineText = (line: string): string =>
  line.length > LONGEST_LINE ? `${line.slice(0, LONGEST_LINE)}…` : line.endsWith('\r') ? `${line.slice(0, -1)}␍` : line;
