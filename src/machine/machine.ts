/** A running Python: takes requests from the page over its control port and says what happens. */
import { DormouseError, messageOf, unreachable } from '../base/errors';
import type { ActName } from '../protocol/acts';
import type { DiskImage, DiskReply, ImageLost } from '../protocol/disk';
import { encodeError } from '../protocol/error-codec';
import type { MachineEvent, MachineRequest, RunResult, RunStatus } from '../protocol/machine';
import { buildOf } from './build';
import { Capture } from './capture';
import { FileChanges } from './file-changes';
import type { ImageChain } from './image-chain';
import type { Interpreter } from './interpreter';
import { Journal } from './journal';
import { Output } from './output';
import type { PackageSource } from './packages/packages';
import type { ModuleFactory, PyodideLoader } from './runtime';
import { type BaselineSource, start } from './start';
import { Wake } from './wake';

export interface MachineOptions {
  /** To the page: MachineRequest in, MachineEvent out. */
  control: MessagePort;
  /** To the keeper: DiskImage and DiskReply in, DiskRequest out. */
  disk: MessagePort;
  /** Shared with the waker; null when the sandbox is not cross-origin isolated. */
  cells: SharedArrayBuffer | null;
  loadPyodide: PyodideLoader;
  createPyodideModule: ModuleFactory;
  settings: Record<string, unknown>;
  /** Reads a Blob synchronously. */
  readBlob: (blob: Blob) => Uint8Array;
  baselines: BaselineSource;
  packages: PackageSource;
  /** Pyodide's version. */
  version: string;
}

/** Acts whose change is in memory, not on the disk: it has to be captured. */
const CHANGES_MEMORY: readonly ActName[] = ['deleteVariable', 'restoreVariable'];

export class Machine {
  readonly #control: MessagePort;
  readonly #interpreter: Interpreter;
  readonly #output: Output;
  readonly #wake: Wake | null;
  readonly #journal: Journal;
  readonly #capture: Capture;
  readonly #files: FileChanges;
  #dead = false;
  /** The call of the run that goes on; 0 between runs. */
  #running = 0;
  /** The end of the run or capture that goes on: files are changed for the page when it has come. */
  #occupied: Promise<unknown> | null = null;
  /** Python has gone on, outside of every run, since its memory was read last; and the page has been told. */
  #changed = false;
  #told = false;

  /** Starts Python on the disk that arrives at the disk port, says `booted`, then serves requests. */
  static async start(options: MachineOptions): Promise<Machine> {
    const { control, disk } = options;
    const wake = options.cells ? new Wake(options.cells) : null;
    const send = (event: MachineEvent) => control.postMessage(event);
    const output = new Output(send, wake);
    let machine: Machine | undefined;
    let journal: Journal | undefined;
    let chain: ImageChain | undefined;
    const image = new Promise<DiskImage>((resolve) => {
      disk.onmessage = ({ data }: MessageEvent<DiskImage | DiskReply | ImageLost>) => {
        if (data.type === 'disk') resolve(data);
        else if (data.type === 'image-lost') chain?.begin();
        else journal?.receive(data);
      };
    });
    const started = await start({
      ...options,
      build: buildOf(options.version),
      disk: image,
      journal: (arrived) => {
        journal = new Journal(disk, wake, arrived.credit);
        return journal;
      },
      wake,
      output,
      askForLine: () => send({ type: 'input' }),
      onFatalError: (error) => {
        if (machine) machine.#die(error);
      },
    });
    const { interpreter, report } = started;
    chain = started.chain;
    const capture = new Capture(interpreter, chain, started.journal, disk, () => {
      if (machine) machine.#read();
    });
    machine = new Machine(control, interpreter, output, wake, started.journal, capture, options.readBlob);
    const serving = machine;
    control.onmessage = ({ data }: MessageEvent<MachineRequest>) => serving.#receive(data);
    send({ type: 'booted', runtime: { pyodide: options.version, python: interpreter.python }, resume: report });
    return serving;
  }

