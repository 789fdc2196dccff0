/** At the notebook of a template: whether it is as it came, and bringing it back. */
import { css, html, LitElement, nothing } from 'lit';
import { RotateCcw, Undo2 } from 'lucide';
import { type Session, SessionOrigin } from '../../session';
import '../icon';
import { strings } from '../strings';
import { shared } from '../styles';

/** Event: `replace-code` (string: the text that the notebook is to have). */
export class NotebookOrigin extends LitElement {
  static override properties = { session: { attribute: false }, current: { attribute: false }, readOnly: { attribute: false } };

  declare session: Session;
  /** Gives the text that the notebook has now. */
  declare current: () => string;
  declare readOnly: boolean;
  /** The text before it was reset. */
  #before: string | null = null;
  #followed: Session | null = null;

  constructor() {
    super();
    this.readOnly = false;
  }

  /** What is folded away comes back as it was, and follows again. */
  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#unfollow();
  }

  /** Text that was edited is kept a moment later, which the session says. */
  readonly #changed = (): void => this.requestUpdate();

  protected override willUpdate(): void {
    if (this.session === this.#followed) return;
    this.#unfollow();
    this.#followed = this.session;
    this.session.addEventListener('change', this.#changed);
    SessionOrigin.of(this.session).addEventListener('change', this.#changed);
  }

  #unfollow(): void {
    if (this.#followed === null) return;
    this.#followed.removeEventListener('change', this.#changed);
    SessionOrigin.of(this.#followed).removeEventListener('change', this.#changed);
    this.#followed = null;
  }

  override render() {
    const words = strings.learn.origin;
    const { origin } = SessionOrigin.of(this.session);
    const original = origin?.notebook ?? null;
    if (origin === null || original === null) return nothing;
    const same = this.current() === original;
    const before = same ? this.#before : null;
    return html`<span class="soft" title=${words.from(origin.kind, origin.name)}>${same ? words.notebookOriginal : words.notebookEdited}</span>
      ${
        this.readOnly || (same && before === null)
          ? nothing
          : before !== null
            ? this.#button(words.undoReset, Undo2, () => this.#replace(before, null))
            : this.#button(words.resetNotebook, RotateCcw, () => this.#replace(original, this.current()))
      }`;
  }

  #button(name: string, glyph: typeof Undo2, act: () => void) {
    return html`<button @click=${act}><dormouse-icon .glyph=${glyph}></dormouse-icon><span>${name}</span></button>`;
  }

  #replace(text: string, before: string | null): void {
    this.#before = before;
    this.dispatchEvent(new CustomEvent('replace-code', { detail: text }));
    this.requestUpdate();
  }

  static override styles = [
    shared,
    css`
      :host {
        display: flex;
        flex-wrap: wrap;
        align-items: center;
        gap: 0 var(--space-2);
        font-size: var(--size-2);
      }
    `,
  ];
}

customElements.define('dormouse-notebook-origin', NotebookOrigin);
