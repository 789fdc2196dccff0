/** The chain of frames of one session: reads what is there and writes what comes next. */
import {
  encodeFrame,
  type Frame,
  type FrameBasis,
  type FrameDescription,
  ImageError,
  type PackedFrame,
  readFrame,
  readFrames,
  splitFrames,
} from './image-format';
import { KeptMemory } from './kept-memory';
import type { MachineState, SavedMachine } from './machine-state';
import type { OutsideState } from './outside-files';
import { applyDifference, changedPages, copyPages, difference, placePages } from './pages';
import type { SavedLinks } from './runtime';

/** After so many frames comes a whole one, so that going back and resuming never read more. */
const LONGEST_CHAIN = 32;
/** And also when those since hold so many times the pages of the whole one: reading them all would take longer than a whole one is worth. */
const LARGEST_CHAIN = 6;
const FEWEST_PAGES = 2048;

/** A baseline that has been read. */
export interface Baseline extends SavedMachine {
  sha256: string;
}

/** A baseline that has not been read. */
export interface FoundBaseline {
  /** A file of the page's: reading it fails when that is removed meanwhile. */
  bytes: Blob;
  /** Of the bytes: whoever gives them has checked it. */
  sha256: string;
}

/** @throws ImageError when it is no baseline or was made by another build, the Blob's own error when its bytes cannot be read */
export async function readBaseline({ bytes, sha256 }: FoundBaseline, build: string): Promise<Baseline> {
  const [frame, ...more] = splitFrames(new Uint8Array(await bytes.arrayBuffer()), true);
  if (!frame || more.length > 0) throw new ImageError('The starting memory is damaged.');
  requireBuild(frame.description, build);
  const read = await readFrame(frame.description, frame.body);
  const heap = new Uint8Array(read.description.heap);
  placePages(heap, read.pages, read.content);
  return { sha256, heap, state: read.state as Baseline['state'], attachments: [], outside: [] };
}

/** Which baseline a chain builds on. @throws ImageError when it was made by another build */
export function baselineOf([first]: readonly PackedFrame[], build: string): string | null {
  if (!first) throw new ImageError('There is no saved memory.');
  requireBuild(first.description, build);
  return first.description.baseline;
}

/**
 * The memory of a machine as its images hold it. Memory and what was last sent of it are kept side by side, because only then can a
 * change be found and sent as a difference.
 */
export class ImageChain {
  readonly #build: string;
  readonly #baseline: Baseline | null;
  /** As in the frame that was last made or read; in the baseline while there is none. */
  #kept: KeptMemory;
  #links: string | null = null;
  /** What tells whether files outside of the disk have changed since. */
  #outside: string | null = null;
  #last: string | null = null;
  #length = 0;
  #wholePages = 0;
  #pages = 0;

  /** A chain that begins. @param baseline null: it builds on none */
  constructor(build: string, baseline: Baseline | null) {
    this.#build = build;
    this.#baseline = baseline;
    this.#kept = new KeptMemory(baseline?.heap ?? new Uint8Array(0));
  }

