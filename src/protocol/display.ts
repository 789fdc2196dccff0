/** What a run shows beside text, as the interpreter says it: `src/python/displays.py`. */
import { type ErrorReport, errorReport, type MimeBundle, mimeBundle } from '../base/mime-bundle';

export type DisplayMessage =
  /** The value of the last expression. */
  | { kind: 'value'; data: MimeBundle; metadata: MimeBundle }
  /** `id` names it so that it can be updated: with `update`, what was shown under that id is replaced wherever it is. */
  | { kind: 'display'; id: string | null; update: boolean; data: MimeBundle; metadata: MimeBundle }
  /** What the run has shown goes away; with `wait` when it shows something new. */
  | { kind: 'clear'; wait: boolean }
  | ({ kind: 'error' } & ErrorReport);

/** A longer message is not read at all: UTF-16 units. */
export const LONGEST_MESSAGE = 32 << 20;
const LONGEST_ID = 200;
const LONGEST_METADATA = 100_000;

/** Reads a message, which anything could have sent; null when it is none. */
export function readDisplay(json: unknown): DisplayMessage | null {
  if (typeof json !== 'string' || json.length > LONGEST_MESSAGE) return null;
  let message: Record<string, unknown>;
  try {
    const parsed: unknown = JSON.parse(json);
    if (typeof parsed !== 'object' || parsed === null) return null;
    message = parsed as Record<string, unknown>;
  } catch {
    return null;
  }
  switch (message.kind) {
    case 'value':
      return { kind: 'value', data: mimeBundle(message.data), metadata: metadata(message.metadata) };
    case 'display': {
      const id = typeof message.id === 'string' && message.id !== '' ? message.id.slice(0, LONGEST_ID) : null;
      const update = message.update === true && id !== null;
      return { kind: 'display', id, update, data: mimeBundle(message.data), metadata: metadata(message.metadata) };
    }
    case 'clear':
      return { kind: 'clear', wait: message.wait === true };
    case 'error':
      return { kind: 'error', ...errorReport(message) };
    default:
      return null;
  }
}

function metadata(value: unknown): MimeBundle {
  const plain = typeof value === 'object' && value !== null && !Array.isArray(value);
  return plain && JSON.stringify(value).length <= LONGEST_METADATA ? (value as MimeBundle) : {};
}
