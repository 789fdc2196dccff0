/** Asks for a session's name. */
import { css, html, LitElement } from 'lit';
import { LONGEST_SESSION_NAME } from '../session';
import { dialogStyles } from './dialog-styles';
import { strings } from './strings';
import { shared } from './styles';

/** Events: `confirm`, CustomEvent<string>. */
export class NameDialog extends LitElement {
  /** Opens it with the present name selected; Escape closes it, and the focus goes back to where it was. */
  show(name: string): void {
    this.#input.value = name;
    this.#dialog.showModal();
    this.#input.select();
  }

  override render() {
    const { renameTitle, name, save, cancel } = strings.sessions;
    return html`<dialog aria-labelledby="title">
      <form method="dialog" @submit=${this.#confirm}>
        <h2 id="title">${renameTitle}</h2>
        <label>${name}<input name="name" required pattern=".*\\S.*" maxlength=${LONGEST_SESSION_NAME} autocomplete="off" autofocus /></label>
        <div class="buttons">
          <button type="button" class="outlined" @click=${() => this.#dialog.close()}>${cancel}</button>
          <button class="primary">${save}</button>
        </div>
      </form>
    </dialog>`;
  }

  #confirm(): void {
    this.dispatchEvent(new CustomEvent('confirm', { detail: this.#input.value }));
  }

  get #input(): HTMLInputElement {
    return this.renderRoot.querySelector('input') as HTMLInputElement;
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      label {
        display: grid;
        gap: var(--space-1);
        margin-block-start: var(--space-3);
        color: var(--ink-soft);
        font-size: var(--size-2);
      }
    `,
  ];
}

customElements.define('dormouse-name-dialog', NameDialog);
