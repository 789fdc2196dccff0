/** What Upload and Clear have in common: the session is wholly what it was or wholly what it became, and can be brought back. */
import type { Locator } from '@playwright/test';
import type { Workbench } from '../../e2e/workbench';
import type { Claim, Outcome, Round } from '../scenario';

/** Whether the page offers to undo: then the replacement was acknowledged. */
export const offersUndo = (workbench: Workbench): Promise<boolean> => workbench.button('Bring back').isVisible();

/** What the page says once it has brought back what was there: with it comes the log of then, which may say the same of an earlier time. */
export const broughtBack = (workbench: Workbench): Locator => workbench.output.getByText('Brought back.').last();

/** The kill comes at the longest this much after the click, ms: about as long as it takes until the page says that it is done. */
const LONGEST = 1500;

/** Waits for the moment of the kill; answers whether `done` was seen by then. */
export async function waitForKill({ random }: Round, done: () => Promise<boolean>): Promise<boolean> {
  const end = Date.now() + random.between(0, LONGEST);
  let seen = await done();
  while (Date.now() < end) seen = (await done()) || seen;
  return seen;
}

/** The session as it was at the beginning of the round. */
export const unchanged = ({ counts, digest }: Round): Outcome => ({ name: 'as before', counts, digest });

/** For every second kill: a new page that offers to undo brings back exactly what was there. */
export function thenBringBack(round: Round): Pick<Claim, 'afterOpening'> {
  if (round.random.fraction() < 0.5) return {};
  return {
    async afterOpening(workbench) {
      if (!(await offersUndo(workbench))) return {};
      await workbench.button('Bring back').click();
      await broughtBack(workbench).waitFor();
      await workbench.ready();
      return { outcomes: [{ ...unchanged(round), name: 'brought back' }] };
    },
  };
}
