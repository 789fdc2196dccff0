/** One interpreter in one sandbox, from its start to its end. What it says is hostile: it is shown, counted and bounded. */
import { ClosedError, messageOf } from '../base/errors';
import { terminalText } from '../base/mime-bundle';
import type { ActName, Acts } from '../protocol/acts';
import { type DisplayMessage, readDisplay } from '../protocol/display';
import type { FileChange } from '../protocol/file-change';
import type { CaptureReport, ResumeReport } from '../protocol/image';
import type { LookName, Looks } from '../protocol/looks';
import type { MachineEvent, MachineRequest, RuntimeBuild, WakerRequest } from '../protocol/machine';
import type { Sandbox } from '../protocol/sandbox';
import { MAX_LINE } from '../protocol/wake-cells';
import { ACT_RESULTS } from './acts';
import { Calls } from './calls';
import { LOOK_RESULTS } from './looks';
import { captureReport, field, fileChanged, list, resumeReport, runResult, runtimeBuild, shortText, text, whole } from './received';
import type { OutputPiece } from './state';

export interface PythonListener {
  onBooted(runtime: RuntimeBuild, resume: ResumeReport): void;
  /** Pieces in order, at most one call in a frame. */
  onOutput(pieces: OutputPiece[]): void;
  onInput(): void;
  /** Something has gone on outside of every run, so that what was captured last is not what there is. */
  onChanged(): void;
  /** The interpreter is gone; pending calls have been rejected with this. */
  onDead(error: Error, reason: 'exited' | 'crashed'): void;
}

/** A run that has not been cancelled after this many ms computes: it gets a signal. */
const SIGNAL_AFTER = 100;
/** How long output is gathered before it is shown, ms: one frame. */
const GATHER_TIME = 16;

export class Python {
  readonly #sandbox: Sandbox;
  readonly #listener: PythonListener;
  readonly #calls = new Calls();
  #pieces: OutputPiece[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Output messages received: the machine waits when the page is too far behind. */
  #received = 0;
  #ended: Error | null = null;
  #booted = false;
  /** The call of the run that goes on. */
  #running: number | null = null;
  /** The call of the run that Python said last it was ending. */
  #obeying: number | null = null;
  /** Who hears how far a change of files is, by call. */
  readonly #progress = new Map<number, (done: number) => void>();

  constructor(sandbox: Sandbox, listener: PythonListener) {
    this.#sandbox = sandbox;
    this.#listener = listener;
    const { control } = sandbox;
    control.onmessage = ({ data }: MessageEvent<MachineEvent>) => this.#receive(data);
  }

  /** Why it has ended; null while it goes on. */
  get ended(): Error | null {
    return this.#ended;
  }

  get isolated(): boolean {
    return this.#sandbox.isolated;
  }

  /** Whether it runs the user's code. */
  get running(): boolean {
    return this.#running !== null;
  }

  /** Whether Python has said that it is ending the run that goes on: it takes as long as the run's own clean-up does. */
  get obeys(): boolean {
    return this.running && this.#obeying === this.#running;
  }

