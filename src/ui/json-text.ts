/**
 * Indents JSON for reading without parsing it: numbers keep their digits, keys their order and doubles, and no depth of
 * nesting can make it slow or large.
 */

const INDENT = '  ';
/** Deeper levels are not indented further: hostile text would grow with the square of its depth. */
const DEEPEST_INDENT = 20;
/** More lines take too long to lay out; such text stays as it is. */
const MOST_LINES = 5000;

/**
 * The same JSON, one value a line; unchanged when that would be more than 5,000 lines. Text that is not JSON comes out with
 * its tokens intact, only its white space changed.
 */
export function indentJson(text: string): string {
  const parts: string[] = [];
  let depth = 0;
  let lines = 1;
  const newLine = () => {
    lines += 1;
    parts.push('\n', INDENT.repeat(Math.min(depth, DEEPEST_INDENT)));
  };
  // Strings whole, brackets and separators one by one, anything else (numbers, words) up to the next of them.
  const tokens = text.match(/"(?:[^"\\]|\\.)*"?|[{}[\],:]|[^\s"{}[\],:]+/gs) ?? [];
  for (const [index, token] of tokens.entries()) {
    if (lines > MOST_LINES) return text;
    const next = tokens[index + 1];
    const previous = tokens[index - 1];
    if (token === '{' || token === '[') {
      depth += 1;
      parts.push(token);
      if (next !== '}' && next !== ']') newLine();
    } else if (token === '}' || token === ']') {
      depth = Math.max(0, depth - 1);
      if (previous !== '{' && previous !== '[') newLine();
      parts.push(token);
    } else if (token === ',') {
      parts.push(token);
      newLine();
    } else {
      parts.push(token === ':' ? ': ' : token);
    }
  }
  return parts.join('');
}

/** Whether JSON.parse takes it. */
export function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
