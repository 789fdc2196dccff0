/**
 * Every moment of several lives, and everything that a power loss may leave of it: see unflushed.ts for what that is. What is left is
 * opened and held against what was promised, and the power goes again while it is opened and afterwards.
 *
 * SEED repeats a run's choices; DEEP=1 takes more of them, and breaks off every opening at every step: hours.
 */
import { afterAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { isDormouseError, messageOf } from '../../../src/base/errors';
import { Volume, type VolumeOptions } from '../../../src/volume';
import { decodeRecordHeader, RECORD_FIRST_BYTE, RECORD_SIZE, RECORD_TYPE, SUPER_FILE } from '../../../src/volume/format';
import { FaultyStore } from '../../fixtures/faulty-store';
import { type Change, digestOf, type FateOptions, fatesOf, type Image, Unflushed } from '../../fixtures/unflushed';
import { Random } from '../../torture/random';
import { AFTERWARDS, LIVES, type Life } from './lives';
import { stateOf } from './observed';
import { type Allowed, type RecordedLife, record } from './recorded-life';

const DEEP = process.env.DEEP === '1';
const SEED = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 32));
const MINUTE = 60_000;
const RIGHT = 'right';
const THROWN = 'thrown: ';

/** What opening an image showed. */
interface Outcome {
  /** Null when it could not be shown. */
  state: string | null;
  /** That something is damaged, as the volume said it. */
  damage: string | null;
  /** What else was wrong. */
  findings: string[];
  /** What opening changed. */
  changes: Change[];
}

let random: Random;
const fates = (options: Partial<FateOptions> = {}): FateOptions => ({
  all: 10,
  random: DEEP ? 300 : 4,
  torn: true,
  fraction: () => random.fraction(),
  ...options,
});
const counted = { looked: 0, opened: 0 };
const seenAfterLies = { states: 0, damage: 0 };

beforeEach(() => {
  random = new Random(SEED);
  // What tells volumes apart is random: a seed has to repeat it too.
  const identity = new Random(SEED);
  vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    const bytes = new Uint8Array((array as Uint8Array).buffer);
    for (let index = 0; index < bytes.length; index++) bytes[index] = identity.between(0, 255);
    return array;
  });
});
afterAll(() => {
  vi.restoreAllMocks();
  console.log(
    `seed ${SEED}: ${counted.looked} crash states, ${counted.opened} different ones opened; after flushes that lied: ${JSON.stringify(seenAfterLies)}`,
  );
});

/** Opens images, each once. */
class Openings {
  readonly options: VolumeOptions;
  readonly #outcomes = new Map<string, Outcome>();
  /** Which steps openings took, as text, each once: of those that were broken off at every step. */
  readonly ways = new Set<string>();

  constructor(options: VolumeOptions) {
    this.options = options;
  }

  /** @returns the outcome, and whether this image is new */
  async of(image: Image): Promise<{ outcome: Outcome; fresh: boolean }> {
    counted.looked += 1;
    const digest = digestOf(image);
    const known = this.#outcomes.get(digest);
    if (known) return { outcome: known, fresh: false };
    const outcome = await open(image, this.options);
    this.#outcomes.set(digest, outcome);
    return { outcome, fresh: true };
  }
}

async function open(image: Image, options: VolumeOptions): Promise<Outcome> {
  counted.opened += 1;
  const outcome: Outcome = { state: null, damage: null, findings: [], changes: [] };
  const store = new FaultyStore({ onChange: (change) => outcome.changes.push(change) }, image);
  try {
    const volume = await Volume.open(store, options);
    outcome.findings = volume.check().findings;
    outcome.state = stateOf(volume);
    // After everything was read, which may be when it is found.
    outcome.damage = volume.damage;
  } catch (error) {
    // Reading what is damaged says so, and is an answer; anything else has no business here.
    if (isDormouseError(error) && error.code === 'damaged') outcome.damage ??= error.message;
    else outcome.findings.push(`${THROWN}${error instanceof Error ? error.stack : messageOf(error)}`);
  }
  return outcome;
}

/** What is wrong with an outcome, as a sentence; `right` when nothing is. */
function judge({ state, damage, findings }: Outcome, states: string[], { first, last }: Allowed): string {
  if (damage !== null) return `damage: ${damage}`;
  if (findings.length > 0) return findings.join('; ');
  if (states.slice(first, last + 1).includes(state as string)) return RIGHT;
  const index = states.indexOf(state as string);
  return index < 0 ? `a state that never was:\n${state}` : `state ${index}, not from ${first} to ${last}`;
}

