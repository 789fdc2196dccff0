/** The actions, always in reach: in the header, on narrow screens under the thumb. */
import { css, html, LitElement, nothing } from 'lit';
import { Download, type IconNode, Play, ScanSearch, Square, Trash, Undo2, Upload } from 'lucide';
import type { SessionPhase } from '../session';
import './icon';
import type { UndoState } from './moments';
import { strings } from './strings';
import { shared } from './styles';

type Action = 'run' | 'stop' | 'undo-run' | 'check-state' | 'download-state' | 'upload-state' | 'clear-session';

/**
 * Events: `run`, `stop`, `undo-run`, `check-state`, `download-state`, `clear-session`, and `upload-state` (CustomEvent<File>).
 * None is fired for what is not possible at the moment.
 */
export class ActionsBar extends LitElement {
  static override properties = {
    phase: { attribute: false },
    isolated: { attribute: false },
    queued: { attribute: false },
    occupied: { attribute: false },
    undo: { attribute: false },
    checking: { attribute: false },
  };

  declare phase: SessionPhase;
  /** False: Stop may have to replace Python, and says so. */
  declare isolated: boolean | null;
  /** A run waits for Python to start: Stop takes it back. */
  declare queued: boolean;
  /** A download, upload or clear goes on. */
  declare occupied: boolean;
  declare undo: UndoState;
  /** The state is shown beside the work. */
  declare checking: boolean;

  constructor() {
    super();
    this.phase = 'opening';
    this.isolated = null;
    this.queued = false;
    this.occupied = false;
    this.undo = 'nothing';
    this.checking = false;
  }

  /** Moves the focus to an action's button, such as after the panel that it opened was closed. */
  focusAction(action: Action): void {
    this.renderRoot.querySelector<HTMLElement>(`#${action}`)?.focus();
  }

  override render() {
    const words = strings.actions;
    const { phase, occupied } = this;
    const looking = phase === 'looking';
    const open = phase !== 'opening' && phase !== 'waiting' && phase !== 'yielded' && phase !== 'closed';
    const busy = phase === 'running' || phase === 'stopping';
    const idle = phase === 'idle' && !occupied;
    const why = looking ? strings.looking.text : busy ? words.notWhileRunning : words.notYet;
    // While looking Run can be pressed, and says why nothing runs.
    const runnable = (phase === 'opening' || phase === 'starting' || phase === 'idle' || looking) && !occupied && !this.queued;
    return html`
      <div role="region" aria-label=${words.label}>
        ${this.#button('run', Play, [words.run, ''], runnable, words.runHint, 'primary')}
        ${this.#button('stop', Square, [words.stop, ''], phase === 'running' || this.queued, this.isolated === false ? words.stopReplaces : words.stopHint, 'outlined')}
        ${this.#button('undo-run', Undo2, words.undo, idle && this.undo === 'possible', idle ? words.undoHints[this.undo] : why)}
        <span class="gap"></span>
        ${this.#button('check-state', ScanSearch, words.check, open, null)}
        ${this.#button('download-state', Download, words.download, open && !occupied, open ? null : words.notYet)}
        ${this.#button('upload-state', Upload, words.upload, idle, idle ? null : why)}
        ${this.#button('clear-session', Trash, words.clear, idle, idle ? null : why)}
        <input type="file" accept=".json,.dormouse,.zip,.py,application/json" hidden @change=${this.#chosen} />
      </div>
    `;
  }

  #button(action: Action, glyph: IconNode, [first, second]: readonly [string, string], possible: boolean, title: string | null, kind = '') {
    return html`<button
      id=${action}
      class=${kind}
      aria-disabled=${possible ? nothing : 'true'}
      aria-expanded=${action === 'check-state' ? String(this.checking) : nothing}
      aria-keyshortcuts=${action === 'run' ? 'Shift+Enter' : nothing}
      title=${title ?? first + second}
      @click=${() => possible && this.#act(action)}
    ><dormouse-icon .glyph=${glyph}></dormouse-icon><span>${first}${second === '' ? nothing : html`<span class="second">${second}</span>`}</span></button>`;
  }

  #act(action: Action): void {
    if (action === 'upload-state') this.#input.click();
    else this.dispatchEvent(new Event(action));
  }

  #chosen(): void {
    const file = this.#input.files?.[0];
    // So that choosing the same file again is a change again.
    this.#input.value = '';
    if (file) this.dispatchEvent(new CustomEvent('upload-state', { detail: file }));
  }

  get #input(): HTMLInputElement {
    return this.renderRoot.querySelector('input') as HTMLInputElement;
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      [role='region'] {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1);
      }

      #run {
        min-inline-size: 5rem;
        margin-inline-end: var(--space-1);
      }

      .gap {
        inline-size: 1px;
        block-size: 1.25rem;
        margin-inline: var(--space-2);
        background: var(--line);
      }

      #run dormouse-icon svg,
      #stop dormouse-icon svg {
        fill: currentColor;
      }

      @media (max-width: 89em) {
        .second {
          position: absolute;
          inline-size: 1px;
          block-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
          white-space: pre;
        }
      }

      /* Those that are used least make room for the promise: their icons stay. */
      @media (56.25em < width <= 75em) {
        .gap ~ button > span {
          position: absolute;
          inline-size: 1px;
          block-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }

      @media (max-width: 56.25em) {
        [role='region'] {
          flex-wrap: nowrap;
          gap: 0;
        }

        .gap {
          display: none;
        }

        button {
          flex: 1 1 0;
          min-inline-size: 0;
          min-block-size: 2.75rem;
          padding: 0;
        }

        #run {
          flex-grow: 2;
          min-inline-size: 0;
        }
      }

      /* Names stay for those who hear them; Run keeps its word, under the thumb. */
      @media (max-width: 40em) {
        button:not(#run) > span {
          position: absolute;
          inline-size: 1px;
          block-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }

      @media (max-width: 20em) {
        button > span {
          position: absolute;
          inline-size: 1px;
          block-size: 1px;
          overflow: hidden;
          clip-path: inset(50%);
        }
      }
    `,
  ];
}

customElements.define('dormouse-actions', ActionsBar);
