/** Shows one file, and lets a text be edited. Nothing in it is believed: text is text, pictures are drawn as `<img>`, tables are rows. */
import type { Extension } from '@codemirror/state';
import { css, html, LitElement, nothing } from 'lit';
import { CodeXml, Database, Download, Pencil, Save, X } from 'lucide';
import { messageOf } from '../../base/errors';
import type { FileUndo, Session } from '../../session';
import { dialogStyles } from '../dialog-styles';
import { formatBytes } from '../format';
import '../icon';
import { indentJson } from '../json-text';
import '../question-dialog';
import type { TableKind } from '../../table';
import type { QuestionDialog } from '../question-dialog';
import { strings } from '../strings';
import { shared } from '../styles';
import type { TextEditor } from '../text-editor';
import { imageType, kindOf, tableKindOf } from './file-kind';
import { nameOf } from './file-nodes';
import { decodeText } from './file-text';

/** What is read of a text to be shown, and the largest that can be edited, bytes. */
const SHOWN_TEXT = 256 * 1024;
const LARGEST_EDITED = 4 * 2 ** 20;
/** The largest picture, bytes. */
const LARGEST_IMAGE = 64 * 2 ** 20;
/** The largest PDF, bytes. */
const LARGEST_PDF = 256 * 2 ** 20;
const DECIMALS = /\.(json|geojson|ipynb)$/i;

type Shown =
  | { type: 'loading' }
  | { type: 'text'; text: string; notes: string[]; whole: boolean }
  | { type: 'image'; url: string }
  | { type: 'table'; kind: TableKind }
  | { type: 'pdf'; bytes: Uint8Array }
  | { type: 'editor' }
  | { type: 'database' }
  | { type: 'none'; reason: string };

/** Events: `saved` (CustomEvent<{ undo: FileUndo; name: string }>); `insert`, `download` and `database`, about the file that is shown. */
export class FilePreview extends LitElement {
  static override properties = {
    session: { attribute: false },
    changeable: { attribute: false },
    path: { state: true },
    shown: { state: true },
    size: { state: true },
    edited: { state: true },
    problem: { state: true },
    broken: { state: true },
  };

  declare session: Session;
  /** Whether files can be changed now. */
  declare changeable: boolean;
  declare path: string;
  declare private shown: Shown;
  /** Bytes. */
  declare private size: number;
  /** There is something to save. */
  declare private edited: boolean;
  declare private problem: string | null;
  /** The picture could not be drawn. */
  declare private broken: boolean;
  /** Of the file as it was read. */
  #version = '';

  constructor() {
    super();
    this.changeable = true;
    this.path = '';
    this.shown = { type: 'loading' };
    this.size = 0;
    this.edited = false;
    this.problem = null;
    this.broken = false;
  }

  /** Opens it on a file; @param editing a text at once to be written */
  async show(path: string, database: boolean, editing: boolean): Promise<void> {
    this.path = path;
    this.#showNothing({ type: 'loading' });
    await this.updateComplete;
    if (!this.#dialog.open) this.#dialog.showModal();
    const shown = await this.#load(path, database, editing ? 'text' : 'table');
    if (editing && shown?.type === 'text') await this.#edit();
  }

  /** Reads a file and shows it, unless another one is to be shown by then. @param view which of the two, where there are both */
  async #load(path: string, database: boolean, view: 'table' | 'text'): Promise<Shown | null> {
    let shown: Shown;
    try {
      shown = await this.#read(path, database, view);
    } catch (error) {
      shown = { type: 'none', reason: strings.files.preview.broken(messageOf(error)) };
    }
    if (this.path !== path) return null;
    this.#showNothing(shown);
    return shown;
  }