  private constructor(
    control: MessagePort,
    interpreter: Interpreter,
    output: Output,
    wake: Wake | null,
    journal: Journal,
    capture: Capture,
    readBlob: MachineOptions['readBlob'],
  ) {
    this.#control = control;
    this.#interpreter = interpreter;
    this.#output = output;
    this.#wake = wake;
    this.#journal = journal;
    this.#capture = capture;
    const { disk, module } = interpreter.runtime;
    if (!disk) throw new Error('A machine needs a disk.');
    this.#files = new FileChanges({
      fs: module.FS,
      disk,
      journal,
      readBlob,
      quiet: async () => {
        while (this.#occupied) await this.#occupied;
      },
      onProgress: (call, done) => this.#send({ type: 'progress', call, done }),
    });
    this.#files.tidy();
    journal.send();
    interpreter.runtime.onCalled = () => this.#called();
  }

  #send(event: MachineEvent): void {
    this.#control.postMessage(event);
  }

  #receive(request: MachineRequest): void {
    switch (request.type) {
      case 'run':
        this.#answer(request.call, () => this.#occupy(this.#run(request.call, request.code, request.filename)));
        return;
      case 'look':
        this.#answer(request.call, () => {
          if (this.#running !== 0) throw new DormouseError('busy', 'Python is running.');
          const found = this.#interpreter.look(request.look, request.argument);
          // To look into a database may mean to roll it back.
          this.#journal.send();
          return found;
        });
        return;
      case 'install':
        this.#answer(request.call, () => this.#interpreter.install(request.requirements));
        return;
      case 'uninstall':
        this.#answer(request.call, () => this.#interpreter.uninstall(request.names));
        return;
      case 'capture':
        this.#answer(request.call, () => this.#occupy(this.#capture.take(() => this.#running === 0)));
        return;
      case 'act':
        this.#answer(request.call, () => {
          const result = this.#interpreter.act(request.act, request.argument);
          if (CHANGES_MEMORY.includes(request.act)) this.#called();
          this.#journal.send();
          return { result, sequence: this.#journal.sequence };
        });
        return;
      case 'changeFile':
        this.#answer(request.call, () => this.#files.change(request.call, request.change));
        return;
      case 'cancelChange':
        this.#files.cancel(request.change);
        return;
      case 'interrupt':
        if (request.run === this.#running) this.#cancel(request.run);
        return;
      default:
        unreachable(request);
    }
  }

  /** Python has gone on, outside of a run or in one. What a run waits for, or begins, is part of it; a capture tells when it has ended. */
  #called(): void {
    if (this.#running !== 0) return;
    this.#changed = true;
    if (!this.#occupied) this.#tellChanged();
  }

  #tellChanged(): void {
    if (!this.#changed || this.#told || this.#dead) return;
    this.#told = true;
    this.#send({ type: 'changed' });
  }

  /** Memory was read. */
  #read(): void {
    this.#changed = false;
    this.#told = false;
  }

  /** Keeps changes of files waiting until `work` has ended. */
  #occupy<Result>(work: Promise<Result>): Promise<Result> {
    const end: Promise<unknown> = work
      .catch(() => undefined)
      .then(() => {
        if (this.#occupied !== end) return;
        this.#occupied = null;
        this.#tellChanged();
      });
    this.#occupied = end;
    return work;
  }

  async #answer(call: number, work: () => unknown): Promise<void> {
    try {
      this.#send({ type: 'answer', call, result: await work() });
    } catch (error) {
      // After a fatal error the page has been told already, and why.
      if (!this.#dead) this.#send({ type: 'refusal', call, error: encodeError(error) });
    }
  }

  async #run(call: number, code: string, filename: string): Promise<RunResult> {
    this.#running = call;
    this.#output.begin();
    const listen = (listening: boolean) => this.#wake?.listenFor(listening ? call : 0);
    await this.#interpreter.refreshPackages();
    const ended = await this.#interpreter.runner.run(code, filename, listen).finally(() => {
      this.#running = 0;
      listen(false);
    });
    this.#output.end();
    this.#journal.send();
    const [status, exitCode] = JSON.parse(ended) as [RunStatus, number | null];
    return { status, exitCode, sequence: this.#journal.sequence };
  }

  /** Ends what the run awaits. This is reached only while Python is not computing. */
  #cancel(run: number): void {
    const wake = this.#wake;
    const listening = wake?.listening ?? 0;
    // A signal would hit this very call, or what the cancelled run does to end.
    wake?.listenFor(0);
    if (this.#interpreter.runner.interrupt()) this.#send({ type: 'interrupting', run });
    else wake?.listenFor(listening);
  }

  #die(error: Error): void {
    this.#dead = true;
    this.#output.end();
    const reason = error.name === 'Exit' ? 'exited' : 'crashed';
    this.#send({ type: 'dead', reason, message: messageOf(error) });
  }
}
