/** Compares the session that is shown with another one of this device, or with a file, and takes over what is chosen. */
import { css, html, LitElement, nothing } from 'lit';
import { messageOf } from '../../base/errors';
import {
  type ChosenFile,
  ChosenSide,
  type ComparisonSide,
  type JoinChoice,
  MomentSide,
  type Session,
  SessionComparison,
  type SessionEntry,
  type Sessions,
} from '../../session';
import { dialogStyles } from '../dialog-styles';
import { asChosen, takeChosen } from '../files/dropped-files';
import { formatPath, formatTime } from '../format';
import { sessionName } from '../session-name';
import { strings } from '../strings';
import { compareWords } from '../strings/compare';
import { shared } from '../styles';
import './comparison-view';

/** More are not listed; nobody reads more. */
const MOST = 200;

export class CompareDialog extends LitElement {
  static override properties = {
    session: { attribute: false },
    sessions: { attribute: false },
    comparison: { state: true },
    name: { state: true },
    joining: { state: true },
    problem: { state: true },
    done: { state: true },
  };

  declare session: Session;
  declare sessions: Sessions;
  /** Null while it is chosen with what to compare, or that is read. */
  declare private comparison: SessionComparison | null;
  /** What is compared with; null while that is chosen. */
  declare private name: string | null;
  declare private joining: boolean;
  /** A sentence about what did not work. */
  declare private problem: string | null;
  /** What was taken over, in a sentence; null before. */
  declare private done: string | null;
  #reading = new AbortController();

  constructor() {
    super();
    this.comparison = null;
    this.name = null;
    this.joining = false;
    this.problem = null;
    this.done = null;
  }

  /** Lets a person choose what to compare with. */
  async choose(): Promise<void> {
    this.#letGo();
    await this.#open();
  }

  /** Compares with files that were chosen already. */
  async compareFiles(files: ChosenFile[], name: string): Promise<void> {
    this.#letGo();
    await this.#open();
    await this.#compare(name, () => ChosenSide.open(this.sessions, files, name));
  }

  override render() {
    const words = compareWords.dialog;
    const { name, done } = this;
    return html`<dialog class=${name === null ? nothing : 'wide'} aria-labelledby="title" @close=${this.#closed} @cancel=${this.#cancelled}>
      <h2 id="title" tabindex="-1">${words.title}</h2>
      ${name === null ? this.#choice() : done === null ? this.#compared(name) : html`<p>${done}</p>`}
      <p role="status" class="hidden-visually">${done}</p>
      ${this.problem !== null && this.comparison === null ? html`<p class="problem" role="alert">${this.problem}</p>` : nothing}
      <div class="buttons">
        ${name === null || this.joining ? nothing : html`<button class="outlined" @click=${() => this.#letGo()}>${words.back}</button>`}
        <button class="outlined" aria-disabled=${this.joining ? 'true' : nothing} @click=${() => this.joining || this.#dialog.close()}>${words.close}</button>
      </div>
      <input type="file" multiple hidden @change=${this.#fileChosen} />
    </dialog>`;
  }

  #choice() {
    const words = compareWords.dialog;
    const { entries } = this.sessions;
    const others = entries.filter(({ id, deleted }) => deleted === null && id !== this.session.id).slice(0, MOST);
    return html`
      <p>${words.text}</p>
      <p><button class="outlined" @click=${() => this.renderRoot.querySelector<HTMLInputElement>('input')?.click()}>${words.file}</button></p>
      <h3>${words.sessions}</h3>
      ${others.length === 0 ? html`<p class="soft">${words.noSessions}</p>` : html`<ul>${others.map((entry) => this.#other(entry))}</ul>`}
    `;
  }

  #other({ id, opened, created }: SessionEntry) {
    const name = sessionName(this.sessions.entries, id);
    const time = opened ?? created;
    return html`<li>
      <button class="item" @click=${() => this.#compare(name, () => this.session.beside(id, name))}>
        <span class="name">${name}</span> <span class="soft">${time === null ? nothing : formatTime(time)}</span>
      </button>
    </li>`;
  }

  #compared(name: string) {
    if (this.problem !== null && this.comparison === null) return nothing;
    const { phase } = this.session.state;
    const { notWhileRunning, notYet } = strings.actions;
    return html`<dormouse-comparison
      .comparison=${this.comparison}
      .name=${name}
      .relation=${'other'}
      .possible=${phase === 'idle' ? true : phase === 'running' || phase === 'stopping' ? notWhileRunning : notYet}
      .joining=${this.joining}
      .problem=${this.problem}
      @join=${({ detail }: CustomEvent<JoinChoice>) => this.#join(name, detail)}
    ></dormouse-comparison>`;
  }

  async #compare(name: string, side: () => Promise<ComparisonSide>): Promise<void> {
    const reading = new AbortController();
    this.#reading = reading;
    this.name = name;
    this.problem = null;
    await this.updateComplete;
    this.renderRoot.querySelector<HTMLElement>('#title')?.focus();
    try {
      const before = await side();
      const { signal } = reading;
      const comparison = await SessionComparison.open(before, new MomentSide(this.session, null, ''), this.session.createReader, {
        signal,
      });
      if (signal.aborted) comparison.close();
      else this.comparison = comparison;
    } catch (error) {
      if (!reading.signal.aborted) this.problem = messageOf(error);
    }
  }

  async #join(name: string, choice: JoinChoice): Promise<void> {
    const { comparison } = this;
    if (!comparison || this.joining) return;
    this.joining = true;
    this.problem = null;
    // Names of sessions and of moments are as long as each other.
    const joined = compareWords.other.joined(name.slice(0, 180));
    try {
      const open = await comparison.join(joined, choice);
      this.done = compareWords.done(joined, open.map(formatPath));
      await this.updateComplete;
      this.renderRoot.querySelector<HTMLElement>('#title')?.focus();
    } catch (error) {
      this.problem = messageOf(error);
    } finally {
      this.joining = false;
    }
  }

  readonly #fileChosen = (event: Event): void => {
    const files = takeChosen(event.target as HTMLInputElement);
    const [first] = files;
    if (!first) return;
    const chosen = asChosen(files);
    void this.#compare(first.path, () => ChosenSide.open(this.sessions, chosen, first.path));
  };

  async #open(): Promise<void> {
    await this.updateComplete;
    this.session.addEventListener('change', this.#changed);
    this.#dialog.showModal();
  }

  readonly #changed = (): void => this.requestUpdate();

  /** What goes on is not left half-way. */
  readonly #cancelled = (event: Event): void => {
    if (this.joining) event.preventDefault();
  };

  readonly #closed = (): void => {
    this.session.removeEventListener('change', this.#changed);
    this.#letGo();
  };

  #letGo(): void {
    this.#reading.abort();
    this.comparison?.close();
    this.comparison = null;
    this.name = null;
    this.problem = null;
    this.done = null;
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog.wide {
        inline-size: min(72rem, calc(100vw - 2rem));
      }

      dormouse-comparison {
        margin-block-start: var(--space-3);
      }

      h3 {
        margin-block: var(--space-3) var(--space-1);
        font-size: var(--size-2);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      .item {
        justify-content: space-between;
        inline-size: 100%;
        text-align: start;
      }

      .name {
        min-inline-size: 0;
        overflow: hidden;
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .problem {
        padding-inline-start: var(--space-2);
        border-inline-start: 3px solid var(--caution);
      }

      @media (max-width: 40rem) {
        dialog {
          padding: var(--space-4);
        }
      }
    `,
  ];
}

customElements.define('dormouse-compare-dialog', CompareDialog);
