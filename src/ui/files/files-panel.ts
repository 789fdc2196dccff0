/** The session's files: the tree, what can be done with it, and what goes on. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import {
  CodeXml,
  Download,
  Eye,
  FileDown,
  FilePlus,
  FolderPlus,
  FolderUp,
  type IconNode,
  NotebookText,
  Pencil,
  Trash2,
  Upload,
  X,
} from 'lucide';
import { messageOf } from '../../base/errors';
import type { FileReport, FileTask, FileUndo, Session, SessionState } from '../../session';
import { formatPath } from '../format';
import '../icon';
import '../learn/origin-note';
import '../name-dialog';
import type { NameDialog } from '../name-dialog';
import '../notice-line';
import { saveBlob } from '../save-blob';
import { strings } from '../strings';
import { panel, shared } from '../styles';
import { archiveOf } from './archive';
import { type ArrivingFile, droppedFiles, takeChosen } from './dropped-files';
import { allNodes, type FileNode, type FileRow, fileRows, fileTree, folderOf, nameOf, pathForPerson, pathFromPerson } from './file-nodes';
import './file-tree';
import type { FilePreview } from './file-preview';
import type { FileTree } from './file-tree';
import { loadingCode } from './loading-code';
import './work-list';

const HOME = 'home/pyodide';
/** From so many files on there is a field to find one. */
const MANY = 8;
/** Between two lists while files change all the time, ms. */
const PAUSE = 250;

interface Notice {
  tone: 'info' | 'error';
  text: string;
  undo: (() => Promise<void>) | null;
}

