/**
 * A session as a capsule and back, in the built app, beside a plain zip of the same files, and what memory the browser takes for it. Half of the
 * files are noise, half rows of CSV. `npm run bench` builds first.
 */
import { randomBytes } from 'node:crypto';
import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from '@playwright/test';
import { afterAll, beforeAll, test } from 'vitest';
import { type Server, serve } from '../scripts/server.mjs';
import type { Session, Sessions } from '../src/session';
import type { Peers } from '../test/browser/bench/peers';
import type { ZipRequest } from '../test/browser/bench/zip.worker';
import { Workbench } from '../test/e2e/workbench';
import { browserVersion, inFreshBrowser } from './browser';
import { describeMachine, printTable, type Row } from './table';

const ROUNDS = 5;
const MEBIBYTE = 2 ** 20;
const FILES = 20;
const SIZES = [50, 500];
type Measured = 'down' | 'up' | 'pack' | 'unpack' | 'pages' | 'browser';

/** How often the memory is looked at, ms. */
const LOOKS = 100;

let app: Server;
let pages: Server;
beforeAll(async () => {
  [app, pages] = [await serve('dist'), await serve('test-results/browser-pages')];
});
afterAll(() => Promise.all([app?.close(), pages?.close()]));

/** Paths of files of so many MB together. */
async function makeFiles(folder: string, megabytes: number): Promise<string[]> {
  const paths: string[] = [];
  for (let index = 0; index < FILES; index++) {
    const path = join(folder, `${index}.${index % 2 === 0 ? 'bin' : 'csv'}`);
    const file = await open(path, 'w');
    const size = (megabytes * 1e6) / FILES;
    for (let written = 0, n = 0; written < size; ) {
      let piece: Buffer = randomBytes(MEBIBYTE);
      if (index % 2 === 1) {
        const rows: string[] = [];
        for (let row = 0; row < 20_000; row++, n++)
          rows.push(`${n},2026-11-${(n % 28) + 1},station ${n % 97},${((n * 7919) % 10_007) / 100}`);
        piece = Buffer.from(`${rows.join('\n')}\n`);
      }
      piece = piece.subarray(0, size - written);
      written += (await file.write(piece)).bytesWritten;
    }
    await file.close();
    paths.push(path);
  }
  return paths;
}

/** Puts files into an input of the page's, as a person chooses them. */
async function choose(page: Page, paths: string[]): Promise<void> {
  await page.evaluate(() => {
    const input = Object.assign(document.createElement('input'), { type: 'file', multiple: true, id: 'chosen', hidden: true });
    document.body.append(input);
  });
  await page.locator('#chosen').setInputFiles(paths);
}

const askZip = (page: Page, request: Exclude<ZipRequest, { files: File[] }> | { type: 'store' }): Promise<number> =>
  page.evaluate((asked) => {
    const { peers } = globalThis as unknown as { peers: Peers };
    const { files } = document.querySelector('#chosen') as HTMLInputElement;
    return peers.zip(asked.type === 'store' ? { ...asked, files: [...(files ?? [])] } : asked);
  }, request);

/** Opens a new session with what was chosen. */
async function openSession(page: Page): Promise<void> {
  const id = await page.evaluate(async () => {
    const { sessions } = document.querySelector('dormouse-page') as unknown as { sessions: Sessions };
    const { files } = document.querySelector('#chosen') as HTMLInputElement;
    const chosen = [...(files ?? [])].map((file) => ({ path: file.name, file, modified: file.lastModified }));
    return (await sessions.openFiles(chosen, 'measured')).id;
  });
  await page.goto(`${app.url}/#/s/${id}`);
  await page.reload();
  await new Workbench(page).ready();
}

