/** Generated programs in the real sandbox: straight through, and with a refresh of the page after every statement. */
import type { Page } from '@playwright/test';
import type { OutputPiece, Session } from '../../src/session';
import { programOf } from '../differential/program';
import { TOPICS } from '../differential/topics';
import { expect, test } from './workbench';

const FIRST_SEED = 2001;
const PROGRAMS = 10;
/** As in test/browser/harness.ts: what the page holds. */
type Holder = Element & { session: Session };

/** Waits until Python is ready, without the pauses of assertions that try again. */
const idle = (page: Page) =>
  page.waitForFunction(() => (document.querySelector('dormouse-page') as Holder | null)?.session?.state.phase === 'idle', null, {
    polling: 20,
    timeout: 60_000,
  });

/** Runs code, and returns what it wrote without addresses, which are the allocator's own affair, and without the number of the run. */
async function run(page: Page, code: string): Promise<string> {
  const said = await page.evaluate(async (text) => {
    const { session } = document.querySelector('dormouse-page') as Holder;
    let output = '';
    const listen = (event: Event) => {
      output += (event as CustomEvent<OutputPiece[]>).detail.map((piece) => piece.text).join('');
    };
    session.addEventListener('output', listen);
    await session.run(text);
    session.removeEventListener('output', listen);
    return output;
  }, code);
  return said.replaceAll(/0x[0-9a-f]{4,}/g, '0x…').replaceAll(/<run \d+>/g, '<run>');
}

test(`${PROGRAMS} programs say the same with a refresh after every statement`, async ({ workbench, page }) => {
  test.setTimeout(600_000);
  for (let seed = FIRST_SEED; seed < FIRST_SEED + PROGRAMS; seed++) {
    const statements = programOf(seed, Object.values(TOPICS));
    const straight: string[] = [];
    for (const statement of statements) straight.push(await run(page, statement));
    await workbench.clear();
    const refreshed: string[] = [];
    for (const statement of statements) {
      if (refreshed.length > 0) {
        await page.reload();
        await idle(page);
      }
      refreshed.push(await run(page, statement));
    }
    await workbench.clear();
    expect.soft(refreshed, `seed ${seed}:\n${statements.join('\n---\n')}`).toEqual(straight);
  }
});
