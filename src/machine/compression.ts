/** DEFLATE (RFC 1951) as the browser has it: no code of our own, and it works beside Python, on another thread. */

/** How much is handed to the stream at once: a larger piece is compressed in one go and only then given out. */
const PIECE = 1 << 20;

/** All `parts`, one after the other, compressed. */
export function deflate(parts: readonly Uint8Array[]): Promise<Uint8Array<ArrayBuffer>> {
  return through(new CompressionStream('deflate-raw'), parts);
}

/**
 * What `deflate` compressed.
 * @param size how long it is at most: more is an error, so that damage cannot fill the memory
 */
export function inflate(bytes: Uint8Array, size: number): Promise<Uint8Array<ArrayBuffer>> {
  return through(new DecompressionStream('deflate-raw'), [bytes], size);
}

async function through(
  stream: CompressionStream | DecompressionStream,
  parts: readonly Uint8Array[],
  size?: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const written = write(stream.writable as WritableStream<Uint8Array>, parts);
  const read = size === undefined ? collect(stream.readable) : fill(stream.readable, size);
  // Both are awaited together: damage makes both fail, and neither failure may go unheard.
  const [bytes] = await Promise.all([read, written]);
  return bytes;
}

async function write(writable: WritableStream<Uint8Array>, parts: readonly Uint8Array[]): Promise<void> {
  const writer = writable.getWriter();
  for (const part of parts) for (let at = 0; at < part.length; at += PIECE) await writer.write(part.subarray(at, at + PIECE));
  await writer.close();
}

async function collect(readable: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(readable as ReadableStream<Uint8Array<ArrayBuffer>>).arrayBuffer());
}

async function fill(readable: ReadableStream<Uint8Array>, size: number): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(size);
  const reader = readable.getReader();
  let at = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return bytes.subarray(0, at);
    if (at + value.length > size) throw new RangeError('More bytes than there should be.');
    bytes.set(value, at);
    at += value.length;
  }
}
