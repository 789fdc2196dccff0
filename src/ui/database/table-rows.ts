/** The rows of one table or view, a page at a time: sorted, searched, and changed where they can be told apart. Keys as in ARIA's pattern for grids. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { ArrowDown, ArrowUp, ChevronLeft, ChevronRight, Plus, Trash2 } from 'lucide';
import { messageOf } from '../../base/errors';
import type { DatabaseCell, DatabaseChange, DatabaseRows, DatabaseTable, Session } from '../../session';
import '../icon';
import '../question-dialog';
import type { QuestionDialog } from '../question-dialog';
import { databaseWords } from '../strings/database';
import { shared } from '../styles';
import { cellFromText, cellText, isWhole } from './cell-text';

/** Rows of a page. */
const PAGE = 100;
/** After the last letter of a search, ms. */
const SEARCH_PAUSE = 250;

/** Events: `changed` (CustomEvent<{ change: DatabaseChange; text: string }>); `problem` (CustomEvent<string>, a sentence). */
export class TableRows extends LitElement {
  static override properties = {
    session: { attribute: false },
    path: { attribute: false },
    table: { attribute: false },
    possible: { attribute: false },
    found: { state: true },
    start: { state: true },
    order: { state: true },
    wanted: { state: true },
    selected: { state: true },
    at: { state: true },
    editing: { state: true },
  };

  declare session: Session;
  declare path: string;
  declare table: DatabaseTable;
  /** Whether databases can be looked into and changed now. */
  declare possible: boolean;
  declare private found: DatabaseRows | null;
  declare private start: number;
  declare private order: { column: number; descending: boolean } | null;
  declare private wanted: string;
  /** Rows of this page. */
  declare private selected: ReadonlySet<number>;
  /** The cell that the keys are at. Row -1 is the header. */
  declare private at: readonly [row: number, column: number];
  declare private editing: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;

  constructor() {
    super();
    this.possible = true;
    this.found = null;
    this.start = 0;
    this.order = null;
    this.wanted = '';
    this.selected = new Set();
    this.at = [-1, 0];
    this.editing = false;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const before = changed.get('table');
    if (changed.has('path') || (before && before.name !== this.table.name)) {
      this.found = null;
      this.start = 0;
      this.order = null;
      this.wanted = '';
      this.at = [-1, 0];
      this.editing = false;
      void this.look();
    } else if (changed.has('table') && !before) void this.look();
  }

