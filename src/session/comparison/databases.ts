/** Two databases side by side, in the reader's sandbox; what comes back is checked and bounded. */
import type { JoinedTable, WholeValue } from '../../protocol/acts';
import { type ComparedTable, MOST_JOINED_ROWS, MOST_TABLES, SHOWN_ROWS } from '../../protocol/database-reader';
import { askReader, bytesOf, type CreateReader } from '../database-reader';
import { count, field, list, sentence, shortText, text } from '../received';
import { row } from '../received-databases';

const MOST_COLUMNS = 100;
/** Of one statement that makes a table or an index, UTF-16 units. */
const LONGEST_SQL = 100_000;
const CHANGES: readonly unknown[] = ['added', 'removed', 'shape', 'changed'] satisfies ComparedTable['change'][];

/** What differs between two databases, table by table. @throws Error with a sentence */
export async function compareDatabases(before: Blob, after: Blob, createReader: CreateReader): Promise<ComparedTable[]> {
  const argument = { before: await bytesOf(before), after: await bytesOf(after) };
  return list(await askReader(createReader, 'compare', argument), comparedTable, 2 * MOST_TABLES);
}

/** What makes these tables of `mine` as they are in `theirs`. @throws Error with a sentence */
export async function takeTables(mine: Blob, theirs: Blob, tables: string[], createReader: CreateReader): Promise<JoinedTable[]> {
  const argument = { mine: await bytesOf(mine), theirs: await bytesOf(theirs), tables };
  const taken = list(await askReader(createReader, 'take', argument), joinedTable, MOST_TABLES);
  // Nothing else than what was asked for, whatever the reader says.
  return taken.filter(({ name }) => tables.includes(name));
}

function comparedTable(value: unknown): ComparedTable {
  const change = field(value, 'change');
  const kind = field(value, 'kind');
  const counts = field(value, 'counts');
  const names = (from: unknown) => list(from, shortText, MOST_COLUMNS);
  return {
    name: shortText(field(value, 'name')),
    kind: kind === 'view' || kind === 'virtual' ? kind : 'table',
    change: CHANGES.includes(change) ? (change as ComparedTable['change']) : 'changed',
    columns: { before: names(field(field(value, 'columns'), 'before')), after: names(field(field(value, 'columns'), 'after')) },
    key: names(field(value, 'key')),
    counts: { added: count(field(counts, 'added')), removed: count(field(counts, 'removed')), changed: count(field(counts, 'changed')) },
    rows: list(field(value, 'rows'), comparedRow, 3 * SHOWN_ROWS),
    names: names(field(value, 'names')),
    problem: sentence(field(value, 'problem')),
  };
}

function comparedRow(value: unknown): ComparedTable['rows'][number] {
  const change = field(value, 'change');
  const side = (name: string) => (field(value, name) === null ? null : row(field(value, name)));
  return { change: change === 'added' || change === 'removed' ? change : 'changed', before: side('before'), after: side('after') };
}

function joinedTable(value: unknown): JoinedTable {
  const names = (name: string) => list(field(value, name), text, MOST_COLUMNS);
  const rows = (name: string) => list(field(value, name), (item) => list(item, wholeValue, MOST_COLUMNS), MOST_JOINED_ROWS);
  const make = field(value, 'make');
  return {
    name: text(field(value, 'name')),
    make: make === null ? null : list(make, text, 100).filter((sql) => sql.length <= LONGEST_SQL),
    columns: names('columns'),
    key: names('key'),
    remove: field(value, 'remove') === null ? null : rows('remove'),
    put: rows('put'),
  };
}

function wholeValue(value: unknown): WholeValue {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'string') return value;
  const integer = field(value, 'integer');
  if (typeof integer === 'string' && /^-?\d{1,20}$/.test(integer)) return { integer };
  const real = field(value, 'real');
  if (typeof real === 'string' && /^-?(inf|\d[\d.e+-]{0,40})$/.test(real)) return { real };
  const base64 = field(value, 'base64');
  return typeof base64 === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(base64) ? { base64 } : null;
}
