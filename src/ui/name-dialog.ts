/** Asks for a name, of a session or of a moment in its history. */
import { css, html, LitElement, nothing } from 'lit';
import { LONGEST_SESSION_NAME } from '../session';
import { dialogStyles } from './dialog-styles';
import { strings } from './strings';
import { shared } from './styles';

/** Events: `confirm`, CustomEvent<string>. */
export class NameDialog extends LitElement {
  static override properties = { heading: { attribute: false }, hint: { attribute: false }, optional: { attribute: false } };

  /** What is asked. */
  declare heading: string;
  /** A sentence about it; null for none. */
  declare hint: string | null;
  /** Whether there can be no name, too. */
  declare optional: boolean;

  constructor() {
    super();
    this.heading = strings.sessions.renameTitle;
    this.hint = null;
    this.optional = false;
  }

  /** Opens it with the present name selected; Escape closes it, and the focus goes back to where it was. */
  show(name: string): void {
    this.#input.value = name;
    this.#dialog.showModal();
    this.#input.select();
  }

  override render() {
    const { name, save, cancel } = strings.sessions;
    const { heading, hint, optional } = this;
    return html`<dialog aria-labelledby="title">
      <form method="dialog" @submit=${this.#confirm}>
        <h2 id="title">${heading}</h2>
        <label>${name}<input
          name="name"
          ?required=${!optional}
          pattern=${optional ? nothing : '.*\\S.*'}
          maxlength=${LONGEST_SESSION_NAME}
          autocomplete="off"
          aria-describedby=${hint === null ? nothing : 'hint'}
          autofocus
        /></label>
        ${hint === null ? nothing : html`<p id="hint" class="soft">${hint}</p>`}
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

      p {
        margin-block-start: var(--space-1);
        font-size: var(--size-2);
      }
    `,
  ];
}

customElements.define('dormouse-name-dialog', NameDialog);
