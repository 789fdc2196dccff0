/** The Python that a session has: starts it, replaces it, ends it, and holds back what is to run as soon as it is ready. */
import { DormouseError } from '../base/errors';
import type { RuntimeBuild } from '../protocol/machine';
import type { CreateSandbox } from '../protocol/sandbox';
import type { KeeperClient } from './keeper-client';
import type { SessionNetwork } from './network';
import type { PackageBaselines } from './package-baselines';
import type { SessionPackages } from './packages';
import type { Python } from './python';
import { RunEnded } from './run-ended';
import type { RunOptions } from './runs';
import { type Ready, startPython } from './start-python';
import type { OutputPiece, SessionState } from './state';

/** What the session lends. */
export interface InterpreterHost {
  readonly state: SessionState;
  readonly keeper: KeeperClient;
  readonly packages: SessionPackages;
  readonly network: SessionNetwork;
  change(part: Partial<SessionState>): void;
  /** Runs code now. */
  runNow(code: string, options: RunOptions): Promise<void>;
  onReady(): void;
  onOutput(pieces: OutputPiece[]): void;
  /** Memory is not what was captured last any more. */
  onChanged(): void;
  /** Without a Python the session is at its end. */
  onFailed(error: unknown): void;
}

export interface InterpreterOptions {
  createSandbox: CreateSandbox;
  packageBaselines: PackageBaselines;
}

/** Code that was given while Python was starting. */
interface Queued {
  code: string;
  options: RunOptions;
  resolve(): void;
  reject(error: Error): void;
}

export class SessionInterpreter {
  readonly #options: InterpreterOptions;
  readonly #host: InterpreterHost;
  #python: Python | null = null;
  #runtime: RuntimeBuild | null = null;
  #queued: Queued | null = null;
  /** Nothing has run in Python yet, and it began with nothing of the session's: it may begin with something else. */
  #untouched = false;
  /** Grows with every start, so that what an older one still says is not taken for the present one's. */
  #starts = 0;

  constructor(options: InterpreterOptions, host: InterpreterHost) {
    this.#options = options;
    this.#host = host;
  }

  /** The one that there is, ready or not. */
  get python(): Python | null {
    return this.#python;
  }

  /** What the Python runs on that was ready last. */
  get runtime(): RuntimeBuild | null {
    return this.#runtime;
  }

