/** What differs between two databases that are open side by side: `theirs` is before, `main` is after. */
import { type ComparedTable, SHOWN_ROWS } from '../protocol/database-reader';
import { type Questions, quoted, reasonOf, type Schema, type Table } from './database-questions';

const CASES = ['removed', 'added', 'changed'] as const;

/** SQL for what tells the rows of two tables of the same shape apart; `a` is in `theirs`, `b` in `main`. */
export interface RowQueries {
  /** The columns of the primary key; empty where there is none, or rows without a key. */
  key: string[];
  /** The columns of a result, from one side. */
  columns: string[];
  /** Rows of `a` or `b` alone, each as often as it is there more often than in the other. */
  only(schema: Schema): string;
  /** Pairs of rows with the same key that differ: `select … ${changed}`. Null without a key. */
  changed: string | null;
}

/** Tables of the same names and shapes are compared row by row; those without a difference are left out. In the order of their names. */
export function compareTables(ask: Questions): ComparedTable[] {
  const after = new Map(ask.tables('main').map((table) => [table.name, table]));
  const compared: ComparedTable[] = [];
  for (const was of ask.tables('theirs')) {
    const is = after.get(was.name);
    after.delete(was.name);
    const difference = is ? compareTable(ask, was, is) : blank(was, null, 'removed');
    if (difference) compared.push(difference);
  }
  for (const is of after.values()) compared.push(blank(null, is, 'added'));
  return compared.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function compareTable(ask: Questions, was: Table, is: Table): ComparedTable | null {
  if (!sameShape(was, is)) return blank(was, is, 'shape');
  // What a view shows is in tables; what a virtual table shows is not read.
  if (is.kind !== 'table') return null;
  const result = blank(was, is, 'changed');
  try {
    if (is.cut) throw new Error('it has too many columns');
    const queries = rowQueries(ask, is);
    const { key, columns, changed } = queries;
    result.key = key;
    result.names = columns;
    for (const change of CASES) {
      if (change === 'changed') {
        if (changed === null) continue;
        result.counts.changed = ask.count(`select count(*) ${changed}`);
        const both = ['a', 'b'].flatMap((side) => columns.map((column) => `${side}.${quoted(column)}`));
        for (const row of ask.rows(`select ${both} ${changed} limit ${SHOWN_ROWS}`))
          result.rows.push({ change, before: row.slice(0, columns.length), after: row.slice(columns.length) });
        continue;
      }
      const sql = queries.only(change === 'removed' ? 'theirs' : 'main');
      result.counts[change] = ask.count(`select count(*) from (${sql})`);
      for (const row of ask.rows(`select ${columns.map(quoted)} from (${sql}) limit ${SHOWN_ROWS}`))
        result.rows.push({ change, before: change === 'removed' ? row : null, after: change === 'added' ? row : null });
    }
  } catch (error) {
    result.problem = `It cannot be compared (${reasonOf(error)}).`;
    return result;
  }
  const { added, removed, changed } = result.counts;
  return added + removed + changed > 0 ? result : null;
}

/** @throws what SQLite says */
export function rowQueries(ask: Questions, table: Table): RowQueries {
  const name = quoted(table.name);
  // What is worked out of others differs where those do.
  const columns = table.columns.filter(({ generated }) => !generated).map((column) => column.name);
  const key = keyOf(ask, table);
  const same = (names: readonly string[], how = '') =>
    names.map((column) => `a.${quoted(column)}${how} is b.${quoted(column)}`).join(' and ');
  if (key.length === 0) {
    // The second of two equal rows is another than the first: numbered, so that they are not one to `except`.
    const numbered = (schema: Schema) => {
      const exact = columns.map((column) => `${quoted(column)} collate binary`);
      return `select ${columns.map((column) => `${quoted(column)} collate binary as ${quoted(column)}`)}, row_number() over (partition by ${exact}) as ${quoted(numberName(columns))} from ${schema}.${name}`;
    };
    return { key, columns, changed: null, only: (schema) => `${numbered(schema)} except ${numbered(other(schema))}` };
  }
  return {
    key,
    columns,
    changed: `from theirs.${name} a join main.${name} b on ${same(key)} where not (${same(columns, ' collate binary')})`,
    only: (schema) =>
      `select ${columns.map((column) => `a.${quoted(column)} as ${quoted(column)}`)} from ${schema}.${name} a where not exists (select 1 from ${other(schema)}.${name} b where ${same(key)})`,
  };
}

/** The primary key, in its order. SQLite lets it be NULL in some tables: then it tells nothing apart. */
function keyOf(ask: Questions, { name, columns }: Table): string[] {
  const key = columns.filter((column) => column.key > 0).sort((a, b) => a.key - b.key);
  if (key.length === 0 || key.some(({ generated }) => generated)) return [];
  const missing = key.map((column) => `${quoted(column.name)} is null`).join(' or ');
  for (const schema of ['main', 'theirs'] as const)
    if (ask.count(`select exists (select 1 from ${schema}.${quoted(name)} where ${missing})`) === 1) return [];
  return key.map((column) => column.name);
}

/** Whether two tables have the same columns, so that their rows can be compared. */
export const sameShape = (a: Table, b: Table): boolean =>
  a.kind === b.kind && a.cut === b.cut && JSON.stringify(a.columns) === JSON.stringify(b.columns);

const other = (schema: Schema): Schema => (schema === 'main' ? 'theirs' : 'main');

/** A name that no column has. */
function numberName(columns: readonly string[]): string {
  let name = 'number';
  while (columns.some((column) => column.toLowerCase() === name)) name += '_';
  return name;
}

function blank(was: Table | null, is: Table | null, change: ComparedTable['change']): ComparedTable {
  const { name, kind } = (is ?? was) as Table;
  const described = (table: Table | null) =>
    (table?.columns ?? []).map(({ name, type, key }) => [name, type, ...(key > 0 ? ['primary key'] : [])].filter(Boolean).join(' '));
  const counts = { added: 0, removed: 0, changed: 0 };
  return {
    name,
    kind,
    change,
    columns: { before: described(was), after: described(is) },
    key: [],
    counts,
    rows: [],
    names: [],
    problem: null,
  };
}
