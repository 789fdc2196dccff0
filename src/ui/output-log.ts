/** The log of what runs print, and the line in which input() is answered. */
import { css, html, LitElement, nothing } from 'lit';
import { ArrowDown } from 'lucide';
import type { LogEntry, LoggedRun, Printed } from '../notebook';
import './icon';
import { ansiStyles } from './output/ansi-styles';
import { logPiece, OutputBacklog } from './output-backlog';
import { OutputDocument } from './output-document';
import { strings } from './strings';
import { shared } from './styles';

/** As many lines in one frame are not for reading out. */
const MANY_LINES = 200;
/** Closer than this to the end, px, the log stays at the end. */
const NEAR_END = 24;
/** After a frame that took this long to write, ms, the next waits for `PAUSE`, ms: the page has other things to do. */
const LONG_FRAME = 10;
const PAUSE = 120;

/** Events: `answer`, CustomEvent<string | null>: the line for input(), null for the end of the input. */
export class OutputLog extends LitElement {
  static override properties = {
    awaitsInput: { attribute: false },
    dropped: { state: true },
    empty: { state: true },
    behind: { state: true },
  };

  declare awaitsInput: boolean;
  declare private dropped: number;
  declare private empty: boolean;
  /** There is newer output below than what is in sight. */
  declare private behind: boolean;
  readonly #backlog = new OutputBacklog();
  #document!: OutputDocument;
  #atEnd = true;
  /** Where it was scrolled to, px. */
  #top = 0;
  #scheduled = false;
  #focusBefore: HTMLElement | null = null;

  constructor() {
    super();
    this.awaitsInput = false;
    this.dropped = 0;
    this.empty = true;
    this.behind = false;
  }

  /** Adds to the log, at the next frame. */
  print(pieces: readonly Printed[]): void {
    for (const piece of pieces) this.#backlog.push(logPiece(piece));
    this.#schedule();
  }

  /** Tells how the newest run goes. Output that is printed from now on belongs to it. */
  showRun(record: LoggedRun): void {
    // What came before belongs to the run before.
    this.#write();
    this.#document.showRun(record);
    this.#follow();
  }

  /** Shows what was kept of the log, in place of what there is. */
  restore(entries: readonly LogEntry[]): void {
    this.clear();
    for (const { run, outputs } of entries) {
      if (run) this.#document.showRun(run);
      this.#document.write(outputs.list.map(logPiece), 0);
    }
    this.#follow();
  }

  clear(): void {
    this.#backlog.take();
    this.#document.clear();
    this.#atEnd = true;
    this.#follow();
  }

  /** The end of a run is a moment for screen readers: nothing is held back from them any more. */
  settle(): void {
    this.#log?.removeAttribute('aria-busy');
  }

  protected override firstUpdated(): void {
    const text = this.renderRoot.querySelector('#text') as HTMLElement;
    this.#document = new OutputDocument(text);
    // Text grows when it gets narrower, and when blocks that were only estimated come into sight: the log stays at its end.
    const observer = new ResizeObserver(() => this.#follow());
    observer.observe(this.#log as HTMLElement);
    observer.observe(text);
  }

  protected override updated(changed: Map<PropertyKey, unknown>): void {
    if (!changed.has('awaitsInput')) return;
    if (this.awaitsInput) {
      this.#write();
      this.#focusBefore = deepActiveElement();
      this.#atEnd = true;
      this.#follow();
      this.#field?.focus();
    } else if (changed.get('awaitsInput')) {
      this.#focusBefore?.focus();
      this.#focusBefore = null;
    }
  }

  override render() {
    const words = strings.output;
    return html`
      <div id="log" role="log" aria-label=${words.label} tabindex="0" @scroll=${this.#scrolled}>
        <p class="note" ?hidden=${!this.empty}>${words.empty}</p>
        <p class="note" ?hidden=${this.dropped === 0}>${words.dropped(this.dropped)}</p>
        <div id="text"></div>
        ${
          this.awaitsInput
            ? html`<form @submit=${this.#send}>
                <input aria-label=${words.inputLabel} placeholder=${words.inputHint} autocomplete="off" autocapitalize="off" spellcheck="false" @keydown=${this.#key} />
                <button type="button" class="outlined" @click=${() => this.#answer(null)}>${words.endInput}</button>
              </form>`
            : nothing
        }
      </div>
      ${
        this.behind
          ? html`<button id="end" class="outlined" aria-label=${words.toEnd} title=${words.toEnd} @click=${this.#goToEnd}>
              <dormouse-icon .glyph=${ArrowDown}></dormouse-icon>
            </button>`
          : nothing
      }
    `;
  }

  #schedule(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    requestAnimationFrame(() => {
      const before = performance.now();
      this.#write();
      const pause = performance.now() - before > LONG_FRAME ? PAUSE : 0;
      const next = () => {
        this.#scheduled = false;
        if (!this.#backlog.isEmpty) this.#schedule();
      };
      if (pause > 0) setTimeout(next, pause);
      else next();
    });
  }

  #write(): void {
    if (this.#backlog.isEmpty) return;
    const { pieces, dropped } = this.#backlog.take();
    if (dropped > 0 || pieces.length > MANY_LINES) this.#log?.setAttribute('aria-busy', 'true');
    this.#document.write(pieces, dropped);
    if (!this.#atEnd) this.behind = true;
    this.#follow();
  }

  #follow(): void {
    this.dropped = this.#document.dropped;
    this.empty = this.#document.isEmpty;
    const log = this.#log;
    if (!log) return;
    if (!this.#atEnd) return;
    log.scrollTop = log.scrollHeight;
    this.#top = log.scrollTop;
  }

  #scrolled(): void {
    const log = this.#log;
    if (!log) return;
    const nearEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_END;
    // Not near it any more is no one's wish when the text below grew: only scrolling up is.
    if (nearEnd) this.#atEnd = true;
    else if (log.scrollTop < this.#top) this.#atEnd = false;
    if (this.#atEnd) this.behind = false;
    this.#top = log.scrollTop;
  }

  #goToEnd(): void {
    this.#atEnd = true;
    this.behind = false;
    this.#follow();
    this.#log?.focus({ preventScroll: true });
  }

  #key(event: KeyboardEvent): void {
    // An input method is still composing the text that this Enter would send.
    if (event.isComposing) return;
    if (event.ctrlKey && event.key.toLowerCase() === 'd') {
      event.preventDefault();
      this.#answer(null);
    }
  }

  #send(event: SubmitEvent): void {
    event.preventDefault();
    this.#answer(this.#field?.value ?? '');
  }

  #answer(line: string | null): void {
    this.dispatchEvent(new CustomEvent('answer', { detail: line }));
  }

  get #log(): HTMLElement | null {
    return this.renderRoot.querySelector('#log');
  }

  get #field(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input');
  }

