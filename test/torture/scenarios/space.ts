/** Short runs that write and delete much, so that the store has to give space back while they go on and between them. */
import { program } from '../disk';
import { Acknowledgements, isReady, type Scenario } from '../scenario';

const CHURN = `
os.makedirs("files", exist_ok=True)
db = open_ledger("delete")
db.execute("create table if not exists bulk (data blob)")
n = LAST
for step in range(4):
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
`;

/** The longest time from the first run's beginning to the kill, ms. */
const LONGEST = 5000;

export const space: Scenario = {
  name: 'space',
  async act(round) {
    const { workbench, random } = round;
    const acknowledged = new Acknowledgements(round);
    const end = Date.now() + random.between(300, LONGEST);
    do {
      await workbench.start(program(CHURN, { LAST: acknowledged.counts }));
      // When Ready is seen the last line was there before: the look comes after it.
      let ended = false;
      do {
        ended = await isReady(workbench);
        await acknowledged.look();
      } while (!ended && Date.now() < end);
    } while (Date.now() < end);
    return { outcomes: [{ name: 'written', counts: acknowledged.counts }], acknowledged: acknowledged.number };
  },
};
