/**
 * The kill comes while a large memory is being brought back, once or twice in a row: the first time nothing is lost; the second time the
 * session opens without, says so, and going back to its moment in the history brings everything.
 */
import type { Page } from '@playwright/test';
import type { Workbench } from '../../e2e/workbench';
import { isReady, type Scenario } from '../scenario';
import { brokenSeal, rememberAndKeep } from './sealed';

/** The share of the time that an undisturbed resume takes, to the kill. */
const LATEST = 0.85;
/** How long a page may take to ask for the memory, ms. */
const PATIENCE = 120_000;
const GIVEN_UP = 'Python could not be brought back twice in a row';

/** Has the page note when it asks its keeper for the memory. */
async function watch(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const { postMessage } = MessagePort.prototype;
    MessagePort.prototype.postMessage = function (this: MessagePort, ...parameters: [unknown]) {
      if ((parameters[0] as { type?: unknown } | null)?.type === 'attach') Reflect.set(window, 'attaching', true);
      return postMessage.apply(this, parameters);
    };
  });
}

const attaching = (page: Page) =>
  page.waitForFunction(() => Reflect.has(window, 'attaching'), undefined, { polling: 5, timeout: PATIENCE });

export const resuming: Scenario = {
  name: 'resuming',
  async act({ workbench, random, counts, aim, killBefore }) {
    await rememberAndKeep(workbench, random);
    await watch(workbench.page);
    await workbench.page.reload({ waitUntil: 'commit' });
    await attaching(workbench.page);
    const began = Date.now();
    await workbench.ready();
    const length = Date.now() - began;
    const address = workbench.page.url();
    const kills = random.between(1, 2);
    const met: string[] = [];
    /** Loads the page and waits for the moment of the kill. */
    const meet = async (opening: Workbench, load: () => Promise<unknown>) => {
      const { page } = opening;
      await load();
      await attaching(page);
      await aim();
      await page.waitForTimeout(random.fraction() * LATEST * length);
      met.push((await isReady(opening)) ? 'after a resume' : 'in a resume');
    };
    await meet(workbench, () => workbench.page.reload({ waitUntil: 'commit' }));
    if (kills === 2) {
      const second = await killBefore();
      await watch(second.page);
      await meet(second, () => second.page.goto(address, { waitUntil: 'commit' }));
    }
    return {
      outcomes: [{ name: 'remembered', counts: { ...counts, memory: counts.memory + 1 } }],
      acknowledged: 1,
      note: met.join(', '),
      async afterOpening(opened) {
        if (await opened.page.getByText(GIVEN_UP).isVisible()) {
          if (!met.every((when) => when === 'in a resume') || kills < 2)
            return { problems: ['the session gave up on its memory too early'] };
          await opened.history();
          const newest = await opened.moment('now');
          await newest.getByRole('button', { name: /^Go back to / }).click();
          await opened.page
            .getByRole('status')
            .filter({ hasText: /^Back at / })
            .waitFor();
          await opened.ready();
        }
        return { problems: await brokenSeal(opened) };
      },
    };
  },
};
