/** What came with a session from a template or a lesson: whether each file is as it came, and bringing it back. */
import { css, html, LitElement, nothing } from 'lit';
import { RotateCcw } from 'lucide';
import { type FileUndo, type Session, SessionOrigin } from '../../session';
import { formatPath } from '../format';
import '../icon';
import '../notice-line';
import { strings } from '../strings';
import { shared } from '../styles';

/** Event: `problem` (unknown, what was thrown). */
export class OriginNote extends LitElement {
  static override properties = { session: { attribute: false }, possible: { attribute: false }, undo: { state: true } };

  declare session: Session;
  /** Whether files can be changed now. */
  declare possible: boolean;
  declare private undo: { text: string; undo: FileUndo } | null;
  #followed: SessionOrigin | null = null;

  constructor() {
    super();
    this.possible = false;
    this.undo = null;
  }

  /** What is folded away comes back as it was, and follows again. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#followed?.removeEventListener('change', this.#changed);
    this.#followed = null;
  }

  readonly #changed = (): void => this.requestUpdate();

  protected override willUpdate(): void {
    const origin = SessionOrigin.of(this.session);
    if (origin === this.#followed) return;
    this.#followed?.removeEventListener('change', this.#changed);
    this.#followed = origin;
    origin.addEventListener('change', this.#changed);
  }

  override render() {
    const words = strings.learn.origin;
    const { origin = null, files = [] } = this.#followed ?? {};
    if (origin === null || files.length === 0) return nothing;
    return html`<section aria-label=${words.label}>
      <h3>${words.from(origin.kind, origin.name)}</h3>
      ${
        this.undo === null
          ? nothing
          : html`<dormouse-notice .text=${this.undo.text} .action=${words.undo} .actionPossible=${this.possible} @act=${() => this.#takeBack()}></dormouse-notice>`
      }
      <ul>
        ${files.map(({ path, status }) => {
          const name = formatPath(path);
          return html`<li>
            <span class="name">${name}</span> <span class="soft">${words.status[status]}</span>
            ${
              status === 'original'
                ? nothing
                : html`<button aria-label=${words.resetFile(name)} aria-disabled=${this.possible ? nothing : 'true'} @click=${() => this.#reset(path)}>
                    <dormouse-icon .glyph=${RotateCcw}></dormouse-icon><span>${words.reset}</span>
                  </button>`
            }
          </li>`;
        })}
      </ul>
    </section>`;
  }

  async #reset(path: string): Promise<void> {
    if (!this.possible) return;
    await this.#try(async () => {
      const undo = await (this.#followed as SessionOrigin).reset(path);
      this.undo = { text: strings.learn.origin.wasReset(formatPath(path)), undo };
    });
  }

  async #takeBack(): Promise<void> {
    const { undo } = this;
    if (undo === null || !this.possible) return;
    this.undo = null;
    await this.#try(() => this.session.files.undo(undo.undo));
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.dispatchEvent(new CustomEvent('problem', { detail: error }));
    }
  }

  static override styles = [
    shared,
    css`
      :host {
        display: block;
      }

      section {
        display: grid;
        grid-template-columns: minmax(0, 1fr);
        gap: var(--space-1);
        margin-block-start: var(--space-4);
        padding: var(--space-3) var(--space-4);
        border-block-start: 1px solid var(--line);
        font-size: var(--size-2);
      }

      h3 {
        margin: 0;
        color: var(--ink-soft);
        font-size: var(--size-1);
      }

      ul {
        margin: 0;
        padding: 0;
        list-style: none;
      }

      li {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: var(--space-1) var(--space-2);
        min-block-size: var(--target);
      }

      .name {
        min-inline-size: 0;
        overflow-wrap: anywhere;
      }

      li button {
        margin-inline-start: auto;
      }
    `,
  ];
}

customElements.define('dormouse-origin', OriginNote);
