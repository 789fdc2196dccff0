/** The kill comes while a large memory is captured, sent and written: the session opens with this moment whole, or with the one before it. */
import type { Scenario } from '../scenario';
import { brokenSeal, remember, rememberAndKeep } from './sealed';

const LAST_LINE = 'nothing but the saving is left';
/** How often a run is captured to its end before the kill meets the next one. */
const MOST_TRIES = 4;
/** The share of the time that the last capture took, to the kill. */
const LATEST = 0.8;

export const capturing: Scenario = {
  name: 'capturing',
  async act({ workbench, random, counts }) {
    await rememberAndKeep(workbench, random);
    let kept = 1;
    let length = 400;
    for (let tries = 1; ; tries++) {
      await workbench.start(remember(random));
      await workbench.output.locator('section').last().getByText(LAST_LINE).waitFor();
      const began = Date.now();
      await workbench.page.waitForTimeout(random.fraction() * LATEST * length);
      const promise = (await workbench.saved.textContent()) ?? '';
      const goesOn = promise.includes('Saving');
      if (goesOn || tries === MOST_TRIES) {
        return {
          outcomes: [{ name: 'remembered', counts: { ...counts, memory: counts.memory + kept } }],
          acknowledged: kept,
          note: goesOn ? `${Date.now() - began} ms into a capture` : 'after a capture',
          afterOpening: async (opened) => ({ problems: await brokenSeal(opened) }),
        };
      }
      // It was done already: the next one is aimed at better.
      await workbench.ready();
      length = Math.min(length, Date.now() - began);
      kept += 1;
    }
  },
};
