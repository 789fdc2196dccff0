/** Where the work is: the document as a script or a notebook, what runs write, and a line of Python under it. */
import { html, LitElement, nothing } from 'lit';
import { Eraser } from 'lucide';
import { BESIDE_PART, failedLine, type NotebookView, partName, writeIpynb } from '../notebook';
import type { OutputPiece, RunRecord, Session, SessionState } from '../session';
import '../ui/activity-status';
import '../ui/code-editor';
import type { CodeEditor, CodePart } from '../ui/code-editor';
import '../ui/height-splitter';
import '../ui/icon';
import '../ui/learn/notebook-origin';
import '../ui/notebook/notebook-tools';
import '../ui/notebook/notebook-view';
import type { CellPart, NotebookElement } from '../ui/notebook/notebook-view';
import type { ShortcutsDialog } from '../ui/notebook/shortcuts-dialog';
import type { LinePlace } from '../ui/output/error-view';
import '../ui/output-log';
import type { OutputLog } from '../ui/output-log';
import '../ui/repl-line';
import { saveBlob } from '../ui/save-blob';
import { strings } from '../ui/strings';
import { shared } from '../ui/styles';
import type { Activity } from './activity';
import { dedented, endedSentence, formatIn } from './code-actions';
import { NotebookDesk, outputOf } from './notebook-desk';
import { SAMPLE } from './sample';
import { workspaceStyles } from './workspace-styles';

/**
 * Fires `run` when the whole document is to run, `restart` when Python is to begin anew, and `problem` (CustomEvent: what was thrown, or a sentence) when something could not be
 * done. On small screens the attribute `data-sheet` says which part is in sight.
 */
export class Workspace extends LitElement {
  static override properties = {
    session: { attribute: false },
    name: { attribute: false },
    state: { attribute: false },
    activity: { attribute: false },
    passing: { attribute: false },
    occupied: { attribute: false },
    share: { state: true },
    notebookShare: { state: true },
    failed: { state: true },
  };

  /** Set once. */
  declare session: Session;
  /** What the session is called. */
  declare name: string;
  /** Replaced whole at each change of the session. */
  declare state: SessionState;
  declare activity: Activity;
  /** A line that is shown beside the activity for a while; null when there is none. */
  declare passing: string | null;
  /** Something else keeps runs waiting. */
  declare occupied: boolean;
  /** Height of the code, percent. */
  declare private share: number;
  /** The same in the notebook view, which has the outputs with it. */
  declare private notebookShare: number;
  /** The line of the script at which its last run failed, counted from 1; null when it did not, or was edited since. */
  declare private failed: number | null;
  readonly #desk = new NotebookDesk(this);

  constructor() {
    super();
    this.name = strings.name;
    this.passing = null;
    this.occupied = false;
    this.share = 55;
    this.notebookShare = 80;
    this.failed = null;
  }

