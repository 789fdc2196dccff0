/** Python commits to a ledger, syncs files, renames them over others and appends, without end. */
import { program } from '../disk';
import { Acknowledgements, type Round, type Scenario } from '../scenario';

const WRITE = `
os.makedirs("files", exist_ok=True)
db = open_ledger(MODE)
n = LAST
for step in range(1 << 30):
    n[MODE] += 1
    enter(db, MODE, n[MODE])
    kind = ("file", "replaced", "appended")[step % 3]
    n[kind] += 1
    if kind == "file":
        store(f"files/file-{n[kind]}", body(kind, n[kind]))
    elif kind == "replaced":
        store("replaced.new", replaced_body(n[kind]))
        os.replace("replaced.new", "replaced")
        folder = os.open(".", os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    else:
        store("/tmp/appended", line(n[kind]), os.O_APPEND)
    print("stored", kind, n[kind])
`;

/** The longest time from the first promise to the kill, ms. */
const LONGEST = 2500;

/** Of the ledger's journal; `wal` with locking_mode=EXCLUSIVE, for there is no shared memory. */
type Mode = 'delete' | 'truncate' | 'wal';

/** Starts the run, which does not end by itself. */
export const startWriting = ({ workbench, counts }: Round, mode: Mode): Promise<void> =>
  workbench.start(program(WRITE, { MODE: mode, LAST: counts }));

export const writing = (mode: Mode): Scenario => ({
  name: `writing-${mode}`,
  async act(round) {
    const acknowledged = new Acknowledgements(round);
    await startWriting(round, mode);
    await acknowledged.follow(round.random.between(0, LONGEST));
    return { outcomes: [{ name: 'written', counts: acknowledged.counts }], acknowledged: acknowledged.number };
  },
});