/** MB of content per second of making the capsule, and of making a session of it, which is removed again. */
const carry = (page: Page, megabytes: number): Promise<{ down: number; up: number }> =>
  page.evaluate(async (content) => {
    const { session, sessions } = document.querySelector('dormouse-page') as unknown as { session: Session; sessions: Sessions };
    const choice = { name: 'measured', memory: false, baseline: null, checkpoints: [], only: null, leaveOut: [] };
    const times = [performance.now()];
    const result = await session.copies.downloadCapsule(choice);
    times.push(performance.now());
    if (!('blob' in result)) throw new Error(result.problem.message);
    const { id } = await sessions.openFiles([{ path: result.name, file: result.blob, modified: Date.now() }], 'carried');
    times.push(performance.now());
    await sessions.delete(id);
    await sessions.purge(id);
    const [began = 0, made = 0, opened = 0] = times;
    return { down: content / ((made - began) / 1000), up: content / ((opened - made) / 1000) };
  }, megabytes);

/** The most memory that processes of pages, and that of the browser itself, take while `work` goes on, above what they took before: MiB. */
async function memory<Result>(context: BrowserContext, work: () => Promise<Result>) {
  const cdp = await (context.browser() as NonNullable<ReturnType<BrowserContext['browser']>>).newBrowserCDPSession();
  const look = async () => {
    const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
    const taken = { pages: 0, browser: 0 };
    for (const { id, type } of processInfo) {
      const status = await readFile(`/proc/${id}/status`, 'utf8').catch(() => '');
      const resident = Number(/^RssAnon:\s+(\d+)/m.exec(status)?.[1] ?? 0) / 1024;
      if (type === 'renderer') taken.pages += resident;
      else if (type === 'browser') taken.browser += resident;
    }
    return taken;
  };
  const before = await look();
  const most = { ...before };
  let goesOn = true;
  const watching = (async () => {
    while (goesOn) {
      const now = await look();
      most.pages = Math.max(most.pages, now.pages);
      most.browser = Math.max(most.browser, now.browser);
      await new Promise((resolve) => setTimeout(resolve, LOOKS));
    }
  })();
  try {
    return { result: await work(), pages: () => most.pages - before.pages, browser: () => most.browser - before.browser };
  } finally {
    goesOn = false;
    await watching;
    await cdp.detach();
  }
}

test('a session as a capsule and back', async () => {
  const speed: Row[] = [];
  const taken: Row[] = [];
  let machine = '';
  for (const megabytes of SIZES) {
    const folder = await mkdtemp(join(tmpdir(), 'dormouse-bench-'));
    try {
      const paths = await makeFiles(folder, megabytes);
      await inFreshBrowser(async (context) => {
        machine = describeMachine(browserVersion(context));
        const [page, peer] = [await context.newPage(), await context.newPage()];
        await new Workbench(page).open(`${app.url}/`);
        await choose(page, paths);
        await openSession(page);
        await peer.goto(`${pages.url}/bench/peers.html`);
        await choose(peer, paths);
        await askZip(peer, { type: 'store' });
        const samples = { down: [], up: [], pack: [], unpack: [], pages: [], browser: [] } as Record<Measured, number[]>;
        for (let round = 0; round < ROUNDS; round++) {
          samples.pack.push(await askZip(peer, { type: 'pack' }));
          samples.unpack.push(await askZip(peer, { type: 'unpack' }));
          const { result, pages, browser } = await memory(context, () => carry(page, megabytes));
          samples.down.push(result.down);
          samples.up.push(result.up);
          samples.pages.push(pages());
          samples.browser.push(browser());
        }
        const name = `${megabytes} MB in ${FILES} files`;
        speed.push({ name: `${name}, download`, samples: samples.down, peer: samples.pack });
        speed.push({ name: `${name}, open`, samples: samples.up, peer: samples.unpack });
        taken.push({ name: `${name}, page and workers`, samples: samples.pages });
        taken.push({ name: `${name}, the browser, which has the Blob`, samples: samples.browser });
      });
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  printTable(machine, { title: 'A session as a capsule', unit: 'MB/s', digits: 1, peer: 'a plain zip by fflate' }, speed);
  printTable(machine, { title: 'Memory taken meanwhile, at most, above what there was', unit: 'MiB' }, taken);
}, 3_600_000);
