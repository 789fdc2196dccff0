/** Values of a database as people read them. */
import type { DatabaseCell } from '../../session';
import { databaseWords } from '../strings/database';

export type CellLook = 'null' | 'number' | 'text' | 'bytes';

/** How it is to look, and what it says. */
export function cellText(cell: DatabaseCell): { look: CellLook; text: string } {
  if (cell === null) return { look: 'null', text: databaseWords.null };
  if (typeof cell === 'number') return { look: 'number', text: String(cell) };
  if (typeof cell === 'string') return { look: 'text', text: cell };
  if ('integer' in cell) return { look: 'number', text: cell.integer };
  if ('real' in cell) return { look: 'number', text: cell.real };
  if ('bytes' in cell) return { look: 'bytes', text: `${databaseWords.bytes(cell.bytes)} ${cell.head}${cell.bytes > 16 ? ' …' : ''}` };
  return { look: 'text', text: `${cell.text}…` };
}

/** Whether it is here as a whole, so that another can be put in its place. */
export function isWhole(cell: DatabaseCell): boolean {
  return typeof cell !== 'object' || cell === null || 'integer' in cell || 'real' in cell;
}

/**
 * What a person typed, as a value: a number where one was before and this is one. Everything else SQLite converts by the column's type.
 */
export function cellFromText(text: string, before: DatabaseCell): DatabaseCell {
  const wasNumber = typeof before === 'number' || (typeof before === 'object' && before !== null && 'integer' in before);
  const plain = text.trim();
  if (!wasNumber || !/^-?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return text;
  const number = Number(plain);
  return Number.isInteger(number) && !Number.isSafeInteger(number) && /^-?\d+$/.test(plain) ? { integer: plain } : number;
}

/** Rows as RFC 4180 has them. What a spreadsheet would take for a formula gets an apostrophe in front. */
export function csvOf(columns: readonly string[], rows: readonly (readonly DatabaseCell[])[]): string {
  const field = (cell: DatabaseCell): string => {
    if (cell === null) return '';
    const { look, text } = cellText(cell);
    const safe = look === 'text' && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
    return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  return [columns, ...rows].map((row) => `${row.map(field).join(',')}\r\n`).join('');
}
