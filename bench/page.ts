/**
 * What a person waits for, measured in Chromium on this machine, each row beside its peer where there is one. Prints a table of medians
 * of five with their spread. `npm run bench` builds first.
 */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from '@playwright/test';
import { test } from 'vitest';
import { serve } from '../scripts/server.mjs';
import { CHROMIUM, CHROMIUM_ARGS } from '../test/browser/browsers';
import { Workbench } from '../test/e2e/workbench';

const ROUNDS = 5;
const rows: string[] = [];

function row(name: string, samples: number[], peer = ''): void {
  const sorted = [...samples].sort((a, b) => a - b);
  const [least, median, most] = [sorted[0], sorted[Math.floor(sorted.length / 2)], sorted.at(-1)].map((value) => Math.round(value ?? 0));
  rows.push(`${name.padEnd(58)} ${String(median).padStart(6)} ms  (${least}-${most})  ${peer}`);
}

/** The least that a page with Pyodide can be: load it, print one line. */
const BARE = `<!doctype html><title>bare</title><script type="module">
import { loadPyodide } from './pyodide.mjs';
const python = await loadPyodide({ stdout: (text) => { document.title = text; } });
python.runPython('print("first output")');
</script>`;

async function bareFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'dormouse-bench-'));
  const files = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'];
  for (const name of files) await copyFile(join('node_modules/pyodide', name), join(folder, name));
  await writeFile(join(folder, 'index.html'), BARE);
  return folder;
}

const inBrowser = async (measure: (browser: Browser) => Promise<void>) => {
  const browser = await chromium.launch({ ...(CHROMIUM && { executablePath: CHROMIUM }), args: CHROMIUM_ARGS });
  await measure(browser);
  await browser.close();
};

test('the page', async () => {
  const folder = await bareFolder();
  const [app, bare] = [await serve('dist'), await serve(folder)];
  const times: Record<'first' | 'again' | 'bare' | 'bareAgain' | 'run' | 'stop' | 'check', number[]> = {
    first: [],
    again: [],
    bare: [],
    bareAgain: [],
    run: [],
    stop: [],
    check: [],
  };
  const since = async (list: number[], work: () => Promise<unknown>) => {
    const begin = performance.now();
    await work();
    list.push(performance.now() - begin);
  };
  for (let round = 0; round < ROUNDS; round++) {
    await inBrowser(async (browser) => {
      const page = await browser.newPage();
      const titled = () => page.waitForFunction(() => document.title === 'first output', null, { polling: 10 });
      await since(times.bare, () => page.goto(`${bare.url}/`).then(titled));
      await since(times.bareAgain, () => page.reload().then(titled));
    });
    await inBrowser(async (browser) => {
      const workbench = new Workbench(await browser.newPage());
      await since(times.first, () => workbench.open(`${app.url}/`));
      await since(times.again, () => workbench.page.reload().then(() => workbench.ready()));
      await workbench.run('1');
      await since(times.run, async () => {
        await workbench.button('Run').click();
        await workbench.saved.getByText(/Saved \d/).waitFor();
        await workbench.ready();
      });
      await since(times.check, () => workbench.check());
      await workbench.start('print("looping", flush=True)\nwhile True: pass');
      await workbench.output.getByText('looping').waitFor();
      await since(times.stop, async () => {
        await workbench.button('Stop').click();
        await workbench.ready();
      });
    });
  }
  row('bare Pyodide page: first visit to first output', times.bare);
  row('Dormouse: first visit to Ready', times.first, 'peer: the row above');
  row('bare Pyodide page: refresh to first output', times.bareAgain);
  row('Dormouse: refresh to Ready', times.again, 'peer: the row above');
  row('Run of one expression, from click to Saved', times.run);
  row('Check state, from click to shown', times.check);
  row('Stop of `while True: pass`, from click to Ready, isolated', times.stop);
  console.log(`\n${cpus().length} × ${cpus()[0]?.model}, Node ${process.version}\n${rows.join('\n')}\n`);
  await Promise.all([app.close(), bare.close(), rm(folder, { recursive: true })]);
}, 600_000);
