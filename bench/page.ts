/** What a person waits for, measured in Chromium on this machine, each row beside its peer where there is one. `npm run bench` builds first. */
import { test } from 'vitest';
import { serve } from '../scripts/server.mjs';
import { Workbench } from '../test/e2e/workbench';
import { browserVersion, inFreshBrowser } from './browser';
import { BarePyodide, since } from './pages';
import { describeMachine, printTable } from './table';

const ROUNDS = 5;
const FIRST_OUTPUT = 'print("first output")';

test('the page', async () => {
  const [app, bare] = [await serve('dist'), await BarePyodide.serve([])];
  const times: Record<'first' | 'again' | 'bare' | 'bareAgain' | 'run' | 'stop' | 'check', number[]> = {
    first: [],
    again: [],
    bare: [],
    bareAgain: [],
    run: [],
    stop: [],
    check: [],
  };
  let browser = '';
  for (let round = 0; round < ROUNDS; round++) {
    await inFreshBrowser(async (context) => {
      const page = await context.newPage();
      times.bare.push(await bare.start(page, FIRST_OUTPUT));
      times.bareAgain.push(await bare.start(page, FIRST_OUTPUT));
    });
    await inFreshBrowser(async (context) => {
      browser = browserVersion(context);
      const page = await context.newPage();
      const workbench = new Workbench(page);
      times.first.push(await since(page, () => workbench.open(`${app.url}/`)));
      times.again.push(await since(page, () => page.reload().then(() => workbench.ready())));
      await workbench.run('1');
      const run = async () => {
        await workbench.button('Run').click();
        await workbench.saved.getByText(/Saved \d/).waitFor();
        await workbench.ready();
      };
      times.run.push(await since(page, run));
      times.check.push(await since(page, () => workbench.check()));
      await workbench.start('print("looping", flush=True)\nwhile True: pass');
      await workbench.output.getByText('looping').waitFor();
      const stop = async () => {
        await workbench.button('Stop').click();
        await workbench.ready();
      };
      times.stop.push(await since(page, stop));
    });
  }
  printTable(
    describeMachine(browser),
    { title: 'What a person waits for', unit: 'ms', peer: 'a bare page with Pyodide, to its first output' },
    [
      { name: 'first visit to Ready', samples: times.first, peer: times.bare },
      { name: 'refresh to Ready', samples: times.again, peer: times.bareAgain },
      { name: 'Run of one expression, from click to Saved', samples: times.run },
      { name: 'Check state, from click to shown', samples: times.check },
      { name: 'Stop of `while True: pass`, from click to Ready, isolated', samples: times.stop },
    ],
  );
  await Promise.all([app.close(), bare.close()]);
}, 600_000);
