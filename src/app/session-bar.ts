/** The session menu with what its entries do: making, naming, copying and deleting sessions, and going to another one. */
import { css, html, LitElement, type PropertyValues } from 'lit';
import type { Checkpoint, DownloadProblem, Session, SessionEntry, SessionPhase, Sessions } from '../session';
import '../ui/capsule-dialog';
import type { CapsuleDialog, CapsuleParts } from '../ui/capsule-dialog';
import '../ui/copy-dialog';
import type { CopyDialog } from '../ui/copy-dialog';
import '../ui/download-dialog';
import type { DownloadDialog } from '../ui/download-dialog';
import { formatTime } from '../ui/format';
import '../ui/name-dialog';
import type { NameDialog } from '../ui/name-dialog';
import '../ui/open-dialog';
import type { OpenDialog } from '../ui/open-dialog';
import '../ui/question-dialog';
import type { QuestionDialog } from '../ui/question-dialog';
import '../ui/session-menu';
import { saveBlob } from '../ui/save-blob';
import type { SessionMenu } from '../ui/session-menu';
import { freeName, sessionName } from '../ui/session-name';
import { strings } from '../ui/strings';
import { addressOf, START } from './address';
import { openFiles } from './open-files';

/** Events: `problem` (CustomEvent<unknown>, what was thrown) when an action did not work. */
export class SessionBar extends LitElement {
  static override properties = {
    sessions: { attribute: false },
    current: { attribute: false },
    phase: { attribute: false },
    settle: { attribute: false },
    session: { attribute: false },
    entries: { state: true },
  };

  declare sessions: Sessions;
  /** The id of the session that is shown. */
  declare current: string;
  declare phase: SessionPhase;
  /** Stores what is still unsaved of the session that is shown. */
  declare settle: () => Promise<void>;
  /** The session that is shown. */
  declare session: Session;
  declare private entries: readonly SessionEntry[];
  /** What the memory that was measured builds on. */
  #baseline: Blob | null = null;
  #parts: CapsuleParts = { memory: false, checkpoints: [] };

  constructor() {
    super();
    this.entries = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.sessions?.addEventListener('change', this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.sessions.removeEventListener('change', this.#changed);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('sessions')) return;
    this.sessions.addEventListener('change', this.#changed);
    this.entries = this.sessions.entries;
  }

  override focus(): void {
    this.#menu.focus();
  }

  override render() {
    const { sessions, current } = this;
    const entry = (event: CustomEvent<SessionEntry>) => event.detail;
    return html`
      <dormouse-session-menu
        .entries=${this.entries}
        .current=${current}
        .possible=${this.phase !== 'opening' && this.entries.some(({ id }) => id === current)}
        @create=${() => this.#try(() => this.#create())}
        @start=${() => this.#try(() => this.#start())}
        @open-files=${() => this.#input.click()}
        @download-capsule=${() => this.#try(() => this.#measure())}
        @rename=${() => this.#part<NameDialog>('dormouse-name-dialog').show(sessionName(this.entries, current))}
        @duplicate=${() => this.duplicate()}
        @delete=${() => this.#try(() => this.#delete())}
        @go=${(event: CustomEvent<SessionEntry>) => this.#try(() => this.#go(entry(event).id))}
        @bring-back=${(event: CustomEvent<SessionEntry>) => this.#try(() => sessions.bringBack(entry(event).id))}
        @purge=${(event: CustomEvent<SessionEntry>) => this.#try(() => this.#purge(entry(event)))}
      ></dormouse-session-menu>
      <dormouse-name-dialog @confirm=${(event: CustomEvent<string>) => this.#try(() => sessions.rename(current, event.detail))}></dormouse-name-dialog>
      <dormouse-question></dormouse-question>
      <dormouse-copy-dialog></dormouse-copy-dialog>
      <dormouse-open-dialog></dormouse-open-dialog>
      <dormouse-capsule-dialog
        @confirm=${({ detail }: CustomEvent<CapsuleParts>) => this.#try(() => this.#download(detail, []))}
      ></dormouse-capsule-dialog>
      <dormouse-download-dialog
        @confirm=${({ detail }: CustomEvent<DownloadProblem['leaveOut']>) => this.#try(() => this.#download(this.#parts, detail))}
      ></dormouse-download-dialog>
      <input type="file" multiple hidden @change=${() => this.#try(() => this.#chosen())} />
    `;
  }

  /** Shows what is in files and makes a session of them, if that is wanted. */
  async openFiles(files: readonly File[]): Promise<void> {
    await this.#try(async () => {
      const dialogs = { preview: this.#part<OpenDialog>('dormouse-open-dialog'), progress: this.#part<CopyDialog>('dormouse-copy-dialog') };
      const entry = await openFiles(this.sessions, files, dialogs);
      if (entry) await this.#go(entry.id);
    });
  }

  async #chosen(): Promise<void> {
    const files = [...(this.#input.files ?? [])];
    // The same file can be chosen again.
    this.#input.value = '';
    if (files.length > 0) await this.openFiles(files);
  }

  async #measure(): Promise<void> {
    const measure = await this.session.measureCapsule();
    const sha256 = measure.memory?.baseline ?? null;
    this.#baseline = sha256 === null ? null : ((await this.sessions.getBaseline({ sha256 }))?.bytes ?? null);
    // What the memory builds on goes along, and without it the memory is of no use.
    const lacking = sha256 !== null && this.#baseline === null;
    const memory = measure.memory && !lacking ? { ...measure.memory, bytes: measure.memory.bytes + (this.#baseline?.size ?? 0) } : null;
    await this.#part<CapsuleDialog>('dormouse-capsule-dialog').show({ ...measure, memory });
  }

  async #download(parts: CapsuleParts, leaveOut: DownloadProblem['leaveOut']): Promise<void> {
    this.#parts = parts;
    const baseline = parts.memory ? this.#baseline : null;
    const choice = {
      ...parts,
      baseline,
      name: sessionName(this.entries, this.current),
      only: null,
      leaveOut: leaveOut.map(({ path, reason }) => ({ path, reason })),
    };
    const result = await this.#part<CopyDialog>('dormouse-copy-dialog').during(
      (signal, onProgress) => this.session.downloadCapsule(choice, { signal, onProgress }),
      strings.capsule.working.writing,
    );
    if ('problem' in result) await this.#part<DownloadDialog>('dormouse-download-dialog').show(result.problem);
    else saveBlob(result.blob, result.name);
  }

  /** Copies the session as it is now into a new one and goes there; also while another tab has it. */
  async duplicate(): Promise<void> {
    await this.#try(async () => {
      await this.settle();
      await this.#copy(this.#copyName(), null);
    });
  }

