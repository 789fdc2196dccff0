/** Storage: whether what is kept stays, when a copy of the session left the browser, and how much is stored where. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { CircleCheck, type IconNode, Info, TriangleAlert, X } from 'lucide';
import { KEPT_DELETED, type Session, type SessionEntry, type SessionState, type Sessions, type StorageMeasure } from '../session';
import { formatBytes, formatTime } from '../ui/format';
import '../ui/icon';
import '../ui/question-dialog';
import type { QuestionDialog } from '../ui/question-dialog';
import { sessionName } from '../ui/session-name';
import { strings } from '../ui/strings';
import { storageWords as words } from '../ui/strings/storage';
import { panel, panelColumn, shared } from '../ui/styles';
import { sentence } from './sentence';
import { offlineState } from './versions';

interface Reading {
  /** Null where there is no list. */
  measure: StorageMeasure | null;
  /** As the browser estimates it for the whole origin, bytes; null where it does not say. */
  estimate: { used: number; left: number; caches: number | null } | null;
  /** Null where the browser does not say. */
  persisted: boolean | null;
}

type Offline = 'ready' | 'coming' | 'never';

/** Chromium says what of the estimate each kind of storage takes. */
type DetailedEstimate = StorageEstimate & { usageDetails?: { caches?: number } };

/** Between two looks at whether all of the app is kept yet, ms. */
const OFFLINE_EVERY = 2000;

