/** The session's moments: undoing a run, going back, naming, keeping, comparing, and taking over as one step. */
import { DormouseError } from '../base/errors';
import type { CaptureReport } from '../protocol/image';
import type { KeeperCalls, Moment } from '../protocol/keeper';
import type { FilesHost, SessionFiles } from './files';
import type { KeeperClient } from './keeper-client';
import type { SessionState } from './state';

/** What the session lends. */
export interface CheckpointsHost {
  readonly state: SessionState;
  readonly keeper: KeeperClient;
  readonly files: SessionFiles;
  change(part: Pick<SessionState, 'checkpoints'>): void;
  /** @throws DormouseError `busy` unless nothing runs */
  requireIdle(): void;
  /** Replaces the session by what the keeper makes of a checkpoint. */
  restore(argument: KeeperCalls['restore']['argument']): Promise<void>;
  /** Memory as it is now; null without Python. */
  capture(): Promise<CaptureReport | null>;
  /** A capture was kept: what goes on from then on is noted anew. */
  noteChanges(): void;
  /** Keeps the editor's text. */
  keepDocument(): Promise<void>;
  /** What the page has changed of the files is kept. */
  onSettled: FilesHost['onSettled'];
}

export class SessionCheckpoints {
  readonly #host: CheckpointsHost;

  constructor(host: CheckpointsHost) {
    this.#host = host;
  }

  /** Brings variables, files and databases back to before the last run. The present is kept as another checkpoint. */
  async undoRun(): Promise<void> {
    this.#host.requireIdle();
    const target = this.#host.state.checkpoints?.undo ?? null;
    if (target === null) throw new DormouseError('busy', 'There is no run to undo, or what was before it is no longer kept.');
    await this.#host.restore({ checkpoint: target, reason: 'undo' });
  }

  /** Goes back to a checkpoint, with the code as it was then. The present is kept as another checkpoint. */
  async goBack(checkpoint: number): Promise<void> {
    this.#host.requireIdle();
    await this.#host.restore({ checkpoint, reason: 'restore' });
  }

  /** Names a checkpoint, which then is never removed by itself; null takes the name away. */
  async name(checkpoint: number, name: string | null): Promise<void> {
    this.#host.change({ checkpoints: await this.#host.keeper.call('nameCheckpoint', { checkpoint, name }) });
  }

  async drop(checkpoint: number): Promise<void> {
    this.#host.change({ checkpoints: await this.#host.keeper.call('dropCheckpoint', { checkpoint }) });
  }

  /** Keeps the present as a checkpoint. */
  async keep(name: string | null): Promise<void> {
    this.#host.requireIdle();
    await this.#keep({ name });
  }

  /** Paths of what two checkpoints do not have alike; `after` null is the present. */
  compare(before: number, after: number | null): Promise<string[]> {
    return this.#host.keeper.call('compare', { before, after });
  }

  /** What a checkpoint, or the present (null), is beside its files. */
  async moment(checkpoint: number | null): Promise<Moment> {
    await this.#host.keepDocument();
    return this.#host.keeper.call('moment', { checkpoint });
  }

  /**
   * Takes files and tables over as one step, after which there is one checkpoint; `undoRun` takes it back. What `act` has changed before it
   * fails is for `act` to bring back.
   * @param act gets the checkpoint before it
   */
  async join(name: string, act: (guard: number) => Promise<void>): Promise<void> {
    const host = this.#host;
    host.requireIdle();
    host.onSettled(await host.keeper.call('settleFiles', { sequence: null, keep: true }));
    await this.refresh();
    const guard = host.state.checkpoints?.checkpoints.find(({ present }) => present);
    if (!guard) throw new DormouseError('busy', 'What is there now could not be kept, so nothing was taken over.');
    await host.files.together(guard.id, () => act(guard.id));
    await this.#keep({ name, joined: true });
  }

  /** Asks the keeper what there is, for `state.checkpoints`. */
  async refresh(): Promise<void> {
    const { keeper } = this.#host;
    const checkpoints = await keeper.call('checkpoints', null);
    // It may have been opened anew meanwhile.
    if (keeper === this.#host.keeper) this.#host.change({ checkpoints });
  }

  async #keep(argument: Omit<KeeperCalls['keepCheckpoint']['argument'], 'capture'>): Promise<void> {
    const capture = await this.#host.capture();
    this.#host.change({ checkpoints: await this.#host.keeper.call('keepCheckpoint', { ...argument, capture }) });
    this.#host.noteChanges();
  }
}
