/** How much is stored, how much room is left, and whether the browser promised to keep it. */
import { css, html, LitElement, nothing } from 'lit';
import { CircleCheck, TriangleAlert } from 'lucide';
import type { SessionReport } from '../session';
import { formatBytes, formatTime } from './format';
import './icon';
import { strings } from './strings';
import { choice, section, shared } from './styles';

/** From this share of the room on a browser may begin to delete what it has not promised to keep. */
const SCARCE = 0.8;

/** Events: `persist` when the browser is to be asked for its promise, `durability` (CustomEvent<Durability>) when another is chosen. */
export class StateStorage extends LitElement {
  static override properties = { report: { attribute: false }, refused: { attribute: false }, looking: { attribute: false } };

  declare report: SessionReport | null;
  /** The browser was asked and did not promise. */
  declare refused: boolean;
  /** Another tab has the session: nothing can be chosen. */
  declare looking: boolean;

  constructor() {
    super();
    this.report = null;
    this.refused = false;
    this.looking = false;
  }

  override render() {
    const words = strings.state;
    const { report } = this;
    if (!report) return nothing;
    const { storage, stored, summary } = report;
    return html`
      <h3>${words.storage}</h3>
      ${summary.storage === 'memory' ? html`<p>${words.inMemory}</p>` : nothing}
      <dl>
        <dt>${words.stored}</dt>
        <dd>${formatBytes(stored)}</dd>
        <dt>${words.used}</dt>
        <dd>${storage ? formatBytes(storage.used) : words.unknown}</dd>
        <dt>${words.left}</dt>
        <dd>${storage ? formatBytes(storage.left) : words.unknown}</dd>
        ${summary.storage === 'memory' ? nothing : [this.#promise(report), this.#durability(report)]}
      </dl>
      ${this.#warning(report)}
    `;
  }

  #warning({ summary, storage, persisted }: SessionReport) {
    if (!storage || summary.storage === 'memory' || persisted !== false) return nothing;
    const share = storage.used / Math.max(1, storage.used + storage.left);
    if (share < SCARCE) return nothing;
    return html`<p class="caution"><dormouse-icon .glyph=${TriangleAlert}></dormouse-icon>${strings.state.scarce(Math.round(100 * share))}</p>`;
  }

  #promise({ summary, persisted }: SessionReport) {
    const words = strings.state;
    return html`
      <dt>${words.lastSave}</dt>
      <dd>${summary.saved === null ? words.never : formatTime(summary.saved)}</dd>
      <dt>${words.promise}</dt>
      <dd>
        ${
          persisted === null
            ? words.unknown
            : persisted
              ? html`<span class="good"><dormouse-icon .glyph=${CircleCheck}></dormouse-icon>${words.promised}</span>`
              : html`<span class="caution"><dormouse-icon .glyph=${TriangleAlert}></dormouse-icon>${this.refused ? words.refused : words.notPromised}</span>
                  <button class="outlined" @click=${() => this.dispatchEvent(new Event('persist'))}>${words.ask}</button>`
        }
      </dd>
    `;
  }

  #durability({ summary }: SessionReport) {
    const words = strings.state;
    const chosen = ({ target }: Event) =>
      this.dispatchEvent(new CustomEvent('durability', { detail: (target as HTMLSelectElement).value }));
    return html`
      <dt id="durability">${words.durability}</dt>
      <dd>
        <select aria-labelledby="durability" ?disabled=${this.looking} @change=${chosen}>
          ${(['stable', 'relaxed'] as const).map(
            (value) => html`<option value=${value} ?selected=${summary.durability === value}>${words[value]}</option>`,
          )}
        </select>
      </dd>
    `;
  }

  static override styles = [
    shared,
    section,
    choice,
    css`
      :host {
        font-size: var(--size-2);
      }

      dl {
        display: grid;
        grid-template-columns: minmax(0, 9rem) minmax(0, 1fr);
        gap: var(--space-1) var(--space-3);
      }

      dt {
        color: var(--ink-soft);
      }

      dd {
        display: grid;
        justify-items: start;
        gap: var(--space-2);
        font-variant-numeric: tabular-nums;
      }

      select {
        min-block-size: 1.75rem;
      }

      span,
      p.caution {
        display: flex;
        gap: var(--space-2);
      }

      dormouse-icon {
        margin-block-start: 0.2em;
      }

      .good {
        color: var(--good);
      }

      .caution dormouse-icon {
        color: var(--caution);
      }
    `,
  ];
}

customElements.define('dormouse-state-storage', StateStorage);
