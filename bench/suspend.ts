/**
 * Suspend and resume, each beside a bare page with Pyodide that does the best it can: initialise again and run everything again.
 * With NumPy only where its wheel is there (DORMOUSE_WHEELS names the folder). `npm run bench` builds first.
 */
import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, test } from 'vitest';
import { type Server, serve } from '../scripts/server.mjs';
import { SAMPLE } from '../src/app/sample';
import type { Session, SessionState } from '../src/session';
import { Workbench } from '../test/e2e/workbench';
import { WHEELS } from '../test/fixtures/wheels';
import { browserVersion, inFreshBrowser } from './browser';
import { describeMachine, formatTable, type Row, type Samples } from './table';

const ROUNDS = 5;
const MEBIBYTE = 2 ** 20;
const RUNTIME = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'];

const SET_UP = 'values = {n: str(n) for n in range(10000)}\nsquares = (n * n for n in values)\nnext(squares)\nprint("set up")';
const GO_ON = 'print("goes on", next(squares), len(values))';
const NUMPY = `import numpy as np\nrng = np.random.default_rng(1)\nmatrix = rng.standard_normal((1000, 8000))\nprint("set up")`;
const NUMPY_ON = 'print("goes on", matrix.shape, float(rng.random()))';

/** A page that loads Pyodide and the packages of its address, runs the code of its address and says so in its title. */
const BARE = `<!doctype html><title>bare</title><script type="module">
import { loadPyodide } from './pyodide.mjs';
const asked = new URLSearchParams(location.hash.slice(1));
const python = await loadPyodide();
for (const wheel of asked.getAll('wheel')) await python.loadPackage(new URL(wheel, location.href).href);
python.runPython(asked.get('code'));
document.title = 'first output';
</script>`;

let app: Server;
let bare: Server;
let bareFolder: string;
let wheels: string[] = [];
beforeAll(async () => {
  bareFolder = await mkdtemp(join(tmpdir(), 'dormouse-bench-'));
  for (const name of RUNTIME) await copyFile(join('node_modules/pyodide', name), join(bareFolder, name));
  wheels = (await readdir(WHEELS).catch(() => [])).filter((name) => name.startsWith('numpy-'));
  for (const name of wheels) await copyFile(join(WHEELS, name), join(bareFolder, name));
  await writeFile(join(bareFolder, 'index.html'), BARE);
  [app, bare] = [await serve('dist'), await serve(bareFolder)];
});
afterAll(async () => {
  await Promise.all([app?.close(), bare?.close()]);
  await rm(bareFolder, { recursive: true });
});

