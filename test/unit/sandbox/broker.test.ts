/** The broker over a real port: what a sandbox can ask for, and what it gets for anything else. */
import { afterEach, expect, test } from 'vitest';
import { BaselineDesk } from '../../../src/sandbox/baseline-desk';
import { Broker } from '../../../src/sandbox/broker';
import { MemoryBaselines } from '../../fixtures/memory-baselines';

const channel = new MessageChannel();
const answers: unknown[] = [];
channel.port2.onmessage = ({ data }) => answers.push(data);
afterEach(() => answers.splice(0));

async function ask(message: unknown): Promise<unknown> {
  channel.port2.postMessage(message);
  while (answers.length === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  return answers.shift();
}

const bytes = new Uint8Array([1, 2, 3]).buffer;
const missing = Promise.reject(new Error('the server says 404'));
missing.catch(() => undefined);
new Broker(
  new Map([
    ['python_stdlib.zip', Promise.resolve(bytes)],
    ['pyodide-lock.json', missing],
  ]),
  new BaselineDesk(new MemoryBaselines(), 'this build'),
  {
    respond: async (request) => {
      if (request.type === 'wheel' && request.sha256 === 'known') return { type: 'wheel', bytes: new Blob(['wheel']) };
      throw new Error('There is no such wheel.');
    },
  },
  {
    respond: async ({ url }) => {
      if (url !== 'https://data.example.org/') throw new Error('This session may not reach that.');
      return { type: 'response', status: 404, statusText: '', headers: [['content-type', 'text/plain']], body: new Blob(['nothing here']) };
    },
  },
).serve(channel.port1);

test('hands out a known file, more than once', async () => {
  for (const call of [1, 2]) {
    expect(await ask({ type: 'asset', call, name: 'python_stdlib.zip' })).toEqual({
      type: 'asset',
      call,
      bytes,
      mediaType: 'application/octet-stream',
    });
  }
});

test('a sandbox that asks for the same file without end fills no memory of the page', async () => {
  const got = [];
  for (let call = 100; call < 140; call++) got.push(await ask({ type: 'asset', call, name: 'python_stdlib.zip' }));
  expect(got.filter((answer) => (answer as { type: string }).type === 'asset').length).toBeLessThan(20);
  expect(got.at(-1)).toMatchObject({ type: 'refused', message: expect.stringContaining('python_stdlib.zip') });
});

test('refuses with the reason a file that could not be loaded', async () => {
  expect(await ask({ type: 'asset', call: 3, name: 'pyodide-lock.json' })).toMatchObject({
    type: 'refused',
    call: 3,
    message: 'the server says 404',
  });
});

test('answers a question about a baseline under its own number', async () => {
  expect(await ask({ type: 'baseline', call: 8, sha256: null })).toEqual({
    type: 'baseline',
    call: 8,
    bytes: null,
    sha256: null,
    problem: null,
  });
});

test.each([
  [{ type: 'asset', call: 4, name: '../index.html' }],
  [{ type: 'asset', call: 5, name: 'https://example.org/' }],
  [{ type: 'asset', call: 6, name: '__proto__' }],
  [{ type: 'asset', call: 7, name: { toString: 'x' } }],
  [{ type: 'asset', call: 'x' }],
  [null],
  ['python_stdlib.zip'],
])('refuses %j', async (message) => {
  expect(await ask(message)).toMatchObject({ type: 'refused' });
});

test('asks for what Python wants of the network, and gives the answer or the refusal', async () => {
  const request = { type: 'request', call: 11, url: 'https://data.example.org/', method: 'GET', headers: [], body: null };
  const answer = (await ask(request)) as { body: Blob };
  expect(answer).toMatchObject({ type: 'response', call: 11, status: 404, headers: [['content-type', 'text/plain']] });
  expect(await answer.body.text()).toBe('nothing here');
  expect(await ask({ ...request, call: 12, url: 'https://elsewhere.example.org/' })).toEqual({
    type: 'refused',
    call: 12,
    message: 'This session may not reach that.',
  });
});
