/** What is shown beside the work: the state of the session, or its history. */
import { css, html, LitElement, nothing, type PropertyValues } from 'lit';
import type { Durability, Session, SessionState } from '../session';
import '../ui/state-panel';
import type { StatePanel } from '../ui/state-panel';
import { shared } from '../ui/styles';
import './history-pane';
import type { HistoryPane } from './history-pane';
import { StateCheck } from './state-check';

/** Events: `close`, and those of HistoryPane. */
export class SidePanel extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    panel: { attribute: false },
    occupied: { attribute: false },
    branches: { attribute: false },
  };

  declare session: Session;
  declare state: SessionState;
  /** Null while it is closed. */
  declare panel: 'state' | 'history' | null;
  /** A download, upload or the like goes on. */
  declare occupied: boolean;
  /** Whether there can be other sessions. */
  declare branches: boolean;
  readonly #check = new StateCheck(this);

  constructor() {
    super();
    this.panel = null;
    this.occupied = false;
    this.branches = false;
  }

  override focus(): void {
    this.#shown?.focus();
  }

  /** With what is in it, so that it can get the focus. */
  protected override async getUpdateComplete(): Promise<boolean> {
    const complete = await super.getUpdateComplete();
    await this.#shown?.updateComplete;
    return complete;
  }

  /** Reads the state anew, where it is shown. */
  async look(): Promise<void> {
    if (this.panel === 'state') await this.#check.look(this.session);
  }

  protected override updated(changed: PropertyValues<this>): void {
    const before = changed.get('state')?.phase;
    const { phase } = this.state;
    // Looking is not a run: an open panel follows by itself.
    if (before !== undefined && before !== phase && (phase === 'idle' || phase === 'looking')) void this.look();
  }

  override render() {
    const { session, state, panel } = this;
    const check = this.#check;
    const again = (event: Event) => this.dispatchEvent(new CustomEvent(event.type, { detail: (event as CustomEvent<unknown>).detail }));
    return html`
      <dormouse-state
        ?hidden=${panel === 'history'}
        .report=${check.report}
        .at=${check.at}
        .loading=${check.loading}
        .problem=${check.problem}
        .refused=${check.refused}
        .looking=${state.phase === 'looking'}
        @close=${again}
        @persist=${() => check.persist(session)}
        @durability=${(event: CustomEvent<Durability>) => check.setDurability(session, event.detail)}
      ></dormouse-state>
      ${
        panel === 'history'
          ? html`<dormouse-history-pane
              .session=${session}
              .state=${state}
              .occupied=${this.occupied}
              .branches=${this.branches}
              @close=${again}
              @go-back=${again}
              @branch=${again}
              @problem=${again}
            ></dormouse-history-pane>`
          : nothing
      }
    `;
  }

  get #shown(): HistoryPane | StatePanel | null {
    return this.renderRoot.querySelector<HistoryPane | StatePanel>(this.panel === 'history' ? 'dormouse-history-pane' : 'dormouse-state');
  }

  static override styles = [
    shared,
    css`
      :host {
        display: grid;
        grid-template: minmax(0, 1fr) / minmax(0, 1fr);
        min-block-size: 0;
      }

      dormouse-state,
      dormouse-history-pane {
        min-block-size: 0;
      }
    `,
  ];
}

customElements.define('dormouse-side', SidePanel);
