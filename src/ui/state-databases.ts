/** The session's databases: tables, how many rows, the first of them. */
import { css, html, LitElement, nothing } from 'lit';
import type { DatabaseReport, TableReport } from '../session';
import { formatPath } from './format';
import { strings } from './strings';
import { section, shared } from './styles';

/** Wider tables are cut: what is shown is a look, not the table. */
const MOST_COLUMNS = 50;

export class StateDatabases extends LitElement {
  static override properties = { databases: { attribute: false }, looking: { attribute: false } };

  /** Null while Python is busy. */
  declare databases: readonly DatabaseReport[] | null;
  /** Another tab has the session: there is no Python here. */
  declare looking: boolean;

  constructor() {
    super();
    this.databases = [];
    this.looking = false;
  }

  override render() {
    const words = strings.state;
    return html`
      <h3>${words.databases}</h3>
      ${this.databases === null ? html`<p class="soft">${this.looking ? strings.looking.databases : words.databasesBusy}</p>` : nothing}
      ${this.databases?.length === 0 ? html`<p class="soft">${words.databasesEmpty}<br /><code>${words.databasesExample}</code></p>` : nothing}
      ${this.databases?.map(
        ({ path, tables, problem }) => html`<section>
          <h4>${formatPath(path)}</h4>
          ${problem === null ? nothing : html`<p class="soft">${problem}</p>`}
          ${tables.length === 0 && problem === null ? html`<p class="soft">${words.noTables}</p>` : nothing}
          ${tables.map((table) => this.#table(table))}
        </section>`,
      )}
    `;
  }

  #table({ name, rows, columns, first }: TableReport) {
    const words = strings.state;
    const shown = columns.slice(0, MOST_COLUMNS);
    return html`
      <h5>${name} <span class="soft">${words.rows(rows)}, ${words.columns(columns.length)}</span></h5>
      <div class="rows" tabindex="0" role="region" aria-label=${words.firstRows(name)}>
        <table>
          <thead>
            <tr>${shown.map((column) => html`<th scope="col">${column}</th>`)}</tr>
          </thead>
          <tbody>
            ${first.map((row) => html`<tr>${row.slice(0, MOST_COLUMNS).map((value) => html`<td>${value}</td>`)}</tr>`)}
          </tbody>
        </table>
        ${first.length === 0 ? html`<p class="soft">${words.noRows}</p>` : nothing}
      </div>
      ${columns.length > MOST_COLUMNS ? html`<p class="soft">${words.columnsHidden(columns.length - MOST_COLUMNS)}</p>` : nothing}
    `;
  }

  static override styles = [
    shared,
    section,
    css`
      :host,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }

      h4,
      h5 {
        margin: 0;
        font-size: var(--size-2);
        font-weight: var(--weight-strong);
        overflow-wrap: anywhere;
      }

      h4 {
        font-family: var(--font-code);
        font-weight: var(--weight-normal);
      }

      .rows {
        overflow: auto;
      }

      td {
        min-inline-size: 3rem;
        max-inline-size: 18rem;
        font-family: var(--font-code);
        font-size: var(--size-1);
        font-variant-ligatures: none;
        white-space: pre;
        overflow: hidden;
        text-overflow: ellipsis;
      }
    `,
  ];
}

customElements.define('dormouse-state-databases', StateDatabases);
