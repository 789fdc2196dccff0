/** An exception: what and where first, the lines of libraries folded away. */
import { css, html, LitElement, nothing } from 'lit';
import { Copy } from 'lucide';
import { type CodePlace, readPlace } from '../../notebook';
import type { ErrorFrame, ErrorPart } from '../../session';
import '../icon';
import { strings } from '../strings';
import { shared } from '../styles';
import './text-view';

/** What `go-to-line` tells. */
export interface LinePlace {
  /** As Python names it: `<cell 2, run 5>`. */
  readonly file: string;
  readonly line: number;
}

/** Event: `go-to-line` (CustomEvent<LinePlace>, bubbles out of all trees) for a line of the user's own code. */
export class ErrorView extends LitElement {
  static override properties = {
    name: { attribute: false },
    message: { attribute: false },
    traceback: { attribute: false },
    parts: { attribute: false },
    copied: { state: true },
  };

  declare name: string;
  declare message: string;
  declare traceback: string;
  declare parts: readonly ErrorPart[];
  declare private copied: boolean;

  constructor() {
    super();
    this.name = '';
    this.message = '';
    this.traceback = '';
    this.parts = [];
    this.copied = false;
  }

  override render() {
    const words = strings.rich.error;
    return html`<div role="group" aria-label=${words.label(this.name)}>
      ${this.parts.length === 0 ? html`<dormouse-text .text=${this.traceback || `${this.name}: ${this.message}`}></dormouse-text>` : this.parts.map((part) => this.#part(part))}
      <button class="copy" title=${words.copy} aria-label=${words.copy} @click=${this.#copy}><dormouse-icon .glyph=${Copy}></dormouse-icon></button>
      <span role="status" class="soft">${this.copied ? words.copied : ''}</span>
    </div>`;
  }

  #part({ name, message, relation, frames, leftOut }: ErrorPart) {
    const words = strings.rich.error;
    const middle = leftOut > 0 ? Math.floor(frames.length / 2) : -1;
    const groups = grouped(frames, middle);
    return html`
      <p class="what"><strong>${name}</strong>${message === '' ? nothing : html`: <span class="message">${message}</span>`}</p>
      <ol>
        ${groups.map((group) =>
          group === null
            ? html`<li class="soft">${words.leftOut(leftOut)}</li>`
            : group[0]?.library
              ? html`<li><details><summary class="soft">${words.library(group.length)}</summary>${group.map((frame) => this.#frame(frame))}</details></li>`
              : group.map((frame) => html`<li>${this.#frame(frame)}</li>`),
        )}
      </ol>
      ${relation === null ? nothing : html`<p class="relation">${words[relation]}</p>`}
    `;
  }

  #frame(frame: ErrorFrame) {
    const words = strings.rich.error;
    const { file, line, name, source } = frame;
    const own = readPlace(file);
    const place = own ? placeName(own, line) : words.file(file, line);
    return html`<div class="frame">
      ${own && !own.beside ? html`<button class="place" @click=${() => this.#go(frame)}>${place}</button>` : html`<span class="soft">${place}</span>`}
      ${name === '' || name === '<module>' ? nothing : html`<span class="soft">${words.in(name)}</span>`}
      ${source === '' ? nothing : html`<code>${source}</code>`}
    </div>`;
  }

  #go({ file, line }: ErrorFrame): void {
    this.dispatchEvent(new CustomEvent<LinePlace>('go-to-line', { detail: { file, line }, bubbles: true, composed: true }));
  }

  async #copy(): Promise<void> {
    await navigator.clipboard.writeText(this.traceback).then(
      () => (this.copied = true),
      () => undefined,
    );
  }

  static override styles = [
    shared,
    css`
      :host {
        position: relative;
        display: block;
        padding-inline: var(--space-2) var(--target);
        border-inline-start: 2px solid var(--bad);
        font-size: var(--size-2);
      }

      .what {
        color: var(--bad);
        white-space: pre-wrap;
        overflow-wrap: anywhere;
      }

      ol {
        display: grid;
        gap: var(--space-1);
        margin: var(--space-1) 0;
        padding: 0;
        list-style: none;
      }

      .frame {
        display: flex;
        flex-wrap: wrap;
        align-items: baseline;
        gap: 0 var(--space-2);
        overflow-wrap: anywhere;
      }

      details .frame {
        padding-inline-start: var(--space-4);
      }

      summary {
        min-block-size: 24px;
        cursor: pointer;
      }

      .place {
        min-block-size: 24px;
        padding: 0;
        color: var(--accent);
        text-decoration: underline;
      }

      .frame code {
        flex: 1 0 100%;
        padding-inline-start: var(--space-4);
        white-space: pre-wrap;
      }

      .relation {
        padding-block: var(--space-1);
        color: var(--ink-soft);
        font-style: italic;
      }

      .copy {
        position: absolute;
        inset-block-start: 0;
        inset-inline-end: 0;
        padding: 0;
        color: var(--ink-soft);
      }

      @media print {
        .copy {
          display: none;
        }
      }
    `,
  ];
}

function placeName({ beside, cell, from }: CodePlace, line: number): string {
  const words = strings.rich.error;
  if (beside) return words.beside(line);
  const at = line + from - 1;
  return cell === null ? words.run(at) : words.cell(String(cell), at);
}

/** Neighbours of one kind together; null stands for what was left out in the middle. */
function grouped(frames: readonly ErrorFrame[], middle: number): (ErrorFrame[] | null)[] {
  const groups: (ErrorFrame[] | null)[] = [];
  for (const [index, frame] of frames.entries()) {
    if (index === middle) groups.push(null);
    const last = groups.at(-1);
    if (last && last[0]?.library === frame.library) last.push(frame);
    else groups.push([frame]);
  }
  return groups;
}

customElements.define('dormouse-error', ErrorView);
