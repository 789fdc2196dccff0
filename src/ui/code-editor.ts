/** The editor: CodeMirror with what Python needs and the looks of the page. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language';
import { Compartment, EditorState } from '@codemirror/state';
import {
  Decoration,
  drawSelection,
  dropCursor,
  EditorView,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { tags } from '@lezer/highlight';
import { css, html, LitElement } from 'lit';
import type { Cursor } from '../notebook';
import { extensionLater } from './extension-later';
import { requestSession } from './output/session-request';
import { strings } from './strings';
import { shared } from './styles';

/** How code is coloured, in every editor. */
export const highlightStyle = HighlightStyle.define([
  { tag: [tags.keyword, tags.operatorKeyword, tags.modifier], color: 'var(--code-keyword)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--code-string)' },
  { tag: [tags.number, tags.bool, tags.null], color: 'var(--code-number)' },
  {
    tag: [tags.definition(tags.function(tags.variableName)), tags.definition(tags.className), tags.function(tags.variableName)],
    color: 'var(--code-definition)',
  },
  { tag: tags.comment, color: 'var(--code-comment)', fontStyle: 'italic' },
  { tag: tags.invalid, color: 'var(--bad)' },
]);

/** How every editor looks. */
export const theme = EditorView.theme({
  '&': { blockSize: '100%', backgroundColor: 'var(--surface)', color: 'var(--ink)', fontSize: 'var(--size-2)' },
  // A whole ring around where one works all day would shout: a bar on the edge, the line and the cursor tell.
  '&.cm-focused': { outline: 'none' },
  '&.cm-focused::after': {
    content: '""',
    position: 'absolute',
    insetBlock: '0',
    insetInlineStart: '0',
    borderInlineStart: '3px solid var(--accent)',
    pointerEvents: 'none',
    zIndex: '300',
  },
  '.cm-scroller': { fontFamily: 'var(--font-code)', fontVariantLigatures: 'none', lineHeight: '1.6', overflow: 'auto' },
  '.cm-content': { padding: 'var(--space-2) 0', caretColor: 'var(--accent)' },
  '.cm-line': { padding: '0 var(--space-4) 0 var(--space-2)' },
  '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-soft)', border: 'none' },
  '.cm-lineNumbers .cm-gutterElement': { minInlineSize: '2.5rem', padding: '0 var(--space-2) 0 var(--space-2)' },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-activeLine, &.cm-focused .cm-activeLineGutter': {
    backgroundColor: 'color-mix(in srgb, var(--hover) 45%, transparent)',
  },
  '.cm-placeholder': { color: 'var(--ink-soft)' },
  '.cm-line.failed': { boxShadow: 'inset 3px 0 var(--bad)', backgroundColor: 'var(--bad-ground)' },
  '.cm-cursor, .cm-dropCursor': { borderInlineStart: '2px solid var(--accent)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { background: 'var(--selection)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--selection)' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selection)', outline: '1px solid var(--line-control)' },
  '&.cm-focused .cm-nonmatchingBracket': { color: 'var(--bad)' },
  '.cm-searchMatch': { backgroundColor: 'var(--selection)', outline: '1px solid var(--line-control)' },
  '.cm-searchMatch-selected': { outline: '2px solid var(--accent)' },
  '.cm-panels': { backgroundColor: 'var(--sunken)', color: 'var(--ink)' },
  '.cm-panels.cm-panels-bottom': { borderBlockStart: '1px solid var(--line)' },
  '.cm-panel.cm-search': { padding: 'var(--space-2)', fontSize: 'var(--size-2)' },
  '.cm-panel.cm-search label': { fontSize: 'var(--size-2)' },
  '.cm-textfield': {
    border: '1px solid var(--line-control)',
    borderRadius: 'var(--radius)',
    backgroundColor: 'var(--surface)',
    color: 'var(--ink)',
  },
  '.cm-button': { backgroundImage: 'none', border: '1px solid var(--line-control)', borderRadius: 'var(--radius)', color: 'var(--ink)' },
  '.cm-tooltip': { border: '1px solid var(--line)', backgroundColor: 'var(--surface)', color: 'var(--ink)', boxShadow: 'var(--shadow)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--accent-ink)' },
});

/** Some of the code, and the line at which it begins, counted from 1. */
export interface CodePart {
  readonly code: string;
  readonly line: number;
}

