/** A CSV or TSV file of any size as a table: small ones are held, of large ones only where the rows lie. */
import { CsvReader, type Delimiter, type Field, guessDelimiter } from './csv-reader';
import { type Encoding, guessEncoding } from './encoding';
import { RowsSource } from './rows-source';
import {
  type Cell,
  type ColumnSummary,
  checkColumnCount,
  type GridColumn,
  type GridSource,
  type GridView,
  type GridWindow,
} from './source';
import { type ColumnType, readField, TypeGuess } from './types';

/** So much is read to guess encoding, delimiter and types. */
const HEAD = 1 << 20;
const GUESSED_ROWS = 2000;
/** Read at once, bytes. */
const STEP = 4 << 20;
/** Files of more cells are not held in memory. */
const MOST_CELLS = 4_000_000;
/** Of a file that is not held, the place of each so many rows is known. */
const INDEXED = 64;
/** Rows of another length that are told one by one. */
const MOST_RAGGED = 100;

export interface CsvReport {
  encoding: Encoding;
  delimiter: Delimiter;
  /** Whether the first row was taken for the headings. */
  headed: boolean;
  /** Rows with fewer or more fields than there are headings: how many, and the first of them (from 1, without the headings). */
  ragged: { count: number; first: { row: number; fields: number }[] };
  /** A quote that was opened was never closed. */
  unclosed: boolean;
  /** Bytes that are not valid in the encoding came out as replacement characters. */
  damaged: boolean;
}

export interface CsvOptions {
  /** Instead of a guess. */
  encoding?: Encoding;
  delimiter?: Delimiter;
  onProgress?(done: number, total: number): void;
}

/** Text of a file, piece by piece. */
async function* textOf(file: Blob, encoding: Encoding, from: number): AsyncGenerator<{ text: string; end: number }> {
  const decoder = new TextDecoder(encoding, { ignoreBOM: true });
  for (let at = from; at < file.size; ) {
    const end = Math.min(file.size, at + STEP);
    const text = decoder.decode(await file.slice(at, end).arrayBuffer(), { stream: end < file.size });
    yield { text, end };
    at = end;
  }
}

export class CsvSource implements GridSource {
  readonly columns: readonly GridColumn[];
  readonly report: CsvReport;
  readonly #inner: GridSource;

  /**
   * Reads the whole file once.
   * @throws Error with a sentence for a file without anything in it, or with more than 10,000 columns
   */
  static async open(file: Blob, options: CsvOptions = {}): Promise<CsvSource> {
    const head = new Uint8Array(await file.slice(0, HEAD).arrayBuffer());
    const guessed = guessEncoding(head, file.size <= HEAD);
    const encoding = options.encoding ?? guessed.encoding;
    const mark = encoding === guessed.encoding ? guessed.mark : 0;
    const start = new TextDecoder(encoding, { ignoreBOM: true }).decode(head.subarray(mark), { stream: true });
    const delimiter = options.delimiter ?? guessDelimiter(start);
    const begun = rowsOf(start, delimiter, file.size <= HEAD);
    const first = begun.slice(0, GUESSED_ROWS);
    if (first.length === 0) throw new Error('There is nothing in this file.');
    const width = Math.max(...first.map((row) => row.length));
    checkColumnCount(width);
    const { columns, types, headed } = describe(first, width);
    // Well above what is held: then not even the first rows are.
    const held = (begun.length * width * file.size) / Math.min(HEAD, file.size) < 2 * MOST_CELLS;
    const reading = new Reading(types, headed, encoding, delimiter, mark, held);
    await reading.read(file, options);
    const { ragged, unclosed, damaged } = reading;
    return new CsvSource(columns, reading.source(file, columns), { encoding, delimiter, headed, ragged, unclosed, damaged });
  }

  private constructor(columns: readonly GridColumn[], inner: GridSource, report: CsvReport) {
    this.columns = columns;
    this.#inner = inner;
    this.report = report;
  }

  get rowCount(): number {
    return this.#inner.rowCount;
  }

  window(from: number, to: number, view: GridView): Promise<GridWindow> {
    return this.#inner.window(from, to, view);
  }

