/** The session is being cleared, or brought back after that. */
import { digestOf, NOTHING } from '../disk';
import type { Claim, Outcome, Scenario } from '../scenario';
import { broughtBack, offersUndo, thenBringBack, unchanged, waitForKill } from './replacing';

const CLEARED: Outcome = { name: 'cleared', counts: NOTHING, digest: digestOf(new Map()) };

export const clear: Scenario = {
  name: 'clear',
  async act(round): Promise<Claim> {
    const { workbench, random } = round;
    if (random.fraction() < 0.5) {
      await workbench.button('Clear session').click();
      await workbench.page.getByRole('dialog').getByRole('button', { name: 'Clear', exact: true }).click();
      const done = await waitForKill(round, () => offersUndo(workbench));
      return { outcomes: done ? [CLEARED] : [CLEARED, unchanged(round)], acknowledged: done ? 1 : 0, ...thenBringBack(round) };
    }
    await workbench.clear();
    await workbench.button('Bring back').click();
    const done = await waitForKill(round, () => broughtBack(workbench).isVisible());
    return { outcomes: done ? [unchanged(round)] : [unchanged(round), CLEARED], acknowledged: done ? 2 : 1 };
  },
};
