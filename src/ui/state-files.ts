/** The session's files: path, size, time of the last change. */
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { FileReport } from '../session';
import { formatBytes, formatPath, formatTime } from './format';
import { strings } from './strings';
import { section, shared } from './styles';

/** So many rows at a time are shown. */
const PAGE = 100;
/** From so many files on there is a field to find one by its name. */
const MANY = 20;

export class StateFiles extends LitElement {
  static override properties = { files: { attribute: false }, shown: { state: true }, wanted: { state: true } };

  declare files: readonly FileReport[];
  declare private shown: number;
  declare private wanted: string;

  constructor() {
    super();
    this.files = [];
    this.shown = PAGE;
    this.wanted = '';
  }

  override render() {
    const words = strings.state;
    const files = this.files.filter(({ kind }) => kind !== 'directory');
    const size = files.reduce((sum, file) => sum + file.size, 0);
    const wanted = this.wanted.toLowerCase();
    const found = wanted === '' ? files : files.filter(({ path }) => formatPath(path).toLowerCase().includes(wanted));
    return html`
      <h3>${words.files} <span class="soft">${files.length > 0 ? words.filesCount(files.length, size) : nothing}</span></h3>
      ${files.length === 0 ? html`<p class="soft">${words.filesEmpty}<br /><code>${words.filesExample}</code></p>` : nothing}
      ${
        files.length > MANY
          ? html`<input type="search" aria-label=${words.filesFind} placeholder=${words.filesFind} .value=${this.wanted} @input=${this.#find} />`
          : nothing
      }
      ${files.length > 0 && found.length === 0 ? html`<p class="soft">${words.filesNone}</p>` : nothing}
      ${found.length > 0 ? this.#table(found) : nothing}
      ${
        found.length > this.shown
          ? html`<p class="more">
              <span class="soft">${words.shown(this.shown, found.length)}</span>
              <button class="outlined" @click=${this.#more}>${words.more(Math.min(PAGE, found.length - this.shown))}</button>
            </p>`
          : nothing
      }
    `;
  }

  #table(files: readonly FileReport[]) {
    const words = strings.state;
    return html`<table>
      <thead>
        <tr><th scope="col">${words.path}</th><th scope="col" class="number">${words.size}</th><th scope="col" class="number">${words.modified}</th></tr>
      </thead>
      <tbody>
        ${repeat(
          files.slice(0, this.shown),
          ({ path }) => path,
          ({ path, kind, size, modified }) => html`<tr>
            <td class="path">${formatPath(path)}</td>
            <td class="number">${kind === 'symlink' ? words.link : formatBytes(size)}</td>
            <td class="number">${formatTime(modified)}</td>
          </tr>`,
        )}
      </tbody>
    </table>`;
  }

  #find(event: InputEvent): void {
    this.wanted = (event.target as HTMLInputElement).value;
    this.shown = PAGE;
  }

  #more(): void {
    this.shown += PAGE;
  }

  static override styles = [
    shared,
    section,
    css`
      input {
        inline-size: 100%;
      }

      .path {
        inline-size: 100%;
        font-family: var(--font-code);
        font-variant-ligatures: none;
        overflow-wrap: anywhere;
      }

      .more {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
      }
    `,
  ];
}

customElements.define('dormouse-state-files', StateFiles);
