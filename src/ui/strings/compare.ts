/** Words of comparing and joining: loaded with the views that use them. */
import { formatBytes, formatCount } from '../format';

const count = (number: number, one: string, many: string) => `${formatCount(number)} ${number === 1 ? one : many}`;
const applied = (name: string) => `Done: “${name}” is in the history, and Undo run takes it back.`;
const stillOpen = (paths: readonly string[]) =>
  `Python has ${paths.join(', ')} open and goes on with it as it was; open it again in your code.`;
const rowCounts = (added: string, removed: string) => (counts: { added: number; removed: number; changed: number }) =>
  [
    ...(counts.changed > 0 ? [`${formatCount(counts.changed)} different`] : []),
    ...(counts.added > 0 ? [`${formatCount(counts.added)} ${added}`] : []),
    ...(counts.removed > 0 ? [`${formatCount(counts.removed)} ${removed}`] : []),
  ].join(', ');

export const compareWords = {
  comparing: 'Comparing…',
  files: 'Files',
  cells: 'Notebook',
  variables: 'Variables',
  sameFiles: 'No file differs.',
  sameCells: 'The notebooks are the same.',
  noCells: 'The notebooks cannot be compared: one side has none, or they are too long.',
  sameVariables: 'No variable differs.',
  noVariables: 'Variables cannot be compared: nothing is known of those of one side.',
  variablesHint: 'Compared by name and type; by value where both are known in short.',
  more: (number: number) => `Show ${formatCount(number)} more`,
  moreCells: (number: number) => `${count(number, 'more cell differs', 'more cells differ')}.`,
  sizes: (before: number | null, after: number | null) =>
    [before, after].map((size) => (size === null ? '–' : formatBytes(size))).join(' → '),
  unsure: 'Both have the same size and are too large to be looked into.',
  detail: (name: string) => `What differs in ${name}`,
  loading: 'Reading…',
  none: {
    binary: 'It is no text and no database, so what differs in it is not shown.',
    large: 'It is too large to be shown.',
    busy: 'A connection has this database open, and what is in the file is not all of it. Commit and close it, then compare again.',
    folder: 'A folder on one side.',
    different: 'The two have too little in common to be shown line by line.',
  },
  link: (before: string | null, after: string | null) => `A link: ${before ?? '–'} → ${after ?? '–'}`,
  lines: (added: number, removed: number) =>
    added + removed === 0 ? 'The lines are the same.' : `${count(added, 'line', 'lines')} added, ${formatCount(removed)} removed`,
  skipped: (number: number) => `${count(number, 'line', 'lines')} the same`,
  cutLines: (number: number) => `${count(number, 'more line that differs is', 'more lines that differ are')} not shown.`,
  lineEnd: 'One of the two has no line end at its end.',
  addedLine: 'added:',
  removedLine: 'removed:',
  cell: (number: number) => `Cell ${formatCount(number)}`,
  movedCell: (before: number, after: number) =>
    before === after ? `Cell ${formatCount(after)}` : `Cell ${formatCount(before)} → ${formatCount(after)}`,
  kind: { python: 'Python', markdown: 'Markdown', raw: 'raw' },
  sameTables: 'All tables have the same rows.',
  sameRows: 'All rows are the same.',
  view: 'a view',
  virtual: 'a virtual table',
  shape: 'other columns',
  columns: (before: string, after: string) => `${before === '' ? '–' : before} → ${after === '' ? '–' : after}`,
  key: 'Rows told apart by',
  wholeRow: 'their whole content',
  byKey: (columns: readonly string[]) => `Rows are told apart by ${columns.join(', ')}.`,
  byContent: 'Without a primary key, rows are told apart by their whole content.',
  shownRows: (shown: number, all: number) => `${formatCount(shown)} of ${count(all, 'row', 'rows')} that differ are shown.`,
  newColumns: (columns: readonly string[]) => `Columns that came: ${columns.join(', ')}`,
  goneColumns: (columns: readonly string[]) => `Columns that went: ${columns.join(', ')}`,
  change: 'Change',
  rows: (name: string) => `Rows that differ in ${name}`,

  /** Of a moment of this session and now, or another one (`later`, which is empty for now). */
  moment: {
    with: 'Compared with',
    now: 'now',
    title: (time: string, later: string) =>
      later === '' ? `What is different now from ${time}` : `What was different at ${later} from ${time}`,
    change: { added: 'added', removed: 'removed', changed: 'changed' },
    rows: rowCounts('added', 'removed'),
    choice: { mine: 'Keep as now', theirs: 'As it was then', tables: (number: number) => `${count(number, 'table', 'tables')} as then` },
    joined: (time: string) => `Joined with ${time}`,
  },
  /** Of something else and this session. */
  other: {
    title: (name: string) => `Compared with “${name}”`,
    change: { added: 'only here', removed: 'only there', changed: 'different' },
    rows: rowCounts('only here', 'only there'),
    choice: { mine: 'Keep mine', theirs: 'Take theirs', tables: (number: number) => `Take ${count(number, 'table', 'tables')}` },
    joined: (name: string) => `Joined with ${name}`,
  },
  choose: (name: string) => `${name}: which to keep`,
  apply: (number: number) => (number === 0 ? 'Apply' : `Apply ${count(number, 'choice', 'choices')}`),
  applyHint: 'All of it or nothing, as one step of the history that Undo run takes back. Tables come without their triggers.',
  nothingChosen: 'Choose above what to take first.',
  applying: 'Applying…',
  /** `open`: files that Python goes on with as they were. */
  done: (name: string, open: readonly string[]) => (open.length > 0 ? `${applied(name)} ${stillOpen(open)}` : applied(name)),

  dialog: {
    title: 'Compare with…',
    text: 'Compares this session with another one, or with a file: a capsule, a state file, a zip archive. Nothing of it is run.',
    sessions: 'Sessions on this device',
    noSessions: 'There is no other session.',
    file: 'A file…',
    close: 'Close',
    back: 'Compare with something else',
  },
  preview: 'Compare with this session',
} as const;
