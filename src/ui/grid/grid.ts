/**
 * A table of any size: regular-table draws what is in sight, this element fetches it, gives it the roles and keys of an ARIA grid,
 * sorts, filters and copies.
 */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import 'regular-table';
import type { RegularTableElement } from 'regular-table/dist/esm/regular-table';
import type { Cell, ColumnSummary, GridSort, GridSource, GridView } from '../../table';
import { strings } from '../strings';
import { shared } from '../styles';
import { drawn, kindOf } from './cell-view';
import { copyText, MOST_COPIED } from './copy';
import { mark } from './drawing';
import './export-menu';
import { gridStyles } from './grid-styles';
import { type Place, placeAfter, type Rectangle, rectangleOf, type Selection } from './selection';
import { summaryText } from './summary-text';
import { WindowCache } from './window-cache';

/** How long after the last key the filter is asked for, ms. */
const FILTER_AFTER = 250;
/** A longer text is cut in the line below the grid. */
const LONGEST_VALUE = 2000;

/** What `open-cell` tells. */
export interface OpenedCell extends Place {
  readonly value: Cell;
}

/**
 * Events: `open-cell` (CustomEvent<OpenedCell>) for Enter or a double click on a cell; `view` after another order or filter was chosen.
 * With the attribute `fill` it is as high as its place, otherwise as high as its rows, up to `--grid-rows` (16) of them.
 */
export class Grid extends LitElement {
  static override properties = {
    source: { attribute: false },
    label: { attribute: false },
    name: { attribute: false },
    selection: { state: true },
    sort: { state: true },
    filter: { state: true },
    said: { state: true },
    summary: { state: true },
    rowCount: { state: true },
    loading: { state: true },
    problem: { state: true },
  };

  /** What to show; another one starts anew. */
  declare source: GridSource | null;
  /** The table's name for screen readers. */
  declare label: string;
  /** What a file of it is called, without an extension. */
  declare name: string;
  declare private selection: Selection | null;
  declare private sort: readonly GridSort[];
  declare private filter: string;
  /** What a screen reader is told of the last action. */
  declare private said: string;
  declare private summary: { column: number; summary: ColumnSummary } | null;
  declare private rowCount: number;
  declare private loading: boolean;
  declare private problem: string | null;
  #cache: WindowCache | null = null;
  #headings: HTMLElement[] = [];
  #filterTimer: ReturnType<typeof setTimeout> | undefined;
  #choosing = false;
  readonly #resized = new ResizeObserver(() => void this.#table?.draw({ invalid_viewport: true }));

  constructor() {
    super();
    this.source = null;
    this.label = strings.grid.label;
    this.name = 'table';
    this.selection = null;
    this.sort = [];
    this.filter = '';
    this.said = '';
    this.summary = null;
    this.rowCount = 0;
    this.loading = false;
    this.problem = null;
  }

  /** The order and filter of what is shown. */
  get view(): GridView {
    return { sort: this.sort, filter: this.filter };
  }

