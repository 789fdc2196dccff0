/** Rows of a query, to be read. */
import { css, html, LitElement, nothing } from 'lit';
import type { DatabaseCell } from '../../session';
import { shared } from '../styles';
import { cellText } from './cell-text';

export class CellTable extends LitElement {
  static override properties = { label: { attribute: false }, columns: { attribute: false }, rows: { attribute: false } };

  declare label: string;
  declare columns: readonly string[];
  declare rows: readonly (readonly DatabaseCell[])[];

  constructor() {
    super();
    this.label = '';
    this.columns = [];
    this.rows = [];
  }

  override render() {
    if (this.columns.length === 0) return nothing;
    return html`<div class="frame" tabindex="0" role="region" aria-label=${this.label}>
      <table>
        <thead><tr>${this.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
        <tbody>
          ${this.rows.map(
            (row) =>
              html`<tr>${row.map((cell) => {
                const { look, text } = cellText(cell);
                return html`<td class=${look}>${text}</td>`;
              })}</tr>`,
          )}
        </tbody>
      </table>
    </div>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-block-size: 0;
      }

      .frame {
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
      }

      table {
        inline-size: auto;
        min-inline-size: 100%;
      }

      th {
        position: sticky;
        inset-block-start: 0;
        background: var(--sunken);
        color: var(--ink);
        font-weight: var(--weight-strong);
      }

      th,
      td {
        max-inline-size: 24rem;
        padding: var(--space-1) var(--space-3) !important;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
      }

      .number {
        text-align: end;
      }

      .null,
      .bytes {
        color: var(--ink-soft);
        font-style: italic;
      }
    `,
  ];
}

customElements.define('dormouse-cells', CellTable);
