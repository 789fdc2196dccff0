/** What a scenario is: something worth interrupting, and what has to be true afterwards. */
import type { Page } from '@playwright/test';
import type { Workbench } from '../e2e/workbench';
import type { Counts, Kind } from './disk';
import type { Random } from './random';

export interface Round {
  readonly workbench: Workbench;
  readonly random: Random;
  /** What the session holds at the beginning. All of it was saved. */
  readonly counts: Counts;
  /** Of the session's files at the beginning: see Found.digestAfter. */
  readonly digest: string;
  /** What runs now is what will be killed: to be called after another page was opened. */
  aim(): Promise<void>;
  /** A kill before the one that is due, as that will be; gives a new page, which has loaded nothing. */
  killBefore(): Promise<Workbench>;
}

/** A state in which the session may be found. */
export interface Outcome {
  /** For the round's line. */
  readonly name: string;
  /** At least this is there. */
  readonly counts: Counts;
  /** When given, the files are exactly these. */
  readonly digest?: string;
}

/** What has to be true after the kill. */
export interface Claim {
  /** One of these. */
  readonly outcomes: readonly [Outcome, ...Outcome[]];
  /** How many promises were seen in this round: commits, syncs, replacements that the page said were done. */
  readonly acknowledged: number;
  /** For the round's line: what else is worth knowing. */
  readonly note?: string;
  /** On the new page, before it loads the app. */
  beforeOpening?(page: Page): Promise<void>;
  /** On the new page, when Python is ready there and nothing was run yet. */
  afterOpening?(workbench: Workbench): Promise<{
    /** Instead of the claim's. */
    outcomes?: Claim['outcomes'];
    /** What should not be, in sentences. */
    problems?: string[];
  }>;
}

export interface Scenario {
  readonly name: string;
  /** Does what is to be interrupted, and resolves when the kill is due. */
  act(round: Round): Promise<Claim>;
}

/** How much of the log's end is looked at: many times what is printed between two looks. */
const TAIL = 20_000;
/** Python, and the first commit, come within this time, ms. */
const PATIENCE = 60_000;

/** Follows what a run prints: `stored <kind> <number>` after each promise that was given to Python. */
export class Acknowledgements {
  readonly #workbench: Workbench;
  readonly #before: Counts;
  readonly #counts: Counts;

  constructor({ workbench, counts }: Round) {
    this.#workbench = workbench;
    this.#before = counts;
    this.#counts = { ...counts };
  }

  get counts(): Counts {
    return { ...this.#counts };
  }

  /** How many there are since the beginning of the round. */
  get number(): number {
    return Object.entries(this.#counts).reduce((sum, [kind, count]) => sum + count - this.#before[kind as Kind], 0);
  }

  /**
   * Takes in what the page shows by now; answers with the end of the log.
   * @throws Error when the program failed: then nothing more comes, and that is no loss of the store's
   */
  async look(): Promise<string> {
    // By no role: it is there and out of sight while the page says that the session went on elsewhere.
    const run = this.#workbench.page.locator('dormouse-output section').last();
    const { text, failed } = await run.evaluate((section, length) => {
      const error = section.querySelector<HTMLElement & { outputs: { list: { traceback?: string }[] } }>('.error');
      return { text: (section.textContent ?? '').slice(-length), failed: error?.outputs.list[0]?.traceback ?? null };
    }, TAIL);
    for (const [, kind, number] of text.matchAll(/stored (\w+) (\d+)\n/g)) {
      const known = this.#counts[kind as Kind];
      if (known === undefined) throw new Error(`Nothing is known of "${kind}".`);
      this.#counts[kind as Kind] = Math.max(known, Number(number));
    }
    if (failed !== null) throw new Error(`The program failed:\n${failed}`);
    return text;
  }

  /**
   * Follows for `time` ms after the first promise of the round.
   * @throws Error when none is given
   */
  async follow(time: number): Promise<void> {
    const giveUp = Date.now() + PATIENCE;
    let text = '';
    while (this.number === 0) {
      if (Date.now() > giveUp) throw new Error(`Nothing was stored:\n${text.slice(-2000)}`);
      text = await this.look();
    }
    const end = Date.now() + time;
    while (Date.now() < end) await this.look();
  }
}

/** Whether Python is ready at this moment. */
export async function isReady(workbench: Workbench): Promise<boolean> {
  return (await workbench.page.getByRole('status', { name: 'Python', exact: true }).textContent())?.trim() === 'Ready';
}
