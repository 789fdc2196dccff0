/** Who gets a session: three tabs over a real BroadcastChannel. */
import { afterEach, expect, test, vi } from 'vitest';
import { takeOverChannel } from '../../../src/protocol/take-over';
import { TakeOver, type TakeOverListener } from '../../../src/session/take-over';

const opened: TakeOver[] = [];

afterEach(() => {
  vi.useRealTimers();
  for (const each of opened.splice(0)) each.close();
});

function tab(role: ReturnType<TakeOverListener['role']>) {
  const heard: string[] = [];
  const takeOver = new TakeOver('test', {
    role: () => role,
    onYield: () => heard.push('yield'),
    onStepBack: () => heard.push('step back'),
  });
  opened.push(takeOver);
  return { takeOver, heard };
}

test('an idle owner yields, and others that wait step back', async () => {
  const [owner, waiting, asking, looking] = [tab('idle'), tab('waiting'), tab('waiting'), tab(null)];
  expect(await asking.takeOver.ask(false)).toBe('yielding');
  expect([owner.heard, waiting.heard, asking.heard, looking.heard]).toEqual([['yield'], ['step back'], [], []]);
});

test('an owner with a run says so, and yields when the run may be stopped', async () => {
  const [owner, asking] = [tab('running'), tab('waiting')];
  expect(await asking.takeOver.ask(false)).toBe('running');
  expect(owner.heard).toEqual([]);
  expect(await asking.takeOver.ask(true)).toBe('yielding');
  expect(owner.heard).toEqual(['yield']);
});

test('without an owner that answers, asking ends after five seconds', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout'] });
  const asked = tab('waiting').takeOver.ask(false);
  vi.advanceTimersByTime(5000);
  expect(await asked).toBe('unanswered');
});

test('what was asked long ago, and what is not understood, changes nothing', async () => {
  const owner = tab('idle');
  const channel = new BroadcastChannel(takeOverChannel('test'));
  channel.postMessage({ type: 'request', from: 'x', stopRun: true, at: Date.now() - 6000 });
  channel.postMessage({ type: 'format', from: 'x' });
  channel.postMessage({ type: 'request', from: 'x', stopRun: true, at: Date.now() });
  await expect.poll(() => owner.heard).toEqual(['yield']);
  channel.close();
});
