/** Captures a machine between two runs and posts what changed to the keeper. */
import { messageOf } from '../base/errors';
import type { CaptureReport, ImageMessage, Loss } from '../protocol/image';
import { captureTimes } from './disk-times';
import { LinkError } from './emscripten';
import type { ImageChain, NextFrame } from './image-chain';
import type { Interpreter } from './interpreter';
import type { Journal } from './journal';
import { captureOpenFiles } from './open-files';

/** How often memory is captured anew because something that Python had left running changed files meanwhile. */
const ATTEMPTS = 3;
const RESTLESS = 'Something that Python has left running changes files all the time.';

export class Capture {
  readonly #interpreter: Interpreter;
  readonly #chain: ImageChain;
  readonly #journal: Journal;
  readonly #disk: MessagePort;
  readonly #onRead: () => void;
  #images = 0;
  /** The end of the last capture: one continues the other. */
  #last: Promise<unknown> = Promise.resolve();

  /**
   * @param disk to the keeper
   * @param onRead told when memory has been read: what Python does from then on is not part of the image
   */
  constructor(interpreter: Interpreter, chain: ImageChain, journal: Journal, disk: MessagePort, onRead: () => void) {
    this.#interpreter = interpreter;
    this.#chain = chain;
    this.#journal = journal;
    this.#disk = disk;
    this.#onRead = onRead;
  }

  /** @param isIdle whether nothing runs in Python: memory is read then, and never otherwise */
  take(isIdle: () => boolean): Promise<CaptureReport> {
    const taken = this.#last.then(() => this.#take(isIdle, performance.now()));
    this.#last = taken.catch(() => this.#chain.begin());
    return taken;
  }

  /** Until an image goes with the disk as it is when the image is sent: the keeper puts the two together. */
  async #take(isIdle: () => boolean, began: number): Promise<CaptureReport> {
    let report = this.#refusal(RESTLESS, began);
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      if (!isIdle()) return this.#refusal('Memory can be captured between runs only.', began);
      const read = this.#read();
      const { sequence } = this.#journal;
      report = { ...report, variables: read.variables, lost: read.lost };
      if (read.frame !== null) this.#onRead();
      else return { ...report, problem: read.problem, milliseconds: performance.now() - began };
      const { whole, changed, bytes: packing } = read.frame;
      const bytes = await packing;
      if (this.#journal.sequence === sequence) {
        const stored = bytes.length;
        const number = ++this.#images;
        const message: ImageMessage = { type: 'image', number, sequence, whole, baseline: this.#chain.baseline, bytes: bytes.buffer };
        this.#disk.postMessage(message, [bytes.buffer]);
        return { ...report, image: number, problem: null, changed, stored, milliseconds: performance.now() - began };
      }
      this.#chain.begin();
    }
    return { ...report, milliseconds: performance.now() - began };
  }

  /** Reads memory; packing goes on afterwards. What files were changed before has been sent. */
  #read(): Pick<CaptureReport, 'variables' | 'lost' | 'problem'> & { frame: NextFrame | null } {
    const interpreter = this.#interpreter;
    const { lost: gone } = interpreter.runtime.references.name();
    const { variables, lost, problem } = interpreter.beforeCapture((value) => gone.has(value));
    try {
      return { variables, lost, problem, frame: problem === null ? this.#write(lost) : null };
    } catch (error) {
      if (error instanceof LinkError) return { variables, lost, problem: messageOf(error), frame: null };
      // The engine's own error for an array that it cannot make.
      if (error instanceof RangeError)
        return { variables, lost, problem: 'The browser has too little memory left to save that of Python.', frame: null };
      throw error;
    } finally {
      interpreter.afterCapture();
      this.#journal.send();
    }
  }

  #refusal(problem: string, began: number): CaptureReport {
    const heap = this.#interpreter.runtime.module.HEAPU8.length;
    return { image: null, problem, milliseconds: performance.now() - began, heap, changed: 0, stored: 0, lost: [], variables: [] };
  }

  /** @param lost gets what will not come back */
  #write(lost: Loss[]): NextFrame {
    const { runtime } = this.#interpreter;
    const { module, disk, maps, clock } = runtime;
    const attachments: Uint8Array[] = [];
    const attach = (bytes: Uint8Array) => attachments.push(bytes) - 1;
    if (!disk) throw new Error('A machine without a disk has nothing to be captured for.');
    // First: these are counted from 0 also when the frame after needs them.
    const mark = runtime.outside.mark();
    const outside = this.#chain.needsOutside(mark) ? runtime.outside.capture(attach) : null;
    const files = captureOpenFiles(module, disk, maps, attach);
    lost.push(...files.lost, ...(outside?.lost ?? []));
    const links = runtime.captureLinks();
    const unread = this.#interpreter.unreadInput;
    const state = {
      links,
      references: runtime.references.name().names,
      clock,
      files: files.state,
      times: captureTimes(module.FS, disk.nodes()),
      outside: outside?.state ?? null,
      input: unread.length > 0 ? attach(unread) : null,
      packages: runtime.packages.list(links.libraries.map(({ name }) => name)),
    };
    return this.#chain.write(module.HEAPU8, state, attachments, mark);
  }
}
