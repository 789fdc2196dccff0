/** The server of `npm start` and of the tests: what it sends as a careful host, as a bare one, and what it refuses. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from '../../../scripts/server.mjs';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dormouse-server-'));
  await writeFile(join(folder, 'secret.txt'), 'outside');
  await mkdir(join(folder, 'dist/assets'), { recursive: true });
  await writeFile(join(folder, 'dist/index.html'), '<!doctype html>');
  await writeFile(join(folder, 'dist/service-worker.js'), '0');
  await writeFile(join(folder, 'dist/assets/keeper-1a2b.js'), '0');
  await writeFile(join(folder, 'dist/assets/page-1a2b.js'), '0');
  await writeFile(join(folder, 'dist/runtime.wasm'), '0');
});
afterAll(() => rm(folder, { recursive: true }));

async function withServer(headers: 'isolated' | 'none', use: (server: Server) => Promise<void>): Promise<void> {
  const server = await serve(join(folder, 'dist'), { headers });
  try {
    await use(server);
  } finally {
    await server.close();
  }
}

/** The status of a path sent as it is: `fetch` would resolve its dots. */
const statusOf = (server: Server, path: string) =>
  new Promise<number | undefined>((resolve, reject) => {
    const { port } = new URL(server.url);
    request({ port, path, host: 'localhost' }, (response) => resolve(response.resume().statusCode))
      .on('error', reject)
      .end();
  });

describe('isolated', () => {
  test('every answer isolates the page, and the page is never taken from a cache unasked', () =>
    withServer('isolated', async ({ url }) => {
      const { status, headers } = await fetch(`${url}/`);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(headers.get('cross-origin-opener-policy')).toBe('same-origin');
      expect(headers.get('cross-origin-embedder-policy')).toBe('require-corp');
      expect(headers.get('cross-origin-resource-policy')).toBe('same-origin');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('cache-control')).toBe('no-cache');
      expect((await fetch(`${url}/service-worker.js`)).headers.get('cache-control')).toBe('no-cache');
      expect((await fetch(`${url}/runtime.wasm`)).headers.get('content-type')).toBe('application/wasm');
    }));

  test('files with a hash in their name are kept, and an unchanged page is not sent again', () =>
    withServer('isolated', async ({ url }) => {
      expect((await fetch(`${url}/assets/page-1a2b.js`)).headers.get('cache-control')).toContain('immutable');
      const etag = (await fetch(`${url}/`)).headers.get('etag') ?? '';
      expect((await fetch(`${url}/`, { headers: { 'if-none-match': etag } })).status).toBe(304);
    }));

  test('the keeper may connect to nothing', () =>
    withServer('isolated', async ({ url }) => {
      expect((await fetch(`${url}/assets/keeper-1a2b.js`)).headers.get('content-security-policy')).toContain("connect-src 'none'");
    }));
});

test('none: a type and no header that a bare host would not send', () =>
  withServer('none', async ({ url }) => {
    const { headers } = await fetch(`${url}/assets/keeper-1a2b.js`);
    expect([...headers.keys()].sort()).toEqual(['connection', 'content-length', 'content-type', 'date', 'keep-alive']);
  }));

test('what is not in the folder is not found', () =>
  withServer('isolated', async (server) => {
    for (const path of ['/nothing', '/assets', '/../secret.txt', '/..%2fsecret.txt', '/assets/..%2f..%2fsecret.txt', '/index.html%00']) {
      expect(await statusOf(server, path), path).toBe(404);
    }
    expect(await statusOf(server, '/%')).toBe(400);
    expect((await fetch(server.url, { method: 'POST' })).status).toBe(405);
  }));

test('a taken port is said', () =>
  withServer('isolated', async ({ url }) => {
    await expect(serve(folder, { port: Number(new URL(url).port) })).rejects.toMatchObject({ code: 'EADDRINUSE' });
  }));
