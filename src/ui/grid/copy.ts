/** What a grid puts on the clipboard: tab-separated, as spreadsheets take it. */
import { cellText, type GridSource, type GridView } from '../../table';
import type { Rectangle } from './selection';

/** Cells that are copied at once. */
export const MOST_COPIED = 200_000;

/** @throws Error what the source rejects with */
export async function copyText(source: GridSource, view: GridView, { top, bottom, left, right }: Rectangle): Promise<string> {
  const { rows } = await source.window(top, bottom, view);
  const lines = rows.map((row) =>
    row
      .slice(left, right)
      .map((cell) => quoted(cellText(cell)))
      .join('\t'),
  );
  return lines.join('\n');
}

/** Spreadsheets read quotes around a text with tabs, line ends or quotes in it. */
function quoted(text: string): string {
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