/** Events: `close`; `problem` (unknown, what was thrown); `insert-code` (string); `open-panel` ({ id, about }); `open-session` (File, of which a new session is to be made). */
export class FilesPanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    branches: { attribute: false },
    files: { state: true },
    expanded: { state: true },
    selected: { state: true },
    wanted: { state: true },
    dragging: { state: true },
    notice: { state: true },
    tasks: { state: true },
    packing: { state: true },
    asked: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  declare occupied: boolean;
  /** Whether there can be other sessions. */
  declare branches: boolean;
  /** Null before they were read. */
  declare private files: readonly FileReport[] | null;
  declare private expanded: ReadonlySet<string>;
  declare private selected: ReadonlySet<string>;
  declare private wanted: string;
  declare private dragging: boolean;
  declare private notice: Notice | null;
  declare private tasks: readonly FileTask[];
  /** How far an archive is, bytes. */
  declare private packing: { done: number; total: number } | null;
  /** What the dialog for names asks for. */
  declare private asked: { kind: 'file' | 'folder' | 'rename'; path: string };
  #roots: FileNode[] = [];
  #rows: FileRow[] = [];
  #listing: Promise<void> | null = null;
  #listAgain = false;
  /** Ends what goes on. */
  #cancel = new AbortController();
  /** Where a drop from outside goes. */
  #place = HOME;
  #followed: Session | null = null;

  constructor() {
    super();
    this.occupied = false;
    this.branches = false;
    this.files = null;
    this.expanded = new Set();
    this.selected = new Set();
    this.wanted = '';
    this.dragging = false;
    this.notice = null;
    this.tasks = [];
    this.packing = null;
    this.asked = { kind: 'file', path: HOME };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.session) this.#follow();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#followed?.files.removeEventListener('change', this.#changed);
    this.#followed?.files.removeEventListener('tasks', this.#tasksChanged);
    this.#followed = null;
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  /** Lists the files anew. */
  async look(): Promise<void> {
    this.#follow();
    await this.#list();
  }

  #follow(): void {
    if (this.#followed === this.session) return;
    this.#followed?.files.removeEventListener('change', this.#changed);
    this.#followed?.files.removeEventListener('tasks', this.#tasksChanged);
    this.#followed = this.session;
    this.session.files.addEventListener('change', this.#changed);
    this.session.files.addEventListener('tasks', this.#tasksChanged);
    this.#tasksChanged();
  }

  readonly #changed = (): void => void this.#list();

  readonly #tasksChanged = (): void => {
    this.tasks = this.session.files.tasks;
  };

  /** One list after the other, with a pause in between. */
  async #list(): Promise<void> {
    if (this.#listing) {
      this.#listAgain = true;
      return this.#listing;
    }
    this.#listing = this.#read();
    await this.#listing;
  }

  async #read(): Promise<void> {
    try {
      this.files = await this.session.files.list();
    } catch (error) {
      // The page says by itself when the session is gone.
      if (this.state.phase !== 'closed') this.#tell('problem', error);
    }
    setTimeout(() => {
      this.#listing = null;
      if (!this.#listAgain || !this.isConnected) return;
      this.#listAgain = false;
      void this.#list();
    }, PAUSE);
  }

  protected override willUpdate(changed: PropertyValues): void {
    if (changed.has('files')) {
      this.#roots = fileTree(this.files ?? []);
      const present = new Set(Array.from(allNodes(this.#roots), ({ path }) => path));
      if ([...this.selected].some((path) => !present.has(path)))
        this.selected = new Set([...this.selected].filter((path) => present.has(path)));
    }
    if (changed.has('files') || changed.has('expanded') || changed.has('wanted')) {
      this.#rows = fileRows(this.#roots, this.expanded, this.wanted);
    }
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    if (before !== undefined && before !== this.state.phase && this.isConnected) void this.#list();
  }

  override render() {
    const words = strings.files;
    const { files } = this;
    const count = files?.filter(({ kind }) => kind !== 'directory').length ?? 0;
    const size = files?.reduce((sum, file) => sum + file.size, 0) ?? 0;
    return html`<div
      class="panel ${this.dragging ? 'dragging' : ''}"
      @dragenter=${this.#dragOver}
      @dragover=${this.#dragOver}
      @dragleave=${this.#dragLeave}
      @drop=${this.#dropped}
    >
      <header>
        <h2 tabindex="-1">${words.label}</h2>
        <span class="soft">${files === null ? words.loading : count > 0 ? words.summary(count, size) : nothing}</span>
        <button class="close" aria-label=${words.close} title=${words.close} @click=${() => this.#tell('close', null)}>
          <dormouse-icon .glyph=${X}></dormouse-icon>
        </button>
      </header>
      ${this.#canChange ? this.#tools() : this.state.phase === 'looking' ? html`<p class="soft note">${words.elsewhere}</p>` : nothing}
      ${this.#said()}
      <dormouse-work-list
        .tasks=${this.tasks}
        .packing=${this.packing}
        .running=${this.state.phase === 'running' || this.state.phase === 'stopping'}
        @cancel=${this.#cancelAll}
      ></dormouse-work-list>
      ${count > MANY || this.wanted !== '' ? this.#search() : nothing}
      ${files !== null && files.length === 0 ? this.#empty() : nothing}
      <dormouse-file-tree
        .rows=${this.#rows}
        .selected=${this.selected}
        ?hidden=${this.#rows.length === 0}
        @toggle=${this.#toggle}
        @select=${({ detail }: CustomEvent<string[]>) => {
          this.selected = new Set(detail);
        }}
        @open=${({ detail }: CustomEvent<string>) => this.#open(detail)}
        @rename=${({ detail }: CustomEvent<string>) => this.#ask('rename', detail)}
        @remove=${({ detail }: CustomEvent<string[]>) => this.#remove(detail)}
        @drop-into=${({ detail }: CustomEvent<{ paths: string[]; folder: string }>) => this.#moveInto(detail.paths, detail.folder)}
        @drop-place=${({ detail }: CustomEvent<string>) => {
          this.#place = detail;
        }}
      ></dormouse-file-tree>
      <dormouse-origin
        .session=${this.session}
        .possible=${this.#canChange}
        @problem=${({ detail }: CustomEvent<unknown>) => this.#tell('problem', detail)}
      ></dormouse-origin>
      ${this.selected.size > 0 ? this.#choices() : nothing}
      ${this.dragging ? html`<p class="drop" aria-hidden="true">${words.drop}</p>` : nothing}
      <input class="files" type="file" aria-label=${words.uploadFiles} multiple hidden @change=${this.#chosen} />
      <input class="folder" type="file" aria-label=${words.uploadFolder} webkitdirectory hidden @change=${this.#chosen} />
      <dormouse-name-dialog
        .heading=${this.#heading}
        .hint=${words.nameHint}
        @confirm=${({ detail }: CustomEvent<string>) => this.#named(detail)}
      ></dormouse-name-dialog>
    </div>`;
  }

  #tools() {
    const words = strings.files;
    const icon = (name: string, glyph: IconNode, act: () => void) =>
      html`<button class="icon" aria-label=${name} title=${name} @click=${act}><dormouse-icon .glyph=${glyph}></dormouse-icon></button>`;
    const some = (this.files?.length ?? 0) > 0;
    return html`<div class="tools">
      <button class="outlined" title=${words.uploadFiles} @click=${() => this.#part<HTMLInputElement>('input.files').click()}>
        <dormouse-icon .glyph=${Upload}></dormouse-icon>${words.upload}
      </button>
      ${icon(words.uploadFolder, FolderUp, () => this.#part<HTMLInputElement>('input.folder').click())}
      ${icon(words.newFile, FilePlus, () => this.#ask('file', this.#folder))}
      ${icon(words.newFolder, FolderPlus, () => this.#ask('folder', this.#folder))}
      ${some ? icon(words.downloadAll, FileDown, () => this.#downloadAll()) : nothing}
    </div>`;
  }

  #said() {
    if (!this.notice) return nothing;
    const { tone, text, undo } = this.notice;
    return html`<dormouse-notice
      .tone=${tone}
      .text=${text}
      .action=${undo ? strings.files.undo : null}
      .actionPossible=${this.#canChange}
      .dismissable=${true}
      @act=${() => undo && this.#undo(undo)}
      @dismiss=${() => {
        this.notice = null;
        this.#part<FileTree>('dormouse-file-tree').focus();
      }}
    ></dormouse-notice>`;
  }

  #search() {
    const words = strings.files;
    const found = this.wanted.trim() === '' ? null : this.#rows.filter(({ node }) => node.children === null).length;
    return html`<div class="search">
      <input
        type="search"
        aria-label=${words.find}
        placeholder=${words.find}
        .value=${this.wanted}
        @input=${(event: InputEvent) => {
          this.wanted = (event.target as HTMLInputElement).value;
        }}
      />
      <span class="soft" role="status">${found === null ? nothing : found === 0 ? words.none : words.found(found)}</span>
    </div>`;
  }

  #empty() {
    const words = strings.files;
    return html`<div class="empty">
      <p>${words.empty}</p>
      <p><code>${words.emptyExample}</code></p>
      <button class="outlined" @click=${() => this.#tell('insert-code', `${words.emptyExample}\n`)}>${words.insert}</button>
    </div>`;
  }

  #choices() {
    const words = strings.files;
    const chosen = [...this.selected];
    const [first] = chosen as [string];
    const only = chosen.length === 1 ? this.#find(first) : null;
    const file = only?.kind === 'file';
    const changeable = this.#canChange && !this.selected.has('tmp');
    const button = (name: string, glyph: IconNode, act: () => void, title = name) =>
      html`<button title=${title} @click=${act}><dormouse-icon .glyph=${glyph}></dormouse-icon>${name}</button>`;
    return html`<div class="choices" role="group" aria-label=${words.selection}>
      <span class="soft" role="status">${only ? only.name : words.selected(chosen.length)}</span>
      ${file ? button(words.open, Eye, () => this.#open(first)) : nothing}
      ${file ? button(words.insert, CodeXml, () => this.#insert(first), words.insertHint) : nothing}
      ${file && this.branches && /\.ipynb$/i.test(first) ? button(words.asSession, NotebookText, () => this.#asSession(first), words.asSessionHint) : nothing}
      ${button(words.download, Download, () => this.#download(chosen))}
      ${changeable && only ? button(words.rename, Pencil, () => this.#ask('rename', first)) : nothing}
      ${changeable ? button(words.remove, Trash2, () => this.#remove(chosen)) : nothing}
    </div>`;
  }

  get #canChange(): boolean {
    return ['starting', 'idle', 'running', 'stopping'].includes(this.state.phase) && !this.occupied;
  }

  get #heading(): string {
    const { kind, path } = this.asked;
    const words = strings.files;
    return kind === 'file' ? words.newFileTitle : kind === 'folder' ? words.newFolderTitle : words.renameTitle(nameOf(path));
  }

  /** The folder in which something new is made: the one that is chosen, or that of the file that is. */
  get #folder(): string {
    const [first] = this.selected;
    const node = first === undefined ? null : this.#find(first);
    return node ? (node.children ? node.path : folderOf(node.path)) : HOME;
  }

  #find(path: string): FileNode | null {
    for (const node of allNodes(this.#roots)) if (node.path === path) return node;
    return null;
  }

  #toggle({ detail }: CustomEvent<{ path: string; expanded: boolean }>): void {
    const expanded = new Set(this.expanded);
    if (detail.expanded) expanded.add(detail.path);
    else expanded.delete(detail.path);
    this.expanded = expanded;
  }

  async #ask(kind: 'file' | 'folder' | 'rename', path: string): Promise<void> {
    if (!this.#canChange || (kind === 'rename' && path === 'tmp')) return;
    this.asked = { kind, path };
    await this.updateComplete;
    const dialog = this.#part<NameDialog>('dormouse-name-dialog');
    await dialog.updateComplete;
    const folder = path === HOME ? '' : `${pathForPerson(path)}/`;
    dialog.show(kind === 'rename' ? pathForPerson(path) : folder);
  }

  #named(text: string): Promise<void> {
    const { kind, path } = this.asked;
    const to = pathFromPerson(text).replace(/\/+$/, '');
    return this.#do(async () => {
      if (kind === 'rename') {
        if (to === path) return;
        const undo = await this.session.files.move(path, to);
        this.#done(strings.files.moved(formatPath(to)), [undo]);
      } else if (kind === 'folder') {
        this.#done(strings.files.created(formatPath(to)), [await this.session.files.makeFolder(to)]);
      } else {
        this.#done(strings.files.created(formatPath(to)), [await this.session.files.write(to, new Blob([]))]);
        void this.#open(to, true);
      }
      await this.#reveal(to);
    });
  }

  #remove(paths: readonly string[]): Promise<void> {
    if (!this.#canChange || paths.includes('tmp')) return Promise.resolve();
    return this.#do(async () => {
      // What is in a folder goes with it.
      const outer = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
      const undos = await this.#all(outer.map((path) => this.session.files.remove(path)));
      this.selected = new Set();
      this.#done(strings.files.removed(outer.length, nameOf(outer[0] ?? '')), undos, nameOf(outer[0] ?? ''));
    });
  }

  #moveInto(paths: readonly string[], folder: string): Promise<void> {
    const moved = paths.filter((path) => folderOf(path) !== folder && path !== folder && path !== 'tmp');
    if (moved.length === 0 || !this.#canChange) return Promise.resolve();
    return this.#do(async () => {
      const undos = await this.#all(moved.map((path) => this.session.files.move(path, `${folder}/${nameOf(path)}`)));
      const to = `${folder}/${nameOf(moved[0] as string)}`;
      this.#done(strings.files.moved(formatPath(to)), undos);
      await this.#reveal(to);
    });
  }

  #insert(path: string): void {
    this.#tell('insert-code', loadingCode(path, this.#find(path)?.database ?? false));
  }

  #asSession(path: string): Promise<void> {
    return this.#do(async () => {
      const content = await this.session.files.read(path, { signal: this.#cancel.signal, onProgress: this.#packed });
      this.#tell('open-session', new File([content], nameOf(path)));
    });
  }

  async #open(path: string, editing = false): Promise<void> {
    await this.#do(async () => {
      await import('./file-preview');
      let preview = this.renderRoot.querySelector<FilePreview>('dormouse-file-preview');
      if (!preview) {
        preview = document.createElement('dormouse-file-preview') as FilePreview;
        preview.addEventListener('saved', (event) => {
          const { undo, name } = (event as CustomEvent<{ undo: FileUndo; name: string }>).detail;
          this.#done(strings.files.saved(name), [undo], name);
        });
        preview.addEventListener('insert', () => this.#insert(preview?.path ?? path));
        preview.addEventListener('download', () => this.#download([preview?.path ?? path]));
        preview.addEventListener('database', () => this.#tell('open-panel', { id: 'database', about: preview?.path ?? path }));
        this.#part<HTMLElement>('.panel').append(preview);
      }
      preview.session = this.session;
      preview.changeable = this.#canChange;
      await preview.show(path, this.#find(path)?.database ?? false, editing);
    });
  }

  #download(paths: readonly string[]): Promise<void> {
    return this.#do(async () => {
      const [first] = paths;
      const only = paths.length === 1 && first !== undefined ? this.#find(first) : null;
      if (only?.kind === 'file') {
        saveBlob(await this.session.files.read(only.path, { signal: this.#cancel.signal, onProgress: this.#packed }), only.name);
        return;
      }
      const outer = paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));
      const wanted = (this.files ?? []).filter(({ path }) => outer.some((chosen) => path === chosen || path.startsWith(`${chosen}/`)));
      const base = only ? `${folderOf(only.path)}/` : `${commonFolder(outer)}/`;
      await this.#archive(wanted, base.replace(/^\/$/, ''), only?.name.replace('/', '') ?? 'files');
    });
  }

  #downloadAll(): Promise<void> {
    const all = this.files ?? [];
    const home = all.every(({ path }) => path.startsWith(`${HOME}/`));
    return this.#do(() => this.#archive(all, home ? `${HOME}/` : '', 'files'));
  }

  async #archive(entries: readonly FileReport[], base: string, name: string): Promise<void> {
    const options = { signal: this.#cancel.signal, onProgress: this.#packed };
    saveBlob(await archiveOf(this.session.files, entries, base, options), strings.files.archive(name));
  }

  readonly #packed = (done: number, total: number): void => {
    this.packing = { done, total };
  };

  #chosen(event: Event): void {
    void this.#upload(takeChosen(event.target as HTMLInputElement), this.#folder);
  }

  async #upload(arriving: readonly ArrivingFile[], folder: string): Promise<void> {
    if (arriving.length === 0) return;
    await this.#do(async () => {
      const { signal } = this.#cancel;
      const there = new Set(this.files?.map(({ path }) => path));
      const undos = await this.#all(
        arriving.map(({ path, file }) =>
          this.session.files.write(`${folder}/${path}`, file, { signal, replace: true, modified: file.lastModified }),
        ),
      );
      const name = nameOf(arriving[0]?.path ?? '');
      const replaced = arriving.some(({ path }) => there.has(`${folder}/${path}`));
      this.#done(strings.files[replaced ? 'replaced' : 'uploaded'](arriving.length, name), undos, name);
      await this.#reveal(`${folder}/${arriving[0]?.path ?? ''}`);
    });
  }

  /** Waits for all, also when one fails: then what was done is told with it, and can be undone. */
  async #all(changes: readonly Promise<FileUndo>[]): Promise<FileUndo[]> {
    const ended = await Promise.allSettled(changes);
    const undos = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed) {
      if (undos.length > 0) this.#done('', undos);
      throw failed.reason;
    }
    return undos;
  }

  #done(text: string, undos: readonly FileUndo[], name = ''): void {
    const open = undos.some((undo) => undo.open) ? strings.files.stillOpen(name) : '';
    const { session } = this;
    const undo = async () => {
      for (const one of [...undos].reverse()) await session.files.undo(one);
    };
    this.notice = { tone: 'info', text: text + open, undo };
  }

  #undo(undo: () => Promise<void>): Promise<void> {
    this.notice = null;
    this.#part<FileTree>('dormouse-file-tree').focus();
    return this.#do(async () => {
      await undo();
      this.notice = { tone: 'info', text: strings.files.undone, undo: null };
    });
  }

  /** Carries out what a person asked for; what it throws is said here, with the offer to take back what was done. */
  async #do(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      const undo = this.notice?.text === '' ? this.notice.undo : null;
      const cancelled = (error as { name?: unknown } | null)?.name === 'AbortError' || this.#cancel.signal.aborted;
      this.notice = { tone: cancelled ? 'info' : 'error', text: cancelled ? strings.files.cancelled : messageOf(error), undo };
    } finally {
      this.packing = null;
      if (this.#cancel.signal.aborted) this.#cancel = new AbortController();
    }
  }

  #cancelAll(): void {
    this.#cancel.abort(new DOMException(strings.files.cancelled, 'AbortError'));
    this.#part<FileTree>('dormouse-file-tree').focus();
  }

  /** Opens the folders above something and shows it. */
  async #reveal(path: string): Promise<void> {
    await this.#listing;
    this.files = await this.session.files.list();
    const expanded = new Set(this.expanded);
    for (let folder = folderOf(path); folder !== ''; folder = folderOf(folder)) expanded.add(folder);
    this.expanded = expanded;
    this.selected = new Set([path]);
    await this.updateComplete;
    this.#part<FileTree>('dormouse-file-tree').show(path);
  }

  #dragOver(event: DragEvent): void {
    if (!event.dataTransfer?.types.includes('Files') || !this.#canChange) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = 'copy';
    this.dragging = true;
  }

  #dragLeave(event: DragEvent): void {
    const to = event.relatedTarget as Node | null;
    if (!to || !(event.currentTarget as Node).contains(to)) this.dragging = false;
  }

  async #dropped(event: DragEvent): Promise<void> {
    const folder = this.#place;
    this.#place = HOME;
    this.dragging = false;
    if (!event.dataTransfer?.types.includes('Files') || !this.#canChange) return;
    event.preventDefault();
    const reading = droppedFiles(event.dataTransfer);
    await this.#do(async () => this.#upload(await reading, folder));
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #part<T extends HTMLElement>(selector: string): T {
    return this.renderRoot.querySelector<T>(selector) as T;
  }

  static override styles = [
    shared,
    panel,
    css`
      :host {
        container: files / inline-size;
        overflow: hidden;
      }

      .panel {
        position: relative;
        display: flex;
        flex-direction: column;
        block-size: 100%;
        min-block-size: 0;
      }

      .panel > * {
        flex: none;
      }

      .panel > dormouse-file-tree {
        flex: 1 1 12rem;
      }

      header .soft {
        min-inline-size: 0;
        overflow: hidden;
        font-size: var(--size-2);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .tools,
      .search {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1);
        padding: var(--space-2) var(--space-3);
      }

      .icon {
        padding: 0;
      }

      .search input {
        flex: 1;
        min-inline-size: 8rem;
      }

      .search .soft,
      .note {
        font-size: var(--size-2);
      }

      .note,
      .empty {
        padding: var(--space-3) var(--space-4);
      }

      .empty {
        display: grid;
        justify-items: start;
        gap: var(--space-2);
        color: var(--ink-soft);
      }

      .empty code {
        color: var(--ink);
        overflow-wrap: anywhere;
      }

      .choices {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--space-1);
        padding: var(--space-1) var(--space-2);
        border-block-start: 1px solid var(--line);
        background: var(--sunken);
      }

      .choices .soft {
        flex: 1 1 100%;
        padding: var(--space-1) var(--space-2) 0;
        overflow: hidden;
        font-size: var(--size-2);
        text-overflow: ellipsis;
        white-space: nowrap;
      }

      .choices button {
        gap: var(--space-1);
        padding: 0 var(--space-2);
      }

      .dragging > :not(.drop) {
        opacity: 0.4;
      }

      .drop {
        position: absolute;
        inset: var(--space-2);
        display: grid;
        place-content: center;
        border: 2px dashed var(--accent);
        border-radius: var(--radius);
        font-weight: var(--weight-strong);
        pointer-events: none;
      }

      @media (max-width: 56.25em) {
        .panel {
          min-block-size: 60dvh;
        }
      }
    `,
  ];
}

/** The folder that all of these paths are in. */
function commonFolder(paths: readonly string[]): string {
  let folder = folderOf(paths[0] ?? '');
  while (folder !== '' && !paths.every((path) => path.startsWith(`${folder}/`))) folder = folderOf(folder);
  return folder;
}

customElements.define('dormouse-files', FilesPanel);
