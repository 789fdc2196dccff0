/** What a page asks of a session's checkpoints, and what the end of a run does: waits for the image, keeps it, and says how that went. */
import { messageOf, NoSpaceError } from '../base/errors';
import type { CaptureReport } from '../protocol/image';
import type { CheckpointList, CheckpointReport, KeeperCalls, Moment } from '../protocol/keeper';
import type { Volume } from '../volume/volume';
import type { CheckpointNote } from './checkpoint-note';
import { Checkpoints, checkCheckpointName, NO_ROOM_FOR_IMAGE } from './checkpoints';
import type { DiskChannel } from './disk-channel';
import type { History } from './history';
import { checkCapture, reportOf } from './memory-notes';
import type { SessionNeeds } from './session-needs';

/** The session that has the checkpoints. */
export interface CheckpointHost {
  readonly volume: Volume;
  /** Where the baselines are noted that the session needs; null where nothing outlives the page. */
  readonly baselines: SessionNeeds | null;
  readonly history: History;
  /** What the sandbox is heard through. */
  readonly channel: DiskChannel | null;
  /** Milliseconds since 1970. */
  now(): number;
  /** Why nothing can be written; null when it can. */
  refusal(): Error | null;
  /** Carries out a change of the store. @throws what stops it, and what `action` throws */
  write<Result>(action: () => Result | Promise<Result>): Promise<Result>;
}

/** `time`: default now. */
type Note = Pick<CheckpointNote, 'run' | 'origin' | 'name'> & Partial<Pick<CheckpointNote, 'time' | 'replaces'>>;

/** How long the end of a run waits for the image, ms: a large one takes Firefox seconds to hand over. */
const IMAGE_TIMEOUT = 20_000;

export class CheckpointCalls {
  readonly #host: CheckpointHost;
  readonly checkpoints: Checkpoints;

  constructor(host: CheckpointHost) {
    this.#host = host;
    this.checkpoints = new Checkpoints(host.volume);
  }

  list(): CheckpointList {
    const { retention } = this.checkpoints;
    const { undoTarget: undo } = this.checkpoints;
    return { checkpoints: this.checkpoints.list(this.#host.history), undo, stored: retention.stored, budget: retention.budget };
  }

  async rename({ checkpoint, name }: KeeperCalls['nameCheckpoint']['argument']): Promise<CheckpointList> {
    await this.#host.write(() => {
      this.checkpoints.rename(checkpoint, name);
      this.#host.volume.flush();
    });
    return this.list();
  }

