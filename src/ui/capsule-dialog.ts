/** Asks what goes into a capsule, with what each choice costs. */
import { css, html, LitElement, nothing } from 'lit';
import { COMPANIONS } from '../base/companions';
import type { CapsuleMeasure, FileReport } from '../session';
import { dialogStyles } from './dialog-styles';
import { formatBytes, formatPath } from './format';
import { strings } from './strings';
import { shared } from './styles';

/** What the person chose. */
export interface CapsuleParts {
  memory: boolean;
  /** Numbers of named checkpoints. */
  checkpoints: number[];
  /** Paths of files that go along alone; null for everything. */
  only: string[] | null;
}

/** More files are not offered one by one. */
const MOST_ROWS = 500;

/** Events: `confirm` (CustomEvent<CapsuleParts>). */
export class CapsuleDialog extends LitElement {
  static override properties = {
    measure: { state: true },
    files: { state: true },
    memory: { state: true },
    checkpoints: { state: true },
    only: { state: true },
  };

  declare private measure: CapsuleMeasure | null;
  /** Files, not folders. */
  declare private files: readonly FileReport[];
  declare private memory: boolean;
  declare private checkpoints: readonly number[];
  declare private only: readonly string[] | null;

  constructor() {
    super();
    this.measure = null;
    this.files = [];
    this.memory = false;
    this.checkpoints = [];
    this.only = null;
  }

  async show(measure: CapsuleMeasure, files: readonly FileReport[]): Promise<void> {
    this.measure = measure;
    // Databases first: they are what is mostly handed on alone.
    this.files = files.filter(({ kind }) => kind === 'file').sort((a, b) => Number(b.database) - Number(a.database));
    this.memory = measure.memory !== null;
    this.checkpoints = [];
    this.only = null;
    await this.updateComplete;
    this.#dialog.showModal();
  }

  override render() {
    const words = strings.capsule.download;
    const { measure, only } = this;
    return html`<dialog aria-labelledby="title" aria-describedby="text">
      <h2 id="title">${words.title}</h2>
      <p id="text">${words.text}</p>
      ${
        measure === null
          ? nothing
          : html`
            ${
              this.files.length === 0
                ? nothing
                : html`<fieldset>
                    <legend class="hidden-visually">${words.what}</legend>
                    <label><input type="radio" name="what" .checked=${only === null} @change=${() => this.#limit(null)} />${words.everything}</label>
                    <label><input type="radio" name="what" .checked=${only !== null} @change=${() => this.#limit([])} />${words.some}</label>
                  </fieldset>`
            }
            ${only === null ? this.#everything(measure) : this.#some(only)}
            <p><strong>${words.total(formatBytes(this.#total(measure)))}</strong></p>`
      }
      <div class="buttons">
        <button class="outlined" @click=${() => this.#dialog.close()}>${words.cancel}</button>
        <button class="primary" autofocus @click=${this.#confirm}>${words.confirm}</button>
      </div>
    </dialog>`;
  }

  #everything(measure: CapsuleMeasure) {
    const words = strings.capsule.download;
    const { memory, checkpoints } = this;
    return html`<div class="choices">
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
    </div>`;
  }

  #some(only: readonly string[]) {
    const words = strings.capsule.download;
    const left = this.files.length - MOST_ROWS;
    return html`
      <div class="choices list" role="group" aria-label=${words.which}>
        ${this.files.slice(0, MOST_ROWS).map(
          ({ path, size, database }) => html`<label>
            <input type="checkbox" .checked=${only.includes(path)} @change=${(event: Event) => this.#chooseFile(path, event)} />
            <span>${formatPath(path)} <span class="soft">${database ? `${words.database}, ` : ''}${formatBytes(size)}</span></span>
          </label>`,
        )}
      </div>
      ${left > 0 ? html`<p class="soft">${words.moreFiles(left)}</p>` : nothing}
    `;
  }

  #total({ files, memory, checkpoints }: CapsuleMeasure): number {
    const { only } = this;
    if (only) return this.files.reduce((sum, { path, size }) => sum + (only.includes(path) ? size : 0), 0);
    const chosen = checkpoints.filter(({ id }) => this.checkpoints.includes(id));
    return chosen.reduce((sum, { bytes }) => sum + bytes, files + (this.memory ? (memory?.bytes ?? 0) : 0));
  }

  #limit(only: readonly string[] | null): void {
    this.only = only;
  }

  #chooseMemory(event: Event): void {
    this.memory = isChecked(event);
  }

  #choose(id: number, event: Event): void {
    const others = this.checkpoints.filter((other) => other !== id);
    this.checkpoints = isChecked(event) ? [...others, id] : others;
  }

  #chooseFile(path: string, event: Event): void {
    const others = (this.only ?? []).filter((other) => other !== path);
    this.only = isChecked(event) ? [...others, path] : others;
  }

  #confirm(): void {
    this.#dialog.close();
    const { memory, checkpoints, only } = this;
    // Variables belong to all of the files, and so do checkpoints.
    const detail: CapsuleParts = only
      ? { memory: false, checkpoints: [], only: [...only, ...this.#companionsOf(only)] }
      : { memory, checkpoints: [...checkpoints], only: null };
    this.dispatchEvent(new CustomEvent('confirm', { detail }));
  }

  /** Without its journal a database may be half of one. */
  #companionsOf(only: readonly string[]): string[] {
    const companions = only.flatMap((path) => COMPANIONS.map((ending) => path + ending));
    return this.files.map(({ path }) => path).filter((path) => companions.includes(path) && !only.includes(path));
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      fieldset {
        display: flex;
        flex-wrap: wrap;
        gap: 0 var(--space-4);
        margin: var(--space-3) 0 0;
        padding: 0;
        border: 0;
      }

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

      label span {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }
    `,
  ];
}

const isChecked = (event: Event): boolean => (event.target as HTMLInputElement).checked;

customElements.define('dormouse-capsule-dialog', CapsuleDialog);
