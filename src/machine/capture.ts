/** Captures a machine between two runs and posts what changed to the keeper. */
import { messageOf } from '../base/errors';
import type { CaptureReport, ImageMessage, Loss } from '../protocol/image';
import { LinkError, nameReferences } from './emscripten';
import type { ImageChain, NextFrame } from './image-chain';
import type { Interpreter } from './interpreter';
import type { Journal } from './journal';
import { captureOpenFiles } from './open-files';

export class Capture {
  readonly #interpreter: Interpreter;
  readonly #chain: ImageChain;
  readonly #journal: Journal;
  readonly #disk: MessagePort;
  #images = 0;
  /** Images go out in the order in which they were made. */
  #packing: Promise<unknown> = Promise.resolve();

  /** @param disk to the keeper */
  constructor(interpreter: Interpreter, chain: ImageChain, journal: Journal, disk: MessagePort) {
    this.#interpreter = interpreter;
    this.#chain = chain;
    this.#journal = journal;
    this.#disk = disk;
  }

  /** To be called while nothing runs in Python. What runs afterwards is not in this image, however long it takes to pack it. */
  take(): Promise<CaptureReport> {
    const began = performance.now();
    const interpreter = this.#interpreter;
    const { module } = interpreter.runtime;
    const { sequence } = this.#journal;
    const heap = module.HEAPU8.length;
    const report = { image: null, problem: null, milliseconds: 0, heap, changed: 0, stored: 0, lost: [] as Loss[] };
    const references = nameReferences(module, interpreter.runtime.api);
    const isLost = (value: unknown) => references.lost.has(value);
    const { variables, lost, problem } = interpreter.beforeCapture(isLost);
    const refused = (why: string): CaptureReport => ({ ...report, problem: why, variables, lost, milliseconds: performance.now() - began });
    let frame: NextFrame;
    try {
      if (problem !== null) return Promise.resolve(refused(problem));
      frame = this.#write(lost);
    } catch (error) {
      if (!(error instanceof LinkError)) throw error;
      return Promise.resolve(refused(messageOf(error)));
    } finally {
      interpreter.afterCapture();
    }
    const number = ++this.#images;
    const posted = this.#packing.then(async () => {
      const bytes = await frame.bytes;
      const stored = bytes.length;
      const { baseline } = this.#chain;
      const message: ImageMessage = { type: 'image', number, sequence, whole: frame.whole, baseline, bytes: bytes.buffer };
      this.#disk.postMessage(message, [bytes.buffer]);
      return stored;
    });
    this.#packing = posted.catch(() => this.#chain.begin());
    return posted.then((stored) => {
      const milliseconds = performance.now() - began;
      return { ...report, image: number, milliseconds, changed: frame.changed, stored, lost, variables };
    });
  }

  /** @param lost gets what will not come back */
  #write(lost: Loss[]): NextFrame {
    const { runtime } = this.#interpreter;
    const { module, api, disk, maps, clock } = runtime;
    const attachments: Uint8Array[] = [];
    const attach = (bytes: Uint8Array) => attachments.push(bytes) - 1;
    if (!disk) throw new Error('A machine without a disk has nothing to be captured for.');
    // First: these are counted from 0 also when the frame after needs them.
    const mark = runtime.outside.mark();
    const outside = this.#chain.needsOutside(mark) ? runtime.outside.capture(attach) : null;
    const files = captureOpenFiles(module, disk, maps, attach);
    lost.push(...files.lost, ...(outside?.lost ?? []));
    const state = {
      links: runtime.captureLinks(),
      references: nameReferences(module, api).names,
      clock,
      files: files.state,
      times: disk.captureTimes(),
      outside: outside?.state ?? null,
    };
    return this.#chain.write(module.HEAPU8, state, attachments, mark);
  }
}
