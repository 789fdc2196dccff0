/**
 * Programs over arrays and frames, run straight through and with a suspend, a new machine and a resume after every statement: each topic by itself, and
 * mixed with others and with those of the standard library. `DIFFERENTIAL_SEED` is where to begin (1). A new machine with 53
 * libraries takes its time: `DIFFERENTIAL_ALL=1` runs all topics and more mixtures, else there are some of each kind (`frames` in baselines.test.ts).
 */
import { expect, test } from 'vitest';
import { ARRAY_TOPICS } from '../differential/array-topics';
import { compare } from '../differential/compare';
import { programOf, seeded } from '../differential/program';
import { TOPICS, type Topic } from '../differential/topics';
import { describeWithWheels, wheelsFor } from '../fixtures/wheels';

const FIRST = Number(process.env.DIFFERENTIAL_SEED ?? 1);
const ALL = Boolean(process.env.DIFFERENTIAL_ALL);
const MIXED = ALL ? 6 : 2;
const CHOSEN = ALL ? Object.keys(ARRAY_TOPICS) : ['memoryviews', 'structured', 'dates', 'generators', 'csv'];

describeWithWheels('suspended after every statement', () => {
  const catalogue = wheelsFor('numpy', 'pandas');

  test.each(CHOSEN)('%s', async (name) => {
    const statements = (ARRAY_TOPICS[name] as Topic)('a_', seeded(FIRST));
    const said = await compare(statements, `${name}, seed ${FIRST}`, catalogue);
    // A program that only fails proves little.
    for (const [at, each] of said.entries()) expect(each, statements[at]).toMatch(/\[finished\]$/);
  });

  test.each(Array.from({ length: MIXED }, (_, index) => FIRST + index))('mixed, seed %i', async (seed) => {
    await compare(programOf(seed, [...Object.values(ARRAY_TOPICS), ...Object.values(TOPICS)]), `seed ${seed}`, catalogue);
  });
});
