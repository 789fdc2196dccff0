/** What looks and acts tell of databases, brought into shape: Python can send anything in its place. */
import type { DatabaseChanged } from '../protocol/acts';
import type { DatabaseAnswer, DatabaseCell, DatabaseRows, DatabaseSchema, DatabaseTable } from '../protocol/looks';
import { count, field, list, sentence, shortText, text, whole } from './received';

/** What was looked at is bounded in Python, whose word counts for nothing here. */
const LONGEST_CELL = 4000;
const LONGEST_SQL = 100_000;

function cell(value: unknown): DatabaseCell {
  if (value === null || typeof value === 'number') return value;
  if (typeof value === 'string') return value.slice(0, LONGEST_CELL);
  const integer = field(value, 'integer');
  if (typeof integer === 'string' && /^-?\d{1,20}$/.test(integer)) return { integer };
  const real = field(value, 'real');
  if (typeof real === 'string' && /^-?(inf|nan)$/.test(real)) return { real };
  const bytes = whole(field(value, 'bytes'));
  if (bytes !== null) return { bytes, head: shortText(field(value, 'head')).slice(0, 100) };
  const length = whole(field(value, 'length'));
  if (length !== null) return { text: text(field(value, 'text')).slice(0, LONGEST_CELL), length };
  return null;
}

/** The values of a row. */
export const row = (value: unknown): DatabaseCell[] => list(value, cell, 2000);
const names = (value: unknown): string[] => list(value, shortText, 2000);

function table(value: unknown): DatabaseTable {
  return {
    name: shortText(field(value, 'name')),
    kind: field(value, 'kind') === 'view' ? 'view' : 'table',
    sql: text(field(value, 'sql')).slice(0, LONGEST_SQL),
    columns: list(
      field(value, 'columns'),
      (column) => ({
        name: shortText(field(column, 'name')),
        type: shortText(field(column, 'type')),
        required: field(column, 'required') === true,
        default: sentence(field(column, 'default')),
        key: whole(field(column, 'key')) ?? 0,
        generated: field(column, 'generated') === true,
      }),
      2000,
    ),
    indexes: list(field(value, 'indexes'), (index) => ({
      name: shortText(field(index, 'name')),
      unique: field(index, 'unique') === true,
      made: field(index, 'made') === true,
      partial: field(index, 'partial') === true,
      columns: names(field(index, 'columns')),
    })),
    foreignKeys: list(field(value, 'foreignKeys'), (key) => ({
      from: shortText(field(key, 'from')),
      table: shortText(field(key, 'table')),
      to: shortText(field(key, 'to')),
    })),
    problem: sentence(field(value, 'problem')),
  };
}

export function databaseSchema(value: unknown): DatabaseSchema {
  return { tables: list(field(value, 'tables'), table), problem: problemOf(value) };
}

export function databaseRows(value: unknown): DatabaseRows {
  const rows = list(field(value, 'rows'), row);
  const keys = list(field(value, 'keys'), row);
  return {
    columns: names(field(value, 'columns')),
    rows,
    keys: rows.map((_, index) => keys[index] ?? []),
    total: whole(field(value, 'total')),
    problem: problemOf(value),
  };
}

export function databaseAnswer(value: unknown): DatabaseAnswer {
  const seconds = field(value, 'seconds');
  return {
    ...answer(value),
    changes: field(value, 'changes') === true,
    seconds: typeof seconds === 'number' && seconds >= 0 ? seconds : 0,
  };
}

export function databaseChanged(value: unknown): DatabaseChanged {
  return { ...answer(value), changed: count(field(value, 'changed')) };
}

function answer(value: unknown) {
  return {
    columns: names(field(value, 'columns')),
    rows: list(field(value, 'rows'), row),
    more: field(value, 'more') === true,
    problem: problemOf(value),
  };
}

const problemOf = (value: unknown): string | null =>
  field(value, 'problem') === null ? null : (sentence(field(value, 'problem')) ?? 'Python gave no answer.');
