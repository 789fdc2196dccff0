/** Tables as JSON, and back: a list of objects, or one object a line (JSON Lines). */
import { RowsSource } from './rows-source';
import { type Cell, checkColumnCount, type GridColumn } from './source';
import { typeOfCells } from './types';

/** Numbers of so many digits may be more exact than a double. */
const MANY_DIGITS = /\d{16}/;

/**
 * A list of objects, or with `lines` one object a line, as a table: a column for each key, in the order in which they are met. What is no
 * single value is shown as JSON.
 * @throws Error with a sentence when the text is no JSON, or something else than objects
 */
export function readJsonTable(text: string, lines: boolean): RowsSource {
  const parse = MANY_DIGITS.test(text) ? (json: string) => JSON.parse(json, exact) : (json: string) => JSON.parse(json);
  const values = lines ? linesOf(text, parse) : listOf(text, parse);
  const places = new Map<string, number>();
  const rows: Cell[][] = [];
  for (const value of values) {
    const row: Cell[] = [];
    for (const key of Object.keys(value)) {
      const place = places.get(key) ?? places.size;
      places.set(key, place);
      row[place] = jsonValue(value[key]);
    }
    rows.push(row);
  }
  checkColumnCount(places.size);
  const width = places.size;
  const whole = rows.map((row) => Array.from({ length: width }, (_, index) => row[index] ?? null));
  const columns = [...places.keys()].map((name, index) => ({ name, type: typeOfCells(whole.map((row) => row[index] ?? null)) }));
  return new RowsSource(columns, whole);
}

type JsonObject = Record<string, unknown>;
const isObject = (value: unknown): value is JsonObject => typeof value === 'object' && value !== null && !Array.isArray(value);

function listOf(text: string, parse: (json: string) => unknown): JsonObject[] {
  const value = parse(text);
  if (!Array.isArray(value) || !value.every(isObject)) throw new Error('This is no list of objects.');
  return value;
}

function linesOf(text: string, parse: (json: string) => unknown): JsonObject[] {
  const values: JsonObject[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let value: unknown;
    try {
      value = parse(line);
    } catch (error) {
      throw new Error(`Line ${index + 1} is no JSON: ${error instanceof Error ? error.message : 'no reason given'}.`);
    }
    if (!isObject(value)) throw new Error(`Line ${index + 1} is no object.`);
    values.push(value);
  }
  return values;
}

/** Keeps all digits of a whole number, where the browser tells what stood in the text (JSON.parse source text access). */
function exact(_: string, value: unknown, context?: { source?: string }): unknown {
  const source = context?.source;
  if (typeof value !== 'number' || Number.isSafeInteger(value) || source === undefined || !/^-?\d+$/.test(source)) return value;
  return BigInt(source);
}

function jsonValue(value: unknown): Cell {
  if (value === null || value === undefined) return null;
  if (typeof value === 'object') return JSON.stringify(value, (_, each) => (typeof each === 'bigint' ? each.toString() : each));
  return value as Cell;
}

/** Each name once: a second `a` becomes `a (2)`. */
export function uniqueNames(columns: readonly GridColumn[]): string[] {
  const taken = new Set<string>();
  return columns.map(({ name }) => {
    let unique = name;
    for (let count = 2; taken.has(unique); count++) unique = `${name} (${count})`;
    taken.add(unique);
    return unique;
  });
}

/** A row as one line of JSON. Large integers keep all their digits; what JSON has no number for is null. */
export function jsonRow(keys: readonly string[], row: readonly Cell[]): string {
  return `{${keys.map((key, index) => `${JSON.stringify(key)}:${jsonCell(row[index] ?? null)}`).join(',')}}`;
}

function jsonCell(cell: Cell): string {
  if (typeof cell === 'bigint') return cell.toString();
  if (typeof cell === 'number' && !Number.isFinite(cell)) return 'null';
  // JSON.stringify makes 0 of it.
  if (Object.is(cell, -0)) return '-0';
  if (typeof cell === 'object' && cell !== null) return JSON.stringify(`<${cell.size} bytes>`);
  return JSON.stringify(cell);
}
