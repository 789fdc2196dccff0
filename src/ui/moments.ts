/** The kept moments of a session as a person reads them: checkpoints together with the runs that they follow. */
import type { Checkpoint, CheckpointList, RunRecord, SessionState } from '../session';

export interface Moment {
  checkpoint: Checkpoint;
  /** Null for one that no run made, and when the history no longer holds its run. */
  run: RunRecord | null;
}

/** Runs that were cut off: files may be as they left them, variables are as before them. */
const CUT_OFF: readonly RunRecord['status'][] = ['stopped', 'crashed', 'unfinished'];

/** Newest first. */
export function momentsOf(checkpoints: readonly Checkpoint[], history: readonly RunRecord[]): Moment[] {
  const runs = new Map(history.map((record) => [record.run, record]));
  return checkpoints
    .map((checkpoint) => {
      const run = checkpoint.run === null ? null : (runs.get(checkpoint.run) ?? null);
      // After an undo numbers are given again: a run that began later is another one.
      return { checkpoint, run: run !== null && run.started <= checkpoint.time ? run : null };
    })
    .reverse();
}

/** The checkpoint that the session continues; null when there is none or it is not known yet. */
export function presentOf(list: CheckpointList | null): Checkpoint | null {
  return list?.checkpoints.find(({ present }) => present) ?? null;
}

/** Whether a run can be undone: `nothing` was run yet, or what was before the run is `gone`. */
export type UndoState = 'possible' | 'nothing' | 'gone';

export function undoOf(list: CheckpointList | null): UndoState {
  const present = presentOf(list);
  if (list !== null && list.undo !== null) return 'possible';
  return present === null || present.run === null ? 'nothing' : 'gone';
}

/** Whether the newest run was cut off, so that the present may differ from the checkpoint that it continues. */
export function isCutOff(history: readonly RunRecord[]): boolean {
  const status = history.at(-1)?.status;
  return status !== undefined && CUT_OFF.includes(status);
}

/** Whether Python began anew and nothing was kept of it yet: what is kept of variables is then of one before it. */
export function hasForgotten({ resumed, saved }: Pick<SessionState, 'resumed' | 'saved'>): boolean {
  return resumed === null && !(saved.kind === 'saved' && saved.checkpoint !== null);
}
