/** The start page: sessions to go on with, what a new one can begin with, and the place where files are dropped to be opened. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { BookOpen, FilePlus, FolderOpen, type IconNode, LayoutTemplate } from 'lucide';
import { filesOfNothing, filesOfOffered, listOffered, type Offered, type SessionEntry, type Sessions } from '../session';
import '../ui/copy-dialog';
import type { CopyDialog } from '../ui/copy-dialog';
import { type ArrivingFile, asChosen, droppedFiles, takeChosen } from '../ui/files/dropped-files';
import { formatTime } from '../ui/format';
import '../ui/icon';
import '../ui/notice-line';
import '../ui/open-dialog';
import type { OpenDialog } from '../ui/open-dialog';
import { freeName, sessionName } from '../ui/session-name';
import { strings } from '../ui/strings';
import { shared } from '../ui/styles';
import { addressOf } from './address';
import { type Announcement, renderAnnouncements } from './announcements';
import { openChosen, openFiles } from './open-files';
import { sentence } from './sentence';

export class StartPage extends LitElement {
  static override properties = {
    sessions: { attribute: false },
    failure: { attribute: false },
    announcements: { attribute: false },
    offered: { state: true },
    noOffers: { state: true },
    wanted: { state: true },
    dragging: { state: true },
  };

  declare sessions: Sessions;
  /** A sentence about the last action that did not work. */
  declare failure: string | null;
  declare announcements: readonly Announcement[];
  declare private offered: readonly Offered[];
  /** Why templates could not be read. */
  declare private noOffers: string | null;
  declare private wanted: string;
  declare private dragging: boolean;

  constructor() {
    super();
    this.failure = null;
    this.announcements = [];
    this.offered = [];
    this.noOffers = null;
    this.wanted = '';
    this.dragging = false;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sessions?.addEventListener('change', this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sessions.removeEventListener('change', this.#changed);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h1')?.focus();
  }

  readonly #changed = (): void => this.requestUpdate();

  protected override async firstUpdated(_: PropertyValues): Promise<void> {
    try {
      this.offered = await listOffered();
    } catch (error) {
      this.noOffers = sentence(error);
    }
  }

  override render() {
    const words = strings.start;
    return html`<div class="page" @dragover=${this.#dragOver} @dragleave=${this.#dragLeave} @drop=${this.#dropped}>
      <main>
        <h1 tabindex="-1"><img src="./icon.svg" width="40" height="40" alt="" /><span>${strings.name}</span></h1>
        <p class="soft">${words.promise}</p>
        ${
          this.failure === null
            ? nothing
            : html`<dormouse-notice
                .tone=${'error'}
                .text=${this.failure}
                .dismissable=${true}
                @dismiss=${() => {
                  this.failure = null;
                  this.focus();
                }}
              ></dormouse-notice>`
        }
        ${renderAnnouncements(this.announcements)}
        <section aria-labelledby="begin">
          <h2 id="begin">${words.begin}</h2>
          <ul class="offers">
            <li>${this.#offer(FilePlus, words.empty, words.emptyAbout, null, () => this.#create())}</li>
            ${this.offered.map(
              (each) =>
                html`<li>
                  ${this.#offer(each.kind === 'lesson' ? BookOpen : LayoutTemplate, each.name, each.about, words[each.kind], () => this.#begin(each))}
                </li>`,
            )}
          </ul>
          ${this.noOffers === null ? nothing : html`<p class="soft">${words.noOffers(this.noOffers)}</p>`}
          <p class="open">
            <button class="outlined" @click=${() => this.#part<HTMLInputElement>('input[type=file]').click()}>
              <dormouse-icon .glyph=${FolderOpen}></dormouse-icon><span>${words.open}</span>
            </button>
            <span class="soft">${words.dropHint}</span>
          </p>
        </section>
        ${this.#list()}
      </main>
      ${this.dragging ? html`<p class="drop" aria-hidden="true">${words.drop}</p>` : nothing}
      <input type="file" multiple hidden @change=${this.#chosen} />
      <dormouse-open-dialog></dormouse-open-dialog>
      <dormouse-copy-dialog></dormouse-copy-dialog>
    </div>`;
  }

  #offer(glyph: IconNode, name: string, about: string, kind: string | null, act: () => Promise<unknown>) {
    return html`<button class="offer" @click=${() => this.#try(act)}>
      <dormouse-icon .glyph=${glyph}></dormouse-icon>
      <span class="words"><strong>${name}</strong>${kind === null ? nothing : html` <span class="soft">${kind}</span>`}<br /><span class="soft">${about}</span></span>
    </button>`;
  }

  #list() {
    const words = strings.start;
    const all = this.sessions.entries.filter(({ deleted }) => deleted === null);
    const wanted = this.wanted.trim().toLocaleLowerCase();
    const text = ({ id, about }: SessionEntry) =>
      `${sessionName(this.sessions.entries, id)}\n${about?.firstLine ?? ''}`.toLocaleLowerCase();
    const found = wanted === '' ? all : all.filter((entry) => text(entry).includes(wanted));
    return html`<section aria-labelledby="sessions">
      <h2 id="sessions">${words.sessions} <span class="soft">${words.count(found.length, all.length)}</span></h2>
      ${
        all.length === 0
          ? html`<p class="soft">${words.none}</p>`
          : html`<input
              type="search"
              aria-label=${words.search}
              placeholder=${words.search}
              .value=${this.wanted}
              @input=${(event: Event) => {
                this.wanted = (event.target as HTMLInputElement).value;
              }}
            />`
      }
      <p role="status" class="soft">${all.length > 0 && found.length === 0 ? words.notFound(this.wanted) : nothing}</p>
      <ul class="sessions">${repeat(found, ({ id }) => id, this.#row)}</ul>
    </section>`;
  }

  readonly #row = ({ id, opened, created, about }: SessionEntry) => {
    const time = opened ?? created;
    return html`<li>
      <a href=${addressOf(id)}>
        <span class="name">${sessionName(this.sessions.entries, id)}</span>
        <span class="soft time">${time === null ? nothing : formatTime(time)}</span>
        <span class="soft line">${about?.firstLine ?? nothing}</span>
        <span class="soft size">${about === null ? nothing : strings.start.bytes(about.bytes)}</span>
      </a>
    </li>`;
  };

  async #create(): Promise<void> {
    const { entries } = this.sessions;
    const name = freeName(entries, (number) => strings.sessions.numbered(entries.length + number));
    this.#go(await openChosen(this.sessions, filesOfNothing(), name, this.#part<CopyDialog>('dormouse-copy-dialog')));
  }

  async #begin(offered: Offered): Promise<void> {
    this.#go(await openChosen(this.sessions, await filesOfOffered(offered), offered.name, this.#part<CopyDialog>('dormouse-copy-dialog')));
  }

  async #open(files: readonly ArrivingFile[]): Promise<void> {
    if (files.length === 0) return;
    await this.#try(async () => {
      const opened = await openFiles(this.sessions, asChosen(files), {
        preview: this.#part<OpenDialog>('dormouse-open-dialog'),
        progress: this.#part<CopyDialog>('dormouse-copy-dialog'),
        replaces: false,
        compare: null,
      });
      if (opened !== null && opened !== 'replace') this.#go(opened);
    });
  }

  #chosen(event: Event): void {
    void this.#open(takeChosen(event.target as HTMLInputElement));
  }

  #dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    this.dragging = true;
  }

  #dragLeave(event: DragEvent): void {
    if (!(event.currentTarget as HTMLElement).contains(event.relatedTarget as Node | null)) this.dragging = false;
  }

  #dropped(event: DragEvent): void {
    event.preventDefault();
    this.dragging = false;
    if (event.dataTransfer) void droppedFiles(event.dataTransfer).then((files) => this.#open(files));
  }

  #go({ id }: SessionEntry): void {
    location.hash = addressOf(id);
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    this.failure = null;
    try {
      await act();
    } catch (error) {
      // Cancelled by the person, who knows.
      if (error instanceof Error && error.name === 'AbortError') return;
      this.failure = sentence(error);
    }
  }

  #part<T extends HTMLElement>(name: string): T {
    return this.renderRoot.querySelector<T>(name) as T;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        min-block-size: 100dvh;
        background: var(--ground);
      }

      .page {
        position: relative;
        min-block-size: 100dvh;
      }

      main {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-4);
        max-inline-size: 60rem;
        margin-inline: auto;
        padding: var(--space-8) var(--space-4);
      }

      h1 {
        display: flex;
        align-items: center;
        gap: var(--space-3);
        margin: 0;
        font-size: var(--size-5);
      }

      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-3);
        margin-block-start: var(--space-4);
      }

      h2 {
        margin: 0;
        font-size: var(--size-4);
      }

      h2 .soft {
        font-size: var(--size-2);
        font-weight: var(--weight-normal);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .offers {
        display: grid;
        grid-template-columns: repeat(auto-fill, minmax(min(100%, 18rem), 1fr));
        gap: var(--space-2);
      }

      .offers li {
        display: grid;
      }

      .offer {
        display: flex;
        align-items: start;
        justify-content: start;
        gap: var(--space-3);
        padding: var(--space-3);
        border: 1px solid var(--line);
        border-radius: var(--radius);
        background: var(--surface);
        color: var(--ink);
        text-align: start;
        white-space: normal;
      }

      .offer dormouse-icon {
        flex: none;
        margin-block-start: 0.15em;
        color: var(--accent);
      }

      .words .soft {
        font-size: var(--size-2);
        font-weight: var(--weight-normal);
      }

      .open {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-2) var(--space-3);
        font-size: var(--size-2);
      }

      input[type='search'] {
        inline-size: min(100%, 24rem);
      }

      [role='status']:empty {
        display: none;
      }

      .sessions li {
        border-block-end: 1px solid var(--line);
        /* Rows out of sight cost nothing. */
        content-visibility: auto;
        contain-intrinsic-block-size: 3.5rem;
      }

      .sessions a {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: 0 var(--space-4);
        padding: var(--space-2);
        border-radius: var(--radius);
        color: var(--ink);
        text-decoration: none;
      }

      .sessions a:hover {
        background: var(--hover);
      }

      .sessions a:focus-visible {
        outline-offset: -2px;
      }

      .name {
        font-weight: var(--weight-strong);
      }

      .name,
      .line {
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .sessions .soft {
        font-size: var(--size-2);
      }

      .time,
      .size {
        text-align: end;
      }

      .line {
        font-family: var(--font-code, monospace);
      }

      .drop {
        position: fixed;
        inset: var(--space-4);
        display: grid;
        place-items: center;
        border: 2px dashed var(--accent);
        border-radius: var(--radius);
        background: color-mix(in srgb, var(--ground) 85%, transparent);
        font-size: var(--size-4);
        pointer-events: none;
      }
    `,
  ];
}

customElements.define('dormouse-start', StartPage);
