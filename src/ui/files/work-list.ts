/** What goes on with files: how far it is, what it waits for, and the way to end it. */
import { css, html, LitElement, nothing } from 'lit';
import type { FileTask } from '../../session';
import { strings } from '../strings';
import { shared } from '../styles';
import { nameOf } from './file-nodes';

/** Shorter than this nothing is said of it, ms. */
const PATIENCE = 300;

/** Event: `cancel`. */
export class WorkList extends LitElement {
  static override properties = {
    tasks: { attribute: false },
    packing: { attribute: false },
    running: { attribute: false },
    late: { state: true },
  };

  declare tasks: readonly FileTask[];
  /** How far a download is that is being put together, bytes. */
  declare packing: { done: number; total: number } | null;
  declare running: boolean;
  /** It takes long enough to be told. */
  declare private late: boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    super();
    this.tasks = [];
    this.packing = null;
    this.running = false;
    this.late = false;
  }

  protected override willUpdate(): void {
    const working = this.tasks.length > 0 || this.packing !== null;
    if (!working) {
      clearTimeout(this.#timer);
      this.#timer = undefined;
      this.late = false;
    } else if (!this.late) {
      this.#timer ??= setTimeout(() => {
        this.late = true;
      }, PATIENCE);
    }
  }

  override render() {
    const words = strings.files;
    if (!this.late) return nothing;
    const task = this.tasks.find(({ state }) => state === 'working') ?? this.tasks[0];
    const { done, total } = this.packing ?? task ?? { done: 0, total: 0 };
    const what = this.packing || !task ? words.reading : (task.kind === 'write' ? words.writing : words.changing)(nameOf(task.path));
    const waits = this.packing === null && task?.state === 'waiting';
    const how = waits ? (this.running ? words.waiting : words.queued) : total > 0 ? words.written(done, total) : '';
    const others = this.packing ? 0 : this.tasks.length - 1;
    return html`<div role="group" aria-label=${words.tasks}>
      <p><span class="what">${what}</span>${others > 0 ? html` <span class="soft">${words.others(others)}</span>` : nothing}</p>
      <progress aria-label=${what} max=${total || 1} .value=${waits ? 0 : total > 0 ? done : 0}></progress>
      <p class="foot"><span class="soft">${how}</span><button class="outlined" @click=${this.#cancel}>${words.cancel}</button></p>
    </div>`;
  }

  #cancel(): void {
    this.dispatchEvent(new CustomEvent('cancel'));
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      div {
        display: grid;
        gap: var(--space-1);
        padding: var(--space-2) var(--space-4);
        border-block: 1px solid var(--line);
        background: var(--sunken);
        font-size: var(--size-2);
      }

      .what {
        overflow-wrap: anywhere;
      }

      progress {
        inline-size: 100%;
        accent-color: var(--accent);
      }

      .foot {
        display: flex;
        align-items: center;
        justify-content: space-between;
        gap: var(--space-2);
      }
    `,
  ];
}

customElements.define('dormouse-work-list', WorkList);
