/**
 * What belongs to a notebook beside its text: which cell is which, what their runs wrote, where a person was. Kept as JSON, version 1.
 * It may come from a state file that somebody else made: whatever is not as it should be is left out, never an error.
 */
import { errorReport } from '../base/mime-bundle';
import { append, type Json, LARGEST_BUNDLE, type MimeBundle, NO_OUTPUTS, type Output, type Outputs, sizeOf } from './outputs';
import type { Result } from './results';

export const CELL_STATUSES = ['running', 'finished', 'failed', 'interrupted', 'exited', 'stopped', 'crashed', 'unfinished'] as const;
export type CellStatus = (typeof CELL_STATUSES)[number];

/** The last run of a cell. Times are milliseconds since 1970. */
export interface CellRun {
  readonly run: number;
  readonly started: number;
  readonly ended: number | null;
  readonly status: CellStatus;
  /** The key of what ran: another one than the cell's says that it was edited since. */
  readonly key: string;
  /** The line of the cell, counted from 1, at which it failed; null when it did not, or nobody knows. */
  readonly line: number | null;
}

export interface CellNotes {
  readonly id: string;
  /** See `keyOf`. */
  readonly key: string;
  readonly run: CellRun | null;
  readonly outputs: Outputs;
}

/** A run that was no cell's, as the log tells of it. Times are milliseconds since 1970. */
export type LoggedRun = Omit<CellRun, 'key' | 'line'>;

/** An entry of the log: a run and what it wrote. What was said before any run has no run. */
export type LogEntry = Result<LoggedRun>;

export type NotebookView = 'notebook' | 'script';

export interface Cursor {
  /** UTF-16 units from the beginning of the cell, or of the script. */
  readonly anchor: number;
  readonly head: number;
}

export interface NotebookNotes {
  /** Null: nobody has chosen yet. */
  readonly view: NotebookView | null;
  readonly cells: readonly CellNotes[];
  /** What the log shows, oldest first. */
  readonly log: readonly LogEntry[];
  /** The id of the selected cell. */
  readonly selected: string | null;
  /** In the selected cell. */
  readonly cursor: Cursor | null;
  /** In the script view. */
  readonly scriptCursor: Cursor | null;
}

export const NO_NOTES: NotebookNotes = { view: null, cells: [], log: [], selected: null, cursor: null, scriptCursor: null };

const VERSION = 1;
/** What the notes take at most, UTF-16 units: they are part of every checkpoint. Of more, what ran longest ago is left out. */
export const LARGEST_NOTES = 8 << 20;
/** A larger file is not read at all. */
const LARGEST_READ = 4 * LARGEST_NOTES;
const MOST_CELLS = 10_000;
/** Entries of the log. */
export const MOST_LOGGED_RUNS = 200;
/** As nbformat has the ids of cells. */
export const ID = /^[\w-]{1,64}$/;

/** One line for each cell, so that what did not change is the same bytes; what changes most is last. */
export function writeNotes({ view, cells, log, selected, cursor, scriptCursor }: NotebookNotes): string {
  const newest = [...cells].sort((a, b) => (b.run?.started ?? 0) - (a.run?.started ?? 0));
  let room = LARGEST_NOTES;
  const kept = new Map<string, Outputs>();
  for (const { id, outputs } of newest) {
    const list = withinBounds(outputs);
    const size = list.reduce((sum, output) => sum + sizeOf(output), 0);
    room -= size;
    kept.set(id, room >= 0 ? { ...outputs, list } : { list: [], dropped: outputs.dropped + size });
  }
  const lines = cells.map(({ id, key, run }) => JSON.stringify({ id, key, run, ...kept.get(id) }));
  const entries = log.map(({ run, outputs }) => JSON.stringify({ run, list: withinBounds(outputs), dropped: outputs.dropped }));
  const rest = JSON.stringify({ view, selected, cursor, scriptCursor }).slice(1);
  return `{"version":${VERSION},"cells":[\n${lines.join(',\n')}\n],"log":[\n${entries.join(',\n')}\n],${rest}\n`;
}

