/** Inflating what anyone may have packed, with the platform's own code. */

/** What is given to inflate at a time, bytes: what comes of it is at most 1,032 times as much, and is in memory all at once. */
const INFLATED_AT_ONCE = 2 ** 14;

/**
 * Raw deflated data, piece by piece. What reads it can stop at any time, and has to where it gets too much.
 * @param damaged the error for bytes that are not deflated data from their beginning to their end
 * @throws what `damaged` gives, and what reading `packed` throws as an InvalidInputError
 */
export async function* inflate(
  packed: AsyncIterable<Uint8Array<ArrayBuffer>>,
  damaged: (cause: unknown) => Error,
): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const inflater = new DecompressionStream('deflate-raw');
  const writer = inflater.writable.getWriter();
  const reader = inflater.readable.getReader();
  let failure: unknown = null;
  const feeding = (async () => {
    for await (const piece of packed) {
      for (let at = 0; at < piece.length; at += INFLATED_AT_ONCE) await writer.write(piece.subarray(at, at + INFLATED_AT_ONCE));
    }
    await writer.close();
  })().catch((error: unknown) => {
    failure = error;
    // The reading end has to hear of it.
    return writer.abort(error).catch(() => undefined);
  });
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      yield value as Uint8Array<ArrayBuffer>;
    }
  } catch (cause) {
    // What reading the packed bytes themselves threw says more.
    if (failure instanceof Error && failure.name === 'InvalidInputError') throw failure;
    throw damaged(cause);
  } finally {
    await reader.cancel().catch(() => undefined);
    await feeding;
  }
}
