/** A second tab takes the session over while the first one writes; the kill comes in the middle of that, or soon after. */
import { Acknowledgements, isReady, type Scenario } from '../scenario';
import { openSecondTab } from './second-tab';
import { startWriting } from './writing';

/** The longest time from the click to the kill, ms: about as long as until Python is ready in the second tab. */
const LONGEST = 2500;

export const takeOver: Scenario = {
  name: 'take-over',
  async act(round) {
    const { random } = round;
    const acknowledged = new Acknowledgements(round);
    await startWriting(round, random.pick(['delete', 'truncate', 'wal']));
    const second = await openSecondTab(round);
    await second.button('Take over').click();
    const ask = second.button('Stop it and take over');
    await ask.waitFor();
    await acknowledged.follow(0);
    await ask.click();
    let taken = false;
    for (const end = Date.now() + random.between(0, LONGEST); Date.now() < end; ) {
      await acknowledged.look();
      taken = await isReady(second);
    }
    return {
      outcomes: [{ name: 'written', counts: acknowledged.counts }],
      acknowledged: acknowledged.number,
      note: taken ? 'ready in the second tab' : 'on the way',
    };
  },
};
