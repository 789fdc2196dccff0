/** History: every moment that one can go back to, on one side of the page, newest first. */
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { BookmarkPlus, X } from 'lucide';
import type { CheckpointList, RunRecord, SessionComparison } from '../session';
import './history-row';
import type { HistoryRow, MomentAction } from './history-row';
import './icon';
import { isCutOff, type Moment, momentsOf } from './moments';
import { strings } from './strings';
import { panel, shared } from './styles';

/** So many moments at a time are shown. */
const PAGE = 25;

export interface MomentAct {
  action: MomentAction;
  moment: Moment;
  /** Where it stands in the list. */
  place: number;
}

export interface ShownComparison {
  checkpoint: number;
  /** The other checkpoint that it is compared with; null for now. */
  other: number | null;
  /** Null while it is being made. */
  result: SessionComparison | null;
  /** What was chosen is being taken over. */
  joining: boolean;
  /** A sentence about what could not be taken over. */
  problem: string | null;
}

/**
 * Events: `close`, `keep`, `act` (CustomEvent<MomentAct>), and of the comparison that is shown `join` (CustomEvent<JoinChoice>) and `compare-with`
 * (CustomEvent<number | null>, another checkpoint or now).
 */
export class HistoryPanel extends LitElement {
  static override properties = {
    list: { attribute: false },
    history: { attribute: false },
    forgotten: { attribute: false },
    possible: { attribute: false },
    branches: { attribute: false },
    comparison: { attribute: false },
    said: { attribute: false },
    shown: { state: true },
    opened: { state: true },
  };

  /** Null before it is known. */
  declare list: CheckpointList | null;
  declare history: readonly RunRecord[];
  /** Whether Python began anew, without the variables of the moment that the session continues. */
  declare forgotten: boolean;
  /** Whether one can go back, and keep the present, now; else why not. */
  declare possible: true | string;
  /** Whether there can be other sessions. */
  declare branches: boolean;
  declare comparison: ShownComparison | null;
  /** What was just done; empty for nothing. */
  declare said: string;
  declare private shown: number;
  /** The moment whose actions are shown. */
  declare private opened: number | null;

  constructor() {
    super();
    this.list = null;
    this.history = [];
    this.forgotten = false;
    this.possible = true;
    this.branches = true;
    this.comparison = null;
    this.said = '';
    this.shown = PAGE;
    this.opened = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  /** Moves the focus to a neighbour of a moment that goes, or has just gone from this place. */
  async focusBeside(checkpoint: number, place: number): Promise<void> {
    await this.updateComplete;
    const rows = [...this.renderRoot.querySelectorAll<HistoryRow>('dormouse-history-row')];
    const at = rows.findIndex(({ moment }) => moment.checkpoint.id === checkpoint);
    const next = at === -1 ? (rows[place] ?? rows[place - 1]) : (rows[at + 1] ?? rows[at - 1]);
    (next ?? this).focus();
  }

  override render() {
    const words = strings.history;
    const { list } = this;
    return html`<div @keydown=${this.#key}>
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <span class="soft">${list === null || list.checkpoints.length === 0 ? nothing : words.moments(list.checkpoints.length)}</span>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${() => this.dispatchEvent(new Event('close'))}>
          <dormouse-icon .glyph=${X}></dormouse-icon>
        </button>
      </header>
      <p class="said" role="status">${this.said}</p>
      ${
        list === null
          ? html`<p class="soft">${words.unknown}</p>`
          : list.checkpoints.length === 0
            ? html`<p class="soft">${words.empty}</p>`
            : [this.#about(list), this.#moments(list)]
      }
    </div>`;
  }

  #about({ stored, budget }: CheckpointList) {
    const words = strings.history;
    const { possible } = this;
    return html`<div class="about">
      <button
        class="outlined"
        aria-disabled=${possible === true ? nothing : 'true'}
        title=${possible === true ? nothing : possible}
        @click=${() => possible === true && this.dispatchEvent(new Event('keep'))}
      ><dormouse-icon .glyph=${BookmarkPlus}></dormouse-icon>${words.keep}</button>
      <div class="storage">
        <meter aria-label=${words.storedLabel} max=${Math.max(1, budget)} .value=${Math.min(stored, budget)}></meter>
        <span class="soft">${words.stored(stored, budget)}</span>
      </div>
      <p class="soft">${words.retention}</p>
    </div>`;
  }

  #moments({ checkpoints }: CheckpointList) {
    const left = checkpoints.length - this.shown;
    const moments = momentsOf(checkpoints.slice(-this.shown), this.history);
    const cutOff = isCutOff(this.history);
    return html`
      <ol>
        ${repeat(
          moments,
          ({ checkpoint }) => checkpoint.id,
          (moment, place) => this.#moment(moment, place, cutOff || (this.forgotten && moment.checkpoint.image)),
        )}
      </ol>
      ${
        left > 0
          ? html`<p><button class="outlined" @click=${() => {
              this.shown += PAGE;
            }}>${strings.history.more(Math.min(PAGE, left))}</button></p>`
          : nothing
      }
    `;
  }

  #moment(moment: Moment, place: number, changed: boolean) {
    const { id } = moment.checkpoint;
    const { comparison } = this;
    const act = ({ detail: action }: CustomEvent<MomentAction>) => {
      const detail: MomentAct = { action, moment, place };
      this.dispatchEvent(new CustomEvent('act', { detail }));
    };
    const toggle = () => {
      this.opened = this.opened === id ? null : id;
    };
    return html`<li>
      <dormouse-history-row
        .moment=${moment}
        .open=${this.opened === id}
        .possible=${this.possible}
        .branches=${this.branches}
        .changed=${changed}
        .comparison=${comparison?.checkpoint === id ? comparison : null}
        .others=${comparison?.checkpoint === id ? this.#othersThan(id) : []}
        @toggle=${toggle}
        @act=${act}
      ></dormouse-history-row>
    </li>`;
  }

  /** What a moment can be compared with beside now, also of those that the list does not show. */
  #othersThan(id: number): Moment[] {
    const others = this.list?.checkpoints.filter((checkpoint) => checkpoint.id !== id && !checkpoint.present) ?? [];
    return momentsOf(others, this.history);
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.dispatchEvent(new Event('close'));
  }

  static override styles = [
    shared,
    panel,
    css`
      :host > div {
        max-inline-size: 60rem;
        padding-block-end: var(--space-8);
      }

      .about {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-4);
        padding: var(--space-3) var(--space-4);
        border-block-end: 1px solid var(--line);
      }

      .storage {
        display: flex;
        align-items: center;
        gap: var(--space-2);
      }

      meter {
        inline-size: 5rem;
        block-size: 0.375rem;
        border: 0;
        border-radius: var(--radius);
        background: var(--line);
        overflow: hidden;
      }

      meter::-webkit-meter-bar {
        block-size: 100%;
        border: 0;
        background: var(--line);
      }

      meter::-webkit-meter-optimum-value {
        background: var(--accent);
      }

      meter::-moz-meter-bar {
        background: var(--accent);
      }

      ol {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      /* Those out of sight are not laid out. */
      li {
        content-visibility: auto;
        contain-intrinsic-block-size: auto 3.75rem;
      }

      .soft,
      .said {
        font-size: var(--size-2);
      }

      .said:not(:empty) {
        padding: var(--space-3) var(--space-4);
        border-block-end: 1px solid var(--line);
      }

      :host > div > p {
        padding: var(--space-3) var(--space-4);
      }
    `,
  ];
}

customElements.define('dormouse-history', HistoryPanel);
