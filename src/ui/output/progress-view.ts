/** How far something is, as `dormouse.progress` tells it. */
import { css, html, LitElement, nothing } from 'lit';
import { strings } from '../strings';
import { shared } from '../styles';

export class ProgressView extends LitElement {
  static override properties = { progress: { attribute: false } };

  /** `{ label, done, total, seconds }`, from Python. */
  declare progress: unknown;

  constructor() {
    super();
    this.progress = null;
  }

  override render() {
    const words = strings.rich.progress;
    const told = (typeof this.progress === 'object' && this.progress !== null ? this.progress : {}) as Record<string, unknown>;
    const count = (value: unknown) => (typeof value === 'number' && value >= 0 && Number.isFinite(value) ? value : null);
    const [done, total, seconds] = [count(told.done) ?? 0, count(told.total), count(told.seconds)];
    const label = typeof told.label === 'string' ? told.label.slice(0, 200) : '';
    return html`
      ${label === '' ? nothing : html`<span>${label}</span>`}
      <progress aria-label=${label || words.label} max=${total === null ? nothing : Math.max(1, total)} .value=${total === null ? undefined : done}></progress>
      <span class="number">${total === null ? words.done(done) : words.of(done, total)}</span>
      ${seconds === null || seconds < 1 ? nothing : html`<span class="soft">${words.took(seconds)}</span>`}
    `;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--space-2);
        font-size: var(--size-2);
      }

      progress {
        flex: 0 1 16rem;
        min-inline-size: 4rem;
        accent-color: var(--accent);
      }
    `,
  ];
}

customElements.define('dormouse-progress', ProgressView);
