/** The command line for capsules: what it says, what it writes, and what it refuses to write. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeStateFile } from '../../src/capsule';
import { runCapsule } from '../../src/cli/capsule';
import { HOSTILE_ARCHIVES } from '../fixtures/hostile-archives';
import { EMPTY, file, forged, written } from './capsule/capsules';
import { contentWith, fileEntry, NOW } from './capsule/documents';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-capsule-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function run(...args: string[]): Promise<{ code: number; text: string }> {
  const lines: string[] = [];
  const code = await runCapsule(args, (line) => lines.push(line));
  return { code, text: lines.join('\n') };
}

function put(name: string, content: Uint8Array | string): string {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
}

const link = (path: string, target: string) => ({ path, target, modified: NOW, mode: 0o777, inode: null, kind: 'symlink' as const });

const GOOD = {
  ...EMPTY,
  name: 'Rain study',
  runtime: { pyodide: '314.0.7', python: '3.14.2' },
  code: 'print(1)\n',
  files: [
    file('home/pyodide/data/rain.csv', 'a,b\n1,2\n'),
    file('home/pyodide/run.sh', '#!/bin/sh\n', { mode: 0o4755 }),
    link('home/pyodide/rain', 'data/rain.csv'),
    link('home/pyodide/passwd', '/etc/passwd'),
    link('home/pyodide/data/up', '../../..'),
    link('home/pyodide/trick', 'data/up/../../../x'),
    { path: 'tmp/empty', modified: NOW, mode: 0o755, inode: null, kind: 'directory' as const },
  ],
  packages: [{ name: 'six', version: '1.17.0', sha256: 'a'.repeat(64) }],
  leftOut: [{ path: 'tmp/big.bin', reason: 'Too large.' }],
};

test('a capsule is looked into, verified and extracted', async () => {
  const capsule = put('rain.dormouse', await written(GOOD));
  const seen = await run('inspect', capsule);
  expect(seen.code).toBe(0);
  for (const part of [
    'A capsule: Rain study',
    'Python 3.14.2',
    'home/pyodide/data/rain.csv  8 bytes',
    'six 1.17.0',
    'tmp/big.bin: Too large.',
  ])
    expect(seen.text).toContain(part);
  expect(await run('verify', capsule)).toEqual({ code: 0, text: 'Sound: 7 files, 18 bytes.' });

  const target = join(folder, 'out');
  const extracted = await run('extract', capsule, target);
  expect(extracted.code).toBe(0);
  expect(readFileSync(join(target, 'home/pyodide/data/rain.csv'), 'utf8')).toBe('a,b\n1,2\n');
  expect(readFileSync(join(target, 'notebook.py'), 'utf8')).toBe('print(1)\n');
  expect(statSync(join(target, 'home/pyodide/data/rain.csv')).mtimeMs).toBe(NOW);
  // Permissions, but nothing that acts as somebody else.
  expect(statSync(join(target, 'home/pyodide/run.sh')).mode & 0o7777).toBe(0o755 & ~process.umask());
  expect(readlinkSync(join(target, 'home/pyodide/rain'))).toBe('data/rain.csv');
  for (const name of ['passwd', 'trick']) expect(existsSync(join(target, 'home/pyodide', name))).toBe(false);
  expect(extracted.text).toContain('home/pyodide/passwd is a link to /etc/passwd');
  expect(readdirSync(join(target, 'tmp/empty'))).toEqual([]);

  expect(await run('extract', capsule, target)).toMatchObject({ code: 2, text: expect.stringContaining('is not empty') });
  expect(await run('extract', capsule, join(folder, 'no/such'))).toMatchObject({
    code: 2,
    text: expect.stringContaining('There is no folder'),
  });
  expect(await run('extract', capsule, capsule)).toMatchObject({ code: 2, text: expect.stringContaining('is a file') });
});

test('what cannot be done says how it is done', async () => {
  expect(await run()).toMatchObject({ code: 2, text: expect.stringContaining('Usage') });
  expect(await run('open', 'x')).toMatchObject({ code: 2 });
  expect(await run('inspect', 'x', 'y')).toMatchObject({ code: 2 });
  expect(await run('verify', join(folder, 'missing'))).toMatchObject({ code: 2, text: expect.stringContaining('There is no file') });
  expect(await run('verify', folder)).toMatchObject({ code: 2 });
});

test('a damaged capsule is inspected, not verified, and extracting it leaves nothing behind', async () => {
  const bytes = await forged(
    { ...GOOD, files: [file('home/pyodide/a.txt', 'first'), file('home/pyodide/b.txt', 'second')] },
    (manifest) => {
      const entries = manifest.entries as unknown as { entry: string; sha256: string }[];
      for (const entry of entries) if (entry.entry.endsWith('b.txt')) entry.sha256 = '0'.repeat(64);
    },
  );
  const capsule = put('bad.dormouse', bytes);
  expect((await run('inspect', capsule)).code).toBe(0);
  expect(await run('verify', capsule)).toMatchObject({ code: 1, text: expect.stringContaining('b.txt') });
  expect((await run('extract', capsule, join(folder, 'out'))).code).toBe(1);
  expect(readdirSync(folder)).toEqual(['bad.dormouse']);
});

test('names of a state file that a computer or a terminal would obey are not written and not printed', async () => {
  const odd = put(
    'state.json',
    Buffer.from(await writeStateFile(contentWith([fileEntry('home/pyodide/\x1b[2Jx\u202e', 'x')])).arrayBuffer()),
  );
  const { code, text } = await run('inspect', odd);
  expect(code).toBe(0);
  expect(text).toContain('home/pyodide/\\u001b[2Jx\\u202e');
  mkdirSync(join(folder, 'out'));
  expect(await run('extract', odd, join(folder, 'out'))).toMatchObject({ code: 1, text: expect.stringContaining('control character') });
  const device = put('device.json', Buffer.from(await writeStateFile(contentWith([fileEntry('home/pyodide/CON', 'x')])).arrayBuffer()));
  expect(await run('extract', device, join(folder, 'out'))).toMatchObject({ code: 1, text: expect.stringContaining('device') });
  expect(readdirSync(join(folder, 'out'))).toEqual([]);
});

test('every hostile archive gets its sentence, and nothing is written', async () => {
  for (const { what, bytes, says } of HOSTILE_ARCHIVES) {
    // Beyond limits that are smaller than those of capsules.
    if (/more than may be unpacked|file that is too large/.test(what)) continue;
    const archive = put('hostile.zip', bytes());
    const { code, text } = await run('extract', archive, join(folder, 'out'));
    expect(code, what).toBe(1);
    expect(text, what).toMatch(what === 'nothing' || what === 'what is no archive' ? /./ : says);
    expect(readdirSync(folder), what).toEqual(['hostile.zip']);
  }
});
