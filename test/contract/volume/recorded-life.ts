/** A life as the store saw it, and what it promised at each moment. */
import type { FileOperation } from '../../../src/base/file-operation';
import { Volume } from '../../../src/volume';
import { FaultyStore } from '../../fixtures/faulty-store';
import type { Change, Image } from '../../fixtures/unflushed';
import type { Life } from './lives';
import { stateOf } from './observed';

/** What a crash at one moment may leave: the states from the first to the last, both included. */
export interface Allowed {
  first: number;
  last: number;
}

export interface RecordedLife {
  before: Image;
  changes: { change: Change; cleans: boolean }[];
  /** The state after opening and after each action. */
  states: string[];
  /** After so many changes. `lost`: when the power goes; `killed`: when only the process does. */
  allowed(count: number): { lost: Allowed; killed: Allowed };
}

/** The states on the way through operations that are written in one piece: what is not written yet cannot be looked at in the volume itself. */
async function statesBetween(store: FaultyStore, options: Life['options'], operations: FileOperation[]): Promise<string[]> {
  const copy = await Volume.open(new FaultyStore({}, store.contents()), options);
  const states = operations.map((operation) => {
    copy.apply(operation);
    return stateOf(copy);
  });
  copy.close();
  return states;
}

/** Lives a life that nothing disturbs. */
export async function record({ options, actions, files = new Map() }: Life): Promise<RecordedLife> {
  const changes: { change: Change; cleans: boolean; leadsTo: number }[] = [];
  const states: string[] = [];
  /** How many changes there were when a state was reached, and whether it was promised then. */
  const reached: { changes: number; durable: boolean }[] = [];
  let cleans = false;
  const onChange = (change: Change) => changes.push({ change, cleans, leadsTo: states.length });
  const store = new FaultyStore({ onChange }, files);
  const reach = (volume: Volume, durable: boolean) => {
    states.push(stateOf(volume));
    reached.push({ changes: changes.length, durable });
  };
  let volume = await Volume.open(store, options);
  reach(volume, true);
  for (const action of actions) {
    if (action === 'reopen') {
      volume.close();
      volume = await Volume.open(store, options);
      reach(volume, false);
      continue;
    }
    cleans = action.cleans ?? false;
    // All but the last, which is reached below.
    const between = action.parts ? await statesBetween(store, options, action.parts.slice(0, -1)) : [];
    states.push(...between);
    await action.run(volume);
    for (const _ of between) reached.push({ changes: changes.length, durable: false });
    reach(volume, action.durable);
    cleans = false;
  }
  volume.close();
  return {
    before: files,
    changes,
    states,
    allowed(count) {
      const returned = reached.findLastIndex((moment) => moment.changes <= count);
      const promised = reached.findLastIndex((moment) => moment.changes <= count && moment.durable);
      // What was under way may have happened.
      const last = Math.max(returned, changes[count - 1]?.leadsTo ?? 0);
      return { lost: { first: Math.max(0, promised), last }, killed: { first: Math.max(0, returned), last } };
    },
  };
}
