/** Text that a run printed: with its colours, and when it is long its beginning and end until all is asked for. */
import { css, html, LitElement, nothing } from 'lit';
import { writeOver } from '../../notebook';
import { strings } from '../strings';
import { shared } from '../styles';
import { renderAnsi } from './ansi';
import { ansiStyles } from './ansi-styles';
import { pieces, textParts } from './text-parts';

export class TextView extends LitElement {
  static override properties = { text: { attribute: false }, kind: { reflect: true }, whole: { state: true } };

  declare text: string;
  /** `stdout`, `stderr`, `echo`, `notice` or `plain`: how it looks. */
  declare kind: string;
  declare private whole: boolean;

  constructor() {
    super();
    this.text = '';
    this.kind = 'plain';
    this.whole = false;
  }

  override render() {
    const words = strings.rich;
    const text = writeOver(this.text).replace(/\n$/, '');
    const { head, leftOut, tail, lines } = textParts(text);
    if (leftOut === 0) return html`<pre>${renderAnsi(head)}</pre>`;
    const toggle = () => {
      this.whole = !this.whole;
    };
    if (this.whole) {
      return html`${pieces(text).map((piece) => html`<pre class="piece">${renderAnsi(piece.replace(/\n$/, ''))}</pre>`)}
        <button class="outlined" @click=${toggle}>${words.showLess}</button>`;
    }
    return html`<pre>${renderAnsi(head.replace(/\n$/, ''))}</pre>
      <p><span class="soft">${words.leftOut(leftOut)}</span> <button class="outlined" @click=${toggle}>${words.showAll(lines)}</button></p>
      ${tail === '' ? nothing : html`<pre>${renderAnsi(tail)}</pre>`}`;
  }

  static override styles = [
    shared,
    ansiStyles,
    css`
      :host {
        display: block;
      }

      pre {
        line-height: 1.5;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        tab-size: 8;
      }

      .piece {
        content-visibility: auto;
        contain-intrinsic-block-size: auto 200lh;
      }

      :host([kind="stderr"]) {
        padding-inline-start: var(--space-2);
        border-inline-start: 2px solid var(--bad);
      }

      :host([kind="stderr"]) pre {
        color: var(--bad);
      }

      :host([kind="notice"]) pre {
        color: var(--ink-soft);
        font-family: var(--font-ui);
        font-style: italic;
      }

      :host([kind="echo"]) pre {
        color: var(--accent);
        text-decoration: underline;
        text-decoration-color: var(--line-control);
        text-underline-offset: 0.25em;
      }
    `,
  ];
}

customElements.define('dormouse-text', TextView);
