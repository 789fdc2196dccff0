/** In the place of the work when another tab has the session: says so, and offers what can be done. */
import { css, html, LitElement, nothing } from 'lit';
import type { SessionState } from '../session';
import { strings } from './strings';
import { shared } from './styles';

/** Events: `take-over`, `stop-run` (take over although a run goes on), `copy`, `look`, `take-back`. */
export class ElsewherePanel extends LitElement {
  static override properties = { yielded: { attribute: false }, takeOver: { attribute: false }, letRun: { state: true } };

  /** The session was here and went on in another tab. */
  declare yielded: boolean;
  declare takeOver: SessionState['takeOver'];
  /** The person was asked about the run and lets it go on. */
  declare private letRun: boolean;

  constructor() {
    super();
    this.yielded = false;
    this.takeOver = null;
    this.letRun = false;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('takeOver')) this.letRun = false;
  }

  override render() {
    const words = strings.elsewhere;
    const { takeOver } = this;
    if (this.yielded) {
      return html`<h2>${words.yieldedTitle}</h2>
        <p role="status">${words.yieldedText}</p>
        <div class="choices">${this.#choice('take-back', words.takeBack, null, true)}</div>`;
    }
    const asks = takeOver === 'running' && !this.letRun;
    return html`<h2>${words.title}</h2>
      <p role="status">${takeOver === 'asking' || takeOver === 'unanswered' ? words[takeOver] : asks ? words.running : words.text}</p>
      <div class="choices">
        ${
          asks
            ? html`${this.#choice('stop-run', words.stopRun, null, true)}
              <button
                class="outlined"
                @click=${() => {
                  this.letRun = true;
                }}
              >${words.leaveRun}</button>`
            : html`${this.#choice('take-over', words.takeOver, words.takeOverHint, takeOver !== 'unanswered', takeOver !== 'asking')}
              ${this.#choice('copy', words.copy, words.copyHint, takeOver === 'unanswered')}
              ${this.#choice('look', words.look, words.lookHint, false)}`
        }
      </div>`;
  }

  #choice(event: string, name: string, hint: string | null, primary: boolean, possible = true) {
    return html`<div>
      <button
        class=${primary ? 'primary' : 'outlined'}
        aria-describedby=${hint === null ? nothing : `${event}-hint`}
        aria-disabled=${possible ? nothing : 'true'}
        @click=${() => possible && this.dispatchEvent(new Event(event))}
      >${name}</button>
      ${hint === null ? nothing : html`<span id="${event}-hint" class="soft">${hint}</span>`}
    </div>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        align-content: center;
        justify-items: center;
        gap: var(--space-3);
        padding: var(--space-8) var(--space-4);
        text-align: center;
      }

      p {
        max-inline-size: 40rem;
      }

      .choices {
        display: grid;
        gap: var(--space-3);
        inline-size: min(30rem, 100%);
        margin-block-start: var(--space-4);
        text-align: start;
      }

      .choices > div {
        display: grid;
        grid-template-columns: 9rem minmax(0, 1fr);
        align-items: center;
        gap: var(--space-1) var(--space-4);
      }

      .choices > div:not(:has(span)),
      .choices > button {
        grid-template-columns: auto;
        justify-self: center;
      }

      span {
        font-size: var(--size-2);
      }

      @media (max-width: 40em) {
        .choices > div {
          grid-template-columns: minmax(0, 1fr);
        }

        .choices > div:not(:has(span)),
        .choices > button {
          justify-self: stretch;
        }
      }
    `,
  ];
}

customElements.define('dormouse-elsewhere', ElsewherePanel);
