/** Mirrors a session to a folder of the computer or a WebDAV server: where to, how far, and what waits for a person. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { FolderSync, RefreshCw, X } from 'lucide';
import { messageOf } from '../../base/errors';
import type { Choice, Waiting } from '../../mirror/mirror';
import { OWNING, type Session, type SessionState } from '../../session';
import { formatBytes, formatTime } from '../format';
import '../icon';
import { mirrorWords } from '../strings/mirror';
import { panel, panelColumn, shared } from '../styles';
import { MirrorDesk, type MirrorState } from './mirror-desk';

/** Chromium's, and not in TypeScript's library. */
type Picker = { showDirectoryPicker?(options: { id: string; mode: 'readwrite' }): Promise<FileSystemDirectoryHandle> };

/** More are not listed at once. */
const MOST_LISTED = 200;

/** Event: `close`. */
export class MirrorPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    mirror: { state: true },
    problem: { state: true },
    connecting: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  declare occupied: boolean;
  declare private mirror: MirrorState | null;
  declare private problem: string | null;
  declare private connecting: boolean;
  #desk: MirrorDesk | null = null;

  constructor() {
    super();
    this.occupied = false;
    this.mirror = null;
    this.problem = null;
    this.connecting = false;
  }

  override focus(): void {
    this.renderRoot.querySelector('h2')?.focus();
  }

  /** Compares anew: the other side changes by itself. */
  async look(): Promise<void> {
    this.#follow();
    await this.#desk?.compare();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#desk?.removeEventListener('change', this.#changed);
    this.#desk = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('session')) this.#follow();
  }

  override render() {
    const words = mirrorWords;
    return html`<div @keydown=${this.#key}>
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${this.#close}>
          <dormouse-icon .glyph=${X}></dormouse-icon>
        </button>
      </header>
      ${this.#body()}
      ${this.problem === null ? nothing : html`<p role="alert">${this.problem}</p>`}
    </div>`;
  }

  #body() {
    const words = mirrorWords;
    if (!OWNING.includes(this.state.phase)) return html`<p class="soft">${words.elsewhere}</p>`;
    const { mirror } = this;
    if (!mirror || mirror.phase === 'reading') return html`<p role="status">${words.reading}</p>`;
    if (mirror.phase === 'unset') return this.#choosing();
    const { place } = mirror;
    return html`
      <p class="place">
        <dormouse-icon .glyph=${FolderSync}></dormouse-icon>
        <strong>${words.to(place?.kind === 'webdav' ? place.url : (place?.handle.name ?? ''))}</strong>
      </p>
      ${mirror.phase === 'closed' ? this.#closed(mirror) : this.#open(mirror)}
      <div class="row">
        ${
          mirror.phase === 'open'
            ? html`<button class="outlined" ?disabled=${mirror.working !== null} @click=${() => this.#desk?.compare()}>
                <dormouse-icon .glyph=${RefreshCw}></dormouse-icon><span>${words.compare}</span>
              </button>`
            : nothing
        }
        <button title=${words.stopped} @click=${() => this.#act(async () => this.#desk?.stop())}>${words.stop}</button>
      </div>
    `;
  }

  #choosing() {
    const words = mirrorWords;
    const possible = (window as Picker).showDirectoryPicker !== undefined;
    return html`
      <p>${words.about}</p>
      ${
        possible
          ? html`<p class="soft">${words.own}</p>
              <div class="row"><button class="primary" @click=${this.#choose}>${words.folder}</button></div>`
          : html`<p class="soft">${words.noFolders}</p>`
      }
      <h3>${words.server}</h3>
      ${this.#account('', '')}
    `;
  }

  #closed({ place, problem }: MirrorState) {
    const words = mirrorWords;
    const said = problem === null ? nothing : html`<p role="alert">${problem}</p>`;
    if (place?.kind === 'webdav') return html`${said}<p>${words.locked}</p>${this.#account(place.url, place.user)}`;
    return html`${said}
      <p role="status">${words.lost}</p>
      <div class="row"><button class="primary" @click=${() => this.#act(async () => this.#desk?.allow())}>${words.allow}</button></div>`;
  }

  #account(url: string, user: string) {
    const words = mirrorWords;
    return html`<form @submit=${this.#connect}>
      <label>${words.address}<input name="url" type="url" required .value=${url} placeholder=${words.addressHint} autocomplete="url" spellcheck="false" /></label>
      <label>${words.user}<input name="user" required .value=${user} autocomplete="username" autocapitalize="none" spellcheck="false" /></label>
      <label>${words.password}<input name="password" type="password" autocomplete="current-password" /></label>
      <p class="soft">${words.passwordHint}</p>
      <div class="row"><button class="outlined" ?disabled=${this.connecting}>${words.connect}</button></div>
    </form>`;
  }

  #open({ working, report, compared, problem }: MirrorState) {
    const words = mirrorWords;
    const at = compared === null ? '' : formatTime(compared);
    const waiting = report?.waiting ?? [];
    const line =
      working !== null
        ? words.working(working.done, working.total)
        : problem !== null || !report
          ? words.failed
          : waiting.length > 0
            ? words.waiting(waiting.length, at)
            : words.same(report.same, at);
    const offers = waiting.filter(({ kind }) => kind === 'offer');
    return html`
      <p role="status" aria-label=${words.label}>${line}</p>
      ${problem === null ? nothing : html`<p role="alert">${problem}</p>`}
      ${
        waiting.length === 0
          ? nothing
          : html`<section aria-label=${words.list}>
              ${
                offers.length > 1
                  ? html`<button class="outlined" ?disabled=${working !== null} @click=${() => this.#decide(offers, 'theirs')}>${words.takeAll(offers.length)}</button>`
                  : nothing
              }
              <ul>${waiting.slice(0, MOST_LISTED).map((each) => this.#waiting(each, working !== null))}</ul>
            </section>`
      }
      ${
        report && report.problems.length > 0
          ? html`<details>
              <summary>${words.problems(report.problems.length)}</summary>
              <ul>${report.problems.slice(0, MOST_LISTED).map(({ path, message }) => html`<li><strong>${path}</strong><br /><span class="soft">${message}</span></li>`)}</ul>
            </details>`
          : nothing
      }
    `;
  }

  #waiting(each: Waiting, disabled: boolean) {
    const words = mirrorWords;
    const { path, kind, ours, theirs } = each;
    const size = (file: Waiting['ours']) => (file ? formatBytes(file.size) : words.nothing);
    const what =
      kind === 'conflict'
        ? words.conflict
        : kind === 'removal'
          ? words.removal
          : !theirs
            ? words.offer.removed
            : ours
              ? words.offer.changed
              : words.offer.added;
    return html`<li>
      <strong>${path}</strong>
      <span class="soft">${what} · ${words.sizes(size(ours), size(theirs))}</span>
      <div class="row" role="group" aria-label=${words.choose(path)}>
        ${
          kind === 'conflict'
            ? (['ours', 'theirs', 'both'] as const)
                .filter((choice) => choice !== 'both' || (ours && theirs))
                .map(
                  (choice) =>
                    html`<button class="outlined" ?disabled=${disabled} @click=${() => this.#decide([each], choice)}>${words[choice]}</button>`,
                )
            : html`<button
                class="outlined"
                aria-label=${kind === 'removal' ? words.removeName(path) : words.takeName(path)}
                ?disabled=${disabled}
                @click=${() => this.#decide([each], 'theirs')}
              >
                ${kind === 'removal' ? words.removeThere : words.take}
              </button>`
        }
      </div>
    </li>`;
  }

  #follow(): void {
    const desk = this.session ? MirrorDesk.of(this.session) : null;
    if (desk === this.#desk) return;
    this.#desk?.removeEventListener('change', this.#changed);
    this.#desk = desk;
    desk?.addEventListener('change', this.#changed);
    this.mirror = desk?.state ?? null;
    this.problem = null;
  }

  readonly #changed = (): void => {
    this.mirror = this.#desk?.state ?? null;
  };

  async #choose(): Promise<void> {
    await this.#act(async () => {
      let handle: FileSystemDirectoryHandle | undefined;
      try {
        handle = await (window as Picker).showDirectoryPicker?.({ id: 'dormouse-mirror', mode: 'readwrite' });
      } catch (error) {
        // The person has closed the chooser.
        if ((error as { name?: unknown }).name !== 'AbortError') throw error;
      }
      if (handle) await this.#desk?.useFolder(handle);
    });
  }

  async #connect(event: Event): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.target as HTMLFormElement);
    const field = (name: string) => String(data.get(name) ?? '');
    this.connecting = true;
    await this.#act(async () => this.#desk?.useServer({ url: field('url').trim(), user: field('user'), password: field('password') }));
    this.connecting = false;
  }

  async #decide(waiting: readonly Waiting[], choice: Choice): Promise<void> {
    await this.#act(async () => this.#desk?.decide(waiting, choice));
    this.focus();
  }

  async #act(action: () => Promise<unknown>): Promise<void> {
    this.problem = null;
    try {
      await action();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  #key(event: KeyboardEvent): void {
    if (event.key === 'Escape') this.#close();
  }

  #close(): void {
    this.dispatchEvent(new CustomEvent('close'));
  }

  static override styles = [
    shared,
    panel,
    panelColumn,
    css`
      :host > div {
        gap: var(--space-3);
        font-size: var(--size-2);
      }

      h3,
      p {
        margin: 0;
        font-size: var(--size-2);
        overflow-wrap: anywhere;
      }

      .place {
        display: flex;
        gap: var(--space-2);
        align-items: center;
      }

      form,
      label,
      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-2);
      }

      label {
        gap: var(--space-1);
      }

      section > button {
        justify-self: start;
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }

      [role='alert'] {
        color: var(--bad);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
        padding-block: var(--space-2);
        border-block-end: 1px solid var(--line);
        overflow-wrap: anywhere;
      }

      summary {
        min-block-size: var(--target);
        cursor: pointer;
      }
    `,
  ];
}

customElements.define('dormouse-mirror', MirrorPanel);
