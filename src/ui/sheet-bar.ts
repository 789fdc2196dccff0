/** On small screens: the bar at the bottom that says which part of the page is in sight. */
import { css, html, LitElement, nothing } from 'lit';
import './icon';
import type { RailEntry } from './panel-rail';
import { strings } from './strings';
import { shared } from './styles';

/** Event: `choose` (CustomEvent<string>, the id). */
export class SheetBar extends LitElement {
  static override properties = {
    entries: { attribute: false },
    chosen: { attribute: false },
  };

  declare entries: readonly RailEntry[];
  /** The id of what is in sight. */
  declare chosen: string;

  constructor() {
    super();
    this.entries = [];
    this.chosen = '';
  }

  focusEntry(id: string): void {
    this.renderRoot.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)?.focus();
  }

  override render() {
    return html`<nav aria-label=${strings.workbench.sheets.label}>
      ${this.entries.map(
        ({ id, name, icon }) => html`<button
          data-id=${id}
          aria-current=${this.chosen === id ? 'true' : nothing}
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
        background: var(--sunken);
      }

      nav {
        display: flex;
      }

      button {
        flex: 1 1 0;
        flex-direction: column;
        gap: 0;
        min-inline-size: 0;
        min-block-size: 2.875rem;
        padding: var(--space-1) 0;
        border-radius: 0;
        color: var(--ink-soft);
        font-size: var(--size-1);
      }

      button[aria-current] {
        color: var(--ink);
        font-weight: var(--weight-strong);
        box-shadow: inset 0 2px var(--accent);
      }

      button[aria-current] dormouse-icon {
        color: var(--accent);
      }
    `,
  ];
}

customElements.define('dormouse-sheet-bar', SheetBar);