/**
 * Events: `edit` after the person changed the code, `move` after the person moved the cursor, `run` for Shift+Enter, `run-part` for F9, `format` for Shift+Alt+F. In a cell: `run-stay` for
 * Ctrl+Enter (Cmd+Enter), `run-insert` for Alt+Enter, `split` for Ctrl+Shift+-, `leave` for Escape, `up` and `down` for arrows that lead out of it;
 * in a script Ctrl+Enter is `run`, too.
 */
export class CodeEditor extends LitElement {
  static override properties = {
    readOnly: { attribute: false },
    label: { attribute: false },
    cell: { type: Boolean, reflect: true },
    prose: { attribute: false },
    failed: { attribute: false },
  };

  declare readOnly: boolean;
  /** The editor's name. */
  declare label: string;
  /** It is one cell of many: as high as its code, without a hint. */
  declare cell: boolean;
  /** It holds prose instead of Python. Set once. */
  declare prose: boolean;
  /** The line that failed, counted from 1; null for none. */
  declare failed: number | null;
  #view: EditorView | null = null;
  #code = '';
  readonly #access = new Compartment();

  constructor() {
    super();
    this.readOnly = false;
    this.label = strings.code.label;
    this.cell = false;
    this.prose = false;
    this.failed = null;
  }

  /** The code. Setting it starts a new history: undo does not lead back into another session's code. */
  get code(): string {
    return this.#view?.state.doc.toString() ?? this.#code;
  }

  set code(code: string) {
    this.#code = code;
    this.#view?.setState(this.#state(code));
  }

  /** Adds text at the end, which undo takes back, and puts the cursor behind it. */
  insert(text: string): void {
    const view = this.#view;
    if (!view) return;
    const { length } = view.state.doc;
    view.dispatch({
      changes: { from: length, insert: text },
      selection: { anchor: length + text.length },
      scrollIntoView: true,
      userEvent: 'input.paste',
    });
    view.focus();
  }

  override focus(): void {
    this.#view?.focus();
  }

  /** Where the cursor is, and where what is selected begins. Setting it shows it and leaves the focus where it is. */
  get cursor(): Cursor {
    const { anchor, head } = this.#view?.state.selection.main ?? { anchor: 0, head: 0 };
    return { anchor, head };
  }

  set cursor({ anchor, head }: Cursor) {
    const { length } = this.#view?.state.doc ?? { length: 0 };
    const selection = { anchor: Math.min(anchor, length), head: Math.min(head, length) };
    this.#view?.dispatch({ selection, effects: EditorView.scrollIntoView(selection.head, { y: 'center' }) });
  }

  /**
   * What is selected, with the line at which it begins, counted from 1; where nothing is, the line of the cursor, which goes on to the next one.
   * @param lines take whole lines of what is selected
   */
  takeSelection(lines: boolean): CodePart {
    const view = this.#view;
    if (!view) return { code: '', line: 1 };
    const { doc, selection } = view.state;
    const { from, to, empty } = selection.main;
    const [first, last] = [doc.lineAt(from), doc.lineAt(to)];
    if (!empty && !lines) return { code: doc.sliceString(from, to), line: first.number };
    if (empty && last.number < doc.lines) view.dispatch({ selection: { anchor: doc.line(last.number + 1).from }, scrollIntoView: true });
    // A selection that ends at the beginning of a line has nothing of it.
    const end = !empty && to === last.from ? to - 1 : last.to;
    return { code: doc.sliceString(first.from, end), line: first.number };
  }

  /** Puts other code in place of this one, as one step that undo takes back; the cursor stays where it was as well as it can. */
  replace(code: string): void {
    const view = this.#view;
    const before = this.code;
    if (!view || code === before) return;
    let from = 0;
    while (from < before.length && from < code.length && before[from] === code[from]) from += 1;
    let end = 0;
    const most = Math.min(before.length, code.length) - from;
    while (end < most && before[before.length - 1 - end] === code[code.length - 1 - end]) end += 1;
    const head = Math.min(view.state.selection.main.head, code.length);
    view.dispatch({
      changes: { from, to: before.length - end, insert: code.slice(from, code.length - end) },
      selection: { anchor: head },
      userEvent: 'input.format',
    });
  }

  /** Puts the cursor at the beginning of a line, counted from 1, and shows it. */
  goTo(line: number): void {
    const view = this.#view;
    if (!view) return;
    const { from } = view.state.doc.line(Math.max(1, Math.min(line, view.state.doc.lines)));
    view.dispatch({ selection: { anchor: from }, effects: EditorView.scrollIntoView(from, { y: 'center' }) });
    view.focus();
  }

