/** One kept moment in the history: what it was, and, opened, what can be done with it. */
import { css, html, LitElement, nothing } from 'lit';
import { ChevronDown, GitBranch, GitCompare, type IconNode, Pencil, RotateCcw, Trash } from 'lucide';
import './compare/comparison-view';
import { formatBytes, formatDuration, formatTime } from './format';
import './icon';
import type { ShownComparison } from './history-panel';
import type { Moment } from './moments';
import { strings } from './strings';
import { compareWords } from './strings/compare';
import { choice, shared } from './styles';

/** Characters of a moment's name or code where it is one of a list to choose from. */
const LONGEST_OPTION = 60;

export type MomentAction = 'go-back' | 'branch' | 'compare' | 'name' | 'remove';

/**
 * Events: `toggle` when it is to be opened or closed, `act` (CustomEvent<MomentAction>), `compare-with` (CustomEvent<number | null>, which bubbles)
 * when it is to be compared with another checkpoint, or with now.
 */
export class HistoryRow extends LitElement {
  static override properties = {
    moment: { attribute: false },
    open: { attribute: false },
    possible: { attribute: false },
    branches: { attribute: false },
    changed: { attribute: false },
    comparison: { attribute: false },
    others: { attribute: false },
  };

  declare moment: Moment;
  declare open: boolean;
  /** Whether one can go back now; else why not. */
  declare possible: true | string;
  /** Whether there can be other sessions. */
  declare branches: boolean;
  /** Whether the present may differ from the moment that it continues. */
  declare changed: boolean;
  /** Null when none was asked for. */
  declare comparison: ShownComparison | null;
  /** What it can be compared with beside now, newest first. */
  declare others: readonly Moment[];

  constructor() {
    super();
    this.open = false;
    this.possible = true;
    this.branches = true;
    this.changed = false;
    this.comparison = null;
    this.others = [];
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('#summary')?.focus();
  }

  override render() {
    const words = strings.history;
    const { checkpoint, run } = this.moment;
    const { origin, name, image, present } = checkpoint;
    const facts = [
      checkpoint.run === null ? null : words.run(checkpoint.run),
      run === null ? null : strings.status[run.status],
      run === null || run.ended === null ? null : formatDuration(run.ended - run.started),
      origin === 'run' ? null : words.origin[origin],
      // Its number means another run now.
      origin === 'run' && checkpoint.run === null ? words.replaced : null,
      checkpoint.size === 0 ? null : formatBytes(checkpoint.size),
    ];
    return html`
      <button id="summary" aria-expanded=${String(this.open)} aria-controls="actions" @click=${() => this.dispatchEvent(new Event('toggle'))}>
        <span class="line">
          <span class="time">${formatTime(checkpoint.time)}</span>
          <span class="soft">${facts.filter((fact) => fact !== null).join(strings.output.separator)}</span>
          ${image ? nothing : html`<span class="mark" title=${words.filesOnlyHint}>${words.filesOnly}</span>`}
          ${present ? html`<span class="mark now">${words.now}</span>` : nothing}
          <dormouse-icon .glyph=${ChevronDown}></dormouse-icon>
        </span>
        ${name === null ? nothing : html`<span class="name">${name}</span>`}
        ${run === null ? nothing : html`<code>${run.firstLine}</code>`}
      </button>
      <div id="actions" ?hidden=${!this.open}>${this.open ? this.#actions() : nothing}</div>
    `;
  }

  #actions() {
    const words = strings.history;
    const { present, time } = this.moment.checkpoint;
    const at = formatTime(time);
    // The present moment is where the session is, unless something changed since.
    const elsewhere = !present || this.changed;
    return html`
      <div class="buttons">
        ${elsewhere ? this.#button('go-back', RotateCcw, words.goBack(at), this.possible) : nothing}
        ${this.branches ? this.#button('branch', GitBranch, words.branch, true) : nothing}
        ${elsewhere ? this.#button('compare', GitCompare, words.compare, true) : nothing}
        ${this.#button('name', Pencil, words.name, true)}
        ${present ? nothing : this.#button('remove', Trash, words.remove, true)}
      </div>
      ${
        this.comparison === null
          ? nothing
          : html`${this.#comparedWith(this.comparison)}
              <dormouse-comparison
                .comparison=${this.comparison.result}
                .name=${this.comparison.result?.before.name ?? at}
                .relation=${'moment'}
                .possible=${this.possible}
                .joining=${this.comparison.joining}
                .problem=${this.comparison.problem}
              ></dormouse-comparison>`
      }
    `;
  }

