/** The browser gives no more room: Python fills what there is, again and again, and what was promised before and in between stays. */
import type { CDPSession, Page } from '@playwright/test';
import { program } from '../disk';
import { Acknowledgements, type Scenario } from '../scenario';

const FILL = `
os.makedirs("files", exist_ok=True)
db = open_ledger("delete")
db.execute("create table if not exists bulk (data blob)")
n = LAST
block = os.urandom(1 << 20)
for attempt in range(1 << 30):
    size = 0
    try:
        with open(f"fill-{attempt}", "wb", 0) as file:
            while True:
                size += file.write(block)
                if size % (4 << 20) == 0:
                    enter(db, "delete", n["delete"] + 1)
                    n["delete"] += 1
                    store(f"files/file-{n['file'] + 1}", body("file", n["file"] + 1))
                    n["file"] += 1
                    print("stored file", n["file"])
    except (OSError, sqlite3.Error) as error:
        print("refused:", error)
    try:
        db.rollback()
        os.remove(f"fill-{attempt}")
        # What was deleted is free at once: at least half of it can be written again.
        print("room:", size >> 20, "MiB")
        if size >= 4 << 20:
            with open("fill-again", "wb", 0) as file:
                while file.tell() < size // 2:
                    file.write(block)
            os.remove("fill-again")
            print("again")
    except (OSError, sqlite3.Error) as error:
        print(f"not free again after {size >> 20} MiB:", error)
    # A transaction that finds the disk full, and one after it.
    try:
        while True:
            db.execute("insert into bulk values (randomblob(1 << 19))")
    except (OSError, sqlite3.Error) as error:
        print("refused:", error)
    try:
        db.rollback()
        enter(db, "delete", n["delete"] + 1)
        n["delete"] += 1
        print("entered")
    except (OSError, sqlite3.Error) as error:
        print("not entered:", error)
`;

const MEBIBYTE = 2 ** 20;
/** The longest time from the first refusal to the kill, ms. */
const LONGEST = 6000;
/** Room that the browser has promised to an open file is used up before it refuses: so long that may take, ms. */
const PATIENCE = 20_000;

const limit = (cdp: CDPSession, origin: string, quotaSize?: number) =>
  cdp.send('Storage.overrideQuotaForOrigin', { origin, ...(quotaSize !== undefined && { quotaSize }) });

export const quota: Scenario = {
  name: 'quota',
  async act(round) {
    const { workbench, random } = round;
    const { page } = workbench;
    const { origin } = new URL(page.url());
    const acknowledged = new Acknowledgements(round);
    const used = await page.evaluate(async () => (await navigator.storage.estimate()).usage ?? 0);
    const quotaSize = used + random.between(2, 40) * MEBIBYTE;
    await limit(await page.context().newCDPSession(page), origin, quotaSize);
    await workbench.start(program(FILL, { LAST: round.counts }));
    const reasons = new Set<string>();
    const problems: string[] = [];
    const stuck = new Set<string>();
    let again = 0;
    const look = async () => {
      const text = await acknowledged.look();
      for (const [, reason] of text.matchAll(/refused: (.*)\n/g)) reasons.add(reason as string);
      for (const [line] of text.matchAll(/^not (?:free again|entered).*$/gm)) stuck.add(line);
      again = Math.max(again, [...text.matchAll(/^again$/gm)].length);
    };
    for (const giveUp = Date.now() + PATIENCE; reasons.size === 0 && Date.now() < giveUp; ) await look();
    // Half of the time not before something was deleted and written again, or was not.
    const waits = random.fraction() < 0.5;
    for (const giveUp = Date.now() + PATIENCE; waits && again === 0 && stuck.size === 0 && Date.now() < giveUp; ) await look();
    for (const end = Date.now() + random.between(0, LONGEST); Date.now() < end; ) await look();
    const promise = (await workbench.saved.textContent()) ?? '';
    if (promise.includes('Not saved')) problems.push(promise.trim());
    if (stuck.size > 0) problems.push(`what was deleted did not become free in the same run (${[...stuck].join(', ')})`);
    const stillFull = random.fraction() < 0.5;
    let cdp: CDPSession | null = null;
    return {
      outcomes: [{ name: 'written', counts: acknowledged.counts }],
      acknowledged: acknowledged.number,
      note: `${reasons.size === 0 ? 'not full yet' : [...reasons].join(', ')}; ${again} times written again after deleting${stillFull ? '; opened without room' : ''}`,
      async beforeOpening(next: Page) {
        if (!stillFull) return;
        cdp = await next.context().newCDPSession(next);
        await limit(cdp, origin, quotaSize);
      },
      async afterOpening() {
        // It has opened without room; the look needs some.
        if (cdp) await limit(cdp, origin);
        return { problems };
      },
    };
  },
};
