/** The session menu with what its entries do: making, naming, copying and deleting sessions, and going to another one. */
import { css, html, LitElement, type PropertyValues } from 'lit';
import {
  addressOfCapsule,
  type Checkpoint,
  type ChosenFile,
  capsuleOffered,
  type DownloadProblem,
  fileOffered,
  type Offer,
  type Session,
  type SessionEntry,
  type SessionPhase,
  type Sessions,
} from '../session';
import type { CapsuleDialog, CapsuleParts } from '../ui/capsule-dialog';
import type { CompareDialog } from '../ui/compare/compare-dialog';
import type { CopyDialog } from '../ui/copy-dialog';
import type { DownloadDialog } from '../ui/download-dialog';
import { type ArrivingFile, asChosen, droppedFiles, takeChosen } from '../ui/files/dropped-files';
import { formatTime } from '../ui/format';
import type { NameDialog } from '../ui/name-dialog';
import type { OpenDialog } from '../ui/open-dialog';
import '../ui/question-dialog';
import type { QuestionDialog } from '../ui/question-dialog';
import '../ui/session-menu';
import { saveBlob } from '../ui/save-blob';
import type { SessionMenu } from '../ui/session-menu';
import { freeName, sessionName } from '../ui/session-name';
import type { ShareDialog } from '../ui/share-dialog';
import { strings } from '../ui/strings';
import { addressOf, START } from './address';
import { openFiles } from './open-files';

/** What goes into a capsule that is handed on. */
const SHARED: Omit<Parameters<Session['copies']['downloadCapsule']>[0], 'name'> = {
  memory: false,
  baseline: null,
  checkpoints: [],
  only: null,
  leaveOut: [],
};
/** A larger capsule is too long for a link, bytes. */
const SMALL = 1_000_000;

/**
 * Events: `problem` (CustomEvent<unknown>, what was thrown) when an action did not work; `replace-session` (CustomEvent<ChosenFile[]>) when
 * the session that is shown is to be replaced by what was chosen.
 */
