/** The page: puts the panels together and connects them with the session. */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import { Eraser } from 'lucide';
import type { DownloadResult, Durability, OutputPiece, RunRecord, Session, SessionEntry, SessionState, Sessions } from '../session';
import '../ui/actions-bar';
import type { ActionsBar } from '../ui/actions-bar';
import '../ui/activity-status';
import '../ui/clear-dialog';
import type { ClearDialog } from '../ui/clear-dialog';
import '../ui/code-editor';
import type { CodeEditor } from '../ui/code-editor';
import '../ui/download-dialog';
import type { DownloadDialog } from '../ui/download-dialog';
import '../ui/height-splitter';
import '../ui/icon';
import '../ui/elsewhere-panel';
import '../ui/output-log';
import type { OutputLog } from '../ui/output-log';
import '../ui/saved-status';
import '../ui/state-panel';
import type { StatePanel } from '../ui/state-panel';
import { strings } from '../ui/strings';
import { shared } from '../ui/styles';
import { addressOf } from './address';
import { renderNotices } from './page-notices';
import { pageStyles } from './page-styles';
import { SAMPLE } from './sample';
import { saveBlob } from './save-blob';
import { sentence } from './sentence';
import './session-bar';
import type { SessionBar } from './session-bar';
import { StateCheck } from './state-check';

/** Something that takes a moment and keeps the other state actions waiting. */
type Occupation = 'downloading' | 'uploading' | 'clearing' | 'bringingBack';

export class Page extends LitElement {
  static override properties = {
    session: { attribute: false },
    sessions: { attribute: false },
    unknownAddress: { attribute: false },
    failure: { attribute: false },
    state: { state: true },
    occupation: { state: true },
    queued: { state: true },
    checking: { state: true },
    undoHidden: { state: true },
    share: { state: true },
  };

  /** The session to show; set once. */
  declare session: Session;
  /** The list of sessions; null where nothing is kept. */
  declare sessions: Sessions | null;
  /** The address led to no session, and this one is shown instead. */
  declare unknownAddress: boolean;
  /** A sentence about the last action that did not work. */
  declare failure: string | null;
  declare private state: SessionState;
  declare private occupation: Occupation | null;
  declare private queued: boolean;
  /** Whether the state is shown beside the code. */
  declare private checking: boolean;
  /** The offer to bring something back was sent away. */
  declare private undoHidden: boolean;
  /** Height of the code, percent. */
  declare private share: number;
  /** Whether the editor holds the session's code: before, Run has nothing to run. */
  #codeShown = false;
  #runWhenShown = false;
  readonly #state = new StateCheck(this);
  /** The newest run that began while this page was open. */
  #shownRun: RunRecord | null = null;

  constructor() {
    super();
    this.sessions = null;
    this.unknownAddress = false;
    this.occupation = null;
    this.queued = false;
    this.failure = null;
    this.checking = false;
    this.undoHidden = false;
    this.share = 55;
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('session')) this.state = this.session.state;
    if (changed.has('sessions')) this.sessions?.addEventListener('change', this.#listChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sessions?.removeEventListener('change', this.#listChanged);
  }

  /** Moves the focus to the session's name. */
  override focus(): void {
    this.#part<SessionBar | HTMLElement>(this.sessions ? 'dormouse-session-bar' : 'dormouse-actions').focus();
  }

