/** The files of a version: kept, checked at every use, healed from the server, and another version's left alone while somebody uses it. */
import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { AppFiles } from '../../../src/app/offline/app-files';
import { APP_CACHE, versionLock } from '../../../src/app/offline/messages';
import { CHECKED_BY_PAGE } from '../../../src/sandbox/asset-headers';

const SCOPE = 'https://app.test/dormouse/';
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');

/** What is needed of the browser's Cache. */
class MemoryCache {
  readonly entries = new Map<string, { body: string; headers: [string, string][] }>();

  match = async (address: string): Promise<Response | undefined> => {
    const found = this.entries.get(address);
    return found && new Response(found.body, { headers: found.headers });
  };

  async put(address: string, response: Response): Promise<void> {
    this.entries.set(address, { body: await response.text(), headers: [...response.headers] });
  }

  delete = async (address: string) => this.entries.delete(address);
}

function browser() {
  const stored = new Map<string, MemoryCache>();
  /** What the server has; null while it does not answer. */
  let server: Record<string, string> | null = {};
  const asked: string[] = [];
  const held = new Set<string>();
  const options = {
    scope: SCOPE,
    caches: {
      keys: async () => [...stored.keys()],
      delete: async (name: string) => stored.delete(name),
      async open(name: string) {
        const cache = stored.get(name) ?? new MemoryCache();
        stored.set(name, cache);
        return cache;
      },
    } as unknown as CacheStorage,
    fetch: (async (input: Request | string) => {
      const url = typeof input === 'string' ? input : input.url;
      const path = url.slice(SCOPE.length) || 'index.html';
      asked.push(path);
      if (server === null) throw new TypeError('Failed to fetch');
      const body = server[path];
      return body === undefined ? new Response('', { status: 404 }) : new Response(body, { headers: { 'content-encoding': 'gzip' } });
    }) as typeof fetch,
    locks: {
      request: async (name: string, _: unknown, callback: (lock: unknown) => unknown) => callback(held.has(name) ? null : { name }),
    } as unknown as Pick<LockManager, 'request'>,
  };
  return {
    stored,
    asked,
    held,
    serve(files: Record<string, string> | null) {
      server = files;
      asked.length = 0;
    },
    version(version: string, files: Record<string, string>) {
      const checksums = Object.fromEntries(Object.entries(files).map(([path, body]) => [path, sha256(body)]));
      const app = new AppFiles({ version, files: checksums }, options);
      return Object.assign(app, {
        async text(path: string, mode?: 'navigate', more: Pick<RequestInit, 'cache' | 'headers'> = {}) {
          const { cache = 'default', headers } = more;
          const request = { method: 'GET', url: SCOPE + path, mode: mode ?? 'cors', cache, headers: new Headers(headers) } as Request;
          const work: Promise<unknown>[] = [];
          const response = await app.respond(request, (each) => work.push(each));
          const text = await response.text();
          await Promise.all(work);
          return response.ok ? text : response.status;
        },
      });
    },
  };
}

const ONE = { 'index.html': '<p>one', 'assets/a.js': 'a', 'assets/one.js': '1' };
const TWO = { 'index.html': '<p>two', 'assets/a.js': 'a', 'assets/two.js': '2' };

test('a version that was filled needs no server, and has what was asked for in one way only', async () => {
  const { version, serve, asked } = browser();
  const one = version('one', ONE);
  serve({ ...ONE, 'assets/other.js': 'o' });
  expect(await one.complete()).toBe(false);
  await one.fill();
  expect(await one.complete()).toBe(true);
  expect(asked.sort()).toEqual(Object.keys(ONE).sort());
  serve(null);
  expect(await one.text('')).toBe('<p>one');
  expect(await one.text('index.html')).toBe('<p>one');
  expect(await one.text('?source=icon', 'navigate')).toBe('<p>one');
  expect(await one.text('assets/a.js')).toBe('a');
  expect(asked).toEqual([]);
  await expect(one.text('assets/a.js?new')).rejects.toThrow('Failed');
  await expect(one.text('assets/other.js')).rejects.toThrow('Failed');
});

test('what was used once is there without a server, too', async () => {
  const { version, serve } = browser();
  const one = version('one', ONE);
  serve(ONE);
  expect(await one.text('assets/a.js')).toBe('a');
  serve(null);
  expect(await one.text('assets/a.js')).toBe('a');
  await expect(one.text('')).rejects.toThrow('Failed');
});

test('what is not what the build made is never kept, nor used when it was spoilt later', async () => {
  const { version, serve, stored } = browser();
  const one = version('one', ONE);
  serve({ ...ONE, 'assets/a.js': 'something else' });
  expect(await one.text('assets/a.js')).toBe('something else');
  await expect(one.fill()).rejects.toThrow('assets/a.js is not the file of this version');
  expect(await one.complete()).toBe(false);
  serve(ONE);
  await one.fill();
  const kept = stored.get(`${APP_CACHE}one`)?.entries.get(`${SCOPE}assets/a.js`);
  if (kept) kept.body = 'spoilt';
  expect(await one.text('assets/a.js')).toBe('a');
  serve(null);
  expect(await one.text('assets/a.js')).toBe('a');
});

test('whoever checks a file gets what is kept as it is, and the server’s when it asks anew, which heals what is kept', async () => {
  const { version, serve, stored, asked } = browser();
  const one = version('one', ONE);
  serve(ONE);
  await one.fill();
  const kept = stored.get(`${APP_CACHE}one`)?.entries.get(`${SCOPE}assets/a.js`);
  if (kept) kept.body = 'spoilt';
  serve(ONE);
  const headers = { [CHECKED_BY_PAGE]: '1' };
  expect(await one.text('assets/a.js', undefined, { headers })).toBe('spoilt');
  expect(asked).toEqual([]);
  expect(await one.text('assets/a.js', undefined, { headers, cache: 'reload' })).toBe('a');
  serve(null);
  expect(await one.text('assets/a.js', undefined, { headers })).toBe('a');
});

test('the next version takes what it shares with the one before, which stays for its pages', async () => {
  const { version, serve, asked, held, stored } = browser();
  serve(ONE);
  await version('one', ONE).fill();
  serve(TWO);
  const two = version('two', TWO);
  await two.fill();
  expect(asked.sort()).toEqual(['assets/two.js', 'index.html']);
  held.add(versionLock('one'));
  await two.tidy();
  expect(await two.text('assets/one.js')).toBe('1');
  expect(await two.text('')).toBe('<p>two');
  held.clear();
  await two.tidy();
  expect([...stored.keys()]).toEqual([`${APP_CACHE}two`]);
  expect(await two.text('assets/one.js')).toBe(404);
});

test('the list of packages is the server’s own while there is one, and the last one otherwise', async () => {
  const { version, serve } = browser();
  const one = version('one', ONE);
  const list = 'wheels/wheelhouse.json';
  serve({ [list]: 'first' });
  expect(await one.text(list)).toBe('first');
  serve({ [list]: 'second' });
  expect(await one.text(list)).toBe('second');
  serve(null);
  expect(await one.text(list)).toBe('second');
});

test('without room nothing is kept, and everything works', async () => {
  const { version, serve, stored } = browser();
  const one = version('one', ONE);
  const cache = new MemoryCache();
  cache.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  stored.set(`${APP_CACHE}one`, cache);
  serve(ONE);
  await one.fill();
  expect(await one.text('assets/a.js')).toBe('a');
  expect(await one.complete()).toBe(false);
});