  protected override firstUpdated(): void {
    const parent = this.renderRoot.querySelector('#editor') as HTMLElement;
    this.#view = new EditorView({ state: this.#state(this.#code), parent, root: this.renderRoot as ShadowRoot });
  }

  protected override updated(): void {
    this.#view?.dispatch({ effects: this.#access.reconfigure(this.#accessExtension()) });
  }

  override render() {
    return html`<div id="editor"></div><p id="hint" class=${this.cell ? 'hidden-visually' : ''}>${this.cell ? strings.workbench.notebook.hint : strings.code.hint}</p>`;
  }

  #accessExtension() {
    const failed = this.failed;
    return [
      EditorState.readOnly.of(this.readOnly),
      EditorView.contentAttributes.of({ 'aria-label': this.label }),
      EditorView.decorations.of((view) => {
        if (failed === null || failed > view.state.doc.lines) return Decoration.none;
        return Decoration.set(Decoration.line({ class: 'failed' }).range(view.state.doc.line(failed).from));
      }),
    ];
  }

  #state(code: string): EditorState {
    const tell = (type: string) => () => {
      this.dispatchEvent(new Event(type));
      return true;
    };
    const run = tell('run');
    const stay = this.cell ? tell('run-stay') : run;
    /** Where the cursor cannot go further within the cell. */
    const beyond = (type: 'up' | 'down') => (view: EditorView) => {
      const { main } = view.state.selection;
      const { doc } = view.state;
      const line = doc.lineAt(main.head).number;
      return main.empty && line === (type === 'up' ? 1 : doc.lines) && tell(type)();
    };
    return EditorState.create({
      doc: code,
      extensions: [
        // Before the default keys: Mod-Enter would insert a line.
        keymap.of([
          { key: 'Shift-Enter', run },
          { key: 'Mod-Enter', run: stay },
          { key: 'Ctrl-Enter', run: stay },
          { key: 'F9', run: tell('run-part') },
          { key: 'Shift-Alt-f', run: tell('format') },
          ...(this.cell
            ? [
                { key: 'Alt-Enter', run: tell('run-insert') },
                { key: 'Ctrl-Shift--', run: tell('split') },
                { key: 'ArrowUp', run: beyond('up') },
                { key: 'ArrowDown', run: beyond('down') },
              ]
            : []),
        ]),
        this.prose ? EditorView.lineWrapping : lineNumbers(),
        highlightActiveLine(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        EditorState.allowMultipleSelections.of(true),
        drawSelection(),
        dropCursor(),
        indentUnit.of('    '),
        EditorState.tabSize.of(4),
        indentOnInput(),
        bracketMatching(),
        closeBrackets(),
        extensionLater(async () => (await import('./text-search')).textSearch),
        this.prose ? [] : [python(), extensionLater(async () => (await import('./python-help')).pythonHelp(() => requestSession(this)))],
        syntaxHighlighting(highlightStyle),
        theme,
        EditorView.contentAttributes.of({
          'aria-describedby': 'hint',
          // Focusable without it; said for tools that check.
          tabindex: '0',
          spellcheck: 'false',
          autocorrect: 'off',
          autocapitalize: 'off',
        }),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...historyKeymap, ...completionKeymap, indentWithTab]),
        // After all others: Escape first closes what is open.
        this.cell ? keymap.of([{ key: 'Escape', run: tell('leave') }]) : [],
        EditorView.updateListener.of((update) => {
          if (update.docChanged) this.dispatchEvent(new Event('edit'));
          else if (update.transactions.some((each) => each.isUserEvent('select'))) this.dispatchEvent(new Event('move'));
        }),
        this.#access.of(this.#accessExtension()),
      ],
    });
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        min-block-size: 0;
        background: var(--surface);
      }

      #editor {
        flex: 1 1 auto;
        min-block-size: 0;
      }

      #hint {
        padding: var(--space-1) var(--space-4);
        border-block-start: 1px solid var(--line);
        color: var(--ink-soft);
        font-size: var(--size-1);
      }

      :host([cell]) #editor {
        flex: none;
      }

      @media print {
        #hint {
          display: none;
        }
      }
    `,
  ];
}

customElements.define('dormouse-code', CodeEditor);
