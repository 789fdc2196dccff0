import { expect, test } from 'vitest';
import { ClosedError, NoSpaceError } from '../../../src/base/errors';
import { encodeError } from '../../../src/protocol/error-codec';
import { Calls } from '../../../src/session/calls';

test('each call is settled by its own answer, in any order', async () => {
  const calls = new Calls();
  const numbers: number[] = [];
  const first = calls.start((call) => numbers.push(call));
  const second = calls.start((call) => numbers.push(call));
  calls.settle({ type: 'answer', call: numbers[1] as number, result: 'two' });
  calls.settle({ type: 'refusal', call: numbers[0] as number, error: encodeError(new NoSpaceError('full')) });
  await expect(second).resolves.toBe('two');
  await expect(first).rejects.toMatchObject({ name: 'NoSpaceError', code: 'no-space', message: 'full' });
});

test('an answer to nothing is passed over, and a second answer too', async () => {
  const calls = new Calls();
  calls.settle({ type: 'answer', call: 99, result: 1 });
  const call = calls.start<number>(() => undefined);
  calls.settle({ type: 'answer', call: 1, result: 1 });
  calls.settle({ type: 'answer', call: 1, result: 2 });
  await expect(call).resolves.toBe(1);
});

test('closing rejects what is pending and what comes later, with the first reason', async () => {
  const calls = new Calls();
  const pending = calls.start(() => undefined);
  calls.close(new ClosedError('gone'));
  calls.close(new ClosedError('again'));
  await expect(pending).rejects.toThrow('gone');
  await expect(calls.start(() => undefined)).rejects.toThrow('gone');
});

test('a message that cannot be sent rejects its call', async () => {
  const calls = new Calls();
  await expect(
    calls.start(() => {
      throw new TypeError('not cloneable');
    }),
  ).rejects.toThrow('not cloneable');
});
