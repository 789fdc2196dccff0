/** Shows how far a copy is, with a way to end it. */
import { css, html, LitElement } from 'lit';
import { dialogStyles } from './dialog-styles';
import { strings } from './strings';
import { shared } from './styles';

/** A copy that is done sooner is not worth a dialog, ms. */
const PATIENCE = 300;

export class CopyDialog extends LitElement {
  static override properties = { heading: { state: true }, done: { state: true }, total: { state: true } };

  declare private heading: string;
  declare private done: number;
  declare private total: number;

  constructor() {
    super();
    this.heading = strings.sessions.copying;
    this.done = 0;
    this.total = 0;
  }

  /** Shows the progress of `copy` until it settles; Cancel and Escape abort the signal that it gets. */
  async during<Result>(
    copy: (signal: AbortSignal, onProgress: (done: number, total: number) => void) => Promise<Result>,
    heading: string = strings.sessions.copying,
  ): Promise<Result> {
    this.heading = heading;
    const controller = new AbortController();
    this.done = 0;
    this.total = 0;
    const timer = setTimeout(() => this.#dialog.showModal(), PATIENCE);
    this.#dialog.oncancel = (event) => {
      event.preventDefault();
      controller.abort();
    };
    this.#cancel = () => controller.abort();
    try {
      return await copy(controller.signal, (done, total) => {
        this.done = done;
        this.total = total;
      });
    } finally {
      clearTimeout(timer);
      this.#dialog.close();
    }
  }

  #cancel: () => void = () => undefined;

  override render() {
    const { copied, cancel } = strings.sessions;
    return html`<dialog aria-labelledby="title">
      <h2 id="title">${this.heading}</h2>
      <progress aria-labelledby="title" max=${Math.max(1, this.total)} .value=${this.done}></progress>
      <p class="soft">${copied(this.done, this.total)}</p>
      <div class="buttons"><button class="outlined" autofocus @click=${() => this.#cancel()}>${cancel}</button></div>
    </dialog>`;
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      progress {
        inline-size: 100%;
        margin-block-start: var(--space-3);
        accent-color: var(--accent);
      }
    `,
  ];
}

customElements.define('dormouse-copy-dialog', CopyDialog);
