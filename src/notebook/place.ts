/**
 * How Python names the code of a run, so that an error leads back to it: `<run 3>`, `<cell 2, run 3>`, `<cell 2, from line 5, run 3>`,
 * `<beside, run 3>`.
 */
import type { Outputs } from './outputs';

export interface CodePlace {
  /** The cell's place at that time, counted from 1; null for a script and what was run beside it. */
  readonly cell: number | null;
  /** Whether it stands in no document: a line that was typed under the output, or the check of a lesson. */
  readonly beside: boolean;
  /** The line in the cell or script at which the code began, counted from 1. */
  readonly from: number;
  /** Whether only some of its lines ran. */
  readonly part: boolean;
  readonly run: number;
}

const PLACE = /^<(?:(beside), |(?:cell (\d{1,6}), )?(?:from line (\d{1,7}), )?)run (\d{1,9})>$/;

/** What goes before the run's number of code that stands in no document. */
export const BESIDE_PART = 'beside';

/** What goes before the run's number of a cell, or of some lines (the first is `from`) of a cell or script. */
export function partName(cell: number | null, from: number | null): string {
  return [...(cell === null ? [] : [`cell ${cell}`]), ...(from === null ? [] : [`from line ${from}`])].join(', ');
}

/** Null for a file that is no run's. */
export function readPlace(file: string): CodePlace | null {
  const [, beside, cell, from, run] = PLACE.exec(file) ?? [];
  if (run === undefined) return null;
  return {
    cell: cell === undefined ? null : Number(cell),
    beside: beside !== undefined,
    from: from === undefined ? 1 : Number(from),
    part: from !== undefined,
    run: Number(run),
  };
}

/** The line at which a run failed, in its cell or script, counted from 1: the last of its own that the traceback names. Null when it names none. */
export function failedLine({ list }: Outputs, run: number): number | null {
  const text = list
    .map((output) =>
      output.type === 'error' ? output.traceback : output.type === 'stream' && output.stream === 'stderr' ? output.text : '',
    )
    .join('');
  for (const [, file = '', line] of [...text.matchAll(/File "(<[^"]*>)", line (\d+)/g)].reverse()) {
    const place = readPlace(file);
    if (place?.run === run && !place.beside) return Number(line) + place.from - 1;
  }
  return null;
}
