/**
 * Parts of a large file and whole files are written over and over, with small ones that stay in between, so that the store has to give
 * space back: segments are emptied while runs go on, and those that are half in use are cleaned after them. The kill comes meanwhile.
 */
import type { Page } from '@playwright/test';
import { program } from '../disk';
import { Acknowledgements, isReady, type Scenario } from '../scenario';

const CHURN = `
os.makedirs("files", exist_ok=True)
db = open_ledger("delete")
db.execute("create table if not exists bulk (data blob)")
n = LAST
slots = os.open("slots", os.O_RDWR | os.O_CREAT)
os.ftruncate(slots, SLOTS * SLOT_SIZE)
for step in range(STEPS):
    for write in range(64):
        n["slot"] += 1
        os.pwrite(slots, slot_body(n["slot"]), slot_of(n["slot"]) * SLOT_SIZE)
    os.fsync(slots)
    print("stored slot", n["slot"])
    n["file"] += 1
    store(f"files/file-{n['file']}", body("file", n["file"]))
    print("stored file", n["file"])
    n["big"] += 1
    store(f"files/big-{n['big']}", big_body(n["big"]))
    print("stored big", n["big"])
    if os.path.exists(f"files/big-{n['big'] - 2}"):
        os.remove(f"files/big-{n['big'] - 2}")
    db.execute("delete from bulk")
    db.execute("insert into bulk values (randomblob(?))", ((1 + step) << 20,))
    n["delete"] += 1
    enter(db, "delete", n["delete"])
db.execute("vacuum")
db.close()
os.close(slots)
`;

/** The longest time from a run's beginning to the kill, when it comes while it goes on, and from its end, when it comes while the store is tidied, ms. */
const LONGEST_RUN = 5000;
const LONGEST_TIDYING = 1200;

export const space: Scenario = {
  name: 'space',
  async act(round) {
    const { workbench, random } = round;
    const acknowledged = new Acknowledgements(round);
    const emptied = new EmptiedSegments(workbench.page);
    const idle = random.fraction() < 0.7;
    const end = Date.now() + (idle ? Number.POSITIVE_INFINITY : random.between(300, LONGEST_RUN));
    const tidying = random.between(0, LONGEST_TIDYING);
    let ended = false;
    do {
      await workbench.start(program(CHURN, { LAST: acknowledged.counts, STEPS: random.between(4, 8) }));
      // When Ready is seen the last line was there before: the look comes after it.
      do {
        ended = await isReady(workbench);
        await acknowledged.look();
        await emptied.look();
      } while (!ended && Date.now() < end);
    } while (!idle && Date.now() < end);
    const during = emptied.number;
    if (idle) for (const killed = Date.now() + tidying; Date.now() < killed; ) await emptied.look();
    return {
      outcomes: [{ name: 'written', counts: acknowledged.counts }],
      acknowledged: acknowledged.number,
      note: `segments emptied: ${during} meanwhile${idle ? `, ${emptied.number - during} in the ${tidying} ms after it` : ''}`,
    };
  },
};

/** Counts the segments that the store empties, by the sizes of its files. */
class EmptiedSegments {
  readonly #page: Page;
  #before = new Map<string, number>();
  /** Since the beginning, of those that were seen. */
  number = 0;

  constructor(page: Page) {
    this.#page = page;
  }

  async look(): Promise<void> {
    const sizes = await this.#page.evaluate(async () => {
      const sessions = await (await navigator.storage.getDirectory()).getDirectoryHandle('sessions');
      const folder = await sessions.getDirectoryHandle('main');
      const files: [string, number][] = [];
      for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
        if (!name.startsWith('segment-')) continue;
        // It may go between being listed and being looked at.
        const file = await handle.getFile().catch(() => null);
        if (file) files.push([name, file.size]);
      }
      return files;
    });
    const now = new Map(sizes);
    for (const [name, size] of this.#before) if (size > 0 && (now.get(name) ?? 0) === 0) this.number += 1;
    this.#before = now;
  }
}