  /** Copies the session as it was at a checkpoint into a new one and goes there. */
  async branch(checkpoint: Checkpoint): Promise<void> {
    await this.#try(() => this.#copy(this.#branchName(checkpoint), checkpoint.id));
  }

  async #copy(name: string, checkpoint: number | null): Promise<void> {
    const copy = await this.#part<CopyDialog>('dormouse-copy-dialog').during((signal, onProgress) =>
      this.sessions.copy(this.current, name, { checkpoint, signal, onProgress }),
    );
    await this.#go(copy.id);
  }

  async #create(): Promise<void> {
    if (!(await this.#mayLeave())) return;
    location.hash = addressOf((await this.sessions.create(this.#newName())).id);
  }

  async #delete(): Promise<void> {
    if (!(await this.#mayLeave())) return;
    await this.sessions.delete(this.current);
    const next = this.entries.find(({ id, deleted }) => deleted === null && id !== this.current);
    location.hash = addressOf((next ?? (await this.sessions.create(this.#newName()))).id);
  }

  async #purge(entry: SessionEntry): Promise<void> {
    const { purgeTitle, purgeText, purge, cancel } = strings.sessions;
    const sure = await this.#question.ask({ title: purgeTitle(entry.name), text: purgeText, confirm: purge, cancel });
    if (sure) await this.sessions.purge(entry.id);
  }

  async #start(): Promise<void> {
    if (await this.#mayLeave()) location.hash = START;
  }

  async #go(session: string): Promise<void> {
    if (await this.#mayLeave()) location.hash = addressOf(session);
  }

  /** Asks when going away would stop a run. */
  async #mayLeave(): Promise<boolean> {
    if (this.phase !== 'running' && this.phase !== 'stopping') return true;
    const { leaveTitle, leaveText, leave, stay } = strings.sessions;
    return this.#question.ask({ title: leaveTitle, text: leaveText, confirm: leave, cancel: stay });
  }

  /** The first `Session N` that is free. */
  #newName(): string {
    return freeName(this.entries, (number) => strings.sessions.numbered(this.entries.length + number));
  }

  #copyName(): string {
    const name = sessionName(this.entries, this.current).slice(0, 150);
    return freeName(this.entries, (number) => (number === 1 ? strings.sessions.copyOf(name) : strings.sessions.copyOfAgain(name, number)));
  }

  #branchName({ name, time }: Checkpoint): string {
    const session = sessionName(this.entries, this.current).slice(0, 100);
    const moment = name?.slice(0, 80) ?? formatTime(time);
    const { copyAt, copyAtAgain } = strings.sessions;
    return freeName(this.entries, (number) => (number === 1 ? copyAt(session, moment) : copyAtAgain(session, moment, number)));
  }

  async #try(act: () => Promise<unknown>): Promise<void> {
    try {
      await act();
    } catch (error) {
      // Cancelled by the person, who knows.
      if (error instanceof Error && error.name === 'AbortError') return;
      this.dispatchEvent(new CustomEvent('problem', { detail: error }));
    }
  }

  readonly #changed = (): void => {
    this.entries = this.sessions.entries;
  };

  get #input(): HTMLInputElement {
    return this.#part('input');
  }

  get #menu(): SessionMenu {
    return this.#part('dormouse-session-menu');
  }

  get #question(): QuestionDialog {
    return this.#part('dormouse-question');
  }

  #part<T extends HTMLElement>(name: string): T {
    return this.renderRoot.querySelector<T>(name) as T;
  }

  static override styles = css`
    :host {
      display: block;
      min-inline-size: 0;
    }
  `;
}

customElements.define('dormouse-session-bar', SessionBar);
