/** Asks before something that cannot be undone, or ends what goes on. */
import { html, LitElement } from 'lit';
import { dialogStyles } from './dialog-styles';
import { shared } from './styles';

export interface Question {
  title: string;
  text: string;
  confirm: string;
  cancel: string;
}

export class QuestionDialog extends LitElement {
  static override properties = { question: { state: true } };

  declare private question: Question;
  #answer: (confirmed: boolean) => void = () => undefined;

  constructor() {
    super();
    this.question = { title: '', text: '', confirm: '', cancel: '' };
  }

  /** Opens it with the focus on the way back; resolves with whether it was confirmed. */
  async ask(question: Question): Promise<boolean> {
    this.question = question;
    await this.updateComplete;
    const answer = new Promise<boolean>((resolve) => {
      this.#answer = resolve;
    });
    this.#dialog.showModal();
    return answer;
  }

  /** Closes it without an answer of the person's: as if it were cancelled. */
  dismiss(): void {
    this.renderRoot.querySelector('dialog')?.close();
  }

  override render() {
    const { title, text, confirm, cancel } = this.question;
    return html`<dialog aria-labelledby="title" aria-describedby="text" @close=${() => this.#answer(false)}>
      <h2 id="title">${title}</h2>
      <p id="text">${text}</p>
      <div class="buttons">
        <button class="outlined" autofocus @click=${() => this.#dialog.close()}>${cancel}</button>
        <button class="primary" @click=${this.#confirm}>${confirm}</button>
      </div>
    </dialog>`;
  }

  #confirm(): void {
    this.#answer(true);
    this.#dialog.close();
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [shared, dialogStyles];
}

customElements.define('dormouse-question', QuestionDialog);
