/**
 * What differs between two sides: files, cells of the notebook, variables, as a list; beneath it, or beside it where there is room, what differs
 * in one of them. What is chosen of the other side is taken into this session. Everything shown may be a stranger's: it is shown as text.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { messageOf } from '../../base/errors';
import { type CellDifference, type ComparedFile, canTake, type FileDetail, type JoinChoice, type SessionComparison } from '../../session';
import { formatPath } from '../format';
import { compareWords as words } from '../strings/compare';
import { choice, shared } from '../styles';
import './file-detail';
import type { Relation } from './file-detail';
import './text-difference';

/** So many lines of each kind at a time are shown. */
const PAGE = 20;

type Kind = 'files' | 'cells' | 'variables';

/** What is shown in detail. */
type Shown = { kind: 'file'; file: ComparedFile; detail: FileDetail | string | null } | { kind: 'cell'; cell: CellDifference };

/** Events: `join` (CustomEvent<JoinChoice>, which bubbles) when what was chosen is to be taken over. */
export class ComparisonView extends LitElement {
  static override properties = {
    comparison: { attribute: false },
    name: { attribute: false },
    relation: { attribute: false },
    possible: { attribute: false },
    joining: { attribute: false },
    problem: { attribute: false },
    pages: { state: true },
    shown: { state: true },
    whole: { state: true },
    tables: { state: true },
  };

  /** Null while it is being made. */
  declare comparison: SessionComparison | null;
  /** What is compared with, in words: a time, or a name. */
  declare name: string;
  declare relation: Relation;
  /** Whether something can be taken over now; else why not. */
  declare possible: true | string;
  /** What was chosen is being taken over. */
  declare joining: boolean;
  /** A sentence about what did not work. */
  declare problem: string | null;
  declare private pages: Record<Kind, number>;
  declare private shown: Shown | null;
  /** Paths of files that are taken whole. */
  declare private whole: ReadonlySet<string>;
  /** Tables that are taken, by the path of their database. */
  declare private tables: ReadonlyMap<string, ReadonlySet<string>>;

  constructor() {
    super();
    this.comparison = null;
    this.name = '';
    this.relation = 'moment';
    this.possible = true;
    this.joining = false;
    this.problem = null;
    this.#reset();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('comparison')) this.#reset();
  }

  override render() {
    const { comparison } = this;
    const title = words[this.relation].title(this.name, comparison?.after.name ?? '');
    // Always there, so that what comes into it is read out.
    return html`
      <span class="hidden-visually" role="status">${comparison ? title : words.comparing}</span>
      ${comparison ? this.#compared(comparison, title) : html`<p class="soft">${words.comparing}</p>`}
    `;
  }

