/** Two tables of CSV files, row by row: told apart by a column whose values are all different, or else by their whole content. */
import { CsvReader, type Field, guessDelimiter } from '../../table/csv-reader';
import { guessEncoding } from '../../table/encoding';

export interface CsvTable {
  columns: string[];
  rows: Field[][];
}

export interface RowDifference {
  change: 'added' | 'removed' | 'changed';
  /** Fields of the columns in `TableDifference.columns`. */
  before: Field[] | null;
  after: Field[] | null;
}

export interface TableDifference {
  /** Those of what is after, then those that only what is before has. */
  columns: string[];
  addedColumns: string[];
  removedColumns: string[];
  /** Columns that can tell rows apart in both. */
  keys: string[];
  /** The one that does; null for the whole content. */
  key: string | null;
  counts: Record<RowDifference['change'], number>;
  /** At most `SHOWN_ROWS` of each change. */
  rows: RowDifference[];
}

const SHOWN_ROWS = 50;
const MOST_ROWS = 500_000;
const MOST_COLUMNS = 500;
/** UTF-16 units of a field. */
const LONGEST_FIELD = 200;

/** The first row names the columns. Null for what is no table, or too large a one. */
export function readCsv(bytes: Uint8Array): CsvTable | null {
  const { encoding, mark } = guessEncoding(bytes, true);
  const text = new TextDecoder(encoding).decode(bytes.subarray(mark));
  const reader = new CsvReader(guessDelimiter(text.slice(0, 65_536)));
  const [header, ...rows] = [...reader.push(text), ...reader.end()];
  if (!header || header.length > MOST_COLUMNS || rows.length > MOST_ROWS) return null;
  const taken = new Set<string>();
  const columns = header.map((field, index) => {
    let name = (field ?? '').trim() || `column ${index + 1}`;
    for (let number = 2; taken.has(name); number++) name = `${(field ?? '').trim() || `column ${index + 1}`} ${number}`;
    taken.add(name);
    return name;
  });
  return { columns, rows };
}

/** @param wanted the column that is to tell rows apart; null for the whole content; left out: the first that can */
export function tableDifference(before: CsvTable, after: CsvTable, wanted?: string | null): TableDifference {
  const common = after.columns.filter((column) => before.columns.includes(column));
  const removedColumns = before.columns.filter((column) => !after.columns.includes(column));
  const columns = [...after.columns, ...removedColumns];
  const keys = common.filter((column) => isKey(before, column) && isKey(after, column));
  const key = wanted === undefined ? (keys[0] ?? null) : wanted !== null && keys.includes(wanted) ? wanted : null;
  const result: TableDifference = {
    columns,
    addedColumns: after.columns.filter((column) => !common.includes(column)),
    removedColumns,
    keys,
    key,
    counts: { added: 0, removed: 0, changed: 0 },
    rows: [],
  };
  const reading = (table: CsvTable) => {
    const places = columns.map((column) => table.columns.indexOf(column));
    return (row: Field[]) => places.map((place) => cut(place === -1 ? null : (row[place] ?? null)));
  };
  const [read, readNow] = [reading(before), reading(after)];
  const note = (change: RowDifference['change'], was: Field[] | null, is: Field[] | null) => {
    result.counts[change] += 1;
    if (result.counts[change] <= SHOWN_ROWS) result.rows.push({ change, before: was && read(was), after: is && readNow(is) });
  };
  const content = (table: CsvTable) => {
    const places = common.map((column) => table.columns.indexOf(column));
    return (row: Field[]) => JSON.stringify(places.map((place) => row[place] ?? null));
  };
  const [contentOf, contentNow] = [content(before), content(after)];
  const identity = (table: CsvTable, whole: (row: Field[]) => string) => {
    if (key === null) return whole;
    const place = table.columns.indexOf(key);
    return (row: Field[]) => String(row[place]);
  };
  const [identityOf, identityNow] = [identity(before, contentOf), identity(after, contentNow)];
  // Equal rows are as many as there are: each one after is paired with one before.
  const old = new Map<string, Field[][]>();
  for (const row of before.rows) {
    const id = identityOf(row);
    const same = old.get(id);
    if (same) same.push(row);
    else old.set(id, [row]);
  }
  for (const row of after.rows) {
    const was = old.get(identityNow(row))?.shift();
    if (!was) note('added', null, row);
    else if (key !== null && contentOf(was) !== contentNow(row)) note('changed', was, row);
  }
  for (const rows of old.values()) for (const row of rows) note('removed', row, null);
  return result;
}

function isKey({ columns, rows }: CsvTable, column: string): boolean {
  const place = columns.indexOf(column);
  const seen = new Set<string>();
  for (const row of rows) {
    const value = row[place] ?? null;
    if (value === null || seen.has(value)) return false;
    seen.add(value);
  }
  return true;
}

const cut = (field: Field): Field => (field !== null && field.length > LONGEST_FIELD ? `${field.slice(0, LONGEST_FIELD)}…` : field);
