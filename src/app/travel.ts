/** Undo and going back, with what is said of them and the way to where the session was before. */
import type { Checkpoint, Session } from '../session';
import { formatTime } from '../ui/format';
import { presentOf } from '../ui/moments';
import { strings } from '../ui/strings';
import type { Occupation } from './activity';
import { type Said, WayBack } from './way-back';

/** The page, as far as it is needed here. */
export interface Desk {
  readonly session: Session;
  /** The editor's text. */
  readonly code: string;
  /** Keeps the other actions waiting; false when it did not work, which the page has said. */
  occupy(occupation: Occupation, act: () => Promise<void>): Promise<boolean>;
  /** The session is at another moment; `code`: the editor goes there too. */
  arrived(said: string, code: boolean): void;
}

export class Travel {
  readonly #desk: Desk;
  readonly wayBack = new WayBack();

  constructor(desk: Desk) {
    this.#desk = desk;
  }

  async undoRun(): Promise<void> {
    const { session } = this.#desk;
    const { undone, undoneLast, joinUndone, redo } = strings.wayBack;
    const { run = null, origin } = presentOf(session.state.checkpoints) ?? {};
    const text = run !== null ? undone(run) : origin === 'join' ? joinUndone : undoneLast;
    await this.#go('undoing', () => session.checkpoints.undoRun(), { text, action: redo }, false);
  }

  async goBack({ id, time, image }: Checkpoint): Promise<void> {
    const { wentBack, wentBackFiles, goForward } = strings.wayBack;
    const text = (image ? wentBack : wentBackFiles)(formatTime(time));
    await this.#go('goingBack', () => this.#desk.session.checkpoints.goBack(id), { text, action: goForward }, true);
  }

  /** A clean interpreter on the same files. */
  async restart(): Promise<void> {
    const { session, code } = this.#desk;
    const { restarted, undoRestart } = strings.wayBack;
    const done = await this.#desk.occupy('restarting', async () => {
      await session.checkpoints.keep(null);
      this.wayBack.leave(session.state);
      await session.restart();
    });
    if (!done) return;
    session.dismissNotice();
    if (session.state.code !== code) session.saveCode(code);
    this.wayBack.arrive({ text: restarted, action: undoRestart }, session.state);
    this.#desk.arrived(restarted, false);
  }

  /** To where the session was before the undo, or before it went back. */
  async goForward(): Promise<void> {
    const { session } = this.#desk;
    const { said, checkpoint } = this.wayBack;
    if (said === null || checkpoint === null) return;
    const { goForward, redo, redone, restartUndone } = strings.wayBack;
    const target = session.state.checkpoints?.checkpoints.find(({ id }) => id === checkpoint);
    if (said.action === goForward && target) await this.goBack(target);
    else {
      const text = said.action === redo ? redone : restartUndone;
      await this.#go('goingBack', () => session.checkpoints.goBack(checkpoint), { text, action: null }, false);
    }
  }

  /** After a run that was cut off: its files go back to before it, as its variables have. */
  async takeFilesBack(): Promise<void> {
    const { session } = this.#desk;
    const { filesBack, goForward } = strings.wayBack;
    const present = presentOf(session.state.checkpoints);
    if (present) await this.#go('goingBack', () => session.checkpoints.goBack(present.id), { text: filesBack, action: goForward }, false);
  }

  /** @param code whether the editor goes along */
  async #go(occupation: Occupation, go: () => Promise<void>, said: Said, code: boolean): Promise<void> {
    const { session, code: written } = this.#desk;
    this.wayBack.leave(session.state);
    if (!(await this.#desk.occupy(occupation, go))) return;
    session.dismissNotice();
    if (!code && session.state.code !== written) session.saveCode(written);
    this.wayBack.arrive(said, session.state);
    this.#desk.arrived(said.text, code);
  }
}
