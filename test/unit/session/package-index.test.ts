/** The index as it can be: a real server in this process that is slow, lies, breaks off or sends one elsewhere; and a store that is full. */
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { NoSpaceError } from '../../../src/base/errors';
import { type LocatedFile, PackageIndex } from '../../../src/session/package-index';
import { SessionPackages } from '../../../src/session/packages';
import type { Sessions } from '../../../src/session/sessions';
import { Wheels } from '../../../src/session/wheels';
import { makeWheel, sha256Of } from '../../fixtures/packages';

const wheel = makeWheel('one', '1.0', { 'one.py': 'x = 1' });
const JSON_TYPE = { 'content-type': 'application/vnd.pypi.simple.v1+json' };

let server: Server;
let serve: RequestListener;
let base = '';
let index: PackageIndex;
beforeEach(async () => {
  server = createServer((request, response) => serve(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  index = new PackageIndex({ url: `${base}/simple/`, hosts: [] });
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** Gives up what says nothing for a moment. */
const beImpatient = () => {
  index = new PackageIndex({ url: `${base}/simple/`, hosts: [], patience: 100 });
};
const listOf = (file: object = {}, meta: object = { 'api-version': '1.3' }) =>
  JSON.stringify({
    meta,
    files: [{ filename: wheel.file, url: `${base}/files/${wheel.file}`, hashes: { sha256: wheel.sha256 }, size: wheel.size, ...file }],
  });
const located = (): LocatedFile => {
  const { name, version, file, sha256, size } = wheel;
  return { name, version, file, sha256, size, requiresPython: null, yanked: false, url: `${base}/files/${file}` };
};
const download = () => index.download(located(), () => undefined);

test('a list is asked for by the name, and a file is checked', async () => {
  const asked: unknown[] = [];
  serve = ({ url, headers }, response) => {
    asked.push(url);
    if (url?.startsWith('/simple/')) expect(headers.accept).toBe(JSON_TYPE['content-type']);
    response.end(url?.startsWith('/simple/') ? listOf() : wheel.bytes);
  };
  expect(await index.files('one')).toEqual([located()]);
  expect(sha256Of(await download())).toBe(wheel.sha256);
  expect(asked).toEqual(['/simple/one/', `/files/${wheel.file}`]);
});

const lists: [what: string, serve: RequestListener, message: RegExp][] = [
  ['that never answers', () => undefined, /has stopped sending the list of one\. Try again later/],
  ['that stops in the middle', (_, response) => response.writeHead(200, JSON_TYPE).write('{"meta"'), /has stopped sending/],
  [
    'that breaks off',
    (_, response) => response.writeHead(200, { 'content-length': 100 }).write('{', () => response.destroy()),
    /could not be loaded/,
  ],
  ['that sends one elsewhere', (_, response) => response.writeHead(302, { location: 'http://localhost:9/' }).end(), /sends one elsewhere/],
  ['that knows no such name', (_, response) => response.writeHead(404).end(), /There is no package called one at 127\.0\.0\.1/],
  ['that is broken', (_, response) => response.writeHead(503).end(), /it says 503/],
  ['that speaks HTML', (_, response) => response.end('<!doctype html>'), /something else than a list/],
  ['of another time', (_, response) => response.end(listOf({}, { 'api-version': '2.0' })), /something else than a list/],
  [
    'that names another host',
    (_, response) => response.end(listOf({ url: 'http://example.org/x.whl' })),
    /is at example\.org, which is not where its files are/,
  ],
];
test.each(lists)('an index %s', async (_what, answer, message) => {
  serve = answer;
  if (message.source.includes('stopped sending')) beImpatient();
  await expect(index.files('one')).rejects.toThrow(message);
});

test.each([
  ['without a sha256', { hashes: {} }],
  ['of another project', { filename: 'two-1.0-py3-none-any.whl' }],
  ['that leads out of a folder', { filename: '../one-1.0-py3-none-any.whl' }],
  ['of no size', { size: -1 }],
  ['that is no wheel', { filename: 'one-1.0.tar.gz' }],
])('a file %s is passed over', async (_what, file) => {
  serve = (_, response) => response.end(listOf(file));
  expect(await index.files('one')).toEqual([]);
});

const files: [what: string, serve: RequestListener, message: RegExp][] = [
  ['is too short', (_, response) => response.end(wheel.bytes.slice(0, -1)), /sends [\d,]+ bytes of one-1\.0.*, not/],
  ['is too long', (_, response) => response.end(Buffer.concat([wheel.bytes, Buffer.alloc(1)])), /sends more of one-1\.0/],
  ['is another', (_, response) => response.end(Buffer.alloc(wheel.size)), /another file: its sha256 is not the one expected/],
  ['stops coming', (_, response) => response.writeHead(200).write(wheel.bytes.slice(0, 10)), /has stopped sending/],
  [
    'breaks off',
    (_, response) => response.writeHead(200, { 'content-length': wheel.size }).write(wheel.bytes.slice(0, 10), () => response.destroy()),
    /could not be loaded/,
  ],
  ['is elsewhere', (_, response) => response.writeHead(301, { location: '/other' }).end(), /sends one elsewhere/],
];
test.each(files)('a file that %s', async (_what, answer, message) => {
  serve = answer;
  if (message.source.includes('stopped sending')) beImpatient();
  await expect(download()).rejects.toThrow(message);
});

test('a store that is full keeps nothing of a package, and says so', async () => {
  serve = ({ url }, response) => response.end(url?.startsWith('/simple/') ? listOf() : wheel.bytes);
  const full = { getWheel: async () => null, putWheel: async () => Promise.reject(new NoSpaceError('There is no room.')) };
  const saved: unknown[] = [];
  const packages = new SessionPackages(new Wheels(Promise.resolve(full as unknown as Sessions)), index, {
    running: () => true,
    change: ({ question }) => question && queueMicrotask(() => packages.answer(true)),
    need: async () => undefined,
    save: async (list) => void saved.push(list),
    install: async () => [],
    uninstall: async () => undefined,
  });
  packages.adopt([]);
  await packages.respond({ type: 'index', call: 1, name: 'one' });
  await expect(packages.respond({ type: 'wheel', call: 2, sha256: wheel.sha256 })).rejects.toThrow(
    /^one \(0 MB\) could not be kept: There is no room\. Nothing was installed\.$/,
  );
  expect(packages.list()).toEqual([]);
  expect(saved).toEqual([]);
});