  protected override firstUpdated(): void {
    this.session.addEventListener('change', () => this.#changed());
    this.session.addEventListener('output', (event) => this.#output.print((event as CustomEvent<OutputPiece[]>).detail));
    this.#changed();
  }

  override render() {
    const { state } = this;
    const { phase } = state;
    const elsewhere = phase === 'waiting' || phase === 'yielded';
    return html`
      <header>
        <h1><img src="./icon.svg" width="28" height="28" alt="" /><span>${strings.name}</span></h1>
        ${
          this.sessions
            ? html`<dormouse-session-bar
                .sessions=${this.sessions}
                .current=${this.session.id}
                .phase=${phase}
                .settle=${() => this.session.settle()}
                @problem=${(event: CustomEvent<unknown>) => {
                  this.failure = sentence(event.detail);
                }}
              ></dormouse-session-bar>`
            : nothing
        }
        <dormouse-saved .saved=${state.saved}></dormouse-saved>
        <div class="notices">${this.#notices()}</div>
      </header>
      <dormouse-actions
        .phase=${phase}
        .isolated=${state.isolated}
        .queued=${this.queued}
        .occupied=${this.occupation !== null}
        .checking=${this.checking}
        @run=${this.#run}
        @stop=${() => this.#try(() => this.session.stop())}
        @check-state=${this.#check}
        @download-state=${() => this.#download([])}
        @upload-state=${(event: CustomEvent<File>) => this.#replace('uploading', () => this.session.upload(event.detail))}
        @clear-session=${() => this.#clearDialog.show()}
      ></dormouse-actions>
      <main class=${this.checking ? 'checking' : ''}>
        ${elsewhere ? this.#elsewhere() : nothing}
        <div class="desk" ?hidden=${elsewhere} style="--share: ${this.share}%">
          <dormouse-code
            .readOnly=${phase === 'opening' || phase === 'looking'}
            @run=${this.#run}
            @edit=${() => this.session.saveCode(this.#editor.code)}
          ></dormouse-code>
          <dormouse-splitter .share=${this.share} @move=${this.#moveSplitter}></dormouse-splitter>
          <div class="strip">
            <h2>${strings.output.label}</h2>
            ${this.#activity()}
            <button title=${strings.output.clear} @click=${() => this.#output.clear()}>
              <dormouse-icon .glyph=${Eraser}></dormouse-icon><span>${strings.output.clear}</span>
            </button>
          </div>
          <dormouse-output
            .awaitsInput=${state.awaitsInput}
            @answer=${(event: CustomEvent<string | null>) => this.#try(async () => this.session.answer(event.detail))}
          ></dormouse-output>
        </div>
        <aside ?hidden=${!this.checking} aria-label=${strings.state.label}>
          <dormouse-state
            .report=${this.#state.report}
            .at=${this.#state.at}
            .loading=${this.#state.loading}
            .problem=${this.#state.problem}
            .refused=${this.#state.refused}
            .looking=${phase === 'looking'}
            @close=${this.#closeState}
            @persist=${() => this.#state.persist(this.session)}
            @durability=${(event: CustomEvent<Durability>) => this.#state.setDurability(this.session, event.detail)}
          ></dormouse-state>
        </aside>
      </main>
      <dormouse-clear-dialog @confirm=${() => this.#replace('clearing', () => this.session.clear())}></dormouse-clear-dialog>
      <dormouse-download-dialog @confirm=${(event: CustomEvent<string[]>) => this.#download(event.detail)}></dormouse-download-dialog>
    `;
  }

  #elsewhere() {
    const { session, state } = this;
    return html`<dormouse-elsewhere
      .yielded=${state.phase === 'yielded'}
      .takeOver=${state.takeOver}
      @take-over=${() => session.takeOver()}
      @stop-run=${() => session.takeOver({ stopRun: true })}
      @take-back=${() => session.takeBack()}
      @copy=${() => this.#part<SessionBar>('dormouse-session-bar').duplicate()}
      @look=${() => session.look()}
    ></dormouse-elsewhere>`;
  }

  #activity() {
    const words = strings.activity;
    const { phase, awaitsInput, progress } = this.state;
    const loading = phase === 'starting' && progress !== null && progress.loaded < progress.total ? progress : null;
    const ofPhase =
      phase === 'starting' && this.queued ? words.startingQueued : phase === 'running' && awaitsInput ? words.input : words[phase];
    const text = this.occupation !== null ? words[this.occupation] : ofPhase;
    const working =
      this.occupation !== null ||
      phase === 'opening' ||
      phase === 'starting' ||
      phase === 'stopping' ||
      (phase === 'running' && !awaitsInput);
    return html`<dormouse-activity .text=${text} .progress=${loading} .working=${working}></dormouse-activity>`;
  }

  #notices() {
    const { state, sessions, session } = this;
    // Such a button goes away when it is pressed: the focus goes on to Run.
    const leave = (act: () => void) => () => {
      this.#actions.focusAction('run');
      act();
    };
    return renderNotices({
      state,
      failure: this.failure,
      undo: { offered: state.undoable !== null && !this.undoHidden, possible: state.phase === 'idle' && this.occupation === null },
      unknownAddress: this.unknownAddress,
      deleted: (sessions?.find(session.id)?.deleted ?? null) !== null,
      lastDeleted: sessions?.lastDeleted ?? null,
      reopen: leave(() => session.reopen()),
      dismissFailure: leave(() => {
        this.failure = null;
      }),
      dismissNotice: leave(() => session.dismissNotice()),
      dismissUnknownAddress: leave(() => {
        this.unknownAddress = false;
      }),
      undoReplace: leave(() => this.#replace('bringingBack', () => session.undoReplace())),
      dismissUndo: leave(() => {
        this.undoHidden = true;
      }),
      bringBack: (entry) => this.#bringBack(entry),
      dismissDeleted: leave(() => sessions?.forgetDeleted()),
      openHere: leave(() => session.reopen()),
    });
  }

