/**
 * The bytes of an image: a chain of frames, each of which says how the memory differs from the frame before, from a baseline or from
 * zeros. Little-endian.
 *
 * | at | bytes | |
 * |---|---|---|
 * | 0 | 8 | `DORMIMG` and a zero |
 * | 8 | 4 | version of the format |
 * | 12 | 4 | length of the frame, this header included |
 * | 16 | 4 | XXH32 of everything after this header |
 * | 20 | 4 | length of the description |
 * | 24 | | description: `FrameDescription` as JSON in UTF-8, with spaces up to a multiple of 4 bytes |
 * | | | body, packed (compression.ts) where the description says so: page numbers (4 bytes each), then those pages, then state as JSON in UTF-8, then attachments |
 */
import { DormouseError } from '../base/errors';
import { xxh32 } from '../base/xxh32';
import { pack, unpack } from './compression';
import { PAGE } from './pages';

const MAGIC = [0x44, 0x4f, 0x52, 0x4d, 0x49, 0x4d, 0x47, 0];
export const FORMAT_VERSION = 1;
const HEADER = 24;
const ALIGNMENT = 4;
/** More than any frame: a damaged length must not make the reader allocate. */
const LARGEST_BODY = 2 ** 32 - 2 ** 16;
/** So much is unpacked before it is wanted, bytes. */
const READ_AHEAD = 64 * 2 ** 20;

/**
 * What the pages of a frame are: the difference (XOR) to zeros (`nothing`), to the baseline or to the image of the frame before (`previous`), or
 * what takes their places in that image (`replacement`).
 */
export type FrameBasis = 'nothing' | 'baseline' | 'previous' | 'replacement';

/** What can be known of a frame without reading its body. */
export interface FrameDescription {
  /** The build of the runtime that made it (`buildOf`): no other can use it. */
  build: string;
  /** sha256 of the baseline that the chain builds on; null when it builds on none. */
  baseline: string | null;
  /** Tells this frame from all others. */
  id: string;
  /** The frame that it continues; null when it begins a chain. */
  after: string | null;
  basis: FrameBasis;
  /** Bytes of linear memory. */
  heap: number;
  pages: number;
  /** Bytes of the state and of each attachment. */
  state: number;
  attachments: number[];
  compressed: boolean;
}

export interface Frame {
  description: FrameDescription;
  pages: Uint32Array;
  /** As many pages as there are numbers. */
  content: Uint8Array;
  /** A `MachineState`, as JSON. */
  state: unknown;
  /** Contents of files, in the order in which the state counts them. */
  attachments: Uint8Array[];
}

/** Why an image is not used. `keepImage`: it may be right for another version of this program, or when what it needs can be had. */
export class ImageError extends Error {
  override readonly name = 'ImageError';
  readonly keepImage: boolean;

  constructor(message: string, options: ErrorOptions & { keepImage?: boolean } = {}) {
    super(message, options);
    this.keepImage = options.keepImage ?? false;
  }
}

/** What `encodeFrame` is given: the rest of the description follows from it. */
export interface FrameContent extends Omit<Frame, 'description'> {
  description: Omit<FrameDescription, 'pages' | 'state' | 'attachments'>;
}

/** A frame's bytes. */
export async function encodeFrame({ description, pages, content, state, attachments }: FrameContent): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  const stateBytes = encoder.encode(JSON.stringify(state));
  const parts = [new Uint8Array(pages.buffer, pages.byteOffset, pages.byteLength), content, stateBytes, ...attachments];
  const body = description.compressed ? await pack(parts) : parts;
  const length = body.reduce((sum, part) => sum + part.length, 0);
  const described: FrameDescription = {
    ...description,
    pages: pages.length,
    state: stateBytes.length,
    attachments: attachments.map(({ length }) => length),
  };
  const json = JSON.stringify(described);
  // So long that the body is aligned and can be read in place.
  const text = encoder.encode(json.padEnd(json.length + (ALIGNMENT - (encoder.encode(json).length % ALIGNMENT)), ' '));
  const frame = new Uint8Array(HEADER + text.length + length);
  frame.set(MAGIC);
  frame.set(text, HEADER);
  let at = HEADER + text.length;
  for (const part of body) {
    frame.set(part, at);
    at += part.length;
  }
  const view = new DataView(frame.buffer);
  view.setUint32(8, FORMAT_VERSION, true);
  view.setUint32(12, frame.length, true);
  view.setUint32(16, xxh32(frame.subarray(HEADER)), true);
  view.setUint32(20, text.length, true);
  return frame;
}

