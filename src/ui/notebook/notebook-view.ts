/** The cells of a notebook, with the keys that hands know from Jupyter. */
import { css, html, LitElement } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { CellKind, Cursor, Notebook } from '../../notebook';
import type { CodeEditor, CodePart } from '../code-editor';
import { strings } from '../strings';
import { shared } from '../styles';
import './notebook-cell';
import type { NotebookCell } from './notebook-cell';

/** Some of a cell's code. */
export interface CellPart extends CodePart {
  /** Its id. */
  readonly cell: string;
}

/** How long the second `d` may take, ms. */
const TWICE = 700;

/**
 * Events: `edit` after the text changed; `select` after another cell was, or the cursor went elsewhere; `run-cells` (CustomEvent<string[]>, ids in order); `run-part`
 * (CustomEvent<CellPart>); `format` for the selected cell; `shortcuts` when their list is wanted.
 */
export class NotebookElement extends LitElement {
  static override properties = {
    notebook: { attribute: false },
    revision: { attribute: false },
    waiting: { attribute: false },
    selected: { attribute: false },
    keptCursor: { attribute: false },
    readOnly: { attribute: false },
    said: { attribute: false },
    editing: { state: true },
  };

  declare notebook: Notebook;
  /** Another number whenever the notebook has changed. */
  declare revision: number;
  /** The cells whose runs come after others. */
  declare waiting: readonly string[];
  /** The id of the selected cell; null for the first. */
  declare selected: string | null;
  /** Where the cursor was in the selected cell when the notebook was kept; null for nowhere. */
  declare keptCursor: Cursor | null;
  declare readOnly: boolean;
  /** A sentence for who does not see that a cell's run has ended. */
  declare said: string;
  /** The Markdown cell whose source is shown. */
  declare private editing: string | null;
  #deleting = 0;

  constructor() {
    super();
    this.revision = 0;
    this.waiting = [];
    this.selected = null;
    this.keptCursor = null;
    this.readOnly = false;
    this.said = '';
    this.editing = null;
  }

  /** The id of the selected cell. */
  get current(): string {
    const found = this.selected === null ? null : this.notebook.find(this.selected);
    return (found ?? this.notebook.cells[0])?.id ?? '';
  }

  /** Where the cursor is in the selected cell. */
  get cursor(): Cursor | null {
    return this.#cell(this.current)?.editor?.cursor ?? this.keptCursor;
  }

  /** Runs the selected cell and goes to the next. */
  runCurrent(): void {
    this.#run(this.current, 'next');
  }

  /** Runs all cells, or those above the selected one. */
  runAll(above = false): void {
    const end = above ? this.notebook.indexOf(this.current) : this.notebook.cells.length;
    this.editing = null;
    this.#send(this.notebook.cells.slice(0, end).map(({ id }) => id));
  }

  /** Adds a cell behind the selected one. */
  add(kind: CellKind, source = ''): void {
    this.#insert(this.notebook.indexOf(this.current) + 1, kind, source, true);
  }

  /** Runs what is selected in the selected cell, or the line of the cursor. */
  runPart(): void {
    const editor = this.currentEditor;
    if (editor) this.#tellPart(this.current, editor.takeSelection(false));
  }