  /**
   * Reads a chain, to be continued. The memory that is given is kept: it has to be copied before the next frame is made.
   * @throws ImageError when it cannot be used
   */
  static async read(
    frames: readonly PackedFrame[],
    build: string,
    baseline: Baseline | null,
  ): Promise<{ chain: ImageChain; saved: SavedMachine }> {
    const chain = new ImageChain(build, baseline);
    let heap = new Uint8Array(0);
    let newest: Frame | undefined;
    let links: SavedLinks | null = null;
    let outside: { state: OutsideState; attachments: Uint8Array[] } | null = null;
    for (const { description } of frames) {
      requireBuild(description, build);
      if (description.baseline !== (baseline?.sha256 ?? null)) throw new ImageError('The saved memory builds on another starting memory.');
    }
    for await (const frame of readFrames(frames)) {
      const { description } = frame;
      if (description.after !== null && description.after !== chain.#last) throw new ImageError('A part of the saved memory is missing.');
      newest = frame;
      heap = applyFrame(heap, newest, baseline);
      chain.#count(description.id, description.after === null, newest.pages.length);
      const state = newest.state as MachineState;
      links = state.links ?? links;
      if (state.outside) outside = { state: state.outside, attachments: newest.attachments };
    }
    if (!newest || !links) throw new ImageError('The saved memory is not complete.');
    chain.#links = JSON.stringify(links);
    chain.#kept = new KeptMemory(heap, true);
    const state = { ...(newest.state as MachineState), links, outside: outside?.state ?? null };
    return { chain, saved: { heap, state, attachments: newest.attachments, outside: outside?.attachments ?? [] } };
  }

  /** Whether the next frame will need none before it. */
  get nextIsWhole(): boolean {
    return this.#last === null || this.#length >= LONGEST_CHAIN || this.#pages > Math.max(FEWEST_PAGES, this.#wholePages * LARGEST_CHAIN);
  }

  /** Whether the next frame has to have `state.outside`. @param mark tells whether those files have changed */
  needsOutside(mark: string): boolean {
    return this.nextIsWhole || mark !== this.#outside;
  }

  /**
   * Makes the next frame. Memory is read before this returns; packing goes on afterwards.
   * @param state its `links` are given
   * @param mark as given to `needsOutside`
   */
  write(memory: Uint8Array, state: MachineState & { links: SavedLinks }, attachments: Uint8Array[], mark: string): NextFrame {
    const whole = this.nextIsWhole;
    this.#outside = mark;
    const change = this.#kept.advance(memory);
    const { basis, pages, content } = whole ? this.#differenceToBaseline(memory) : change;
    const links = JSON.stringify(state.links);
    const description = {
      build: this.#build,
      baseline: this.#baseline?.sha256 ?? null,
      id: randomName(),
      after: whole ? null : this.#last,
      basis,
      heap: memory.length,
      compressed: true,
    } as const;
    const written = { ...state, links: whole || links !== this.#links ? state.links : null };
    this.#links = links;
    this.#count(description.id, whole, pages.length);
    return { whole, changed: change.pages.length, bytes: encodeFrame({ description, pages, content, state: written, attachments }) };
  }

  /** The sha256 of the baseline that it builds on; null when it builds on none. */
  get baseline(): string | null {
    return this.#baseline?.sha256 ?? null;
  }

  /** The next frame will need none before it: what was made last has not arrived where it should. */
  begin(): void {
    this.#last = null;
  }

  #differenceToBaseline(memory: Uint8Array) {
    const base = this.#baseline?.heap ?? new Uint8Array(0);
    const pages = changedPages(memory, base);
    const basis: FrameBasis = this.#baseline ? 'baseline' : 'nothing';
    return { basis, pages, content: difference(memory, base, pages) };
  }

  #count(id: string, whole: boolean, pages: number): void {
    this.#last = id;
    this.#length = whole ? 1 : this.#length + 1;
    this.#pages = whole ? 0 : this.#pages + pages;
    if (whole) this.#wholePages = pages;
  }
}

export interface NextFrame {
  whole: boolean;
  /** Pages that differ from the image before. */
  changed: number;
  bytes: Promise<Uint8Array<ArrayBuffer>>;
}

/**
 * A baseline's bytes.
 * @param compressed not for one that every session starts with: it would have to be unpacked each time
 */
export function encodeBaseline(
  memory: Uint8Array,
  state: MachineState,
  build: string,
  compressed: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const pages = changedPages(memory, new Uint8Array(0));
  const description = {
    build,
    baseline: null,
    id: randomName(),
    after: null,
    basis: 'nothing',
    heap: memory.length,
    compressed,
  } as const;
  return encodeFrame({ description, pages, content: copyPages(memory, pages), state, attachments: [] });
}

/** The memory after a frame; `heap`, that of the frame before, may be the same array. */
function applyFrame(
  heap: Uint8Array<ArrayBuffer>,
  { description, pages, content }: Frame,
  baseline: Baseline | null,
): Uint8Array<ArrayBuffer> {
  const { basis } = description;
  const continues = basis === 'previous' || basis === 'replacement';
  let image = heap;
  if (!continues || heap.length !== description.heap) {
    image = new Uint8Array(description.heap);
    if (continues) image.set(heap);
    else if (basis === 'baseline' && baseline) image.set(baseline.heap);
  }
  if (basis === 'replacement') placePages(image, pages, content);
  else applyDifference(image, pages, content);
  return image;
}

/** Not randomUUID: the sandbox is no secure context in Chromium, which has that in such contexts only. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(12)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

function requireBuild({ build }: FrameDescription, own: string): void {
  if (build !== own) {
    throw new ImageError('The saved memory was made by another version of Python in Dormouse, and only that version can go on with it.', {
      keepImage: true,
    });
  }
}