/** Reads what `writeNotes` wrote; `NO_NOTES` for anything else. */
export function readNotes(text: string | null): NotebookNotes {
  if (text === null || text.length > LARGEST_READ) return NO_NOTES;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // What is lost are outputs and places; the text of the notebook lies elsewhere.
    return NO_NOTES;
  }
  if (!isObject(value) || value.version !== VERSION || !Array.isArray(value.cells)) return NO_NOTES;
  const ids = new Set<string>();
  const cells: CellNotes[] = [];
  for (const entry of value.cells.slice(0, MOST_CELLS)) {
    const cell = readCell(entry);
    if (!cell || ids.has(cell.id)) continue;
    ids.add(cell.id);
    cells.push(cell);
  }
  return {
    view: value.view === 'notebook' || value.view === 'script' ? value.view : null,
    cells,
    log: (Array.isArray(value.log) ? value.log : []).slice(-MOST_LOGGED_RUNS).flatMap((entry) => readEntry(entry) ?? []),
    selected: typeof value.selected === 'string' && ids.has(value.selected) ? value.selected : null,
    cursor: readCursor(value.cursor),
    scriptCursor: readCursor(value.scriptCursor),
  };
}

function readCell(value: unknown): CellNotes | null {
  if (!isObject(value) || typeof value.id !== 'string' || !ID.test(value.id) || typeof value.key !== 'string') return null;
  return { id: value.id, key: value.key, run: readCellRun(value.run), outputs: readOutputs(value) };
}

function readEntry(value: unknown): LogEntry | null {
  return isObject(value) ? { run: readRun(value.run), outputs: readOutputs(value) } : null;
}

function readOutputs(value: Record<string, unknown>): Outputs {
  const read = Array.isArray(value.list) ? value.list.map(readOutput).filter((output) => output !== null) : [];
  const { list, dropped } = append(NO_OUTPUTS, read);
  return { list, dropped: dropped + (isCount(value.dropped) ? value.dropped : 0) };
}

function readCellRun(value: unknown): CellRun | null {
  const run = readRun(value);
  if (!run || !isObject(value) || typeof value.key !== 'string') return null;
  return { ...run, key: value.key, line: isCount(value.line) && value.line > 0 ? value.line : null };
}

function readRun(value: unknown): LoggedRun | null {
  if (!isObject(value)) return null;
  const { run, started, ended, status } = value;
  if (!isCount(run) || !isCount(started)) return null;
  const known = CELL_STATUSES.find((candidate) => candidate === status);
  if (!known) return null;
  // Nobody is left who could end it.
  const cut = known === 'running';
  return {
    run,
    started,
    ended: !cut && isCount(ended) ? ended : null,
    status: cut ? 'unfinished' : known,
  };
}

/** Null for what is no output. */
export function readOutput(value: unknown): Output | null {
  if (!isObject(value)) return null;
  const { type, stream, text, id, name, message, traceback } = value;
  switch (type) {
    case 'stream':
      if (typeof text !== 'string') return null;
      return stream === 'stdout' || stream === 'stderr' || stream === 'echo' || stream === 'notice' ? { type, stream, text } : null;
    case 'display':
      return { type, id: typeof id === 'string' ? id : null, data: readBundle(value.data), metadata: readBundle(value.metadata) };
    case 'value':
      return { type, data: readBundle(value.data), metadata: readBundle(value.metadata) };
    case 'error':
      if (typeof name !== 'string' || typeof message !== 'string' || typeof traceback !== 'string') return null;
      return { type, name, message, traceback, parts: errorReport(value).parts };
    default:
      return null;
  }
}

/** What was parsed from JSON is JSON; only the shape of a bundle has to be seen to. */
function readBundle(value: unknown): MimeBundle {
  return isObject(value) ? (value as Record<string, Json>) : {};
}

function readCursor(value: unknown): Cursor | null {
  return isObject(value) && isCount(value.anchor) && isCount(value.head) ? { anchor: value.anchor, head: value.head } : null;
}

const withinBounds = ({ list }: Outputs): Output[] => list.map((output) => (sizeOf(output) > LARGEST_BUNDLE ? tooLarge(output) : output));

function tooLarge(output: Output): Output {
  const text = `(${Math.round(sizeOf(output) / 1e6)} MB of output were too large to be kept)\n`;
  return { type: 'stream', stream: 'notice', text };
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
