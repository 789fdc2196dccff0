/** A button and its menu: the rows of a grid, as they are seen, as a file. */
import { css, html, LitElement, nothing } from 'lit';
import { Download } from 'lucide';
import { messageOf } from '../../base/errors';
import { EXPORT_FORMATS, EXTENSIONS, type ExportFormat, exportTable, type GridSource, type GridView } from '../../table';
import '../icon';
import { saveBlob } from '../save-blob';
import { strings } from '../strings';
import { shared } from '../styles';

export class ExportMenu extends LitElement {
  static override properties = {
    source: { attribute: false },
    view: { attribute: false },
    name: { attribute: false },
    safe: { state: true },
    progress: { state: true },
    problem: { state: true },
  };

  declare source: GridSource;
  declare view: GridView;
  /** Of the file, without its extension. */
  declare name: string;
  /** Whether what spreadsheets take for formulas becomes text. */
  declare private safe: boolean;
  /** Null while nothing is written. */
  declare private progress: { done: number; total: number } | null;
  declare private problem: string | null;
  #abort: AbortController | null = null;

  constructor() {
    super();
    this.view = {};
    this.name = 'table';
    this.safe = true;
    this.progress = null;
    this.problem = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
  }

  override render() {
    const words = strings.grid.export;
    return html`
      <button id="open" class="outlined" popovertarget="menu"><dormouse-icon .glyph=${Download}></dormouse-icon><span>${words.open}</span></button>
      <div id="menu" popover role="group" aria-label=${words.label} @beforetoggle=${this.#place} @keydown=${this.#key}>
        ${EXPORT_FORMATS.map((format) => html`<button class="item" @click=${() => this.#export(format)}>${words.formats[format]}</button>`)}
        <label><input type="checkbox" .checked=${this.safe} @change=${this.#safeChanged} /> ${words.safe}</label>
        <p class="soft">${words.safeHint}</p>
      </div>
      ${
        this.progress === null
          ? nothing
          : html`<progress aria-label=${words.writing} max=${Math.max(1, this.progress.total)} .value=${this.progress.done}></progress>
              <button class="outlined" @click=${() => this.#abort?.abort()}>${words.cancel}</button>`
      }
      <span role="status" class="soft">${this.problem ?? ''}</span>
    `;
  }

  #safeChanged(event: Event): void {
    this.safe = (event.target as HTMLInputElement).checked;
  }

  async #export(format: ExportFormat): Promise<void> {
    this.renderRoot.querySelector<HTMLElement>('#menu')?.hidePopover();
    this.#abort?.abort();
    const abort = new AbortController();
    this.#abort = abort;
    this.problem = null;
    this.progress = { done: 0, total: this.source.rowCount };
    try {
      const blob = await exportTable(this.source, format, {
        name: this.name,
        view: this.view,
        neutralize: this.safe,
        signal: abort.signal,
        onProgress: (done, total) => {
          if (this.#abort === abort) this.progress = { done, total };
        },
      });
      saveBlob(blob, `${this.name.replace(/[\\/:*?"<>|]/g, '_')}.${EXTENSIONS[format]}`);
    } catch (error) {
      if (!abort.signal.aborted) this.problem = messageOf(error);
    } finally {
      if (this.#abort === abort) {
        this.#abort = null;
        this.progress = null;
      }
    }
  }

  #place(event: ToggleEvent): void {
    if (event.newState === 'closed') return;
    const button = this.renderRoot.querySelector('#open') as HTMLElement;
    const menu = this.renderRoot.querySelector('#menu') as HTMLElement;
    const { left, bottom } = button.getBoundingClientRect();
    menu.style.setProperty('--left', `${Math.max(8, Math.min(left, innerWidth - 288))}px`);
    menu.style.setProperty('--top', `${Math.max(8, Math.min(bottom + 4, innerHeight - 440))}px`);
  }

  #key(event: KeyboardEvent): void {
    const items = [...this.renderRoot.querySelectorAll<HTMLElement>('#menu button, #menu input')];
    const at = items.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
      }

      #menu {
        position: fixed;
        inset: var(--top) auto auto var(--left);
        inline-size: min(17rem, 100vw - 1rem);
        margin: 0;
        padding: var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink);
        box-shadow: var(--shadow);
      }

      .item {
        display: flex;
        inline-size: 100%;
        justify-content: start;
      }

      label {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-3) 0;
        font-size: var(--size-2);
      }

      label input {
        min-block-size: 24px;
        min-inline-size: 24px;
        accent-color: var(--accent);
      }

      #menu p {
        padding: 0 var(--space-3);
        font-size: var(--size-1);
      }

      progress {
        inline-size: 6rem;
        accent-color: var(--accent);
      }
    `,
  ];
}

customElements.define('dormouse-export', ExportMenu);
