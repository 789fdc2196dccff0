/**
 * Short runs that change variables, one after the other: the kill meets a run, the capture of its memory, or its saving. What the page
 * said was kept is remembered, and never more than what the files of the same moment say.
 */
import { program } from '../disk';
import type { Scenario } from '../scenario';

const REMEMBER = `
if "remembered" not in globals():
    remembered, counting = [], (n for n in range(1, 1 << 30))
# A heap that is not always the same: the next image holds what the last one did not.
ballast = os.urandom(BALLAST << 20)
remembered.append(next(counting))
note("remembered", len(remembered))
`;

/** The most runs that are waited for, and the longest time from the start of the one after them to the kill, ms. */
const MOST_RUNS = 4;
const LONGEST = 400;

export const memory: Scenario = {
  name: 'memory',
  async act({ workbench, random, counts }) {
    const runs = random.between(0, MOST_RUNS);
    for (let run = 0; run < runs; run++) {
      await workbench.run(program(REMEMBER, { BALLAST: random.between(0, 16) }));
      const promise = (await workbench.saved.textContent()) ?? '';
      if (!promise.includes('everything kept')) throw new Error(`The run was not kept: ${promise}`);
    }
    await workbench.start(program(REMEMBER, { BALLAST: random.between(0, 16) }));
    await workbench.page.waitForTimeout(random.between(0, LONGEST));
    return { outcomes: [{ name: 'remembered', counts: { ...counts, memory: counts.memory + runs } }], acknowledged: runs };
  },
};
