/** One variable of the list: a line, and when it is chosen what can be done with it. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { CodeXml, ListTree, Pin, PinOff, Table, Trash2, X } from 'lucide';
import { messageOf } from '../../base/errors';
import type { Session, Variable, VariableTable } from '../../session';
import { formatBytes, formatCount } from '../format';
import '../icon';
import { strings } from '../strings';
import { shared } from '../styles';
import './variable-tree';

/** Events: `choose`; `view` (CustomEvent<boolean>); `pin`; `delete`; `insert`. */
export class VariableEntry extends LitElement {
  static override properties = {
    session: { attribute: false },
    variable: { attribute: false },
    chosen: { attribute: false },
    opened: { attribute: false },
    pinned: { attribute: false },
    possible: { attribute: false },
    revision: { attribute: false },
    table: { state: true },
    problem: { state: true },
  };

  declare session: Session;
  declare variable: Variable;
  /** It is the one whose actions are shown. */
  declare chosen: boolean;
  /** Its table or tree is shown. */
  declare opened: boolean;
  declare pinned: boolean;
  /** Whether Python can be asked now. */
  declare possible: boolean;
  /** Another number when the variable may have changed. */
  declare revision: number;
  declare private table: VariableTable | null;
  declare private problem: string | null;

  constructor() {
    super();
    this.chosen = false;
    this.opened = false;
    this.pinned = false;
    this.possible = true;
    this.revision = 0;
    this.table = null;
    this.problem = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('.line')?.focus();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    const shown = this.chosen && this.opened && this.variable.view === 'grid';
    if (!shown) this.table = null;
    else if (changed.has('opened') || changed.has('chosen') || changed.has('revision') || changed.has('variable')) void this.#readTable();
  }

  override render() {
    const { name, type, text } = this.variable;
    return html`
      <button class="line" aria-expanded=${this.chosen} @click=${() => this.dispatchEvent(new Event('choose'))}>
        <span class="name">${this.pinned ? html`<dormouse-icon .glyph=${Pin}></dormouse-icon>` : nothing}${name}</span>
        <span class="kind soft" title=${type}>${this.#kind}</span>
        <span class="text soft">${text}</span>
      </button>
      ${this.chosen ? this.#details() : nothing}
    `;
  }

  /** Its type, and how much it is. */
  get #kind(): string {
    const { type, shape, length } = this.variable;
    if (shape) return `${type} ${shape.map(formatCount).join(' × ')}`;
    return length === null ? type : `${type} · ${strings.variables.length(length)}`;
  }

  #details() {
    const words = strings.variables;
    const { view, size, text, name } = this.variable;
    const impossible = this.possible ? nothing : 'true';
    const act = (type: string) => () => this.possible && this.dispatchEvent(new Event(type));
    const openView = () => this.dispatchEvent(new CustomEvent('view', { detail: !this.opened }));
    return html`<div class="details" role="group" aria-label=${name}>
      <p class="value">${text}</p>
      ${size === null ? nothing : html`<p class="soft">${this.variable.shape ? formatBytes(size) : words.itself(formatBytes(size))}</p>`}
      <div class="row">
        ${
          view === null
            ? nothing
            : html`<button class="outlined" aria-pressed=${this.opened} @click=${openView}>
                <dormouse-icon .glyph=${this.opened ? X : view === 'grid' ? Table : ListTree}></dormouse-icon>
                ${this.opened ? words.closeView : view === 'grid' ? words.openGrid : words.openTree}</button>`
        }
        <button class="outlined" aria-pressed=${this.pinned} @click=${() => this.dispatchEvent(new Event('pin'))}>
          <dormouse-icon .glyph=${this.pinned ? PinOff : Pin}></dormouse-icon>${this.pinned ? words.pinned : words.pin}</button>
        <button class="outlined" @click=${() => this.dispatchEvent(new Event('insert'))}>
          <dormouse-icon .glyph=${CodeXml}></dormouse-icon>${words.insert}</button>
        <button class="outlined" aria-disabled=${impossible} @click=${act('delete')}>
          <dormouse-icon .glyph=${Trash2}></dormouse-icon>${words.delete}</button>
      </div>
      ${this.opened && view !== null ? this.#view() : nothing}
    </div>`;
  }

  #view() {
    const words = strings.variables;
    const { name, view } = this.variable;
    if (view === 'tree')
      return html`<div class="tree" role="region" aria-label=${words.tree(name)} tabindex="0">
        <dormouse-variable-tree .session=${this.session} .name=${name} .revision=${this.revision}></dormouse-variable-tree></div>`;
    if (this.problem !== null) return html`<p class="soft" role="status">${this.problem}</p>`;
    return this.table ? html`<dormouse-table .table=${this.table} .session=${this.session}></dormouse-table>` : nothing;
  }

  async #readTable(): Promise<void> {
    const { name } = this.variable;
    try {
      const [table] = await Promise.all([this.session.variables.table(name), import('../output/table-output')]);
      if (name !== this.variable.name) return;
      this.table = table;
      this.problem = table === null ? strings.variables.gone : null;
    } catch (error) {
      // What is shown stays while Python is busy.
      if (this.table === null) this.problem = messageOf(error);
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        border-block-end: 1px solid var(--line);
      }

      .line {
        display: grid;
        grid-template-columns: minmax(0, auto) minmax(6ch, 1fr);
        gap: 0 var(--space-3);
        inline-size: 100%;
        padding: var(--space-1) var(--space-4);
        border-radius: 0;
        text-align: start;
      }

      .line[aria-expanded='true'] {
        background: var(--selection);
      }

      .line[aria-expanded='true'] .soft {
        color: var(--ink);
      }

      .line:focus-visible {
        outline-offset: -2px;
      }

      .name,
      .text,
      .value {
        font-family: var(--font-code);
        font-variant-ligatures: none;
      }

      .name {
        font-weight: var(--weight-strong);
      }

      .name dormouse-icon {
        margin-inline-end: var(--space-1);
        vertical-align: -0.15em;
        color: var(--accent);
      }

      .line > span {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .kind {
        text-align: end;
        font-size: var(--size-1);
        font-variant-numeric: tabular-nums;
      }

      .text {
        grid-column: 1 / -1;
        font-size: var(--size-1);
      }

      .details {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
        padding: var(--space-2) var(--space-4) var(--space-3);
        font-size: var(--size-2);
      }

      .value {
        max-block-size: 8rem;
        overflow: auto;
        overflow-wrap: anywhere;
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
      }

      .tree {
        max-block-size: 24rem;
        overflow: auto;
      }

      dormouse-table {
        --grid-rows: 10;
        min-inline-size: 0;
      }
    `,
  ];
}

customElements.define('dormouse-variable', VariableEntry);
