/** Markdown and formulas from Python. */
import DOMPurify from 'dompurify';
import { css, html, LitElement } from 'lit';
import { unsafeHTML } from 'lit/directives/unsafe-html.js';
import temml from 'temml';
import { renderMarkdown } from '../notebook/markdown';
import { shared } from '../styles';

/** A longer text is shown as it is written. */
const LONGEST = 200_000;

export class Prose extends LitElement {
  static override properties = { text: { attribute: false }, type: { attribute: false } };

  declare text: string;
  declare type: 'text/markdown' | 'text/latex';

  constructor() {
    super();
    this.text = '';
    this.type = 'text/markdown';
  }

  override render() {
    if (this.text.length > LONGEST) return html`<pre>${this.text}</pre>`;
    return html`${unsafeHTML(this.type === 'text/latex' ? renderLatex(this.text) : renderMarkdown(this.text))}`;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
        max-inline-size: 70ch;
        overflow-wrap: anywhere;
      }

      :is(h1, h2, h3, h4, p, ul, ol, pre, table, blockquote) {
        margin-block: 0 var(--space-2);
      }

      a {
        color: var(--accent);
      }

      math {
        font-size: 1.125em;
      }
    `,
  ];
}

/** MathML of a formula with or without its dollars; what is no formula comes out as text in red, as TeX's tools do. */
export function renderLatex(source: string): string {
  const trimmed = source.trim();
  const block = /^\$\$(.*)\$\$$/s.exec(trimmed) ?? /^\\\[(.*)\\\]$/s.exec(trimmed);
  const inline = /^\$(.*)\$$/s.exec(trimmed) ?? /^\\\((.*)\\\)$/s.exec(trimmed);
  const formula = block?.[1] ?? inline?.[1] ?? trimmed;
  const written = temml.renderToString(formula, {
    displayMode: block !== null,
    throwOnError: false,
    trust: false,
    maxSize: [50, 50],
    maxExpand: 1000,
  });
  return DOMPurify.sanitize(written, { USE_PROFILES: { mathMl: true, html: true }, FORBID_ATTR: ['href', 'id'] });
}

customElements.define('dormouse-prose', Prose);
