/** Asks whether the package index may be told that a package was asked for. Event: `answer` (CustomEvent<boolean>). */
import { html, LitElement, type PropertyValues } from 'lit';
import './question-dialog';
import type { PackagesState } from '../session';
import type { QuestionDialog } from './question-dialog';
import { strings } from './strings';

export class PackageQuestion extends LitElement {
  static override properties = { question: { attribute: false } };

  /** Null while there is nothing to ask. */
  declare question: PackagesState['question'];

  constructor() {
    super();
    this.question = null;
  }

  override render() {
    return html`<dormouse-question></dormouse-question>`;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('question')) void this.#ask(this.question);
  }

  async #ask(question: PackagesState['question']): Promise<void> {
    const dialog = this.renderRoot.querySelector('dormouse-question') as QuestionDialog;
    dialog.dismiss();
    if (!question) return;
    const { title, text, confirm, cancel } = strings.packages.question;
    const { name, host } = question;
    const allowed = await dialog.ask({ title: title(name), text: text(name, host), confirm, cancel });
    if (this.question === question) this.dispatchEvent(new CustomEvent('answer', { detail: allowed }));
  }
}

customElements.define('dormouse-package-question', PackageQuestion);