/** A frame whose body has not been read. */
export interface PackedFrame {
  description: FrameDescription;
  body: Uint8Array;
}

/**
 * Takes a chain apart without reading the bodies.
 * @param checked its bytes are known to be what they were: then the checksums are passed over, which would take longer than all else
 * @throws ImageError when it is damaged or of a newer format
 */
export function splitFrames(chain: Uint8Array, checked = false): PackedFrame[] {
  const frames: PackedFrame[] = [];
  for (let at = 0; at < chain.length; ) {
    const rest = chain.subarray(at);
    const view = new DataView(rest.buffer, rest.byteOffset, rest.length);
    if (rest.length < HEADER || MAGIC.some((byte, index) => rest[index] !== byte)) throw damaged('it does not begin as one does');
    const version = view.getUint32(8, true);
    if (version !== FORMAT_VERSION) {
      throw new ImageError(`The saved memory is of format ${version}; this version of Dormouse reads ${FORMAT_VERSION}.`, {
        keepImage: true,
      });
    }
    const length = view.getUint32(12, true);
    const text = view.getUint32(20, true);
    if (length > rest.length || HEADER + text > length) throw damaged('it ends too early');
    if (!checked && xxh32(rest.subarray(HEADER, length)) !== view.getUint32(16, true)) throw damaged('its checksum does not match');
    frames.push({ description: describe(rest.subarray(HEADER, HEADER + text)), body: rest.subarray(HEADER + text, length) });
    at += length;
  }
  return frames;
}

/** Reads the bodies of frames, in their order; unpacks the next ones meanwhile. */
export async function* readFrames(frames: readonly PackedFrame[]): AsyncGenerator<Frame> {
  const begun: { frame: Promise<Frame>; size: number }[] = [];
  let next = 0;
  let held = 0;
  while (next < frames.length || begun.length > 0) {
    for (let frame = frames[next]; frame && (begun.length === 0 || held < READ_AHEAD); frame = frames[++next]) {
      const { description, body } = frame;
      const reading = { frame: readFrame(description, body), size: sizeOf(description) };
      // Who comes to it hears of it.
      reading.frame.catch(() => undefined);
      begun.push(reading);
      held += reading.size;
    }
    const { frame, size } = begun.shift() as (typeof begun)[number];
    yield await frame;
    held -= size;
  }
}

/** Reads the body of a frame. */
export async function readFrame(description: FrameDescription, body: Uint8Array): Promise<Frame> {
  const { pages, state, attachments } = description;
  const size = sizeOf(description);
  if (!(size <= LARGEST_BODY)) throw damaged('its sizes make no sense');
  let whole: Uint8Array;
  try {
    whole = description.compressed ? await unpack(body, size) : body.byteOffset % ALIGNMENT === 0 ? body : body.slice();
  } catch (error) {
    throw damaged('it cannot be unpacked', error);
  }
  if (whole.length !== size) throw damaged('it is shorter than it says');
  let at = 0;
  const take = (length: number) => {
    at += length;
    return whole.subarray(at - length, at);
  };
  const numbers = take(pages * 4);
  const list = new Uint32Array(numbers.buffer, numbers.byteOffset, pages);
  if (list.some((page) => (page + 1) * PAGE > description.heap)) throw damaged('it has pages outside the memory');
  const content = take(pages * PAGE);
  try {
    const parsed: unknown = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(take(state)));
    return { description, pages: list, content, state: parsed, attachments: attachments.map(take) };
  } catch (error) {
    throw damaged('its state cannot be read', error);
  }
}

/** Bytes of an unpacked body. */
function sizeOf({ pages, state, attachments }: FrameDescription): number {
  return pages * (4 + PAGE) + state + attachments.reduce((sum, length) => sum + length, 0);
}

function describe(text: Uint8Array): FrameDescription {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(text)) as FrameDescription;
  } catch (error) {
    throw damaged('its description cannot be read', error);
  }
}

function damaged(what: string, cause?: unknown): ImageError {
  return new ImageError(`The saved memory is damaged: ${what}.`, { cause: new DormouseError('damaged', what, { cause }) });
}