/** In ms. @param page is in front meanwhile: one behind it has slow timers and paints nothing */
async function since(page: Page, work: () => Promise<unknown>): Promise<number> {
  await page.bringToFront();
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** What the page's session shows, without the pauses of assertions that try again. */
const stateOf = (page: Page): Promise<SessionState> =>
  page.evaluate(() => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.state);

/** @param but the id of a session that is on its way out, when another one is meant */
const idle = (page: Page, but: string | null = null) =>
  page.waitForFunction(
    (other) => {
      const { session } = (document.querySelector('dormouse-page') ?? {}) as { session?: Session };
      return session?.state.phase === 'idle' && session.id !== other;
    },
    but,
    { polling: 10 },
  );

const sessionOf = (page: Page): Promise<string> =>
  page.evaluate(() => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.id);

/** Runs code by way of the session, to the end of its saving. */
const run = (page: Page, code: string) =>
  page.evaluate((text) => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.run(text), code);

const bareStart = (page: Page, code: string, packages: readonly string[] = []) => {
  const asked = new URLSearchParams([['code', code], ...packages.map((name) => ['wheel', name])]);
  return since(page, async () => {
    await page.goto('about:blank');
    await page.goto(`${bare.url}/#${asked}`);
    await page.waitForFunction(() => document.title === 'first output', null, { polling: 10 });
  });
};

async function open(page: Page): Promise<void> {
  await page.goto(`${app.url}/`);
  await idle(page);
}

function print(context: string, options: Parameters<typeof formatTable>[0], rows: readonly Row[]): void {
  console.log(`\n${context}\n\n${formatTable(options, rows)}\n`);
}

/** What the last run's saving came to. */
async function lastCheckpoint(page: Page) {
  const { saved } = await stateOf(page);
  if (saved.kind !== 'saved' || !saved.checkpoint?.heap) throw new Error(`The memory was not kept: ${JSON.stringify(saved)}`);
  return saved.checkpoint;
}

test('from nothing, and from where one was, to the first output', async () => {
  const times: Record<'fresh' | 'freshBare' | 'refresh' | 'refreshBare' | 'back' | 'numpy' | 'numpyBare', number[]> = {
    fresh: [],
    freshBare: [],
    refresh: [],
    refreshBare: [],
    back: [],
    numpy: [],
    numpyBare: [],
  };
  let browser = '';
  await inFreshBrowser(async (context) => {
    browser = browserVersion(context);
    const page = await context.newPage();
    const barePage = await context.newPage();
    await bareStart(barePage, '1');
    await open(page);
    for (let round = 0; round < ROUNDS; round++) {
      times.freshBare.push(await bareStart(barePage, 'print("first output")'));
      const before = await sessionOf(page);
      times.fresh.push(
        await since(page, async () => {
          await page.getByRole('button', { name: /^Session: / }).click();
          await new Workbench(page).button('New session').click();
          await idle(page, before);
          await run(page, 'print("first output")');
        }),
      );
      await run(page, SET_UP);
      times.refreshBare.push(await bareStart(barePage, `${SET_UP}\n${GO_ON}`));
      times.refresh.push(
        await since(page, async () => {
          await page.reload();
          await idle(page);
          await run(page, GO_ON);
        }),
      );
    }
    for (let round = 0; round < 100; round++) await run(page, `step = ${round}\nvalues[${round}] = None`);
    for (let round = 0; round < ROUNDS; round++) {
      times.back.push(
        await since(page, () =>
          page
            .evaluate(async () => {
              const { session } = document.querySelector('dormouse-page') as unknown as { session: Session };
              const { checkpoints } = session.state.checkpoints ?? { checkpoints: [] };
              const target = checkpoints.at(-100) ?? checkpoints[0];
              if (!target) throw new Error('There are no checkpoints.');
              await session.goBack(target.id);
            })
            .then(() => idle(page)),
        ),
      );
    }
    const [wheel] = wheels;
    if (wheel === undefined) return;
    const bytes = await readFile(join(WHEELS, wheel), 'base64');
    await run(page, `import base64, io, sys, zipfile\nwheel = ""`);
    for (let at = 0; at < bytes.length; at += MEBIBYTE) await run(page, `wheel += ${JSON.stringify(bytes.slice(at, at + MEBIBYTE))}`);
    await run(
      page,
      `zipfile.ZipFile(io.BytesIO(base64.b64decode(wheel))).extractall("packages")\ndel wheel\nsys.path.insert(0, "/home/pyodide/packages")\n${NUMPY}`,
    );
    for (let round = 0; round < ROUNDS; round++) {
      times.numpyBare.push(await bareStart(barePage, `${NUMPY}\n${NUMPY_ON}`, [wheel]));
      times.numpy.push(
        await since(page, async () => {
          await page.reload();
          await idle(page);
          await run(page, NUMPY_ON);
        }),
      );
    }
  });
  print(
    describeMachine(browser),
    { title: 'To the first output', unit: 'ms', peer: 'a bare page with Pyodide that begins anew and runs all of it again' },
    [
      { name: 'New session, from the click', samples: times.fresh, peer: times.freshBare },
      { name: 'Refresh, with variables and a generator', samples: times.refresh, peer: times.refreshBare },
      { name: 'Going back 100 checkpoints, to Ready', samples: times.back },
      {
        name: `Refresh, with ${wheels[0] ? 'NumPy and a 64 MB array' : 'NumPy (no wheel here)'}`,
        samples: times.numpy,
        peer: times.numpyBare,
      },
    ],
  );
}, 1_200_000);

test('what the end of a run costs', async () => {
  const rows: { name: string; capture: Samples; stored: Samples; whole: Samples }[] = [];
  let browser = '';
  await inFreshBrowser(async (context) => {
    browser = browserVersion(context);
    const page = await context.newPage();
    await open(page);
    const measure = async (name: string, code: (round: number) => string) => {
      const [capture, stored, whole]: [number[], number[], number[]] = [[], [], []];
      let heap = 0;
      for (let round = 0; round < 2 * ROUNDS; round++) {
        whole.push(await since(page, () => run(page, code(round))));
        const report = await lastCheckpoint(page);
        heap = report.heap;
        capture.push(report.milliseconds);
        stored.push(report.stored / 1024);
      }
      rows.push({ name: `${name} (heap ${Math.round(heap / MEBIBYTE)} MiB)`, capture, stored, whole });
    };
    await run(page, SAMPLE);
    await measure('the sample', () => SAMPLE);
    await measure('x = 1', (round) => `x = ${round}`);
    await run(page, 'import os\nballast = os.urandom(1 << 20) * 10');
    await measure('x = 1, 10 MiB more', (round) => `x = ${round}`);
    await run(page, 'more = os.urandom(1 << 20) * 450');
    await measure('x = 1, 460 MiB more', (round) => `x = ${round}`);
  });
  const context = describeMachine(browser);
  print(
    context,
    { title: 'Capture: pages found and packed', unit: 'ms', digits: 1 },
    rows.map(({ name, capture }) => ({ name, samples: capture })),
  );
  print(
    context,
    { title: 'Stored per run', unit: 'KiB', digits: 1 },
    rows.map(({ name, stored }) => ({ name, samples: stored })),
  );
  print(
    context,
    { title: 'A run, from the click to Saved', unit: 'ms' },
    rows.map(({ name, whole }) => ({ name, samples: whole })),
  );
}, 1_200_000);

test('Stop of code that looks at no signals', async () => {
  const bareApp = await serve('dist', { port: 0, headers: 'none' });
  const samples: Record<'isolated' | 'bare', number[]> = { isolated: [], bare: [] };
  let browser = '';
  try {
    for (const [kind, server] of [
      ['isolated', app],
      ['bare', bareApp],
    ] as const) {
      await inFreshBrowser(async (context) => {
        browser = browserVersion(context);
        const page = await context.newPage();
        // A service worker would make the page isolated.
        if (kind === 'bare') await context.route('**/service-worker.js', (route) => route.abort());
        await page.goto(`${server.url}/`);
        await idle(page);
        for (let round = 0; round < ROUNDS; round++) {
          const ended = run(page, 'print("computing", flush=True)\nsum(range(10**13))');
          await page.waitForTimeout(500);
          samples[kind].push(
            await since(page, async () => {
              await page.evaluate(() => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.stop());
              await idle(page);
            }),
          );
          await ended;
        }
      });
    }
  } finally {
    await bareApp.close();
  }
  print(describeMachine(browser), { title: 'Stop of sum(range(10**13)), to Ready', unit: 'ms' }, [
    { name: 'isolated (after 2 s of grace)', samples: samples.isolated },
    { name: 'not isolated (after 0.5 s of grace)', samples: samples.bare },
  ]);
}, 600_000);
