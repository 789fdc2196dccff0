/** What the build writes down for use without a network. */
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { markBuild } from '../../../scripts/offline-files';

function build(files: Record<string, string>) {
  const folder = mkdtempSync(join(tmpdir(), 'dormouse-build-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(folder, path, '..'), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  return { ...markBuild(folder), page: readFileSync(join(folder, 'index.html'), 'utf8') };
}

const FILES = {
  'index.html': '<html><head></head></html>',
  'assets/a.js': 'a',
  'service-worker.js': 'old',
  'wheels/wheelhouse.json': '{}',
  'wheels/numpy.whl': 'w',
};

test('every file of the app is listed with its checksum, but for the service worker and the wheels', () => {
  const { files, version, page } = build(FILES);
  expect(Object.keys(files).sort()).toEqual(['assets/a.js', 'index.html']);
  expect(page).toBe(`<html><head><meta name="dormouse-version" content="${version}"></head></html>`);
  expect(files['index.html']).toBe(createHash('sha256').update(page).digest('hex'));
});

test('the version is another one when a file is, and the same otherwise', () => {
  const { version } = build(FILES);
  expect(build({ ...FILES, 'wheels/numpy.whl': 'another' }).version).toBe(version);
  expect(build({ ...FILES, 'assets/a.js': 'b' }).version).not.toBe(version);
  expect(build({ ...FILES, 'index.html': '<html><head> </head></html>' }).version).not.toBe(version);
});
