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
const BATCH = 20;

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

const batches = Array.from({ length: Math.ceil(PROGRAMS / BATCH) }, (_, index) => FIRST + index * BATCH);
test.each(batches)('programs from seed %i on', async (from) => {
  for (let seed = from; seed < Math.min(from + BATCH, FIRST + PROGRAMS); seed++) {
    const statements = programOf(seed);
    const [one, other] = [await SessionDisk.create(), await SessionDisk.create()];
    const expected = await straight(statements, one);
    const found = await suspended(statements, other);
    expect.soft(found, `seed ${seed}:\n${statements.join('\n---\n')}`).toEqual(expected);
    expect.soft(other.files(), `files of seed ${seed}`).toEqual(one.files());
  }
});
