/** After an undo or going back: what is said of it, and the way to where the session was before. */
import type { CheckpointList, SessionState } from '../session';
import { presentOf } from '../ui/moments';

export interface Said {
  text: string;
  /** The name of the way back; null when none is offered. */
  action: string | null;
}

export class WayBack {
  /** Null when there is nothing to say, such as after the next run. */
  said: Said | null = null;
  /** The checkpoint of the moment that was left; null until it is known. */
  checkpoint: number | null = null;
  #left: CheckpointList | null = null;

  /** Before the session goes: notes where it is. */
  leave({ checkpoints }: SessionState): void {
    this.dismiss();
    this.#left = checkpoints;
  }

  arrive(said: Said, state: SessionState): void {
    this.said = said;
    this.follow(state);
  }

  /** To be told of every change. */
  follow({ phase, checkpoints }: SessionState): void {
    if (this.said === null) return;
    if (phase !== 'idle' && phase !== 'starting') this.dismiss();
    // The list is read anew once Python is ready.
    else if (this.checkpoint === null && checkpoints !== null && checkpoints !== this.#left)
      this.checkpoint = keptBetween(this.#left, checkpoints);
  }

  dismiss(): void {
    this.said = null;
    this.checkpoint = null;
  }
}

/** What was made of the moment that was left: a checkpoint of its own, unless it was one already. */
function keptBetween(before: CheckpointList | null, after: CheckpointList): number | null {
  const known = new Set(before?.checkpoints.map(({ id }) => id));
  const made = after.checkpoints.findLast(({ id, origin }) => !known.has(id) && (origin === 'before-undo' || origin === 'before-restore'));
  const present = presentOf(before)?.id;
  return (made ?? after.checkpoints.find(({ id }) => id === present))?.id ?? null;
}