/** Events: `close`, and `problem` (CustomEvent<unknown>, what was thrown) when an action did not work. */
export class StoragePane extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    sessions: { attribute: false },
    reading: { state: true },
    at: { state: true },
    problem: { state: true },
    refused: { state: true },
    offline: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  declare sessions: Sessions | null;
  declare private reading: Reading | null;
  /** When that was read, milliseconds since 1970. */
  declare private at: number;
  declare private problem: string | null;
  /** The browser was asked for its promise and did not give it. */
  declare private refused: boolean;
  /** Null while that is not known. */
  declare private offline: Offline | null;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.sessions = null;
    this.reading = null;
    this.at = 0;
    this.problem = null;
    this.refused = false;
    this.offline = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  /** A panel that is folded away comes back as it was, with the same list. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.sessions?.addEventListener('change', this.#listChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
    this.sessions?.removeEventListener('change', this.#listChanged);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (!changed.has('sessions')) return;
    changed.get('sessions')?.removeEventListener('change', this.#listChanged);
    this.sessions?.addEventListener('change', this.#listChanged);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    // An open panel follows by itself.
    if (before !== undefined && before !== this.state.phase && this.state.phase === 'idle') void this.look();
  }

  /** Reads anew. */
  async look(): Promise<void> {
    clearTimeout(this.#timer);
    void this.#lookOffline();
    try {
      const { usage, quota, usageDetails }: DetailedEstimate = (await navigator.storage?.estimate?.()) ?? {};
      const estimate =
        usage === undefined || quota === undefined
          ? null
          : { used: usage, left: Math.max(0, quota - usage), caches: usageDetails?.caches ?? null };
      const persisted = (await navigator.storage?.persisted?.()) ?? null;
      this.reading = { measure: (await this.sessions?.measure()) ?? null, estimate, persisted };
      this.at = Date.now();
      this.problem = null;
    } catch (error) {
      this.problem = sentence(error);
    }
  }

  /** It may be complete in a moment. */
  async #lookOffline(): Promise<void> {
    const state = await offlineState();
    const possible = state !== null || (await navigator.serviceWorker?.getRegistration()) !== undefined;
    this.offline = state?.complete ? 'ready' : possible ? 'coming' : 'never';
    clearTimeout(this.#timer);
    if (this.offline !== 'ready' && this.isConnected && navigator.serviceWorker)
      this.#timer = setTimeout(() => void this.#lookOffline(), OFFLINE_EVERY);
  }

  readonly #listChanged = (): void => {
    if (this.isConnected) void this.look();
  };

  override render() {
    const { reading, problem } = this;
    return html`<div @keydown=${this.#key}>
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <span role="status" class="soft">${reading ? words.asOf(formatTime(this.at)) : problem === null ? words.reading : nothing}</span>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${this.#close}><dormouse-icon .glyph=${X}></dormouse-icon></button>
      </header>
      ${problem === null ? nothing : html`<p role="alert">${words.failed(problem)}</p>`}
      ${this.state.saved.kind === 'memory' ? this.#said('caution', TriangleAlert, words.nothingKept) : [this.#promise(), this.#copies()]}
      ${this.#offline()}
      ${reading ? [this.#room(reading), this.#sessions(reading)] : nothing}
      <dormouse-question></dormouse-question>
    </div>`;
  }

  #said(tone: 'good' | 'caution' | 'info', glyph: IconNode, text: string) {
    return html`<p class="said ${tone}"><dormouse-icon .glyph=${glyph}></dormouse-icon><span>${text}</span></p>`;
  }

  #promise() {
    if (!this.reading) return nothing;
    const { persisted } = this.reading;
    return html`<section>
      <h3>${words.promise}</h3>
      ${
        persisted === null
          ? this.#said('info', Info, words.unknown)
          : persisted
            ? this.#said('good', CircleCheck, words.promised)
            : html`${this.#said('caution', TriangleAlert, this.refused ? words.refused : words.notPromised)}
                <button class="outlined" @click=${this.#persist}>${words.ask}</button>`
      }
    </section>`;
  }

  #copies() {
    const { copies, history } = this.state;
    const { made } = copies;
    if (made === null) {
      return html`<section>
        <h3>${words.copies}</h3>
        ${this.#said('info', Info, words.neverCopied)}
      </section>`;
    }
    const runs = history.filter(({ started }) => started >= made).length;
    return html`<section>
      <h3>${words.copies}</h3>
      ${this.#said('good', CircleCheck, `${words.copied(formatTime(made))} ${words.copiedRuns(runs)}`)}
    </section>`;
  }

  #offline() {
    const { offline } = this;
    if (offline === null) return nothing;
    return html`<section>
      <h3>${words.offline}</h3>
      <div role="status">
        ${
          offline === 'ready'
            ? this.#said('good', CircleCheck, words.offlineReady)
            : this.#said('info', Info, offline === 'coming' ? words.offlineComing : words.offlineNever)
        }
      </div>
    </section>`;
  }

  #room({ estimate, measure }: Reading) {
    const row = (name: string, bytes: number | null) =>
      bytes === null
        ? nothing
        : html`<dt>${name}</dt>
            <dd>${formatBytes(bytes)}</dd>`;
    return html`<section>
      <h3>${words.room}</h3>
      <dl>
        <dt>${words.used}</dt>
        <dd>${estimate ? formatBytes(estimate.used) : words.notSaid}</dd>
        <dt>${words.left}</dt>
        <dd>${estimate ? formatBytes(estimate.left) : words.notSaid}</dd>
        ${row(words.app, estimate?.caches ?? null)} ${row(words.python, measure?.baselines ?? null)} ${row(words.packages, measure?.wheels ?? null)}
      </dl>
    </section>`;
  }

  #sessions({ measure }: Reading) {
    const { sessions } = this;
    if (!measure || !sessions) return nothing;
    const bytes = new Map(measure.sessions.map((each) => [each.id, each.bytes]));
    const entries = [...sessions.entries].sort((a, b) => (bytes.get(b.id) ?? 0) - (bytes.get(a.id) ?? 0));
    return html`<section>
      <h3 id="sessions">${words.sessions}</h3>
      <ul aria-labelledby="sessions">
        ${repeat(
          entries,
          ({ id }) => id,
          (entry) => this.#session(entry, bytes.get(entry.id) ?? 0),
        )}
      </ul>
      <p class="soft">${words.size}</p>
    </section>`;
  }

  #session(entry: SessionEntry, bytes: number) {
    const { id, deleted } = entry;
    const name = sessionName(this.sessions?.entries ?? [], id);
    const own = id === this.session.id;
    const note = deleted !== null ? words.deleted(formatTime(deleted + KEPT_DELETED)) : own ? words.here : null;
    const button = (label: string, spoken: string, act: () => Promise<unknown>) =>
      html`<button class="outlined" aria-label=${spoken} @click=${() => this.#try(act)}>${label}</button>`;
    return html`<li>
      <span class="name">${name}</span>
      <span class="bytes">${formatBytes(bytes)}</span>
      ${note === null ? nothing : html`<span class="soft note">${note}</span>`}
      ${
        own || entry.foreign
          ? nothing
          : html`<span class="row">
              ${
                deleted === null
                  ? button(words.delete, words.deleteNamed(name), async () => this.sessions?.delete(id))
                  : html`${button(words.bringBack, words.bringBackNamed(name), async () => this.sessions?.bringBack(id))}
                      ${button(words.purge, words.purgeNamed(name), () => this.#purge(entry))}`
              }
            </span>`
      }
    </li>`;
  }

  async #purge({ id, name }: SessionEntry): Promise<void> {
    const { purgeTitle, purgeText, purge, cancel } = strings.sessions;
    const question = this.renderRoot.querySelector('dormouse-question') as QuestionDialog;
    if (await question.ask({ title: purgeTitle(name), text: purgeText, confirm: purge, cancel })) await this.sessions?.purge(id);
  }

  async #persist(): Promise<void> {
    await this.#try(async () => {
      this.refused = !(await navigator.storage.persist());
      await this.look();
    });
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.dispatchEvent(new CustomEvent('problem', { detail: error }));
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
        font-size: var(--size-2);
      }

      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        justify-items: start;
        gap: var(--space-2);
      }

      .said {
        display: flex;
        gap: var(--space-2);
        max-inline-size: 70ch;
      }

      .said dormouse-icon {
        margin-block-start: 0.2em;
        color: var(--ink-soft);
      }

      .good dormouse-icon {
        color: var(--good);
      }

      .caution dormouse-icon {
        color: var(--caution);
      }

      dl,
      ul {
        display: grid;
        gap: var(--space-1) var(--space-3);
        inline-size: 100%;
        margin: 0;
        padding: 0;
        font-variant-numeric: tabular-nums;
      }

      dl {
        grid-template-columns: minmax(0, 10rem) minmax(0, 1fr);
      }

      dt,
      .soft {
        color: var(--ink-soft);
      }

      li {
        display: grid;
        grid-template-columns: minmax(0, 1fr) auto;
        gap: var(--space-1) var(--space-3);
        padding-block: var(--space-2);
        border-block-end: 1px solid var(--line);
        list-style: none;
      }

      .name {
        overflow-wrap: anywhere;
      }

      .note,
      .row {
        grid-column: 1 / -1;
      }

      .row {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-2);
      }
    `,
  ];
}

customElements.define('dormouse-storage', StoragePane);
