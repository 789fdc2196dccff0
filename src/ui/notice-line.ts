/** One line about something that happened, with at most one thing to do about it. */
import { css, html, LitElement, nothing } from 'lit';
import { CircleX, Info, TriangleAlert, X } from 'lucide';
import './icon';
import { strings } from './strings';
import { shared } from './styles';

const GLYPHS = { info: Info, caution: TriangleAlert, error: CircleX };

/** Events: `act` when its button was pressed, `dismiss` when it was sent away. */
export class NoticeLine extends LitElement {
  static override properties = {
    tone: { attribute: false },
    text: { attribute: false },
    action: { attribute: false },
    actionPossible: { attribute: false },
    dismissable: { attribute: false },
  };

  declare tone: 'info' | 'caution' | 'error';
  declare text: string;
  /** The button's name; null for none. */
  declare action: string | null;
  declare actionPossible: boolean;
  declare dismissable: boolean;

  constructor() {
    super();
    this.tone = 'info';
    this.text = '';
    this.action = null;
    this.actionPossible = true;
    this.dismissable = false;
  }

  override render() {
    return html`<div class=${this.tone}>
      <dormouse-icon .glyph=${GLYPHS[this.tone]}></dormouse-icon>
      <p role=${this.tone === 'error' ? 'alert' : 'status'}>${this.text}</p>
      ${
        this.action === null
          ? nothing
          : html`<button class="outlined" aria-disabled=${this.actionPossible ? nothing : 'true'} @click=${this.#act}>${this.action}</button>`
      }
      ${
        this.dismissable
          ? html`<button class="dismiss" aria-label=${strings.notice.dismiss} title=${strings.notice.dismiss} @click=${() => this.dispatchEvent(new Event('dismiss'))}>
              <dormouse-icon .glyph=${X}></dormouse-icon>
            </button>`
          : nothing
      }
    </div>`;
  }

  #act(): void {
    if (this.actionPossible) this.dispatchEvent(new Event('act'));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      div {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding: var(--space-1) var(--space-4);
        border-block-end: 1px solid var(--line);
        background: var(--sunken);
        font-size: var(--size-2);
      }

      p {
        flex: 0 1 auto;
        min-inline-size: 0;
        max-inline-size: 70rem;
        padding-block: var(--space-1);
        overflow-wrap: anywhere;
      }

      .caution {
        background: var(--caution-ground);
      }

      .caution dormouse-icon {
        color: var(--caution);
      }

      .error {
        background: var(--bad-ground);
      }

      .error > dormouse-icon {
        color: var(--bad);
      }

      button {
        flex: none;
      }

      .dismiss {
        margin-inline-start: auto;
        padding: 0;
      }

      .dismiss dormouse-icon {
        color: var(--ink-soft);
      }

      @media (max-width: 40em) {
        div {
          flex-wrap: wrap;
        }

        /* The words get the first line whole, what can be done the next. */
        p {
          flex: 1 1 calc(100% - 6rem);
        }

        button.outlined {
          order: 1;
        }
      }
    `,
  ];
}

customElements.define('dormouse-notice', NoticeLine);
