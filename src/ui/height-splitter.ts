/** The line between code and output, which can be moved with the pointer and with the arrow keys. */
import { css, html, LitElement } from 'lit';
import { strings } from './strings';
import { shared } from './styles';

const LEAST = 15;
const MOST = 85;
const STEP = 5;

/** Event: `move`, CustomEvent<number>: the wanted height of what is above, percent of the parent's. */
export class HeightSplitter extends LitElement {
  static override properties = { share: { attribute: false } };

  /** Percent. */
  declare share: number;

  constructor() {
    super();
    this.share = 50;
  }

  override render() {
    return html`<div
      role="separator"
      tabindex="0"
      aria-orientation="horizontal"
      aria-label=${strings.splitter}
      aria-valuemin=${LEAST}
      aria-valuemax=${MOST}
      aria-valuenow=${Math.round(this.share)}
      @keydown=${this.#key}
      @pointerdown=${this.#grab}
      @pointermove=${this.#drag}
    ></div>`;
  }

  #key(event: KeyboardEvent): void {
    const wanted = { ArrowUp: this.share - STEP, ArrowDown: this.share + STEP, Home: LEAST, End: MOST }[event.key];
    if (wanted === undefined) return;
    event.preventDefault();
    this.#move(wanted);
  }

  #grab(event: PointerEvent): void {
    (event.target as HTMLElement).setPointerCapture(event.pointerId);
  }

  #drag(event: PointerEvent): void {
    if (!(event.target as HTMLElement).hasPointerCapture(event.pointerId)) return;
    const box = this.parentElement?.getBoundingClientRect();
    if (box) this.#move(((event.clientY - box.top) / box.height) * 100);
  }

  #move(share: number): void {
    this.dispatchEvent(new CustomEvent('move', { detail: Math.min(MOST, Math.max(LEAST, share)) }));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        position: relative;
        block-size: 1px;
        background: var(--line);
      }

      div {
        position: absolute;
        inset: -0.375rem 0;
        z-index: 2;
        cursor: row-resize;
        touch-action: none;
      }

      div:hover,
      div:focus-visible {
        outline: none;
        background: linear-gradient(var(--accent), var(--accent)) center / 100% 2px no-repeat;
      }
    `,
  ];
}

customElements.define('dormouse-splitter', HeightSplitter);
