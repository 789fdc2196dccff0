import { expect, test } from 'vitest';
import { WayBack } from '../../../src/app/way-back';
import type { Checkpoint, CheckpointList, Session } from '../../../src/session';

const checkpoint = (id: number, origin: Checkpoint['origin'] = 'run', present = false): Checkpoint => ({
  id,
  parent: null,
  time: id,
  run: null,
  name: null,
  origin,
  image: true,
  size: 0,
  present,
});
const listOf = (...checkpoints: Checkpoint[]): CheckpointList => ({ checkpoints, undo: null, stored: 0, budget: 1 });
const state = (phase: Session['state']['phase'], checkpoints: CheckpointList | null) => ({ phase, checkpoints }) as Session['state'];
const SAID = { text: 'Run 2 was undone.', action: 'Redo' };

test('the way back leads to what was made of the moment that was left, once the list was read anew', () => {
  const before = listOf(checkpoint(1), checkpoint(2, 'before-undo'), checkpoint(3, 'run', true));
  const way = new WayBack();
  way.leave(state('idle', before));
  way.arrive(SAID, state('starting', before));
  expect(way.checkpoint).toBeNull();
  way.follow(state('idle', before));
  expect(way.checkpoint).toBeNull();
  way.follow(state('idle', listOf(checkpoint(1, 'run', true), checkpoint(2, 'before-undo'), checkpoint(3), checkpoint(4, 'before-undo'))));
  expect(way).toMatchObject({ said: SAID, checkpoint: 4 });
});

test('a moment that was kept already is the way back itself', () => {
  const way = new WayBack();
  way.leave(state('idle', listOf(checkpoint(1), checkpoint(2, 'run', true))));
  way.arrive(SAID, state('idle', listOf(checkpoint(1, 'run', true), checkpoint(2))));
  expect(way.checkpoint).toBe(2);
});

test('the next run ends the offer', () => {
  const way = new WayBack();
  way.leave(state('idle', listOf(checkpoint(1), checkpoint(2, 'run', true))));
  way.arrive(SAID, state('idle', listOf(checkpoint(1, 'run', true), checkpoint(2))));
  way.follow(state('running', null));
  expect(way).toMatchObject({ said: null, checkpoint: null });
});
