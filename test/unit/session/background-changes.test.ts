/** What goes on after a run, when the session is let go of before it was kept. */
import { expect, test } from 'vitest';
import { BackgroundChanges } from '../../../src/session/background-changes';

test('who lets go waits until all of it is kept, once', async () => {
  const kept: string[] = [];
  const background = new BackgroundChanges(async () => {
    await new Promise((resolve) => setTimeout(resolve, 5));
    kept.push('kept');
  });
  background.note();
  await background.keepInTime();
  expect(kept).toEqual(['kept']);
});

test('but not for ever', async () => {
  const background = new BackgroundChanges(() => new Promise(() => undefined));
  background.note();
  await background.keepInTime(5);
});