  /** Reads the page anew. */
  async look(): Promise<void> {
    if (!this.possible || !this.session) return;
    const look = ++this.#looks;
    const { path, table, start, order, wanted } = this;
    try {
      const found = await this.session.database.rows(path, { table: table.name, start, count: PAGE, order: order ? [order] : [], wanted });
      if (look !== this.#looks) return;
      // Python may have changed something meanwhile: rows that are still there stay selected.
      const selected = new Set([...this.selected].flatMap((index) => nameOf(this.found?.keys[index]) ?? []));
      this.found = found;
      this.selected = new Set(found.keys.flatMap((key, index) => (selected.has(nameOf(key) ?? '') ? [index] : [])));
      if (found.problem !== null) this.#problem(found.problem);
    } catch (error) {
      if (look === this.#looks) this.#problem(messageOf(error));
    }
  }

  override render() {
    const words = databaseWords;
    const { found, table } = this;
    const editable = this.#editable;
    return html`
      <div class="tools">
        <input type="search" aria-label=${words.find} placeholder=${words.find} .value=${this.wanted} @input=${this.#search} />
        ${
          editable
            ? html`<button class="icon" aria-label=${words.addRow} title=${words.addRow} aria-disabled=${this.possible ? nothing : 'true'} @click=${this.#add}>
          <dormouse-icon .glyph=${Plus}></dormouse-icon></button>`
            : nothing
        }
        ${
          this.selected.size > 0
            ? html`<button aria-disabled=${this.possible ? nothing : 'true'} @click=${this.#delete}>
          <dormouse-icon .glyph=${Trash2}></dormouse-icon>${words.deleteRows(this.selected.size)}</button>`
            : nothing
        }
      </div>
      ${found === null ? html`<p class="soft" role="status">${words.loading}</p>` : found.columns.length === 0 ? nothing : this.#grid(found)}
      ${found ? this.#foot(found) : nothing}
      ${found && table.kind === 'table' && !editable ? html`<p class="soft">${words.readOnly}</p>` : nothing}
      <dormouse-question></dormouse-question>
    `;
  }

  #grid({ columns, rows, total }: DatabaseRows) {
    const words = databaseWords;
    const editable = this.#editable;
    return html`<div class="frame">
      <table role="grid" aria-label=${words.rowsOf(this.table.name)} aria-rowcount=${total === null ? -1 : total + 1} @keydown=${this.#key}>
        <thead>
          <tr role="row" aria-rowindex="1">
            ${editable ? html`<td role="gridcell" class="pick"></td>` : nothing}
            ${columns.map((column, index) => {
              const sorted = this.order?.column === index ? (this.order.descending ? 'descending' : 'ascending') : 'none';
              return html`<th role="columnheader" scope="col" aria-sort=${sorted}>
                <button
                  data-at="-1 ${index}"
                  tabindex=${this.#tabIndex(-1, index)}
                  title=${words.sortBy(column)}
                  @click=${() => this.#sort(index)}
                  @focus=${() => this.#moved(-1, index)}
                >${column}${sorted === 'none' ? nothing : html`<dormouse-icon .glyph=${sorted === 'ascending' ? ArrowUp : ArrowDown}></dormouse-icon>`}</button>
              </th>`;
            })}
          </tr>
        </thead>
        <tbody>${rows.map((row, index) => this.#row(row, index))}</tbody>
      </table>
    </div>`;
  }

  #row(row: readonly DatabaseCell[], index: number) {
    const words = databaseWords;
    const number = this.start + index + 1;
    return html`<tr role="row" aria-rowindex=${number + 1} class=${this.selected.has(index) ? 'selected' : ''}>
      ${
        this.#editable
          ? html`<td role="gridcell" class="pick"><input type="checkbox" aria-label=${words.selectRow(number)} .checked=${this.selected.has(index)} @change=${() => this.#pick(index)} /></td>`
          : nothing
      }
      ${row.map((cell, column) => {
        const here = this.at[0] === index && this.at[1] === column;
        if (here && this.editing) return html`<td role="gridcell" class="editing">${this.#editor(cell, index, column)}</td>`;
        const { look, text } = cellText(cell);
        return html`<td
          role="gridcell"
          class=${look}
          data-at="${index} ${column}"
          tabindex=${this.#tabIndex(index, column)}
          title=${text.length > 40 ? text.slice(0, 1000) : nothing}
          @focus=${() => this.#moved(index, column)}
          @dblclick=${() => this.#edit()}
        >${text}</td>`;
      })}
    </tr>`;
  }

  #editor(cell: DatabaseCell, row: number, column: number) {
    const words = databaseWords;
    const name = this.found?.columns[column] ?? '';
    return html`<input
        aria-label=${words.edit(name, this.start + row + 1)}
        .value=${cell === null ? '' : cellText(cell).text}
        @keydown=${this.#editKey}
        @blur=${this.#blur}
      /><button class="null-button" title=${words.setNullHint} @keydown=${this.#editKey} @blur=${this.#blur} @click=${() => this.#set(null)}>${words.setNull}</button>`;
  }

  #foot({ rows, total }: DatabaseRows) {
    const words = databaseWords;
    const last = this.start + rows.length;
    const more = total === null ? rows.length === PAGE : last < total;
    const turn = (name: string, glyph: typeof ChevronLeft, possible: boolean, to: number) =>
      html`<button class="icon" aria-label=${name} title=${name} aria-disabled=${possible && this.possible ? nothing : 'true'} @click=${() => possible && this.possible && this.#go(to)}>
        <dormouse-icon .glyph=${glyph}></dormouse-icon></button>`;
    return html`<div class="foot">
      <span class="soft" role="status">${rows.length === 0 ? (this.wanted === '' ? words.noRows : words.noneFound) : words.range(this.start + 1, last, total)}</span>
      ${this.start > 0 || more ? html`${turn(words.previous, ChevronLeft, this.start > 0, Math.max(0, this.start - PAGE))}${turn(words.next, ChevronRight, more, this.start + PAGE)}` : nothing}
    </div>
    ${this.#editable && rows.length > 0 ? html`<p class="soft hint">${words.hint}</p>` : nothing}`;
  }

  get #editable(): boolean {
    return this.table.kind === 'table' && (this.found === null || this.found.rows.length === 0 || (this.found.keys[0]?.length ?? 0) > 0);
  }

  /** One cell takes the Tab key; arrows go on from there. */
  #tabIndex(row: number, column: number): number {
    return this.at[0] === row && this.at[1] === column ? 0 : -1;
  }

  #moved(row: number, column: number): void {
    if (this.at[0] !== row || this.at[1] !== column) this.at = [row, column];
  }

  #key(event: KeyboardEvent): void {
    if (this.editing || !this.found || event.ctrlKey || event.metaKey || event.altKey) return;
    const [row, column] = this.at;
    const lastRow = this.found.rows.length - 1;
    const lastColumn = this.found.columns.length - 1;
    const moves: Readonly<Record<string, readonly [number, number]>> = {
      ArrowDown: [row + 1, column],
      ArrowUp: [row - 1, column],
      ArrowRight: [row, column + 1],
      ArrowLeft: [row, column - 1],
      Home: [row, 0],
      End: [row, lastColumn],
      PageDown: [row + 10, column],
      PageUp: [row - 10, column],
    };
    const to = moves[event.key];
    if (to) this.#focusCell(Math.min(Math.max(to[0], -1), lastRow), Math.min(Math.max(to[1], 0), lastColumn));
    else if ((event.key === 'Enter' || event.key === 'F2') && row >= 0) this.#edit();
    else if (event.key === ' ' && row >= 0 && this.#editable && !(event.composedPath()[0] instanceof HTMLInputElement)) this.#pick(row);
    else return;
    event.preventDefault();
  }

  async #focusCell(row: number, column: number): Promise<void> {
    this.at = [row, column];
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>(`[data-at="${row} ${column}"]`)?.focus();
  }

  #pick(index: number): void {
    const selected = new Set(this.selected);
    if (!selected.delete(index)) selected.add(index);
    this.selected = selected;
  }

  async #edit(): Promise<void> {
    const [row, column] = this.at;
    const cell = this.found?.rows[row]?.[column];
    const generated = this.table.columns.find(({ name }) => name === this.found?.columns[column])?.generated ?? false;
    if (cell === undefined || !this.#editable || !this.possible || generated) return;
    if (!isWhole(cell)) {
      this.#problem(databaseWords.notEditable);
      return;
    }
    this.editing = true;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLInputElement>('.editing input')?.select();
  }

  #editKey(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === 'Escape') {
      event.preventDefault();
      this.editing = false;
      void this.#focusCell(...this.at);
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      event.preventDefault();
      const [row, column] = this.at;
      void this.#set(cellFromText(event.target.value, this.found?.rows[row]?.[column] ?? null));
    }
  }

