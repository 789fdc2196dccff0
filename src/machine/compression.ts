/**
 * DEFLATE (RFC 1951) as the browser has it: no code of our own, and it works beside Python, on other threads. Bytes are packed in pieces,
 * all at once; those that would not become smaller (random numbers, compressed data) stay as they are, which is thirty times as fast.
 *
 * A piece is its length (4 bytes, little-endian), its length as it is stored, and that many bytes; equal lengths say that it is not packed.
 */

/** Bytes of a piece before packing. */
const PIECE = 4 * 2 ** 20;
/** So much of a piece, in slices from all over it, is tried first: when it does not shrink by a tenth, the piece is left as it is. */
const SAMPLE = 64 * 1024;
const SLICE = 1024;
/** Its multiples, of which only the fraction counts, are spread evenly and never repeat. */
const GOLDEN_RATIO = 0.618034;
const WORTH_IT = 0.9;
const HEAD = 8;
/** How many pieces are packed at a time: each takes memory. */
const AT_A_TIME = 4;

/** All `parts`, one after the other, packed. */
export async function pack(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const packed: Uint8Array<ArrayBuffer>[] = [];
  const pieces = [...piecesOf(parts)];
  for (let at = 0; at < pieces.length; at += AT_A_TIME)
    packed.push(...(await Promise.all(pieces.slice(at, at + AT_A_TIME).map(packPiece))).flat());
  return packed;
}

/**
 * What `pack` packed.
 * @param size how long it is: anything else is an error, so that damage cannot fill the memory
 */
export async function unpack(bytes: Uint8Array, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const whole = new Uint8Array(size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const waiting: Promise<void>[] = [];
  let to = 0;
  for (let at = 0; at < bytes.length; ) {
    if (bytes.length - at < HEAD) throw new RangeError('A piece has no length.');
    const [length, stored] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
    const piece = bytes.subarray(at + HEAD, at + HEAD + stored);
    if (piece.length !== stored || length > size - to) throw new RangeError('A piece is longer than it should be.');
    const target = whole.subarray(to, to + length);
    if (length === stored) target.set(piece);
    else waiting.push(fill(target, piece));
    at += HEAD + stored;
    to += length;
  }
  await Promise.all(waiting);
  if (to !== size) throw new RangeError('Pieces are missing.');
  return whole;
}

function* piecesOf(parts: readonly Uint8Array[]): Generator<Uint8Array[]> {
  let piece: Uint8Array[] = [];
  let room = PIECE;
  for (const part of parts) {
    for (let at = 0; at < part.length; ) {
      const taken = part.subarray(at, at + room);
      piece.push(taken);
      at += taken.length;
      room -= taken.length;
      if (room > 0) continue;
      yield piece;
      [piece, room] = [[], PIECE];
    }
  }
  if (piece.length > 0) yield piece;
}

async function packPiece(parts: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  const sample = sampleOf(parts, length);
  const packed = (await deflate([sample])).length <= sample.length * WORTH_IT ? await deflate(parts) : null;
  const stored = packed && packed.length < length ? [packed] : parts;
  const head = new Uint8Array(HEAD);
  const view = new DataView(head.buffer);
  view.setUint32(0, length, true);
  view.setUint32(4, stored === parts ? length : (packed as Uint8Array).length, true);
  return [head, ...(stored as Uint8Array<ArrayBuffer>[])];
}

/**
 * A little from all over a piece, at uneven distances: at even ones data that repeats each so many of them would look like data that packs well,
 * however far apart (DEFLATE looks back 32 KiB).
 */
function sampleOf(parts: readonly Uint8Array[], length: number): Uint8Array {
  const sample = new Uint8Array(Math.min(SAMPLE, length));
  const stride = Math.ceil(length / (SAMPLE / SLICE));
  const slack = Math.max(0, stride - SLICE);
  const place = (slice: number) => slice * stride + Math.floor(((slice * GOLDEN_RATIO) % 1) * slack);
  let to = 0;
  let slices = 0;
  let before = 0;
  for (const part of parts) {
    for (let next = place(slices); next < before + part.length && to < sample.length; next = place(++slices)) {
      const slice = part.subarray(next - before, Math.min(next - before + SLICE, next - before + sample.length - to));
      sample.set(slice, to);
      to += slice.length;
    }
    before += part.length;
  }
  return sample.subarray(0, to);
}

async function deflate(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  const { writable, readable } = new CompressionStream('deflate-raw');
  const [packed] = await Promise.all([new Response(readable).arrayBuffer(), write(writable, parts)]);
  return new Uint8Array(packed);
}

async function fill(target: Uint8Array, packed: Uint8Array): Promise<void> {
  const { writable, readable } = new DecompressionStream('deflate-raw');
  // Both are awaited together: damage makes both fail, and neither failure may go unheard.
  await Promise.all([read(readable, target), write(writable, [packed])]);
}

async function read(readable: ReadableStream<Uint8Array>, target: Uint8Array): Promise<void> {
  const reader = readable.getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (at + value.length > target.length) throw new RangeError('A piece is longer than it says.');
    target.set(value, at);
    at += value.length;
  }
  if (at !== target.length) throw new RangeError('A piece is shorter than it says.');
}

async function write(writable: WritableStream<BufferSource>, parts: readonly Uint8Array[]): Promise<void> {
  const writer = writable.getWriter();
  for (const part of parts) await writer.write(part as Uint8Array<ArrayBuffer>);
  await writer.close();
}
