/**
 * Programs run straight through, and with a suspend, a new machine and a resume after every statement: both have to say and to leave
 * the same. `DIFFERENTIAL_PROGRAMS` is how many (200), `DIFFERENTIAL_SEED` where to begin (1): each failure names its own.
 */
import { expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../fixtures/machine-on-node';
import { TestPackages, type TestWheel } from '../fixtures/packages';
import { SessionDisk } from '../fixtures/session-disk';
import { programOf } from './program';
import { TOPICS } from './topics';

const FIRST = Number(process.env.DIFFERENTIAL_SEED ?? 1);
const PROGRAMS = Number(process.env.DIFFERENTIAL_PROGRAMS ?? 200);
/** One test for so many programs. */
const BATCH = 10;
const CREDIT = 64 * 2 ** 20;

async function step(machine: TestMachine, statement: string, number: number): Promise<string> {
  machine.events.length = 0;
  const { status } = await machine.run(statement, `<statement ${number}>`);
  // Addresses are the allocator's own affair.
  return `${machine.output().replaceAll(/0x[0-9a-f]{4,}/g, '0x…')}[${status}]`;
}

/** Where one machine after the other runs. */
type Place = { disk: SessionDisk; packages: TestPackages; credit: number; baseline?: string };

async function straight(statements: readonly string[], place: Place): Promise<string[]> {
  const machine = await startMachine(place);
  const said: string[] = [];
  for (const statement of statements) said.push(await step(machine, statement, said.length));
  machine.close();
  return said;
}

async function suspended(statements: readonly string[], place: Place): Promise<string[]> {
  const said: string[] = [];
  for (const statement of statements) {
    const machine = await startMachine(place);
    expect(machine.resume).toMatchObject({ kind: said.length === 0 ? 'fresh' : 'resumed', problem: null, lost: [] });
    said.push(await step(machine, statement, said.length));
    expect((await machine.capture()).problem).toBeNull();
    machine.close();
  }
  return said;
}

/** Every second program, from the first or from the second on: two files of tests run side by side. */
export function comparePrograms(half: 0 | 1): void {
  const seeds = Array.from({ length: PROGRAMS }, (_, index) => FIRST + index).filter((seed) => seed % 2 === half);
  const batches = Array.from({ length: Math.ceil(seeds.length / BATCH) }, (_, index) => seeds.slice(index * BATCH, (index + 1) * BATCH));
  test.each(batches.map((batch) => ({ batch, from: batch[0], to: batch.at(-1) })))('programs of seeds $from to $to', async ({ batch }) => {
    for (const seed of batch) {
      await compare(programOf(seed, Object.values(TOPICS)), `seed ${seed}`);
    }
  });
}

/**
 * Holds a program that is suspended after every statement against itself run straight through.
 * @param name for failures
 * @param catalogue packages that it may import
 * @param baseline with which the one that is suspended begins. Default: with that of the build
 * @returns what it said
 */
export async function compare(
  statements: readonly string[],
  name: string,
  catalogue: TestWheel[] = [],
  baseline?: string,
): Promise<string[]> {
  const place = async (): Promise<Place> => ({ disk: await SessionDisk.create(), packages: new TestPackages(catalogue), credit: CREDIT });
  const [one, other] = [await place(), await place()];
  const expected = await straight(statements, one);
  const found = await suspended(statements, { ...other, ...(baseline !== undefined && { baseline }) });
  expect.soft(found, `${name}:\n${statements.join('\n---\n')}`).toEqual(expected);
  expect.soft(other.disk.files(), `files of ${name}`).toEqual(one.disk.files());
  return expected;
}
