/** The variables of a session: a list that follows the runs, with what can be done with each. Nothing is asked while the panel is closed. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { X } from 'lucide';
import { messageOf } from '../../base/errors';
import type { Session, SessionState, VariableList, VariablesView } from '../../session';
import '../icon';
import '../notice-line';
import { strings } from '../strings';
import { choice, panel, shared } from '../styles';
import './variable-entry';
import type { VariableEntry } from './variable-entry';

/** How many are shown at first, and how many more at a time; `MOST` in all. */
const STEP = 100;
const MOST = 1000;
/** How long after the last key the filter is asked for, ms. */
const FILTER_AFTER = 150;
const SORTS = ['made', 'name', 'type', 'size'] as const satisfies VariablesView['sort'][];

/** Events: `close`; `insert-code` (CustomEvent<string>). */
export class VariablesPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    list: { state: true },
    wanted: { state: true },
    sort: { state: true },
    code: { state: true },
    pinned: { state: true },
    count: { state: true },
    chosen: { state: true },
    opened: { state: true },
    revision: { state: true },
    notice: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  /** A download, upload or the like goes on. */
  declare occupied: boolean;
  /** Null before it was read. */
  declare private list: VariableList | null;
  declare private wanted: string;
  declare private sort: VariablesView['sort'];
  declare private code: boolean;
  /** Names, as long as the page is open. */
  declare private pinned: readonly string[];
  declare private count: number;
  /** The variable whose actions are shown, by name. */
  declare private chosen: string | null;
  declare private opened: boolean;
  /** Grows with every list that came. */
  declare private revision: number;
  declare private notice: { text: string; undo: { name: string; token: string } | null } | null;
  #looks = 0;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.occupied = false;
    this.list = null;
    this.wanted = '';
    this.sort = 'made';
    this.code = false;
    this.pinned = [];
    this.count = STEP;
    this.chosen = null;
    this.opened = false;
    this.revision = 0;
    this.notice = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  /** Reads the list anew; while Python is busy that waits for the run's end. */
  async look(): Promise<void> {
    if (!this.#possible) return;
    const look = ++this.#looks;
    const { wanted, sort, code, pinned, count } = this;
    try {
      const view = { wanted, sort, descending: sort === 'size', pinned: [...pinned], code };
      const list = await this.session.variables.list(view, count);
      if (look !== this.#looks) return;
      this.list = list;
      this.revision += 1;
    } catch (error) {
      // A run that has just begun: it is looked again at its end.
      if (look === this.#looks && this.#possible) this.notice = { text: messageOf(error), undo: null };
    }
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.get('session')) {
      this.list = null;
      this.pinned = [];
      this.notice = null;
    }
    // What was deleted before a run cannot be brought back after it.
    if (this.state.phase === 'running' && this.notice?.undo) this.notice = null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state');
    if (!before || !this.isConnected) return;
    const went = before.phase !== this.state.phase || (before.changed !== this.state.changed && this.state.changed);
    if (went && this.state.phase === 'idle') void this.look();
  }

  override render() {
    const words = strings.variables;
    return html`<div @keydown=${this.#key}>
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <span role="status" class="soft">${this.list ? words.count(this.list.found, this.list.total) : nothing}</span>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${this.#close}><dormouse-icon .glyph=${X}></dormouse-icon></button>
      </header>
      ${this.#said()}
      ${this.#tools()}
      ${this.#busy === null ? nothing : html`<p class="soft hint" role="status">${this.#busy}</p>`}
      ${this.list ? this.#entries(this.list) : nothing}
    </div>`;
  }

  #said() {
    const { notice } = this;
    if (!notice) return nothing;
    return html`<dormouse-notice
      .text=${notice.text}
      .action=${notice.undo ? strings.variables.undo : null}
      .actionPossible=${this.#possible}
      .dismissable=${true}
      @act=${() => notice.undo && this.#restore(notice.undo)}
      @dismiss=${() => {
        this.notice = null;
        this.focus();
      }}
    ></dormouse-notice>`;
  }

  #tools() {
    const words = strings.variables;
    const choose = ({ target }: Event) => {
      this.sort = (target as HTMLSelectElement).value as VariablesView['sort'];
      void this.look();
    };
    const toggle = ({ target }: Event) => {
      this.code = (target as HTMLInputElement).checked;
      void this.look();
    };
    return html`<div class="tools">
      <input type="search" aria-label=${words.filter} placeholder=${words.filter} autocomplete="off" spellcheck="false" .value=${this.wanted} @input=${this.#filter} />
      <select aria-label=${words.sort} title=${words.sort} @change=${choose}>
        ${SORTS.map((sort) => html`<option value=${sort} ?selected=${sort === this.sort}>${words.sorts[sort]}</option>`)}
      </select>
      <label><input type="checkbox" .checked=${this.code} @change=${toggle} />${words.code}</label>
    </div>`;
  }

  #entries({ variables, found, total }: VariableList) {
    const words = strings.variables;
    if (total === 0) {
      return html`<div class="hint">
        <p class="soft">${words.empty}</p>
        <pre>${words.emptyExample}</pre>
      </div>`;
    }
    if (found === 0) return html`<p class="soft hint">${words.nothingFound}</p>`;
    const left = Math.min(found, MOST) - variables.length;
    return html`
      <ul aria-label=${words.list}>
        ${repeat(
          variables,
          ({ name }) => name,
          (variable) => html`<li>
            <dormouse-variable
              data-name=${variable.name}
              .session=${this.session}
              .variable=${variable}
              .chosen=${variable.name === this.chosen}
              .opened=${this.opened}
              .pinned=${this.pinned.includes(variable.name)}
              .possible=${this.#possible}
              .revision=${this.revision}
              @choose=${() => this.#choose(variable.name)}
              @view=${({ detail }: CustomEvent<boolean>) => {
                this.opened = detail;
              }}
              @pin=${() => this.#pin(variable.name)}
              @insert=${() => this.dispatchEvent(new CustomEvent('insert-code', { detail: `${variable.name}\n` }))}
              @delete=${() => this.#delete(variable.name)}
            ></dormouse-variable>
          </li>`,
        )}
      </ul>
      ${left > 0 ? html`<p class="hint"><button class="outlined" @click=${this.#more}>${words.more(Math.min(STEP, left))}</button></p>` : nothing}
      ${left <= 0 && found > variables.length ? html`<p class="soft hint">${words.tooMany(found - variables.length)}</p>` : nothing}
    `;
  }

  get #possible(): boolean {
    return this.state.phase === 'idle' && !this.occupied;
  }

  /** Why nothing can be read now; null when it can. */
  get #busy(): string | null {
    const words = strings.variables;
    const { phase } = this.state;
    if (phase === 'looking') return words.elsewhere;
    if (phase !== 'running' && phase !== 'stopping') return null;
    return this.list ? words.busy : words.busyFirst;
  }

  #filter({ target }: Event): void {
    this.wanted = (target as HTMLInputElement).value;
    this.count = STEP;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.look(), FILTER_AFTER);
  }

  #more(): void {
    this.count += STEP;
    void this.look();
  }

  #choose(name: string): void {
    this.opened = false;
    this.chosen = this.chosen === name ? null : name;
  }

  async #pin(name: string): Promise<void> {
    this.pinned = this.pinned.includes(name) ? this.pinned.filter((each) => each !== name) : [...this.pinned, name];
    await this.look();
  }

  async #delete(name: string): Promise<void> {
    const names = this.list?.variables.map((each) => each.name) ?? [];
    const next = names[names.indexOf(name) + 1];
    try {
      const token = await this.session.variables.delete(name);
      this.notice = {
        text: token === null ? strings.variables.gone : strings.variables.deleted(name),
        undo: token === null ? null : { name, token },
      };
    } catch (error) {
      this.notice = { text: messageOf(error), undo: null };
    }
    this.chosen = null;
    await this.look();
    await this.updateComplete;
    // Its own button is gone: the focus goes on to what has come in its place.
    if (next !== undefined) this.renderRoot.querySelector<VariableEntry>(`dormouse-variable[data-name="${CSS.escape(next)}"]`)?.focus();
    else this.focus();
  }

  async #restore({ name, token }: { name: string; token: string }): Promise<void> {
    const words = strings.variables;
    this.focus();
    try {
      const restored = await this.session.variables.restore(token);
      this.notice = { text: restored ? words.restored(name) : words.notRestored(name), undo: null };
      if (restored) this.chosen = name;
    } catch (error) {
      this.notice = { text: messageOf(error), undo: null };
    }
    await this.look();
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape' && !event.defaultPrevented) this.#close();
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }

  static override styles = [
    shared,
    panel,
    choice,
    css`
      header .soft {
        font-size: var(--size-2);
      }

      .tools {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-2);
        padding: var(--space-2) var(--space-4);
        border-block-end: 1px solid var(--line);
        font-size: var(--size-2);
      }

      .tools input[type='search'] {
        min-inline-size: 0;
      }

      label {
        display: flex;
        grid-column: 1 / -1;
        align-items: center;
        gap: var(--space-2);
        min-block-size: 24px;
        color: var(--ink-soft);
      }

      label input {
        min-block-size: 1rem;
        margin: 0;
        accent-color: var(--accent);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      /* Those out of sight are not laid out. */
      li {
        content-visibility: auto;
        contain-intrinsic-block-size: auto 3rem;
      }

      .hint {
        display: grid;
        gap: var(--space-2);
        justify-items: start;
        padding: var(--space-2) var(--space-4);
        font-size: var(--size-2);
      }
    `,
  ];
}

customElements.define('dormouse-variables', VariablesPanel);