  /** The editor of the selected cell, if that holds Python; null while it has none. */
  get currentEditor(): CodeEditor | null {
    return this.notebook.find(this.current)?.kind === 'python' ? (this.#cell(this.current)?.editor ?? null) : null;
  }

  override render() {
    const words = strings.workbench.notebook;
    const { notebook, current } = this;
    return html`
      <div role="list" aria-label=${words.label} @keydown=${this.#key}>
        ${repeat(
          notebook.cells,
          ({ id }) => id,
          (cell, index) => html`<div role="listitem">
            <dormouse-cell
              data-id=${cell.id}
              class=${cell.id === current ? 'selected' : ''}
              tabindex=${cell.id === current ? 0 : -1}
              role="group"
              aria-label=${words.cell(index + 1, cell.kind)}
              .cell=${cell}
              .number=${index + 1}
              .result=${notebook.result(cell.id)}
              .edited=${notebook.isEdited(cell.id)}
              .waiting=${this.waiting.includes(cell.id)}
              .editing=${this.editing === cell.id}
              .readOnly=${this.readOnly}
              .cursor=${cell.id === current ? this.keptCursor : null}
              @focusin=${() => this.#select(cell.id)}
              @pointerdown=${() => this.#select(cell.id)}
              @edit=${({ detail }: CustomEvent<string>) => this.#edit(cell.id, detail)}
              @move=${() => this.dispatchEvent(new Event('select'))}
              @run=${() => this.#run(cell.id, 'next')}
              @run-stay=${() => this.#run(cell.id, 'stay')}
              @run-insert=${() => this.#run(cell.id, 'insert')}
              @enter=${() => this.#enter(cell.id)}
              @run-part=${({ detail }: CustomEvent<CodePart>) => this.#tellPart(cell.id, detail)}
              @split=${({ detail }: CustomEvent<number>) => this.#split(cell.id, detail)}
              @format=${() => this.dispatchEvent(new Event('format'))}
              @leave=${() => this.#leave(cell.id)}
              @up=${() => this.#step(-1, true)}
              @down=${() => this.#step(1, true)}
            ></dormouse-cell>
          </div>`,
        )}
      </div>
      <p role="status" class="hidden-visually">${this.said}</p>
    `;
  }

  /** Keys of the command mode: the cell itself has the focus, not its editor. */
  #key(event: KeyboardEvent): void {
    const target = event.composedPath()[0];
    if (!(target instanceof HTMLElement) || target.tagName !== 'DORMOUSE-CELL') return;
    const id = this.current;
    const { key, altKey, shiftKey } = event;
    const control = event.ctrlKey || event.metaKey;
    if (key === 'Enter') {
      if (shiftKey) this.#run(id, 'next');
      else if (control) this.#run(id, 'stay');
      else if (altKey) this.#run(id, 'insert');
      else this.#enter(id);
    } else if (altKey && (key === 'ArrowUp' || key === 'ArrowDown')) {
      this.#change(() => this.notebook.move(id, key === 'ArrowUp' ? -1 : 1), id);
    } else if (control || altKey || !this.#command(key, id)) return;
    event.preventDefault();
  }

  #command(key: string, id: string): boolean {
    const at = this.notebook.indexOf(id);
    if (key !== 'd') this.#deleting = 0;
    if (key === 'ArrowUp' || key === 'k') this.#step(-1, false);
    else if (key === 'ArrowDown' || key === 'j') this.#step(1, false);
    else if (key === '?') this.dispatchEvent(new Event('shortcuts'));
    else if (this.readOnly) return false;
    else if (key === 'a') this.#insert(at, 'python', '', false);
    else if (key === 'b') this.#insert(at + 1, 'python', '', false);
    else if (key === 'm' || key === 'y') this.#change(() => this.notebook.setKind(id, key === 'm' ? 'markdown' : 'python'), id);
    else if (key === 'M') this.#change(() => this.notebook.merge(id), id);
    else if (key === 'z') {
      const back = this.notebook.bringBack();
      if (back) this.#change(() => undefined, back.id);
    } else if (key === 'd') {
      if (Date.now() - this.#deleting < TWICE) {
        this.#deleting = 0;
        const { cells } = this.notebook;
        const next = (cells[at + 1] ?? cells[at - 1])?.id ?? null;
        this.#change(() => this.notebook.remove(id), next);
      } else this.#deleting = Date.now();
    } else return false;
    return true;
  }

  #run(id: string, then: 'next' | 'stay' | 'insert'): void {
    const cell = this.notebook.find(id);
    if (!cell) return;
    this.editing = null;
    this.#send([id]);
    const at = this.notebook.indexOf(id);
    if (then === 'insert' || (then === 'next' && at === this.notebook.cells.length - 1)) this.#insert(at + 1, 'python', '', true);
    else if (then === 'next') this.#step(1, false, id);
    else if (cell.kind !== 'python') this.#focus(id);
  }

  #send(ids: string[]): void {
    const python = ids.filter((id) => this.notebook.find(id)?.kind === 'python');
    if (python.length > 0) this.dispatchEvent(new CustomEvent('run-cells', { detail: python }));
  }

  #enter(id: string): void {
    this.#select(id);
    if (this.notebook.find(id)?.kind === 'markdown') this.editing = id;
    void this.updateComplete.then(() => this.#cell(id)?.edit());
  }

  /** Puts the cursor at a line of a cell's source, counted from 1. */
  async goTo(id: string, line: number): Promise<void> {
    this.#select(id);
    await this.updateComplete;
    await this.#cell(id)?.edit(line);
  }

  #tellPart(id: string, part: CodePart): void {
    this.dispatchEvent(new CustomEvent<CellPart>('run-part', { detail: { ...part, cell: id } }));
  }

  #split(id: string, offset: number): void {
    if (this.readOnly) return;
    const second = this.notebook.split(id, offset);
    if (!second) return;
    this.#change(() => undefined, second.id);
    this.#enter(second.id);
  }

  #leave(id: string): void {
    this.editing = null;
    this.#focus(id);
  }

  #edit(id: string, source: string): void {
    this.notebook.edit(id, source);
    this.dispatchEvent(new Event('edit'));
  }

  #insert(at: number, kind: CellKind, source: string, edit: boolean): void {
    if (this.readOnly) return;
    const { id } = this.notebook.insert(at, kind, source);
    this.#change(() => undefined, id);
    if (edit) this.#enter(id);
  }

  #change(act: () => unknown, select: string | null): void {
    if (this.readOnly) return;
    act();
    this.selected = select;
    this.requestUpdate();
    this.dispatchEvent(new Event('edit'));
    this.#focus(this.current);
  }

  #step(by: number, edit: boolean, from = this.current): void {
    const next = this.notebook.cells[this.notebook.indexOf(from) + by];
    if (!next) return;
    if (edit && next.kind === 'python') this.#enter(next.id);
    else this.#focus(next.id);
  }

  #focus(id: string): void {
    this.#select(id);
    void this.updateComplete.then(() => {
      const cell = this.#cell(id);
      cell?.focus({ preventScroll: true });
      cell?.scrollIntoView({ block: 'nearest' });
    });
  }

  #select(id: string): void {
    if (this.current === id && this.selected !== null) return;
    this.selected = id;
    this.dispatchEvent(new Event('select'));
  }

  #cell(id: string): NotebookCell | null {
    return this.renderRoot.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-block-size: 0;
        overflow: auto;
        background: var(--surface);
      }

      [role='list'] {
        max-inline-size: 75rem;
        padding-block: var(--space-2) 30vh;
      }

      dormouse-cell.selected {
        border-inline-start-color: var(--line-control);
      }

      dormouse-cell.selected:focus-within,
      dormouse-cell:focus {
        border-inline-start-color: var(--accent);
      }

      dormouse-cell:focus-visible {
        outline-offset: -2px;
      }

      @media print {
        :host {
          overflow: visible;
        }

        [role='list'] {
          max-inline-size: none;
          padding-block: 0;
        }

        [role='listitem'] {
          break-inside: avoid-page;
        }
      }
    `,
  ];
}

customElements.define('dormouse-notebook', NotebookElement);
