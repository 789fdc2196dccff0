/** Hands the session on: as a link that holds it whole, through the system's share sheet, or as a file. */
import { css, html, LitElement, nothing } from 'lit';
import { dialogStyles } from './dialog-styles';
import { formatBytes, formatCount } from './format';
import { saveBlob } from './save-blob';
import { strings } from './strings';
import { shared } from './styles';

/** What is handed on. */
export interface Shared {
  name: string;
  /** The capsule, without variables. */
  file: File;
  /** The link that holds it; null when it would be too long. */
  link: string | null;
}

/** Event: `handed-over` when the file was saved or given to another program. */
export class ShareDialog extends LitElement {
  static override properties = { shared: { state: true }, said: { state: true } };

  declare private shared: Shared | null;
  /** What became of the last button. */
  declare private said: string;

  constructor() {
    super();
    this.shared = null;
    this.said = '';
  }

  async show(shared: Shared): Promise<void> {
    this.shared = shared;
    this.said = '';
    await this.updateComplete;
    this.#dialog.showModal();
  }

  override render() {
    const words = strings.capsule.share;
    const { shared } = this;
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <h2 id="title">${words.title(shared?.name ?? '')}</h2>
      <p id="text">${words.text}</p>
      ${shared === null ? nothing : shared.link === null ? html`<p>${words.tooLong(formatBytes(shared.file.size))}</p>` : this.#link(shared.link)}
      <p class="soft" role="status">${this.said}</p>
      <div class="buttons">
        <button class="outlined" @click=${() => this.#dialog.close()}>${words.close}</button>
        ${this.#sheet === null ? nothing : html`<button class="outlined" @click=${this.#share}>${words.sheet}</button>`}
        <button class=${shared?.link ? 'outlined' : 'primary'} @click=${this.#save}>${words.save(formatBytes(shared?.file.size ?? 0))}</button>
        ${shared?.link ? html`<button class="primary" autofocus @click=${() => this.#copy(shared.link ?? '')}>${words.copy}</button>` : nothing}
      </div>
    </dialog>`;
  }

  #link(link: string) {
    const words = strings.capsule.share;
    return html`
      <label>
        <span>${words.link}</span>
        <input readonly .value=${link} @focus=${(event: Event) => (event.target as HTMLInputElement).select()} />
      </label>
      <p class="soft">${words.linkText(formatCount(link.length))}</p>
    `;
  }

  /** What the system's share sheet takes of it; null where there is none. */
  get #sheet(): ShareData | null {
    const { shared } = this;
    if (!shared || typeof navigator.share !== 'function') return null;
    const { name, file, link } = shared;
    const choices: ShareData[] = [{ title: name, files: [file] }, ...(link === null ? [] : [{ title: name, url: link }])];
    return choices.find((data) => navigator.canShare?.(data)) ?? null;
  }

  async #copy(link: string): Promise<void> {
    const words = strings.capsule.share;
    try {
      await navigator.clipboard.writeText(link);
      this.said = words.copied;
    } catch {
      // Refused, or this page may not: the text is there to be copied by hand.
      this.renderRoot.querySelector('input')?.focus();
      this.said = words.copyByHand;
    }
  }

  readonly #share = async (): Promise<void> => {
    try {
      await navigator.share(this.#sheet ?? {});
      this.dispatchEvent(new Event('handed-over'));
      this.#dialog.close();
    } catch (error) {
      // Sent away by the person, who knows.
      if (error instanceof Error && error.name === 'AbortError') return;
      this.said = strings.capsule.share.sheetRefused;
    }
  };

  readonly #save = (): void => {
    if (!this.shared) return;
    saveBlob(this.shared.file, this.shared.file.name);
    this.dispatchEvent(new Event('handed-over'));
    this.said = strings.capsule.share.saved(this.shared.file.name);
  };

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
      }

      input {
        inline-size: 100%;
        font-family: var(--font-code);
      }

      [role='status'] {
        min-block-size: 1.5em;
      }
    `,
  ];
}

customElements.define('dormouse-share-dialog', ShareDialog);
