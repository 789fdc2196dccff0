/** Asks before the session is cleared. */
import { html, LitElement } from 'lit';
import { dialogStyles } from './dialog-styles';
import { strings } from './strings';
import { shared } from './styles';

/** Events: `confirm`. */
export class ClearDialog extends LitElement {
  /** Opens it with the focus on Cancel; Escape closes it, and the focus goes back to where it was. */
  show(): void {
    this.#dialog.showModal();
  }

  override render() {
    const { title, text, confirm, cancel } = strings.clear;
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <h2 id="title">${title}</h2>
      <p id="text">${text}</p>
      <div class="buttons">
        <button class="outlined" autofocus @click=${() => this.#dialog.close()}>${cancel}</button>
        <button class="primary" @click=${this.#confirm}>${confirm}</button>
      </div>
    </dialog>`;
  }

  #confirm(): void {
    this.#dialog.close();
    this.dispatchEvent(new Event('confirm'));
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [shared, dialogStyles];
}

customElements.define('dormouse-clear-dialog', ClearDialog);