  override focus(): void {
    this.#table?.focus();
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.updateComplete.then(() => this.#frame && this.#resized.observe(this.#frame));
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#resized.disconnect();
    clearTimeout(this.#filterTimer);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('source')) return;
    const { source } = this;
    this.selection = null;
    this.sort = [];
    this.filter = '';
    this.summary = null;
    this.problem = null;
    this.said = '';
    this.rowCount = source?.rowCount ?? 0;
    this.#headings = [];
    this.#cache = source && new WindowCache(source, () => this.#arrived());
  }

  protected override updated(changed: PropertyValues): void {
    if (changed.has('source') && this.#table) {
      this.#table.setDataListener(this.#window, { virtual_mode: 'both' });
      this.#table.resetAutoSize();
      this.#table.scrollTop = 0;
      this.#table.scrollLeft = 0;
      this.#cache?.want(0, 1);
      void this.#table.draw({ invalid_viewport: true });
    } else if (changed.has('selection') || changed.has('sort')) {
      this.#mark();
    }
  }

  override render() {
    const { source } = this;
    if (!source) return nothing;
    const words = strings.grid;
    const rows = Math.max(1, this.rowCount);
    return html`
      <div class="tools">
        <input type="search" aria-label=${words.filter} placeholder=${words.filter} .value=${this.filter} @input=${this.#filterChanged} />
        <dormouse-export .source=${source} .view=${this.view} .name=${this.name}></dormouse-export>
        <slot name="tools"></slot>
      </div>
      ${source.columns.length === 0 ? html`<p class="note">${words.noColumns}</p>` : nothing}
      <div class="frame" style="--rows: ${rows}" ?hidden=${source.columns.length === 0}>
        <regular-table
          role="grid"
          aria-label=${this.label}
          aria-multiselectable="true"
          aria-rowcount=${this.rowCount + 1}
          aria-colcount=${source.columns.length + 1}
          aria-busy=${this.loading ? 'true' : 'false'}
          @keydown=${this.#key}
          @focus=${this.#focused}
          @pointerdown=${this.#pressed}
          @pointerover=${this.#over}
          @dblclick=${this.#open}
        ></regular-table>
        ${this.#notice()}
      </div>
      ${this.#footer(source)}
    `;
  }

  #notice() {
    const words = strings.grid;
    if (this.problem !== null)
      return html`<div class="cover" role="alert"><p>${this.problem}</p><button class="outlined" @click=${this.#again}>${words.again}</button></div>`;
    if (this.rowCount > 0) return nothing;
    return html`<p class="cover note">${this.loading ? words.loading : this.filter === '' ? words.empty : words.nothingFound(this.filter)}</p>`;
  }

  #footer(source: GridSource) {
    const words = strings.grid;
    const all = source.rowCount;
    const columnCount = source.columns.length;
    const size = this.filter === '' ? words.size(this.rowCount, columnCount) : words.filtered(this.rowCount, all, columnCount);
    const rectangle = this.#selected;
    const single = rectangle && rectangle.bottom - rectangle.top === 1 && rectangle.right - rectangle.left === 1;
    const active = this.selection?.active;
    const column = active && source.columns[active.column];
    return html`
      <div class="footer">
        <span>${size}</span>
        <span class="said" role="status">${this.said}</span>
        ${rectangle && !single ? html`<span>${words.selected(rectangle.bottom - rectangle.top, rectangle.right - rectangle.left)}</span>` : nothing}
      </div>
      ${
        active && column
          ? html`<div class="value">
              <span class="soft">${column.name}${column.type === '' ? nothing : html` · ${column.type}`}</span>
              ${active.row < 0 ? html`<span>${this.#summaryOf(active.column)}</span>` : html`<span class="text">${this.#valueText(active)}</span>`}
            </div>`
          : nothing
      }
    `;
  }

