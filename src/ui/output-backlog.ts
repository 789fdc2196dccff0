/** Output that has come and is not shown yet: never more than could be shown at all. */
import { terminalText } from '../base/mime-bundle';
import { type Output, type Printed, sizeOf } from '../notebook';
import { formsOf } from './output/forms';

/** A piece as the log shows it: its text, or what stands in the text's place. */
export interface LogPiece {
  readonly kind: Extract<Output, { type: 'stream' }>['stream'] | Exclude<Printed['type'], 'stream'>;
  readonly text: string;
  readonly shown?: Shown | undefined;
}

/** A value or display that is more than text, an error, or the wish that what the run has written goes. */
export type Shown = Extract<Printed, { type: 'value' | 'display' | 'error' | 'clear' }>;

export function logPiece(piece: Printed): LogPiece {
  switch (piece.type) {
    case 'stream':
      return { kind: piece.stream, text: piece.text };
    case 'error':
    case 'clear':
      return { kind: piece.type, text: '', shown: piece };
    default: {
      // One that can be updated has a place of its own.
      const rich = formsOf(piece.data).some((form) => form.kind !== 'text') || (piece.type === 'display' && piece.id !== null);
      if (rich) return { kind: piece.type, text: '', shown: piece };
      return { kind: piece.type, text: terminalText(piece.type, piece.data) };
    }
  }
}

/** What the log shows at most, in UTF-16 units and lines; what is older is dropped and counted. */
export const MOST_CHARACTERS = 1 << 20;
export const MOST_LINES = 10_000;
/** And stretches of one kind: stdout and stderr that take turns at every line are many elements for few lines. */
export const MOST_STRETCHES = 2000;
/** Pieces of one kind are joined up to this length, so that many small ones cost little. */
const JOINED = 4096;

interface Entry {
  /** UTF-16 units, of what is shown in its place too. */
  size: number;
  shown?: Shown | undefined;
  kind: LogPiece['kind'];
  text: string;
  lines: number;
}

/**
 * Keeps at least the newest `MOST_CHARACTERS`, `MOST_LINES` or `MOST_STRETCHES`, whichever is reached first, and at most one piece more.
 * So a page that is in the background, where nothing is drawn, does not gather output without end.
 */
export class OutputBacklog {
  #entries: Entry[] = [];
  #first = 0;
  #characters = 0;
  #lines = 0;
  #dropped = 0;

  get isEmpty(): boolean {
    return this.#first === this.#entries.length && this.#dropped === 0;
  }

  /** Takes a piece; its cost does not depend on how much is waiting. */
  push({ kind, text, shown }: LogPiece): void {
    if (text === '' && !shown) return;
    const lines = shown ? 1 : countLines(text);
    const size = text.length + (shown && shown.type !== 'clear' ? sizeOf(shown) : 0);
    const last = this.#first < this.#entries.length ? this.#entries.at(-1) : undefined;
    if (last?.kind === kind && !last.shown && !shown && last.text.length + text.length <= JOINED) {
      last.text += text;
      last.lines += lines;
      last.size += size;
    } else {
      this.#entries.push({ kind, text, lines, size, shown });
    }
    this.#characters += size;
    this.#lines += lines;
    for (let oldest = this.#entries[this.#first]; oldest; oldest = this.#entries[this.#first]) {
      const fewer = this.#characters - oldest.size < MOST_CHARACTERS && this.#lines - oldest.lines < MOST_LINES;
      if (fewer && this.#entries.length - this.#first <= MOST_STRETCHES) break;
      this.#characters -= oldest.size;
      this.#lines -= oldest.lines;
      this.#dropped += oldest.lines;
      this.#first += 1;
    }
    // Now and then, so that it costs nothing for each piece.
    if (this.#first > 1024 && this.#first * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#first);
      this.#first = 0;
    }
  }

  /** All that is waiting, in order, and how many lines before it were dropped. */
  take(): { pieces: LogPiece[]; dropped: number } {
    const pieces = this.#entries.slice(this.#first);
    const dropped = this.#dropped;
    this.#entries = [];
    this.#first = 0;
    this.#characters = 0;
    this.#lines = 0;
    this.#dropped = 0;
    return { pieces, dropped };
  }
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines += 1;
  return lines;
}
