/** The state of the session, read when somebody looks and again when a run has ended. */
import { css, html, LitElement, type PropertyValues } from 'lit';
import type { Durability, Session, SessionState } from '../session';
import '../ui/state-panel';
import type { StatePanel } from '../ui/state-panel';
import { StateCheck } from './state-check';

/** Event: `close`. */
export class StatePane extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
  };

  declare session: Session;
  declare state: SessionState;
  readonly #check = new StateCheck(this);

  override focus(): void {
    this.#panel?.focus();
  }

  async look(): Promise<void> {
    await this.#check.look(this.session);
  }

  /** With what is in it, so that it can get the focus. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const complete = await super.getUpdateComplete();
    await this.#panel?.updateComplete;
    return complete;
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    const { phase } = this.state;
    // Looking is not a run: an open panel follows by itself.
    if (before !== undefined && before !== phase && (phase === 'idle' || phase === 'looking')) void this.look();
  }

  override render() {
    const { session, state } = this;
    const check = this.#check;
    return html`<dormouse-state
      .report=${check.report}
      .at=${check.at}
      .loading=${check.loading}
      .problem=${check.problem}
      .refused=${check.refused}
      .looking=${state.phase === 'looking'}
      @close=${() => this.dispatchEvent(new CustomEvent('close'))}
      @persist=${() => check.persist(session)}
      @durability=${(event: CustomEvent<Durability>) => check.setDurability(session, event.detail)}
    ></dormouse-state>`;
  }

  get #panel(): StatePanel | null {
    return this.renderRoot.querySelector('dormouse-state');
  }

  static override styles = css`
    :host {
      display: grid;
      grid-template: minmax(0, 1fr) / minmax(0, 1fr);
      min-block-size: 0;
    }

    dormouse-state {
      min-block-size: 0;
    }
  `;
}

customElements.define('dormouse-state-pane', StatePane);
