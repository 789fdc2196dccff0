/**
 * Long seeded fuzzing: one case after the other until the time is up, each made by a seed of its own. A failure names its seed:
 * `npm test -- fuzz --seed N` begins with that case. FUZZ_SECONDS is the time for all of them together.
 */
import { Worker } from 'node:worker_threads';
import { isDormouseError } from '../../src/base/errors';
import { Random } from '../torture/random';

/** Seconds for all fuzzers together; each gets its share. */
const SECONDS = Number(process.env.FUZZ_SECONDS ?? 60);
const SEED = Number(process.env.FUZZ_SEED ?? Math.floor(Math.random() * 1e8));
/** No case takes longer, ms of a processor (a busy machine is no hang): it would be called a hang by whoever waits for it. */
const LONGEST_CASE = 20_000;
/** What one process may take more than at the start, bytes. */
const MOST_MEMORY = 1.5e9;

export interface Fuzzed {
  cases: number;
  refused: number;
}

/**
 * Runs cases for `share` of the time. `act` gets the choices of its case and says whether the input was taken (true) or refused with a sentence
 * (false); whatever it throws fails. To be awaited by a test whose time limit is `limit(share)`.
 */
export async function fuzz(name: string, share: number, act: (random: Random) => Promise<boolean> | boolean): Promise<Fuzzed> {
  const end = Date.now() + SECONDS * 1000 * share;
  const before = process.memoryUsage.rss();
  const alive = new Int32Array(new SharedArrayBuffer(4));
  const watchdog = new Worker(WATCHDOG, { eval: true, workerData: { alive, name, seed: SEED, patience: LONGEST_CASE } });
  let refused = 0;
  let cases = 0;
  try {
    for (; Date.now() < end || cases === 0; cases++) {
      Atomics.store(alive, 0, cases + 1);
      try {
        if (!(await act(Random.ofRound(SEED + cases, 0)))) refused += 1;
      } catch (cause) {
        throw new Error(`${name}: the case of seed ${SEED + cases} failed: ${String(cause)}`, { cause });
      }
      const grown = process.memoryUsage.rss() - before;
      if (grown > MOST_MEMORY)
        throw new Error(`${name}: ${Math.round(grown / 1e6)} MB more were taken by seed ${SEED + cases} or those before it.`);
      // Collected garbage and timers need a turn.
      if (cases % 16 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
  } finally {
    await watchdog.terminate();
  }
  console.log(
    `${name}: ${cases.toLocaleString('en-US')} cases from seed ${SEED} on, ${refused.toLocaleString('en-US')} refused with a sentence`,
  );
  return { cases, refused };
}

/** ms */
export const limit = (share: number): number => SECONDS * 1000 * share + 60_000;

/** A loop without end lets nothing else run on its thread: this one names the seed and ends the process. */
const WATCHDOG = `
  const { workerData: { alive, name, seed, patience } } = require('node:worker_threads');
  const { writeSync } = require('node:fs');
  const used = () => { const { user, system } = process.cpuUsage(); return (user + system) / 1000; };
  let seen = 0;
  let since = used();
  setInterval(() => {
    const now = Atomics.load(alive, 0);
    if (now !== seen) {
      seen = now;
      since = used();
    } else if (used() - since > patience) {
      writeSync(2, name + ': the case of seed ' + (seed + now - 1) + ' takes longer than ' + patience / 1000 + ' s.\\n');
      process.kill(process.pid, 'SIGKILL');
    }
  }, 1000);
`;

/** True when nothing was thrown, false for an error with a code and a sentence; anything else is thrown on. */
export async function taken(action: () => unknown): Promise<boolean> {
  try {
    await action();
    return true;
  } catch (error) {
    if (isDormouseError(error) && error.message.length > 10 && error.message.length < 20_000) return false;
    throw error;
  }
}

const NUMBERS: readonly number[] = [0, 1, 2, 7, 8, 127, 128, 255, 256, 32_767, 32_768, 65_535, 65_536, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1];

/** Bytes that are like those given, but for some of them. */
export function mutate(random: Random, given: Uint8Array, other: Uint8Array = given): Uint8Array<ArrayBuffer> {
  let bytes = Buffer.from(given);
  for (let left = random.pick([1, 1, 1, 2, 3, 8]); left > 0; left--) {
    const at = random.between(0, Math.max(0, bytes.length - 1));
    const length = Math.min(random.pick([1, 2, 4, 16, 200]), bytes.length - at);
    switch (random.between(0, 7)) {
      case 0:
        if (bytes.length > 0) bytes[at] = (bytes[at] as number) ^ (1 << random.between(0, 7));
        break;
      case 1:
        if (bytes.length > 0) bytes[at] = random.between(0, 255);
        break;
      case 2:
        if (bytes.length >= at + 4) bytes.writeUInt32LE(random.pick(NUMBERS), at);
        break;
      case 3:
        if (bytes.length >= at + 2) bytes.writeUInt16LE(random.pick(NUMBERS) & 0xffff, at);
        break;
      case 4:
        bytes = bytes.subarray(0, at);
        break;
      case 5:
        bytes = Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)]);
        break;
      case 6:
        bytes = Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)]);
        break;
      default: {
        const from = random.between(0, other.length);
        bytes = Buffer.concat([bytes.subarray(0, at), other.subarray(from, from + length), bytes.subarray(at)]);
      }
    }
  }
  return new Uint8Array(bytes);
}

