/**
 * What the app needs to run without a network: a list of all its files with their checksums, and a version that is another one whenever a
 * file is. The version stands in the page, list and version in the service worker.
 */
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { Build } from '../src/app/offline/app-files';
import { bundleProgram } from './sandbox-programs';

/** The name stays: the browser asks for it again to learn of a new version. */
const SERVICE_WORKER = 'service-worker.js';
/** Wheels are no part of a version: they may come later, and are kept when they are used. */
const LEFT_OUT = [SERVICE_WORKER, 'wheels/'];
const INDEX = 'index.html';

const sha256 = (data: string | Uint8Array) => createHash('sha256').update(data).digest('hex');

/** Writes the version into the page of a built app. Returns it with all files. */
export function markBuild(folder: string): Build {
  const paths = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).split(sep).join('/'))
    .filter((path) => !LEFT_OUT.some((left) => path === left || (left.endsWith('/') && path.startsWith(left))))
    .sort();
  const files = Object.fromEntries(paths.map((path) => [path, sha256(readFileSync(join(folder, path)))]));
  const version = sha256(JSON.stringify(files)).slice(0, 16);
  const page = readFileSync(join(folder, INDEX), 'utf8').replace('</head>', `<meta name="dormouse-version" content="${version}"></head>`);
  writeFileSync(join(folder, INDEX), page);
  return { version, files: { ...files, [INDEX]: sha256(page) } };
}

/** Writes the service worker of a built app, which is the last thing to be done to it. */
export async function writeServiceWorker(folder: string): Promise<void> {
  const build = markBuild(folder);
  // A classic script: Firefox starts no other as a service worker.
  writeFileSync(join(folder, SERVICE_WORKER), await bundleProgram('src/app/service-worker.ts', { __BUILD__: JSON.stringify(build) }));
}
