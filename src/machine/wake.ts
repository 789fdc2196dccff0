/** The machine's side of the memory that it shares with its waker: how Python waits for an answer from outside. */
import { CELL, LINE_OFFSET } from '../protocol/wake-cells';

/** No single wait is longer (ms): a lost notification costs this much, never a hang. */
const LONGEST_WAIT = 500;
const SIGINT = 2;

export class Wake {
  readonly #cells: Int32Array;
  readonly #buffer: SharedArrayBuffer;
  /** The call of the run that hears its Stop; 0 where none does. */
  #run = 0;

  /** @param buffer of `WAKE_BUFFER_SIZE` bytes, shared with the waker */
  constructor(buffer: SharedArrayBuffer) {
    this.#buffer = buffer;
    this.#cells = new Int32Array(buffer, 0, LINE_OFFSET / 4);
  }

  /**
   * What Pyodide polls for signals in place of an array. It reads element 0 and then writes 0 over it, whatever it read
   * (`_Py_CheckEmscriptenSignals_Helper`): in shared memory a signal that comes in between would be lost, and Stop would
   * have to replace the sandbox. So writing only takes away what the last reading saw.
   */
  get interruptBuffer(): { 0: number } {
    const interrupted = () => this.interrupted;
    const clear = () => this.clearInterrupt();
    let seen = false;
    return {
      get 0() {
        seen = interrupted();
        return seen ? SIGINT : 0;
      },
      set 0(_value) {
        if (seen) clear();
      },
    };
  }

  /** From here on only a Stop for the run of that call counts; with 0 none. */
  listenFor(call: number): void {
    this.#run = call;
  }

  /** The call of the run that hears its Stop, 0 for none. */
  get listening(): number {
    return this.#run;
  }

  /** Whether Stop was pressed for the run that listens. */
  get interrupted(): boolean {
    return this.#run !== 0 && this.load('interrupt') === this.#run;
  }

  /** The run has heard of its Stop. */
  clearInterrupt(): void {
    Atomics.compareExchange(this.#cells, CELL.interrupt, this.#run, 0);
  }

  get dead(): boolean {
    return this.load('dead') === 1;
  }

  load(cell: keyof typeof CELL): number {
    return Atomics.load(this.#cells, CELL[cell]);
  }

  /** Takes `bytes` of credit when there are as many and `slack` more; says whether. */
  spend(bytes: number, slack: number): boolean {
    // Only the machine lowers the cell, so what was seen here can only have grown since.
    if (this.load('credit') < bytes + slack) return false;
    Atomics.sub(this.#cells, CELL.credit, bytes);
    return true;
  }

  /** Blocks until `condition` holds (true) or `timeout` ms are over (false). */
  waitFor(condition: () => boolean, timeout: number): boolean {
    const end = performance.now() + timeout;
    for (;;) {
      const seen = this.load('wake');
      if (condition()) return true;
      const left = end - performance.now();
      if (left <= 0) return false;
      Atomics.wait(this.#cells, CELL.wake, seen, Math.min(left, LONGEST_WAIT));
    }
  }

  /** The line that `input()` got, null for the end of the input, undefined when there is none yet; takes it away. */
  takeLine(): Uint8Array | null | undefined {
    const state = this.load('lineState');
    if (state === 0) return undefined;
    const length = this.load('lineLength');
    // TextDecoder and Emscripten's heap want memory that is not shared: copy.
    const line = state === 1 ? new Uint8Array(this.#buffer, LINE_OFFSET, length).slice() : null;
    Atomics.store(this.#cells, CELL.lineState, 0);
    return line;
  }
}