  #valueText({ row, column }: Place): string {
    const cell = this.#cache?.row(row)?.[column] ?? null;
    if (cell === null) return strings.grid.nothing;
    const text = typeof cell === 'object' ? strings.grid.bytes(cell.size) : String(cell);
    return text.length > LONGEST_VALUE ? `${text.slice(0, LONGEST_VALUE)}…` : text;
  }

  #summaryOf(column: number): string {
    return this.summary?.column === column ? summaryText(this.summary.summary) : '';
  }

  /** What regular-table asks: columns x0 to x1 of rows y0 to y1, by column. */
  readonly #window = async (x0: number, y0: number, x1: number, y1: number) => {
    const columns = this.source?.columns ?? [];
    const cache = this.#cache;
    const rowCount = cache?.rowCount ?? 0;
    const [right, bottom] = [Math.min(x1, columns.length), Math.min(y1, rowCount)];
    if (bottom > y0) cache?.want(y0, bottom);
    const rows = Array.from({ length: Math.max(0, bottom - y0) }, (_, index) => cache?.row(y0 + index) ?? null);
    const indices = Array.from({ length: Math.max(0, right - x0) }, (_, index) => x0 + index);
    return {
      num_rows: rowCount,
      num_columns: columns.length,
      num_row_headers: 1,
      num_column_headers: 1,
      row_headers: rows.map((_, index) => [String(y0 + index + 1)]),
      // Elements are allowed, and say so in the library's documentation; its types know scalars only.
      column_headers: indices.map((column) => [this.#heading(column) as unknown as string]),
      data: indices.map((column) => rows.map((row) => (row === null ? '…' : drawn(row[column] ?? null)))),
      metadata: indices.map((column) => rows.map((row) => (row === null ? 'loading' : kindOf(row[column] ?? null)))),
    };
  };

  #heading(column: number): HTMLElement {
    const made = this.#headings[column];
    if (made) return made;
    const { name, type } = this.source?.columns[column] ?? { name: '', type: '' };
    const heading = document.createElement('span');
    heading.className = 'heading';
    const label = document.createElement('span');
    label.textContent = name.slice(0, LONGEST_VALUE);
    const kind = document.createElement('span');
    kind.className = 'soft';
    kind.textContent = type;
    heading.append(label, ' ', kind);
    this.#headings[column] = heading;
    return heading;
  }

  #arrived(): void {
    const cache = this.#cache;
    if (!cache) return;
    this.rowCount = cache.rowCount;
    this.loading = cache.loading;
    this.problem = cache.problem;
    void this.#table?.draw({ invalid_viewport: true });
    this.requestUpdate();
  }

  protected override firstUpdated(): void {
    this.#listen();
  }

  #listen(): void {
    this.#table?.addStyleListener(() => this.#mark());
  }

  #mark(): void {
    const table = this.#table;
    if (table) mark(table, { active: this.selection?.active ?? null, selected: this.#selected, sort: this.sort });
  }

  get #selected(): Rectangle | null {
    return this.selection && this.selection.active.row >= 0 && this.selection.anchor.row >= 0 ? rectangleOf(this.selection) : null;
  }

  #focused(): void {
    if (!this.selection && this.rowCount > 0) this.#choose({ row: 0, column: 0 }, false);
  }

  #choose(active: Place, extend: boolean): void {
    this.said = '';
    this.selection = { active, anchor: extend && this.selection ? this.selection.anchor : active };
    void this.#show(active);
    if (active.row < 0) void this.#summarize(active.column);
  }

  async #summarize(column: number): Promise<void> {
    const { source } = this;
    if (!source?.summary || this.summary?.column === column) return;
    this.summary = null;
    const summary = await source.summary(column, this.view).catch(() => null);
    if (source === this.source && summary && this.selection?.active.column === column) this.summary = { column, summary };
  }

  /** Scrolls until a place is in sight. */
  async #show({ row, column }: Place): Promise<void> {
    const table = this.#table;
    if (!table) return;
    const { rowHeight, page, first } = this.#metrics(table);
    if (row >= 0 && rowHeight > 0 && (row < Math.ceil(first) || row > first + page - 1)) {
      // Browsers limit the height of an element, so a pixel may stand for more than itself: the position is a share of the whole.
      const top = row < first ? row : row - page + 1;
      const share = top / Math.max(1, this.rowCount - page);
      table.scrollTop = Math.floor(share * (table.scrollHeight - table.clientHeight));
    }
    // Widths are known once a column was drawn: come closer in a few steps.
    for (let step = 0; step < 4; step++) {
      const move = this.#columnAway(table, column);
      if (move === 0) break;
      table.scrollLeft += move;
      await table.flush();
    }
  }

  /** How far to scroll so that a column is wholly in sight, px. */
  #columnAway(table: RegularTableElement, column: number): number {
    const headings = [...table.querySelectorAll<HTMLElement>('thead th')];
    const of = (heading: HTMLElement) => {
      const meta = table.getMeta(heading);
      return meta && 'x' in meta ? meta.x : undefined;
    };
    const corner = headings.find((heading) => of(heading) === undefined);
    const box = table.getBoundingClientRect();
    const left = corner ? corner.getBoundingClientRect().right : box.left;
    const right = box.left + table.clientWidth;
    const shown = headings.find((heading) => of(heading) === column);
    if (!shown) {
      const first = Math.min(...headings.map((heading) => of(heading) ?? Number.POSITIVE_INFINITY));
      const width = (right - left) / Math.max(1, headings.length - 1);
      return Number.isFinite(first) ? Math.round((column - first) * width) || (column < first ? -table.scrollLeft : 0) : 0;
    }
    const { left: from, right: to } = shown.getBoundingClientRect();
    if (from < left - 1) return Math.floor(from - left);
    return to > right + 1 ? Math.ceil(Math.min(to - right, from - left)) : 0;
  }

  #metrics(table: RegularTableElement): { rowHeight: number; page: number; first: number } {
    const rowHeight = table.querySelector<HTMLElement>('tbody tr')?.offsetHeight ?? 0;
    const page = rowHeight > 0 ? Math.max(1, Math.floor(table.clientHeight / rowHeight) - 1) : 1;
    const scrollable = Math.max(0, this.rowCount - (table.clientHeight / Math.max(1, rowHeight) - 1));
    const first = (scrollable * table.scrollTop) / Math.max(1, table.scrollHeight - table.clientHeight);
    return { rowHeight, page, first };
  }

  #key(event: KeyboardEvent): void {
    const { source, selection } = this;
    const table = this.#table;
    if (!source || !table || !selection) return;
    const far = event.ctrlKey || event.metaKey;
    const extent = { rows: this.rowCount, columns: source.columns.length, page: this.#metrics(table).page };
    const place = placeAfter(event, selection.active, extent);
    if (place) this.#choose(place, event.shiftKey && place.row >= 0);
    else if (far && event.key.toLowerCase() === 'a') {
      this.selection = { anchor: { row: 0, column: 0 }, active: { row: this.rowCount - 1, column: source.columns.length - 1 } };
    } else if (far && event.key.toLowerCase() === 'c') void this.#copy();
    else if (event.key === 'Enter' || event.key === ' ') {
      if (selection.active.row < 0) this.#sortBy(selection.active.column, event.shiftKey);
      else if (event.key === 'Enter') this.#open();
      else return;
    } else if (event.key === 'Escape' && this.#selected && selection.anchor !== selection.active) {
      this.selection = { active: selection.active, anchor: selection.active };
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }

  async #copy(): Promise<void> {
    const rectangle = this.#selected;
    const { source } = this;
    if (!rectangle || !source) return;
    const cells = (rectangle.bottom - rectangle.top) * (rectangle.right - rectangle.left);
    if (cells > MOST_COPIED) {
      this.said = strings.grid.copyTooMany(MOST_COPIED);
      return;
    }
    try {
      await navigator.clipboard.writeText(await copyText(source, this.view, rectangle));
      this.said = strings.grid.copied(cells);
    } catch {
      this.said = strings.grid.copyFailed;
    }
  }

  #pressed(event: PointerEvent): void {
    if (event.button !== 0) return;
    const target = event.target as HTMLElement;
    if (target.classList.contains('rt-column-resize')) return;
    const meta = this.#metaAt(target);
    if (!meta) return;
    if (meta.type === 'body') {
      this.#choose({ row: meta.y, column: meta.x }, event.shiftKey);
      this.#choosing = event.pointerType === 'mouse';
      window.addEventListener('pointerup', () => (this.#choosing = false), { once: true });
    } else if (meta.type === 'row_header') {
      const last = (this.source?.columns.length ?? 1) - 1;
      const anchor = event.shiftKey && this.selection ? this.selection.anchor.row : meta.y;
      this.selection = { anchor: { row: anchor, column: 0 }, active: { row: meta.y, column: last } };
    } else if (meta.x !== undefined) {
      this.#choose({ row: -1, column: meta.x }, false);
      this.#sortBy(meta.x, event.shiftKey);
    }
  }

  #over(event: PointerEvent): void {
    if (!this.#choosing) return;
    const meta = this.#metaAt(event.target as HTMLElement);
    if (meta?.type === 'body' && this.selection) this.selection = { ...this.selection, active: { row: meta.y, column: meta.x } };
  }

  #metaAt(target: HTMLElement) {
    const cell = target.closest<HTMLElement>('td, th');
    return cell ? this.#table?.getMeta(cell) : undefined;
  }

  /** Ascending, then descending, then as it came; with `also` beside the columns that are sorted by already. */
  #sortBy(column: number, also: boolean): void {
    const name = this.source?.columns[column]?.name ?? '';
    const before = this.sort.find((each) => each.column === column);
    const others = also ? this.sort.filter((each) => each.column !== column) : [];
    const next = !before ? [{ column, descending: false }] : before.descending ? [] : [{ column, descending: true }];
    this.sort = [...others, ...next];
    const { sorted } = strings.grid;
    this.said = next[0] ? (next[0].descending ? sorted.descending(name) : sorted.ascending(name)) : sorted.none;
    this.#viewChanged();
  }

  #filterChanged(event: Event): void {
    const { value } = event.target as HTMLInputElement;
    clearTimeout(this.#filterTimer);
    this.#filterTimer = setTimeout(() => {
      this.filter = value;
      this.selection = null;
      this.#viewChanged();
    }, FILTER_AFTER);
  }

  #viewChanged(): void {
    const table = this.#table;
    this.summary = null;
    if (table) table.scrollTop = 0;
    this.loading = true;
    this.#cache?.setView(this.view);
    this.dispatchEvent(new Event('view'));
  }

  #again(): void {
    this.problem = null;
    this.#cache?.setView(this.view);
  }

  #open(): void {
    const active = this.selection?.active;
    if (!active || active.row < 0) return;
    const value = this.#cache?.row(active.row)?.[active.column] ?? null;
    this.dispatchEvent(new CustomEvent<OpenedCell>('open-cell', { detail: { ...active, value } }));
  }

  get #table(): RegularTableElement | null {
    return this.renderRoot.querySelector<RegularTableElement>('regular-table');
  }

  get #frame(): Element | null {
    return this.renderRoot.querySelector('.frame');
  }

  static override styles = [shared, gridStyles];
}

customElements.define('dormouse-grid', Grid);
