/**
 * A sandbox that starts before anybody asks for it: it loads, compiles and fills its memory as far as it can without a session's disk, and
 * waits for that.
 */
import assets from 'virtual:dormouse-assets';
import type { BaselineStore, CreateSandbox, SandboxOptions } from '../protocol/sandbox';
import { type AnsweringSandbox, createSandbox } from './sandbox';

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

  /** Gives the one that waits, else, or when that has failed, a new one. */
  readonly create: CreateSandbox = async (options) => {
    const waiting = this.#waiting;
    this.#waiting = null;
    return (await waiting?.handOver(options)) ?? createSandbox(this.#baselines, options);
  };
}

/** One sandbox, until somebody has it. */
class Waiting {
  readonly #sandbox: Promise<AnsweringSandbox>;
  /** It has started and waits for its disk. */
  #started: AnsweringSandbox | null = null;
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
        else
          this.#sandbox.then(
            (sandbox) => sandbox.remove(),
            () => undefined,
          );
      },
      onProgress: (loaded, total) => {
        this.#progress = [loaded, total];
        this.#listener?.onProgress(loaded, total);
      },
      packages: { respond: async (request) => (await desks).packages.respond(request) },
      network: { respond: async (request) => (await desks).network.respond(request) },
    });
    // Who asks for it is told.
    this.#sandbox.then((sandbox) => {
      this.#started = sandbox;
    }, fail);
  }

  /** It could not be started, or its worker failed. */
  get failed(): boolean {
    return this.#failed;
  }

  /** From here on it is told what happens to it. Null when it has failed, also where nobody has noticed yet: it may have ended with the process of another one. */
  async handOver(options: SandboxOptions): Promise<AnsweringSandbox | null> {
    const started = this.#started;
    if (this.#failed) return null;
    if (started && (!(await started.answers()) || this.#failed)) {
      started.remove();
      return null;
    }
    this.#listener = options;
    this.#lend(options);
    if (this.#progress) options.onProgress(...this.#progress);
    return this.#sandbox;
  }
}
