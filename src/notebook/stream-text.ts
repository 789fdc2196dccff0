/** Text that a terminal would write over itself: a carriage return goes back to the beginning of the line, as progress bars do. */

const ESCAPE = '\u001b';

/**
 * What stands there after `more` was written behind `text`, of which the last line is still open. So a progress bar of ten thousand steps
 * stays one line.
 */
export function joinStream(text: string, more: string): string {
  const open = text.slice(text.lastIndexOf('\n') + 1);
  if (!more.includes('\r') && !open.includes('\r')) return text + more;
  return text.slice(0, text.length - open.length) + writeOver(open + more);
}

/** Leaves of each line what stands there in the end. A return at the very end waits for what comes next. */
export function writeOver(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .replaceAll(/\r+\n/g, '\n')
    .split('\n')
    .map((line) => {
      const waiting = line.endsWith('\r');
      const parts = (waiting ? line.slice(0, -1) : line).split('\r');
      const shown = parts.reduce(overwrite);
      return waiting ? `${shown}\r` : shown;
    })
    .join('\n');
}

/** With colours in it nobody counts characters: then the newer text stands for the whole line. */
function overwrite(before: string, after: string): string {
  return before.includes(ESCAPE) || after.includes(ESCAPE) ? after || before : after + before.slice(after.length);
}