export class SessionBar extends LitElement {
  static override properties = {
    sessions: { attribute: false },
    current: { attribute: false },
    phase: { attribute: false },
    settle: { attribute: false },
    session: { attribute: false },
    offer: { attribute: false },
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
  /** What the address offers to open; taken up once. */
  declare offer: Offer | null;
  declare private entries: readonly SessionEntry[];
  /** What the memory that was measured builds on. */
  #baseline: Blob | null = null;
  #parts: CapsuleParts = { memory: false, checkpoints: [], only: null };

  constructor() {
    super();
    this.offer = null;
    this.entries = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    addEventListener('dragover', this.#dragOver);
    addEventListener('drop', this.#drop);
    this.sessions?.addEventListener('change', this.#changed);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    removeEventListener('dragover', this.#dragOver);
    removeEventListener('drop', this.#drop);
    this.sessions.removeEventListener('change', this.#changed);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (!changed.has('sessions')) return;
    this.sessions.addEventListener('change', this.#changed);
    this.entries = this.sessions.entries;
  }

  protected override updated(changed: PropertyValues): void {
    const { offer } = this;
    if (changed.has('offer') && offer) void this.#try(() => this.#take(offer));
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
        @open-files=${() => this.#part('#files').click()}
        @open-folder=${() => this.#part('#folder').click()}
        @download-capsule=${() => this.#try(() => this.#measure())}
        @compare=${() => this.#try(async () => (await this.#comparing()).choose())}
        @share=${() => this.#try(() => this.#share())}
        @rename=${() => this.#try(() => this.#rename())}
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
      <dormouse-share-dialog @handed-over=${() => this.session.copies.note('made')}></dormouse-share-dialog>
      <dormouse-compare-dialog .session=${this.session} .sessions=${sessions}></dormouse-compare-dialog>
      <input id="files" type="file" multiple hidden @change=${this.#chosen} />
      <input id="folder" type="file" webkitdirectory hidden @change=${this.#chosen} />
    `;
  }

  /** Shows what is in files and makes a session of them, if that is wanted. */
  async openFiles(files: readonly ArrivingFile[]): Promise<void> {
    await this.#try(() => this.#open(asChosen(files)));
  }

  async #open(chosen: ChosenFile[]): Promise<void> {
    await import('../ui/open-dialog');
    const opened = await openFiles(this.sessions, chosen, {
      preview: this.#part<OpenDialog>('dormouse-open-dialog'),
      progress: await this.#progress(),
      replaces: this.phase === 'idle',
      compare: async (name) => (await this.#comparing()).compareFiles(chosen, name),
    });
    if (opened === 'replace') this.dispatchEvent(new CustomEvent('replace-session', { detail: chosen }));
    else if (opened !== null) await this.#go(opened.id);
  }

  /** Opens what the address offers, like any other file. A server is asked for it only if the person wants that. */
  async #take(offer: Offer): Promise<void> {
    if (offer.kind === 'wrong') throw new Error(offer.message);
    if (offer.kind === 'capsule') {
      await this.#open([await capsuleOffered(offer.text)]);
      return;
    }
    const { title, text, confirm, cancel } = strings.capsule.address;
    const { href, host } = offer.url;
    const sure = await this.#question.ask({ title: title(host), text: text(href, host, offer.sha256 !== null), confirm, cancel });
    if (!sure) return;
    const file = await (await this.#progress()).during(
      (signal, onProgress) => fileOffered(offer, { signal, onProgress: (done, total) => onProgress(done, total ?? 0) }),
      strings.capsule.working.loading(host),
    );
    await this.#open([file]);
  }

  readonly #chosen = (event: Event): void => {
    const files = takeChosen(event.target as HTMLInputElement);
    if (files.length > 0) void this.openFiles(files);
  };

  /** What is dropped where no panel takes it becomes a session; otherwise the browser would leave the page for it. */
  readonly #dragOver = (event: DragEvent): void => {
    if (!event.defaultPrevented && event.dataTransfer?.types.includes('Files')) event.preventDefault();
  };

  readonly #drop = (event: DragEvent): void => {
    if (event.defaultPrevented || !event.dataTransfer?.types.includes('Files')) return;
    event.preventDefault();
    const dropped = droppedFiles(event.dataTransfer);
    void this.#try(async () => this.openFiles(await dropped));
  };

  /** The session without its variables, as a file and as a link. */
  async #share(): Promise<void> {
    const name = sessionName(this.entries, this.current);
    const made = await (await this.#progress()).during(async (signal, onProgress) => {
      const result = await this.session.copies.downloadCapsule({ ...SHARED, name }, { signal, onProgress });
      if ('problem' in result) return result;
      // Only what is small can become a link.
      const packed =
        result.blob.size < SMALL ? await this.session.copies.downloadCapsule({ ...SHARED, name, link: true }, { signal }) : null;
      const link = packed && 'blob' in packed ? await addressOfCapsule(packed.blob, location.href) : null;
      return { name, file: new File([result.blob], result.name, { type: result.blob.type }), link };
    }, strings.capsule.working.writing);
    if ('problem' in made) {
      this.#parts = { memory: false, checkpoints: [], only: null };
      await this.#refused(made.problem);
    } else {
      await import('../ui/share-dialog');
      await this.#part<ShareDialog>('dormouse-share-dialog').show(made);
    }
  }

  async #comparing(): Promise<CompareDialog> {
    await import('../ui/compare/compare-dialog');
    return this.#part('dormouse-compare-dialog');
  }

  async #measure(): Promise<void> {
    const measure = await this.session.copies.measureCapsule();
    const sha256 = measure.memory?.baseline ?? null;
    this.#baseline = sha256 === null ? null : ((await this.sessions.getBaseline({ sha256 }))?.bytes ?? null);
    // What the memory builds on goes along, and without it the memory is of no use.
    const lacking = sha256 !== null && this.#baseline === null;
    const memory = measure.memory && !lacking ? { ...measure.memory, bytes: measure.memory.bytes + (this.#baseline?.size ?? 0) } : null;
    await import('../ui/capsule-dialog');
    await this.#part<CapsuleDialog>('dormouse-capsule-dialog').show({ ...measure, memory }, await this.session.files.list());
  }

  async #download(parts: CapsuleParts, leaveOut: DownloadProblem['leaveOut']): Promise<void> {
    this.#parts = parts;
    const baseline = parts.memory ? this.#baseline : null;
    const choice = {
      ...parts,
      baseline,
      name: sessionName(this.entries, this.current),
      leaveOut: leaveOut.map(({ path, reason }) => ({ path, reason })),
    };
    const result = await (await this.#progress()).during(
      (signal, onProgress) => this.session.copies.downloadCapsule(choice, { signal, onProgress }),
      strings.capsule.working.writing,
    );
    if ('problem' in result) await this.#refused(result.problem);
    else {
      saveBlob(result.blob, result.name);
      // Some of the files are no copy of the session.
      if (parts.only === null && leaveOut.length === 0) await this.session.copies.note('made');
    }
  }

  /** Says what stops a download, and offers to leave that out. */
  async #refused(problem: DownloadProblem): Promise<void> {
    await import('../ui/download-dialog');
    await this.#part<DownloadDialog>('dormouse-download-dialog').show(problem);
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
    const copy = await (await this.#progress()).during((signal, onProgress) =>
      this.sessions.copy(this.current, name, { checkpoint, signal, onProgress }),
    );
    await this.#go(copy.id);
  }

  async #create(): Promise<void> {
    if (!(await this.#mayLeave())) return;
    location.hash = addressOf((await this.sessions.create(this.#newName())).id);
  }

  async #rename(): Promise<void> {
    await import('../ui/name-dialog');
    const dialog = this.#part<NameDialog>('dormouse-name-dialog');
    await dialog.updateComplete;
    dialog.show(sessionName(this.entries, this.current));
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

  get #menu(): SessionMenu {
    return this.#part('dormouse-session-menu');
  }

  /** Shows how far something is; its program is loaded with the first such thing. */
  async #progress(): Promise<CopyDialog> {
    await import('../ui/copy-dialog');
    const dialog = this.#part<CopyDialog>('dormouse-copy-dialog');
    await dialog.updateComplete;
    return dialog;
  }

  get #question(): QuestionDialog {
    return this.#part('dormouse-question');
  }

  #part<T extends HTMLElement = HTMLElement>(name: string): T {
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
