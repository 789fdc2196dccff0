/** The bytes of images: chains of frames over memories that are made up here. */
import { describe, expect, test } from 'vitest';
import { type Baseline, baselineOf, encodeBaseline, ImageChain, readBaseline } from '../../../src/machine/image-chain';
import { ImageError, splitFrames } from '../../../src/machine/image-format';
import { KeptMemory } from '../../../src/machine/kept-memory';
import type { MachineState } from '../../../src/machine/machine-state';
import { applyDifference, changedPages, difference, PAGE, placePages } from '../../../src/machine/pages';
import { seeded } from '../../differential/program';

const BUILD = 'a build';
const links = { tableAtStart: 1, tableLength: 1, libraries: [], got: [], loose: [], free: [], closures: [], files: [] };
const state = (clock: number): MachineState & { links: typeof links } => ({
  links,
  references: { slots: [], immortal: [] },
  clock,
  files: null,
  times: null,
  outside: null,
  input: null,
  packages: [],
});

const filled = (pages: number, value: number) => new Uint8Array(pages * PAGE).fill(value);

async function baseline(memory: Uint8Array): Promise<Baseline> {
  return readBaseline({ bytes: new Blob([await encodeBaseline(memory, state(0), BUILD, false)]), sha256: 'the sha256 of it' }, BUILD);
}

async function chainOf(chain: ImageChain, memories: Uint8Array[]): Promise<Uint8Array<ArrayBuffer>[]> {
  const frames: Uint8Array<ArrayBuffer>[] = [];
  for (const [index, memory] of memories.entries()) frames.push(await chain.write(memory, state(index), [], '').bytes);
  return frames;
}

const read = async (chain: Uint8Array, build: string, base: Baseline | null) => ImageChain.read(splitFrames(chain), build, base);
const join = async (frames: Uint8Array<ArrayBuffer>[]) => new Uint8Array(await new Blob(frames).arrayBuffer());

describe('pages', () => {
  test('zeros in memory that has grown are no change', () => {
    const now = filled(5, 0);
    now.set(filled(2, 7));
    expect([...changedPages(now, filled(2, 7))]).toEqual([]);
    now[4 * PAGE + 9] = 1;
    now[PAGE] = 8;
    expect([...changedPages(now, filled(2, 7))]).toEqual([1, 4]);
  });

  test('a difference brings one memory to the other, byte for byte', () => {
    const random = seeded(5);
    const before = filled(8, 3);
    const now = new Uint8Array(10 * PAGE);
    now.set(before);
    for (let i = 0; i < 50; i++) now[random(now.length)] = random(256);
    const pages = changedPages(now, before);
    const image = new Uint8Array(now.length);
    image.set(before);
    applyDifference(image, pages, difference(now, before, pages));
    expect(Buffer.compare(image, now)).toBe(0);
  });
});

describe('kept memory', () => {
  test('finds the same by hashes as by a copy, also where two changes could cancel each other', () => {
    const before = filled(6, 0);
    const now = before.slice();
    // The highest bit of two words: numbers that have changed their sign.
    now[PAGE + 3] = 0x80;
    now[PAGE + 7] = 0x80;
    now[3 * PAGE] = 1;
    const byCopy = new KeptMemory(before.slice()).advance(now);
    const byHash = new KeptMemory(before.slice(), false, PAGE).advance(now);
    expect([...byHash.pages]).toEqual([...byCopy.pages]);
    expect(byHash.basis).toBe('replacement');
    const image = before.slice();
    placePages(image, byHash.pages, byHash.content);
    expect(Buffer.compare(image, now)).toBe(0);
  });

  test('goes from a copy to hashes when memory has grown too large', () => {
    const kept = new KeptMemory(filled(2, 1), false, 2 * PAGE);
    const grown = filled(4, 0);
    grown.set(filled(2, 1));
    expect(kept.advance(grown).pages).toHaveLength(0);
    grown[2 * PAGE] = 5;
    expect([...kept.advance(grown).pages]).toEqual([2]);
    expect(kept.advance(grown).pages).toHaveLength(0);
  });
});

describe('a chain of frames', () => {
  const memories = (count: number) => {
    const random = seeded(1);
    const memory = filled(20, 0);
    return Array.from({ length: count }, () => {
      for (let i = 0; i < 5; i++) memory[random(memory.length)] = random(256);
      return memory.slice();
    });
  };

  test('brings back the newest memory and its state, with a whole one at least every 32 frames', async () => {
    const base = await baseline(filled(18, 9));
    const all = memories(40);
    const writer = new ImageChain(BUILD, base);
    const frames: { whole: boolean; bytes: Uint8Array<ArrayBuffer> }[] = [];
    for (const [index, memory] of all.entries()) {
      const { whole, bytes } = writer.write(memory, state(index), [new Uint8Array([index])], '');
      frames.push({ whole, bytes: await bytes });
    }
    expect(frames.map(({ whole }) => whole).lastIndexOf(true)).toBe(32);
    expect(frames.filter(({ whole }) => whole)).toHaveLength(2);
    const chain = await join(frames.slice(32).map(({ bytes }) => bytes));
    expect(baselineOf(splitFrames(chain), BUILD)).toBe(base.sha256);
    const { saved } = await read(chain, BUILD, base);
    expect(Buffer.compare(saved.heap, all[39] as Uint8Array)).toBe(0);
    expect(saved.state).toEqual({ ...state(39), links });
    expect([...saved.attachments.map((bytes) => bytes[0])]).toEqual([39]);
  });

  test('is continued after it was read', async () => {
    const base = await baseline(filled(18, 9));
    const all = memories(4);
    const first = await chainOf(new ImageChain(BUILD, base), all.slice(0, 2));
    const { chain } = await read(await join(first), BUILD, base);
    const more = await chainOf(chain, all.slice(2));
    const { saved } = await read(await join([...first, ...more]), BUILD, base);
    expect(Buffer.compare(saved.heap, all[3] as Uint8Array)).toBe(0);
  });

  test('is refused with a sentence when it is damaged, anywhere', async () => {
    const frames = await chainOf(new ImageChain(BUILD, null), memories(2));
    const chain = await join(frames);
    const random = seeded(3);
    for (let round = 0; round < 60; round++) {
      const damaged = chain.slice();
      const at = round < 30 ? round : random(chain.length);
      damaged[at] = (damaged[at] as number) ^ (1 << random(8));
      await expect(read(damaged, BUILD, null), `byte ${at}`).rejects.toThrow(ImageError);
    }
    for (const length of [0, 1, 23, 24, 100, chain.length - 1]) {
      await expect(read(chain.slice(0, length), BUILD, null)).rejects.toThrow(ImageError);
    }
  });

  test('is refused when a frame is missing, or its baseline is another', async () => {
    const frames = await chainOf(new ImageChain(BUILD, null), memories(3));
    await expect(read(await join([frames[0], frames[2]] as typeof frames), BUILD, null)).rejects.toThrow('missing');
    await expect(read(await join(frames), BUILD, await baseline(filled(2, 1)))).rejects.toThrow('another starting memory');
  });

  test('of another build or a newer format may be right elsewhere', async () => {
    const [frame] = await chainOf(new ImageChain(BUILD, null), memories(1));
    const chain = frame as Uint8Array<ArrayBuffer>;
    await expect(read(chain, 'another', null)).rejects.toMatchObject({ keepImage: true });
    new DataView(chain.buffer).setUint32(8, 2, true);
    await expect(read(chain, BUILD, null)).rejects.toMatchObject({ keepImage: true });
  });
});