/** Goes on with what was opened: what is behind the log's end must never come back. */
async function goesOn(image: Image, state: string, options: VolumeOptions, told: () => string): Promise<void> {
  const unflushed = new Unflushed(image);
  const volume = await Volume.open(new FaultyStore({ onChange: (change) => unflushed.take(change) }, image), options);
  volume.apply({ ...AFTERWARDS, inode: volume.nextInode } as typeof AFTERWARDS);
  const later = stateOf(volume);
  const torn = unflushed.image(unflushed.pending.map(() => (random.fraction() < 0.5 ? 'whole' : 'lost')));
  expect(judge(await open(torn, options), [state, later], { first: 0, last: 1 }), `${told()}, then gone on`).toBe(RIGHT);
  volume.flush();
  const flushed = unflushed.image(unflushed.pending.map(() => 'lost'));
  expect(judge(await open(flushed, options), [later], { first: 0, last: 0 }), `${told()}, then gone on and flushed`).toBe(RIGHT);
  counted.looked += 2;
}

const show = (change: Change | undefined) => (change ? `${change.kind} of ${change.name}` : 'the beginning');

/** Looks at everything that may be left after each change. */
async function enumerate(life: RecordedLife, { options, all }: Life): Promise<void> {
  const openings = new Openings(options);
  const unflushed = new Unflushed(life.before);
  for (let count = 1; count <= life.changes.length; count++) {
    const change = life.changes[count - 1]?.change as Change;
    unflushed.take(change);
    const allowed = life.allowed(count);
    const { pending } = unflushed;
    const whole = unflushed.image(pending.map(() => 'whole'));
    const killed = (await openings.of(whole)).outcome;
    const when = `seed ${SEED}: killed after change ${count}, ${show(change)}`;
    expect(judge(killed, life.states, allowed.killed), when).toBe(RIGHT);
    await killedThenLost(unflushed.copy(), killed, openings, life, allowed.lost, when);
    for (const fate of fatesOf(pending, fates({ all: DEEP ? 10 : (all ?? 10) }))) {
      const image = unflushed.image(fate, random.fraction() < 0.5);
      const told = () => `seed ${SEED}: power lost after change ${count}, ${show(change)}: ${JSON.stringify(fate)}`;
      const { outcome, fresh } = await openings.of(image);
      expect(judge(outcome, life.states, allowed.lost), told()).toBe(RIGHT);
      if (!fresh) continue;
      await crashWhileOpening(image, outcome, openings, life.states, allowed.lost, told);
      if (DEEP || random.fraction() < 0.05) await goesOn(image, outcome.state as string, options, told);
    }
  }
}

/** Only the page dies, and another one goes on with what has still not reached the disk; then the power goes. */
async function killedThenLost(
  unflushed: Unflushed,
  killed: Outcome,
  openings: Openings,
  life: RecordedLife,
  allowed: Allowed,
  told: string,
) {
  const later = unflushed.copy();
  for (const change of killed.changes) {
    later.take(change);
    for (const fate of fatesOf(later.pending, fates({ all: 0, random: DEEP ? 10 : 1, torn: false }))) {
      const { outcome } = await openings.of(later.image(fate));
      expect(judge(outcome, life.states, allowed), `${told}, then power lost after ${show(change)}: ${JSON.stringify(fate)}`).toBe(RIGHT);
    }
  }
  const whole = unflushed.image(unflushed.pending.map(() => 'whole'));
  const volume = await Volume.open(new FaultyStore({ onChange: (change) => unflushed.take(change) }, whole), openings.options);
  volume.flush();
  const { outcome } = await openings.of(unflushed.image(unflushed.pending.map(() => 'lost')));
  expect(judge(outcome, [killed.state as string], { first: 0, last: 0 }), `${told}, then opened and flushed`).toBe(RIGHT);
}

/** The power goes again at each step of the opening. */
async function crashWhileOpening(image: Image, first: Outcome, openings: Openings, states: string[], allowed: Allowed, told: () => string) {
  const way = [...new Set(first.changes.map(show))].join();
  if (!DEEP && openings.ways.has(way) && random.fraction() > 0.002) return;
  openings.ways.add(way);
  const unflushed = new Unflushed(image);
  for (const [index, change] of first.changes.entries()) {
    unflushed.take(change);
    if (change.kind === 'create') continue;
    for (const fate of fatesOf(unflushed.pending, fates({ all: DEEP ? 5 : 2, random: DEEP ? 4 : 1, torn: DEEP }))) {
      const { outcome } = await openings.of(unflushed.image(fate, random.fraction() < 0.5));
      const again = () => `${told()}, then while opening after ${index + 1} changes, ${show(change)}: ${JSON.stringify(fate)}`;
      expect(judge(outcome, states, allowed), again()).toBe(RIGHT);
    }
  }
}

