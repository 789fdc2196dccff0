/**
 * Chromium's renderers, or all of Chromium, are killed with SIGKILL at random moments while the page works. Whatever was acknowledged
 * (a COMMIT or an fsync that returned, seen by the line that Python printed afterwards; "Saved"; a replacement that the page said
 * was done) is there in a new page. `npm run torture -- --rounds 300 --seed 1` chooses how often and repeats the choices of a seed.
 */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, serve } from '../../scripts/server.mjs';
import { Workbench } from '../e2e/workbench';
import { type Found, KINDS, look } from './disk';
import { Random } from './random';
import type { Claim, Outcome, Scenario } from './scenario';
import { SCENARIOS } from './scenarios';
import { type Target, Victim } from './victim';

/** As scripts/test.mjs passes on what the command line says. */
const { TORTURE_ROUNDS = '25', TORTURE_SEED = String(Date.now() % 1_000_000), TORTURE_SCENARIO } = process.env;
const ROUNDS = Number(TORTURE_ROUNDS);
const SEED = Number(TORTURE_SEED);
const CHOSEN = TORTURE_SCENARIO === undefined ? SCENARIOS : SCENARIOS.filter(({ name }) => name === TORTURE_SCENARIO);
if (CHOSEN.length === 0)
  throw new Error(`There is no scenario ${TORTURE_SCENARIO}: choose from ${SCENARIOS.map(({ name }) => name).join(', ')}.`);
const AGAIN = `npm run torture -- --rounds ${ROUNDS} --seed ${SEED}${TORTURE_SCENARIO === undefined ? '' : ` --scenario ${TORTURE_SCENARIO}`}`;
const MINUTE = 60_000;

let server: Server;
let victim: Victim;
beforeAll(async () => {
  server = await serve('dist', { port: 0, headers: 'isolated' });
  victim = await Victim.launch();
});
afterAll(async () => {
  await victim?.close();
  await server?.close();
});

/** The session in a new page, and what it holds. */
interface Opened {
  workbench: Workbench;
  found: Found;
  /** What had to be there, as the page that opened it narrowed it down. */
  outcomes: Claim['outcomes'] | null;
  problems: string[];
  /** What the page showed when it was open, and what it had written to the console. */
  said: string;
}

/** The session that the rounds are about: a copy, too, may have been opened last. */
const ADDRESS = '/#/s/main';

/** The session did not open, or opened in a way that keeps nothing. */
class NotOpenError extends Error {}

async function open(claim: Claim | null): Promise<Opened> {
  const page = await victim.newPage();
  const logged: string[] = [];
  page.on('console', (message) => logged.push(message.text()));
  // By role and name: the text of the body has nothing of what is in its components.
  const show = async () =>
    [
      await page
        .locator('body')
        .ariaSnapshot({ timeout: 1000 })
        .catch(() => ''),
      ...logged,
    ].join('\n');
  const workbench = new Workbench(page);
  let outcomes = claim?.outcomes ?? null;
  try {
    await claim?.beforeOpening?.(page);
    await workbench.open(`${server.url}${ADDRESS}`);
    const promise = await workbench.saved.textContent();
    if (promise?.includes('Not saved')) throw new Error(`The page says: ${promise.trim()}`);
    const opened = await claim?.afterOpening?.(workbench);
    outcomes = opened?.outcomes ?? outcomes;
    const said = await show();
    const found = await look(workbench);
    await victim.aim();
    return { workbench, found, outcomes, problems: [...found.problems, ...(opened?.problems ?? [])], said };
  } catch (error) {
    throw new NotOpenError(`${error instanceof Error ? error.message : error}\n${await show()}`, { cause: error });
  }
}

/** What is missing for this outcome, in sentences. */
function missing({ counts, digest }: Outcome, found: Found): string[] {
  const lost = KINDS.filter((kind) => found.counts[kind] < counts[kind]).map(
    (kind) => `${kind}: ${found.counts[kind]} of ${counts[kind]} acknowledged`,
  );
  if (digest !== undefined && digest !== found.digest) lost.push('the files are not exactly those that have to be there');
  return lost;
}

test(
  `${ROUNDS} kills lose nothing that was acknowledged`,
  async () => {
    console.log(`seed ${SEED}, ${ROUNDS} rounds; again: ${AGAIN}`);
    const failures: string[] = [];
    const total = { acknowledged: 0, lost: 0, unopened: 0, renderer: 0, browser: 0 };
    let session = await open(null);
    for (let round = 1; round <= ROUNDS; round++) {
      const random = Random.ofRound(SEED, round);
      const scenario = CHOSEN[(round - 1) % CHOSEN.length] as Scenario;
      const target = random.pick<Target>(['renderer', 'browser']);
      const { workbench, found: before } = session;
      const began = Date.now();
      const claim = await scenario.act({
        workbench,
        random,
        counts: before.counts,
        digest: before.digestAfter,
        aim: () => victim.aim(),
        killBefore: async () => {
          await victim.kill(target);
          total[target] += 1;
          return new Workbench(await victim.newPage());
        },
      });
      const acted = Date.now() - began;
      await victim.kill(target);
      await workbench.close();
      total[target] += 1;
      total.acknowledged += claim.acknowledged;
      const head = [
        `round ${String(round).padStart(String(ROUNDS).length)}`,
        scenario.name.padEnd(17),
        `${target.padEnd(8)} killed after ${(acted / 1000).toFixed(2).padStart(5)} s`,
        `acknowledged ${String(claim.acknowledged).padStart(4)}`,
      ].join('  ');
      try {
        session = await open(claim);
        const { found, outcomes } = session;
        const candidates = outcomes ?? claim.outcomes;
        const outcome = candidates.find((each) => missing(each, found).length === 0);
        const problems = [
          ...session.problems,
          ...(outcome ? [] : candidates.flatMap((each) => `not ${each.name}: ${missing(each, found)}`)),
        ];
        total.lost += problems.length;
        console.log(
          `${head}  ${problems.length === 0 ? `ok: ${outcome?.name}${claim.note ? ` (${claim.note})` : ''}` : `LOST: ${problems.join('; ')}`}`,
        );
        if (problems.length > 0) {
          failures.push(`round ${round}, ${scenario.name}: ${problems.join('; ')}`);
          console.log(session.said);
        }
      } catch (error) {
        if (!(error instanceof NotOpenError)) throw error;
        total.unopened += 1;
        console.log(`${head}  DID NOT OPEN: ${error.message}`);
        failures.push(`round ${round}, ${scenario.name}: did not open: ${error.message}`);
        // The rounds after it have a new profile: one bad store should not hide what else there is.
        console.log(`Its profile is kept: ${await victim.leave()}`);
        victim = await Victim.launch();
        session = await open(null);
      }
    }
    console.log(
      [
        `\nseed ${SEED}: ${ROUNDS} rounds (${total.renderer} renderers, ${total.browser} browsers killed)`,
        `acknowledged ${total.acknowledged}, lost ${total.lost}, stores that did not open ${total.unopened}`,
      ].join(', '),
    );
    if (failures.length > 0) console.log(`Again: ${AGAIN}`);
    expect(failures).toEqual([]);
  },
  (ROUNDS + 2) * 2 * MINUTE,
);
