/**
 * Reads CSV and TSV as it comes: RFC 4180, and what is met in the wild (LF or CR alone, quotes within plain fields, no line end at the end).
 * Nothing is refused; what is not as it should be is told.
 */

export type Delimiter = ',' | ';' | '\t' | '|';

/** A field, and whether it stood in quotes: an empty one without is nothing. */
export type Field = string | null;

const LINE_FEED = 10;
const CARRIAGE_RETURN = 13;
const QUOTE = 34;

export class CsvReader {
  readonly #delimiter: Delimiter;
  readonly #delimiterCode: number;
  #row: Field[] = [];
  /** The part of a field that has come, without its quotes. */
  #field = '';
  #quoted = false;
  #state: 'start' | 'plain' | 'quotes' | 'closing' | 'return' = 'start';

  constructor(delimiter: Delimiter) {
    this.#delimiter = delimiter;
    this.#delimiterCode = delimiter.charCodeAt(0);
  }

  /** Whether a quote is open: at the end of a file it was never closed. */
  get isOpen(): boolean {
    return this.#state === 'quotes';
  }

  /** Takes the next piece of text and gives the rows that have ended in it. */
  push(text: string): Field[][] {
    const rows: Field[][] = [];
    let at = 0;
    while (at < text.length) {
      if (this.#state === 'quotes') {
        const end = text.indexOf('"', at);
        this.#field += text.slice(at, end === -1 ? text.length : end);
        if (end === -1) return rows;
        this.#state = 'closing';
        at = end + 1;
        continue;
      }
      // Most fields are plain: each is one slice of the text, not put together from its characters.
      if (this.#state === 'plain' || (this.#state === 'start' && !this.#isSign(text.charCodeAt(at)))) {
        const from = at;
        at = this.#plainEnd(text, at);
        const part = text.slice(from, at);
        this.#field = this.#field === '' ? part : this.#field + part;
        this.#state = 'plain';
        if (at === text.length) return rows;
      }
      this.#sign(text[at] as string, rows);
      at += 1;
    }
    return rows;
  }

  /** The file has ended: gives the last row if its line end is missing. */
  end(): Field[][] {
    const rows: Field[][] = [];
    if (this.#state === 'return' || (this.#state === 'start' && this.#row.length === 0)) return rows;
    this.#endRow(rows);
    return rows;
  }

  #plainEnd(text: string, from: number): number {
    for (let at = from; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === this.#delimiterCode || code === LINE_FEED || code === CARRIAGE_RETURN) return at;
    }
    return text.length;
  }

  #isSign(code: number): boolean {
    return code === this.#delimiterCode || code === LINE_FEED || code === CARRIAGE_RETURN || code === QUOTE;
  }

  #sign(sign: string, rows: Field[][]): void {
    if (this.#state === 'return') {
      this.#state = 'start';
      if (sign === '\n') return;
    }
    if (sign === this.#delimiter) {
      this.#endField();
      this.#state = 'start';
      // So that a line which ends here has one more field.
      this.#afterDelimiter = true;
    } else if (sign === '\n' || sign === '\r') {
      this.#endRow(rows);
      this.#state = sign === '\r' ? 'return' : 'start';
    } else if (sign === '"' && this.#state === 'start') {
      this.#quoted = true;
      this.#state = 'quotes';
    } else if (sign === '"' && this.#state === 'closing') {
      this.#field += '"';
      this.#state = 'quotes';
    } else {
      this.#field += sign;
      this.#state = 'plain';
    }
  }

  #afterDelimiter = false;

  #endField(): void {
    this.#row.push(this.#field === '' && !this.#quoted ? null : this.#field);
    this.#field = '';
    this.#quoted = false;
    this.#afterDelimiter = false;
  }

  #endRow(rows: Field[][]): void {
    // A line without anything in it is no row.
    if (this.#row.length > 0 || this.#field !== '' || this.#quoted || this.#afterDelimiter) {
      this.#endField();
      rows.push(this.#row);
    }
    this.#row = [];
  }
}

const DELIMITERS: readonly Delimiter[] = [',', ';', '\t', '|'];

/** The sign that parts the first lines most evenly. */
export function guessDelimiter(text: string): Delimiter {
  let best: Delimiter = ',';
  let bestScore = 0;
  for (const delimiter of DELIMITERS) {
    const rows = new CsvReader(delimiter).push(text).slice(0, 50);
    const counts = rows.length > 0 ? rows.map((row) => row.length) : new CsvReader(delimiter).push(`${text}\n`).map((row) => row.length);
    const most = Math.max(0, ...counts);
    const usual = counts.filter((count) => count === counts[0]).length / Math.max(1, counts.length);
    const score = most > 1 ? usual * Math.min(most, 20) : 0;
    if (score > bestScore) [best, bestScore] = [delimiter, score];
  }
  return best;
}