/** What a life has to come through for its moments to be worth looking at. */
function stagesOf({ changes }: RecordedLife): string[] {
  return changes.flatMap(({ change, cleans }) => {
    const during = cleans ? 'cleaning' : 'life';
    const { name, kind } = change;
    if (name === SUPER_FILE) return [`${during}: ${kind} of the superblock`];
    if (kind === 'truncate' && change.size === 0) return [`${during}: a segment emptied`];
    if (kind === 'remove') return ['a log of version 1 removed'];
    if (kind !== 'write') return [];
    if (change.offset === 0) return [`${during}: a segment begun`];
    const types = [...recordTypesIn(change.data)];
    return [...(types.includes(RECORD_TYPE.moved) ? ['cleaning: content moved'] : []), ...(types.length > 1 ? ['a batch of records'] : [])];
  });
}

function* recordTypesIn(data: Uint8Array): Generator<number> {
  for (let at = data.indexOf(RECORD_FIRST_BYTE); at >= 0; at = data.indexOf(RECORD_FIRST_BYTE, at + 1)) {
    const header = decodeRecordHeader(data.subarray(at, at + RECORD_SIZE));
    if (header) yield header.type;
  }
}

/** A store whose flushes return and have done nothing: of those in `lies`, by the number of the change, or of all. */
async function enumerateLies(life: RecordedLife, openings: Openings, lies: (count: number) => boolean, share: number): Promise<void> {
  // When nothing has reached the disk, nothing was ever there.
  const states = [(await openings.of(new Map())).outcome.state as string, ...life.states];
  const unflushed = new Unflushed(life.before);
  for (let count = 1; count <= life.changes.length; count++) {
    const change = life.changes[count - 1]?.change as Change;
    unflushed.take(change, lies(count));
    if (random.fraction() > share) continue;
    const { last } = life.allowed(count).lost;
    for (const fate of fatesOf(unflushed.pending, fates({ all: 2, random: DEEP ? 8 : 1, torn: false }))) {
      const { outcome } = await openings.of(unflushed.image(fate, random.fraction() < 0.5));
      const { damage, findings } = outcome;
      const told = `seed ${SEED}: a flush lied, power lost after change ${count}, ${show(change)}: ${JSON.stringify(fate)}`;
      expect(
        findings.filter((finding) => finding.startsWith(THROWN)),
        told,
      ).toEqual([]);
      // An earlier state, or damage that is said; never a state that was not. What only the check finds is in nothing that is shown.
      if (damage === null) expect(judge({ ...outcome, findings: [] }, states, { first: 0, last: last + 1 }), told).toBe(RIGHT);
      seenAfterLies[damage === null ? 'states' : 'damage'] += 1;
    }
  }
}

describe(`a power loss (seed ${SEED})`, () => {
  it.each(LIVES)(
    'leaves what was promised at every moment of $name',
    async (life: Life) => {
      const before = { ...counted };
      const began = performance.now();
      const recorded = await record(life);
      await enumerate(recorded, life);
      console.log(
        `${life.name}: ${recorded.changes.length} changes, ${counted.looked - before.looked} crash states, ` +
          `${counted.opened - before.opened} different ones opened, ${Math.round(performance.now() - began)} ms`,
      );
    },
    DEEP ? 0 : 5 * MINUTE,
  );

  it('is looked at while the log is cleaned, superblocks change places, segments run full and are used again', async () => {
    const stages = new Set<string>();
    for (const life of LIVES) for (const stage of stagesOf(await record(life))) stages.add(stage);
    expect([...stages]).toEqual(
      expect.arrayContaining([
        'life: write of the superblock',
        'life: flush of the superblock',
        'life: a segment begun',
        'a batch of records',
        'cleaning: content moved',
        'cleaning: a segment begun',
        'cleaning: a segment emptied',
        'cleaning: write of the superblock',
        'cleaning: flush of the superblock',
        'a log of version 1 removed',
      ]),
    );
  });

  it.each(LIVES)(
    'after flushes that lied leaves an earlier state or is said to have done damage: $name',
    async (life: Life) => {
      const recorded = await record(life);
      const openings = new Openings(life.options);
      await enumerateLies(recorded, openings, () => true, DEEP ? 1 : 0.3);
      for (const [index, { change }] of recorded.changes.entries()) {
        if (change.kind === 'flush') await enumerateLies(recorded, openings, (count) => count === index + 1, DEEP ? 0.5 : 0.02);
      }
      expect(seenAfterLies.states).toBeGreaterThan(0);
    },
    DEEP ? 0 : 5 * MINUTE,
  );
});
