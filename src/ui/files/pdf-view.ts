/**
 * A PDF, page by page. pdf.js reads it in a worker and we draw it on a canvas: no links, no forms, no scripts of it, nothing of its own choice is fetched.
 * Loaded when the first one is shown.
 */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import { ChevronLeft, ChevronRight } from 'lucide';
import {
  getDocument,
  type PDFDocumentLoadingTask,
  type PDFDocumentProxy,
  PDFWorker,
  type RenderTask,
} from 'pdfjs-dist/legacy/build/pdf.mjs';
import { messageOf } from '../../base/errors';
import '../icon';
import { strings } from '../strings';
import { shared } from '../styles';
import { PdfParts } from './pdf-parts';

/** Browsers draw no larger canvas reliably, pixels. */
const MOST_PIXELS = 2 ** 24;
/** Pictures in a document with more pixels are left out: they would take the memory. */
const LARGEST_IMAGE = 2 ** 26;
/** Of a page's text so much is told to a screen reader, UTF-16 units. */
const LONGEST_TEXT = 20_000;

export class PdfView extends LitElement {
  static override properties = {
    bytes: { attribute: false },
    name: { attribute: false },
    pages: { state: true },
    page: { state: true },
    text: { state: true },
    problem: { state: true },
  };

  /** The file; its memory is given away. */
  declare bytes: Uint8Array;
  declare name: string;
  /** How many there are; 0 while it is being read. */
  declare private pages: number;
  /** From 1. */
  declare private page: number;
  /** What the page says. */
  declare private text: string;
  declare private problem: string | null;
  #worker: Worker | null = null;
  #loading: PDFDocumentLoadingTask | null = null;
  #document: PDFDocumentProxy | null = null;
  #drawing: RenderTask | null = null;
  readonly #resized = new ResizeObserver(() => void this.#draw());

  constructor() {
    super();
    this.name = '';
    this.pages = 0;
    this.page = 1;
    this.text = '';
    this.problem = null;
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#close();
  }

  #close(): void {
    this.#resized.disconnect();
    this.#document = null;
    void this.#loading?.destroy();
    this.#worker?.terminate();
    this.#worker = null;
  }

  protected override updated(changed: PropertyValues<this>): void {
    if (changed.has('bytes')) void this.#open();
  }

  async #open(): Promise<void> {
    this.#close();
    const worker = new Worker(new URL('./pdf-worker.ts', import.meta.url), { type: 'module' });
    this.#worker = worker;
    worker.onerror = (event) => {
      event.preventDefault();
      this.#fail(event.message);
    };
    this.pages = 0;
    this.page = 1;
    this.problem = null;
    try {
      this.#loading = getDocument({
        data: this.bytes,
        worker: PDFWorker.create({ port: worker }),
        enableXfa: false,
        useWorkerFetch: false,
        BinaryDataFactory: PdfParts,
        maxImageSize: LARGEST_IMAGE,
      });
      const opened = await this.#loading.promise;
      if (this.#worker !== worker) return;
      this.#document = opened;
      this.pages = opened.numPages;
      await this.updateComplete;
      const frame = this.renderRoot.querySelector('.page');
      if (frame) this.#resized.observe(frame);
    } catch (error) {
      if (this.#worker === worker) this.#fail(messageOf(error));
    }
  }

  #fail(reason: string): void {
    this.problem = strings.files.preview.broken(reason);
    this.#close();
  }

  async #draw(): Promise<void> {
    const shown = this.#document;
    const canvas = this.renderRoot.querySelector('canvas');
    const width = this.renderRoot.querySelector('.page')?.clientWidth ?? 0;
    if (!shown || !canvas || width === 0) return;
    this.#drawing?.cancel();
    const number = this.page;
    try {
      const page = await shown.getPage(number);
      const natural = page.getViewport({ scale: 1 });
      const fitting = (width / natural.width) * devicePixelRatio;
      const scale = Math.min(fitting, Math.sqrt(MOST_PIXELS / (natural.width * natural.height)));
      const viewport = page.getViewport({ scale });
      const drawn = document.createElement('canvas');
      drawn.width = Math.ceil(viewport.width);
      drawn.height = Math.ceil(viewport.height);
      const drawing = page.render({ canvas: drawn, viewport });
      this.#drawing = drawing;
      await drawing.promise;
      const { items } = await page.getTextContent();
      if (this.#document !== shown || this.page !== number || this.#drawing !== drawing) return;
      // Drawn aside, so that nothing flickers.
      canvas.width = drawn.width;
      canvas.height = drawn.height;
      canvas.getContext('2d')?.drawImage(drawn, 0, 0);
      this.text = items
        .map((item) => ('str' in item ? `${item.str}${item.hasEOL ? '\n' : ''}` : ''))
        .join('')
        .slice(0, LONGEST_TEXT);
    } catch (error) {
      if (this.#document === shown && !(error instanceof Error && error.name === 'RenderingCancelledException'))
        this.#fail(messageOf(error));
    }
  }

  #go(page: number): void {
    if (page < 1 || page > this.pages) return;
    this.page = page;
    this.text = '';
    void this.#draw();
  }

  #key(event: KeyboardEvent): void {
    const step = { PageDown: 1, ArrowRight: 1, PageUp: -1, ArrowLeft: -1 }[event.key];
    const goal = event.key === 'Home' ? 1 : event.key === 'End' ? this.pages : step === undefined ? null : this.page + step;
    if (goal === null) return;
    event.preventDefault();
    this.#go(goal);
  }

  override render() {
    const words = strings.files.preview;
    if (this.problem !== null) return html`<p role="alert">${this.problem}</p>`;
    if (this.pages === 0) return html`<p class="soft" role="status">${words.loading}</p>`;
    const turn = (name: string, glyph: typeof ChevronLeft, page: number) =>
      html`<button aria-label=${name} title=${name} aria-disabled=${page < 1 || page > this.pages ? 'true' : nothing} @click=${() => this.#go(page)}>
        <dormouse-icon .glyph=${glyph}></dormouse-icon></button>`;
    return html`
      <div class="turn">
        ${turn(words.previousPage, ChevronLeft, this.page - 1)}
        <span role="status">${words.page(this.page, this.pages)}</span>
        ${turn(words.nextPage, ChevronRight, this.page + 1)}
      </div>
      <div class="page" tabindex="0" role="region" aria-label=${words.pageOf(this.name, this.page)} @keydown=${this.#key}>
        <canvas aria-hidden="true"></canvas>
        <p class="hidden-visually">${this.text}</p>
      </div>
    `;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-direction: column;
        gap: var(--space-2);
        min-block-size: 0;
      }

      .turn {
        display: flex;
        align-items: center;
        justify-content: center;
        gap: var(--space-2);
        font-size: var(--size-2);
      }

      .page {
        position: relative;
        flex: 1;
        min-block-size: 0;
        overflow: auto;
        scrollbar-gutter: stable;
      }

      canvas {
        display: block;
        box-sizing: border-box;
        inline-size: 100%;
        border: 1px solid var(--line);
        background: white;
      }
    `,
  ];
}

customElements.define('dormouse-pdf', PdfView);
