/** What the scenarios of two tabs have in common. */
import { expect, Workbench } from '../../e2e/workbench';
import type { Round } from '../scenario';

/** How long a second page may take to find that the session is taken, ms: the machine runs Python meanwhile. */
const PATIENCE = 60_000;

/** A second tab on the same session, which has found that it is taken. It is killed with the first. */
export async function openSecondTab({ workbench, aim }: Round): Promise<Workbench> {
  const second = new Workbench(await workbench.page.context().newPage());
  await second.page.goto(workbench.page.url());
  await expect(second.page.getByRole('heading', { name: 'This session is open in another tab.' })).toBeVisible({ timeout: PATIENCE });
  await aim();
  return second;
}
