/** A JSON value that opens level by level; what is closed is not made. */
import { css, html, LitElement, nothing } from 'lit';
import type { Json } from '../../session';
import { strings } from '../strings';
import { shared } from '../styles';

/** Children that are shown at once. */
const STEP = 100;
/** A longer text is cut until it is asked for. */
const LONG_TEXT = 300;

export class JsonTree extends LitElement {
  static override properties = { value: { attribute: false }, name: { attribute: false }, open: { state: true }, shown: { state: true } };

  declare value: Json;
  /** The key under which it stands; null for the whole. */
  declare name: string | null;
  declare private open: boolean;
  declare private shown: number;

  constructor() {
    super();
    this.value = null;
    this.name = null;
    this.open = false;
    this.shown = STEP;
  }

  override firstUpdated(): void {
    // The whole shows its first level.
    if (this.name === null) this.open = true;
  }

  override render() {
    const { value, name } = this;
    const words = strings.rich.json;
    const key = name === null ? nothing : html`<span class="key">${name.slice(0, LONG_TEXT)}</span>: `;
    if (typeof value !== 'object' || value === null) return html`<div class="leaf">${key}${this.#leaf(value)}</div>`;
    const list = Array.isArray(value);
    const entries: [string, Json][] = list ? value.map((item, index) => [String(index), item]) : Object.entries(value);
    const count = list ? words.list(entries.length) : words.object(entries.length);
    if (entries.length === 0) return html`<div class="leaf">${key}<span class="soft">${list ? '[]' : '{}'}</span></div>`;
    return html`<details ?open=${this.open} @toggle=${this.#toggled}>
      <summary>${key}<span class="soft">${list ? '[…]' : '{…}'} ${count}</span></summary>
      ${
        this.open
          ? html`<div class="children">
              ${entries.slice(0, this.shown).map(([childName, child]) => html`<dormouse-json .name=${childName} .value=${child}></dormouse-json>`)}
              ${entries.length > this.shown ? html`<button @click=${this.#more}>${words.more(Math.min(STEP, entries.length - this.shown))}</button>` : nothing}
            </div>`
          : nothing
      }
    </details>`;
  }

  #leaf(value: Json) {
    if (typeof value !== 'string') return html`<span class="other">${String(value)}</span>`;
    if (value.length <= LONG_TEXT || this.open) return html`<span class="text">${JSON.stringify(value)}</span>`;
    const whole = () => {
      this.open = true;
    };
    return html`<span class="text">${JSON.stringify(value.slice(0, LONG_TEXT))}…</span> <button @click=${whole}>${strings.rich.json.whole}</button>`;
  }

  #toggled(event: Event): void {
    // Those of children do not bubble, but their elements are in other trees anyway.
    this.open = (event.target as HTMLDetailsElement).open;
  }

  #more(): void {
    this.shown += STEP;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        font-family: var(--font-code);
        font-size: var(--size-2);
        font-variant-ligatures: none;
        overflow-wrap: anywhere;
      }

      .leaf button {
        min-block-size: 24px;
        padding: 0 var(--space-1);
        color: var(--accent);
      }

      .leaf {
        padding-inline-start: 1rem;
      }

      .children {
        padding-inline-start: 1rem;
      }

      summary {
        min-block-size: 24px;
        cursor: pointer;
      }

      .key {
        color: var(--code-definition);
      }

      .text {
        color: var(--code-string);
        white-space: pre-wrap;
      }

      .other {
        color: var(--code-number);
      }
    `,
  ];
}

customElements.define('dormouse-json', JsonTree);
