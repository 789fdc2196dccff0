/** On small screens: the list of the panels that have no place of their own in the bottom bar. */
import { css, html, LitElement } from 'lit';
import './icon';
import type { RailEntry } from './panel-rail';
import { strings } from './strings';
import { panel, shared } from './styles';

/** Event: `choose` (CustomEvent<string>, the id). */
export class MoreSheet extends LitElement {
  static override properties = { entries: { attribute: false } };

  declare entries: readonly RailEntry[];

  constructor() {
    super();
    this.entries = [];
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  override render() {
    return html`
      <header><h2 tabindex="-1">${strings.workbench.moreTitle}</h2></header>
      <ul>
        ${this.entries.map(
          ({ id, name, icon }) => html`<li>
            <button @click=${() => this.dispatchEvent(new CustomEvent('choose', { detail: id }))}>
              <dormouse-icon .glyph=${icon}></dormouse-icon>${name}
            </button>
          </li>`,
        )}
      </ul>
    `;
  }

  static override styles = [
    shared,
    panel,
    css`
      header {
        min-block-size: var(--target);
      }

      ul {
        margin: 0;
        padding: var(--space-2);
        list-style: none;
      }

      button {
        inline-size: 100%;
        min-block-size: 2.75rem;
        justify-content: start;
        font-size: var(--size-3);
      }
    `,
  ];
}

customElements.define('dormouse-more', MoreSheet);