  summary(column: number, view: GridView): Promise<ColumnSummary> {
    if (!this.#inner.summary) throw new Error('This file is too large for that.');
    return this.#inner.summary(column, view);
  }
}

function rowsOf(text: string, delimiter: Delimiter, whole: boolean): Field[][] {
  const reader = new CsvReader(delimiter);
  const rows = reader.push(text);
  return whole || rows.length === 0 ? [...rows, ...reader.end()] : rows;
}

/** The first row holds the headings unless it looks like the rows below it. */
function describe(rows: readonly Field[][], width: number): { columns: GridColumn[]; types: ColumnType[]; headed: boolean } {
  const typesOf = (from: number) =>
    Array.from({ length: width }, (_, index) => {
      const guess = new TypeGuess();
      for (const row of rows.slice(from)) guess.add(row[index] ?? null);
      return guess.type;
    });
  const types = typesOf(1);
  const [titles = []] = rows;
  const texts = titles.every((title) => title !== null && new Set<ColumnType>(['text']).has(typeOfOne(title)));
  const headed =
    rows.length === 1
      ? texts
      : texts || types.some((type, index) => type !== 'text' && type !== '' && typeOfOne(titles[index] ?? null) === 'text');
  const columns = Array.from({ length: width }, (_, index) => ({
    name: (headed ? titles[index] : null) ?? `column ${index + 1}`,
    type: (headed ? types : typesOf(0))[index] ?? '',
  }));
  return { columns, types: columns.map(({ type }) => type as ColumnType), headed };
}

function typeOfOne(field: Field): ColumnType {
  const guess = new TypeGuess();
  guess.add(field);
  return guess.type;
}

/** The last byte from `at` on before a line end or one of two other signs. */
function within(bytes: Uint8Array, at: number, sign: number, other: number): number {
  let next = at + 1;
  for (let code = bytes[next]; code !== undefined && code !== sign && code !== other && code !== 10 && code !== 13; code = bytes[next])
    next += 1;
  return next - 1;
}

/** One pass through the file. */
class Reading {
  readonly ragged: CsvReport['ragged'] = { count: 0, first: [] };
  unclosed = false;
  damaged = false;
  readonly #types: readonly ColumnType[];
  readonly #headed: boolean;
  readonly #encoding: Encoding;
  readonly #delimiter: Delimiter;
  readonly #mark: number;
  /** Null when there are too many to be held. */
  #rows: Cell[][] | null;
  #count = 0;

  constructor(types: readonly ColumnType[], headed: boolean, encoding: Encoding, delimiter: Delimiter, mark: number, held: boolean) {
    this.#types = types;
    this.#headed = headed;
    this.#encoding = encoding;
    this.#delimiter = delimiter;
    this.#mark = mark;
    this.#rows = held ? [] : null;
  }

