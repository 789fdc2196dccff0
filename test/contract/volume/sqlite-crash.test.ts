/**
 * SQLite on the volume, as far as the rules for syncs (docs/architecture.md) promise it: the real machine keeps ledgers, what it tells
 * the keeper is done to a volume, the power goes after every change of the store, and a real SQLite looks at what is left.
 *
 * SEED repeats a run's choices; DEEP=1 takes more of them.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Volume } from '../../../src/volume';
import { FaultyStore } from '../../fixtures/faulty-store';
import { type Change, type Fate, fatesOf, type Image, Unflushed } from '../../fixtures/unflushed';
import { Random } from '../../torture/random';
import { Auditor, digestOf, filesOf, type Mode, type Replayed, recordLedgers, replay, type Stream, withoutSyncs } from './ledger-recording';

const DEEP = process.env.DEEP === '1';
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const MINUTE = 60_000;
/** Small, so that a ledger takes several segments, checkpoints and rounds of cleaning. */
const OPTIONS = { slack: 8000, leastGarbage: 20_000, segmentSize: 32_768, replay: 60_000, now: () => 5000 };

const mode = (name: string, journal: Mode['journal'], more: Partial<Mode> = {}): Mode => ({
  name,
  journal,
  locking: 'normal',
  attached: false,
  ...more,
});
const DELETE = mode('delete', 'delete');
const TRUNCATE = mode('truncate', 'truncate');
const PERSIST = mode('persist', 'persist');
const WAL = mode('wal', 'wal', { locking: 'exclusive' });
const MODES = [
  DELETE,
  TRUNCATE,
  PERSIST,
  WAL,
  mode('exclusive delete', 'delete', { locking: 'exclusive' }),
  mode('two databases', 'delete', { attached: true }),
];

let streams: Map<Mode, Stream>;
let auditor: Auditor;
let random: Random;
let looked = 0;

beforeAll(async () => {
  random = new Random(SEED);
  streams = await recordLedgers(MODES);
  auditor = await Auditor.open();
}, 2 * MINUTE);
afterAll(() => console.log(`seed ${SEED}: ${looked} crash states, ${auditor.looks} different ledgers looked at`));

async function opened(image: Image): Promise<Volume> {
  looked += 1;
  const volume = await Volume.open(new FaultyStore({}, image), OPTIONS);
  expect(volume.damage).toBeNull();
  return volume;
}

/** The last transaction whose COMMIT had returned after so many changes of the store; -1 before the first. */
const promised = ({ commits }: Replayed, count: number) => commits.findLast(({ changes }) => changes <= count)?.number ?? -1;

/** Looks at what may be left after each change. */
async function enumerate(ledger: Mode, replayed: Replayed): Promise<void> {
  const { changes, states, commits } = replayed;
  const unflushed = new Unflushed();
  for (const [index, change] of changes.entries()) {
    unflushed.take(change);
    // Two databases take so many that it is every second or third.
    if (!DEEP && index % Math.ceil(changes.length / 1500) !== 0) continue;
    const count = index + 1;
    const returned = states.findLastIndex((state) => state.changes <= count);
    const flushed = states.findLastIndex((state) => state.changes <= count && state.flushed);
    // The one under way may have happened.
    const possible = states.slice(Math.max(0, flushed), returned + 2).map(({ digest }) => digest);
    const begun = (commits.at(-1)?.number ?? 0) + 1;
    for (const fate of chosen(unflushed)) {
      const volume = await opened(unflushed.image(fate));
      const files = filesOf(volume, ledger);
      const told = `seed ${SEED}, ${ledger.name}: change ${count}, ${change.kind} of ${change.name}, ${JSON.stringify(fate)}`;
      expect(possible, told).toContain(digestOf(files));
      const last = auditor.look(ledger, files);
      expect(last, told).toBeTypeOf('number');
      expect(last, told).toBeGreaterThanOrEqual(promised(replayed, count));
      expect(last, told).toBeLessThanOrEqual(Math.min(begun, promised(replayed, count) + 1));
    }
  }
}

/** Nothing that was not flushed, everything, some of it, and something torn. */
function chosen({ pending }: Unflushed): Fate[][] {
  const fraction = () => random.fraction();
  const subsets = [...fatesOf(pending, { all: DEEP ? 8 : 0, random: DEEP ? 12 : 1, torn: false, fraction })];
  const torn = [...fatesOf(pending, { all: 0, random: 0, torn: true, fraction })].slice(2);
  const some = (fates: Fate[][]) => (fates.length === 0 ? [] : [fates[random.between(0, fates.length - 1)] ?? []]);
  return DEEP ? [...subsets, ...some(torn), ...some(torn)] : [...subsets.slice(0, 2), ...some(subsets.slice(2)), ...some(torn)];
}

/** How many of the commits that had returned are gone when the power goes right then. */
async function lostCommits(ledger: Mode, stream: Stream): Promise<number> {
  const replayed = await replay(ledger, stream, OPTIONS);
  const unflushed = new Unflushed();
  let taken = 0;
  let lost = 0;
  for (const { number, changes } of replayed.commits) {
    for (; taken < changes; taken++) unflushed.take(replayed.changes[taken] as Change);
    const last = auditor.look(ledger, filesOf(await opened(unflushed.image(unflushed.pending.map(() => 'lost'))), ledger));
    expect(last).toBeTypeOf('number');
    if ((last as number) < number) lost += 1;
  }
  return lost;
}

describe(`a ledger in SQLite whose power goes (seed ${SEED})`, () => {
  it.each(MODES)(
    'is sound and has every transaction whose COMMIT had returned: $name',
    async (ledger) => {
      const stream = streams.get(ledger) as Stream;
      const replayed = await replay(ledger, stream, OPTIONS);
      expect(replayed.commits.length).toBeGreaterThan(15);
      const before = looked;
      await enumerate(ledger, replayed);
      const syncs = stream.filter((request) => request === 'sync').length;
      console.log(`${ledger.name}: ${stream.length} requests, ${syncs} of them syncs; ${looked - before} crash states`);
    },
    DEEP ? 0 : 5 * MINUTE,
  );
});

describe('without one of the rules for syncs commits that had returned are lost:', () => {
  it.each([
    ['the removal of a journal', DELETE, '-journal', 'unlink'],
    ['the truncation of a journal', TRUNCATE, '-journal', 'truncate'],
    ['a journal whose header becomes zeros', PERSIST, '-journal', 'write'],
    ['a write-ahead log', WAL, '-wal', 'write'],
  ] as const)('%s', async (_, ledger, ending, type) => {
    const stream = streams.get(ledger) as Stream;
    expect(await lostCommits(ledger, stream)).toBe(0);
    const without = withoutSyncs(stream, ending, type);
    expect(without.length).toBeLessThan(stream.length);
    expect(await lostCommits(ledger, without)).toBeGreaterThan(5);
  });
});
