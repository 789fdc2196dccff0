/** The history with what its entries do to the session. */
import { css, html, LitElement, type PropertyValues } from 'lit';
import { type Checkpoint, type JoinChoice, MomentSide, type Session, SessionComparison, type SessionState } from '../session';
import { formatPath, formatTime } from '../ui/format';
import '../ui/history-panel';
import type { HistoryPanel, MomentAct, ShownComparison } from '../ui/history-panel';
import { hasForgotten, presentOf } from '../ui/moments';
import '../ui/name-dialog';
import type { NameDialog } from '../ui/name-dialog';
import '../ui/question-dialog';
import type { QuestionDialog } from '../ui/question-dialog';
import { strings } from '../ui/strings';
import { compareWords } from '../ui/strings/compare';
import { sentence } from './sentence';

/**
 * Events: `close`; `go-back` and `branch` (CustomEvent<Checkpoint>), which change what the page shows; `problem` (CustomEvent<unknown>,
 * what was thrown) when an action did not work.
 */
export class HistoryPane extends LitElement {
  static override properties = {
    session: { attribute: false },
    state: { attribute: false },
    occupied: { attribute: false },
    branches: { attribute: false },
    comparison: { state: true },
    naming: { state: true },
    said: { state: true },
  };

  declare session: Session;
  declare state: SessionState;
  /** A download, upload or the like goes on. */
  declare occupied: boolean;
  /** Whether there can be other sessions. */
  declare branches: boolean;
  declare private comparison: ShownComparison | null;
  /** The checkpoint that gets a name; null for the present, which is to be kept. */
  declare private naming: Checkpoint | null;
  /** What became of a join; empty for nothing. */
  declare private said: string;

  constructor() {
    super();
    this.occupied = false;
    this.branches = false;
    this.comparison = null;
    this.naming = null;
    this.said = '';
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // It says what differs from the present, which is another one after a run.
    const before = changed.get('state');
    const moved = before && presentOf(before.checkpoints)?.id !== presentOf(this.state.checkpoints)?.id;
    if (before && before.runs !== this.state.runs) this.said = '';
    const withNow = this.comparison?.other === null && !this.comparison.joining;
    if (withNow && (moved || (before && before.runs !== this.state.runs))) this.comparison = null;
  }

  override focus(): void {
    this.#panel.focus();
  }

  protected override async getUpdateComplete(): Promise<boolean> {
    const complete = await super.getUpdateComplete();
    await this.#panel.updateComplete;
    return complete;
  }

  override render() {
    const words = strings.history;
    const { state, naming } = this;
    return html`
      <dormouse-history
        .list=${state.checkpoints}
        .history=${state.history}
        .forgotten=${hasForgotten(state)}
        .possible=${this.#possible}
        .branches=${this.branches}
        .comparison=${this.comparison}
        .said=${this.said}
        @close=${() => this.dispatchEvent(new Event('close'))}
        @keep=${() => this.#ask(null)}
        @compare-with=${({ detail }: CustomEvent<number | null>) => this.#try(() => this.#compareWith(detail))}
        @join=${({ detail }: CustomEvent<JoinChoice>) => this.#join(detail)}
        @act=${({ detail }: CustomEvent<MomentAct>) => this.#try(() => this.#act(detail))}
      ></dormouse-history>
      <dormouse-name-dialog
        .heading=${naming === null ? words.keepTitle : words.nameTitle(formatTime(naming.time))}
        .hint=${words.nameHint}
        .optional=${naming?.name != null}
        @confirm=${({ detail }: CustomEvent<string>) => this.#try(() => this.#name(detail.trim()))}
      ></dormouse-name-dialog>
      <dormouse-question></dormouse-question>
    `;
  }

