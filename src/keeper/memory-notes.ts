/**
 * What a capture said of the variables and of what could not be kept: the sandbox's word, so it is checked and cut to size before it is
 * stored or passed on. A hidden file holds the last one, so that each checkpoint has its own.
 */
import type { CaptureReport, Loss, VariableNote } from '../protocol/image';
import type { CheckpointReport } from '../protocol/keeper';

export interface MemoryNotes {
  variables: VariableNote[];
  lost: Loss[];
}

const VERSION = 1;
const MOST_VARIABLES = 1000;
const MOST_LOSSES = 200;
/** UTF-16 units. */
const LONGEST_NAME = 200;
const LONGEST_SENTENCE = 300;

/** A capture's answer with nothing in it but what it may hold; null when it is none. */
export function checkCapture(value: unknown): CaptureReport | null {
  if (typeof value !== 'object' || value === null) return null;
  const { image, problem, milliseconds, heap, changed, stored, lost, variables } = value as Record<string, unknown>;
  return {
    image: Number.isSafeInteger(image) && (image as number) > 0 ? (image as number) : null,
    problem: typeof problem === 'string' ? problem.slice(0, LONGEST_SENTENCE) : null,
    milliseconds: amount(milliseconds),
    heap: amount(heap),
    changed: amount(changed),
    stored: amount(stored),
    ...checkNotes({ lost, variables }),
  };
}

export function serializeNotes({ variables, lost }: MemoryNotes): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify({ version: VERSION, variables, lost })}\n`);
}

/** What is unknown or cannot be read counts as not noted: null. */
export function parseNotes(bytes: Uint8Array | null): MemoryNotes | null {
  if (!bytes) return null;
  try {
    const value = JSON.parse(new TextDecoder().decode(bytes)) as Record<string, unknown> | null;
    return value?.version === VERSION ? checkNotes(value) : null;
  } catch {
    return null;
  }
}

/** What the page is told of a capture. */
export function reportOf({ image: _image, variables: _variables, ...report }: CaptureReport, checkpoint: number): CheckpointReport {
  return { ...report, checkpoint };
}

function checkNotes({ lost, variables }: Record<string, unknown>): MemoryNotes {
  const notes: MemoryNotes = { variables: [], lost: [] };
  for (const entry of list(variables, MOST_VARIABLES)) {
    const { name, type } = entry;
    if (typeof name === 'string' && typeof type === 'string') {
      notes.variables.push({ name: name.slice(0, LONGEST_NAME), type: type.slice(0, LONGEST_NAME) });
    }
  }
  for (const entry of list(lost, MOST_LOSSES)) {
    const { variable, reason } = entry;
    if (typeof reason !== 'string') continue;
    notes.lost.push({
      variable: typeof variable === 'string' ? variable.slice(0, LONGEST_NAME) : null,
      reason: reason.slice(0, LONGEST_SENTENCE),
    });
  }
  return notes;
}

function list(value: unknown, most: number): Record<string, unknown>[] {
  if (!Array.isArray(value)) return [];
  return value.slice(0, most).filter((entry) => typeof entry === 'object' && entry !== null);
}

const amount = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0);
