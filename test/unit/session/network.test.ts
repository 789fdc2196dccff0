/** What Python may ask of the network, over the platform's own `fetch`, which is listened to. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { NetworkRequest } from '../../../src/protocol/network';
import { SessionNetwork } from '../../../src/session/network';

let saved: readonly string[] = [];
let network: SessionNetwork;
const asked: { url: string; init: RequestInit }[] = [];
let answer: (url: string, signal: AbortSignal) => Promise<Response>;

beforeEach(() => {
  saved = [];
  asked.length = 0;
  answer = async () => new Response('{}', { status: 201, headers: { 'content-type': 'application/json' } });
  vi.stubGlobal('fetch', (url: string, init: RequestInit) => {
    asked.push({ url, init });
    return answer(url, init.signal as AbortSignal);
  });
  network = new SessionNetwork({
    change: () => undefined,
    save: async (hosts) => {
      saved = hosts;
    },
    own: () => 'dormouse.example.com',
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const request = (url: string, more: Partial<NetworkRequest> = {}): NetworkRequest => {
  return { type: 'request', call: 1, url, method: 'GET', headers: [], body: null, ...more };
};

test('nothing is asked of a host that was not allowed, nor after that was taken back', async () => {
  await expect(network.respond(request('https://data.example.org/'))).rejects.toThrow('This session may not reach data.example.org');
  expect(await network.allow('https://Data.Example.org/x')).toBe('data.example.org');
  expect(saved).toEqual(['data.example.org']);
  expect(await network.respond(request('https://data.example.org/x'))).toMatchObject({ status: 201 });
  await network.forbid('data.example.org');
  await expect(network.respond(request('https://data.example.org/'))).rejects.toThrow('may not reach');
  expect(asked.map(({ url }) => url)).toEqual(['https://data.example.org/x']);
});

test('a request goes out without anything of the person, and no redirection is followed', async () => {
  await network.allow('data.example.org');
  const body = new TextEncoder().encode('{"a": 1}').buffer as ArrayBuffer;
  await network.respond(request('https://data.example.org/', { method: 'post', headers: [['X-Own', 'yes']], body }));
  const { init } = asked[0] as (typeof asked)[number];
  expect(init).toMatchObject({ method: 'POST', credentials: 'omit', redirect: 'error', referrerPolicy: 'no-referrer', body });
  expect([...(init.headers as Headers)]).toEqual([['x-own', 'yes']]);
});

test('hosts that a session brings with it are looked at again', async () => {
  network.adopt(['localhost', '127.0.0.1', 'dormouse.example.com']);
  for (const host of network.hosts) await expect(network.respond(request(`https://${host}/`))).rejects.toThrow(/only|may not/);
  expect(asked).toEqual([]);
});

test.each([
  ['a method of its own', { method: 'CONNECT' }, 'There is no request “CONNECT”'],
  [
    'headers without end',
    { headers: Array.from({ length: 50 }, (_, at) => [`x-${at}`, 'y'.repeat(1000)]) },
    'headers of the request are too long',
  ],
  ['a body that is too large', { method: 'POST', body: new ArrayBuffer(64 * 2 ** 20 + 1) }, 'At most 67 MB can be sent'],
  ['an address that is none', { url: 7 }, 'is no address'],
  ['a header that is none', { headers: [['a b', 'c']] }, /header/i],
])('%s is refused', async (_what, more, message) => {
  await network.allow('data.example.org');
  await expect(network.respond(request('https://data.example.org/', more as never))).rejects.toThrow(message);
  expect(asked).toEqual([]);
});

test('an answer that does not end is cut off', async () => {
  await network.allow('data.example.org');
  const piece = new Uint8Array(64 * 2 ** 20);
  answer = async () => new Response(new ReadableStream({ pull: (controller) => controller.enqueue(piece) }));
  await expect(network.respond(request('https://data.example.org/'))).rejects.toThrow(
    'sends more of the answer than the 268,435,456 bytes',
  );
});

test('what is under way is given up when the host is taken back or the session is closed, and more than six wait', async () => {
  await network.allow('data.example.org');
  answer = (_url, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  const outcomes = Array.from({ length: 8 }, () => network.respond(request('https://data.example.org/')).catch(({ message }) => message));
  await vi.waitFor(() => expect(asked).toHaveLength(6));
  network.close();
  expect(await Promise.all(outcomes)).toEqual(Array(8).fill('The request was given up.'));
  expect(asked).toHaveLength(6);
});
