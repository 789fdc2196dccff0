/** The page: puts the panels together and connects them with the session. */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
import type {
  Checkpoint,
  ChosenFile,
  DownloadProblem,
  DownloadResult,
  Offer,
  OutputPiece,
  RunRecord,
  Session,
  SessionEntry,
  SessionState,
  Sessions,
} from '../session';
import { SessionLesson } from '../session';
import '../ui/actions-bar';
import type { ActionsBar } from '../ui/actions-bar';
import type { DownloadDialog } from '../ui/download-dialog';
import '../ui/elsewhere-panel';
import { isCutOff, presentOf, undoOf } from '../ui/moments';
import '../ui/more-sheet';
import '../ui/package-question';
import '../ui/panel-rail';
import type { SessionRequest } from '../ui/output/session-request';
import type { PanelRail } from '../ui/panel-rail';
import '../ui/question-dialog';
import type { QuestionDialog } from '../ui/question-dialog';
import '../ui/saved-status';
import '../ui/sheet-bar';
import { saveBlob } from '../ui/save-blob';
import { sessionName } from '../ui/session-name';
import type { SheetBar } from '../ui/sheet-bar';
import { strings } from '../ui/strings';
import { shared } from '../ui/styles';
import { activityOf, type Occupation } from './activity';
import { addressOf } from './address';
import type { Announcement } from './announcements';
import { Beginnings } from './beginnings';
import { Layout, type Sheet } from './layout';
import { renderNotices } from './page-notices';
import { pageStyles } from './page-styles';
import type { PanelSide } from './panels';
import { sentence } from './sentence';
import './session-bar';
import type { SessionBar } from './session-bar';
import './side-panel';
import type { SidePanel } from './side-panel';
import { Travel } from './travel';
import './workspace';
import type { Workspace } from './workspace';

export class Page extends LitElement {
  static override properties = {
    session: { attribute: false },
    sessions: { attribute: false },
    unknownAddress: { attribute: false },
    failure: { attribute: false },
    offer: { attribute: false },
    announcements: { attribute: false },
    state: { state: true },
    occupation: { state: true },
    queued: { state: true },
    undoHidden: { state: true },
  };

  /** The session to show; set once. */
  declare session: Session;
  /** The list of sessions; null where nothing is kept. */
  declare sessions: Sessions | null;
  /** The address led to no session, and this one is shown instead. */
  declare unknownAddress: boolean;
  /** A sentence about the last action that did not work. */
  declare failure: string | null;
  /** What the address offers to open. */
  declare offer: Offer | null;
  declare announcements: readonly Announcement[];
  declare private state: SessionState;
  declare private occupation: Occupation | null;
  declare private queued: boolean;
  /** The offer to bring something back was sent away. */
  declare private undoHidden: boolean;
  /** Whether the editor holds the session's code: before, Run has nothing to run. */
  #codeShown = false;
  #runWhenShown = false;
  readonly #beginnings = new Beginnings(this);
  readonly #layout = new Layout(this);
  readonly #travel: Travel;
  /** The newest run that began while this page was open. */
  #shownRun: RunRecord | null = null;

