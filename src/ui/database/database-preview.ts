/** The tables of a database that is no session's yet, with their first rows: looked into when it is opened. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { messageOf } from '../../base/errors';
import type { LookedTable } from '../../session';
import { formatPath } from '../format';
import { openingWords } from '../strings/opening';
import { shared } from '../styles';
import './cell-table';

export class DatabasePreview extends LitElement {
  static override properties = {
    path: { attribute: false },
    look: { attribute: false },
    tables: { state: true },
    problem: { state: true },
  };

  declare path: string;
  declare look: (path: string) => Promise<LookedTable[]>;
  /** Null until they are known. */
  declare private tables: readonly LookedTable[] | null;
  declare private problem: string | null;

  constructor() {
    super();
    this.path = '';
    this.tables = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('path') && !changed.has('look')) return;
    this.tables = null;
    this.problem = null;
  }

  override render() {
    const words = openingWords;
    return html`<details @toggle=${this.#toggled}>
      <summary>${words.database(formatPath(this.path))}</summary>
      <div role="status">${this.#said}</div>
      ${this.tables?.map((table) => this.#table(table)) ?? nothing}
    </details>`;
  }

  get #said(): string {
    const words = openingWords;
    if (this.problem !== null) return this.problem;
    if (this.tables === null) return words.looking;
    return this.tables.length === 0 ? words.noTables : '';
  }

  #table({ name, kind, columns, rows, first, problem }: LookedTable) {
    const words = openingWords;
    const what = kind === 'table' ? (rows === null ? '' : words.rows(rows)) : words[kind];
    return html`
      <h3>${name} <span class="soft">${what}</span></h3>
      ${problem === null ? nothing : html`<p class="soft">${problem}</p>`}
      ${first.length === 0 ? nothing : html`<dormouse-cells .label=${words.firstRows(name)} .columns=${columns} .rows=${first}></dormouse-cells>`}
    `;
  }

  readonly #toggled = async (event: Event): Promise<void> => {
    if (!(event.target as HTMLDetailsElement).open || this.tables !== null || this.problem !== null) return;
    const { path, look } = this;
    try {
      const tables = await look(path);
      if (path === this.path && look === this.look) this.tables = tables;
    } catch (error) {
      if (path === this.path && look === this.look) this.problem = messageOf(error);
    }
  };

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        margin-block-start: var(--space-3);
      }

      summary {
        min-block-size: var(--target);
        font-weight: var(--weight-strong);
        cursor: pointer;
        overflow-wrap: anywhere;
      }

      h3 {
        margin-block: var(--space-2) var(--space-1);
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      .soft {
        font-weight: var(--weight-normal);
      }
    `,
  ];
}

customElements.define('dormouse-database-preview', DatabasePreview);
