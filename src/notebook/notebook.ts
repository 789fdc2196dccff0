/** A notebook that is being worked on: one text, its cells, and what their runs wrote. */
import { xxh32 } from '../base/xxh32';
import { type Known, matchCells } from './match';
import { type CellRun, type CellStatus, NO_NOTES, type NotebookNotes } from './notes';
import { NO_OUTPUTS, type Printed } from './outputs';
import { type CellKind, type CellText, newCell, parsePercent, printPercent, sourceOf, withKind, withSource } from './percent';
import { type Result, Results } from './results';

export interface Cell {
  /** As Jupyter's cell ids. Never that of another cell, also of one that was removed. */
  readonly id: string;
  readonly kind: CellKind;
  /** What a person edits. */
  readonly source: string;
}

export type CellResult = Result<CellRun>;

interface Held extends Cell {
  readonly text: CellText;
}

interface Removed {
  cell: Held;
  at: number;
}

/** Removed cells that can be brought back. */
const MOST_REMOVED = 50;

/** Says what a cell holds: equal content has equal keys. */
export function keyOf({ kind, source }: Pick<Cell, 'kind' | 'source'>): string {
  return `${kind[0]}${xxh32(new TextEncoder().encode(source)).toString(16)}.${source.length}`;
}

export class Notebook {
  #cells: Held[] = [];
  readonly #results = new Results<CellRun>();
  readonly #removed: Removed[] = [];

  /** @param notes what was kept beside this text, or beside an older one */
  constructor(text: string, notes: NotebookNotes = NO_NOTES) {
    this.#adopt(text, notes.cells);
    for (const { id, run, outputs } of notes.cells) this.#results.set(id, { run, outputs });
  }

  /** At least one. */
  get cells(): readonly Cell[] {
    return this.#cells;
  }

  get text(): string {
    return printPercent(this.#cells.map(({ text }) => text));
  }

  /** Takes over a text that was edited as a whole; what is found again keeps its id and results. */
  set text(text: string) {
    if (text === this.text) return;
    this.#adopt(
      text,
      this.#cells.map((cell) => ({ id: cell.id, key: keyOf(cell) })),
    );
  }

