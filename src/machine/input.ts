/** sys.stdin: asks the page for a line and waits, through the waker, until there is one. */
import { ERRNO, type FileSystem } from './emscripten';
import type { Wake } from './wake';

export class Input {
  readonly #wake: Wake;
  readonly #fs: FileSystem;
  readonly #ask: () => void;
  /** What is left of a line that was longer than the reader's buffer. */
  rest: Uint8Array = new Uint8Array(0);

  /** @param ask tells the page that a line is wanted */
  constructor(wake: Wake, fs: FileSystem, ask: () => void) {
    this.#wake = wake;
    this.#fs = fs;
    this.#ask = ask;
  }

  /** Fills `buffer` from a line, its line end included; 0 is the end of the input. Throws EINTR after Stop. */
  read(buffer: Uint8Array): number {
    if (this.rest.length === 0) {
      const line = this.#wait();
      if (line === null) return 0;
      this.rest = new Uint8Array(line.length + 1);
      this.rest.set(line);
      this.rest[line.length] = 0x0a;
    }
    const size = Math.min(buffer.length, this.rest.length);
    buffer.set(this.rest.subarray(0, size));
    this.rest = this.rest.subarray(size);
    return size;
  }

  #wait(): Uint8Array | null {
    const wake = this.#wake;
    this.#ask();
    for (;;) {
      wake.waitFor(() => wake.load('lineState') !== 0 || wake.interrupted || wake.dead, 1000);
      // Python sees EINTR, looks at its signals and raises KeyboardInterrupt.
      if (wake.interrupted) throw new this.#fs.ErrnoError(ERRNO.EINTR);
      const line = wake.takeLine();
      if (line !== undefined) return line;
      if (wake.dead) return null;
    }
  }
}
