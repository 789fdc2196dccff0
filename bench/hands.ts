/**
 * What hands feel: how fast a key becomes a letter in a long document, how fast a click is handled while Python is busy, and how long the start page
 * takes with many sessions. Measured in Chromium by the page's own clock, beside the project's targets. `npm run bench` builds first.
 */
import type { Page } from '@playwright/test';
import { test } from 'vitest';
import { serve } from '../scripts/server.mjs';
import type { Sessions } from '../src/session';
import { Workbench } from '../test/e2e/workbench';
import { browserVersion, inFreshBrowser } from './browser';
import { idle, since } from './pages';
import { describeMachine, printTable } from './table';
import { scriptingOf, type TraceEvent } from './trace';

const KEYS = 300;
const CLICKS = 60;
const PANELS = ['Files', 'Variables', 'History', 'Storage', 'Packages'];
const ROUNDS = 5;
const SESSIONS = 200;
const SCRIPT_LINES = 2000;

/** The value below which so many of 100 lie. */
function percentile(samples: readonly number[], part: number): number {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor((sorted.length * part) / 100))] ?? Number.NaN;
}

const TYPED = 'some_name = other_name + 1  # and so on, as one does\n'.repeat(Math.ceil(KEYS / 52)).slice(0, KEYS);

/** Types, and adds up for each key how long scripts run from its keydown to the end of the next animation-frame callbacks, ms: as the browser traces it. */
async function scriptingTimes(page: Page): Promise<number[]> {
  const devtools = await page.context().newCDPSession(page);
  const events: TraceEvent[] = [];
  devtools.on('Tracing.dataCollected', ({ value }) => events.push(...(value as unknown as TraceEvent[])));
  await devtools.send('Tracing.start', { traceConfig: { includedCategories: ['devtools.timeline'] }, transferMode: 'ReportEvents' });
  await page.keyboard.type(TYPED, { delay: 30 });
  const complete = new Promise<void>((resolve) => devtools.once('Tracing.tracingComplete', () => resolve()));
  await devtools.send('Tracing.end');
  await complete;
  await devtools.detach();
  return scriptingOf(events);
}

/** Measures from each such event to the end of the next animation-frame callback, ms: with style, layout, paint and the wait for the frame. */
async function handlingTimes(page: Page, type: 'keydown' | 'click', act: () => Promise<void>): Promise<number[]> {
  await page.evaluate((type) => {
    const times: number[] = [];
    Object.assign(globalThis, { handlingTimes: times });
    addEventListener(
      type,
      ({ timeStamp }) => {
        // Asked for after those that the page asks for while it handles the event: it is the last of its frame.
        queueMicrotask(() => requestAnimationFrame(() => times.push(performance.now() - timeStamp)));
      },
      { capture: true },
    );
  }, type);
  await act();
  return page.evaluate(() => (globalThis as unknown as { handlingTimes: number[] }).handlingTimes);
}

const typingTimes = (page: Page): Promise<number[]> => handlingTimes(page, 'keydown', () => page.keyboard.type(TYPED, { delay: 30 }));

/** Opens one panel after the other while Python computes and prints. */
async function clickingTimes(workbench: Workbench): Promise<number[]> {
  await workbench.start('import itertools\nfor n in itertools.count():\n    if n % 1000 == 0: print(n)');
  const times = await handlingTimes(workbench.page, 'click', async () => {
    for (let click = 0; click < CLICKS; click++) await workbench.button(PANELS[click % PANELS.length] as string).click();
  });
  await workbench.button('Stop').click();
  await workbench.ready();
  return times;
}

/** Replaces the document as a paste does. */
async function paste(workbench: Workbench, text: string): Promise<void> {
  await workbench.code.click();
  await workbench.page.keyboard.press('Control+a');
  await workbench.code.evaluate((editor, pasted) => {
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', pasted);
    editor.dispatchEvent(new ClipboardEvent('paste', { clipboardData, bubbles: true, cancelable: true }));
  }, text);
}

test('what hands feel', async () => {
  const app = await serve('dist');
  const lines = Array.from({ length: SCRIPT_LINES }, (_, line) => `value_${line} = [${line}, "text ${line}"]  # line ${line}`);
  const script = lines.join('\n');
  const cells = Array.from({ length: 200 }, (_, cell) => `# %%\n${lines.slice(cell * 10, cell * 10 + 10).join('\n')}\n`).join('\n');
  await inFreshBrowser(async (context) => {
    const page = await context.newPage();
    const workbench = new Workbench(page);
    await workbench.open(`${app.url}/`);
    const painted = await page.evaluate(() => performance.getEntriesByName('first-contentful-paint').map(({ startTime }) => startTime));
    await paste(workbench, script);
    await workbench.code.click();
    await page.keyboard.press('Control+End');
    const inScript = { scripting: await scriptingTimes(page), all: await typingTimes(page) };
    await paste(workbench, cells);
    await workbench.button('Notebook').click();
    await page.getByRole('textbox', { name: 'Cell 2, Python' }).click();
    const inCell = { scripting: await scriptingTimes(page), all: await typingTimes(page) };
    await workbench.button('Script').click();
    const clicks = await clickingTimes(workbench);

    await page.evaluate(async (count) => {
      const { sessions } = document.querySelector('dormouse-page') as unknown as { sessions: Sessions };
      for (let number = sessions.entries.length; number < count; number++) await sessions.create(`Session ${number}`);
    }, SESSIONS);
    const listed: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      await page.goto(`${app.url}/`);
      await idle(page);
      listed.push(
        await since(page, async () => {
          await page.goto(`${app.url}/#/`);
          await page.reload();
          await page.getByText('Session 199', { exact: true }).first().waitFor();
        }),
      );
    }
    printTable(
      describeMachine(browserVersion(context)),
      { title: 'What hands feel', unit: 'ms', digits: 1, mean: '95 of 100 below', limit: 'the target' },
      [
        { name: 'first paint, first visit', samples: painted, limit: [1000] },
        ...[
          { where: `a script of ${SCRIPT_LINES} lines`, times: inScript },
          { where: 'a notebook of 200 cells', times: inCell },
        ].flatMap(({ where, times: { scripting, all } }) => [
          {
            name: `a key in ${where}: scripting, to the end of its frame`,
            samples: scripting,
            mean: percentile(scripting, 95),
            limit: [16] as const,
          },
          { name: 'the same with the wait for the frame, style, layout and paint', samples: all, mean: percentile(all, 95) },
        ]),
        {
          name: 'a click that opens a panel while Python computes and prints, to the end of its frame',
          samples: clicks,
          mean: percentile(clicks, 95),
          limit: [100],
        },
        { name: `the start page with ${SESSIONS} sessions, loaded anew`, samples: listed },
      ],
    );
  });
  await app.close();
}, 900_000);