const ODD: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  2 ** 53,
  -(2 ** 31),
  1e308,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  '',
  'x',
  '../x',
  '/etc/passwd',
  'home/pyodide/../../x',
  '\ud800',
  '\u202e',
  '__proto__',
  'x'.repeat(5000),
  [],
  {},
  [[[[]]]],
  { __proto__: null, length: -1 },
  { length: {} },
  { toString: 1, valueOf: 1 },
];

/** A value like the one given, with parts replaced, removed, repeated and swapped. It can be posted, and does not share what it changes. */
export function mutateValue(random: Random, given: unknown, depth = 0): unknown {
  if (random.fraction() < 0.06) return random.pick(ODD);
  if (typeof given === 'number' && random.fraction() < 0.15) return given + random.pick([-1, 1, 0.5, 2 ** 32, -(2 ** 32)]);
  if (typeof given === 'string' && random.fraction() < 0.15) {
    const at = random.between(0, given.length);
    return given.slice(0, at) + random.pick(['\0', '/', '..', '\n', 'é', 'e\u0301', '🐭', '']) + given.slice(at + random.between(0, 2));
  }
  if (given instanceof Uint8Array) return random.fraction() < 0.3 ? mutate(random, given) : given;
  if (Array.isArray(given)) {
    const items = given.map((item) => mutateValue(random, item, depth + 1));
    const at = random.between(0, Math.max(0, items.length - 1));
    if (items.length > 0 && random.fraction() < 0.1) items.splice(at, 1);
    if (items.length > 0 && random.fraction() < 0.1) items.push(items[at]);
    if (items.length > 1 && random.fraction() < 0.1) items.reverse();
    return items;
  }
  if (typeof given === 'object' && given !== null) {
    const fields = Object.entries(given).filter(() => random.fraction() > 0.03);
    const changed = fields.map(([key, value]) => [key, mutateValue(random, value, depth + 1)] as const);
    if (changed.length > 1 && random.fraction() < 0.05) {
      const [first, second] = changed as [readonly [string, unknown], readonly [string, unknown]];
      changed[0] = [first[0], second[1]];
    }
    if (random.fraction() < 0.03) changed.push([random.pick(['constructor', 'extra', 'then', 'type']), random.pick(ODD)]);
    return Object.fromEntries(changed);
  }
  return given;
}