  /** Runs code in a Python that is ready. */
  run(code: string, options: RunOptions): Promise<void> {
    if (!this.#untouched || this.#host.state.changed) return this.#host.runNow(code, options);
    this.#untouched = false;
    return this.#beginFor(code, options);
  }

  /** Runs code as soon as Python is ready, in the place of what waited before. */
  runWhenReady(code: string, options: RunOptions): Promise<void> {
    this.#queued?.reject(new DormouseError('busy', 'Replaced by a newer run.'));
    return new Promise((resolve, reject) => {
      this.#queued = { code, options, resolve, reject };
    });
  }

  /** What waits is no longer wanted. */
  dropQueued(): void {
    this.#queued?.resolve();
    this.#queued = null;
  }

  /**
   * Starts Python, going on from the newest checkpoint unless told otherwise.
   * @param happened what ended the Python before, as `beginning` wants it
   * @param baseline with which it begins anew; null: that of the build
   */
  async start(happened: string | null, { resume = true, baseline = null as string | null } = {}): Promise<void> {
    const host = this.#host;
    const start = ++this.#starts;
    this.#untouched = false;
    host.change({ phase: 'starting', progress: null, resumed: null, changed: false, notice: null, awaitsInput: false });
    await startPython({
      createSandbox: this.#options.createSandbox,
      packages: host.packages,
      network: host.network,
      keeper: host.keeper,
      happened,
      resume,
      baseline,
      wanted: () => this.#starts === start,
      onProgress: (loaded, total) => host.state.phase === 'starting' && host.change({ progress: { loaded, total } }),
      onFailure: (error) => this.#workerFailed(error),
      onStarted: (python) => {
        this.#python = python;
        host.change({ isolated: python.isolated });
      },
      onReady: (ready) => {
        this.#untouched = ready.untouched && baseline === null;
        this.#ready(ready);
      },
      onOutput: (pieces) => host.onOutput(pieces),
      onInput: () => host.change({ awaitsInput: true }),
      onChanged: () => host.onChanged(),
      onDead: (error, reason) => this.#died(error, reason),
    });
  }

  /** A start that goes on is no longer wanted. */
  abandonStart(): void {
    this.#starts += 1;
  }

  /** A new sandbox on the same disk; `happened` null: it is wanted without the memory of before, on a certain baseline perhaps. */
  async restart(happened: string | null, baseline: string | null = null): Promise<void> {
    try {
      await this.#host.keeper.call('fence', null);
      this.remove(new DormouseError('closed', happened ?? 'Python was restarted.'));
      await this.start(happened, { resume: happened !== null, baseline });
    } catch (error) {
      this.#host.onFailed(error);
    }
  }

  /** Takes the interpreter away, with what it has written kept. A run that goes on ends with it and starts the next one. */
  async replace(end: RunEnded): Promise<void> {
    const python = this.#python;
    const { phase } = this.#host.state;
    if (phase !== 'running' && phase !== 'stopping') {
      await this.restart(end.message);
      return;
    }
    try {
      await this.#host.keeper.call('fence', null);
      python?.end(end);
    } catch (error) {
      this.#host.onFailed(error);
    }
  }

  /** Takes the interpreter away; what waits to be run waits for the next one. */
  remove(reason: Error): void {
    this.#python?.end(reason);
    this.#python = null;
  }

  /** Takes the interpreter away for good, also one that is starting; what waits to be run is not run. */
  end(reason: Error): void {
    this.abandonStart();
    this.remove(reason);
    this.#queued?.reject(reason);
    this.#queued = null;
  }

  /** The first code that an untouched Python gets: where it imports a large package that is in a baseline already, Python begins anew with that. */
  async #beginFor(code: string, options: RunOptions): Promise<void> {
    const host = this.#host;
    const python = this.#python as Python;
    const { packageBaselines } = this.#options;
    const started = this.runWhenReady(code, options);
    host.change({ phase: 'starting' });
    let baseline: string | null = null;
    try {
      const names = (await packageBaselines.mayHelp(code)) ? await python.look('importedPackages', { code }) : [];
      const { document } = options;
      // What the rest of the document imports will be needed in a moment.
      if (names.length > 0 && document !== undefined) names.push(...(await python.look('importedPackages', { code: document })));
      baseline = await packageBaselines.choose(names, host.packages.list());
    } catch (error) {
      // It only takes longer then.
      console.warn('What Python could begin with was not found.', error);
    }
    if (python === this.#python && host.state.phase === 'starting') {
      if (baseline !== null) await this.restart(null, baseline);
      else {
        host.change({ phase: 'idle' });
        this.#runQueued();
      }
    }
    return started;
  }

  #ready({ runtime, resumed, notice }: Ready): void {
    this.#runtime = runtime;
    this.#host.change({ phase: 'idle', progress: null, resumed, notice });
    this.#host.onReady();
    this.#runQueued();
  }

  #runQueued(): void {
    const queued = this.#queued;
    this.#queued = null;
    if (queued) this.run(queued.code, queued.options).then(queued.resolve, queued.reject);
  }

  /** The interpreter ended by itself. While a run goes on, its own call rejects and the run does the rest. */
  #died(error: Error, reason: 'exited' | 'crashed'): void {
    const { phase } = this.#host.state;
    if (phase === 'running' || phase === 'stopping') return;
    if (phase === 'starting')
      this.#host.onFailed(new DormouseError('closed', `Python could not be started: ${error.message}`, { cause: error }));
    else void this.restart(`Python ${reason === 'exited' ? 'ended itself' : 'crashed'} and was restarted (${error.message})`);
  }

  /** A worker of the sandbox failed as a whole (its memory was taken, its program did not start). */
  #workerFailed(error: Error): void {
    if (this.#host.state.phase === 'starting') this.#host.onFailed(error);
    else void this.replace(new RunEnded('crashed', `Python was restarted (${error.message})`));
  }
}
