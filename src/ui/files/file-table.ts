/** A file as a table: read in a worker, with progress; a workbook sheet by sheet. Loaded when the first one is shown. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { messageOf } from '../../base/errors';
import type { Session } from '../../session';
import { type CsvReport, FileTable, type TableKind } from '../../table';
import '../grid/grid';
import { strings } from '../strings';
import { shared } from '../styles';
import { nameOf } from './file-nodes';

/** Event: `no-table` when a JSON file holds something else than a table. */
export class FileTableView extends LitElement {
  static override properties = {
    session: { attribute: false },
    path: { attribute: false },
    kind: { attribute: false },
    table: { state: true },
    sheet: { state: true },
    progress: { state: true },
    problem: { state: true },
  };

  declare session: Session;
  declare path: string;
  declare kind: TableKind;
  declare private table: FileTable | null;
  /** Which of its sheets. */
  declare private sheet: number;
  /** Bytes read of all; null while that is not known. */
  declare private progress: { done: number; total: number } | null;
  declare private problem: string | null;
  #reading = new AbortController();

  constructor() {
    super();
    this.table = null;
    this.sheet = 0;
    this.progress = null;
    this.problem = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('path') || changed.has('kind')) void this.#open();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  #close(): void {
    this.#reading.abort();
    this.table?.close();
    this.table = null;
  }

  async #open(): Promise<void> {
    this.#close();
    const reading = new AbortController();
    this.#reading = reading;
    const { signal } = reading;
    this.sheet = 0;
    this.progress = null;
    this.problem = null;
    // First the file comes, then it is read: each is half of the way.
    const half = (second: boolean) => (done: number, total: number) => {
      if (!signal.aborted) this.progress = { done: (done + (second ? total : 0)) / 2, total };
    };
    try {
      const file = await this.session.files.read(this.path, { signal, onProgress: half(false) });
      const table = await FileTable.open(file, this.kind, { signal, onProgress: half(true) });
      if (signal.aborted) table.close();
      else this.table = table;
    } catch (error) {
      if (signal.aborted) return;
      if (this.kind === 'json' || this.kind === 'json-lines') this.dispatchEvent(new CustomEvent('no-table'));
      else this.problem = strings.files.preview.tableBroken(messageOf(error));
    }
  }

  override render() {
    const words = strings.files.preview;
    const { table, progress } = this;
    if (this.problem !== null) return html`<p role="alert">${this.problem}</p>`;
    if (!table) {
      return html`<p class="soft" role="status">${progress ? words.tableProgress(progress.done, progress.total) : words.loading}</p>
        ${progress ? html`<progress aria-label=${words.loading} max=${progress.total} value=${progress.done}></progress>` : nothing}`;
    }
    const name = nameOf(this.path);
    return html`
      ${table.report ? this.#notes(table.report) : nothing}
      ${
        table.sheets.length > 1
          ? html`<label class="sheets">${words.sheet}
              <select @change=${({ target }: Event) => {
                this.sheet = (target as HTMLSelectElement).selectedIndex;
              }}>${table.sheets.map((sheet, index) => html`<option ?selected=${index === this.sheet}>${sheet.name}</option>`)}</select></label>`
          : nothing
      }
      <dormouse-grid fill .source=${table.sheets[this.sheet]?.source ?? null} .label=${words.table(name)} .name=${name.replace(/\.[^.]*$/, '')}></dormouse-grid>
    `;
  }

  #notes({ delimiter, encoding, headed, ragged, unclosed, damaged }: CsvReport) {
    const words = strings.files.preview;
    const [first] = ragged.first;
    return html`
      <p class="soft">${words.readAs(words.separated[delimiter], encoding, headed)}</p>
      ${first ? html`<p class="warning">${words.ragged(ragged.count, first.row, first.fields)}</p>` : nothing}
      ${unclosed ? html`<p class="warning">${words.unclosed}</p>` : nothing}
      ${damaged ? html`<p class="warning">${words.damaged}</p>` : nothing}
    `;
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

      dormouse-grid {
        flex: 1;
        min-block-size: 0;
      }

      .soft,
      .warning,
      .sheets {
        font-size: var(--size-2);
      }

      .warning {
        color: var(--caution);
      }

      progress {
        inline-size: 100%;
        accent-color: var(--accent);
      }
    `,
  ];
}

customElements.define('dormouse-file-table', FileTableView);
