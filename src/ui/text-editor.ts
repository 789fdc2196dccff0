/** A plain editor for a text of any kind: CodeMirror with lines, search and undo. What the language brings comes from outside. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState, type Extension } from '@codemirror/state';
import { drawSelection, EditorView, highlightSpecialChars, keymap, lineNumbers } from '@codemirror/view';
import { css, html, LitElement, type PropertyValues } from 'lit';
import { highlightStyle, theme } from './code-editor';
import { shared } from './styles';
import { textSearch } from './text-search';

/** Events: `edit` after the person changed the text; `submit` for Ctrl+Enter (Cmd+Enter); `save` for Ctrl+S. */
export class TextEditor extends LitElement {
  static override properties = { label: { attribute: false }, language: { attribute: false } };

  /** The editor's name. */
  declare label: string;
  /** Highlighting, completion and the like. */
  declare language: Extension;
  #view: EditorView | null = null;
  #text = '';
  readonly #languageExtension = new Compartment();

  constructor() {
    super();
    this.label = '';
    this.language = [];
  }

  /** The text, with its line ends as they were. Setting it starts a new history. */
  get text(): string {
    return this.#view ? this.#view.state.sliceDoc() : this.#text;
  }

  set text(text: string) {
    this.#text = text;
    this.#view?.setState(this.#state(text));
  }

  override focus(): void {
    this.#view?.focus();
  }

  protected override firstUpdated(): void {
    const parent = this.renderRoot.querySelector('#editor') as HTMLElement;
    this.#view = new EditorView({ state: this.#state(this.#text), parent, root: this.renderRoot as ShadowRoot });
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('language')) this.#view?.dispatch({ effects: this.#languageExtension.reconfigure(this.language) });
  }

  override render() {
    return html`<div id="editor"></div>`;
  }

  #state(text: string): EditorState {
    const told = (type: string) => () => {
      this.dispatchEvent(new CustomEvent(type));
      return true;
    };
    return EditorState.create({
      doc: text,
      extensions: [
        keymap.of([
          { key: 'Mod-Enter', run: told('submit') },
          { key: 'Mod-s', run: told('save'), preventDefault: true },
        ]),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        ...(text.includes('\r\n') ? [EditorState.lineSeparator.of('\r\n')] : []),
        EditorState.allowMultipleSelections.of(true),
        lineNumbers(),
        highlightSpecialChars(),
        history(),
        drawSelection(),
        closeBrackets(),
        autocompletion(),
        textSearch,
        syntaxHighlighting(highlightStyle),
        theme,
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': this.label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.dispatchEvent(new CustomEvent('edit'));
        }),
        this.#languageExtension.of(this.language),
      ],
    });
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-block-size: 0;
        overflow: hidden;
        border: 1px solid var(--line-control);
        border-radius: var(--radius);
      }

      #editor {
        min-block-size: 0;
      }
    `,
  ];
}

customElements.define('dormouse-text-editor', TextEditor);
