/** Text that a terminal would write over itself: a carriage return goes back to the beginning of the line, as progress bars do. */

const ESCAPE = '\u001b';

/**
 * `more` written behind `text`, of which the last line is still open. A progress bar of ten thousand steps stays one line: of the open line
 * is kept what stood there before the last return and what was written since, which says where the next character goes.
 */
export function joinStream(text: string, more: string): string {
  const start = text.lastIndexOf('\n') + 1;
  const written = text.slice(start) + more;
  if (!written.includes('\r')) return text + more;
  const end = written.lastIndexOf('\n') + 1;
  const open = written.slice(end);
  const last = open.lastIndexOf('\r');
  const before = last === -1 ? '' : writeOver(open.slice(0, last));
  const since = open.slice(last + 1);
  const kept = last === -1 ? open : covers(since, before) ? since : `${before}\r${since}`;
  return text.slice(0, start) + writeOver(written.slice(0, end)) + kept;
}

/** Leaves of each line what stands there in the end. */
export function writeOver(text: string): string {
  if (!text.includes('\r')) return text;
  return text
    .split('\n')
    .map((line) => (line.includes('\r') ? line.split('\r').reduce(overwrite) : line))
    .join('\n');
}

/** Whether nothing of `before` is left to see, whatever comes next. */
function covers(since: string, before: string): boolean {
  return since !== '' && (hasColours(since) || hasColours(before) || since.length >= before.length);
}

const hasColours = (text: string): boolean => text.includes(ESCAPE);

/** With colours in it nobody counts characters: then the newer text stands for the whole line. */
function overwrite(before: string, after: string): string {
  return hasColours(before) || hasColours(after) ? after || before : after + before.slice(after.length);
}
