/** Tables in Markdown, as GitHub writes them. */
import { cellText } from './rows-source';
import type { Cell, GridColumn } from './source';

export function markdownHead(columns: readonly GridColumn[], rows: readonly (readonly Cell[])[]): string {
  const numeric = columns.map((_, index) => rows.some((row) => typeof row[index] === 'number' || typeof row[index] === 'bigint'));
  return `${line(columns.map(({ name }) => name))}${line(numeric.map((right) => (right ? '---:' : '---')))}`;
}

export function markdownRows(rows: readonly (readonly Cell[])[]): string {
  return rows.map((row) => line(row.map(cellText).map(escaped))).join('');
}

const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

function escaped(text: string): string {
  return text
    .replace(/[\\|`*_[\]<>]/g, '\\$&')
    .replace(/\r\n|\r|\n/g, '<br>')
    .trim();
}
