/**
 * Programs run straight through, and with a suspend, a new machine and a resume after every statement: both have to say and to leave
 * the same. `DIFFERENTIAL_PROGRAMS` is how many (200), `DIFFERENTIAL_SEED` where to begin (1): each failure names its own.
 */
import { expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../fixtures/machine-on-node';
import { SessionDisk } from '../fixtures/session-disk';
import { programOf } from './program';

const FIRST = Number(process.env.DIFFERENTIAL_SEED ?? 1);
const PROGRAMS = Number(process.env.DIFFERENTIAL_PROGRAMS ?? 200);
/** One test for so many programs. */
const BATCH = 10;

async function step(machine: TestMachine, statement: string, number: number): Promise<string> {
  machine.events.length = 0;
  const { status } = await machine.run(statement, `<statement ${number}>`);
  // Addresses are the allocator's own affair.
  return `${machine.output().replaceAll(/0x[0-9a-f]{4,}/g, '0x…')}[${status}]`;
}

async function straight(statements: readonly string[], disk: SessionDisk): Promise<string[]> {
  const machine = await startMachine({ disk });
  const said: string[] = [];
  for (const statement of statements) said.push(await step(machine, statement, said.length));
  machine.close();
  return said;
}

async function suspended(statements: readonly string[], disk: SessionDisk): Promise<string[]> {
  const said: string[] = [];
  for (const statement of statements) {
    const machine = await startMachine({ disk });
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
      const statements = programOf(seed);
      const [one, other] = [await SessionDisk.create(), await SessionDisk.create()];
      const expected = await straight(statements, one);
      const found = await suspended(statements, other);
      expect.soft(found, `seed ${seed}:\n${statements.join('\n---\n')}`).toEqual(expected);
      expect.soft(other.files(), `files of seed ${seed}`).toEqual(one.files());
    }
  });
}
