/** Shows what is in a file before it becomes a session. Everything in it is a stranger's word: it is shown as text only. */
import { css, html, LitElement, nothing, type TemplateResult } from 'lit';
import type { LookedTable, Preview } from '../session';
import './database/database-preview';
import { dialogStyles } from './dialog-styles';
import { kindOf } from './files/file-kind';
import { formatBytes, formatPath } from './format';
import './notebook/notebook-preview';
import { compareWords } from './strings/compare';
import { openingWords } from './strings/opening';
import { shared } from './styles';

/** Rows of a list; nobody reads more. */
const MOST_ROWS = 200;
const MOST_DATABASES = 20;

/** What the person chose to do. */
export type OpenChoice = 'open' | 'resume' | 'replace' | 'compare';

export interface AskOptions {
  /** Whether it may take the place of the session that is shown. */
  replaces: boolean;
  /** Whether there is a session that it can be compared with. */
  compares: boolean;
  /** The tables of a database among the files. */
  look(path: string): Promise<LookedTable[]>;
}

export class OpenDialog extends LitElement {
  static override properties = { preview: { state: true }, replaces: { state: true }, compares: { state: true } };

  declare private preview: Preview | null;
  /** Whether it may take the place of the session that is shown. */
  declare private replaces: boolean;
  /** Whether there is a session that it can be compared with. */
  declare private compares: boolean;
  #look: AskOptions['look'] = async () => [];
  #settle: (choice: OpenChoice | null) => void = () => undefined;

  constructor() {
    super();
    this.preview = null;
    this.replaces = false;
    this.compares = false;
  }

  /** Resolves with the choice, null when there is none. */
  async ask(preview: Preview, { replaces, compares, look }: AskOptions): Promise<OpenChoice | null> {
    this.#look = look;
    this.preview = preview;
    this.compares = compares;
    this.replaces = replaces && preview.closed === null;
    await this.updateComplete;
    this.#dialog.showModal();
    return new Promise((resolve) => {
      this.#settle = resolve;
    });
  }

  override render() {
    const words = openingWords;
    const { preview } = this;
    return html`<dialog aria-labelledby="title" aria-describedby="text" @close=${() => this.#settle(null)}>
      <h2 id="title">${words.title(preview?.name ?? '')}</h2>
      <p id="text">${words.nothingRan} ${this.replaces ? words.replaces : nothing}</p>
      ${preview === null ? nothing : this.#contents(preview)}
      <div class="buttons">
        <button class="outlined" @click=${() => this.#choose(null)}>${words.cancel}</button>
        ${this.compares ? html`<button class="outlined" @click=${() => this.#choose('compare')}>${compareWords.preview}</button>` : nothing}
        ${this.replaces ? html`<button class="outlined" @click=${() => this.#choose('replace')}>${words.replace}</button>` : nothing}
        ${preview?.memory && preview.closed === null ? html`<button class="outlined" @click=${() => this.#choose('resume')}>${words.resume}</button>` : nothing}
        ${preview?.closed === null ? html`<button class="primary" autofocus @click=${() => this.#choose('open')}>${words.confirm}</button>` : nothing}
      </div>
    </dialog>`;
  }

  #contents(preview: Preview) {
    const words = openingWords;
    const { form, fileCount, bytes, runtime, runs, code, notes, memory, packages, checkpoints, leftOut, unlisted, closed } = preview;
    const facts = [
      form === 'notebook' ? words.form.notebook : words.summary(words.form[form], fileCount, formatBytes(bytes)),
      ...(runtime ? [words.runtime(runtime.python)] : []),
      ...(runs > 0 ? [words.runs(runs)] : []),
    ];
    return html`
      ${closed === null ? nothing : html`<p class="warning" role="alert">${closed}</p>`}
      <p>${facts.join(' · ')}</p>
      ${memory ? html`<p class="warning">${words.memoryWarning}</p>` : nothing}
      ${
        code === null
          ? nothing
          : this.#section(
              notes === null ? words.code : words.cells,
              html`${notes === null ? html`<pre tabindex="0">${code}</pre>` : html`<dormouse-notebook-preview .code=${code} .notes=${notes}></dormouse-notebook-preview>`}${preview.codeCut ? html`<p class="soft">${words.codeCut}</p>` : nothing}`,
              true,
            )
      }
      ${this.#list(
        words.files,
        preview.files.map(
          ({ path, kind, size }) => `${formatPath(path)}${kind === 'file' ? ` · ${formatBytes(size)}` : kind === 'directory' ? '/' : ' →'}`,
        ),
        fileCount,
        true,
      )}
      ${this.#databases(preview)}
      ${this.#list(words.variables(memory?.variables.length ?? 0), memory?.variables.map(({ name, type }) => `${name}: ${type}`) ?? [])}
      ${this.#list(
        words.packages,
        packages.map(({ name, version }) => `${name} ${version}`),
      )}
      ${this.#list(
        words.checkpoints,
        checkpoints.map(({ name }) => name),
      )}
      ${this.#list(
        words.leftOut,
        leftOut.map(({ path, reason }) => (form === 'notebook' ? reason : `${formatPath(path)}: ${reason}`)),
      )}
      ${this.#list(words.unlisted, unlisted)}
    `;
  }

  #databases({ files }: Preview) {
    const found = files
      .filter(({ path, kind, size }) => kind === 'file' && size > 0 && kindOf(path) === 'database')
      .slice(0, MOST_DATABASES);
    return found.map(({ path }) => html`<dormouse-database-preview .path=${path} .look=${this.#look}></dormouse-database-preview>`);
  }

  #list(title: string, rows: readonly string[], count = rows.length, open = false) {
    if (rows.length === 0) return nothing;
    const shown = rows.slice(0, MOST_ROWS);
    return this.#section(
      title,
      html`<ul class="list">${shown.map((row) => html`<li>${row}</li>`)}</ul>
        ${count > shown.length ? html`<p class="soft">${openingWords.more(count - shown.length)}</p>` : nothing}`,
      open,
    );
  }

  #section(title: string, content: TemplateResult, open: boolean) {
    return html`<details ?open=${open}><summary>${title}</summary>${content}</details>`;
  }

  #choose(choice: OpenChoice | null): void {
    this.#settle(choice);
    this.#dialog.close();
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      details {
        margin-block-start: var(--space-3);
      }

      summary {
        min-block-size: var(--target);
        font-weight: var(--weight-strong);
        cursor: pointer;
      }

      pre {
        max-block-size: 12rem;
        margin: 0;
        padding: var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        overflow: auto;
        font-family: var(--font-code);
        font-size: var(--size-1);
      }

      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
        overflow-wrap: anywhere;
      }

      .warning {
        padding: var(--space-2) var(--space-3);
        border-inline-start: 3px solid var(--caution);
      }
    `,
  ];
}

customElements.define('dormouse-open-dialog', OpenDialog);
