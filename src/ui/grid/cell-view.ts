/** A cell as the grid draws it. */
import type { Cell } from '../../table';
import { strings } from '../strings';

/** More of a text is not drawn: the line below the grid shows the whole. */
const MOST_DRAWN = 300;
/** Line ends and tabs, as signs, so that a row stays a row. */
const SIGNS: Readonly<Record<string, string>> = { '\n': '⏎', '\r': '', '\t': '⇥' };

export type CellKind = 'empty' | 'number' | 'text' | 'special';

/** How a cell is aligned and coloured. */
export function kindOf(cell: Cell): CellKind {
  if (cell === null || Number.isNaN(cell)) return 'empty';
  if (typeof cell === 'number' || typeof cell === 'bigint') return 'number';
  return typeof cell === 'string' ? 'text' : 'special';
}

/** One line. */
export function drawn(cell: Cell): string {
  if (cell === null) return 'null';
  if (typeof cell === 'object') return strings.grid.bytes(cell.size);
  const text = String(cell);
  const short = text.length > MOST_DRAWN ? `${text.slice(0, MOST_DRAWN)}…` : text;
  return short.replace(/[\n\r\t]/g, (sign) => SIGNS[sign] ?? '');
}
