/** What columns hold: of values, and guessed of the fields of a text file, which are read so. */
import type { Field } from './csv-reader';
import type { Cell } from './source';

export type ColumnType = 'integer' | 'number' | 'boolean' | 'date' | 'date and time' | 'text' | '';

/** Leading zeros are part of a code, not of a number; so is a plus. */
const INTEGER = /^-?(0|[1-9]\d{0,300})$/;
const NUMBER = /^-?(0|[1-9]\d*)?(\.\d+)?([eE][+-]?\d{1,3})?$/;
const BOOLEAN = /^(true|false)$/i;
const DATE = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/;
const DATE_TIME = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])[T ]([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;
/** What stands for nothing in columns of numbers: as pandas takes it. */
const NOTHING = /^(na|n\/a|nan|null|none|-)$/i;

/** The narrowest type that all fields of a column have; nothing counts for nothing. */
export class TypeGuess {
  #candidates: ColumnType[] = ['integer', 'number', 'boolean', 'date', 'date and time'];
  #seen = false;

  add(field: Field): void {
    if (field === null || field === '' || this.#candidates.length === 0) return;
    const text = field.trim();
    if (NOTHING.test(text)) return;
    this.#seen = true;
    this.#candidates = this.#candidates.filter((type) => is(type, text));
  }

  get type(): ColumnType {
    return this.#seen ? (this.#candidates[0] ?? 'text') : '';
  }
}

function is(type: ColumnType, text: string): boolean {
  switch (type) {
    case 'integer':
      return INTEGER.test(text);
    case 'number':
      return text !== '' && text !== '-' && NUMBER.test(text) && Number.isFinite(Number(text));
    case 'boolean':
      return BOOLEAN.test(text);
    case 'date':
      return DATE.test(text);
    case 'date and time':
      return DATE_TIME.test(text);
    default:
      return true;
  }
}

/** What a column of values holds: the type of all of them, 'mixed' when they differ, '' when there is none. */
export function typeOfCells(cells: readonly Cell[]): ColumnType | 'mixed' {
  const types = new Set(cells.filter((cell) => cell !== null).map(typeOfCell));
  if (types.size === 2 && types.has('integer') && types.has('number')) return 'number';
  const [type = ''] = types;
  return types.size > 1 ? 'mixed' : type;
}

function typeOfCell(cell: Cell): ColumnType {
  if (typeof cell === 'string') return 'text';
  if (typeof cell === 'boolean') return 'boolean';
  return typeof cell === 'bigint' || Number.isInteger(cell) ? 'integer' : 'number';
}

/** A field as a value of its column; what does not fit (later in the file than was looked) stays text. */
export function readField(field: Field, type: ColumnType): Cell {
  if (field === null) return null;
  const text = field.trim();
  if (type === 'text' || type === '' || !is(type, text))
    return type !== 'text' && type !== '' && (text === '' || NOTHING.test(text)) ? null : field;
  if (type === 'integer') return Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text);
  if (type === 'number') return Number(text);
  return type === 'boolean' ? text.toLowerCase() === 'true' : text;
}