  #comparedWith({ other, joining }: ShownComparison) {
    const words = compareWords.moment;
    if (this.others.length === 0) return nothing;
    const choose = ({ target }: Event) => {
      const { value } = target as HTMLSelectElement;
      this.dispatchEvent(new CustomEvent('compare-with', { detail: value === '' ? null : Number(value), bubbles: true, composed: true }));
    };
    return html`<label class="with">
      ${words.with}
      <select ?disabled=${joining} @change=${choose}>
        <option value="" .selected=${other === null}>${words.now}</option>
        ${this.others.map(
          ({ checkpoint: { id, time, name }, run }) =>
            html`<option value=${id} .selected=${other === id}>${[formatTime(time), name ?? run?.firstLine].filter(Boolean).join(' ').slice(0, LONGEST_OPTION)}</option>`,
        )}
      </select>
    </label>`;
  }

  #button(action: MomentAction, glyph: IconNode, name: string, possible: true | string) {
    const kind = action === 'go-back' ? 'outlined' : '';
    return html`<button
      class=${kind}
      aria-disabled=${possible === true ? nothing : 'true'}
      title=${possible === true ? nothing : possible}
      @click=${() => possible === true && this.#act(action)}
    ><dormouse-icon .glyph=${glyph}></dormouse-icon>${name}</button>`;
  }

  #act(action: MomentAction): void {
    // Its button goes away when the session is there.
    if (action === 'go-back') this.focus();
    this.dispatchEvent(new CustomEvent('act', { detail: action }));
  }

  static override styles = [
    shared,
    choice,
    css`
      :host {
        display: block;
        border-block-end: 1px solid var(--line);
      }

      #summary {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-content: stretch;
        gap: 0;
        inline-size: 100%;
        padding: var(--space-2) var(--space-4);
        border: 0;
        border-radius: 0;
        text-align: start;
      }

      #summary:focus-visible {
        outline-offset: -2px;
      }

      .line {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 var(--space-2);
        padding-inline-end: var(--space-6);
      }

      .time {
        font-weight: var(--weight-strong);
        font-variant-numeric: tabular-nums;
        white-space: nowrap;
      }

      .mark {
        padding-inline: var(--space-2);
        border: 1px solid var(--line-control);
        border-radius: 1rem;
        color: var(--ink-soft);
        font-size: var(--size-1);
        line-height: 1.25;
        white-space: nowrap;
      }

      .now {
        border-color: var(--accent);
        color: var(--accent);
      }

      .line dormouse-icon {
        position: absolute;
        inset-inline-end: var(--space-4);
        color: var(--ink-soft);
      }

      [aria-expanded='true'] dormouse-icon {
        rotate: 180deg;
      }

      .name {
        font-weight: var(--weight-strong);
        overflow-wrap: anywhere;
      }

      [aria-expanded='false'] .name {
        display: -webkit-box;
        overflow: hidden;
        -webkit-box-orient: vertical;
        -webkit-line-clamp: 2;
      }

      code {
        overflow: hidden;
        color: var(--ink-soft);
        font-size: var(--size-1);
        line-height: var(--leading);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      [aria-expanded='true'] code {
        white-space: normal;
        overflow-wrap: anywhere;
      }

      #actions {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        padding: var(--space-1) var(--space-4) var(--space-3);
      }

      .with {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2);
        font-size: var(--size-2);
      }

      .with select {
        min-inline-size: 0;
      }

      .buttons {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
      }

      .buttons button {
        padding-inline: var(--space-2);
      }
    `,
  ];
}

customElements.define('dormouse-history-row', HistoryRow);
