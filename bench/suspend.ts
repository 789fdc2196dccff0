/**
 * Suspend and resume, each beside a bare page with Pyodide that does the best it can: initialise again and run everything again.
 * With NumPy only where its wheel is there (DORMOUSE_WHEELS names the folder). `npm run bench` builds first.
 */
import type { Page } from '@playwright/test';
import { afterAll, beforeAll, test } from 'vitest';
import { type Server, serve } from '../scripts/server.mjs';
import { SAMPLE } from '../src/app/sample';
import type { Session } from '../src/session';
import { PACKAGES } from '../test/fixtures/wheels';
import { browserVersion, inFreshBrowser } from './browser';
import { BarePyodide, idle, lastCheckpoint, open, run, runAfterRefresh, runInNewSession, runToOutput, since } from './pages';
import { describeMachine, printTable, type Samples } from './table';

const ROUNDS = 5;
const MEBIBYTE = 2 ** 20;
/** So long a person has been in a session before they ask for another; a spare sandbox waits by then, ms. */
const STAY = 6000;

const SET_UP = 'values = {n: str(n) for n in range(10000)}\nsquares = (n * n for n in values)\nnext(squares)\nprint("set up")';
const GO_ON = 'print("goes on", next(squares), len(values))';
const NUMPY = `import numpy as np\nrng = np.random.default_rng(1)\nmatrix = rng.standard_normal((1000, 8000))\nprint("set up")`;
const NUMPY_ON = 'print("goes on", matrix.shape, float(rng.random()))';

/** Goes back to the checkpoint that is so many from the end. */
async function goBack(page: Page, moments: number): Promise<void> {
  await page.evaluate(async (place) => {
    const { session } = document.querySelector('dormouse-page') as unknown as { session: Session };
    const { checkpoints } = session.state.checkpoints ?? { checkpoints: [] };
    const target = checkpoints.at(-place) ?? checkpoints[0];
    if (!target) throw new Error('There are no checkpoints.');
    await session.checkpoints.goBack(target.id);
  }, moments);
  await idle(page);
}

let app: Server;
let bare: BarePyodide;
let wheels: string[] = [];
beforeAll(async () => {
  wheels = PACKAGES.filter(({ name }) => name === 'numpy').map(({ file }) => file);
  [app, bare] = [await serve('dist'), await BarePyodide.serve(wheels)];
});
afterAll(() => Promise.all([app?.close(), bare?.close()]));

test('from nothing, and from where one was, to the first output', async () => {
  const times: Record<'fresh' | 'hasty' | 'freshBare' | 'undo' | 'refresh' | 'refreshBare' | 'back' | 'numpy' | 'numpyBare', number[]> = {
    fresh: [],
    hasty: [],
    undo: [],
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
    await bare.start(barePage, '1');
    await open(page, app);
    for (let round = 0; round < ROUNDS; round++) {
      times.freshBare.push(await bare.start(barePage, 'print("first output")'));
      times.hasty.push(await runInNewSession(page, 'print("first output")', runToOutput));
      await idle(page);
      await page.waitForTimeout(STAY);
      times.fresh.push(await runInNewSession(page, 'print("first output")', runToOutput));
      await idle(page);
      await run(page, SET_UP);
      times.refreshBare.push(await bare.start(barePage, `${SET_UP}\n${GO_ON}`));
      times.refresh.push(await runAfterRefresh(page, GO_ON, runToOutput));
      await idle(page);
    }
    for (let round = 0; round < 100; round++) await run(page, `step = ${round}\nvalues[${round}] = None`);
    for (let round = 0; round < ROUNDS; round++) {
      await page.waitForTimeout(STAY);
      times.back.push(await since(page, () => goBack(page, 100)));
      await page.waitForTimeout(STAY);
      times.undo.push(await since(page, () => goBack(page, 2)));
    }
    const [wheel] = wheels;
    if (wheel === undefined) return;
    await run(page, NUMPY);
    for (let round = 0; round < ROUNDS; round++) {
      times.numpyBare.push(await bare.start(barePage, `${NUMPY}\n${NUMPY_ON}`, [wheel]));
      times.numpy.push(await runAfterRefresh(page, NUMPY_ON, runToOutput));
      await idle(page);
    }
  });
  printTable(
    describeMachine(browser),
    { title: 'To the first output', unit: 'ms', peer: 'a bare page with Pyodide that begins anew and runs all of it again' },
    [
      { name: 'New session, from the click, after 6 s in another', samples: times.fresh, peer: times.freshBare },
      { name: 'New session, at once after another', samples: times.hasty, peer: times.freshBare },
      { name: 'Refresh, with variables and a generator', samples: times.refresh, peer: times.refreshBare },
      { name: 'Going back 100 checkpoints, to Ready', samples: times.back },
      { name: 'Going back before the last run, to Ready', samples: times.undo },
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
  const resumes: number[] = [];
  let browser = '';
  await inFreshBrowser(async (context) => {
    browser = browserVersion(context);
    const page = await context.newPage();
    await open(page, app);
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
    await run(page, 'most = os.urandom(1 << 20) * 550');
    await measure('x = 1, 1010 MiB more', (round) => `x = ${round}`);
    for (let round = 0; round < ROUNDS; round++) {
      resumes.push(
        await since(page, async () => {
          await page.reload();
          await idle(page);
        }),
      );
      await run(page, 'assert len(more) + len(most) == 1000 << 20');
    }
  });
  const context = describeMachine(browser);
  printTable(
    context,
    { title: 'Capture: pages found and packed', unit: 'ms', digits: 1 },
    rows.map(({ name, capture }) => ({ name, samples: capture })),
  );
  printTable(
    context,
    { title: 'Stored per run', unit: 'KiB', digits: 1 },
    rows.map(({ name, stored }) => ({ name, samples: stored })),
  );
  printTable(
    context,
    { title: 'A run, from the click to Saved', unit: 'ms' },
    rows.map(({ name, whole }) => ({ name, samples: whole })),
  );
  printTable(context, { title: 'Refresh to Ready', unit: 'ms' }, [{ name: 'with a heap of 1 GiB', samples: resumes }]);
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
  printTable(describeMachine(browser), { title: 'Stop of sum(range(10**13)), to Ready', unit: 'ms' }, [
    { name: 'isolated (after 2 s of grace)', samples: samples.isolated },
    { name: 'not isolated (after 0.5 s of grace)', samples: samples.bare },
  ]);
}, 600_000);
