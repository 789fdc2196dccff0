/** Asks what goes into a capsule, with what each choice costs. */
import { css, html, LitElement, nothing } from 'lit';
import type { CapsuleMeasure } from '../session';
import { dialogStyles } from './dialog-styles';
import { formatBytes } from './format';
import { strings } from './strings';
import { shared } from './styles';

/** What the person chose. */
export interface CapsuleParts {
  memory: boolean;
  /** Numbers of named checkpoints. */
  checkpoints: number[];
}

/** Events: `confirm` (CustomEvent<CapsuleParts>). */
export class CapsuleDialog extends LitElement {
  static override properties = { measure: { state: true }, memory: { state: true }, checkpoints: { state: true } };

  declare private measure: CapsuleMeasure | null;
  declare private memory: boolean;
  declare private checkpoints: readonly number[];

  constructor() {
    super();
    this.measure = null;
    this.memory = false;
    this.checkpoints = [];
  }

  async show(measure: CapsuleMeasure): Promise<void> {
    this.measure = measure;
    this.memory = measure.memory !== null;
    this.checkpoints = [];
    await this.updateComplete;
    this.#dialog.showModal();
  }

  override render() {
    const words = strings.capsule.download;
    const { measure, memory, checkpoints } = this;
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <h2 id="title">${words.title}</h2>
      <p id="text">${words.text}</p>
      ${
        measure === null
          ? nothing
          : html`<div class="choices">
              <label><input type="checkbox" checked disabled />${words.files(formatBytes(measure.files))}</label>
              ${
                measure.memory === null
                  ? html`<p class="soft">${words.noMemory}</p>`
                  : html`<label>
                      <input id="memory" type="checkbox" .checked=${memory} @change=${this.#chooseMemory} />${words.memory(formatBytes(measure.memory.bytes))}
                    </label>`
              }
              ${measure.checkpoints.map(
                ({ id, name, bytes }) => html`<label>
                  <input type="checkbox" .checked=${checkpoints.includes(id)} @change=${(event: Event) => this.#choose(id, event)} />
                  ${words.checkpoint(name, formatBytes(bytes))}
                </label>`,
              )}
            </div>
            <p><strong>${words.total(formatBytes(this.#total(measure)))}</strong></p>`
      }
      <div class="buttons">
        <button class="outlined" @click=${() => this.#dialog.close()}>${words.cancel}</button>
        <button class="primary" autofocus @click=${this.#confirm}>${words.confirm}</button>
      </div>
    </dialog>`;
  }

  #total({ files, memory, checkpoints }: CapsuleMeasure): number {
    const chosen = checkpoints.filter(({ id }) => this.checkpoints.includes(id));
    return chosen.reduce((sum, { bytes }) => sum + bytes, files + (this.memory ? (memory?.bytes ?? 0) : 0));
  }

  #chooseMemory(event: Event): void {
    this.memory = (event.target as HTMLInputElement).checked;
  }

  #choose(id: number, event: Event): void {
    const others = this.checkpoints.filter((other) => other !== id);
    this.checkpoints = (event.target as HTMLInputElement).checked ? [...others, id] : others;
  }

  #confirm(): void {
    this.#dialog.close();
    const detail: CapsuleParts = { memory: this.memory, checkpoints: [...this.checkpoints] };
    this.dispatchEvent(new CustomEvent('confirm', { detail }));
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      .choices {
        display: grid;
        gap: var(--space-1);
        margin-block-start: var(--space-3);
      }

      label {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        min-block-size: var(--target);
      }
    `,
  ];
}

customElements.define('dormouse-capsule-dialog', CapsuleDialog);