  /** Takes over the results of another moment of this notebook. */
  recall({ cells }: NotebookNotes): void {
    this.#results.clear();
    const ids = matchCells(cells, this.#cells.map(keyOf));
    const byId = new Map(cells.map((cell) => [cell.id, cell]));
    this.#cells.forEach((cell, index) => {
      const notes = byId.get(cell.id) ?? byId.get(ids[index] ?? '');
      if (notes) this.#results.set(cell.id, { run: notes.run, outputs: notes.outputs });
    });
  }

  /** -1 when there is none. */
  indexOf(id: string): number {
    return this.#cells.findIndex((cell) => cell.id === id);
  }

  find(id: string): Cell | null {
    return this.#cells[this.indexOf(id)] ?? null;
  }

  result(id: string): CellResult {
    return this.#results.get(id);
  }

  /** Whether a cell holds something else than what ran last. */
  isEdited(id: string): boolean {
    const cell = this.find(id);
    const { run } = this.result(id);
    return cell !== null && run !== null && run.key !== keyOf(cell);
  }

  edit(id: string, source: string): void {
    this.#change(id, ({ text }) => withSource(text, source), source);
  }

  setKind(id: string, kind: CellKind): void {
    const cell = this.find(id);
    if (!cell || cell.kind === kind) return;
    this.#change(id, ({ text }) => withKind(text, kind), cell.source);
    this.#results.delete(id);
  }

  /** Makes a cell at a place, and returns it. */
  insert(at: number, kind: CellKind, source = ''): Cell {
    const cell = held(newCell(kind, source), newId(), source);
    this.#cells.splice(at, 0, cell);
    return cell;
  }

  /** The last one that is left is emptied instead. */
  remove(id: string): void {
    const at = this.indexOf(id);
    const cell = this.#cells[at];
    if (!cell) return;
    this.#removed.push({ cell, at });
    if (this.#removed.length > MOST_REMOVED) this.#results.delete(this.#removed.shift()?.cell.id ?? '');
    this.#cells.splice(at, 1);
    if (this.#cells.length === 0) this.insert(0, 'python');
  }

  /** Brings the cell back that was removed last, and returns it; null when there is none. */
  bringBack(): Cell | null {
    const removed = this.#removed.pop();
    if (!removed) return null;
    const [only] = this.#cells;
    const placeholder = this.#cells.length === 1 && only?.source === '' && this.result(only.id).run === null;
    this.#cells.splice(Math.min(removed.at, this.#cells.length), placeholder ? 1 : 0, removed.cell);
    return removed.cell;
  }

  /** Moves a cell by so many places; says whether it moved. */
  move(id: string, by: number): boolean {
    const from = this.indexOf(id);
    const to = from + by;
    if (from === -1 || to < 0 || to >= this.#cells.length) return false;
    const [cell] = this.#cells.splice(from, 1) as [Held];
    this.#cells.splice(to, 0, cell);
    return true;
  }

  /** Cuts a cell in two at an offset in its source and returns the second one, which is new. */
  split(id: string, offset: number): Cell | null {
    const at = this.indexOf(id);
    const cell = this.#cells[at];
    if (!cell) return null;
    const rest = cell.source.slice(offset).replace(/^\n/, '');
    this.edit(id, cell.source.slice(0, offset).replace(/\n$/, ''));
    return this.insert(at + 1, cell.kind, rest);
  }

  /** Puts the next cell's source behind this one's; says whether there was one. */
  merge(id: string): boolean {
    const at = this.indexOf(id);
    const [cell, next] = [this.#cells[at], this.#cells[at + 1]];
    if (!cell || !next) return false;
    this.edit(id, cell.source === '' ? next.source : `${cell.source}\n${next.source}`);
    this.#cells.splice(at + 1, 1);
    this.#results.delete(next.id);
    return true;
  }

  /** A run of a cell begins: what its last one wrote goes. */
  begin(id: string, run: number, started: number): void {
    const cell = this.find(id);
    if (!cell) return;
    this.#results.begin(id, { run, started, ended: null, status: 'running', key: keyOf(cell), line: null });
  }

  /** Adds what a run of the cell wrote; a display that replaces another one does so wherever that is. Returns the cells that changed. */
  print(id: string, pieces: readonly Printed[]): string[] {
    return this.#results.print(
      id,
      pieces,
      this.#cells.map((cell) => cell.id),
    );
  }

  end(id: string, status: CellStatus, ended: number, line: number | null): void {
    const { run, outputs } = this.result(id);
    if (run) this.#results.set(id, { run: { ...run, status, ended, line }, outputs });
  }

  /** Takes the outputs away, of one cell or of all. */
  clearOutputs(id?: string): void {
    for (const cell of id === undefined ? this.#cells.map((each) => each.id) : [id]) {
      const { run } = this.result(cell);
      if (run?.status === 'running') this.#results.set(cell, { run, outputs: NO_OUTPUTS });
      else this.#results.delete(cell);
    }
  }

  /** What is to be kept beside the text. */
  notes(place: Omit<NotebookNotes, 'cells'>): NotebookNotes {
    return { ...place, cells: this.#cells.map((cell) => ({ id: cell.id, key: keyOf(cell), ...this.result(cell.id) })) };
  }

  #adopt(text: string, known: readonly Known[]): void {
    const texts = parsePercent(text);
    const sources = texts.map(sourceOf);
    const keys = texts.map(({ kind }, index) => keyOf({ kind, source: sources[index] as string }));
    const ids = matchCells(known, keys);
    this.#cells = texts.map((cell, index) => held(cell, ids[index] ?? newId(), sources[index] as string));
  }

  #change(id: string, change: (cell: Held) => CellText, source: string): void {
    const at = this.indexOf(id);
    const cell = this.#cells[at];
    if (cell) this.#cells[at] = held(change(cell), id, source);
  }
}

const held = (text: CellText, id: string, source: string): Held => ({ id, kind: text.kind, source, text });

function newId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(6)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}
