/** One cell: its code or prose, how its last run went, and what that wrote. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import { Play } from 'lucide';
import type { Cell, CellResult, Cursor } from '../../notebook';
import '../code-editor';
import type { CodeEditor } from '../code-editor';
import { formatDuration } from '../format';
import '../icon';
import '../output/output-view';
import { strings } from '../strings';
import { shared } from '../styles';

/** Events: those of the editor, and `run-stay` of the button; `enter` when it is to be edited. `run-part` has a CodePart as its detail, `split` an offset. */
export class NotebookCell extends LitElement {
  static override properties = {
    cell: { attribute: false },
    result: { attribute: false },
    number: { attribute: false },
    edited: { attribute: false },
    waiting: { attribute: false },
    editing: { attribute: false },
    readOnly: { attribute: false },
    cursor: { attribute: false },
    near: { state: true },
    rendered: { state: true },
  };

  declare cell: Cell;
  declare result: CellResult;
  /** Its place, counted from 1. */
  declare number: number;
  /** It holds something else than what ran. */
  declare edited: boolean;
  /** Its run comes after others. */
  declare waiting: boolean;
  /** Of a Markdown cell: its source is shown. */
  declare editing: boolean;
  declare readOnly: boolean;
  /** Where the cursor is at first; null for the beginning. */
  declare cursor: Cursor | null;
  /** It is in sight or nearly: only then it has an editor. */
  declare private near: boolean;
  /** Safe HTML of its Markdown; null before that is there. */
  declare private rendered: string | null;
  #observer: IntersectionObserver | null = null;
  #placed = false;

