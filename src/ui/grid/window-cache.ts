/** The rows of a view that are in hand, fetched in blocks; at most one request is under way, and then for what is in sight now. */
import { messageOf } from '../../base/errors';
import type { Cell, GridSource, GridView } from '../../table';

/** Cells of one block, about: a block has fewer rows where there are many columns. */
const BLOCK_CELLS = 20_000;
const MOST_BLOCK_ROWS = 500;
const LEAST_BLOCK_ROWS = 32;
/** Cells that are kept, about. */
const MOST_CELLS = 1_000_000;

export class WindowCache {
  readonly #source: GridSource;
  readonly #changed: () => void;
  readonly #blockRows: number;
  /** By number, the one that was used longest ago first. */
  readonly #blocks = new Map<number, readonly (readonly Cell[])[]>();
  #view: GridView = {};
  /** Grows with every view, so that an answer for an older one is not taken for the present one's. */
  #generation = 0;
  #wanted: { from: number; to: number } | null = null;
  #loading = false;
  #rowCount: number;
  #problem: string | null = null;

  /** @param changed is told when rows or the number of rows have arrived, or a request has failed */
  constructor(source: GridSource, changed: () => void) {
    this.#source = source;
    this.#changed = changed;
    this.#rowCount = source.rowCount;
    this.#blockRows = Math.max(LEAST_BLOCK_ROWS, Math.min(MOST_BLOCK_ROWS, Math.floor(BLOCK_CELLS / Math.max(1, source.columns.length))));
  }

  /** Rows of the present view, as far as that is known. */
  get rowCount(): number {
    return this.#rowCount;
  }

  get loading(): boolean {
    return this.#loading;
  }

  /** Why rows are missing: a sentence; null when all goes well. */
  get problem(): string | null {
    return this.#problem;
  }

  /** Another order or filter: what was fetched is for the one before. */
  setView(view: GridView): void {
    this.#view = view;
    this.#generation += 1;
    this.#blocks.clear();
    this.#problem = null;
    this.want(0, this.#blockRows);
  }

  /** A row if it is in hand. */
  row(index: number): readonly Cell[] | null {
    return this.#blocks.get(Math.floor(index / this.#blockRows))?.[index % this.#blockRows] ?? null;
  }

  /** Says which rows are in sight; those that are missing are fetched. */
  want(from: number, to: number): void {
    this.#wanted = { from, to };
    for (const block of this.#blocksOf(from, to)) {
      const rows = this.#blocks.get(block);
      if (!rows) continue;
      this.#blocks.delete(block);
      this.#blocks.set(block, rows);
    }
    if (!this.#loading && this.#missing() !== undefined) void this.#load();
  }

  async #load(): Promise<void> {
    this.#loading = true;
    for (let block = this.#missing(); block !== undefined; block = this.#missing()) {
      const generation = this.#generation;
      const from = block * this.#blockRows;
      try {
        const { rows, rowCount } = await this.#source.window(from, from + this.#blockRows, this.#view);
        if (generation !== this.#generation) continue;
        this.#rowCount = Math.max(0, rowCount);
        this.#blocks.set(block, rows);
        this.#forget();
      } catch (error) {
        if (generation !== this.#generation) continue;
        this.#problem = messageOf(error);
      }
      this.#changed();
    }
    this.#loading = false;
    this.#changed();
  }

  /** The next block to fetch. */
  #missing(): number | undefined {
    const wanted = this.#wanted;
    if (wanted === null || this.#problem !== null) return undefined;
    return this.#blocksOf(wanted.from, wanted.to).find((block) => !this.#blocks.has(block));
  }

  #forget(): void {
    const most = Math.max(4, Math.floor(MOST_CELLS / (this.#blockRows * Math.max(1, this.#source.columns.length))));
    for (const block of this.#blocks.keys()) {
      if (this.#blocks.size <= most) return;
      this.#blocks.delete(block);
    }
  }

  #blocksOf(from: number, to: number): number[] {
    const first = Math.max(0, Math.floor(from / this.#blockRows));
    // Before the first answer nothing is known of a filtered view.
    const end = Math.max(1, Math.min(to, this.#blocks.size === 0 ? this.#blockRows : this.#rowCount));
    const last = Math.ceil(end / this.#blockRows);
    return Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index);
  }
}
