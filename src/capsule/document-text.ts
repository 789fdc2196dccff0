/** The text around the content of a state file, laid out so that a person can read it. */
import { DEFAULT_MODES, STATE_LIMITS, type StateContent, type StateFileEntry } from './content';
import { FORMAT, VERSION } from './formats';

/** The times that four digits can say a year of. */
const FIRST_TIME = Date.parse('0000-01-01T00:00:00Z');
const LAST_TIME = Date.parse('9999-12-31T23:59:59.999Z');

/** Before the first entry and before the others, after a file's content, and after the last entry or instead of any. */
export const PUNCTUATION = { first: '\n    ', next: ',\n    ', contentEnd: '"\n    }', end: '\n  ]\n}\n', endOfNone: ']\n}\n' } as const;

/** What comes on top of an entry's head and content, at most. */
export const ENTRY_PUNCTUATION = PUNCTUATION.next.length + PUNCTUATION.contentEnd.length;

/** Everything before the first entry. */
export function stateHead({ created, runtime, runs, code }: StateContent): string {
  const head = {
    format: FORMAT,
    version: VERSION,
    ...(created !== undefined && { created: formatTime(created) }),
    runtime: runtime && { pyodide: runtime.pyodide, python: runtime.python },
    runs: {
      count: runs.count,
      history: runs.history.slice(-STATE_LIMITS.history).map(({ run, started, ended, status, firstLine }) => ({
        run,
        started: formatTime(started),
        ended: ended === null ? null : formatTime(ended),
        status,
        firstLine: wellFormed(firstLine.slice(0, STATE_LIMITS.firstLine)),
      })),
    },
    code: code === null ? null : wellFormed(code),
  };
  return `${JSON.stringify(head, null, 2).slice(0, -'\n}'.length)},\n  "files": [`;
}

/** A file up to the quote after which its content comes in the field named here; a folder or link whole. */
export function entryHead(entry: StateFileEntry, field: 'text' | 'base64'): string {
  const bits = entry.mode & 0o7777;
  const mode = bits === DEFAULT_MODES[entry.kind] ? '' : `,\n      "mode": "${bits.toString(8).padStart(4, '0')}"`;
  const common = `{\n      "path": ${JSON.stringify(entry.path)},\n      "modified": "${formatTime(entry.modified)}"${mode}`;
  switch (entry.kind) {
    case 'file':
      return `${common},\n      "${field}": "`;
    case 'directory':
      return `${common},\n      "directory": true\n    }`;
    case 'symlink':
      return `${common},\n      "link": ${JSON.stringify(entry.target)}\n    }`;
    default:
      return entry satisfies never;
  }
}

/** Bytes of a text in UTF-8. */
export function utf8Length(text: string): number {
  let length = text.length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // The two halves of a character of four bytes have two each.
    if (unit >= 0x80) length += unit >= 0x800 && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}

/** ISO 8601, UTC. What is no time that can be said (Python may set any number) becomes the nearest that can. */
function formatTime(time: number): string {
  return new Date(Math.min(Math.max(Math.floor(time), FIRST_TIME), LAST_TIME)).toISOString();
}

/** Half characters, which have no form in UTF-8, replaced by U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, '\ufffd');
}
