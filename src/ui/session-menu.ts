/** The session's name in the bar, and behind it what can be done with sessions: a list of links and buttons that opens below it. */
import { css, html, LitElement, nothing } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { ChevronDown, Copy, Download, File, FolderOpen, GitCompare, House, type IconNode, Pencil, Plus, Share2, Trash } from 'lucide';
import type { SessionEntry } from '../session';
import { formatTime } from './format';
import './icon';
import { sessionName } from './session-name';
import { strings } from './strings';
import { shared } from './styles';

/** More are not shown: the list would be longer than anybody reads. */
const MOST = 200;

export type SessionAction =
  | 'start'
  | 'create'
  | 'open-files'
  | 'open-folder'
  | 'download-capsule'
  | 'share'
  | 'compare'
  | 'rename'
  | 'duplicate'
  | 'delete';

/**
 * Events: `start` for the page of all sessions; `create`, `open-files`, `open-folder`, `download-capsule`, `share`, `compare`, `rename`, `duplicate`, `delete` for the present session; `go`, `bring-back`, `purge` (CustomEvent<SessionEntry>)
 * for another one.
 */
export class SessionMenu extends LitElement {
  static override properties = { entries: { attribute: false }, current: { attribute: false }, possible: { attribute: false } };

  declare entries: readonly SessionEntry[];
  /** The id of the session that is shown. */
  declare current: string;
  /** Whether the present session can be copied, renamed and deleted now. */
  declare possible: boolean;

  constructor() {
    super();
    this.entries = [];
    this.current = '';
    this.possible = true;
  }

  override focus(): void {
    this.#button.focus();
  }

