/** What an address may offer to open, and what a server may answer. */
import { createHash } from 'node:crypto';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fileOffered, offerIn } from '../../../src/session/offers';

const PAGE = 'https://dormouse.example/app/#/s/main';
const at = (query: string) => offerIn(`#/open?${query}`, PAGE);

describe('an address', () => {
  test('of a session, or of nothing, offers nothing', () => {
    for (const hash of ['', '#', '#/s/main', '#/open', '#/capsules/1.a']) expect(offerIn(hash, PAGE)).toBeNull();
  });

  test('may hold a capsule, or name a file and its sha256', () => {
    expect(offerIn('#/capsule/1.abc', PAGE)).toEqual({ kind: 'capsule', text: '1.abc' });
    const sha256 = 'A'.repeat(64);
    expect(at(`url=https%3A%2F%2Ffiles.example%2Fx.dormouse%3Fa%3D1&sha256=${sha256}`)).toEqual({
      kind: 'file',
      url: new URL('https://files.example/x.dormouse?a=1'),
      sha256: sha256.toLowerCase(),
    });
    expect(at('url=lessons/1.zip')).toMatchObject({ url: new URL('https://dormouse.example/app/lessons/1.zip'), sha256: null });
    expect(at('url=https://b\u00fccher.example/x')).toMatchObject({ url: new URL('https://xn--bcher-kva.example/x') });
  });

  test.each([
    ['', /no file/],
    ['url=', /no file/],
    ['url=https://', /no file/],
    ['url=http://files.example/x', /https/],
    ['url=javascript:alert(1)', /https/],
    ['url=data:text/plain,x', /https/],
    ['url=blob:https://dormouse.example/1', /https/],
    ['url=file:///etc/passwd', /https/],
    ['url=https://me:secret@files.example/x', /password/],
    ['url=https://files.example/x&sha256=abc', /64 hexadecimal/],
  ])('"%s" is refused with a sentence', (query, says) => {
    expect(at(query)).toMatchObject({ kind: 'wrong', message: expect.stringMatching(says) });
  });
});

describe('a server', () => {
  let server: Server;
  let listener: RequestListener = () => undefined;
  let base = '';
  beforeAll(async () => {
    server = createServer((request, response) => listener(request, response));
    await new Promise<void>((resolve) => server.listen(0, resolve));
    base = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  const body = Buffer.from('what is in the file');
  const load = (sha256: string | null = null, signal?: AbortSignal) =>
    fileOffered({ kind: 'file', url: new URL(`${base}/folder/rain%20%2F1.zip`), sha256 }, signal ? { signal } : {});

  test('that sends the file is told nothing of the person', async () => {
    let headers: Record<string, unknown> = {};
    listener = (request, response) => {
      headers = request.headers;
      response.end(body);
    };
    const { path, file } = await load(createHash('sha256').update(body).digest('hex'));
    expect(path).toBe('rain  1.zip');
    expect(await file.text()).toBe(String(body));
    expect(headers).not.toHaveProperty('cookie');
    expect(headers).not.toHaveProperty('referer');
  });

  test('that sends another file than the one that is meant is refused', async () => {
    listener = (_, response) => response.end(body);
    await expect(load('0'.repeat(64))).rejects.toThrow(/another file .* not opened/);
  });

  test('that sends one elsewhere, or has no such file, is refused', async () => {
    listener = (_, response) => response.writeHead(302, { location: 'https://elsewhere.example/' }).end();
    await expect(load()).rejects.toThrow(/sends one elsewhere/);
    listener = (_, response) => response.writeHead(404).end();
    await expect(load()).rejects.toThrow(/has no “rain {2}1.zip”/);
    listener = (_, response) => response.writeHead(500).end();
    await expect(load()).rejects.toThrow(/it says 500/);
  });

  test('that sends for ever is left when the person cancels', async () => {
    const controller = new AbortController();
    listener = (request, response) => {
      response.write(body);
      const timer = setInterval(() => response.write(body), 10);
      request.on('close', () => clearInterval(timer));
    };
    setTimeout(() => controller.abort(), 100);
    await expect(load(null, controller.signal)).rejects.toThrow(/abort/);
  });
});