  get #possible(): true | string {
    const { phase } = this.state;
    if (phase === 'idle' && !this.occupied) return true;
    return phase === 'running' || phase === 'stopping' ? strings.actions.notWhileRunning : strings.actions.notYet;
  }

  async #act({ action, moment: { checkpoint }, place }: MomentAct): Promise<void> {
    switch (action) {
      case 'go-back':
      case 'branch':
        this.dispatchEvent(new CustomEvent(action, { detail: checkpoint }));
        return;
      case 'compare':
        await this.#compare(checkpoint);
        return;
      case 'name':
        await this.#ask(checkpoint);
        return;
      case 'remove':
        await this.#remove(checkpoint, place);
        return;
      default:
        action satisfies never;
    }
  }

  /** With another checkpoint, or (null) with now. */
  async #compareWith(other: number | null): Promise<void> {
    const find = (wanted: number | null | undefined) => this.state.checkpoints?.checkpoints.find(({ id }) => id === wanted) ?? null;
    const checkpoint = find(this.comparison?.checkpoint);
    if (checkpoint) await this.#compare(checkpoint, find(other));
  }

  async #compare(checkpoint: Checkpoint, other: Checkpoint | null = null): Promise<void> {
    this.comparison = { checkpoint: checkpoint.id, other: other?.id ?? null, result: null, joining: false, problem: null };
    const wanted = this.comparison;
    const { session } = this;
    try {
      // Two of the past may be of the same minute.
      const nameOf = ({ time, run }: Checkpoint) =>
        other === null || run === null ? formatTime(time) : `${formatTime(time)} (${strings.history.run(run)})`;
      const side = (of: Checkpoint | null) => new MomentSide(session, of?.id ?? null, of === null ? '' : nameOf(of));
      const [before, after] = other !== null && other.time < checkpoint.time ? [other, checkpoint] : [checkpoint, other];
      const result = await SessionComparison.open(side(before), side(after), session.createReader);
      if (this.comparison === wanted) this.comparison = { ...wanted, result };
    } catch (error) {
      if (this.comparison === wanted) this.comparison = null;
      throw error;
    }
  }

  /** The comparison goes with the moment that comes of it: the present is another one then. */
  async #join(choice: JoinChoice): Promise<void> {
    const { comparison } = this;
    if (!comparison?.result) return;
    const { result } = comparison;
    const wanted = { ...comparison, joining: true, problem: null };
    this.comparison = wanted;
    try {
      const joined = compareWords.moment.joined(result.before.name);
      const open = await result.join(joined, choice);
      this.comparison = null;
      this.said = compareWords.done(joined, open.map(formatPath));
      await this.updateComplete;
      this.focus();
    } catch (error) {
      this.comparison = { ...wanted, joining: false, problem: sentence(error) };
    }
  }

  async #ask(checkpoint: Checkpoint | null): Promise<void> {
    this.naming = checkpoint;
    await this.updateComplete;
    const dialog = this.#part<NameDialog>('dormouse-name-dialog');
    await dialog.updateComplete;
    dialog.show(checkpoint === null ? strings.history.keepName(formatTime(Date.now())) : (checkpoint.name ?? ''));
  }

  async #name(name: string): Promise<void> {
    if (this.naming === null) await this.session.checkpoints.keep(name);
    else await this.session.checkpoints.name(this.naming.id, name === '' ? null : name);
  }

  async #remove({ id, name }: Checkpoint, place: number): Promise<void> {
    const { removeTitle, removeText, remove, cancel } = strings.history;
    const question = { title: removeTitle(name ?? ''), text: removeText, confirm: remove, cancel };
    if (name !== null && !(await this.#part<QuestionDialog>('dormouse-question').ask(question))) return;
    await this.session.checkpoints.drop(id);
    await this.#panel.focusBeside(id, place);
  }

  async #try(act: () => Promise<void>): Promise<void> {
    try {
      await act();
    } catch (error) {
      this.dispatchEvent(new CustomEvent('problem', { detail: error }));
    }
  }

  get #panel(): HistoryPanel {
    return this.#part('dormouse-history');
  }

  #part<T extends HTMLElement>(name: string): T {
    return this.renderRoot.querySelector<T>(name) as T;
  }

  static override styles = css`
    :host {
      display: grid;
      min-block-size: 0;
    }

    dormouse-history {
      min-block-size: 0;
    }
  `;
}

customElements.define('dormouse-history-pane', HistoryPane);
