/** Tables as SQL that SQLite, PostgreSQL and DuckDB read: CREATE TABLE and INSERT. */
import { uniqueNames } from './json';
import type { Cell, GridColumn } from './source';

const quoted = (name: string): string => `"${name.replaceAll('"', '""').replaceAll('\0', '')}"`;

/** The types are those of the first rows. */
export function sqlHead(table: string, columns: readonly GridColumn[], rows: readonly (readonly Cell[])[]): string {
  const names = uniqueNames(columns);
  const lines = names.map((name, index) => `  ${quoted(name || `column ${index + 1}`)} ${sqlType(rows.map((row) => row[index] ?? null))}`);
  return `CREATE TABLE ${quoted(table)} (\n${lines.join(',\n')}\n);\n`;
}

export function sqlRows(table: string, columns: readonly GridColumn[], rows: readonly (readonly Cell[])[]): string {
  return rows
    .map((row) => `INSERT INTO ${quoted(table)} VALUES (${columns.map((_, index) => literal(row[index] ?? null)).join(', ')});\n`)
    .join('');
}

function sqlType(cells: readonly Cell[]): string {
  const present = cells.filter((cell) => cell !== null);
  if (present.length > 0 && present.every((cell) => typeof cell === 'boolean')) return 'BOOLEAN';
  if (present.length > 0 && present.every((cell) => typeof cell === 'bigint' || Number.isInteger(cell))) return 'INTEGER';
  if (present.length > 0 && present.every((cell) => typeof cell === 'bigint' || typeof cell === 'number')) return 'REAL';
  return 'TEXT';
}

function literal(cell: Cell): string {
  if (cell === null) return 'NULL';
  if (typeof cell === 'boolean') return cell ? 'TRUE' : 'FALSE';
  if (typeof cell === 'bigint') return cell.toString();
  // What SQL has no number for; 9e999 is how SQLite itself writes what is beyond all numbers.
  if (typeof cell === 'number') return Number.isNaN(cell) ? 'NULL' : Number.isFinite(cell) ? String(cell) : cell > 0 ? '9e999' : '-9e999';
  const text = typeof cell === 'object' ? `<${cell.size} bytes>` : cell;
  // A text ends at a zero byte for most readers.
  return `'${text.replaceAll("'", "''").replaceAll('\0', '\ufffd')}'`;
}
