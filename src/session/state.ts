/** What a session shows of itself: an immutable value, replaced whole at each change. */

import type { DisplayMessage } from '../protocol/display';
import type { Loss } from '../protocol/image';
import type { CheckpointList, CheckpointReport, Copies, RunRecord, StateReport, Undoable } from '../protocol/keeper';
import type { DatabaseReport } from '../protocol/looks';
import { NO_PACKAGES, type PackagesState } from './packages';

/**
 * - `opening`: the keeper reads the session's store
 * - `waiting`: another tab has the session; it opens here by itself when that one closes, or by `takeOver()`
 * - `looking`: another tab has the session; here its files and code can be seen (`look()`), nothing runs and nothing is kept
 * - `starting`: Python boots in a new sandbox (the editor works, Run queues)
 * - `idle`, `running`, `stopping`: as they say
 * - `yielded`: the session went on in another tab; `takeBack()` asks for it
 * - `closed`: a worker died or the store failed to open: `error` says why; `reopen()` starts again
 */
export type SessionPhase = 'opening' | 'waiting' | 'looking' | 'starting' | 'idle' | 'running' | 'stopping' | 'yielded' | 'closed';

/**
 * The promise. `saved` is only said after the keeper had everything on stable storage; `checkpoint` says what of the interpreter's
 * memory that is, null when nothing was captured yet or none of it could be.
 * - `none`: a session in which nothing was ever run
 * - `memory`: this window keeps nothing (private browsing)
 * - `elsewhere`: another tab has the session, and keeps it
 */
export type SavedState =
  | { kind: 'none' }
  | { kind: 'saving' }
  | { kind: 'saved'; at: number; problem: string | null; checkpoint: CheckpointReport | null }
  | { kind: 'unsaved'; reason: string }
  | { kind: 'memory' }
  | { kind: 'elsewhere' };

export interface Resumed {
  /** From the start of the sandbox until Python was ready, ms. */
  milliseconds: number;
  /** Files that are no longer open as they were, by variable. */
  lost: readonly Loss[];
  /** Of what is back: variables, and files of the disk. Null where that is not known. */
  counts: { variables: number; files: number } | null;
}

export interface SessionState {
  readonly phase: SessionPhase;
  readonly saved: SavedState;
  /** The editor's text as last kept; null in a session that never had any. Only read it when a session opens or is replaced. */
  readonly code: string | null;
  /**
   * What was kept of the notebook beside its text (`readNotes` of src/notebook); null when nothing was. Only read it when a session opens
   * or is replaced.
   */
  readonly notebook: string | null;
  readonly runs: number;
  readonly history: readonly RunRecord[];
  /** What one can go back to; null before that is known. */
  readonly checkpoints: CheckpointList | null;
  /** What became of the memory of an earlier visit, or of the Python before a Stop; null when there was none to bring back. */
  readonly resumed: Resumed | null;
  /** Something that a run left behind (a task, a timer) has gone on since variables were kept last; it is kept in a moment. */
  readonly changed: boolean;
  /** Whether the last upload or clear can be brought back. */
  readonly undoable: Undoable;
  /** Python waits for a line: answer with `answer()`. */
  readonly awaitsInput: boolean;
  /** Whether Python can wait (Stop interrupts, input() asks); null until the sandbox runs. */
  readonly isolated: boolean | null;
  /** What is being loaded while `starting`, for a progress bar; bytes. */
  readonly progress: { loaded: number; total: number } | null;
  /** A sentence about something that happened by itself (restarted, damage found); null when there is none. */
  readonly notice: string | null;
  readonly error: Error | null;
  /** The store of this open session failed: nothing more is kept before `reopen()`. Null while it does not. */
  readonly storeFailure: Error | null;
  /**
   * How far a take-over is, while `waiting`: the other tab was asked; it has a run that would be stopped (ask the person, then
   * `takeOver({ stopRun: true })`); it did not answer, which leaves a copy or a look. Null when nobody asked.
   */
  readonly takeOver: 'asking' | 'running' | 'unanswered' | null;
  readonly packages: PackagesState;
  /** Hosts that Python may reach, by name. */
  readonly hosts: readonly string[];
  /** When copies of it left the browser. */
  readonly copies: Copies;
}

/** Before anything is known. */
export const INITIAL: SessionState = {
  phase: 'opening',
  saved: { kind: 'none' },
  code: null,
  notebook: null,
  runs: 0,
  history: [],
  checkpoints: null,
  resumed: null,
  changed: false,
  undoable: null,
  awaitsInput: false,
  isolated: null,
  progress: null,
  notice: null,
  error: null,
  storeFailure: null,
  takeOver: null,
  packages: NO_PACKAGES,
  hosts: [],
  copies: { made: null, reminded: null },
};

/** Phases in which this tab has the session. */
export const OWNING: readonly SessionPhase[] = ['starting', 'idle', 'running', 'stopping'];

/**
 * One piece of what a run wrote, with its text as a terminal would show it. `notice` is a sentence of Dormouse's own, `echo` a line that
 * the user typed for input().
 */
export type OutputPiece =
  | { readonly kind: 'stdout' | 'stderr' | 'notice' | 'echo'; readonly text: string }
  | (DisplayMessage & { readonly text: string });

/** Everything that Check state shows. */
export interface SessionReport extends StateReport {
  /** Null while Python is busy: only the interpreter opens a live database. */
  databases: DatabaseReport[] | null;
  /** As the browser estimates it for the whole origin, bytes; null where it does not say. */
  storage: { used: number; left: number } | null;
  /** Whether the browser promised to keep the storage; null where it does not say. */
  persisted: boolean | null;
}
