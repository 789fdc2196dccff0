/** Copies of a session that leave the browser, as state files and capsules, and when the last one did. */
import type { CapsuleChoice, CapsuleMeasure, Copies, DownloadResult } from '../protocol/keeper';
import type { RuntimeBuild } from '../protocol/machine';
import type { KeeperClient } from './keeper-client';
import { OWNING, type SessionState } from './state';

/** What the session lends. */
export interface CopiesHost {
  readonly state: SessionState;
  readonly keeper: KeeperClient;
  /** Null before Python has said what it is. */
  readonly runtime: RuntimeBuild | null;
  change(part: Pick<SessionState, 'copies'>): void;
  /** Keeps the editor's text. */
  keepDocument(): Promise<void>;
}

export class SessionCopies {
  readonly #host: CopiesHost;

  constructor(host: CopiesHost) {
    this.#host = host;
  }

  /**
   * Notes that a whole copy was handed to the person, or that the reminder of one was sent away. Kept with the session where that is
   * possible: the copy is there either way.
   */
  async note(what: keyof Copies): Promise<void> {
    const { state, keeper } = this.#host;
    const copies = { ...state.copies, [what]: Date.now() };
    const owned = OWNING.includes(state.phase);
    this.#host.change({ copies: owned ? await keeper.call('noteCopy', { what }).catch(() => copies) : copies });
  }

  /** Makes a state file of what is kept; or says what stops it, and what to leave out so that it works. */
  async download(options: { leaveOut?: string[] } = {}): Promise<DownloadResult> {
    await this.#host.keepDocument();
    const { keeper, runtime } = this.#host;
    return keeper.call('download', { runtime, leaveOut: options.leaveOut ?? [] });
  }

  /** What each part of a capsule would take, before it is chosen. */
  async measureCapsule(): Promise<CapsuleMeasure> {
    await this.#host.keepDocument();
    return this.#host.keeper.call('measureCapsule', null);
  }

  /** Makes a capsule of the session as it is now; it goes on meanwhile. The signal ends it. */
  async downloadCapsule(
    choice: Omit<CapsuleChoice, 'runtime'>,
    options: { signal?: AbortSignal; onProgress?(done: number, total: number): void } = {},
  ): Promise<DownloadResult> {
    await this.#host.keepDocument();
    const { keeper, runtime } = this.#host;
    return keeper.callWithProgress('downloadCapsule', { ...choice, runtime }, options);
  }
}