  /** Brings a deleted session back and goes there; null is the one that is shown. */
  async #bringBack(entry: SessionEntry | null): Promise<void> {
    this.#actions.focusAction('run');
    const { id } = entry ?? this.session;
    if (!(await this.#try(async () => this.sessions?.bringBack(id))) || entry === null) return;
    location.hash = addressOf(id);
  }

  /** Takes over the session's new state. */
  #changed(): void {
    const before = this.state;
    const { state } = this.session;
    this.state = state;
    const { phase } = state;
    // Opened again: another tab may have changed the code meanwhile.
    if (phase === 'opening' || phase === 'waiting' || phase === 'yielded') this.#codeShown = false;
    else if (phase === 'looking' && state.code !== before.code) this.#showCode();
    else if (!this.#codeShown && phase !== 'closed') {
      this.#codeShown = true;
      this.#showCode();
      if (this.#runWhenShown) this.#run();
    }
    const last = state.history.at(-1);
    // Runs of earlier visits are in the history too; their output is not.
    if (last && (last.status === 'running' || last.run === this.#shownRun?.run) && last !== this.#shownRun) {
      this.#shownRun = last;
      this.#output.showRun(last);
    }
    if (phase !== 'running' && before.phase === 'running') this.#output.settle();
    // Looking is not a run: an open panel follows by itself.
    if (this.checking && phase !== before.phase && (phase === 'idle' || phase === 'looking')) this.#look();
  }

  #showCode(): void {
    const { code } = this.session.state;
    // What is there already keeps its undo history; and a session that never had any code takes none away.
    if (code !== this.#editor.code && (code !== null || this.#editor.code === '')) this.#editor.code = code ?? SAMPLE;
  }

  async #run(): Promise<void> {
    const { phase } = this.state;
    if (phase === 'looking') {
      this.failure = strings.looking.runRefused;
      return;
    }
    if (!this.#codeShown) {
      this.#runWhenShown = phase === 'opening';
      this.queued = this.#runWhenShown;
      return;
    }
    this.#runWhenShown = false;
    if ((phase !== 'idle' && phase !== 'starting') || this.occupation !== null) return;
    this.queued = phase === 'starting';
    this.failure = null;
    const ran = this.#try(() => this.session.run(this.#editor.code));
    await ran;
    this.queued = false;
  }

  async #check(): Promise<void> {
    this.checking = true;
    const looked = this.#look();
    await this.updateComplete;
    const aside = this.#panel.parentElement as HTMLElement;
    // Where the page scrolls, its header stays on top.
    aside.style.scrollMarginBlockStart = `${this.renderRoot.querySelector('header')?.offsetHeight ?? 0}px`;
    aside.scrollIntoView({ block: 'start' });
    this.#panel.focus();
    await looked;
  }

  #look(): Promise<void> {
    return this.#state.look(this.session);
  }

  readonly #listChanged = (): void => this.requestUpdate();

  #closeState(): void {
    this.checking = false;
    this.#actions.focusAction('check-state');
  }

  async #download(leaveOut: string[]): Promise<void> {
    const result = await this.#occupy('downloading', () => this.session.download({ leaveOut }));
    if (!result) return;
    if ('problem' in result) await this.#downloadDialog.show(result.problem);
    else saveBlob(result.blob, result.name);
  }

  /** After an upload, a clear, or bringing back, everything that is shown comes from another past. */
  async #replace(occupation: Occupation, replace: () => Promise<void>): Promise<void> {
    this.undoHidden = false;
    const done = await this.#occupy(occupation, async () => {
      await replace();
      return true;
    });
    if (!done) return;
    this.#shownRun = null;
    this.#output.clear();
    this.#showCode();
    if (occupation === 'bringingBack') this.#output.print([{ kind: 'notice', text: `${strings.notice.broughtBack}\n` }]);
    if (this.checking) await this.#look();
  }

  async #occupy<T extends DownloadResult | boolean>(occupation: Occupation, act: () => Promise<T>): Promise<T | null> {
    if (this.occupation !== null) return null;
    this.occupation = occupation;
    this.failure = null;
    try {
      return await this.#try(act);
    } finally {
      this.occupation = null;
    }
  }

  /** Shows what an action that failed says; null then. */
  async #try<T>(act: () => Promise<T>): Promise<T | null> {
    try {
      return await act();
    } catch (error) {
      this.failure = sentence(error);
      return null;
    }
  }

  #moveSplitter(event: CustomEvent<number>): void {
    this.share = event.detail;
  }

  get #actions(): ActionsBar {
    return this.#part('dormouse-actions');
  }

  get #editor(): CodeEditor {
    return this.#part('dormouse-code');
  }

  get #output(): OutputLog {
    return this.#part('dormouse-output');
  }

  get #panel(): StatePanel {
    return this.#part('dormouse-state');
  }

  get #clearDialog(): ClearDialog {
    return this.#part('dormouse-clear-dialog');
  }

  get #downloadDialog(): DownloadDialog {
    return this.#part('dormouse-download-dialog');
  }

  #part<T extends HTMLElement>(name: string): T {
    return this.renderRoot.querySelector<T>(name) as T;
  }

  static override styles = [shared, pageStyles];
}

customElements.define('dormouse-page', Page);
