/** One line of Python under the output, with the lines before it behind the arrow keys. */
import { closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete';
import { defaultKeymap, history, historyKeymap } from '@codemirror/commands';
import { python } from '@codemirror/lang-python';
import { bracketMatching, syntaxHighlighting } from '@codemirror/language';
import { EditorState } from '@codemirror/state';
import { drawSelection, EditorView, keymap, placeholder } from '@codemirror/view';
import { css, html, LitElement } from 'lit';
import { highlightStyle, theme } from './code-editor';
import { extensionLater } from './extension-later';
import { requestSession } from './output/session-request';
import { strings } from './strings';
import { shared } from './styles';

/** Lines that the arrow keys lead back to. */
const MOST_LINES = 200;

/** Event: `run` (CustomEvent<string>): the line that is to be run. */
export class ReplLine extends LitElement {
  static override properties = { possible: { attribute: false } };

  /** Whether a line can be run now. */
  declare possible: boolean;
  #view: EditorView | null = null;
  readonly #lines: string[] = [];
  /** Which of them is shown; their count for the one that is being written. */
  #at = 0;
  #draft = '';

  constructor() {
    super();
    this.possible = false;
  }

  override focus(): void {
    this.#view?.focus();
  }

  protected override firstUpdated(): void {
    const { label, hint } = strings.workbench.repl;
    const parent = this.renderRoot.querySelector('#line') as HTMLElement;
    const state = EditorState.create({
      extensions: [
        // What is pasted becomes one line.
        EditorState.transactionFilter.of((transaction) =>
          transaction.newDoc.lines > 1 ? [transaction, joinLines(transaction.newDoc.toString())] : transaction,
        ),
        extensionLater(async () => (await import('./python-help')).pythonHelp(() => requestSession(this))),
        keymap.of([...closeBracketsKeymap, ...completionKeymap]),
        keymap.of([
          { key: 'Enter', run: () => this.#submit() },
          { key: 'Shift-Enter', run: () => this.#submit() },
          { key: 'ArrowUp', run: () => this.#recall(-1) },
          { key: 'ArrowDown', run: () => this.#recall(1) },
        ]),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        python(),
        syntaxHighlighting(highlightStyle),
        theme,
        placeholder(hint),
        EditorView.contentAttributes.of({
          'aria-label': label,
          'aria-multiline': 'false',
          tabindex: '0',
          spellcheck: 'false',
          autocorrect: 'off',
          autocapitalize: 'off',
        }),
      ],
    });
    this.#view = new EditorView({ state, parent, root: this.renderRoot as ShadowRoot });
  }

  override render() {
    return html`<div class="frame"><span aria-hidden="true">&gt;&gt;&gt;</span><div id="line"></div></div>`;
  }

  /** The line as it is. */
  get #line(): string {
    return this.#view?.state.doc.toString() ?? '';
  }

  #show(line: string): void {
    const view = this.#view;
    view?.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: line }, selection: { anchor: line.length } });
  }

  #submit(): boolean {
    const line = this.#line;
    if (!this.possible || line.trim() === '') return true;
    if (this.#lines.at(-1) !== line) this.#lines.push(line);
    if (this.#lines.length > MOST_LINES) this.#lines.shift();
    this.#at = this.#lines.length;
    this.#show('');
    this.dispatchEvent(new CustomEvent('run', { detail: line }));
    return true;
  }

  #recall(by: number): boolean {
    const to = this.#at + by;
    if (to < 0 || to > this.#lines.length) return true;
    if (this.#at === this.#lines.length) this.#draft = this.#line;
    this.#at = to;
    this.#show(this.#lines[to] ?? this.#draft);
    return true;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        border-block-start: 1px solid var(--line);
        background: var(--surface);
      }

      .frame {
        display: flex;
        align-items: center;
        gap: var(--space-2);
        padding-inline: var(--space-4);
      }

      span {
        color: var(--accent);
        font-family: var(--font-code);
        font-size: var(--size-2);
      }

      #line {
        flex: 1 1 auto;
        min-inline-size: 0;
      }
    `,
  ];
}

/** Makes one line of several. */
const joinLines = (text: string) => {
  const line = text.replace(/\s*\n\s*/g, ' ').trim();
  return { changes: { from: 0, to: text.length, insert: line }, selection: { anchor: line.length }, sequential: true };
};

customElements.define('dormouse-repl', ReplLine);
