/** What the last save kept of the variables, what it could not, and its figures. */
import { css, html, LitElement, nothing } from 'lit';
import type { CheckpointReport, Loss, Resumed } from '../session';
import { formatBytes } from './format';
import { strings } from './strings';
import { shared } from './styles';

/** So many losses at a time are shown. */
const PAGE = 20;

export class SavedDetails extends LitElement {
  static override properties = { report: { attribute: false }, resumed: { attribute: false }, shown: { state: true } };

  /** Of the last run's end; null when nothing ran since the variables were brought back. */
  declare report: CheckpointReport | null;
  declare resumed: Resumed | null;
  declare private shown: number;

  constructor() {
    super();
    this.report = null;
    this.resumed = null;
    this.shown = PAGE;
  }

  override render() {
    const { report, resumed } = this;
    const lost = (report ?? resumed)?.lost ?? [];
    const problem = report?.problem ?? null;
    return html`
      ${problem === null ? (lost.length > 0 ? this.#losses(lost) : html`<p>${strings.saved.allKept}</p>`) : html`<p>${strings.saved.problemText}</p><p>${problem}</p>`}
      ${problem === null ? this.#figures() : nothing}
    `;
  }

  #losses(lost: readonly Loss[]) {
    const words = strings.saved;
    const left = lost.length - this.shown;
    return html`
      <h2>${words.lostTitle}</h2>
      <ul>
        ${lost
          .slice(0, this.shown)
          .map(({ variable, reason }) => html`<li>${variable === null ? nothing : html`<code>${variable}</code>: `}${reason}</li>`)}
      </ul>
      ${
        left > 0
          ? html`<button class="outlined" @click=${() => {
              this.shown += PAGE;
            }}>${strings.history.more(Math.min(PAGE, left))}</button>`
          : nothing
      }
      <p class="soft">${words.lostText}</p>
    `;
  }

  #figures() {
    const words = strings.saved;
    const { report, resumed } = this;
    if (report === null) {
      return resumed === null ? nothing : html`<dl><dt>${words.resumed}</dt><dd>${words.milliseconds(resumed.milliseconds)}</dd></dl>`;
    }
    return html`<dl>
      <dt>${words.took}</dt>
      <dd>${words.milliseconds(report.milliseconds)}</dd>
      <dt>${words.changed}</dt>
      <dd>${formatBytes(report.changed)}</dd>
      <dt>${words.stored}</dt>
      <dd>${formatBytes(report.stored)}</dd>
      <dt>${words.heap}</dt>
      <dd>${formatBytes(report.heap)}</dd>
    </dl>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        gap: var(--space-3);
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      h2 {
        font-size: var(--size-3);
      }

      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
      }

      dl {
        display: grid;
        grid-template-columns: auto auto;
        gap: var(--space-1) var(--space-4);
        padding-block-start: var(--space-3);
        border-block-start: 1px solid var(--line);
        justify-self: stretch;
      }

      dt {
        color: var(--ink-soft);
      }

      dd {
        text-align: end;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];
}

customElements.define('dormouse-saved-details', SavedDetails);