  constructor() {
    super();
    this.edited = false;
    this.waiting = false;
    this.editing = false;
    this.readOnly = false;
    this.cursor = null;
    this.near = false;
    this.rendered = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#observer = new IntersectionObserver(
      (entries) => {
        if (entries.some(({ isIntersecting }) => isIntersecting)) this.near = true;
      },
      { rootMargin: '600px' },
    );
    this.#observer.observe(this);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#observer?.disconnect();
  }

  /** Puts the cursor into its source, at the beginning of `line` (counted from 1) if that is given. */
  async edit(line?: number): Promise<void> {
    this.near = true;
    await this.updateComplete;
    await this.#editor?.updateComplete;
    if (line === undefined) this.#editor?.focus();
    else this.#editor?.goTo(line);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (this.cell.kind === 'markdown' && !this.editing && (changed.has('cell') || changed.has('editing'))) void this.#render();
  }

  protected override updated(): void {
    const editor = this.#editor;
    if (!editor) return;
    if (editor.code !== this.cell.source) editor.code = this.cell.source;
    if (!this.#placed) void this.#place(editor);
  }

  override render() {
    const words = strings.workbench.notebook;
    const { cell, result, number } = this;
    const python = cell.kind === 'python';
    const { list, dropped } = result.outputs;
    return html`
      <div class="frame">
        ${
          python
            ? html`<div class="side">
          <button
            aria-label="${words.runCell}, ${words.cell(number, cell.kind)}"
            title=${words.runCell}
            @click=${() => this.dispatchEvent(new Event('run-stay'))}
          ><dormouse-icon .glyph=${Play}></dormouse-icon></button>
        </div>`
            : nothing
        }
        <div class="source">${this.#source()}</div>
        ${python ? html`<span class="state">${this.#state()}</span>` : nothing}
      </div>
      ${
        python && (list.length > 0 || dropped > 0)
          ? html`<div class="outputs" role="region" tabindex="0" aria-label=${words.output(number)}><dormouse-output-view .outputs=${result.outputs}></dormouse-output-view></div>`
          : nothing
      }
    `;
  }

  #source() {
    const words = strings.workbench.notebook;
    const { cell, number } = this;
    if (cell.kind === 'markdown' && !this.editing) {
      const enter = () => this.dispatchEvent(new Event('enter'));
      return html`<div class="prose" @dblclick=${enter}>
        ${cell.source.trim() === '' ? html`<p class="soft">${words.emptyText}</p>` : this.rendered === null ? html`<pre>${cell.source}</pre>` : unsafeHTML(this.rendered)}
      </div>`;
    }
    if (!this.near) return html`<pre class="far">${cell.source}</pre>`;
    const again = (event: Event) => this.dispatchEvent(new Event(event.type));
    return html`<dormouse-code
      cell
      .prose=${cell.kind !== 'python'}
      .label=${words.cell(number, cell.kind)}
      .failed=${this.edited ? null : (this.result.run?.line ?? null)}
      .readOnly=${this.readOnly}
      @edit=${() => this.dispatchEvent(new CustomEvent('edit', { detail: this.#editor?.code }))}
      @move=${again}
      @run=${again}
      @run-stay=${again}
      @run-insert=${again}
      @run-part=${() => this.#tell('run-part', this.#editor?.takeSelection(false))}
      @split=${() => this.#tell('split', this.#editor?.cursor.head)}
      @format=${again}
      @leave=${again}
      @up=${again}
      @down=${again}
    ></dormouse-code>`;
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #state(): string {
    const words = strings.workbench.notebook;
    const { run } = this.result;
    if (this.waiting) return words.waiting;
    if (!run) return '';
    const took = run.ended === null ? '' : formatDuration(run.ended - run.started);
    const status = run.status === 'finished' ? took : [strings.status[run.status], took].filter((part) => part !== '').join(' · ');
    return this.edited ? `${status} · ${words.edited}` : status;
  }

  async #place(editor: CodeEditor): Promise<void> {
    this.#placed = true;
    await editor.updateComplete;
    if (this.cursor) editor.cursor = this.cursor;
  }

  async #render(): Promise<void> {
    const { source } = this.cell;
    const { renderMarkdown } = await import('./markdown');
    if (source === this.cell.source) this.rendered = renderMarkdown(source);
  }

  /** Its editor; null while it has none. */
  get editor(): CodeEditor | null {
    return this.#editor;
  }

  get #editor(): CodeEditor | null {
    return this.renderRoot.querySelector('dormouse-code');
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        border-inline-start: 3px solid transparent;
        padding: var(--space-1) var(--space-3) var(--space-1) var(--space-1);
      }

      .frame {
        position: relative;
        display: grid;
        grid-template-columns: auto minmax(0, 1fr);
        align-items: start;
      }

      .source {
        grid-column: 2;
        min-inline-size: 0;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: hidden;
      }

      .source:has(.prose) {
        border-color: transparent;
      }

      .side button {
        padding: 0;
        color: var(--ink-soft);
      }

      .frame:not(:has(.side)) {
        padding-inline-start: var(--target);
      }

      .state {
        position: absolute;
        inset-block-start: var(--space-1);
        inset-inline-end: var(--space-2);
        background: var(--surface);
        color: var(--ink-soft);
        font-size: var(--size-1);
        font-variant-numeric: tabular-nums;
      }

      .outputs {
        margin: var(--space-1) 0 var(--space-2) var(--target);
        padding-inline: var(--space-2);
        max-block-size: 40rem;
        overflow: auto;
      }

      @media print {
        .side {
          visibility: hidden;
        }

        .outputs {
          max-block-size: none;
          overflow: visible;
        }
      }

      .far {
        padding: var(--space-2) var(--space-4);
        line-height: 1.6;
        overflow: hidden;
      }

      .prose {
        max-inline-size: 70ch;
        padding: var(--space-1) var(--space-2);
        overflow-wrap: anywhere;
      }

      .prose :is(h1, h2, h3, h4, p, ul, ol, pre, table, blockquote) {
        margin-block: 0 var(--space-2);
      }

      .prose h1 {
        font-size: var(--size-5);
      }

      .prose a {
        color: var(--accent);
      }
    `,
  ];
}

customElements.define('dormouse-cell', NotebookCell);