  async drop({ checkpoint }: KeeperCalls['dropCheckpoint']['argument']): Promise<CheckpointList> {
    await this.#host.write(() => {
      this.checkpoints.drop(checkpoint);
      this.#host.volume.flush();
    });
    return this.list();
  }

  async keepByHand({ name, capture, joined }: KeeperCalls['keepCheckpoint']['argument']): Promise<CheckpointList> {
    await this.keep({ run: null, origin: joined === true ? 'join' : 'hand', name: checkCheckpointName(name) }, capture);
    return this.list();
  }

  compare(argument: KeeperCalls['compare']['argument']): string[] {
    return this.checkpoints.compare(argument);
  }

  moment(argument: KeeperCalls['moment']['argument']): Moment {
    return this.checkpoints.moment(argument);
  }

  /** What a new sandbox goes on from. */
  async resume(wanted: boolean): Promise<ReturnType<Checkpoints['resume']>> {
    const without = (problem: string | null) => ({ image: null, report: { checkpoint: null, stale: false, problem, counts: null } });
    this.checkpoints.forgetSandbox();
    if (!wanted || !this.checkpoints.hasImage) return without(null);
    if (this.#host.refusal()) return without('Nothing can be kept, so Python begins anew; its variables stay where they are stored.');
    try {
      return await this.#host.write(() => this.checkpoints.resume(this.#host.history, this.#host.now()));
    } catch (error) {
      return without(`Python begins anew: ${messageOf(error)}`);
    }
  }

  async attached(argument: KeeperCalls['attached']['argument']): Promise<null> {
    if (this.checkpoints.isAwaited && !this.#host.refusal()) {
      await this.#host.write(() => this.checkpoints.attached(argument, this.#host.now()));
    }
    return null;
  }

  /** Sees to it that there is a checkpoint with the present files, for a run to be undone to. @throws NoSpaceError, StorageError */
  precedeRun(): void {
    if (!this.checkpoints.current) this.#make({ run: null, origin: 'before-run', name: null }, null);
  }

  /** Sees to it that there is a checkpoint with the present files, because the page changes them; its number. @throws as `precedeRun` */
  keepFiles(): number {
    if (!this.checkpoints.current) this.#make({ run: null, origin: 'files', name: null }, null);
    return this.#host.volume.parent as number;
  }

  /**
   * Waits for the image that a capture names, then keeps the present state with it, durably.
   * @param capture the sandbox's word
   * @param also writes the run's end and returns the line for it
   */
  async keep(note: Note, capture: unknown, also?: (time: number) => Uint8Array): Promise<CheckpointReport | null> {
    const { channel, history } = this.#host;
    const checked = checkCapture(capture);
    const number = checked?.image ?? null;
    const arrived = number !== null && (await channel?.hasImage(number, IMAGE_TIMEOUT));
    const noted = !arrived || (await this.#noteBaseline());
    await this.#openRoom();
    const { checkpoint, problem, line } = await this.#host.write(() => {
      let line: Uint8Array | null = null;
      if (!noted) channel?.takeImage(number ?? 0);
      const made = this.#make(note, checked, (time) => {
        line = also?.(time) ?? null;
      });
      this.#host.volume.flush();
      return { ...made, line };
    });
    if (line) history.enter(line);
    if (!checked) return null;
    const missing = number === null || arrived ? null : 'The variables could not be kept: they did not arrive.';
    const lost = missing ?? (noted ? problem : NO_ROOM_FOR_IMAGE);
    if (number !== null && lost !== null) channel?.loseImage(number);
    return reportOf({ ...checked, problem: checked.problem ?? lost }, checkpoint);
  }

  /**
   * Keeps the image that a capture names, with the disk as it is, in place of the present checkpoint if that is a run's; durably.
   * @returns null when nothing was kept: then everything is as it was
   */
  async keepChanges(capture: unknown): Promise<CheckpointReport | null> {
    const { channel, volume } = this.#host;
    const checked = checkCapture(capture);
    const number = checked?.image ?? null;
    if (!checked || number === null || !channel) return null;
    if (!(await channel.hasImage(number, IMAGE_TIMEOUT)) || !(await this.#noteBaseline())) {
      channel.takeImage(number);
      channel.loseImage(number);
      return null;
    }
    await this.#openRoom();
    const { checkpoint, problem } = await this.#host.write(() => {
      const replaced = this.checkpoints.renewable;
      // Should the power fail before the one in whose place it comes is gone, it is not shown beside it.
      const note = replaced
        ? { ...replaced.note, replaces: replaced.snapshot.id }
        : { run: null, origin: 'background' as const, name: null };
      const made = this.#make(note, checked);
      if (made.problem !== null) volume.dropSnapshot(made.checkpoint);
      else if (replaced) volume.dropSnapshot(replaced.snapshot.id);
      volume.flush();
      return made;
    });
    if (problem === null) return reportOf(checked, checkpoint);
    channel.loseImage(number);
    return null;
  }

  /** Has room opened for what waits to be kept, beside what is promised. */
  #openRoom(): Promise<void> {
    const { channel, volume } = this.#host;
    return volume.replenish((channel?.imageSize ?? 0) + (channel?.promised ?? 0));
  }

  /** Notes durably which baseline the waiting image needs; false when there is no room for that. */
  async #noteBaseline(): Promise<boolean> {
    const { channel, baselines } = this.#host;
    const baseline = channel?.wantedBaseline;
    if (!baseline || !baselines) return true;
    try {
      await this.#host.write(() => baselines.note([baseline], () => this.checkpoints.baselines));
      return true;
    } catch (error) {
      if (error instanceof NoSpaceError) return false;
      throw error;
    }
  }

  #make(note: Note, capture: CaptureReport | null, also?: (time: number) => void) {
    const { channel } = this.#host;
    const time = this.#host.now();
    const image = capture?.image ? (channel?.takeImage(capture.image) ?? null) : null;
    const notes = capture ?? { variables: [], lost: [] };
    const { run, origin, name, replaces } = note;
    return this.checkpoints.make(
      { run, origin, name, time: note.time ?? time, ...(replaces !== undefined && { replaces }) },
      { image, notes, promised: channel?.promised ?? 0 },
      () => also?.(time),
    );
  }
}
