/** A second tab makes a copy while the first one writes; the kill hits both. A copy that was shown is there and sound; one that was not is not. */
import type { Page } from '@playwright/test';
import { expect, type Workbench } from '../../e2e/workbench';
import { KINDS, look } from '../disk';
import { Acknowledgements, type Scenario } from '../scenario';
import { openSecondTab } from './second-tab';
import { startWriting } from './writing';

/** The longest time from the click to the kill, ms. */
const LONGEST = 3000;
/** How long the keeper of a page that was left may hold its files, ms. */
const PATIENCE = 10_000;
/** How long the list of sessions may take to be shown, ms. */
const LIST_PATIENCE = 1000;

export const copy: Scenario = {
  name: 'copy',
  async act(round) {
    const { random } = round;
    const acknowledged = new Acknowledgements(round);
    await startWriting(round, random.pick(['delete', 'truncate', 'wal']));
    const second = await openSecondTab(round);
    await acknowledged.follow(0);
    const { counts: before } = acknowledged;
    await second.button('Open a copy').click();
    let shown: string | null = null;
    for (const end = Date.now() + random.between(0, LONGEST); Date.now() < end; ) {
      await acknowledged.look();
      if (shown === null && (await second.page.title()).startsWith('Copy of ')) shown = new URL(second.page.url()).hash;
    }
    return {
      outcomes: [{ name: 'written', counts: acknowledged.counts }],
      acknowledged: acknowledged.number,
      note: shown === null ? 'the copy was on the way' : 'the copy was shown',
      async afterOpening(workbench) {
        const { page } = workbench;
        const main = page.url();
        const copies = await copiesOf(workbench);
        const problems: string[] = [];
        if (shown !== null && !copies.includes(shown)) problems.push('the copy that was shown is not listed');
        for (const address of copies) {
          await go(workbench, address, /^Copy of /);
          const { counts, problems: found } = await look(workbench);
          problems.push(...found.map((problem) => `in the copy: ${problem}`));
          const lost = KINDS.filter((kind) => counts[kind] < before[kind]);
          problems.push(
            ...lost.map((kind) => `in the copy: ${kind}: ${counts[kind]} of ${before[kind]} acknowledged before it was asked for`),
          );
        }
        await go(workbench, main, /^First session/);
        for (const address of copies) await remove(page, address.split('/').pop() as string);
        return { problems };
      },
    };
  },
};

/** Goes to another session, whose page then has this title. */
async function go(workbench: Workbench, address: string, title: RegExp): Promise<void> {
  await workbench.page.goto(new URL(address, workbench.page.url()).href);
  await expect(workbench.page).toHaveTitle(title, { timeout: PATIENCE });
  await workbench.ready();
}

/** The addresses of the copies in the list of sessions. */
async function copiesOf({ page }: Workbench): Promise<string[]> {
  await page.getByRole('button', { name: /^Session: / }).click();
  const links = page.getByRole('group', { name: 'Session' }).getByRole('link');
  // There may be none; the list is asked for when the menu opens.
  await links
    .first()
    .waitFor({ timeout: LIST_PATIENCE })
    .catch(() => undefined);
  const all = await links.evaluateAll((nodes) => nodes.map((node) => [node.textContent ?? '', (node as HTMLAnchorElement).hash] as const));
  await page.keyboard.press('Escape');
  return all.filter(([text]) => text.trim().startsWith('Copy of ')).map(([, hash]) => hash);
}

/** Removes a session's folder, so that the copies of all rounds do not fill the disk. */
async function remove(page: Page, session: string): Promise<void> {
  for (const end = Date.now() + PATIENCE; ; ) {
    const error = await page.evaluate(async (name) => {
      const sessions = await (await navigator.storage.getDirectory()).getDirectoryHandle('sessions');
      return sessions.removeEntry(name, { recursive: true }).then(
        () => null,
        (thrown: unknown) => String(thrown),
      );
    }, session);
    if (error === null) return;
    if (Date.now() > end) throw new Error(`A copy could not be removed: ${error}`);
    await page.waitForTimeout(200);
  }
}
