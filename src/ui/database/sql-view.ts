/** SQL by hand: an editor that knows the names of the database, the result, the plan. What changes something asks first. */
import { SQLite, sql } from '@codemirror/lang-sql';
import type { Extension } from '@codemirror/state';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { FileDown, ListTree, Play } from 'lucide';
import { messageOf } from '../../base/errors';
import type { DatabaseCell, DatabaseTable, Session } from '../../session';
import '../icon';
import '../question-dialog';
import type { QuestionDialog } from '../question-dialog';
import { saveBlob } from '../save-blob';
import { databaseWords } from '../strings/database';
import { shared } from '../styles';
import '../text-editor';
import type { TextEditor } from '../text-editor';
import './cell-table';
import { csvOf } from './cell-text';

interface Answer {
  columns: readonly string[];
  rows: readonly (readonly DatabaseCell[])[];
  said: string;
}

/** Events: `changed` (CustomEvent<{ change: DatabaseChange; text: string }>). */
export class SqlView extends LitElement {
  static override properties = {
    session: { attribute: false },
    path: { attribute: false },
    name: { attribute: false },
    tables: { attribute: false },
    possible: { attribute: false },
    answer: { state: true },
    problem: { state: true },
    working: { state: true },
    language: { state: true },
  };

  declare session: Session;
  declare path: string;
  /** Of the database, for people. */
  declare name: string;
  declare tables: readonly DatabaseTable[];
  declare possible: boolean;
  declare private answer: Answer | null;
  declare private problem: string | null;
  declare private working: boolean;
  declare private language: Extension;

  constructor() {
    super();
    this.tables = [];
    this.possible = true;
    this.answer = null;
    this.problem = null;
    this.working = false;
    this.language = [];
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('tables')) {
      const schema = Object.fromEntries(this.tables.map(({ name, columns }) => [name, columns.map((column) => column.name)]));
      this.language = sql({ dialect: SQLite, schema, upperCaseKeywords: true });
    }
    if (changed.has('path')) {
      this.answer = null;
      this.problem = null;
    }
  }

  protected override firstUpdated(): void {
    const [first] = this.tables;
    if (first) this.#editor.text = `SELECT * FROM ${quoted(first.name)} LIMIT 100`;
  }

  override render() {
    const words = databaseWords;
    const { answer, problem } = this;
    const impossible = this.possible && !this.working ? nothing : 'true';
    return html`
      <dormouse-text-editor .label=${words.query} .language=${this.language} @submit=${() => this.#run(false)}></dormouse-text-editor>
      <div class="tools">
        <button class="primary" title=${words.runHint} aria-disabled=${impossible} @click=${() => this.#run(false)}>
          <dormouse-icon .glyph=${Play}></dormouse-icon>${words.run}</button>
        <button class="outlined" aria-disabled=${impossible} @click=${() => this.#run(true)}>
          <dormouse-icon .glyph=${ListTree}></dormouse-icon>${words.explain}</button>
        ${answer && answer.rows.length > 0 ? html`<button @click=${this.#export}><dormouse-icon .glyph=${FileDown}></dormouse-icon>${words.export}</button>` : nothing}
      </div>
      <p class="soft" role="status">${this.working ? words.loading : (answer?.said ?? nothing)}</p>
      ${problem === null ? nothing : html`<p class="problem" role="alert">${problem}</p>`}
      ${answer ? html`<dormouse-cells .label=${words.answer} .columns=${answer.columns} .rows=${answer.rows}></dormouse-cells>` : nothing}
      <dormouse-question></dormouse-question>
    `;
  }

  async #run(explain: boolean): Promise<void> {
    if (!this.possible || this.working) return;
    const text = this.#editor.text.trim();
    if (text === '') return;
    this.working = true;
    this.problem = null;
    this.answer = null;
    try {
      await this.#answer(explain ? `EXPLAIN QUERY PLAN ${text}` : text);
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.working = false;
    }
  }

  async #answer(text: string): Promise<void> {
    const words = databaseWords;
    const { session, path } = this;
    const found = await session.database.query(path, text);
    if (!found.changes) {
      this.problem = found.problem;
      if (found.problem !== null) return;
      const said = found.columns.length === 0 ? words.nothing : words.answerRows(found.rows.length, found.more, found.seconds);
      this.answer = { columns: found.columns, rows: found.rows, said };
      return;
    }
    const question = { title: words.changesTitle, text: words.changesText(this.name), confirm: words.changesConfirm, cancel: words.cancel };
    if (!(await this.#question.ask(question))) return;
    const change = await session.database.execute(path, text);
    const said = words.changed(change.changed);
    this.answer = { columns: change.columns, rows: change.rows, said };
    this.dispatchEvent(new CustomEvent('changed', { detail: { change, text: said } }));
  }

  #export(): void {
    const { answer } = this;
    if (answer) saveBlob(new Blob([csvOf(answer.columns, answer.rows)], { type: 'text/csv' }), databaseWords.exportName);
  }

  get #editor(): TextEditor {
    return this.renderRoot.querySelector('dormouse-text-editor') as TextEditor;
  }

  get #question(): QuestionDialog {
    return this.renderRoot.querySelector('dormouse-question') as QuestionDialog;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        min-block-size: 0;
      }

      dormouse-text-editor {
        flex: none;
        block-size: 9rem;
      }

      dormouse-cells {
        flex: 0 1 auto;
        min-block-size: 8rem;
      }

      .tools {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
      }

      .soft {
        font-size: var(--size-2);
      }

      .problem {
        padding: var(--space-2);
        border-radius: var(--radius);
        background: var(--bad-ground);
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }
    `,
  ];
}

/** A name as SQL has it, in quotes only where it needs them. */
const quoted = (name: string): string => (/^[a-z_][a-z0-9_]*$/i.test(name) ? name : `"${name.replaceAll('"', '""')}"`);

customElements.define('dormouse-sql', SqlView);
