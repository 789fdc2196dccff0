/** What one sandbox can put into the store that all sessions start from: one baseline, before any session's code. */
import { describe, expect, test, vi } from 'vitest';
import type { BaselineRequest } from '../../../src/protocol/image';
import { BaselineDesk } from '../../../src/sandbox/baseline-desk';
import { MemoryBaselines } from '../../fixtures/memory-baselines';

const BUILD = 'this build';
const OTHER = 'f'.repeat(64);
const question = (sha256: string | null): BaselineRequest => ({ type: 'baseline', call: 1, sha256 });
const offer = (...bytes: number[]): BaselineRequest => ({ type: 'offer-baseline', call: 2, bytes: new Uint8Array(bytes).buffer });

function fresh() {
  const store = new MemoryBaselines();
  return { store, desk: new BaselineDesk(store, BUILD) };
}

test('takes a baseline from the sandbox that was told that there is none, and hands it to the next', async () => {
  const { store, desk } = fresh();
  expect(await desk.answer(question(null))).toMatchObject({ bytes: null, sha256: null });
  const { sha256 } = await desk.answer(offer(1, 2, 3));
  expect(sha256).toMatch(/^[0-9a-f]{64}$/);
  const { bytes } = await new BaselineDesk(store, BUILD).answer(question(null));
  expect(new Uint8Array((await bytes?.arrayBuffer()) ?? new ArrayBuffer())).toEqual(new Uint8Array([1, 2, 3]));
  expect(await new BaselineDesk(store, 'another').answer(question(null))).toMatchObject({ bytes: null });
});

const asked = (desk: BaselineDesk) => desk.answer(question(null));

test.each<[string, (desk: BaselineDesk) => unknown]>([
  ['that did not ask', () => undefined],
  ['that has begun with its session', (desk) => asked(desk).then(() => desk.close())],
  ['that asked for the baseline of an image', (desk) => desk.answer(question(OTHER))],
  ['that asked for it before and after', (desk) => desk.answer(question(OTHER)).then(() => asked(desk))],
  ['that has offered one before', (desk) => asked(desk).then(() => desk.answer(offer(1)))],
])('takes none from a sandbox %s', async (_, before) => {
  const { store, desk } = fresh();
  await before(desk);
  const kept = store.kept.get(BUILD);
  expect(await desk.answer(offer(9))).toMatchObject({ sha256: null });
  expect(store.kept.get(BUILD)).toBe(kept);
});

test('takes none where there is one', async () => {
  const { store, desk } = fresh();
  await store.keep(BUILD, new Blob(['first']));
  await desk.answer(question(null));
  expect(await desk.answer(offer(9))).toMatchObject({ sha256: null });
});

describe('of a sandbox that imports a package', () => {
  const desk = (store: MemoryBaselines) => new BaselineDesk(store, BUILD, 'with a package');

  test('it begins with the baseline of the build, and offers one of another name', async () => {
    const { store } = fresh();
    const { sha256 } = await store.keep(BUILD, new Blob(['build']));
    const making = desk(store);
    expect(await making.answer(question(null))).toMatchObject({ sha256 });
    expect(await making.answer(offer(1, 2))).toMatchObject({ sha256: store.kept.get('with a package')?.sha256 });
    expect(store.kept.get(BUILD)?.sha256).toBe(sha256);
    expect(await making.answer(offer(3))).toMatchObject({ sha256: null });
  });

  test('nothing is taken where it did not begin with that', async () => {
    const { store } = fresh();
    const making = desk(store);
    await making.answer(question(null));
    expect(await making.answer(offer(1))).toMatchObject({ sha256: null });
    expect(store.kept.size).toBe(0);
  });
});

test.each([['x'], ['../sessions/main'], ['F'.repeat(64)], [7 as unknown as string], [{} as unknown as string]])(
  'finds nothing for %j',
  async (sha256) => {
    const { desk } = fresh();
    expect(await desk.answer(question(sha256))).toMatchObject({ bytes: null, sha256: null });
  },
);

test.each([[null], ['bytes'], [new Uint8Array(3)], [{ byteLength: 3 }]])('does not take %j for bytes', async (bytes) => {
  const { store, desk } = fresh();
  await desk.answer(question(null));
  expect(await desk.answer({ type: 'offer-baseline', call: 1, bytes: bytes as unknown as ArrayBuffer })).toMatchObject({ sha256: null });
  expect(store.kept.size).toBe(0);
});

test('a store that fails has not said that there is none', async () => {
  const warn = vi.spyOn(console, 'warn').mockReturnValue();
  const { store, desk } = fresh();
  store.find = () => Promise.reject(new Error('the disk is gone'));
  expect(await desk.answer(question(null))).toMatchObject({ call: 1, bytes: null, problem: 'the disk is gone' });
  expect(warn).toHaveBeenCalledOnce();
  expect(await desk.answer(offer(1)), 'of one that may be there').toMatchObject({ sha256: null });
  warn.mockRestore();
});
