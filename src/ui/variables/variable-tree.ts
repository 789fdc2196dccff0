/** What is in a variable, level by level: each is asked for when it is opened. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { messageOf } from '../../base/errors';
import type { Session, VariableLevel } from '../../session';
import { formatCount } from '../format';
import { strings } from '../strings';
import { shared } from '../styles';

/** Children that are shown of one level: beyond it code finds things better. */
const MOST_SHOWN = 2000;

export class VariableTree extends LitElement {
  static override properties = {
    session: { attribute: false },
    name: { attribute: false },
    path: { attribute: false },
    revision: { attribute: false },
    shown: { state: true },
    count: { state: true },
    problem: { state: true },
    opened: { state: true },
  };

  declare session: Session;
  /** Of the variable. */
  declare name: string;
  /** Where in it this level is, place by place. */
  declare path: readonly number[];
  /** Another number when the variable may have changed. */
  declare revision: number;
  declare private shown: VariableLevel['children'];
  declare private count: number;
  /** A sentence in place of the level. */
  declare private problem: string | null;
  declare private opened: ReadonlySet<number>;

  constructor() {
    super();
    this.path = [];
    this.revision = 0;
    this.shown = [];
    this.count = 0;
    this.problem = null;
    this.opened = new Set();
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('name') || changed.has('revision')) void this.#read(0, Math.max(1, this.shown.length));
  }

  override render() {
    const words = strings.variables;
    const { shown, count, problem } = this;
    if (problem !== null) return html`<p class="soft" role="status">${problem}</p>`;
    const left = Math.min(count, MOST_SHOWN) - shown.length;
    return html`
      ${shown.map((child, place) => this.#child(child, place))}
      ${left > 0 && shown.length > 0 ? html`<button @click=${() => this.#read(shown.length, 1)}>${words.more(Math.min(100, left))}</button>` : nothing}
    `;
  }

  #child({ key, type, text, count }: VariableLevel['children'][number], place: number) {
    const line = html`<span class="key">${key}</span>: <span class="text">${text}</span> <span class="soft">${type}</span>`;
    if (count === 0) return html`<div class="leaf">${line}</div>`;
    const open = this.opened.has(place);
    return html`<details ?open=${open} @toggle=${(event: Event) => this.#toggle(place, (event.target as HTMLDetailsElement).open)}>
      <summary>${line} <span class="soft">${formatCount(count)}</span></summary>
      ${
        open
          ? html`<dormouse-variable-tree
              .session=${this.session}
              .name=${this.name}
              .path=${[...this.path, place]}
              .revision=${this.revision}
            ></dormouse-variable-tree>`
          : nothing
      }
    </details>`;
  }

  #toggle(place: number, open: boolean): void {
    const opened = new Set(this.opened);
    if (open) opened.add(place);
    else opened.delete(place);
    this.opened = opened;
  }

  /** Reads at least `wanted` children from `start`, and shows them behind those that are there. */
  async #read(start: number, wanted: number): Promise<void> {
    const { name, path } = this;
    const read: VariableLevel['children'] = [];
    try {
      let level: VariableLevel | null;
      do {
        level = await this.session.variables.level(name, [...path], start + read.length);
        read.push(...(level?.children ?? []));
      } while (level && level.children.length > 0 && read.length < wanted && start + read.length < level.count);
      if (name !== this.name) return;
      this.problem = level === null ? strings.variables.gone : null;
      this.count = level?.count ?? 0;
      this.shown = [...this.shown.slice(0, start), ...read];
    } catch (error) {
      // What is shown stays while Python is busy.
      if (this.shown.length === 0) this.problem = messageOf(error);
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        font-family: var(--font-code);
        font-size: var(--size-2);
        font-variant-ligatures: none;
        overflow-wrap: anywhere;
      }

      .leaf,
      dormouse-variable-tree {
        padding-inline-start: 1rem;
      }

      summary {
        min-block-size: 24px;
        cursor: pointer;
      }

      .key {
        color: var(--code-definition);
      }

      .soft {
        font-family: var(--font-ui, inherit);
        font-size: var(--size-1);
      }
    `,
  ];
}

customElements.define('dormouse-variable-tree', VariableTree);
