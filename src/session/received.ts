/** What a machine says, brought into the shape that the page expects: Python can send anything in its place. */
import type { FileChanged } from '../protocol/file-change';
import type { CaptureReport, Loss, ResumeReport, VariableNote } from '../protocol/image';
import type { DatabaseReport, TableReport } from '../protocol/looks';
import type { RunResult, RunStatus, RuntimeBuild } from '../protocol/machine';

/** Longer texts are cut where no text of that length is of use (names, sentences). */
const LONGEST = 1000;
const MOST = 1000;

/** A field of what may be no object. */
export const field = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
/** At most so many items of what may be no list. */
export const list = <Item>(value: unknown, read: (item: unknown) => Item, most = MOST): Item[] =>
  Array.isArray(value) ? value.slice(0, most).map((item: unknown) => read(item)) : [];
/** Null for what is no whole number. */
export const whole = (value: unknown): number | null => (Number.isSafeInteger(value) ? (value as number) : null);

/** Of what is no whole number, or below it: none. */
export const count = (value: unknown): number => Math.max(0, whole(value) ?? 0);

/** Text as it is; anything else is empty. `String(value)` would call into what hostile code made. */
export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

export function shortText(value: unknown): string {
  return text(value).slice(0, LONGEST);
}

export function runtimeBuild(value: unknown): RuntimeBuild {
  return { pyodide: shortText(field(value, 'pyodide')), python: shortText(field(value, 'python')) };
}

const STATUSES: readonly unknown[] = ['finished', 'failed', 'interrupted', 'exited'] satisfies RunStatus[];

/** An unknown status counts as `failed`; a sequence that is no number makes the keeper take what has come. */
export function runResult(value: unknown): Omit<RunResult, 'sequence'> & { sequence: number | null } {
  const status = field(value, 'status');
  return {
    status: STATUSES.includes(status) ? (status as RunStatus) : 'failed',
    exitCode: whole(field(value, 'exitCode')),
    sequence: whole(field(value, 'sequence')),
  };
}

/** A sequence that is no number: the keeper is asked for what has come. */
export function fileChanged(value: unknown): Omit<FileChanged, 'sequence'> & { sequence: number | null } {
  return { sequence: whole(field(value, 'sequence')), open: field(value, 'open') === true };
}

const amount = (value: unknown): number => (typeof value === 'number' && value >= 0 && value < 2 ** 53 ? value : 0);
/** Null for what is no text, or an empty one. */
export const sentence = (value: unknown): string | null => (typeof value === 'string' && value !== '' ? shortText(value) : null);

const losses = (value: unknown): Loss[] =>
  list(value, (item) => ({ variable: sentence(field(item, 'variable')), reason: shortText(field(item, 'reason')) }));

export function captureReport(value: unknown): CaptureReport {
  const image = whole(field(value, 'image'));
  const variable = (item: unknown): VariableNote => ({ name: shortText(field(item, 'name')), type: shortText(field(item, 'type')) });
  return {
    image,
    problem: image === null ? (sentence(field(value, 'problem')) ?? 'Python gave no reason.') : null,
    milliseconds: amount(field(value, 'milliseconds')),
    heap: amount(field(value, 'heap')),
    changed: amount(field(value, 'changed')),
    stored: amount(field(value, 'stored')),
    lost: losses(field(value, 'lost')),
    variables: list(field(value, 'variables'), variable),
  };
}

export function resumeReport(value: unknown): ResumeReport {
  return {
    kind: field(value, 'kind') === 'resumed' ? 'resumed' : 'fresh',
    problem: sentence(field(value, 'problem')),
    keepImage: field(value, 'keepImage') === true,
    lost: losses(field(value, 'lost')),
  };
}

export function databaseReports(value: unknown): DatabaseReport[] {
  const table = (item: unknown): TableReport => ({
    name: shortText(field(item, 'name')),
    rows: whole(field(item, 'rows')),
    columns: list(field(item, 'columns'), shortText),
    first: list(field(item, 'first'), (row) => list(row, shortText)),
  });
  return list(value, (item) => ({
    path: shortText(field(item, 'path')),
    tables: list(field(item, 'tables'), table),
    problem: field(item, 'problem') === null ? null : shortText(field(item, 'problem')) || 'Python gave no answer.',
  }));
}
