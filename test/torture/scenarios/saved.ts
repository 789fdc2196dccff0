/** The kill follows "Saved" at once: everything of the run is there, also what was only written and closed. */
import { program } from '../disk';
import { Acknowledgements, type Scenario } from '../scenario';

const WRITE = `
os.makedirs("files", exist_ok=True)
n = LAST
for step in range(COUNT):
    n["closed"] += 1
    with open(f"files/closed-{n['closed']}", "wb") as file:
        file.write(body("closed", n["closed"]))
# What a folder goes through: made, renamed with what is in it, and the one of the last time removed.
os.makedirs(f"/tmp/new-{n['closed']}/empty")
with open(f"/tmp/new-{n['closed']}/note", "w") as file:
    file.write("renamed")
for old in sorted(os.listdir("/tmp")):
    if old.startswith("kept-"):
        os.remove(f"/tmp/{old}/note")
        os.rmdir(f"/tmp/{old}/empty")
        os.rmdir(f"/tmp/{old}")
os.rename(f"/tmp/new-{n['closed']}", f"/tmp/kept-{n['closed']}")
# A connection that stays open, with its write-ahead log: the disk is as it is.
db = open_ledger("wal")
n["wal"] += 1
enter(db, "wal", n["wal"])
print("digest", digest())
`;

/** How long the page may take to show what was printed before it said "Saved", ms. */
const PATIENCE = 10_000;

export const saved: Scenario = {
  name: 'saved',
  async act(round) {
    const { workbench, random, counts } = round;
    const files = random.between(20, 300);
    // Every second time the kill comes as soon after the word as can be. Otherwise the digest is waited for, to know all of the disk.
    const atOnce = random.fraction() < 0.5;
    await workbench.start(program(WRITE, { LAST: counts, COUNT: files }));
    // While it runs the page says "Saving…". Asked without a pause.
    let promise = '';
    for (const end = Date.now() + 60_000; !/^\s*Saved \d/.test(promise); promise = (await workbench.saved.textContent()) ?? '') {
      if (Date.now() > end || promise.includes('Not saved')) throw new Error(`The run was not saved: ${promise}`);
    }
    const outcome = { name: 'saved', counts: { ...counts, closed: counts.closed + files, wal: counts.wal + 1 } };
    const acknowledged = files + 1;
    if (atOnce) return { outcomes: [outcome], acknowledged, note: 'at once' };
    const acknowledgements = new Acknowledgements(round);
    let digest: string | undefined;
    for (const end = Date.now() + PATIENCE; digest === undefined; ) {
      const text = await acknowledgements.look();
      [, digest] = /digest ([0-9a-f]{64})/.exec(text) ?? [];
      if (Date.now() > end) throw new Error(`The digest was not printed:\n${text}`);
    }
    return { outcomes: [{ ...outcome, digest }], acknowledged, note: 'all files compared' };
  },
};
