/** What a person waits for, measured in Chromium on this machine, each row beside its peer where there is one. `npm run bench` builds first. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { serve } from '../scripts/server.mjs';
import { Workbench } from '../test/e2e/workbench';
import { browserVersion, inFreshBrowser } from './browser';
import { describeMachine, formatTable } from './table';

const ROUNDS = 5;

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
  let browser = '';
  for (let round = 0; round < ROUNDS; round++) {
    await inFreshBrowser(async (context) => {
      const page = await context.newPage();
      const titled = () => page.waitForFunction(() => document.title === 'first output', null, { polling: 10 });
      await since(times.bare, () => page.goto(`${bare.url}/`).then(titled));
      await since(times.bareAgain, () => page.reload().then(titled));
    });
    await inFreshBrowser(async (context) => {
      browser = browserVersion(context);
      const workbench = new Workbench(await context.newPage());
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
  const table = formatTable({ title: 'What a person waits for', unit: 'ms', peer: 'a bare page with Pyodide, to its first output' }, [
    { name: 'first visit to Ready', samples: times.first, peer: times.bare },
    { name: 'refresh to Ready', samples: times.again, peer: times.bareAgain },
    { name: 'Run of one expression, from click to Saved', samples: times.run },
    { name: 'Check state, from click to shown', samples: times.check },
    { name: 'Stop of `while True: pass`, from click to Ready, isolated', samples: times.stop },
  ]);
  console.log(`\n${describeMachine(browser)}\n\n${table}\n`);
  await Promise.all([app.close(), bare.close(), rm(folder, { recursive: true })]);
}, 600_000);
