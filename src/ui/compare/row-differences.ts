/** Rows that differ between two tables: what is only on one side, and what differs in those that both have. */
import { css, html, LitElement, nothing } from 'lit';
import { compareWords as words } from '../strings/compare';
import { shared } from '../styles';

/** A value as it is shown; `kind` tells a NULL from a text that says so. */
export interface ShownValue {
  text: string;
  kind: 'null' | 'number' | 'text' | 'bytes';
}

export interface ShownRow {
  change: 'added' | 'removed' | 'changed';
  before: readonly ShownValue[] | null;
  after: readonly ShownValue[] | null;
}

const SIGNS = { added: '+', removed: '−', changed: '≠' } as const;

export class RowDifferences extends LitElement {
  static override properties = {
    label: { attribute: false },
    columns: { attribute: false },
    rows: { attribute: false },
    changes: { attribute: false },
  };

  declare label: string;
  declare columns: readonly string[];
  declare rows: readonly ShownRow[];
  /** What each change is called. */
  declare changes: Readonly<Record<ShownRow['change'], string>>;

  override render() {
    return html`<div class="frame" tabindex="0" role="region" aria-label=${this.label}>
      <table>
        <thead>
          <tr><th scope="col">${words.change}</th>${this.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr>
        </thead>
        <tbody>${this.rows.map((row) => this.#row(row))}</tbody>
      </table>
    </div>`;
  }

  #row({ change, before, after }: ShownRow) {
    return html`<tr class=${change}>
      <td class="change"><span aria-hidden="true">${SIGNS[change]}</span> ${this.changes[change]}</td>
      ${this.columns.map((_, index) => {
        const was = before?.[index] ?? null;
        const is = after?.[index] ?? null;
        if (was && is && (was.text !== is.text || was.kind !== is.kind))
          return html`<td class="differs"><del class=${was.kind}>${was.text}</del><span aria-hidden="true"> → </span><ins class=${is.kind}>${is.text}</ins></td>`;
        const value = is ?? was;
        return html`<td class=${value?.kind ?? nothing}>${value?.text ?? nothing}</td>`;
      })}
    </tr>`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
      }

      .frame {
        max-block-size: 24rem;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        overflow: auto;
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
      }

      th,
      td {
        max-inline-size: 20rem;
        padding: var(--space-1) var(--space-2) !important;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: pre;
      }

      .added td {
        background: color-mix(in srgb, var(--good) 14%, var(--surface));
      }

      .removed td {
        background: color-mix(in srgb, var(--bad) 12%, var(--surface));
      }

      .differs {
        background: color-mix(in srgb, var(--caution) 16%, var(--surface));
      }

      .null,
      .bytes {
        font-style: italic;
      }

      ins {
        text-decoration: none;
        font-weight: var(--weight-strong);
      }
    `,
  ];
}

customElements.define('dormouse-row-differences', RowDifferences);
