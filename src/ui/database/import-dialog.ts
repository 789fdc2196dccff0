/** Asks which file becomes a table, where, and under which name. */
import { css, html, LitElement, nothing } from 'lit';
import { dialogStyles } from '../dialog-styles';
import { formatPath } from '../format';
import { databaseWords } from '../strings/database';
import { choice, shared } from '../styles';

export interface Import {
  /** The file. */
  source: string;
  /** The database. */
  path: string;
  table: string;
}

/** The database that is made where there is none. */
const NEW = 'home/pyodide/data.db';

/** Event: `confirm` (CustomEvent<Import>). */
export class ImportDialog extends LitElement {
  static override properties = { sources: { attribute: false }, databases: { attribute: false }, table: { state: true } };

  /** Paths. */
  declare sources: readonly string[];
  declare databases: readonly string[];
  declare private table: string;

  constructor() {
    super();
    this.sources = [];
    this.databases = [];
    this.table = '';
  }

  /** @param database the one to begin with; null for a new one */
  async show(database: string | null): Promise<void> {
    this.table = tableName(this.sources[0] ?? '');
    await this.updateComplete;
    const select = this.renderRoot.querySelector<HTMLSelectElement>('select[name="path"]');
    if (select) select.value = database ?? NEW;
    this.#dialog.showModal();
  }

  override render() {
    const words = databaseWords;
    const { sources } = this;
    return html`<dialog aria-labelledby="title">
      <form method="dialog" @submit=${this.#confirm}>
        <h2 id="title">${words.importTitle}</h2>
        ${
          sources.length === 0
            ? html`<p>${words.importNone}</p>`
            : html`<label>${words.importFile}<select name="source" @change=${this.#chosen}>
                  ${sources.map((path) => html`<option value=${path}>${formatPath(path)}</option>`)}
                </select></label>
                <label>${words.importInto}<select name="path">
                  ${this.databases.map((path) => html`<option value=${path}>${formatPath(path)}</option>`)}
                  ${this.databases.includes(NEW) ? nothing : html`<option value=${NEW}>${words.importNew}</option>`}
                </select></label>
                <label>${words.importTable}<input name="table" required pattern=".*\\S.*" autocomplete="off" .value=${this.table} /></label>
                <p class="soft">${words.importHint}</p>`
        }
        <div class="buttons">
          <button type="button" class="outlined" @click=${() => this.#dialog.close()}>${words.cancel}</button>
          ${sources.length === 0 ? nothing : html`<button class="primary">${words.importConfirm}</button>`}
        </div>
      </form>
    </dialog>`;
  }

  #chosen(event: Event): void {
    this.table = tableName((event.target as HTMLSelectElement).value);
  }

  #confirm(event: SubmitEvent): void {
    const data = new FormData(event.target as HTMLFormElement);
    const detail: Import = { source: String(data.get('source')), path: String(data.get('path')), table: String(data.get('table')).trim() };
    this.dispatchEvent(new CustomEvent('confirm', { detail }));
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    choice,
    css`
      label {
        display: grid;
        gap: var(--space-1);
        margin-block-start: var(--space-3);
        color: var(--ink-soft);
        font-size: var(--size-2);
      }

      p {
        margin-block-start: var(--space-2);
        font-size: var(--size-2);
      }
    `,
  ];
}

const tableName = (path: string): string => path.slice(path.lastIndexOf('/') + 1).replace(/\.[^.]*$/, '');

customElements.define('dormouse-import', ImportDialog);
