/** What differs in one file: lines, rows of a table, or tables of a database with the choice which of them to take. */
import { css, html, LitElement, nothing } from 'lit';
import type { ComparedTable, FileDetail, TableDifference } from '../../session';
import { cellText } from '../database/cell-text';
import { compareWords as words } from '../strings/compare';
import { choice, shared } from '../styles';
import './row-differences';
import type { ShownRow } from './row-differences';
import './text-difference';

/** Whether it is a moment of this session that is compared with, or something else: the words differ. */
export type Relation = 'moment' | 'other';

/** Events: `choose-table` (CustomEvent<{ table: string, take: boolean }>). */
export class FileDetailView extends LitElement {
  static override properties = {
    name: { attribute: false },
    detail: { attribute: false },
    relation: { attribute: false },
    chosen: { attribute: false },
    choosable: { attribute: false },
    by: { state: true },
  };

  declare name: string;
  /** Null while it is read; a text when that did not work. */
  declare detail: FileDetail | string | null;
  declare relation: Relation;
  /** Tables that are taken. */
  declare chosen: ReadonlySet<string>;
  /** Whether tables can be taken one by one. */
  declare choosable: boolean;
  /** The table told apart by another column than at first. */
  declare private by: TableDifference | null;

  constructor() {
    super();
    this.by = null;
    this.chosen = new Set();
    this.choosable = false;
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('detail')) this.by = null;
  }

  override render() {
    const { detail } = this;
    return html`<h4>${words.detail(this.name)}</h4>
      ${
        detail === null
          ? html`<p class="soft" role="status">${words.loading}</p>`
          : typeof detail === 'string'
            ? html`<p class="problem" role="alert">${detail}</p>`
            : this.#content(detail)
      }`;
  }

  #content(detail: FileDetail) {
    switch (detail.kind) {
      case 'none':
        return html`<p class="soft">${words.none[detail.reason]}</p>`;
      case 'link':
        return html`<p class="soft">${words.link(detail.before, detail.after)}</p>`;
      case 'text':
        return html`<dormouse-text-difference .difference=${detail.difference} .label=${words.detail(this.name)}></dormouse-text-difference>`;
      case 'rows':
        return this.#csv(detail);
      case 'database':
        return detail.tables.length === 0
          ? html`<p class="soft">${words.sameTables}</p>`
          : detail.tables.map((table) => this.#table(table));
      default:
        return detail satisfies never;
    }
  }

  #csv({ difference, by }: Extract<FileDetail, { kind: 'rows' }>) {
    const shown = this.by ?? difference;
    const { keys, key, columns, rows, counts, addedColumns, removedColumns } = shown;
    const choose = (event: Event) => {
      const { value } = event.target as HTMLSelectElement;
      this.by = by(value === '' ? null : (keys[Number(value)] ?? null));
    };
    const values = (fields: (string | null)[] | null) =>
      fields?.map((field) => ({ text: field ?? '', kind: field === null ? ('null' as const) : ('text' as const) })) ?? null;
    return html`
      <p class="soft">
        ${words[this.relation].rows(counts) || words.sameRows}${
          keys.length === 0
            ? nothing
            : html` · <label>${words.key}
                <select @change=${choose}>
                  ${keys.map((name, index) => html`<option value=${index} .selected=${name === key}>${name}</option>`)}
                  <option value="" .selected=${key === null}>${words.wholeRow}</option>
                </select></label>`
        }
      </p>
      ${addedColumns.length > 0 ? html`<p class="soft">${words.newColumns(addedColumns)}</p>` : nothing}
      ${removedColumns.length > 0 ? html`<p class="soft">${words.goneColumns(removedColumns)}</p>` : nothing}
      ${this.#rows(
        this.name,
        columns,
        counts,
        rows.map((row) => ({ change: row.change, before: values(row.before), after: values(row.after) })),
      )}
    `;
  }

  #table(table: ComparedTable) {
    const { name, kind, change, columns, key, counts, rows, names, problem } = table;
    const relation = words[this.relation];
    const what =
      kind !== 'table'
        ? words[kind]
        : change === 'changed'
          ? relation.rows(counts)
          : change === 'shape'
            ? words.shape
            : relation.change[change];
    const values = (cells: ComparedTable['rows'][number]['before']) =>
      cells?.map((cell) => {
        const { look, text } = cellText(cell);
        return { kind: look, text };
      }) ?? null;
    return html`
      <div class="table">
        <h5>${name} <span class="soft">${what}</span></h5>
        ${this.choosable && kind === 'table' ? this.#choice(name) : nothing}
      </div>
      ${problem === null ? nothing : html`<p class="problem">${problem}</p>`}
      ${change === 'shape' ? html`<p class="soft columns">${words.columns(columns.before.join(', '), columns.after.join(', '))}</p>` : nothing}
      ${change === 'changed' && problem === null ? html`<p class="soft">${key.length > 0 ? words.byKey(key) : words.byContent}</p>` : nothing}
      ${this.#rows(
        name,
        names,
        counts,
        rows.map((row) => ({ change: row.change, before: values(row.before), after: values(row.after) })),
      )}
    `;
  }

  #choice(table: string) {
    const { mine, theirs } = words[this.relation].choice;
    const choose = (event: Event) => {
      const take = (event.target as HTMLSelectElement).value === 'theirs';
      this.dispatchEvent(new CustomEvent('choose-table', { detail: { table, take } }));
    };
    const taken = this.chosen.has(table);
    return html`<select aria-label=${words.choose(table)} @change=${choose}>
      <option value="mine" .selected=${!taken}>${mine}</option>
      <option value="theirs" .selected=${taken}>${theirs}</option>
    </select>`;
  }

  #rows(name: string, columns: readonly string[], counts: TableDifference['counts'], rows: readonly ShownRow[]) {
    if (rows.length === 0) return nothing;
    const all = counts.added + counts.removed + counts.changed;
    return html`<dormouse-row-differences
        .label=${words.rows(name)}
        .columns=${columns}
        .rows=${rows}
        .changes=${words[this.relation].change}
      ></dormouse-row-differences>
      ${rows.length < all ? html`<p class="soft">${words.shownRows(rows.length, all)}</p>` : nothing}`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        align-content: start;
        gap: var(--space-2);
      }

      h4,
      h5 {
        margin: 0;
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      h5 .soft {
        font-weight: var(--weight-normal);
      }

      .soft,
      .problem {
        font-size: var(--size-1);
        overflow-wrap: anywhere;
      }

      .table {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
        padding-block-start: var(--space-1);
      }

      .columns {
        font-family: var(--font-code);
      }

      .problem {
        padding-inline-start: var(--space-2);
        border-inline-start: 3px solid var(--caution);
      }
    `,
    choice,
  ];
}

customElements.define('dormouse-file-detail', FileDetailView);
