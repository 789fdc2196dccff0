/** The kill follows "Saved" at once: everything of the run is there, also what was only written and closed. */
import { program } from '../disk';
import type { Scenario } from '../scenario';

const WRITE = `
os.makedirs("files", exist_ok=True)
n = LAST
for step in range(COUNT):
    n["closed"] += 1
    with open(f"files/closed-{n['closed']}", "wb") as file:
        file.write(body("closed", n["closed"]))
os.makedirs(f"folder-{n['closed']}/empty")
os.rename(f"folder-{n['closed']}", "/tmp/moved")
with open("/tmp/moved/note", "w") as file:
    file.write("moved")
for old in sorted(os.listdir("/tmp")):
    if old.startswith("kept-"):
        os.remove(f"/tmp/{old}/note")
        os.rmdir(f"/tmp/{old}/empty")
        os.rmdir(f"/tmp/{old}")
os.rename("/tmp/moved", f"/tmp/kept-{n['closed']}")
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
  async act({ workbench, random, counts }) {
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
    const printed = workbench.output.getByText(/digest [0-9a-f]{64}/);
    await printed.waitFor({ timeout: PATIENCE });
    const [, digest] = /digest ([0-9a-f]{64})/.exec((await printed.textContent()) ?? '') ?? [];
    return { outcomes: [{ ...outcome, ...(digest && { digest }) }], acknowledged, note: digest ? 'all files compared' : 'no digest' };
  },
};
