/**
 * A sandbox that starts before anybody asks for it: it loads, compiles and fills its memory as far as it can without a session's disk, and
 * waits for that.
 */
import assets from 'virtual:dormouse-assets';
import type { BaselineStore, CreateSandbox, Sandbox, SandboxOptions } from '../protocol/sandbox';
import { createSandbox } from './sandbox';

type Desks = Pick<SandboxOptions, 'packages' | 'network'>;

export class SandboxAhead {
  readonly #baselines: BaselineStore;
  #waiting: Waiting | null = null;

  /** Starts the first one at once. */
  constructor(baselines: BaselineStore) {
    this.#baselines = baselines;
    // It will be asked for when the worker is there.
    baselines.find({ build: assets.build }).catch(() => undefined);
    this.prepare();
  }

  /** Starts one, unless one is waiting already. */
  prepare(): void {
    if (!this.#waiting || this.#waiting.failed) this.#waiting = new Waiting(this.#baselines);
  }

  /** Gives the one that waits, else a new one. What happened to it before is told then; one that has failed is not given. */
  readonly create: CreateSandbox = (options) => {
    const waiting = this.#waiting;
    this.#waiting = null;
    return waiting && !waiting.failed ? waiting.handOver(options) : createSandbox(this.#baselines, options);
  };
}

/** One sandbox, until somebody has it. */
class Waiting {
  readonly #sandbox: Promise<Sandbox>;
  #listener: SandboxOptions | null = null;
  #failed = false;
  #progress: [loaded: number, total: number] | null = null;
  #lend: (desks: Desks) => void = () => undefined;

  constructor(baselines: BaselineStore) {
    const desks = new Promise<Desks>((resolve) => {
      this.#lend = resolve;
    });
    const fail = () => {
      this.#failed = true;
    };
    this.#sandbox = createSandbox(baselines, {
      onFailure: (error) => {
        fail();
        if (this.#listener) this.#listener.onFailure(error);
        else void this.#sandbox.then((sandbox) => sandbox.remove());
      },
      onProgress: (loaded, total) => {
        this.#progress = [loaded, total];
        this.#listener?.onProgress(loaded, total);
      },
      packages: { respond: async (request) => (await desks).packages.respond(request) },
      network: { respond: async (request) => (await desks).network.respond(request) },
    });
    // Who asks for it is told.
    this.#sandbox.catch(fail);
  }

  /** It could not be started, or its worker failed. */
  get failed(): boolean {
    return this.#failed;
  }

  handOver(options: SandboxOptions): Promise<Sandbox> {
    this.#listener = options;
    this.#lend(options);
    if (this.#progress) options.onProgress(...this.#progress);
    return this.#sandbox;
  }
}
