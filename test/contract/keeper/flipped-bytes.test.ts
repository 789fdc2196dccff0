/** A byte of a stored session with checkpoints is flipped: what is given is what was kept, or it is said that it is not. SEED repeats a run. */
import { expect, it } from 'vitest';
import { isDormouseError } from '../../../src/base/errors';
import { INODE } from '../../../src/base/file-operation';
import { Volume } from '../../../src/volume';
import { FaultyStore } from '../../fixtures/faulty-store';
import { Random } from '../../torture/random';
import { Page, type Sandbox } from '../../unit/keeper/fixture';

const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const FLIPS = 80;
const QUOTA = 4 * 2 ** 20;
const IMAGES = [1, 2, 3].map((run) => `[${run} ${'image '.repeat(2000)}]`);

async function attach(page: Page): Promise<Sandbox> {
  const sandbox = await page.attach({ resume: true });
  await page.call('attached', { resumed: sandbox.image.resume !== null, keepImage: false });
  return sandbox;
}

/** A session with three runs, as its store has it. */
async function stored(): Promise<Map<string, Uint8Array>> {
  const store = new FaultyStore({ quota: QUOTA });
  const page = await Page.open(store);
  const sandbox = await attach(page);
  for (const [index, image] of IMAGES.entries()) {
    const { run } = await page.call('beginRun', { code: `run ${index + 1}` });
    sandbox.writeFile(INODE.home, `${index}.txt`, `file ${index} `.repeat(500));
    const capture = sandbox.capture(image, { whole: index === 0 });
    await page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture });
  }
  await page.close();
  // So that opening reads what is stored instead of replaying how it came there.
  const volume = await Volume.open(store);
  volume.checkpoint();
  volume.close();
  return store.contents();
}

/** What a call gives, or null when it says that something is damaged. */
async function orDamaged<Result>(promise: Promise<Result>, told: string): Promise<Result | null> {
  try {
    return await promise;
  } catch (error) {
    expect(isDormouseError(error) && ['damaged', 'storage'].includes(error.code), `${told}: ${String(error)}`).toBe(true);
    return null;
  }
}

it(`a flipped byte never gives other memory than was kept (seed ${SEED})`, { timeout: 300_000 }, async () => {
  const files = await stored();
  const random = new Random(SEED);
  const places = [...files].flatMap(([name, { length }]) => (length > 0 ? [{ name, length }] : []));
  const seen = { whole: 0, said: 0 };
  for (let flip = 0; flip < FLIPS; flip += 1) {
    const { name, length } = places[random.between(0, places.length - 1)] as (typeof places)[number];
    const at = random.between(0, length - 1);
    const bytes = (files.get(name) as Uint8Array).slice();
    bytes[at] = (bytes[at] as number) ^ (1 << random.between(0, 7));
    const told = `byte ${at} of ${name}`;
    const page = await orDamaged(Page.open(new FaultyStore({ quota: QUOTA }, new Map([...files, [name, bytes]]))), told);
    if (!page) continue;
    const check = async (expected: string) => {
      const sandbox = await orDamaged(attach(page), told);
      if (!sandbox) return;
      // Python's side checks what it reads of it.
      let found: string | null = null;
      const resumed = await sandbox.resumed().catch((error) => {
        found = String(error);
        return null;
      });
      const said = found ?? page.summary.damage ?? sandbox.report?.problem ?? (page.events.length > 0 ? 'the store failed' : null);
      if (resumed === null) expect(said, `${told}: nothing was given, and nothing said`).not.toBeNull();
      else expect(resumed === expected, `${told}: ${resumed.slice(0, 100)}`).toBe(true);
      seen[resumed === null ? 'said' : 'whole'] += 1;
    };
    await check(IMAGES.join(''));
    const kept = (await orDamaged(page.call('checkpoints', null), told))?.checkpoints ?? [];
    for (const { id, run } of kept.filter(({ run }) => run !== null)) {
      await page.call('fence', null);
      if (await orDamaged(page.call('restore', { checkpoint: id, reason: 'restore' }), told)) {
        await check(IMAGES.slice(0, run as number).join(''));
      }
    }
    await page.close();
  }
  console.log(seen);
  expect(seen.whole).toBeGreaterThan(FLIPS / 2);
  expect(seen.said).toBeGreaterThan(0);
});