  #compared(comparison: SessionComparison, title: string) {
    const { files, cells, variables } = comparison;
    const relation = words[this.relation];
    return html`
      <h3>${title}</h3>
      <div class="parts">
        <div class="list">
          ${this.#list('files', words.files, words.sameFiles, files, (file) => this.#file(file, comparison.joinable !== null))}
          ${
            cells === null
              ? html`<p class="soft">${words.noCells}</p>`
              : this.#list('cells', words.cells, words.sameCells, cells.cells, (cell) => this.#cell(cell))
          }
          ${cells && cells.more > 0 ? html`<p class="soft">${words.moreCells(cells.more)}</p>` : nothing}
          ${
            variables === null
              ? html`<p class="soft">${words.noVariables}</p>`
              : [
                  this.#list('variables', words.variables, words.sameVariables, variables, ({ name, change, before, after }) => {
                    const value = (variable: typeof before) =>
                      variable?.text ? html` <code class="value">${variable.text}</code>` : nothing;
                    const is = after ?? before;
                    return html`<tr>
                      <th scope="row"><code>${name}</code></th>
                      <td colspan="2">${
                        change === 'changed' && before?.type !== after?.type
                          ? `${before?.type ?? '?'} → ${after?.type ?? '?'}`
                          : `${relation.change[change]}, ${is?.type ?? '?'}`
                      }${change === 'changed' && before?.text ? html`${value(before)} →${value(after)}` : value(is)}</td>
                    </tr>`;
                  }),
                  html`<p class="soft">${words.variablesHint}</p>`,
                ]
          }
        </div>
        ${this.shown === null ? nothing : html`<section class="detail" aria-label=${words.detail(this.#shownName)} tabindex="-1">${this.#detail(this.shown)}</section>`}
      </div>
      ${comparison.joinable && files.length > 0 ? this.#apply() : nothing}
    `;
  }

  #list<Item>(kind: Kind, title: string, none: string, items: readonly Item[], row: (item: Item) => unknown) {
    const shown = this.pages[kind];
    const left = items.length - shown;
    if (items.length === 0) return html`<p class="soft">${none}</p>`;
    const more = () => {
      this.pages = { ...this.pages, [kind]: shown + PAGE };
    };
    return html`
      <table>
        <caption>${title}</caption>
        <tbody>${items.slice(0, shown).map(row)}</tbody>
      </table>
      ${left > 0 ? html`<button class="outlined" @click=${more}>${words.more(Math.min(PAGE, left))}</button>` : nothing}
    `;
  }

  #file(file: ComparedFile, joinable: boolean) {
    const { path, change, before, after, unsure } = file;
    const size = (entry: typeof before) => (entry?.kind === 'file' ? entry.size : null);
    const open = this.shown?.kind === 'file' && this.shown.file === file;
    return html`<tr>
      <th scope="row">
        <button class="link" aria-expanded=${String(open)} @click=${() => this.#showFile(file)}><code>${formatPath(path)}</code></button>
      </th>
      <td>
        ${words[this.relation].change[change]} <span class="soft sizes">${words.sizes(size(before), size(after))}</span>
        ${unsure ? html`<span class="soft">${words.unsure}</span>` : nothing}
      </td>
      <td class="choice">${joinable && canTake(file) ? this.#choice(file) : nothing}</td>
    </tr>`;
  }

  #choice({ path }: ComparedFile) {
    const { mine, theirs, tables } = words[this.relation].choice;
    const some = this.tables.get(path)?.size ?? 0;
    const value = this.whole.has(path) ? 'theirs' : some > 0 ? 'tables' : 'mine';
    const choose = (event: Event) => {
      this.#chooseFile(path, (event.target as HTMLSelectElement).value === 'theirs');
    };
    return html`<select aria-label=${words.choose(formatPath(path))} @change=${choose}>
      <option value="mine" .selected=${value === 'mine'}>${mine}</option>
      <option value="theirs" .selected=${value === 'theirs'}>${theirs}</option>
      ${some > 0 ? html`<option value="tables" .selected=${value === 'tables'}>${tables(some)}</option>` : nothing}
    </select>`;
  }

  #cell(cell: CellDifference) {
    const open = this.shown?.kind === 'cell' && this.shown.cell === cell;
    return html`<tr>
      <th scope="row">
        <button class="link" aria-expanded=${String(open)} @click=${() => this.#show(open ? null : { kind: 'cell', cell })}>${nameOf(cell)}</button>
      </th>
      <td colspan="2">${words[this.relation].change[cell.change]}, ${words.kind[cell.kind]}</td>
    </tr>`;
  }

  #detail(shown: Shown) {
    if (shown.kind === 'cell') {
      const { difference } = shown.cell;
      return html`<h4>${words.detail(nameOf(shown.cell))}</h4>
        ${
          difference
            ? html`<dormouse-text-difference .difference=${difference} .label=${words.detail(nameOf(shown.cell))}></dormouse-text-difference>`
            : html`<p class="soft">${words.none.different}</p>`
        }`;
    }
    const { path, change } = shown.file;
    const chooseTable = ({ detail: { table, take } }: CustomEvent<{ table: string; take: boolean }>) =>
      this.#chooseTable(path, table, take);
    return html`<dormouse-file-detail
      .name=${formatPath(path)}
      .detail=${shown.detail}
      .relation=${this.relation}
      .chosen=${this.tables.get(path) ?? new Set()}
      .choosable=${this.comparison?.joinable !== null && change === 'changed' && canTake(shown.file)}
      @choose-table=${chooseTable}
    ></dormouse-file-detail>`;
  }

  #apply() {
    const choices = this.whole.size + [...this.tables.values()].reduce((sum, tables) => sum + tables.size, 0);
    const refusal = this.possible !== true ? this.possible : choices === 0 ? words.nothingChosen : null;
    const act = () => {
      if (refusal !== null || this.joining) return;
      const detail: JoinChoice = {
        files: [...this.whole],
        tables: [...this.tables].filter(([, tables]) => tables.size > 0).map(([path, tables]) => ({ path, tables: [...tables] })),
      };
      this.dispatchEvent(new CustomEvent('join', { detail, bubbles: true, composed: true }));
    };
    return html`<div class="apply">
      <button class=${refusal === null ? 'primary' : 'outlined'} aria-disabled=${refusal !== null || this.joining ? 'true' : nothing} title=${refusal ?? nothing} @click=${act}>
        ${words.apply(choices)}
      </button>
      <p class="soft">${words.applyHint}</p>
      <p role="status">${this.joining ? words.applying : nothing}</p>
      ${this.problem === null ? nothing : html`<p class="problem" role="alert">${this.problem}</p>`}
    </div>`;
  }

  get #shownName(): string {
    const { shown } = this;
    return shown === null ? '' : shown.kind === 'file' ? formatPath(shown.file.path) : nameOf(shown.cell);
  }

  async #showFile(file: ComparedFile): Promise<void> {
    const { comparison } = this;
    if (this.shown?.kind === 'file' && this.shown.file === file) {
      this.#show(null);
      return;
    }
    const wanted: Shown = { kind: 'file', file, detail: null };
    this.#show(wanted);
    const detail = await comparison?.detail(file).catch(messageOf);
    if (this.shown === wanted && detail !== undefined) this.shown = { ...wanted, detail };
  }

  #show(shown: Shown | null): void {
    this.shown = shown;
    // Beneath a long list it would be out of sight.
    if (shown) void this.updateComplete.then(() => this.renderRoot.querySelector('.detail')?.scrollIntoView({ block: 'nearest' }));
  }

  #chooseFile(path: string, take: boolean): void {
    const whole = new Set(this.whole);
    if (take) whole.add(path);
    else whole.delete(path);
    this.whole = whole;
    this.#setTables(path, new Set());
  }

  /** A table of its own instead of the whole file. */
  #chooseTable(path: string, table: string, take: boolean): void {
    const tables = new Set(this.tables.get(path));
    if (take) tables.add(table);
    else tables.delete(table);
    this.#setTables(path, tables);
    const whole = new Set(this.whole);
    whole.delete(path);
    this.whole = whole;
  }

  #setTables(path: string, tables: ReadonlySet<string>): void {
    this.tables = new Map(this.tables).set(path, tables);
  }

  #reset(): void {
    this.pages = { files: PAGE, cells: PAGE, variables: PAGE };
    this.shown = null;
    this.whole = new Set();
    this.tables = new Map();
  }

  static override styles = [
    shared,
    choice,
    css`
      :host {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
        container-type: inline-size;
        font-size: var(--size-2);
      }

      .parts,
      .list,
      .detail,
      .apply {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        align-content: start;
        gap: var(--space-2);
      }

      .parts {
        justify-items: stretch;
      }

      .detail > * {
        inline-size: 100%;
      }

      .detail {
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--ground);
      }

      @container (min-width: 52rem) {
        .parts:has(.detail) {
          grid-template-columns: minmax(0, 2fr) minmax(0, 3fr);
          gap: var(--space-4);
        }
      }

      h3,
      h4 {
        margin: 0;
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      caption {
        color: var(--ink-soft);
        text-align: start;
      }

      th {
        inline-size: 45%;
        color: var(--ink);
      }

      th,
      td {
        overflow-wrap: anywhere;
      }

      .link {
        max-inline-size: 100%;
        padding: 0 var(--space-1);
        margin-inline-start: calc(-1 * var(--space-1));
        color: var(--accent);
        text-align: start;
        text-decoration: underline;
        overflow-wrap: anywhere;
      }

      .link[aria-expanded='true'] {
        background: var(--selection);
        color: var(--ink);
      }

      .sizes {
        white-space: nowrap;
      }

      .choice {
        text-align: end;
      }

      .value {
        font-size: var(--size-1);
      }

      .apply {
        padding-block-start: var(--space-2);
        border-block-start: 1px solid var(--line);
      }

      .problem {
        padding-inline-start: var(--space-2);
        border-inline-start: 3px solid var(--caution);
      }

      /* Where it is narrow the choice stands under what it is about. */
      @container (max-width: 30rem) {
        tr {
          display: flex;
          flex-wrap: wrap;
          align-items: baseline;
          justify-content: space-between;
          gap: 0 var(--space-2);
          border-block-end: 1px solid var(--line);
        }

        th,
        td {
          inline-size: auto;
          padding: var(--space-1) 0;
          border: 0;
        }

        th {
          flex: 1 1 100%;
        }
      }
    `,
  ];
}

function nameOf({ before, after }: CellDifference): string {
  return before !== null && after !== null ? words.movedCell(before, after) : words.cell((after ?? before) as number);
}

customElements.define('dormouse-comparison', ComparisonView);
