/** Says why a state file cannot be written, and offers to write it without what is in the way. */
import { html, LitElement, nothing } from 'lit';
import type { DownloadProblem } from '../session';
import { dialogStyles } from './dialog-styles';
import { formatBytes, formatPath } from './format';
import { strings } from './strings';
import { shared } from './styles';

/** More would not be read, and would take long to show. */
const MOST_ROWS = 500;

/** Events: `confirm`, CustomEvent<DownloadProblem['leaveOut']>: what to leave out. */
export class DownloadDialog extends LitElement {
  static override properties = { problem: { state: true } };

  declare private problem: DownloadProblem | null;

  constructor() {
    super();
    this.problem = null;
  }

  async show(problem: DownloadProblem): Promise<void> {
    this.problem = problem;
    await this.updateComplete;
    if (!this.#dialog.open) this.#dialog.showModal();
  }

  override render() {
    const words = strings.download;
    const all = this.problem?.leaveOut ?? [];
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <h2 id="title">${words.title}</h2>
      <p id="text">${this.problem?.message}</p>
      ${
        all.length === 0
          ? nothing
          : html`<div class="list" tabindex="0" role="region" aria-label=${words.path}>
              <table>
                <thead>
                  <tr><th>${words.path}</th><th class="number">${words.size}</th><th>${words.reason}</th></tr>
                </thead>
                <tbody>
                  ${all
                    .slice(0, MOST_ROWS)
                    .map(
                      ({ path, size, reason }) =>
                        html`<tr><td class="path">${formatPath(path)}</td><td class="number">${formatBytes(size)}</td><td>${reason}</td></tr>`,
                    )}
                </tbody>
              </table>
              ${all.length > MOST_ROWS ? html`<p class="soft">${strings.state.shown(MOST_ROWS, all.length)}</p>` : nothing}
            </div>`
      }
      <div class="buttons">
        <button class="outlined" autofocus @click=${() => this.#dialog.close()}>${words.cancel}</button>
        ${all.length === 0 ? nothing : html`<button class="primary" @click=${this.#confirm}>${words.without}</button>`}
      </div>
    </dialog>`;
  }

  #confirm(): void {
    this.#dialog.close();
    this.dispatchEvent(new CustomEvent('confirm', { detail: this.problem?.leaveOut ?? [] }));
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [shared, dialogStyles];
}

customElements.define('dormouse-download-dialog', DownloadDialog);
