/** Which part of a long text is shown. */

/** Texts up to this many lines and UTF-16 units are shown whole. */
const MOST_LINES = 250;
const MOST_CHARACTERS = 60_000;
/** Of longer ones the beginning and the end, in lines and units. */
const HEAD_LINES = 120;
const TAIL_LINES = 100;
const HEAD_CHARACTERS = 24_000;
const TAIL_CHARACTERS = 24_000;

export interface TextParts {
  readonly head: string;
  /** Lines between them; 0 when `head` is the whole. */
  readonly leftOut: number;
  readonly tail: string;
  readonly lines: number;
}

/** Costs no more than finding line ends: it is asked anew while a run prints. */
export function textParts(text: string): TextParts {
  const lines = countLines(text);
  if (lines <= MOST_LINES && text.length <= MOST_CHARACTERS) return { head: text, leftOut: 0, tail: '', lines };
  const headEnd = Math.min(lineEnd(text, HEAD_LINES), HEAD_CHARACTERS);
  const tailStart = Math.max(lineStart(text, TAIL_LINES), text.length - TAIL_CHARACTERS, headEnd);
  const head = text.slice(0, headEnd);
  const tail = text.slice(tailStart);
  return { head, tail, leftOut: Math.max(1, lines - countLines(head) - countLines(tail)), lines };
}

/** A long text in pieces of so many lines: what is out of sight is not laid out. */
export function pieces(text: string, size = 200): string[] {
  const parts: string[] = [];
  for (let from = 0; from < text.length; ) {
    const end = from + Math.min(lineEnd(text.slice(from, from + MOST_CHARACTERS), size), MOST_CHARACTERS);
    parts.push(text.slice(from, end));
    from = end;
  }
  return parts;
}

function countLines(text: string): number {
  if (text === '') return 0;
  let count = text.endsWith('\n') ? 0 : 1;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}

/** Where the first `count` lines end. */
function lineEnd(text: string, count: number): number {
  let at = -1;
  for (let line = 0; line < count; line++) {
    at = text.indexOf('\n', at + 1);
    if (at === -1) return text.length;
  }
  return at + 1;
}

/** Where the last `count` lines begin. */
function lineStart(text: string, count: number): number {
  let at = text.endsWith('\n') ? text.length - 1 : text.length;
  for (let line = 0; line < count; line++) {
    at = text.lastIndexOf('\n', at - 1);
    if (at <= 0) return 0;
  }
  return at + 1;
}
