/** Output of Python beside plain text, in the shapes that Jupyter gave them; and the check of what claims to be one. */

/** A value as JSON has it. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A value in several forms, by media type. JSON types hold JSON, all others text; binary formats base64. */
export type MimeBundle = Readonly<Record<string, Json>>;

/** A table's cell in JSON: what JSON cannot say by itself is an object. */
export type WireCell = null | boolean | number | string | { int: string } | { float: string } | { bytes: number };

/** A line of code that an error went through. */
export interface ErrorFrame {
  /** What was run (`<run 3>`), or a path. */
  file: string;
  /** From 1; 0 when unknown. */
  line: number;
  /** The function. */
  name: string;
  source: string;
  /** Whether it is the code of a library and not the user's. */
  library: boolean;
}

/** One exception of a chain. */
export interface ErrorPart {
  name: string;
  message: string;
  /** How the next one came of it; null for the last. */
  relation: 'cause' | 'context' | null;
  frames: ErrorFrame[];
  /** Frames in the middle of a deep recursion that are not told. */
  leftOut: number;
}

export interface ErrorReport {
  name: string;
  message: string;
  /** As Python prints it. */
  text: string;
  /** What led to it first. */
  parts: ErrorPart[];
}

/** Limits of what is taken over, in UTF-16 units and numbers of things. `src/python/displays.py` and `errors.py` keep to them. */
export const LONGEST_DATA = 8 << 20;
const LONGEST_TEXT = 110_000;
const LONGEST_LINE = 1000;
const MOST_TYPES = 32;
const MOST_PARTS = 10;
const MOST_FRAMES = 100;
/** A media type, without parameters. */
const MEDIA_TYPE = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,99}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,99}$/i;

const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
const text = (value: unknown, longest: number): string => (typeof value === 'string' ? value.slice(0, longest) : '');
const whole = (value: unknown): number => (Number.isSafeInteger(value) && (value as number) >= 0 ? (value as number) : 0);
const list = (value: unknown, most: number): unknown[] => (Array.isArray(value) ? value.slice(0, most) : []);

export const isJsonType = (type: string): boolean => type === 'application/json' || type.endsWith('+json');

/**
 * Takes over what is a bundle in `value`, which has to be plain JSON: entries under media types, text or (JSON types) any value. What is
 * too long is left out. The result has no prototype, so that no name in it means anything.
 */
export function mimeBundle(value: unknown): MimeBundle {
  const bundle: Record<string, Json> = Object.create(null);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return bundle;
  for (const [type, content] of Object.entries(value).slice(0, MOST_TYPES)) {
    if (!MEDIA_TYPE.test(type)) continue;
    if (isJsonType(type)) bundle[type] = content as Json;
    else {
      // As notebook files have it: a list of lines.
      const whole = Array.isArray(content) ? content.filter((line) => typeof line === 'string').join('') : content;
      if (typeof whole === 'string' && whole.length <= LONGEST_DATA) bundle[type] = whole;
    }
  }
  return bundle;
}

/** Takes over what is an error in `value`, which has to be plain JSON. */
export function errorReport(value: unknown): ErrorReport {
  const parts = list(field(value, 'parts'), MOST_PARTS).map((part): ErrorPart => {
    const relation = field(part, 'relation');
    return {
      name: text(field(part, 'name'), LONGEST_LINE),
      message: text(field(part, 'message'), LONGEST_TEXT),
      relation: relation === 'cause' || relation === 'context' ? relation : null,
      frames: list(field(part, 'frames'), MOST_FRAMES).map((frame) => ({
        file: text(field(frame, 'file'), LONGEST_LINE),
        line: whole(field(frame, 'line')),
        name: text(field(frame, 'name'), LONGEST_LINE),
        source: text(field(frame, 'source'), LONGEST_LINE),
        library: field(frame, 'library') === true,
      })),
      leftOut: whole(field(part, 'leftOut')),
    };
  });
  return {
    name: text(field(value, 'name'), LONGEST_LINE) || 'Error',
    message: text(field(value, 'message'), LONGEST_TEXT),
    text: text(field(value, 'text'), LONGEST_TEXT),
    parts,
  };
}

/** What a terminal would show of a value, or of a display, which is a line of its own; empty when there is no text. */
export function terminalText(kind: 'value' | 'display', data: MimeBundle): string {
  const plain = data['text/plain'];
  if (typeof plain !== 'string') return '';
  return kind === 'value' ? plain : `${plain}\n`;
}
