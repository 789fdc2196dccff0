/** The buttons that open and fold away the panels of one side. */
import { css, html, LitElement } from 'lit';
import type { IconNode } from 'lucide';
import './icon';
import { shared } from './styles';

export interface RailEntry {
  readonly id: string;
  readonly name: string;
  readonly icon: IconNode;
}

/** Event: `choose` (CustomEvent<string>, the id): open it, or fold it away when it is the one that is shown. */
export class PanelRail extends LitElement {
  static override properties = {
    label: { attribute: false },
    entries: { attribute: false },
    chosen: { attribute: false },
  };

  /** What the buttons are together, for those who hear it. */
  declare label: string;
  declare entries: readonly RailEntry[];
  /** The id of the panel that is shown; null for none. */
  declare chosen: string | null;

  constructor() {
    super();
    this.label = '';
    this.entries = [];
    this.chosen = null;
  }

  focusEntry(id: string): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  override render() {
    return html`<nav aria-label=${this.label}>
      ${this.entries.map(
        ({ id, name, icon }) => html`<button
          data-id=${id}
          aria-expanded=${String(this.chosen === id)}
          title=${name}
          @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: id }))}
        ><dormouse-icon .glyph=${icon}></dormouse-icon><span>${name}</span></button>`,
      )}
    </nav>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        overflow: hidden auto;
        background: var(--sunken);
        scrollbar-width: none;
      }

      nav {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-1);
      }

      button {
        flex-direction: column;
        gap: var(--space-1);
        inline-size: 4rem;
        padding: var(--space-2) 0;
        color: var(--ink-soft);
        font-size: var(--size-1);
      }

      button dormouse-icon {
        font-size: var(--size-4);
      }

      button[aria-expanded='true'] {
        background: var(--surface);
        color: var(--ink);
        box-shadow: inset 0 0 0 1px var(--line);
      }

      button[aria-expanded='true'] dormouse-icon {
        color: var(--accent);
      }

      @media (max-width: 75em) {
        button {
          inline-size: var(--target);
        }

        button span {
          position: absolute;
          inline-size: 1px;
          block-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }
    `,
  ];
}

customElements.define('dormouse-rail', PanelRail);
