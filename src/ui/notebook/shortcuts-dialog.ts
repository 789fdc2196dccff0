/** The list of keyboard shortcuts: those of the code, and in the notebook those of its cells. */
import { css, html, LitElement, nothing } from 'lit';
import type { NotebookView } from '../../notebook';
import { dialogStyles } from '../dialog-styles';
import { strings } from '../strings';
import { shared } from '../styles';

export class ShortcutsDialog extends LitElement {
  static override properties = { view: { state: true } };

  declare private view: NotebookView;

  constructor() {
    super();
    this.view = 'script';
  }

  /** Opens it; when it is closed the focus goes back to where it was. */
  async show(view: NotebookView): Promise<void> {
    this.view = view;
    await this.updateComplete;
    this.renderRoot.querySelector('dialog')?.showModal();
  }

  override render() {
    const words = strings.workbench.shortcuts;
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${words.title}</h2>
      ${this.view === 'notebook' ? this.#keys(words.cells, words.cellKeys) : nothing}
      ${this.#keys(words.code, words.codeKeys)}
      <form method="dialog"><button class="outlined">${words.close}</button></form>
    </dialog>`;
  }

  #keys(title: string, keys: readonly (readonly [string, string])[]) {
    return html`<h3>${title}</h3>
      <dl>${keys.map(([key, what]) => html`<dt><kbd>${key}</kbd></dt><dd>${what}</dd>`)}</dl>`;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      h3 {
        margin-block-start: var(--space-3);
        font-size: var(--size-2);
      }

      dl {
        display: grid;
        grid-template-columns: minmax(8rem, auto) 1fr;
        gap: var(--space-1) var(--space-4);
        padding-block: var(--space-1) var(--space-3);
        font-size: var(--size-2);
      }

      kbd {
        font-family: var(--font-code);
      }
    `,
  ];
}

customElements.define('dormouse-shortcuts', ShortcutsDialog);
