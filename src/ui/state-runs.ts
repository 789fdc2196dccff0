/** The run counter and the history, newest first. */
import { css, html, LitElement, nothing } from 'lit';
import type { RunRecord } from '../session';
import { formatCount, formatDuration, formatTime } from './format';
import { strings } from './strings';
import { section, shared } from './styles';

const PAGE = 25;

export class StateRuns extends LitElement {
  static override properties = { runs: { attribute: false }, history: { attribute: false }, shown: { state: true } };

  /** How many runs there ever were: the history may hold fewer. */
  declare runs: number;
  declare history: readonly RunRecord[];
  declare private shown: number;

  constructor() {
    super();
    this.runs = 0;
    this.history = [];
    this.shown = PAGE;
  }

  override render() {
    const words = strings.state;
    const left = this.history.length - this.shown;
    return html`
      <h3>${words.runs} <span class="soft">${words.runsCount(this.runs)}</span></h3>
      ${this.history.length === 0 ? html`<p class="soft">${words.runsEmpty}</p>` : this.#table()}
      ${
        left > 0
          ? html`<p><button class="outlined" @click=${() => {
              this.shown += PAGE;
            }}>${words.more(Math.min(PAGE, left))}</button></p>`
          : nothing
      }
    `;
  }

  #table() {
    const words = strings.state;
    const newest = this.history.slice(-this.shown).reverse();
    return html`<table>
      <thead>
        <tr>
          <th scope="col" class="number">${words.run}</th>
          <th scope="col">${words.time}</th>
          <th scope="col">${words.status}</th>
          <th scope="col" class="number">${words.duration}</th>
        </tr>
      </thead>
      <tbody>
        ${newest.map(
          ({ run, started, ended, status, firstLine }) => html`<tr class="facts">
              <td class="number">${formatCount(run)}</td>
              <td>${formatTime(started)}</td>
              <td>${strings.status[status]}</td>
              <td class="number">${ended === null ? '' : formatDuration(ended - started)}</td>
            </tr>
            <tr>
              <td></td>
              <td colspan="3"><code title=${words.firstLine}>${firstLine}</code></td>
            </tr>`,
        )}
      </tbody>
    </table>`;
  }

  static override styles = [
    shared,
    section,
    css`
      .facts td {
        border: 0;
        padding-block-end: 0;
      }

      th.number,
      td:first-child {
        inline-size: 3rem;
      }

      code {
        display: block;
        color: var(--ink-soft);
        font-size: var(--size-1);
        overflow-wrap: anywhere;
      }
    `,
  ];
}

customElements.define('dormouse-state-runs', StateRuns);