  override render() {
    const words = strings.sessions;
    const name = sessionName(this.entries, this.current);
    const others = this.entries.filter(({ id, deleted }) => deleted === null && id !== this.current);
    const deleted = this.entries.filter((entry) => entry.deleted !== null && entry.id !== this.current);
    return html`
      <button id="name" title=${name} popovertarget="panel" aria-expanded="false" aria-controls="panel">
        <span class="hidden-visually">${words.label}: </span><span class="name">${name}</span>
        <dormouse-icon .glyph=${ChevronDown}></dormouse-icon>
      </button>
      <div id="panel" popover role="group" aria-label=${words.label} @toggle=${this.#toggled} @beforetoggle=${this.#place} @keydown=${this.#key}>
        ${this.#action('start', House, strings.start.menu, true)}
        ${this.#action('create', Plus, words.create, true)}
        ${this.#action('rename', Pencil, words.rename, this.possible)}
        ${this.#action('duplicate', Copy, words.duplicate, this.possible)}
        ${this.#action('open-files', File, strings.capsule.menuOpen, true)}
        ${this.#action('open-folder', FolderOpen, strings.capsule.menuOpenFolder, true)}
        ${this.#action('download-capsule', Download, strings.capsule.menuDownload, this.possible)}
        ${this.#action('compare', GitCompare, strings.capsule.menuCompare, this.possible)}
        ${this.#action('share', Share2, strings.capsule.menuShare, this.possible)}
        ${this.#action('delete', Trash, words.delete, this.possible)}
        <h2>${words.others}</h2>
        ${others.length === 0 ? html`<p class="soft">${words.none}</p>` : html`<ul>${repeat(others.slice(0, MOST), ({ id }) => id, this.#other)}</ul>`}
        ${deleted.length === 0 ? nothing : html`<h2>${words.deleted}</h2><ul>${repeat(deleted.slice(0, MOST), ({ id }) => id, this.#deleted)}</ul>`}
      </div>
    `;
  }

  #action(action: SessionAction, glyph: IconNode, name: string, possible: boolean) {
    return html`<button class="item" aria-disabled=${possible ? nothing : 'true'} @click=${() => possible && this.#act(new Event(action))}>
      <dormouse-icon .glyph=${glyph}></dormouse-icon><span>${name}</span>
    </button>`;
  }

  readonly #other = (entry: SessionEntry) => {
    const time = entry.opened ?? entry.created;
    return html`<li>
      <a class="item" href="#/s/${entry.id}" @click=${(event: MouseEvent) => this.#go(event, entry)}>
        <span class="name">${sessionName(this.entries, entry.id)}</span> <span class="soft">${time === null ? nothing : formatTime(time)}</span>
      </a>
    </li>`;
  };

  readonly #deleted = (entry: SessionEntry) => {
    const { bringBack, purge, deletedAt } = strings.sessions;
    const tell = (type: string) => () => this.#act(new CustomEvent(type, { detail: entry }));
    return html`<li class="deleted">
      <span class="name">${sessionName(this.entries, entry.id)}</span> <span class="soft">${deletedAt(formatTime(entry.deleted ?? 0))}</span>
      <span class="buttons">
        <button class="outlined" aria-label="${bringBack}: ${entry.name}" @click=${tell('bring-back')}>${bringBack}</button>
        <button aria-label="${purge}: ${entry.name}" @click=${tell('purge')}>${purge}</button>
      </span>
    </li>`;
  };

  #go(event: MouseEvent, entry: SessionEntry): void {
    // In a new tab or window: the browser's own business.
    if (event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    this.#act(new CustomEvent('go', { detail: entry }));
  }

  #act(event: Event): void {
    this.#panel.hidePopover();
    this.dispatchEvent(event);
  }

  /** Opens below its button, wherever that is, and gives the focus back to it. */
  #place(event: ToggleEvent): void {
    if (event.newState === 'closed') {
      if (this.#panel.contains((this.renderRoot as ShadowRoot).activeElement)) this.#button.focus();
      return;
    }
    const { left, bottom } = this.#button.getBoundingClientRect();
    this.#panel.style.setProperty('--left', `${Math.max(8, left)}px`);
    this.#panel.style.setProperty('--top', `${bottom + 4}px`);
  }

  #toggled(event: ToggleEvent): void {
    const open = event.newState === 'open';
    this.#button.setAttribute('aria-expanded', String(open));
    // Opened by the pointer, the eye is there already.
    if (open && this.#button.matches(':focus-visible')) this.#items[0]?.focus();
  }

  #key(event: KeyboardEvent): void {
    const items = this.#items;
    const at = items.indexOf((this.renderRoot as ShadowRoot).activeElement as HTMLElement);
    const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
    if (next === undefined) return;
    event.preventDefault();
    items.at(next % items.length)?.focus();
  }

  get #items(): HTMLElement[] {
    return [...this.#panel.querySelectorAll<HTMLElement>('button, a')];
  }

  get #button(): HTMLElement {
    return this.renderRoot.querySelector('#name') as HTMLElement;
  }

  get #panel(): HTMLElement {
    return this.renderRoot.querySelector('#panel') as HTMLElement;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-inline-size: 0;
      }

      #name {
        max-inline-size: 100%;
        padding-inline: var(--space-2);
        font-size: var(--size-3);
        font-weight: var(--weight-strong);
      }

      .name {
        min-inline-size: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      #panel {
        position: fixed;
        inset: var(--top) auto auto var(--left);
        inline-size: min(22rem, calc(100vw - 1rem));
        max-inline-size: calc(100vw - var(--left) - 0.5rem);
        max-block-size: calc(100dvh - var(--top) - 0.5rem);
        margin: 0;
        padding: var(--space-2);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink);
        box-shadow: var(--shadow);
        overflow: auto;
        overscroll-behavior: contain;
      }

      .item {
        display: flex;
        align-items: center;
        justify-content: start;
        gap: var(--space-2);
        inline-size: 100%;
        min-block-size: var(--target);
        padding: 0 var(--space-2);
        border-radius: var(--radius);
        color: var(--ink);
        font-size: var(--size-2);
        text-align: start;
        text-decoration: none;
      }

      a.item:hover {
        background: var(--hover);
      }

      .item .soft {
        margin-inline-start: auto;
        white-space: nowrap;
      }

      .item .soft,
      .deleted,
      p {
        font-size: var(--size-2);
      }

      :focus-visible {
        outline-offset: -2px;
      }

      h2 {
        margin-block-start: var(--space-2);
        padding: var(--space-2) var(--space-2) var(--space-1);
        border-block-start: 1px solid var(--line);
        color: var(--ink-soft);
        font-size: var(--size-1);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      p {
        padding: 0 var(--space-2) var(--space-2);
      }

      .deleted {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-2);
        padding: var(--space-1) var(--space-2);
      }

      .deleted .name {
        max-inline-size: 100%;
      }

      .deleted .buttons {
        display: flex;
        gap: var(--space-1);
        inline-size: 100%;
      }
    `,
  ];
}

customElements.define('dormouse-session-menu', SessionMenu);
