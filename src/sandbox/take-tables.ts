/** Finds out what has to be done to a table of `main` so that it is as in `theirs`. Nothing is changed here: the interpreter does that. */
import type { PreparedStatement, Sqlite3Static } from '@sqlite.org/sqlite-wasm';
import { base64Text } from '../base/base64';
import { DormouseError } from '../base/errors';
import type { JoinedTable, WholeValue } from '../protocol/acts';
import { MOST_JOINED_ROWS } from '../protocol/database-reader';
import { rowQueries, sameShape } from './compare-databases';
import { type Questions, quoted, type Table } from './database-questions';

/** All values together, about as many bytes: they are in memory several times on their way. */
const MOST_SIZE = 32_000_000;
/** SQLite's number for a value that is a floating-point number: SQLITE_FLOAT. */
const FLOAT = 2;

type Capi = Sqlite3Static['capi'];

/** @param room what was taken already, for all tables together. @throws DormouseError when that is too much, or no plain table */
export function takeTable(
  ask: Questions,
  capi: Capi,
  name: string,
  { mine, theirs }: { mine: readonly Table[]; theirs: readonly Table[] },
  room: { rows: number; size: number },
): JoinedTable {
  const [is, was] = [mine, theirs].map((tables) => tables.find((table) => table.name === name) ?? null);
  if ((is ?? was)?.kind !== 'table' || (was ?? is)?.kind !== 'table' || is?.cut || was?.cut)
    throw new DormouseError(
      'unsupported',
      `“${name}” is no plain table, so it cannot be taken over by itself. Take the whole file instead.`,
    );
  const rows = (sql: string): WholeValue[][] => {
    const found: WholeValue[][] = [];
    ask.each(sql, (statement) => {
      const row = Array.from({ length: statement.columnCount }, (_, column) => wholeValue(capi, statement, column));
      room.rows += 1;
      room.size += row.reduce((sum: number, value) => sum + sizeOf(value), 0);
      if (room.rows > MOST_JOINED_ROWS || room.size > MOST_SIZE)
        throw new DormouseError(
          'unsupported',
          `More than ${MOST_JOINED_ROWS.toLocaleString('en-US')} rows, or ${MOST_SIZE / 1e6} MB, would change: that is too much for single tables. Take the whole file instead.`,
        );
      found.push(row);
    });
    return found;
  };
  const nothing: JoinedTable = { name, make: null, columns: [], key: [], remove: [], put: [] };
  if (!was) return { ...nothing, make: [] };
  const columns = was.columns.filter(({ generated }) => !generated).map((column) => column.name);
  const all = () => rows(`select ${columns.map(quoted)} from theirs.${quoted(name)}`);
  if (!is || !sameShape(was, is)) {
    const make = ask.texts(
      "select sql from theirs.sqlite_schema where tbl_name = ? and type in ('table', 'index') and sql is not null order by type = 'index'",
      name,
    );
    return { ...nothing, make, columns, put: all() };
  }
  const { key, changed, only } = rowQueries(ask, is);
  if (changed === null) return { ...nothing, columns, remove: null, put: all() };
  const of = (side: 'a' | 'b', names: readonly string[]) => names.map((column) => `${side}.${quoted(column)}`);
  return {
    ...nothing,
    columns,
    key,
    remove: [...rows(`select ${key.map(quoted)} from (${only('main')})`), ...rows(`select ${of('b', key)} ${changed}`)],
    put: [...rows(only('theirs')), ...rows(`select ${of('a', columns)} ${changed}`)],
  };
}

function wholeValue(capi: Capi, statement: PreparedStatement, column: number): WholeValue {
  const value = statement.get(column) as unknown;
  if (typeof value === 'string') return value;
  if (typeof value === 'bigint') return { integer: String(value) };
  if (typeof value === 'number') {
    // 1.0 is another value than 1 where the column has no type, and JSON would not tell.
    if (statement.pointer === undefined || capi.sqlite3_column_type(statement.pointer, column) !== FLOAT) return value;
    return { real: Number.isFinite(value) ? (Object.is(value, -0) ? '-0.0' : String(value)) : value > 0 ? 'inf' : '-inf' };
  }
  return value instanceof Uint8Array ? { base64: base64Text(value) } : null;
}

function sizeOf(value: WholeValue): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object' || value === null || !('base64' in value)) return 8;
  return value.base64.length;
}
