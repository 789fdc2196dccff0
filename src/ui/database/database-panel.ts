/** The session's databases: their tables and rows, SQL by hand, import and download. Python opens them, so nothing is read while it runs. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { CodeXml, Download, TableProperties, X } from 'lucide';
import { messageOf } from '../../base/errors';
import type { DatabaseChange, DatabaseSchema, FileReport, FileUndo, Session, SessionState } from '../../session';
import { kindOf } from '../files/file-kind';
import { loadingCode } from '../files/loading-code';
import { formatBytes, formatPath } from '../format';
import '../icon';
import '../notice-line';
import { saveBlob } from '../save-blob';
import { databaseWords } from '../strings/database';
import { choice, panel, shared } from '../styles';
import './import-dialog';
import type { Import, ImportDialog } from './import-dialog';
import './table-rows';
import type { TableRows } from './table-rows';
import './table-structure';

/** Between two looks while files change, ms. */
const PAUSE = 500;

/** Events: `close`; `insert-code` (string). */
export class DatabasePanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    files: { state: true },
    path: { state: true },
    schema: { state: true },
    table: { state: true },
    view: { state: true },
    notice: { state: true },
    working: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  declare occupied: boolean;
  /** Null before they were read. */
  declare private files: readonly FileReport[] | null;
  /** The database that is shown. */
  declare private path: string | null;
  declare private schema: DatabaseSchema | null;
  /** The table that is shown, by name. */
  declare private table: string | null;
  declare private view: 'tables' | 'sql';
  declare private notice: { tone: 'info' | 'error'; text: string; undo: FileUndo | null } | null;
  /** A sentence about what takes longer; null for nothing. */
  declare private working: string | null;
  #followed: Session | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #looks = 0;

  constructor() {
    super();
    this.occupied = false;
    this.files = null;
    this.path = null;
    this.schema = null;
    this.table = null;
    this.view = 'tables';
    this.notice = null;
    this.working = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.session) this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.#followed?.files.removeEventListener('change', this.#changed);
    this.#followed = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  /** Shows this database. */
  about(path: string): void {
    this.#choose(path);
  }

  /** Reads anew which databases there are, and the one that is shown. */
  async look(): Promise<void> {
    this.#follow();
    const look = ++this.#looks;
    try {
      const files = await this.session.files.list();
      if (look !== this.#looks) return;
      this.files = files;
      const { databases } = this;
      if (!databases.some(({ path }) => path === this.path)) {
        this.path = databases[0]?.path ?? null;
        this.schema = null;
        this.table = null;
      }
      if (this.path === null || !this.#possible) return;
      const schema = await this.session.database.schema(this.path);
      if (look !== this.#looks) return;
      this.schema = schema;
      if (!schema.tables.some(({ name }) => name === this.table)) this.table = schema.tables[0]?.name ?? null;
      await this.renderRoot.querySelector<TableRows>('dormouse-table-rows')?.look();
    } catch (error) {
      // A run that has just begun: it is looked again at its end.
      if (look === this.#looks && this.#possible) this.notice = { tone: 'error', text: messageOf(error), undo: null };
    }
  }

  #follow(): void {
    if (this.#followed === this.session) return;
    this.#followed?.files.removeEventListener('change', this.#changed);
    this.#followed = this.session;
    this.session.files.addEventListener('change', this.#changed);
  }

  readonly #changed = (): void => {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      if (this.isConnected) void this.look();
    }, PAUSE);
  };

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    if (before !== undefined && before !== this.state.phase && this.state.phase === 'idle' && this.isConnected) void this.look();
  }

  override render() {
    const words = databaseWords;
    const { databases, files, path } = this;
    return html`<div class="panel">
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${() => this.#tell('close', null)}>
          <dormouse-icon .glyph=${X}></dormouse-icon>
        </button>
      </header>
      ${this.#said()}
      <div class="body">
        ${this.#busy ? html`<p class="soft" role="status">${this.#busy}</p>` : nothing}
        ${files !== null && databases.length === 0 ? this.#empty() : nothing}
        ${path === null ? nothing : this.#database(path)}
      </div>
      <dormouse-import
        .sources=${(files ?? []).filter(({ path: file }) => kindOf(file) === 'table').map(({ path: file }) => file)}
        .databases=${databases.map(({ path: file }) => file)}
        @confirm=${({ detail }: CustomEvent<Import>) => this.#import(detail)}
      ></dormouse-import>
    </div>`;
  }

  #said() {
    if (this.working !== null)
      return html`<div class="working"><p class="soft" role="status">${this.working}</p><progress aria-label=${this.working}></progress></div>`;
    if (!this.notice) return nothing;
    const { tone, text, undo } = this.notice;
    return html`<dormouse-notice
      .tone=${tone}
      .text=${text}
      .action=${undo ? databaseWords.undo : null}
      .actionPossible=${this.#possible}
      .dismissable=${true}
      @act=${() => undo && this.#undo(undo)}
      @dismiss=${() => {
        this.notice = null;
        this.focus();
      }}
    ></dormouse-notice>`;
  }

  #empty() {
    const words = databaseWords;
    return html`<div class="empty">
      <p class="soft">${words.empty}</p>
      <pre>${words.emptyExample}</pre>
      <p class="row">
        <button class="outlined" @click=${() => this.#tell('insert-code', `${words.emptyExample}\n`)}>${words.insertExample}</button>
        <button class="outlined" aria-disabled=${this.#possible ? nothing : 'true'} @click=${this.#askImport}>${words.import}</button>
      </p>
    </div>`;
  }

  #database(path: string) {
    const words = databaseWords;
    const { databases, schema } = this;
    const icon = (name: string, glyph: typeof X, act: () => void, possible = true) =>
      html`<button class="icon" aria-label=${name} title=${name} aria-disabled=${possible ? nothing : 'true'} @click=${() => possible && act()}>
        <dormouse-icon .glyph=${glyph}></dormouse-icon></button>`;
    const size = databases.find((file) => file.path === path)?.size ?? 0;
    return html`
      <div class="row">
        <label class="choice"><span class="hidden-visually">${words.choose}</span><select @change=${(event: Event) => this.#choose((event.target as HTMLSelectElement).value)}>
          ${databases.map((file) => html`<option value=${file.path} ?selected=${file.path === path}>${formatPath(file.path)}</option>`)}
        </select></label>
        <span class="soft">${formatBytes(size)}</span>
        ${icon(words.insertCode, CodeXml, () => this.#tell('insert-code', loadingCode(path, true)))}
        ${icon(words.download, Download, () => void this.#download(path))}
        ${icon(words.import, TableProperties, () => void this.#askImport(), this.#possible)}
      </div>
      <div class="row" role="group" aria-label=${words.view}>
        ${(['tables', 'sql'] as const).map(
          (view) => html`<button class="view" aria-pressed=${this.view === view} @click=${() => this.#show(view)}>${words[view]}</button>`,
        )}
      </div>
      ${schema === null ? (this.#possible ? html`<p class="soft">${words.loading}</p>` : nothing) : this.view === 'tables' ? this.#tables(path, schema) : this.#sql(path, schema)}
    `;
  }

  #tables(path: string, { tables, problem }: DatabaseSchema) {
    const words = databaseWords;
    const shown = tables.find(({ name }) => name === this.table);
    return html`
      ${problem === null ? nothing : html`<p class="problem">${problem}</p>`}
      ${tables.length === 0 && problem === null ? html`<p class="soft">${words.noTables}</p>` : nothing}
      ${
        tables.length === 0
          ? nothing
          : html`<ul class="tables" aria-label=${words.tablesOf(formatPath(path))}>
              ${tables.map(
                ({ name, kind, columns }) =>
                  html`<li><button aria-pressed=${name === this.table} @click=${() => {
                    this.table = name;
                  }}><span class="name">${name}</span><span class="soft">${kind === 'view' ? words.viewKind : words.columns(columns.length)}</span></button></li>`,
              )}
            </ul>`
      }
      ${
        shown
          ? html`<dormouse-table-structure .table=${shown}></dormouse-table-structure>
              <dormouse-table-rows
                .session=${this.session}
                .path=${path}
                .table=${shown}
                .possible=${this.#possible}
                @changed=${this.#told}
                @problem=${this.#refused}
              ></dormouse-table-rows>`
          : nothing
      }
    `;
  }

  #sql(path: string, { tables }: DatabaseSchema) {
    return html`<dormouse-sql
      .session=${this.session}
      .path=${path}
      .name=${formatPath(path)}
      .tables=${tables}
      .possible=${this.#possible}
      @changed=${this.#told}
    ></dormouse-sql>`;
  }

  private get databases(): FileReport[] {
    return (this.files ?? []).filter(({ database }) => database);
  }

  get #possible(): boolean {
    return this.state.phase === 'idle' && !this.occupied;
  }

  /** Why nothing can be read now; null when it can. */
  get #busy(): string | null {
    const { phase } = this.state;
    if (phase === 'running' || phase === 'stopping') return databaseWords.busy;
    return phase === 'looking' ? databaseWords.elsewhere : null;
  }

  #choose(path: string): void {
    if (path !== this.path) {
      this.path = path;
      this.schema = null;
      this.table = null;
    }
    void this.look();
  }

  async #show(view: 'tables' | 'sql'): Promise<void> {
    if (view === 'sql') await import('./sql-view');
    this.view = view;
  }

  #told({ detail }: CustomEvent<{ change: DatabaseChange; text: string }>): void {
    this.notice = { tone: 'info', text: detail.text, undo: detail.change.undo };
  }

  #refused({ detail }: CustomEvent<string>): void {
    this.notice = { tone: 'error', text: detail, undo: null };
  }

  async #undo(undo: FileUndo): Promise<void> {
    this.notice = null;
    this.focus();
    try {
      await this.session.files.undo(undo);
      this.notice = { tone: 'info', text: databaseWords.undone, undo: null };
    } catch (error) {
      this.notice = { tone: 'error', text: messageOf(error), undo: null };
    }
    await this.look();
  }

  async #download(path: string): Promise<void> {
    try {
      saveBlob(await this.session.files.read(path), path.slice(path.lastIndexOf('/') + 1));
    } catch (error) {
      this.notice = { tone: 'error', text: messageOf(error), undo: null };
    }
  }

  async #askImport(): Promise<void> {
    if (!this.#possible) return;
    this.files = await this.session.files.list();
    await this.updateComplete;
    await this.renderRoot.querySelector<ImportDialog>('dormouse-import')?.show(this.path);
  }

  async #import({ source, path, table }: Import): Promise<void> {
    this.working = databaseWords.importing;
    try {
      const change = await this.session.database.importTable(path, { source, table, delimiter: '' });
      this.notice = { tone: 'info', text: databaseWords.imported(change.changed, table), undo: change.undo };
      this.path = path;
      this.table = table;
      this.view = 'tables';
      this.schema = null;
    } catch (error) {
      this.notice = { tone: 'error', text: messageOf(error), undo: null };
    } finally {
      this.working = null;
    }
    await this.look();
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  static override styles = [
    shared,
    panel,
    choice,
    css`
      .panel {
        display: flex;
        flex-direction: column;
        min-block-size: 100%;
      }

      .body {
        display: flex;
        flex: 1;
        flex-direction: column;
        gap: var(--space-3);
        min-block-size: 0;
        padding: var(--space-3) var(--space-4) var(--space-4);
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1);
      }

      .row .soft,
      .body > .soft,
      .working {
        font-size: var(--size-2);
      }

      .working {
        padding: var(--space-2) var(--space-4);
      }

      .working progress {
        inline-size: 100%;
        accent-color: var(--accent);
      }

      .choice {
        flex: 1;
        min-inline-size: 8rem;
      }

      select {
        inline-size: 100%;
      }

      .icon {
        padding: 0;
      }

      .view[aria-pressed='true'],
      .tables button[aria-pressed='true'] {
        background: var(--selection);
        font-weight: var(--weight-strong);
      }

      .tables {
        max-block-size: 14rem;
        margin: 0;
        padding: 0;
        overflow: auto;
        border: 1px solid var(--line);
        border-radius: var(--radius);
        list-style: none;
      }

      .tables button {
        inline-size: 100%;
        justify-content: space-between;
        border-radius: 0;
      }

      .tables .name {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .tables .soft {
        flex: none;
        font-size: var(--size-1);
        font-weight: var(--weight-normal);
      }

      .tables [aria-pressed='true'] .soft {
        color: var(--ink);
      }

      .problem {
        padding: var(--space-2);
        border-radius: var(--radius);
        background: var(--bad-ground);
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      .empty {
        display: grid;
        gap: var(--space-2);
      }

      .empty pre {
        overflow: auto;
        white-space: pre-wrap;
      }
    `,
  ];
}

customElements.define('dormouse-database', DatabasePanel);
