/**
 * HTML from Python: sanitised, then in a frame of its own that may run no script, load nothing and go nowhere. Such a frame cannot say how
 * high it is, so the height is taken from a copy without styles, and a person can drag it.
 */
import DOMPurify from 'dompurify';
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { strings } from '../strings';
import { shared } from '../styles';
import { safeHtml } from './safe-html';

/** As the measurements of docs/threat-model.md were made with. */
const POLICY = "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'";
const LEAST_HEIGHT = 32;
const MOST_HEIGHT = 480;
/** For what styles add to the height without them, px. */
const MARGIN = 24;
const MOST_LINKS = 50;
/** Tokens that the frame's own style uses. */
const TOKENS = ['--ink', '--ink-soft', '--line', '--surface', '--sunken', '--accent', '--font-ui', '--font-code'];
const FRAME_STYLE = `
  body { margin: 0; font: 0.8125rem/1.5 var(--font-ui); color: var(--ink); background: transparent; overflow-wrap: anywhere; }
  table { border-collapse: collapse; font-size: 0.75rem; }
  th, td { padding: 0.2rem 0.5rem; border: 1px solid var(--line); text-align: start; }
  th { background: var(--sunken); }
  pre, code { font-family: var(--font-code); }
  img, svg { max-width: 100%; }
  a { color: var(--accent); text-decoration: underline; }
`;

export class HtmlFrame extends LitElement {
  static override properties = {
    content: { attribute: false },
    document: { state: true },
    height: { state: true },
    links: { state: true },
  };

  declare content: string;
  /** The frame's whole document; empty when nothing is left. */
  declare private document: string;
  declare private height: number;
  /** Where links in it lead: in the frame they lead nowhere. */
  declare private links: readonly string[];
  readonly #dark = matchMedia('(prefers-color-scheme: dark)');

  constructor() {
    super();
    this.content = '';
    this.document = '';
    this.height = LEAST_HEIGHT;
    this.links = [];
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#dark.addEventListener('change', this.#themeChanged);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#dark.removeEventListener('change', this.#themeChanged);
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('content')) this.#read();
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('content')) this.#measure();
  }

  override render() {
    const words = strings.rich;
    if (this.document === '') return html`<p class="soft">${words.htmlEmpty}</p>`;
    return html`
      <iframe sandbox="" referrerpolicy="no-referrer" loading="lazy" title=${words.html} srcdoc=${this.document} style="block-size: ${this.height}px"></iframe>
      ${
        this.links.length === 0
          ? nothing
          : html`<details>
              <summary>${words.links(this.links.length)}</summary>
              <ul>${this.links.map((link) => html`<li><a href=${link} rel="noopener noreferrer">${link}</a></li>`)}</ul>
            </details>`
      }
    `;
  }

  readonly #themeChanged = (): void => {
    this.#read();
  };

  #read(): void {
    const { content, links } = safeHtml(this.content, true);
    this.links = links.slice(0, MOST_LINKS);
    const holder = document.createElement('div');
    holder.append(content);
    const left = holder.textContent?.trim() !== '' || holder.querySelector('img, svg, math, table, hr') !== null;
    this.document = left ? this.#page(holder.innerHTML) : '';
  }

  #page(body: string): string {
    const style = getComputedStyle(this);
    const tokens = TOKENS.map((token) => `${token}: ${style.getPropertyValue(token).replace(/[<>&]/g, '')};`).join('');
    const scheme = this.#dark.matches ? 'dark' : 'light';
    return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${POLICY}"><style>:root { color-scheme: ${scheme}; ${tokens} } ${FRAME_STYLE}</style></head><body>${body}</body></html>`;
  }

  /** The height of the same text, tables and pictures in this place, without any style of theirs. */
  #measure(): void {
    const width = this.clientWidth;
    if (width === 0 || this.document === '') return;
    const copy = document.createElement('div');
    copy.className = 'measured';
    copy.append(
      DOMPurify.sanitize(this.content, {
        RETURN_DOM_FRAGMENT: true,
        FORBID_TAGS: [
          'style',
          'img',
          'picture',
          'iframe',
          'form',
          'input',
          'button',
          'textarea',
          'select',
          'audio',
          'video',
          'dialog',
          'details',
        ],
        FORBID_ATTR: ['style', 'class', 'id', 'name', 'background'],
      }),
    );
    copy.style.inlineSize = `${width}px`;
    this.renderRoot.append(copy);
    const pictures = (this.content.match(/<img\b/gi) ?? []).length;
    this.height = Math.max(LEAST_HEIGHT, Math.min(MOST_HEIGHT, copy.scrollHeight + MARGIN + pictures * 200));
    copy.remove();
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      iframe {
        display: block;
        inline-size: 100%;
        max-block-size: 80vh;
        border: 0;
        resize: vertical;
        overflow: auto;
      }

      .measured {
        position: absolute;
        visibility: hidden;
        contain: layout paint style;
        pointer-events: none;
      }

      .measured :is(th, td) {
        padding: 0.2rem 0.5rem;
        font-size: 0.75rem;
      }

      details {
        color: var(--ink-soft);
        font-size: var(--size-2);
      }

      summary,
      li {
        min-block-size: 24px;
      }

      a {
        color: var(--accent);
        overflow-wrap: anywhere;
      }
    `,
  ];
}

customElements.define('dormouse-html', HtmlFrame);
