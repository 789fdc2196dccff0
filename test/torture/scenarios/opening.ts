/** A reload cuts a run off, and the kill comes while the session is being opened again: the second interruption meets a recovery. */
import { Acknowledgements, type Scenario } from '../scenario';
import { startWriting } from './writing';

/** The longest time from the first promise to the reload, and from the reload to the kill, ms: about as long as until Python is ready. */
const LONGEST_WRITING = 800;
const LONGEST_OPENING = 2000;

export const opening: Scenario = {
  name: 'opening',
  async act(round) {
    const { workbench, random } = round;
    const acknowledged = new Acknowledgements(round);
    await startWriting(round, random.pick(['delete', 'truncate', 'wal']));
    await acknowledged.follow(random.between(0, LONGEST_WRITING));
    await workbench.page.reload({ waitUntil: 'commit' });
    await workbench.page.waitForTimeout(random.between(0, LONGEST_OPENING));
    return { outcomes: [{ name: 'written', counts: acknowledged.counts }], acknowledged: acknowledged.number };
  },
};
