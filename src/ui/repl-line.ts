/** One line of Python under the output, with the lines before it behind the arrow keys. */
import { css, html, LitElement } from 'lit';
import { strings } from './strings';
import { shared } from './styles';

/** Lines that the arrow keys lead back to. */
const MOST_LINES = 200;

/** Event: `run` (CustomEvent<string>): the line that is to be run. */
export class ReplLine extends LitElement {
  static override properties = { possible: { attribute: false } };

  /** Whether a line can be run now. */
  declare possible: boolean;
  readonly #lines: string[] = [];
  /** Which of them is shown; their count for the one that is being written. */
  #at = 0;
  #draft = '';

  constructor() {
    super();
    this.possible = false;
  }

  override render() {
    const { label, hint } = strings.workbench.repl;
    return html`<form @submit=${this.#submit}>
      <span aria-hidden="true">&gt;&gt;&gt;</span>
      <input aria-label=${label} placeholder=${hint} autocomplete="off" autocapitalize="off" spellcheck="false" @keydown=${this.#key} />
    </form>`;
  }

  #submit(event: SubmitEvent): void {
    event.preventDefault();
    const line = this.#field.value;
    if (!this.possible || line.trim() === '') return;
    if (this.#lines.at(-1) !== line) this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
    this.#at = this.#lines.length;
    this.#field.value = '';
    this.dispatchEvent(new CustomEvent('run', { detail: line }));
  }

  #key(event: KeyboardEvent): void {
    const by = event.key === 'ArrowUp' ? -1 : event.key === 'ArrowDown' ? 1 : 0;
    const to = this.#at + by;
    if (by === 0 || event.isComposing || to < 0 || to > this.#lines.length) return;
    event.preventDefault();
    if (this.#at === this.#lines.length) this.#draft = this.#field.value;
    this.#at = to;
    this.#field.value = this.#lines[to] ?? this.#draft;
  }

  get #field(): HTMLInputElement {
    return this.renderRoot.querySelector('input') as HTMLInputElement;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        border-block-start: 1px solid var(--line);
        background: var(--surface);
      }

      form {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding-inline: var(--space-4);
      }

      span {
        color: var(--accent);
        font-family: var(--font-code);
        font-size: var(--size-2);
      }

      input {
        flex: 1 1 auto;
        min-inline-size: 0;
        border-color: transparent;
        font-family: var(--font-code);
      }
    `,
  ];
}

customElements.define('dormouse-repl', ReplLine);