  async read(file: Blob, { onProgress }: CsvOptions): Promise<void> {
    const reader = new CsvReader(this.#delimiter);
    let headings = this.#headed;
    const take = (rows: Field[][]) => {
      for (const row of headings ? rows.slice(1) : rows) this.#take(row);
      if (rows.length > 0) headings = false;
    };
    for await (const { text, end } of textOf(file, this.#encoding, this.#mark)) {
      if (!this.damaged && text.includes('\ufffd')) this.damaged = true;
      take(reader.push(text));
      onProgress?.(end, file.size);
    }
    this.unclosed = reader.isOpen;
    take(reader.end());
  }

  source(file: Blob, columns: readonly GridColumn[]): GridSource {
    if (this.#rows) return new RowsSource(columns, this.#rows);
    return new LargeCsv(file, columns, this.#types, this.#count, this.#encoding, this.#delimiter, this.#mark, this.#headed);
  }

  #take(row: Field[]): void {
    this.#count += 1;
    if (row.length !== this.#types.length) {
      this.ragged.count += 1;
      if (this.ragged.first.length < MOST_RAGGED) this.ragged.first.push({ row: this.#count, fields: row.length });
    }
    if (this.#rows && (this.#rows.length + 1) * this.#types.length > MOST_CELLS) this.#rows = null;
    this.#rows?.push(this.#types.map((type, index) => readField(row[index] ?? null, type)));
  }
}

/** Reads rows where they lie. What was read last is kept: windows follow each other. */
class LargeCsv implements GridSource {
  readonly columns: readonly GridColumn[];
  readonly rowCount: number;
  readonly #file: Blob;
  readonly #types: readonly ColumnType[];
  readonly #encoding: Encoding;
  readonly #delimiter: Delimiter;
  readonly #start: number;
  readonly #headed: boolean;
  /** Bytes at which each `INDEXED`th row begins; found when first needed, as far as needed. */
  #places: number[] | null = null;
  #matches: { filter: string; rows: Cell[][] } | null = null;

  constructor(
    file: Blob,
    columns: readonly GridColumn[],
    types: readonly ColumnType[],
    rowCount: number,
    encoding: Encoding,
    delimiter: Delimiter,
    mark: number,
    headed: boolean,
  ) {
    this.#file = file;
    this.columns = columns;
    this.#types = types;
    this.rowCount = rowCount;
    this.#encoding = encoding;
    this.#delimiter = delimiter;
    this.#start = mark;
    this.#headed = headed;
  }

  async window(from: number, to: number, { sort = [], filter = '' }: GridView): Promise<GridWindow> {
    if (sort.length > 0) throw new Error('This file is too large to be sorted here. Load it in Python.');
    if (filter !== '') {
      this.#matches = this.#matches?.filter === filter ? this.#matches : { filter, rows: await this.#search(filter.toLowerCase()) };
      return { rows: this.#matches.rows.slice(from, to), rowCount: this.#matches.rows.length };
    }
    return { rows: await this.#rows(from, Math.min(to, this.rowCount)), rowCount: this.rowCount };
  }

  async #rows(from: number, to: number): Promise<Cell[][]> {
    this.#places ??= await this.#index();
    const places = this.#places;
    const headings = this.#headed ? 1 : 0;
    const block = Math.floor((from + headings) / INDEXED);
    const end = places[Math.ceil((to + headings) / INDEXED)] ?? this.#file.size;
    const bytes = await this.#file.slice(places[block] ?? this.#start, end).arrayBuffer();
    const rows = rowsOf(new TextDecoder(this.#encoding, { ignoreBOM: true }).decode(bytes), this.#delimiter, true);
    const skip = from + headings - block * INDEXED;
    return rows.slice(skip, skip + to - from).map((row) => this.#types.map((type, index) => readField(row[index] ?? null, type)));
  }

  /** Where rows begin, in bytes: line ends and quotes are single bytes in UTF-8 and Windows-1252, two in UTF-16. */
  async #index(): Promise<number[]> {
    const unit = this.#encoding.startsWith('utf-16') ? 2 : 1;
    const low = this.#encoding === 'utf-16be' ? 1 : 0;
    const delimiter = this.#delimiter.charCodeAt(0);
    const places = [this.#start];
    let [row, fresh, quotes, closing, blank, pending] = [0, true, false, false, true, false];
    for (let at = this.#start; at < this.#file.size; at += STEP) {
      const bytes = new Uint8Array(await this.#file.slice(at, at + STEP).arrayBuffer());
      for (let index = 0; index + unit <= bytes.length; index += unit) {
        const code = unit === 1 ? (bytes[index] as number) : bytes[index + 1 - low] !== 0 ? -1 : (bytes[index + low] as number);
        if (quotes) {
          if (code === 34) [quotes, closing] = [false, true];
          else if (unit === 1) index = within(bytes, index, 34, 34);
          continue;
        }
        if (code === 10 || code === 13) {
          if (!blank) row += 1;
          if (!blank && row % INDEXED === 0) pending = true;
          [fresh, blank, closing] = [true, true, false];
          continue;
        }
        if (pending) {
          places.push(at + index);
          pending = false;
        }
        blank = false;
        // A quote opens only at the beginning of a field; one behind a closed one opens it again.
        if (code === 34 && (fresh || closing)) quotes = true;
        closing = false;
        fresh = code === delimiter;
        if (unit === 1 && !fresh && !quotes) index = within(bytes, index, 34, delimiter);
      }
    }
    return places;
  }

  async #search(wanted: string): Promise<Cell[][]> {
    const reader = new CsvReader(this.#delimiter);
    const found: Cell[][] = [];
    let headings = this.#headed;
    const take = (rows: Field[][]) => {
      for (const row of headings ? rows.slice(1) : rows) {
        if (!row.some((field) => field?.toLowerCase().includes(wanted))) continue;
        if (found.length * this.columns.length > MOST_CELLS) throw new Error('Too many rows contain that. Load the file in Python.');
        found.push(this.#types.map((type, index) => readField(row[index] ?? null, type)));
      }
      if (rows.length > 0) headings = false;
    };
    for await (const { text } of textOf(this.#file, this.#encoding, this.#start)) take(reader.push(text));
    take(reader.end());
    return found;
  }
}