  /** The focus went elsewhere than to the rest of the editor: nothing is changed by that. */
  #blur(event: FocusEvent): void {
    const to = event.relatedTarget as Node | null;
    if (to && (event.target as HTMLElement).parentElement?.contains(to)) return;
    this.editing = false;
  }

  async #set(value: DatabaseCell): Promise<void> {
    const [row, column] = this.at;
    const { found, table } = this;
    const name = found?.columns[column];
    const key = found?.keys[row];
    const before = found?.rows[row]?.[column];
    this.editing = false;
    if (name === undefined || !key || before === undefined || value === before) {
      await this.#focusCell(row, column);
      return;
    }
    await this.#change(databaseWords.cellSet, () =>
      this.session.database.setCell(this.path, { table: table.name, key, column: name, value, before }),
    );
    await this.#focusCell(row, column);
  }

  async #add(): Promise<void> {
    if (!this.possible) return;
    // What has to be given gets an empty text or 0, to be changed then.
    const needed = this.table.columns.filter(
      (column) => column.required && column.default === null && !column.generated && !this.#isRowNumber(column),
    );
    const values = Object.fromEntries(needed.map(({ name, type }) => [name, /INT|REAL|FLOA|DOUB|NUM|DEC/i.test(type) ? 0 : '']));
    await this.#change(databaseWords.rowAdded, () => this.session.database.insertRow(this.path, { table: this.table.name, values }));
    const total = this.found?.total ?? null;
    if (total !== null && this.order === null && this.wanted === '') await this.#go(Math.floor(Math.max(0, total - 1) / PAGE) * PAGE);
    const last = (this.found?.rows.length ?? 0) - 1;
    if (last >= 0) await this.#focusCell(last, 0);
  }

  #isRowNumber({ key, type }: DatabaseTable['columns'][number]): boolean {
    return key > 0 && type.toUpperCase() === 'INTEGER' && this.table.columns.filter((column) => column.key > 0).length === 1;
  }

  async #delete(): Promise<void> {
    if (!this.possible) return;
    const words = databaseWords;
    const keys = [...this.selected].flatMap((index) => (this.found?.keys[index] ? [this.found.keys[index]] : []));
    const question = { title: words.deleteTitle(keys.length), text: words.deleteText, confirm: words.deleteConfirm, cancel: words.cancel };
    if (!(await this.#question.ask(question))) return;
    await this.#change(words.rowsDeleted(keys.length), () => this.session.database.deleteRows(this.path, { table: this.table.name, keys }));
  }

  async #change(text: string, act: () => Promise<DatabaseChange>): Promise<void> {
    try {
      const change = await act();
      this.dispatchEvent(new CustomEvent('changed', { detail: { change, text } }));
    } catch (error) {
      this.#problem(messageOf(error));
    }
    await this.look();
  }

  #sort(column: number): void {
    const { order } = this;
    this.order = order?.column !== column ? { column, descending: false } : order.descending ? null : { column, descending: true };
    this.start = 0;
    void this.look();
  }

  #search(event: InputEvent): void {
    this.wanted = (event.target as HTMLInputElement).value;
    this.start = 0;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), SEARCH_PAUSE);
  }

  async #go(start: number): Promise<void> {
    this.start = start;
    this.at = [-1, this.at[1]];
    await this.look();
  }

  #problem(text: string): void {
    this.dispatchEvent(new CustomEvent('problem', { detail: text }));
  }

  get #question(): QuestionDialog {
    return this.renderRoot.querySelector('dormouse-question') as QuestionDialog;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        min-block-size: 0;
      }

      .tools,
      .foot {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1);
      }

      .tools input {
        flex: 1;
        min-inline-size: 8rem;
      }

      .icon {
        padding: 0;
      }

      .foot .soft {
        flex: 1;
      }

      .soft {
        font-size: var(--size-2);
      }

      .frame {
        flex: 0 1 auto;
        min-block-size: 6rem;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }

      table {
        inline-size: auto;
        min-inline-size: 100%;
      }

      thead :is(th, td) {
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        background: var(--sunken);
      }

      th {
        padding: 0 !important;
      }

      th button {
        inline-size: 100%;
        justify-content: start;
        gap: var(--space-1);
        border-radius: 0;
        font-weight: var(--weight-strong);
        white-space: nowrap;
      }

      tbody td {
        max-inline-size: 20rem;
        padding: var(--space-1) var(--space-3) !important;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
      }

      td:focus-visible,
      th button:focus-visible {
        outline-offset: -2px;
      }

      .pick {
        padding: 0 var(--space-1) !important;
        line-height: 0;
        text-align: center;
        vertical-align: middle;
      }

      .pick input {
        min-block-size: 1.5rem;
        inline-size: 1.25rem;
        accent-color: var(--accent);
      }

      .selected td {
        background: var(--selection);
      }

      .selected .soft,
      .selected :is(.null, .bytes) {
        color: var(--ink);
      }

      .number {
        text-align: end;
      }

      .null,
      .bytes {
        color: var(--ink-soft);
        font-style: italic;
      }

      .editing {
        display: flex;
        gap: var(--space-1);
        padding: 0 !important;
      }

      .editing input {
        flex: 1;
        min-inline-size: 8rem;
      }
    `,
  ];
}

/** Tells a row from all others by its key; null when that is not here as a whole, so that others may look the same. */
function nameOf(key: DatabaseRows['keys'][number] | undefined): string | null {
  return key?.every(isWhole) ? JSON.stringify(key) : null;
}

customElements.define('dormouse-table-rows', TableRows);
