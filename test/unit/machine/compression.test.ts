/** Packing: which pieces are packed at all, and that all of them come back. */
import { afterEach, expect, test, vi } from 'vitest';
import { pack, unpack } from '../../../src/machine/compression';

const MIB = 1 << 20;

function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let from = 0; from < length; from += 65_536) crypto.getRandomValues(bytes.subarray(from, Math.min(length, from + 65_536)));
  return bytes;
}

function repeated(bytes: Uint8Array, times: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(bytes.length * times);
  for (let n = 0; n < times; n++) whole.set(bytes, n * bytes.length);
  return whole;
}

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
  ['what repeats each 8 KiB', repeated(noise(8192), 1024), 'small'],
  ['noise', noise(9 * MIB), 'as it is'],
  ['what repeats each 64 KiB', repeated(noise(65_536), 128), 'as it is'],
  ['what repeats each MiB', repeated(noise(MIB), 9), 'as it is'],
  ['next to nothing', noise(3), 'as it is'],
])('%s', async (_, bytes, kind) => {
  const seen = watchDeflate();
  const result = await packed(bytes);
  vi.unstubAllGlobals();
  expect(Buffer.compare(await unpack(result, bytes.length), bytes)).toBe(0);
  if (kind === 'small') expect(result.length).toBeLessThan(bytes.length / 10);
  // A sample of each piece of 4 MiB, which takes a sixtieth of the time of packing it.
  else expect(seen.given).toBeLessThanOrEqual(3 * 65_536);
});