  /** `sequence` is null when the machine named none. */
  async run(code: string, filename: string): Promise<ReturnType<typeof runResult>> {
    const result = this.#calls.start((call) => {
      this.#running = call;
      this.#send({ type: 'run', call, code, filename });
    });
    return runResult(
      await result.finally(() => {
        this.#running = null;
      }),
    );
  }

  /** Sends the interpreter's memory to the keeper, or says why not. Only while nothing runs. Rejects when Python ends. */
  async capture(): Promise<CaptureReport> {
    try {
      return captureReport(await this.#calls.start((call) => this.#send({ type: 'capture', call })));
    } catch (error) {
      if (this.#ended) throw error;
      return captureReport({ problem: messageOf(error) });
    }
  }

  /** Installs packages; resolves with what came. Only while nothing runs. */
  async install(requirements: string[]): Promise<string[]> {
    const came = await this.#calls.start((call) => this.#send({ type: 'install', call, requirements }));
    return list(came, shortText);
  }

  /** Takes packages out. Only while nothing runs. */
  async uninstall(names: string[]): Promise<void> {
    await this.#calls.start((call) => this.#send({ type: 'uninstall', call, names }));
  }

  /** Asks the interpreter something that changes nothing of the user's. Only while nothing runs. */
  async look<Name extends LookName>(look: Name, argument: Looks[Name]['argument']): Promise<Looks[Name]['result']> {
    return LOOK_RESULTS[look](await this.#calls.start((call) => this.#send({ type: 'look', call, look, argument })));
  }

  /** Has Python do something between two runs. `sequence` is null when the machine named none. */
  async act<Name extends ActName>(
    act: Name,
    argument: Acts[Name]['argument'],
  ): Promise<{ result: Acts[Name]['result']; sequence: number | null }> {
    const acted = await this.#calls.start((call) => this.#send({ type: 'act', call, act, argument }));
    return { result: ACT_RESULTS[act](field(acted, 'result')), sequence: whole(field(acted, 'sequence')) };
  }

  /**
   * Changes files, after the run that goes on if there is one. A change that is aborted is undone, unless it was done already: then it
   * resolves. @throws an Error with a sentence; then nothing was changed
   */
  async changeFile(change: FileChange, { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number) => void }) {
    let number = 0;
    const cancel = () => this.#send({ type: 'cancelChange', change: number });
    try {
      const changed = this.#calls.start((call) => {
        number = call;
        if (onProgress) this.#progress.set(call, onProgress);
        this.#send({ type: 'changeFile', call, change });
      });
      signal?.addEventListener('abort', cancel);
      return fileChanged(await changed);
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#progress.delete(number);
    }
  }

  /**
   * Asks the run that goes on to end: by cancelling what it waits for and then, if it computes, by a signal where one can reach it. In
   * this order, because a signal that meets a run between two waits hits the event loop and what wakes the run is lost.
   */
  async interrupt(): Promise<void> {
    const run = this.#running;
    if (run === null) return;
    this.#send({ type: 'interrupt', run });
    if (!this.isolated) return;
    await new Promise((resolve) => setTimeout(resolve, SIGNAL_AFTER));
    if (this.#running === run) this.#wake({ type: 'interrupt', run });
  }

  /** @throws RangeError for a line of more than 1 MiB */
  answer(line: string | null): void {
    if (line !== null && new TextEncoder().encode(line).length > MAX_LINE) {
      throw new RangeError('A line for input() can be at most 1 MiB long. Put larger texts into a file.');
    }
    this.#wake({ type: 'line', text: line });
  }

  /** Ends it: pending calls reject with `reason`, the sandbox is removed. To be fenced at the keeper before. */
  end(reason: Error): void {
    this.#ended = reason;
    this.#flush();
    this.#calls.close(reason);
    this.#sandbox.remove();
  }

  #send(request: MachineRequest): void {
    this.#sandbox.control.postMessage(request);
  }

  #wake(request: WakerRequest): void {
    this.#sandbox.waker.postMessage(request);
  }

  #receive(event: MachineEvent): void {
    if (this.#ended || typeof event !== 'object' || event === null) return;
    switch (event.type) {
      case 'booted':
        // It begins once: whatever says so later is Python's own doing, and would be shown.
        if (this.#booted) return;
        this.#booted = true;
        this.#sandbox.closeBaselines();
        this.#listener.onBooted(runtimeBuild(event.runtime), resumeReport(event.resume));
        return;
      case 'output':
        this.#received += 1;
        this.#gather({ kind: event.stream === 'stderr' ? 'stderr' : 'stdout', text: text(event.text) });
        return;
      case 'display': {
        this.#received += 1;
        const message = readDisplay(event.json);
        if (message) this.#gather({ ...message, text: displayText(message) });
        return;
      }
      case 'interrupting':
        this.#obeying = event.run;
        return;
      case 'changed':
        this.#listener.onChanged();
        return;
      case 'input':
        this.#flush();
        this.#listener.onInput();
        return;
      case 'progress':
        if (Number.isSafeInteger(event.done)) this.#progress.get(event.call)?.(event.done);
        return;
      case 'answer':
        this.#flush();
        this.#calls.settle(event);
        return;
      case 'refusal': {
        this.#flush();
        const message = shortText(event.error?.message) || 'Python gave no reason.';
        this.#calls.settle({ type: 'refusal', call: event.call, error: { name: 'Error', message, code: null, stack: null } });
        return;
      }
      case 'dead':
        this.#die(new ClosedError(shortText(event.message) || 'no reason given'), event.reason === 'exited' ? 'exited' : 'crashed');
        return;
      default:
        event satisfies never;
    }
  }

  #die(error: Error, reason: 'exited' | 'crashed'): void {
    if (this.#ended) return;
    this.#ended = error;
    this.#flush();
    this.#calls.close(error);
    this.#listener.onDead(error, reason);
  }

  #gather(piece: OutputPiece): void {
    this.#pieces.push(piece);
    // Timers of a hidden page fire once a second or less: Python would wait for them.
    if (globalThis.document?.visibilityState === 'hidden') this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), GATHER_TIME);
  }

  #flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#pieces.length === 0) return;
    const pieces = this.#pieces;
    this.#pieces = [];
    this.#listener.onOutput(pieces);
    if (this.isolated && !this.#ended) this.#wake({ type: 'shown', messages: this.#received });
  }
}

/** What a terminal would show. */
function displayText(message: DisplayMessage): string {
  switch (message.kind) {
    case 'value':
    case 'display':
      return terminalText(message.kind, message.data);
    case 'clear':
      return '';
    case 'error':
      return message.text;
    default:
      return message satisfies never;
  }
}
