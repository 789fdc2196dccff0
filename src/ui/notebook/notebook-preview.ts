/** The cells of a notebook that somebody else may have made, to be looked at before it is opened: nothing of it is run, and nothing in it acts. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { Notebook, readNotes } from '../../notebook';
import '../output/output-view';
import '../output/rich-value';
import { openingWords } from '../strings/opening';
import { shared } from '../styles';

/** More are only counted. */
const MOST_CELLS = 100;

export class NotebookPreview extends LitElement {
  static override properties = { code: { attribute: false }, notes: { attribute: false } };

  /** In the percent format. */
  declare code: string;
  /** What was kept beside it. */
  declare notes: string | null;
  #notebook = new Notebook('');

  constructor() {
    super();
    this.code = '';
    this.notes = null;
    // A table names rows of an interpreter, which is not that of the session on this page.
    this.addEventListener('session-request', (event) => event.stopPropagation());
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('code') || changed.has('notes')) this.#notebook = new Notebook(this.code, readNotes(this.notes));
  }

  override render() {
    const { cells } = this.#notebook;
    return html`<div tabindex="0" role="group" aria-label=${openingWords.cells}>
      ${cells.slice(0, MOST_CELLS).map(({ id, kind, source }) => {
        const { outputs } = this.#notebook.result(id);
        return html`
          ${kind === 'markdown' ? html`<dormouse-rich .data=${{ 'text/markdown': source }}></dormouse-rich>` : html`<pre>${source}</pre>`}
          ${outputs.list.length === 0 && outputs.dropped === 0 ? nothing : html`<dormouse-output-view .outputs=${outputs}></dormouse-output-view>`}
        `;
      })}
      ${cells.length > MOST_CELLS ? html`<p class="soft">${openingWords.moreCells(cells.length - MOST_CELLS)}</p>` : nothing}
    </div>`;
  }

  static override styles = [
    shared,
    css`
      div {
        max-block-size: 24rem;
        padding: var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: auto;
      }

      pre {
        margin: 0;
        padding: var(--space-2);
        border-radius: var(--radius);
        background: var(--sunken);
        overflow: auto;
        font-family: var(--font-code);
        font-size: var(--size-1);
      }

      dormouse-output-view,
      dormouse-rich {
        margin-block: var(--space-2);
      }
    `,
  ];
}

customElements.define('dormouse-notebook-preview', NotebookPreview);
