/** Packing: which pieces are packed at all, and that all of them come back. */
import { randomBytes } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { pack, unpack } from '../../../src/machine/compression';

const MIB = 1 << 20;

/** Bytes that are given to DEFLATE from now on. */
function watchDeflate(): { given: number } {
  const seen = { given: 0 };
  const Native = CompressionStream;
  vi.stubGlobal(
    'CompressionStream',
    class {
      readonly readable: ReadableStream;
      readonly writable: WritableStream;
      constructor(format: CompressionFormat) {
        const { readable, writable } = new Native(format);
        const counter = new TransformStream<Uint8Array, Uint8Array>({
          transform(chunk, controller) {
            seen.given += chunk.length;
            controller.enqueue(chunk);
          },
        });
        void counter.readable.pipeTo(writable as WritableStream<Uint8Array>);
        this.readable = readable;
        this.writable = counter.writable;
      }
    },
  );
  return seen;
}
afterEach(() => vi.unstubAllGlobals());

async function packed(bytes: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Blob(await pack([bytes])).arrayBuffer());
}

test.each<[string, Uint8Array, 'small' | 'as it is']>([
  ['zeros', new Uint8Array(9 * MIB), 'small'],
  ['what repeats each 8 KiB', Buffer.alloc(8 * MIB, randomBytes(8192)), 'small'],
  ['noise', randomBytes(9 * MIB), 'as it is'],
  ['what repeats each 64 KiB', Buffer.alloc(8 * MIB, randomBytes(65_536)), 'as it is'],
  ['what repeats each MiB', Buffer.alloc(9 * MIB, randomBytes(MIB)), 'as it is'],
  ['next to nothing', randomBytes(3), 'as it is'],
])('%s', async (_, bytes, kind) => {
  const seen = watchDeflate();
  const result = await packed(bytes);
  expect(Buffer.compare(await unpack(result, bytes.length), bytes)).toBe(0);
  if (kind === 'small') expect(result.length).toBeLessThan(bytes.length / 10);
  // A sample of each piece of 4 MiB, which takes a sixtieth of the time of packing it.
  else expect(seen.given).toBeLessThanOrEqual(3 * 65_536);
});