  constructor() {
    super();
    this.sessions = null;
    this.unknownAddress = false;
    this.offer = null;
    this.announcements = [];
    this.occupation = null;
    this.queued = false;
    this.failure = null;
    this.undoHidden = false;
    const page = this;
    this.#travel = new Travel({
      get session() {
        return page.session;
      },
      get code() {
        return page.#workspace.code;
      },
      occupy: async (occupation, act) => (await this.#occupy(occupation, () => act().then(() => true))) !== null,
      arrived: (said, code) => {
        // Numbers of runs are given again.
        this.#shownRun = null;
        // The log stays: it tells what happened on this page.
        if (code) this.#workspace.open(false);
        else this.#workspace.recall();
        this.#workspace.note(said);
        this.requestUpdate();
      },
    });
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('session')) this.state = this.session.state;
    this.dataset.sheet = this.#layout.sheet;
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

  protected override async firstUpdated(): Promise<void> {
    // It holds what a change is shown in.
    await this.#workspace.updateComplete;
    this.session.addEventListener('change', () => this.#changed());
    this.session.addEventListener('output', (event) => this.#workspace.print((event as CustomEvent<OutputPiece[]>).detail));
    SessionLesson.of(this.session).addEventListener('change', () => void this.#followLesson());
    this.addEventListener('session-request', (event) => (event as SessionRequest).detail(this.session));
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
                .session=${this.session}
                .settle=${() => this.session.settle()}
                .offer=${this.offer}
                @replace-session=${({ detail }: CustomEvent<ChosenFile[]>) => this.#replace('uploading', () => this.session.replaceBy(detail))}
                @problem=${this.#problem}
              ></dormouse-session-bar>`
            : nothing
        }
        <dormouse-saved .saved=${state.saved} .beginning=${this.#beginnings.present} .changed=${state.changed}></dormouse-saved>
        <div class="notices">${this.#notices()}</div>
      </header>
      <dormouse-actions
        .phase=${phase}
        .isolated=${state.isolated}
        .queued=${this.queued}
        .occupied=${this.occupation !== null}
        .undo=${undoOf(state.checkpoints)}
        .checking=${this.#layout.panel('right')?.id === 'state'}
        @run=${this.#run}
        @stop=${() => this.#stop()}
        @undo-run=${() => this.#travel.undoRun()}
        @check-state=${() => this.#openPanel('state')}
        @download-state=${() => this.download()}
        @upload-state=${(event: CustomEvent<File>) => this.#upload(event.detail)}
        @clear-session=${this.#clear}
      ></dormouse-actions>
      <div class="body">
        ${this.#rail('left')}
        ${this.#side('left')}
        <main>
          ${elsewhere ? this.#elsewhere() : nothing}
          <dormouse-workspace
            ?hidden=${elsewhere}
            data-sheet=${this.#layout.sheet}
            .session=${this.session}
            .name=${this.sessions ? sessionName(this.sessions.entries, this.session.id) : strings.name}
            .state=${state}
            .activity=${activityOf(state, this.occupation, this.queued)}
            .passing=${this.#beginnings.line}
            .occupied=${this.occupation !== null}
            @run=${this.#run}
            @restart=${this.#restart}
            @problem=${this.#problem}
          ></dormouse-workspace>
        </main>
        ${this.#side('right')}
        ${this.#rail('right')}
        <dormouse-more .entries=${this.#layout.more} @choose=${({ detail }: CustomEvent<string>) => this.#openPanel(detail)}></dormouse-more>
      </div>
      <dormouse-sheet-bar .entries=${this.#layout.bar} .chosen=${this.#layout.barEntry} @choose=${this.#chooseSheet}></dormouse-sheet-bar>
      <dormouse-question></dormouse-question>
      <dormouse-package-question
        .question=${state.packages.question}
        @answer=${({ detail }: CustomEvent<boolean>) => this.session.packages.answer(detail)}
      ></dormouse-package-question>
      <dormouse-download-dialog @confirm=${({ detail }: CustomEvent<DownloadProblem['leaveOut']>) => this.#download(detail.map(({ path }) => path))}></dormouse-download-dialog>
    `;
  }

  #rail(side: PanelSide) {
    const layout = this.#layout;
    const chosen = layout.panel(side)?.id ?? null;
    return html`<dormouse-rail
      class=${side}
      .label=${strings.workbench.panels[side]}
      .entries=${layout.rail(side)}
      .chosen=${chosen}
      @choose=${({ detail }: CustomEvent<string>) => (detail === chosen ? layout.close(side) : this.#openPanel(detail))}
    ></dormouse-rail>`;
  }

  #side(side: PanelSide) {
    const panel = this.#layout.panel(side);
    return html`<aside class=${side} ?hidden=${panel === null} aria-label=${panel?.name ?? nothing}>
      <dormouse-side
        .session=${this.session}
        .state=${this.state}
        .panel=${panel}
        .occupied=${this.occupation !== null}
        .sessions=${this.sessions}
        @close=${() => this.#closePanel(side)}
        @go-back=${({ detail }: CustomEvent<Checkpoint>) => this.#travel.goBack(detail)}
        @branch=${({ detail }: CustomEvent<Checkpoint>) => this.#part<SessionBar>('dormouse-session-bar').branch(detail)}
        @open-panel=${({ detail }: CustomEvent<{ id: string; about: string }>) => this.#openPanel(detail.id, detail.about)}
        @run-code=${({ detail }: CustomEvent<string>) => this.#workspace.runBeside(detail)}
        @insert-code=${({ detail }: CustomEvent<string>) => this.#insertCode(detail)}
        @open-session=${({ detail }: CustomEvent<File>) => this.#part<SessionBar>('dormouse-session-bar').openFiles([{ path: detail.name, file: detail }])}
        @problem=${this.#problem}
      ></dormouse-side>
    </aside>`;
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

  #notices() {
    const { state, sessions, session } = this;
    // Such a button goes away when it is pressed: the focus goes on to Run.
    const leave = (act: () => void) => () => {
      this.#actions.focusAction('run');
      act();
    };
    const possible = state.phase === 'idle' && this.occupation === null;
    const { said, checkpoint } = this.#travel.wayBack;
    return renderNotices({
      state,
      failure: this.failure,
      undo: { offered: state.undoable !== null && !this.undoHidden, possible },
      wayBack: said && { ...said, possible: possible && checkpoint !== null },
      filesToo: possible && state.resumed !== null && isCutOff(state.history) && presentOf(state.checkpoints) !== null,
      unknownAddress: this.unknownAddress,
      deleted: (sessions?.find(session.id)?.deleted ?? null) !== null,
      lastDeleted: sessions?.lastDeleted ?? null,
      announcements: this.announcements,
      reopen: leave(() => session.reopen()),
      dismissFailure: leave(() => {
        this.failure = null;
      }),
      dismissNotice: leave(() => session.dismissNotice()),
      dismissUnknownAddress: leave(() => {
        this.unknownAddress = false;
      }),
      takeFilesBack: leave(() => this.#travel.takeFilesBack()),
      goForward: leave(() => this.#travel.goForward()),
      dismissWayBack: leave(() => {
        this.#travel.wayBack.dismiss();
        this.requestUpdate();
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

  /** Whether another session is about to take the place of this one, which is being kept: what would be typed or run now would be in neither. */
  set leaving(leaving: boolean) {
    this.inert = leaving;
    if (leaving) this.occupation = 'leaving';
    else if (this.occupation === 'leaving') this.occupation = null;
  }

  /** Takes over the session's new state. */
  #changed(): void {
    const before = this.state;
    const { state } = this.session;
    this.state = state;
    this.#workspace.follow();
    const { phase } = state;
    this.#beginnings.follow(state, this.occupation !== null || this.#travel.wayBack.said !== null);
    this.#travel.wayBack.follow(state);
    // Opened again: another tab may have changed the code meanwhile.
    if (phase === 'opening' || phase === 'waiting' || phase === 'yielded') this.#codeShown = false;
    else if (phase === 'looking' && state.code !== before.code) this.#workspace.open();
    else if (!this.#codeShown && phase !== 'closed') {
      this.#codeShown = true;
      this.#workspace.open();
      if (this.#runWhenShown) this.#run();
    }
    const last = state.history.at(-1);
    // Runs of earlier visits are in the history too; their output is not.
    if (last && (last.status === 'running' || last.run === this.#shownRun?.run) && last !== this.#shownRun) {
      this.#shownRun = last;
      this.#workspace.showRun(last);
    }
    if (phase !== 'running' && before.phase === 'running') this.#workspace.output.settle();
  }

  async #run(): Promise<void> {
    const { phase } = this.state;
    if (phase === 'looking') {
      this.failure = strings.looking.runRefused;
      return;
    }
    if (this.#codeShown && this.#workspace.runCell()) return;
    if (!this.#codeShown) {
      this.#runWhenShown = phase === 'opening';
      this.queued = this.#runWhenShown;
      return;
    }
    this.#runWhenShown = false;
    if ((phase !== 'idle' && phase !== 'starting') || this.occupation !== null) return;
    this.queued = phase === 'starting';
    this.failure = null;
    this.#layout.sheet = 'output';
    await this.#try(() => this.#workspace.runScript());
    this.queued = false;
  }

  /** @param about what the panel is to show; null for what it showed last */
  async #openPanel(id: string, about: string | null = null): Promise<void> {
    const panel = this.#layout.open(id);
    await this.updateComplete;
    const side = this.#part<SidePanel>(`aside.${panel.side} dormouse-side`);
    await this.#try(() => side.open());
    if (about !== null) side.about(about);
    side.focus();
  }

  #closePanel(side: PanelSide): void {
    const panel = this.#layout.panel(side);
    this.#layout.close(side);
    if (!panel) return;
    // Where it was opened from: the rail, or on small screens the bottom bar.
    const rail = this.#part<PanelRail>(`dormouse-rail.${side}`);
    if (rail.checkVisibility()) rail.focusEntry(panel.id);
    else this.#part<SheetBar>('dormouse-sheet-bar').focusEntry('code');
  }

  async #chooseSheet({ detail }: CustomEvent<string>): Promise<void> {
    if (detail !== 'code' && detail !== 'output' && detail !== 'more') {
      await this.#openPanel(detail);
      return;
    }
    this.#layout.sheet = detail satisfies Sheet;
    await this.updateComplete;
    if (detail === 'more') this.#part<HTMLElement>('dormouse-more').focus();
  }

  #insertCode(code: string): void {
    this.#layout.sheet = 'code';
    this.#workspace.insert(code);
  }

  async #followLesson(): Promise<void> {
    const { lesson, problem } = SessionLesson.of(this.session);
    const first = !this.#layout.lesson && lesson !== null;
    this.#layout.lesson = lesson !== null || problem !== null;
    if (!first) return;
    this.#layout.showLesson(this.state.runs === 0);
    await this.updateComplete;
    if (this.#layout.panel('left')?.id === 'lesson') await this.#try(() => this.#part<SidePanel>('aside.left dormouse-side').open());
  }

  async #stop(): Promise<void> {
    this.#workspace.dropQueue();
    await this.#try(() => this.session.stop());
  }

  readonly #listChanged = (): void => this.requestUpdate();

  /** Hands a state file of the session to the person. */
  download(): Promise<void> {
    return this.#download([]);
  }

  async #download(leaveOut: string[]): Promise<void> {
    const result = await this.#occupy('downloading', () => this.session.copies.download({ leaveOut }));
    if (!result) return;
    if ('problem' in result) {
      await import('../ui/download-dialog');
      await this.#part<DownloadDialog>('dormouse-download-dialog').show(result.problem);
    } else {
      saveBlob(result.blob, result.name);
      if (leaveOut.length === 0) await this.session.copies.note('made');
    }
  }

  /** A state file takes the session's place, which can be undone; anything else becomes a session of its own. */
  async #upload(file: File): Promise<void> {
    const bar = this.renderRoot.querySelector<SessionBar>('dormouse-session-bar');
    if (/\.(dormouse|zip|py|ipynb)$/i.test(file.name) && bar) await bar.openFiles([{ path: file.name, file }]);
    else await this.#replace('uploading', () => this.session.upload(file));
  }

  async #restart(): Promise<void> {
    if (this.state.phase === 'idle' && !(await this.#question.ask(strings.restart))) return;
    await this.#travel.restart();
  }

  async #clear(): Promise<void> {
    if (await this.#question.ask(strings.clear)) await this.#replace('clearing', () => this.session.clear());
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
    this.#workspace.open();
    if (occupation === 'bringingBack') this.#workspace.note(strings.notice.broughtBack);
  }

  async #occupy<T extends DownloadResult | boolean>(occupation: Occupation, act: () => Promise<T>): Promise<T | null> {
    if (this.occupation !== null) return null;
    this.occupation = occupation;
    this.failure = null;
    try {
      return await this.#try(act);
    } finally {
      if (this.occupation === occupation) this.occupation = null;
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

  #problem({ detail }: CustomEvent<unknown>): void {
    this.failure = sentence(detail);
  }

  get #actions(): ActionsBar {
    return this.#part('dormouse-actions');
  }

  get #workspace(): Workspace {
    return this.#part('dormouse-workspace');
  }

  get #question(): QuestionDialog {
    return this.#part('dormouse-question');
  }

  #part<T extends HTMLElement>(name: string): T {
    return this.renderRoot.querySelector<T>(name) as T;
  }

  static override styles = [shared, pageStyles];
}

customElements.define('dormouse-page', Page);
