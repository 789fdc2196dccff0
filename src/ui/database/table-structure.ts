/** What a table or view is made of: columns with their rules, indexes, and its definition. */
import { css, html, LitElement, nothing } from 'lit';
import type { DatabaseTable } from '../../session';
import { databaseWords } from '../strings/database';
import { shared } from '../styles';

export class TableStructure extends LitElement {
  static override properties = { table: { attribute: false } };

  declare table: DatabaseTable;

  override render() {
    const words = databaseWords;
    const { columns, indexes, sql, problem } = this.table;
    return html`<details>
      <summary>${words.structure}</summary>
      ${problem === null ? nothing : html`<p class="soft">${problem}</p>`}
      <table>
        <thead><tr><th scope="col">${words.column}</th><th scope="col">${words.type}</th><th scope="col">${words.rules}</th></tr></thead>
        <tbody>
          ${columns.map((column) => html`<tr><td>${column.name}</td><td>${column.type}</td><td>${this.#rules(column)}</td></tr>`)}
        </tbody>
      </table>
      ${
        indexes.length === 0
          ? nothing
          : html`<h4>${words.indexes}</h4><ul>${indexes.map(
              (index) =>
                html`<li>${index.name} <span class="soft">(${[
                  index.columns.join(', '),
                  ...(index.unique ? [words.unique] : []),
                  ...(index.partial ? [words.partial] : []),
                  ...(index.made ? [] : [words.fromConstraint]),
                ].join('; ')})</span></li>`,
            )}</ul>`
      }
      ${sql === '' ? nothing : html`<h4>${words.definition}</h4><pre tabindex="0" role="region" aria-label=${words.definition}>${sql}</pre>`}
    </details>`;
  }

  #rules({ name, key, required, generated, default: value }: DatabaseTable['columns'][number]): string {
    const words = databaseWords;
    const keys = this.table.columns.filter((column) => column.key > 0).length;
    return [
      ...(key > 0 ? [keys === 1 ? words.primaryKey : words.primaryKeyPart(key)] : []),
      ...(required ? [words.required] : []),
      ...(generated ? [words.generated] : []),
      ...(value === null ? [] : [words.defaultIs(value)]),
      ...this.table.foreignKeys.filter(({ from }) => from === name).map(({ table, to }) => words.references(table, to)),
    ].join(', ');
  }

  static override styles = [
    shared,
    css`
      summary {
        padding-block: var(--space-1);
        font-size: var(--size-2);
        cursor: pointer;
      }

      h4 {
        margin-block-start: var(--space-2);
        font-size: var(--size-2);
        font-weight: var(--weight-strong);
      }

      ul {
        margin: 0;
        padding-inline-start: var(--space-4);
        font-size: var(--size-2);
      }

      td {
        overflow-wrap: anywhere;
      }

      pre {
        padding: var(--space-2);
        overflow: auto;
        background: var(--sunken);
      }
    `,
  ];
}

customElements.define('dormouse-table-structure', TableStructure);
