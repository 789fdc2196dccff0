/** Tables as JSON: a list of objects, or one object a line (JSON Lines). */
import type { Cell, GridColumn } from './source';

/** Each name once: a second `a` becomes `a (2)`. */
export function uniqueNames(columns: readonly GridColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name} (${count})`;
    taken.add(unique);
    return unique;
  });
}

/** A row as one line of JSON. Large integers keep all their digits; what JSON has no number for is null. */
export function jsonRow(keys: readonly string[], row: readonly Cell[]): string {
  return `{${keys.map((key, index) => `${JSON.stringify(key)}:${jsonCell(row[index] ?? null)}`).join(',')}}`;
}

function jsonCell(cell: Cell): string {
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell === 'number' && !Number.isFinite(cell)) return 'null';
  // JSON.stringify makes 0 of it.
  if (Object.is(cell, -0)) return '-0';
  if (typeof cell === 'object' && cell !== null) return JSON.stringify(`<${cell.size} bytes>`);
  return JSON.stringify(cell);
}
