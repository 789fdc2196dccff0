/** The line above the work: which view of the document is shown, and what can be done with its cells. */
import { css, html, LitElement, nothing } from 'lit';
import {
  ChevronsUp,
  Eraser,
  FileCode,
  FileDown,
  FileText,
  type IconNode,
  Keyboard,
  ListVideo,
  Plus,
  RotateCcw,
  TextSelect,
  Type,
  WandSparkles,
} from 'lucide';
import type { NotebookView } from '../../notebook';
import '../icon';
import { strings } from '../strings';
import { shared } from '../styles';

/** Events: `view` (CustomEvent<NotebookView>), `run-all`, `run-above`, `add` (CustomEvent<'python' | 'markdown'>), `clear-outputs`, `run-part`, `format`, `restart`, `export-py`, `export-ipynb`, `export-html`, `shortcuts`. */
export class NotebookTools extends LitElement {
  static override properties = { view: { attribute: false } };

  declare view: NotebookView;

  constructor() {
    super();
    this.view = 'script';
  }

  override render() {
    const words = strings.workbench.notebook;
    return html`<div role="group" aria-label=${words.label}>
      <span role="group" aria-label=${words.view} class="views">
        ${(['notebook', 'script'] as const).map(
          (view) =>
            html`<button aria-pressed=${String(this.view === view)} @click=${() => this.#tell('view', view)}>${words.views[view]}</button>`,
        )}
      </span>
      ${
        this.view === 'notebook'
          ? html`
            ${this.#button(Plus, words.addCode, 'add', 'python')}
            ${this.#button(Type, words.addText, 'add', 'markdown')}
            ${this.#button(ListVideo, words.runAll, 'run-all')}
            ${this.#button(ChevronsUp, words.runAbove, 'run-above')}
            ${this.#button(Eraser, words.clearOutputs, 'clear-outputs')}
          `
          : nothing
      }
      ${this.#button(TextSelect, words.runPart, 'run-part')}
      ${this.#button(WandSparkles, words.format, 'format')}
      ${this.#button(RotateCcw, words.restart, 'restart')}
      ${this.#button(FileCode, words.exportPy, 'export-py')}
      ${
        this.view === 'notebook'
          ? html`
            ${this.#button(FileDown, words.exportIpynb, 'export-ipynb')}
            ${this.#button(FileText, words.exportHtml, 'export-html')}
          `
          : nothing
      }
      ${this.#button(Keyboard, words.shortcuts, 'shortcuts')}
    </div>`;
  }

  #button(glyph: IconNode, name: string, event: string, detail?: string) {
    return html`<button class="tool" aria-label=${name} title=${name} @click=${() => this.#tell(event, detail)}>
      <dormouse-icon .glyph=${glyph}></dormouse-icon>
    </button>`;
  }

  #tell(event: string, detail?: string): void {
    this.dispatchEvent(new CustomEvent(event, { detail }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        border-block-end: 1px solid var(--line);
        background: var(--surface);
      }

      [role='group'] {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1);
      }

      :host > div {
        padding: var(--space-1) var(--space-2);
      }

      button {
        min-block-size: 1.75rem;
        padding-inline: var(--space-2);
        color: var(--ink-soft);
        font-size: var(--size-1);
      }

      .views {
        margin-inline-end: var(--space-2);
      }

      [aria-pressed='true'] {
        background: var(--hover);
        color: var(--ink);
        font-weight: var(--weight-strong);
      }
    `,
  ];
}

customElements.define('dormouse-notebook-tools', NotebookTools);
