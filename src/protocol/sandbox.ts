/** A sandbox as the session sees it, and what the session hears of it. `src/sandbox/` makes them. */
import type { Baseline } from './catalogue';
import type { NetworkDesk } from './network';
import type { PackageDesk, Wheel } from './packages';

/** One frame with its workers, used for one interpreter and then removed. */
export interface Sandbox {
  /** To the machine: MachineRequest out, MachineEvent in. */
  readonly control: MessagePort;
  /** To the waker: WakerRequest out. */
  readonly waker: MessagePort;
  /** To be handed to the keeper. */
  readonly disk: MessagePort;
  readonly wakerDisk: MessagePort;
  /** Whether Python can wait here (cross-origin isolated). */
  readonly isolated: boolean;
  /** Python is about to run code of the session's: what it offers as a baseline from here on is not taken. */
  closeBaselines(): void;
  /** Takes the frame away. Chromium lets its worker go on for about 2 s: fence it at the keeper before. */
  remove(): void;
}

export interface SandboxOptions {
  /** A worker in it failed as a whole; nothing more will come from it. */
  onFailure(error: Error): void;
  /** Bytes of the runtime that were loaded, of all. */
  onProgress(loaded: number, total: number): void;
  /** Answers what the sandbox asks of packages. */
  packages: PackageDesk;
  /** Answers what it asks of the network. */
  network: NetworkDesk;
}

/** Where baseline images are kept for all sessions of this origin. */
export interface BaselineStore {
  /**
   * The one for a build, or a certain one, checked; null when there is none. That for a build is not waited for long, a certain one is: nothing else
   * will do for a memory that builds on it.
   * @throws Error when that cannot be told
   */
  find(which: { build: string } | { sha256: string }): Promise<Baseline | null>;
  keep(build: string, bytes: Blob): Promise<Baseline>;
}

/** Makes baselines in which a package of the catalogue is imported already. */
export interface BaselineMaker {
  /** What BaselineStore has one under. @param wheels the package, then all that it needs */
  nameOf(wheels: readonly Wheel[]): string;
  /**
   * Makes one and keeps it: seconds of a processor's time, in a sandbox of its own.
   * @throws Error a sentence
   */
  make(wheels: readonly Wheel[], packages: PackageDesk): Promise<void>;
}

/** Opens a sandbox; rejects with a sentence when it cannot be started. */
export type CreateSandbox = (options: SandboxOptions) => Promise<Sandbox>;
