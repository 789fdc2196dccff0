/** What a cell's run wrote: an immutable list that stays within bounds, whatever Python sends. */

/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** One thing in several forms, by MIME type: text as it is, JSON as values, everything binary in base64, as in Jupyter's messages. */
export type MimeBundle = Readonly<Record<string, Json>>;

/**
 * One piece of output.
 * - `stream`: text; `echo` is a line that the person typed for input(), `notice` a sentence of Dormouse's own
 * - `display`: what was shown by `display()`; one with an `id` is replaced by later ones with the same
 * - `value`: the value of the last expression
 * - `error`: an exception; `traceback` is the text that a terminal would show
 */
export type Output =
  | { readonly type: 'stream'; readonly stream: 'stdout' | 'stderr' | 'echo' | 'notice'; readonly text: string }
  | { readonly type: 'display'; readonly id: string | null; readonly data: MimeBundle; readonly metadata: MimeBundle }
  | { readonly type: 'value'; readonly data: MimeBundle; readonly metadata: MimeBundle }
  | { readonly type: 'error'; readonly name: string; readonly message: string; readonly traceback: string };

/** What is kept of one cell's output, in UTF-16 units; of more than this the oldest goes. */
export const MOST_CHARACTERS = 1 << 20;
/** And as many pieces. */
export const MOST_OUTPUTS = 1000;
/** What is kept beside the text of one cell: a drawing, a table. What is larger is shown while the page is open, and not kept. */
export const LARGEST_BUNDLE = 4 << 20;

export interface Outputs {
  readonly list: readonly Output[];
  /** UTF-16 units of old text that was left out at the front. */
  readonly dropped: number;
}

export const NO_OUTPUTS: Outputs = { list: [], dropped: 0 };

/** About how much room a piece takes, in UTF-16 units. */
export function sizeOf(output: Output): number {
  switch (output.type) {
    case 'stream':
      return output.text.length;
    case 'error':
      return output.name.length + output.message.length + output.traceback.length;
    case 'display':
    case 'value':
      return sizeOfJson(output.data) + sizeOfJson(output.metadata);
    default:
      return output satisfies never;
  }
}

/** Appends pieces; text of one stream is joined, the oldest beyond the bounds goes. */
export function append({ list, dropped }: Outputs, pieces: readonly Output[]): Outputs {
  const next = [...list];
  for (const piece of pieces) {
    const last = next.at(-1);
    if (piece.type === 'stream' && last?.type === 'stream' && last.stream === piece.stream)
      next[next.length - 1] = { ...last, text: last.text + piece.text };
    else next.push(piece);
  }
  return bounded(next, dropped);
}

/** Puts a display in the place of those that have its id; the same list when there is none. */
export function update(outputs: Outputs, display: Extract<Output, { type: 'display' }>): Outputs {
  const { list, dropped } = outputs;
  const has = list.some((output) => output.type === 'display' && output.id !== null && output.id === display.id);
  if (!has) return outputs;
  return bounded(
    list.map((output) => (output.type === 'display' && output.id === display.id ? display : output)),
    dropped,
  );
}

function bounded(list: Output[], dropped: number): Outputs {
  let size = list.reduce((sum, output) => sum + sizeOf(output), 0);
  let gone = dropped;
  while (list.length > 1 && (size > MOST_CHARACTERS + LARGEST_BUNDLE || list.length > MOST_OUTPUTS)) {
    const oldest = sizeOf(list.shift() as Output);
    size -= oldest;
    gone += oldest;
  }
  const text = list.reduce((sum, output) => sum + (output.type === 'stream' ? output.text.length : 0), 0);
  let excess = text - MOST_CHARACTERS;
  for (let index = 0; excess > 0 && index < list.length; index += 1) {
    const output = list[index] as Output;
    if (output.type !== 'stream') continue;
    const kept = excess >= output.text.length ? '' : tail(output.text, output.text.length - excess);
    gone += output.text.length - kept.length;
    excess -= output.text.length - kept.length;
    list[index] = { ...output, text: kept };
  }
  return { list: list.filter((output) => output.type !== 'stream' || output.text !== ''), dropped: gone };
}

/** The end of a text, at most so long, from the beginning of a line where there is one. */
function tail(text: string, length: number): string {
  const end = text.slice(text.length - length);
  const line = end.indexOf('\n');
  return line === -1 || line === end.length - 1 ? end.replace(/^[\udc00-\udfff]/, '') : end.slice(line + 1);
}

function sizeOfJson(value: Json): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null) return 8;
  const parts: readonly [string, Json][] = Array.isArray(value) ? value.map((item) => ['', item]) : Object.entries(value);
  return parts.reduce((sum, [key, item]) => sum + key.length + sizeOfJson(item), 2);
}