  override render() {
    const words = strings.files.preview;
    const { shown } = this;
    const button = (name: string, glyph: typeof X, act: () => void) =>
      html`<button aria-label=${name} title=${name} @click=${act}><dormouse-icon .glyph=${glyph}></dormouse-icon><span>${name}</span></button>`;
    return html`<dialog aria-labelledby="title" @cancel=${this.#cancel} @close=${this.#closed}>
      <header>
        <h2 id="title" tabindex="-1" autofocus>${nameOf(this.path)}</h2>
        <span class="soft">${shown.type === 'loading' ? nothing : formatBytes(this.size)}</span>
        <div class="acts">
          ${this.#views(shown)}
          ${shown.type === 'text' && shown.whole && this.changeable ? button(words.edit, Pencil, () => void this.#edit()) : nothing}
          ${
            shown.type === 'editor'
              ? html`<button class="primary" aria-disabled=${this.edited && this.changeable ? nothing : 'true'} @click=${this.#save}>
            <dormouse-icon .glyph=${Save}></dormouse-icon>${words.save}</button>`
              : nothing
          }
          ${shown.type === 'editor' ? nothing : button(strings.files.insert, CodeXml, () => this.#leave('insert'))}
          ${shown.type === 'editor' ? nothing : button(strings.files.download, Download, () => this.dispatchEvent(new CustomEvent('download')))}
          <button class="close" aria-label=${words.close} title=${words.close} @click=${this.#close}><dormouse-icon .glyph=${X}></dormouse-icon></button>
        </div>
      </header>
      ${this.problem === null ? nothing : html`<p role="alert" class="problem">${this.problem}</p>`}
      <div class="body">${this.#body(shown)}</div>
      ${shown.type === 'editor' ? html`<p class="soft foot">${words.saveHint}</p>` : nothing}
    </dialog>
    <dormouse-question></dormouse-question>`;
  }

  /** The choice between a table and its text. */
  #views(shown: Shown) {
    const words = strings.files.preview;
    const kind = tableKindOf(this.path);
    if (kind === null || kind === 'excel' || kind === 'parquet' || (shown.type !== 'table' && shown.type !== 'text')) return nothing;
    const view = (type: 'table' | 'text', name: string) =>
      html`<button aria-pressed=${shown.type === type} @click=${() => shown.type !== type && this.#load(this.path, false, type)}>${name}</button>`;
    return html`<div class="views" role="group" aria-label=${words.views}>${view('table', words.asTable)}${view('text', words.asText)}</div>`;
  }

