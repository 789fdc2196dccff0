/** What Python is doing, in a word, with a bar while something is loaded. */
import { css, html, LitElement, nothing } from 'lit';
import { strings } from './strings';
import { shared } from './styles';

export class ActivityStatus extends LitElement {
  static override properties = {
    text: { attribute: false },
    progress: { attribute: false },
    working: { attribute: false },
    passing: { attribute: false },
  };

  /** A word for a person, such as "Running…". */
  declare text: string;
  /** Bytes loaded, of all; null when nothing is being loaded. */
  declare progress: { loaded: number; total: number } | null;
  /** Whether something goes on whose length is unknown. */
  declare working: boolean;
  /** Something that is said for a moment; empty for nothing. */
  declare passing: string;

  constructor() {
    super();
    this.text = '';
    this.progress = null;
    this.working = false;
    this.passing = '';
  }

  override render() {
    const { progress } = this;
    const { label, loaded } = strings.activity;
    // The numbers stay outside the status, which would read out every one of them.
    return html`
      <span role="status" aria-label=${label}>${this.text}</span>
      ${
        progress
          ? html`<progress aria-label=${this.text} max=${progress.total} .value=${Math.min(progress.loaded, progress.total)}></progress>
            <span class="number">${loaded(progress.loaded, progress.total)}</span>`
          : this.working
            ? html`<progress aria-label=${this.text}></progress>`
            : nothing
      }
      <span class="passing" role="status" title=${this.passing === '' ? nothing : this.passing}>${this.passing}</span>
    `;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--space-3);
        min-inline-size: 0;
        color: var(--ink-soft);
        font-size: var(--size-2);
      }

      /* Comes and goes without moving anything: it takes the room that is left. */
      .passing {
        flex: 1 1 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      progress {
        inline-size: 6rem;
        block-size: 0.375rem;
        border: 0;
        border-radius: var(--radius);
        background: var(--line);
        accent-color: var(--accent);
        overflow: hidden;
      }

      progress::-webkit-progress-bar {
        background: var(--line);
      }

      progress::-webkit-progress-value {
        background: var(--accent);
      }

      progress::-moz-progress-bar {
        background: var(--accent);
      }

      @media (max-width: 40em) {
        :host {
          column-gap: var(--space-2);
        }

        /* The numbers say the same. */
        progress:not(:indeterminate) {
          display: none;
        }
      }

      /* Without a length it says only that something goes on: a quiet stripe, which does not move. */
      progress:indeterminate {
        inline-size: 3rem;
        background: repeating-linear-gradient(90deg, var(--accent) 0 0.25rem, var(--line) 0.25rem 0.5rem);
      }

      progress:indeterminate::-webkit-progress-bar {
        background: none;
      }

      progress:indeterminate::-moz-progress-bar {
        background: none;
      }
    `,
  ];
}

customElements.define('dormouse-activity', ActivityStatus);
