/** The session's files: the tree, what can be done with it, and what goes on. */
import { html, LitElement, nothing, type PropertyValues } from 'lit';
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
import type { FileUndo, Session, SessionState } from '../../session';
import '../icon';
import '../learn/origin-note';
import '../name-dialog';
import type { NameDialog } from '../name-dialog';
import '../notice-line';
import { strings } from '../strings';
import { panel, shared } from '../styles';
import { type ArrivingFile, droppedFiles, takeChosen } from './dropped-files';
import { allNodes, type FileRow, fileRows, folderOf, HOME, nameOf, pathForPerson, pathFromPerson } from './file-nodes';
import './file-tree';
import type { FilePreview } from './file-preview';
import type { FileTree } from './file-tree';
import { FileWork, type FileWorkHost } from './file-work';
import { filesPanelStyles } from './files-panel-styles';
import { ListedFiles } from './listed-files';
import { loadingCode } from './loading-code';
import './work-list';

/** From so many files on there is a field to find one. */
const MANY = 8;
/** Events: `close`; `problem` (unknown, what was thrown); `insert-code` (string); `open-panel` ({ id, about }); `open-session` (File, of which a new session is to be made). */
export class FilesPanel extends LitElement implements FileWorkHost {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    branches: { attribute: false },
    expanded: { state: true },
    selected: { state: true },
    wanted: { state: true },
    dragging: { state: true },
    asked: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  declare occupied: boolean;
  /** Whether there can be other sessions. */
  declare branches: boolean;
  declare private expanded: ReadonlySet<string>;
  declare private selected: ReadonlySet<string>;
  declare private wanted: string;
  declare private dragging: boolean;
  /** What the dialog for names asks for. */
  declare private asked: { kind: 'file' | 'folder' | 'rename'; path: string };
  readonly #listed = new ListedFiles(this, (error) => {
    // The page says by itself when the session is gone.
    if (this.state.phase !== 'closed') this.#tell('problem', error);
  });
  readonly #work = new FileWork(this, this.#listed);
  #rows: FileRow[] = [];
  /** What `#rows` were made of. */
  #roots = this.#listed.roots;
  /** Where a drop from outside goes. */
  #place = HOME;

  constructor() {
    super();
    this.occupied = false;
    this.branches = false;
    this.expanded = new Set();
    this.selected = new Set();
    this.wanted = '';
    this.dragging = false;
    this.asked = { kind: 'file', path: HOME };
  }

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.session) this.#listed.follow(this.session);
  }

  override focus(): void {
    this.renderRoot.querySelector<HTMLElement>('h2')?.focus();
  }

  /** Lists the files anew. */
  async look(): Promise<void> {
    this.#listed.follow(this.session);
    await this.#listed.list();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const { roots } = this.#listed;
    const listed = roots !== this.#roots;
    if (listed) {
      this.#roots = roots;
      const present = new Set(Array.from(allNodes(roots), ({ path }) => path));
      if ([...this.selected].some((path) => !present.has(path)))
        this.selected = new Set([...this.selected].filter((path) => present.has(path)));
    }
    if (listed || changed.has('expanded') || changed.has('wanted')) this.#rows = fileRows(roots, this.expanded, this.wanted);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    if (before !== undefined && before !== this.state.phase && this.isConnected) void this.#listed.list();
  }

  override render() {
    const words = strings.files;
    const files = this.#listed.reports;
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
        .tasks=${this.#listed.tasks}
        .packing=${this.#work.packing}
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
    const some = (this.#listed.reports?.length ?? 0) > 0;
    return html`<div class="tools">
      <button class="outlined" title=${words.uploadFiles} @click=${() => this.#part<HTMLInputElement>('input.files').click()}>
        <dormouse-icon .glyph=${Upload}></dormouse-icon>${words.upload}
      </button>
      ${icon(words.uploadFolder, FolderUp, () => this.#part<HTMLInputElement>('input.folder').click())}
      ${icon(words.newFile, FilePlus, () => this.#ask('file', this.#folder))}
      ${icon(words.newFolder, FolderPlus, () => this.#ask('folder', this.#folder))}
      ${some ? icon(words.downloadAll, FileDown, () => this.#work.downloadAll()) : nothing}
    </div>`;
  }

  #said() {
    if (!this.#work.notice) return nothing;
    const { tone, text, undo } = this.#work.notice;
    return html`<dormouse-notice
      .tone=${tone}
      .text=${text}
      .action=${undo ? strings.files.undo : null}
      .actionPossible=${this.#canChange}
      .dismissable=${true}
      @act=${() => undo && this.#undo(undo)}
      @dismiss=${() => {
        this.#work.say(null);
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
    const only = chosen.length === 1 ? this.#listed.find(first) : null;
    const file = only?.kind === 'file';
    const changeable = this.#canChange && !this.selected.has('tmp');
    const button = (name: string, glyph: IconNode, act: () => void, title = name) =>
      html`<button title=${title} @click=${act}><dormouse-icon .glyph=${glyph}></dormouse-icon>${name}</button>`;
    return html`<div class="choices" role="group" aria-label=${words.selection}>
      <span class="soft" role="status">${only ? only.name : words.selected(chosen.length)}</span>
      ${file ? button(words.open, Eye, () => this.#open(first)) : nothing}
      ${file ? button(words.insert, CodeXml, () => this.#insert(first), words.insertHint) : nothing}
      ${file && this.branches && /\.ipynb$/i.test(first) ? button(words.asSession, NotebookText, () => this.#asSession(first), words.asSessionHint) : nothing}
      ${button(words.download, Download, () => this.#work.download(chosen))}
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
    const node = first === undefined ? null : this.#listed.find(first);
    return node ? (node.children ? node.path : folderOf(node.path)) : HOME;
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

  async #named(text: string): Promise<void> {
    const { kind, path } = this.asked;
    const to = pathFromPerson(text).replace(/\/+$/, '');
    if (kind === 'rename') await this.#work.rename(path, to);
    else if (kind === 'folder') await this.#work.makeFolder(to);
    else if (await this.#work.makeFile(to)) await this.#open(to, true);
  }

  async #remove(paths: readonly string[]): Promise<void> {
    if (!this.#canChange || paths.includes('tmp')) return;
    if (await this.#work.remove(paths)) this.selected = new Set();
  }

  async #moveInto(paths: readonly string[], folder: string): Promise<void> {
    const moved = paths.filter((path) => folderOf(path) !== folder && path !== folder && path !== 'tmp');
    if (moved.length > 0 && this.#canChange) await this.#work.moveInto(moved, folder);
  }

  #insert(path: string): void {
    this.#tell('insert-code', loadingCode(path, this.#listed.find(path)?.database ?? false));
  }

  async #asSession(path: string): Promise<void> {
    await this.#work.do(async () => this.#tell('open-session', new File([await this.#work.read(path)], nameOf(path))));
  }

  async #open(path: string, editing = false): Promise<void> {
    await this.#work.do(async () => {
      await import('./file-preview');
      let preview = this.renderRoot.querySelector<FilePreview>('dormouse-file-preview');
      if (!preview) {
        preview = document.createElement('dormouse-file-preview') as FilePreview;
        preview.addEventListener('saved', (event) => {
          const { undo, name } = (event as CustomEvent<{ undo: FileUndo; name: string }>).detail;
          this.#work.done(strings.files.saved(name), [undo], name);
        });
        preview.addEventListener('insert', () => this.#insert(preview?.path ?? path));
        preview.addEventListener('download', () => this.#work.download([preview?.path ?? path]));
        preview.addEventListener('database', () => this.#tell('open-panel', { id: 'database', about: preview?.path ?? path }));
        this.#part<HTMLElement>('.panel').append(preview);
      }
      preview.session = this.session;
      preview.changeable = this.#canChange;
      await preview.show(path, this.#listed.find(path)?.database ?? false, editing);
    });
  }

  #chosen(event: Event): void {
    void this.#upload(takeChosen(event.target as HTMLInputElement), this.#folder);
  }

  async #upload(arriving: readonly ArrivingFile[], folder: string): Promise<void> {
    if (arriving.length > 0) await this.#work.upload(arriving, folder);
  }

  async #undo(undo: () => Promise<void>): Promise<void> {
    const undone = this.#work.undo(undo);
    this.#part<FileTree>('dormouse-file-tree').focus();
    await undone;
  }

  #cancelAll(): void {
    this.#work.cancel();
    this.#part<FileTree>('dormouse-file-tree').focus();
  }

  /** Opens the folders above something and shows it. */
  async reveal(path: string): Promise<void> {
    await this.#listed.listNow();
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
    await this.#work.do(async () => this.#upload(await reading, folder));
  }

  #tell(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  #part<T extends HTMLElement>(selector: string): T {
    return this.renderRoot.querySelector<T>(selector) as T;
  }

  static override styles = [shared, panel, filesPanelStyles];
}

customElements.define('dormouse-files', FilesPanel);