  static override styles = [
    shared,
    ansiStyles,
    css`
      :host {
        position: relative;
        display: flex;
        min-block-size: 0;
        background: var(--ground);
      }

      #log {
        flex: 1 1 auto;
        min-inline-size: 0;
        overflow: auto;
        padding: 0 var(--space-4) var(--space-4);
        overscroll-behavior: contain;
      }

      #log:focus-visible {
        outline-offset: -2px;
      }

      .note {
        padding-block: var(--space-2);
        color: var(--ink-soft);
        font-size: var(--size-2);
      }

      section + section {
        margin-block-start: var(--space-3);
        border-block-start: 1px solid var(--line);
      }

      #text h3 {
        position: sticky;
        inset-block-start: 0;
        z-index: 1;
        padding-block: var(--space-1);
        background: var(--ground);
        color: var(--ink-soft);
        font-size: var(--size-1);
        font-weight: var(--weight-normal);
        font-variant-numeric: tabular-nums;
      }

      #text h3:empty {
        display: none;
      }

      #text h3.troubled {
        color: var(--bad);
      }

      .block {
        font-family: var(--font-code);
        font-size: var(--size-2);
        font-variant-ligatures: none;
        line-height: 1.5;
        white-space: pre-wrap;
        overflow-wrap: anywhere;
        tab-size: 8;
      }

      .sealed {
        content-visibility: auto;
      }

      .rich {
        margin-block: var(--space-1);
      }

      .stderr {
        padding-inline-start: var(--space-2);
        border-inline-start: 2px solid var(--bad);
        color: var(--bad);
      }

      .value {
        position: relative;
        padding-inline-start: var(--space-6);
      }

      .value::before {
        content: '→';
        position: absolute;
        inset-inline-start: 0;
        color: var(--accent);
      }

      .value + .value::before {
        content: none;
      }

      .notice {
        color: var(--ink-soft);
        font-family: var(--font-ui);
        font-style: italic;
      }

      .typed {
        color: var(--accent);
        text-decoration: underline;
        text-decoration-color: var(--line-control);
        text-underline-offset: 0.25em;
      }

      form {
        display: flex;
        gap: var(--space-2);
        padding-block-start: var(--space-1);
      }

      input {
        flex: 1 1 auto;
        min-inline-size: 0;
        max-inline-size: 40rem;
        font-family: var(--font-code);
      }

      #end {
        position: absolute;
        inset-block-end: var(--space-3);
        inset-inline-end: var(--space-6);
        padding: 0;
        border-radius: 50%;
        background: var(--surface);
        box-shadow: var(--shadow);
      }

      @media print {
        #log {
          overflow: visible;
        }

        .sealed {
          content-visibility: visible;
        }

        #end,
        form {
          display: none;
        }
      }
    `,
  ];
}

/** The element that has the focus, also inside other elements' shadow trees. */
function deepActiveElement(): HTMLElement | null {
  let active = document.activeElement;
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
  return active instanceof HTMLElement ? active : null;
}

customElements.define('dormouse-output', OutputLog);