  #body(shown: Shown) {
    const words = strings.files.preview;
    const name = nameOf(this.path);
    switch (shown.type) {
      case 'loading':
        return html`<p class="soft" role="status">${words.loading}</p>`;
      case 'text':
        return html`${shown.notes.map((note) => html`<p class="soft">${note}</p>`)}
          ${shown.text === '' ? html`<p class="soft">${words.empty}</p>` : html`<pre tabindex="0" role="region" aria-label=${words.text(name)}>${shown.text}</pre>`}`;
      case 'image':
        return this.broken
          ? html`<p class="soft">${words.imageBroken}</p>`
          : html`<img src=${shown.url} alt=${words.image(name)} @error=${() => {
              this.broken = true;
            }} />`;
      case 'table':
        return html`<dormouse-file-table
          .session=${this.session}
          .path=${this.path}
          .kind=${shown.kind}
          @no-table=${() => this.#load(this.path, false, 'text')}
        ></dormouse-file-table>`;
      case 'pdf':
        return html`<dormouse-pdf .bytes=${shown.bytes} .name=${name}></dormouse-pdf>`;
      case 'editor':
        return html`<dormouse-text-editor
          .label=${words.text(name)}
          @edit=${() => {
            this.edited = true;
          }}
          @save=${this.#save}
        ></dormouse-text-editor>`;
      case 'database':
        return html`<p><button class="outlined" @click=${() => this.#leave('database')}>
          <dormouse-icon .glyph=${Database}></dormouse-icon>${words.database}</button></p>`;
      case 'none':
        return html`<p class="soft">${shown.reason}</p>`;
      default:
        return shown satisfies never;
    }
  }

  async #read(path: string, database: boolean, view: 'table' | 'text'): Promise<Shown> {
    const words = strings.files.preview;
    const { files } = this.session;
    const { bytes, size, version } = await files.readPart(path, 0, SHOWN_TEXT);
    this.size = size;
    this.#version = version;
    if (database) return { type: 'database' };
    if (kindOf(path) === 'image') {
      if (size > LARGEST_IMAGE) return { type: 'none', reason: words.tooLarge(size) };
      const picture = new Blob([await files.read(path)], { type: imageType(path) });
      return { type: 'image', url: URL.createObjectURL(picture) };
    }
    if (kindOf(path) === 'pdf') {
      if (size > LARGEST_PDF) return { type: 'none', reason: words.tooLarge(size) };
      const [content] = await Promise.all([files.read(path), import('./pdf-view')]);
      return { type: 'pdf', bytes: new Uint8Array(await content.arrayBuffer()) };
    }
    const kind = tableKindOf(path);
    if (kind !== null && size > 0 && (view === 'table' || kind === 'excel' || kind === 'parquet')) {
      await import('./file-table');
      return { type: 'table', kind };
    }
    const part = bytes.length < size;
    const decoded = decodeText(bytes, part);
    if (!decoded) return { type: 'none', reason: words.binary(size) };
    const { text, encoding } = decoded;
    const notes = [
      ...(part ? [words.part(bytes.length, size)] : []),
      ...(encoding === 'windows-1252' ? [words.encoding] : encoding === 'utf-16' ? [words.utf16] : []),
    ];
    const pretty = !part && DECIMALS.test(path) ? indentJson(text) : text;
    return { type: 'text', text: pretty, notes, whole: encoding === 'utf-8' && size <= LARGEST_EDITED };
  }

  /** What was shown goes, with what it held. */
  #showNothing(next: Shown): void {
    if (this.shown.type === 'image') URL.revokeObjectURL(this.shown.url);
    this.shown = next;
    this.edited = false;
    this.problem = null;
    this.broken = false;
  }

  async #edit(): Promise<void> {
    const { path } = this;
    try {
      await import('../text-editor');
      const content = await this.session.files.read(path);
      // Again, for it may be another one by now.
      this.#version = (await this.session.files.readPart(path, 0, 0)).version;
      const bytes = new Uint8Array(await content.arrayBuffer());
      const language: Extension = /\.pyi?$/i.test(path) ? (await import('@codemirror/lang-python')).python() : [];
      const text = decodeText(bytes, false)?.text ?? '';
      this.#showNothing({ type: 'editor' });
      await this.updateComplete;
      const editor = this.#editor;
      editor.language = language;
      editor.text = text;
      await editor.updateComplete;
      editor.focus();
    } catch (error) {
      this.problem = messageOf(error);
    }
  }

  async #save(): Promise<void> {
    if (!this.edited || !this.changeable) return;
    const words = strings.files.preview;
    const { path } = this;
    try {
      const present = await this.session.files.readPart(path, 0, 0).catch(() => null);
      const question = { title: words.changedTitle, text: words.changedText, confirm: words.overwrite, cancel: words.stay };
      if (present && present.version !== this.#version && !(await this.#question.ask(question))) return;
      this.edited = false;
      const undo: FileUndo = await this.session.files.write(path, new Blob([this.#editor.text]), { replace: true });
      this.#version = (await this.session.files.readPart(path, 0, 0)).version;
      this.problem = null;
      this.dispatchEvent(new CustomEvent('saved', { detail: { undo, name: nameOf(path) } }));
    } catch (error) {
      this.edited = true;
      this.problem = messageOf(error);
    }
  }

  #cancel(event: Event): void {
    event.preventDefault();
    void this.#close();
  }

  async #close(): Promise<void> {
    const words = strings.files.preview;
    const question = { title: words.discardTitle, text: words.discardText, confirm: words.discard, cancel: words.stay };
    if (this.edited && !(await this.#question.ask(question))) return;
    this.#dialog.close();
  }

  #leave(type: 'insert' | 'database'): void {
    this.#dialog.close();
    this.dispatchEvent(new CustomEvent(type));
  }

  #closed(): void {
    this.#showNothing({ type: 'loading' });
  }

  get #editor(): TextEditor {
    return this.renderRoot.querySelector('dormouse-text-editor') as TextEditor;
  }

  get #question(): QuestionDialog {
    return this.renderRoot.querySelector('dormouse-question') as QuestionDialog;
  }

  get #dialog(): HTMLDialogElement {
    return this.renderRoot.querySelector('dialog') as HTMLDialogElement;
  }

  static override styles = [
    shared,
    dialogStyles,
    css`
      dialog {
        inline-size: min(64rem, calc(100vw - 2rem));
        padding: 0;
      }

      dialog[open] {
        display: flex;
        flex-direction: column;
      }

      header {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--space-3);
        padding: var(--space-2) var(--space-2) var(--space-2) var(--space-4);
        border-block-end: 1px solid var(--line);
      }

      h2 {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }

      .soft {
        font-size: var(--size-2);
      }

      .acts {
        display: flex;
        flex-wrap: wrap;
        gap: var(--space-1);
        margin-inline-start: auto;
      }

      .close {
        padding: 0;
      }

      .body {
        display: grid;
        gap: var(--space-2);
        min-block-size: 0;
        padding: var(--space-3) var(--space-4) var(--space-4);
        overflow: auto;
      }

      .views {
        display: flex;
      }

      .views button[aria-pressed='true'] {
        background: var(--selection);
      }

      .body:has(dormouse-file-table),
      .body:has(dormouse-pdf),
      .body:has(dormouse-text-editor) {
        grid-template-rows: minmax(0, 1fr);
        block-size: 70dvh;
      }

      .foot {
        padding: 0 var(--space-4) var(--space-3);
      }

      .problem {
        padding: var(--space-2) var(--space-4);
        background: var(--bad-ground);
        font-size: var(--size-2);
      }

      pre {
        overflow: auto;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }

      img {
        max-inline-size: 100%;
        max-block-size: 70dvh;
        justify-self: center;
        object-fit: contain;
      }

      @media (max-width: 40em) {
        .acts button:not(.close) span {
          display: none;
        }
      }
    `,
  ];
}

customElements.define('dormouse-file-preview', FilePreview);
