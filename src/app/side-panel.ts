/** Shows the panel that is chosen on one side of the work. */
import { css, html, LitElement, type PropertyValues } from 'lit';
import type { Session, SessionState, Sessions } from '../session';
import { PANEL_EVENTS, type Panel, type PanelElement } from './panels';

/** Events: those of the panels (`PANEL_EVENTS`). */
export class SidePanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    panel: { attribute: false },
    occupied: { attribute: false },
    sessions: { attribute: false },
    shown: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  /** Null while it is folded away. */
  declare panel: Panel | null;
  /** A download, upload or the like goes on. */
  declare occupied: boolean;
  /** All sessions; null where there is no list. */
  declare sessions: Sessions | null;
  declare private shown: PanelElement | null;
  /** A panel that was shown once stays as it was left. */
  readonly #elements = new Map<string, PanelElement>();

  constructor() {
    super();
    this.panel = null;
    this.occupied = false;
    this.sessions = null;
    this.shown = null;
  }

  override focus(): void {
    this.shown?.focus();
  }

  /** Has the panel that is open show something certain. */
  about(what: string): void {
    this.shown?.about?.(what);
  }

  /** Loads and shows what `panel` names, and lets it read anew. Resolves when it can get the focus. */
  async open(): Promise<void> {
    const { panel } = this;
    if (!panel) return;
    let element = this.#elements.get(panel.id);
    if (!element) {
      await panel.load();
      element = this.#elements.get(panel.id) ?? this.#make(panel);
    }
    if (this.panel !== panel) return;
    this.shown = element;
    this.#inform(element);
    await this.updateComplete;
    await element.updateComplete;
    void element.look?.().catch((error: unknown) => this.dispatchEvent(new CustomEvent('problem', { detail: error })));
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('panel') && this.panel === null) this.shown = null;
    if (this.shown) this.#inform(this.shown);
  }

  override render() {
    return html`${this.shown}`;
  }

  #make(panel: Panel): PanelElement {
    const element = document.createElement(panel.element) as PanelElement;
    for (const name of PANEL_EVENTS) {
      element.addEventListener(name, (event) => {
        this.dispatchEvent(new CustomEvent(name, { detail: (event as CustomEvent<unknown>).detail }));
      });
    }
    this.#elements.set(panel.id, element);
    return element;
  }

  #inform(element: PanelElement): void {
    const { session, state, occupied, sessions } = this;
    Object.assign(element, { session, state, occupied, sessions, branches: sessions !== null });
  }

  static override styles = css`
    :host {
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
    }

    :host > * {
      min-block-size: 0;
      min-inline-size: 0;
    }
  `;
}

customElements.define('dormouse-side', SidePanel);