  protected override firstUpdated(): void {
    this.#desk.attach(this.session, () => ({
      cursor: this.#desk.view === 'notebook' ? this.#notebook.cursor : this.#desk.cursor,
      scriptCursor: this.#editor.cursor,
    }));
    this.addEventListener('go-to-line', (event) => this.#goToLine((event as CustomEvent<LinePlace>).detail));
  }

  protected override updated(): void {
    this.style.setProperty('--share', `${this.#share}%`);
  }

  override render() {
    const { phase, awaitsInput } = this.state;
    const { text, progress, working } = this.activity;
    const readOnly = phase === 'opening' || phase === 'looking';
    const desk = this.#desk;
    return html`
      <div class="tools">
      <dormouse-notebook-tools
        .view=${desk.view}
        @view=${({ detail }: CustomEvent<NotebookView>) => this.#setView(detail)}
        @run-all=${() => this.#notebook.runAll()}
        @run-above=${() => this.#notebook.runAll(true)}
        @add=${({ detail }: CustomEvent<'python' | 'markdown'>) => this.#notebook.add(detail)}
        @clear-outputs=${this.#clearOutputs}
        @export-py=${() => saveBlob(new Blob([this.code], { type: 'text/x-python' }), `${desk.view}.py`)}
        @export-ipynb=${() => saveBlob(new Blob([writeIpynb(desk.notebook)], { type: 'application/x-ipynb+json' }), 'notebook.ipynb')}
        @run-part=${() => (desk.view === 'notebook' ? this.#notebook.runPart() : this.#runPart(this.#editor.takeSelection(true), null))}
        @format=${() => this.#format()}
        @restart=${() => this.dispatchEvent(new Event('restart'))}
        @export-html=${() => this.#exportHtml()}
        @shortcuts=${() => this.#showShortcuts()}
      ></dormouse-notebook-tools>
      <dormouse-notebook-origin
        .session=${this.session}
        .current=${() => this.code}
        .readOnly=${readOnly}
        @replace-code=${({ detail }: CustomEvent<string>) => this.#replace(detail)}
      ></dormouse-notebook-origin>
      </div>
      <dormouse-code
        class="work"
        ?hidden=${desk.view !== 'script'}
        .readOnly=${readOnly}
        @run=${() => this.dispatchEvent(new Event('run'))}
        .failed=${this.failed}
        @run-part=${() => this.#runPart(this.#editor.takeSelection(true), null)}
        @format=${() => this.#format()}
        @edit=${this.#scriptEdited}
        @move=${() => this.session.saveNotebook()}
      ></dormouse-code>
      ${
        desk.view === 'notebook'
          ? html`<dormouse-notebook
              class="work"
              .notebook=${desk.notebook}
              .revision=${desk.revision}
              .waiting=${desk.waiting}
              .selected=${desk.selected}
              .keptCursor=${desk.cursor}
              .readOnly=${readOnly}
              .said=${endedSentence(desk.ended)}
              @run-part=${({ detail }: CustomEvent<CellPart>) => this.#runPart(detail, desk.notebook.indexOf(detail.cell) + 1)}
              @format=${() => this.#format()}
              @edit=${this.#edited}
              @select=${this.#selected}
              @shortcuts=${() => this.#showShortcuts()}
              @run-cells=${({ detail }: CustomEvent<string[]>) => this.#runCells(detail)}
            ></dormouse-notebook>`
          : nothing
      }
      <dormouse-splitter .share=${this.#share} @move=${this.#moveSplitter}></dormouse-splitter>
      <div class="strip">
        <h2>${strings.output.label}</h2>
        <dormouse-activity .text=${text} .progress=${progress} .working=${working} .passing=${this.passing}></dormouse-activity>
        <button title=${strings.output.clear} @click=${this.#clearLog}>
          <dormouse-icon .glyph=${Eraser}></dormouse-icon><span>${strings.output.clear}</span>
        </button>
      </div>
      <dormouse-output
        .awaitsInput=${awaitsInput}
        @answer=${({ detail }: CustomEvent<string | null>) => this.session.answer(detail)}
      ></dormouse-output>
      <dormouse-repl .possible=${phase === 'idle' && !this.occupied} @run=${({ detail }: CustomEvent<string>) => this.runBeside(detail)}></dormouse-repl>
      <dormouse-shortcuts></dormouse-shortcuts>
    `;
  }

  /** The document as it is now, in either view. */
  get code(): string {
    return this.#desk.view === 'notebook' ? this.#desk.notebook.text : this.#editor.code;
  }

  get output(): OutputLog {
    return this.#part('dormouse-output');
  }

  /**
   * Shows the session's document, and the sample in a session that never had one.
   * @param log also what the log was; otherwise that stays
   */
  open(log = true): void {
    const { code, notebook } = this.session.state;
    const desk = this.#desk;
    desk.open(code ?? (this.#editor.code || SAMPLE), notebook, log);
    if (log) this.output.restore(desk.log.entries);
    // What is there already keeps its undo history and its cursor; and a session that never had any code takes none away.
    if (code === this.#editor.code || (code === null && this.#editor.code !== '')) return;
    this.#editor.code = code ?? SAMPLE;
    if (desk.scriptCursor) this.#editor.cursor = desk.scriptCursor;
  }

  /** The outputs of cells become those of the session's present moment; the document stays. */
  recall(): void {
    this.#desk.recall(this.session.state.notebook);
  }

  /** In the notebook runs the current cell; false in the script, which runs as a whole. */
  runCell(): boolean {
    if (this.#desk.view === 'script') return false;
    this.#notebook.runCurrent();
    return true;
  }

  /** Runs the script, or some of it, and marks the line at which it failed. What is thrown says why there was no run. */
  async runScript(code = this.code, part?: string): Promise<void> {
    this.failed = null;
    await this.session.run(code, part === undefined ? {} : { document: this.code, part });
    const { run, outputs } = this.#desk.log.newest;
    if (run?.status === 'failed') this.failed = failedLine(outputs, run.run);
  }

  /** Nothing that waits for the present run is run any more. */
  dropQueue(): void {
    this.#desk.empty();
  }

  /** To be told of every change of the session. */
  follow(): void {
    this.#desk.follow();
  }

  /** Puts what a run wrote where it belongs. */
  print(pieces: OutputPiece[]): void {
    const printed = pieces.map(outputOf);
    if (!this.#desk.print(printed)) this.output.print(printed);
  }

  /** Says something in the log. */
  note(text: string): void {
    const notice = { type: 'stream', stream: 'notice', text: `${text}\n` } as const;
    this.#desk.log.print([notice]);
    this.output.print([notice]);
  }

  /** A run has begun, or its record has changed. */
  showRun(run: RunRecord): void {
    if (this.#desk.runsCell) return;
    this.#desk.log.show(run);
    this.output.showRun(run);
  }

  /** Python becomes a new cell, or the end of the script. */
  insert(code: string): void {
    if (this.#desk.view === 'notebook') {
      this.#notebook.add('python', code);
      return;
    }
    const { code: before } = this.#editor;
    this.#editor.insert(before === '' || before.endsWith('\n') ? code : `\n${code}`);
  }

  /** Shows a line that an error named. */
  #goToLine(place: LinePlace): void {
    const found = this.#desk.locate(place);
    if (found === null) return;
    if (found.cell === null) this.#editor.goTo(found.line);
    else if (this.#desk.view === 'notebook') void this.#notebook.goTo(found.cell, found.line);
  }

  /** Runs some lines of the script, or of a cell (its place, counted from 1). What they print goes below, as that of the line there. */
  async #runPart({ code, line }: CodePart, cell: number | null): Promise<void> {
    if (this.state.phase === 'looking') this.#problem(strings.looking.runRefused);
    if (this.state.phase !== 'idle' || this.occupied || code.trim() === '') return;
    const part = partName(cell, line);
    await this.#try(() =>
      cell === null ? this.runScript(dedented(code), part) : this.session.run(dedented(code), { document: this.code, part }),
    );
  }

  async #format(): Promise<void> {
    const editor = this.#desk.view === 'notebook' ? this.#notebook.currentEditor : this.#editor;
    if (!editor) this.#problem(new Error(strings.workbench.notebook.nothingToFormat));
    else if (!editor.readOnly) await this.#try(() => formatIn(editor));
  }

  async #exportHtml(): Promise<void> {
    await this.#try(async () => {
      const { notebookPage } = await import('../ui/notebook/notebook-page');
      saveBlob(new Blob([await notebookPage(this.#desk.notebook, this.name)], { type: 'text/html' }), 'notebook.html');
    });
  }

  async #showShortcuts(): Promise<void> {
    await import('../ui/notebook/shortcuts-dialog');
    await this.#part<ShortcutsDialog>('dormouse-shortcuts').show(this.#desk.view);
  }

  #setView(view: NotebookView): void {
    const desk = this.#desk;
    if (view === desk.view) return;
    if (view === 'notebook') desk.notebook.text = this.#editor.code;
    else if (this.#editor.code !== desk.notebook.text) this.#editor.code = desk.notebook.text;
    desk.view = view;
    desk.changed();
    this.session.saveNotebook();
  }

  #replace(code: string): void {
    if (this.#desk.view === 'notebook') this.#desk.notebook.text = code;
    else this.#editor.code = code;
    this.#desk.changed();
    this.session.saveCode(code);
  }

  #scriptEdited(): void {
    this.failed = null;
    this.session.saveCode(this.#editor.code);
  }

  #edited(): void {
    this.#desk.changed();
    this.session.saveCode(this.#desk.notebook.text);
  }

  #selected(): void {
    this.#desk.selected = this.#notebook.current;
    this.session.saveNotebook();
  }

  #clearLog(): void {
    this.output.clear();
    this.#desk.log.clear();
    this.session.saveNotebook();
  }

  #clearOutputs(): void {
    this.#desk.notebook.clearOutputs();
    this.#desk.changed();
    this.session.saveNotebook();
  }

  #runCells(ids: readonly string[]): void {
    if (this.state.phase === 'looking') this.#problem(strings.looking.runRefused);
    else if (!this.occupied) this.#desk.run(ids);
  }

  /** Runs code that is no part of the document. */
  async runBeside(code: string): Promise<void> {
    await this.#try(() => this.session.run(code, { document: this.code, part: BESIDE_PART }));
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.#problem(error);
    }
  }

  get #share(): number {
    return this.#desk.view === 'notebook' ? this.notebookShare : this.share;
  }

  #moveSplitter({ detail }: CustomEvent<number>): void {
    if (this.#desk.view === 'notebook') this.notebookShare = detail;
    else this.share = detail;
  }

  #problem(detail: unknown): void {
    this.dispatchEvent(new CustomEvent('problem', { detail }));
  }

  get #editor(): CodeEditor {
    return this.#part('dormouse-code');
  }

  get #notebook(): NotebookElement {
    return this.#part('dormouse-notebook');
  }

  #part<T extends HTMLElement>(name: string): T {
    return this.renderRoot.querySelector<T>(name) as T;
  }

  static override styles = [shared, workspaceStyles];
}

customElements.define('dormouse-workspace', Workspace);
