/**
 * NumPy and pandas in the built app, beside a bare page with Pyodide that loads the same wheels from a server like ours, and, for orientation, this
 * machine's own Python where it has pandas. `npm run bench` builds first.
 */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Server, serve } from '../scripts/server.mjs';
import { baselinesOf, Workbench } from '../test/e2e/workbench';
import { describeWithWheels, PACKAGES } from '../test/fixtures/wheels';
import { browserVersion, inFreshBrowser } from './browser';
import { BarePyodide, idle, lastCheckpoint, open, run, runAfterRefresh, runInNewSession, runToOutput, since } from './pages';
import { describeMachine, printTable, type Row } from './table';

const ROUNDS = 5;
const MEBIBYTE = 2 ** 20;
/** What pandas needs, in the order of need. */
const NEEDED = ['numpy', 'six', 'python-dateutil', 'tzdata', 'pandas'];

const IMPORTS = { numpy: 'import numpy\nprint(numpy.__version__)', pandas: 'import pandas\nprint(pandas.__version__)' };
const FRAME = `import numpy as np, pandas as pd
frame = pd.DataFrame(np.random.default_rng(1).standard_normal((1_250_000, 10)))
total = float(frame[0].sum())`;
const FRAME_ON = 'print(frame.shape, float(frame[0].sum()) == total)';

/** Seconds of reading a CSV of 100 MB and of a group-by over it become `read` and `grouped`. The file is made before. */
const CSV = `import os, time
import numpy as np, pandas as pd
if not os.path.exists("PATH"):
    rng = np.random.default_rng(1)
    columns = {"id": np.arange(100_000), "name": [f"station {n % 977}" for n in range(100_000)], "a": rng.random(100_000), "b": rng.random(100_000)}
    text = pd.DataFrame(columns).to_csv(index=False)
    head, rest = text.split("\\n", 1)
    with open("PATH", "w") as file:
        file.write(head + "\\n")
        while file.tell() < 100_000_000: file.write(rest)
begin = time.perf_counter()
table = pd.read_csv("PATH")
read = time.perf_counter() - begin
begin = time.perf_counter()
groups = table.groupby("name").agg({"a": "mean", "b": ["min", "max"], "id": "count"})
grouped = time.perf_counter() - begin
del table, groups`;

let app: Server;
let bare: BarePyodide;
let wheels: string[];
beforeAll(async () => {
  wheels = NEEDED.flatMap((wanted) => PACKAGES.filter(({ name }) => name === wanted).map(({ file }) => file));
  [app, bare] = [await serve('dist'), await BarePyodide.serve(wheels)];
});
afterAll(() => Promise.all([app?.close(), bare?.close()]));

/** Seconds that this machine's own Python takes; null where it has no pandas. */
async function native(): Promise<{ read: number; grouped: number } | null> {
  const program = `import tempfile\nwith tempfile.TemporaryDirectory() as folder:\n    scope = {}\n    exec(${JSON.stringify(CSV)}.replace("PATH", folder + "/bench.csv"), scope)\n    print(scope["read"], scope["grouped"])`;
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', program]);
    const [read = Number.NaN, grouped = Number.NaN] = stdout.trim().split(' ').map(Number);
    return { read, grouped };
  } catch {
    return null;
  }
}

describeWithWheels('NumPy and pandas', () => {
  test('imported, kept, and at work', async () => {
    expect(wheels).toHaveLength(NEEDED.length);
    const samples = new Map<string, number[]>();
    const add = (name: string, value: number) => samples.set(name, [...(samples.get(name) ?? []), value]);
    const of = (name: string) => samples.get(name) ?? [];
    let machine = '';
    for (let round = 0; round < ROUNDS; round++) {
      for (const [name, code] of Object.entries(IMPORTS)) {
        const needed = name === 'numpy' ? wheels.slice(0, 1) : wheels;
        await inFreshBrowser(async (context) => {
          const page = await context.newPage();
          add(`${name}, bare, first visit`, await bare.start(page, code, needed));
          add(`${name}, bare, again`, await bare.start(page, code, needed));
          add(`${name}, bare, heap`, (await bare.heap(page)) / MEBIBYTE);
        });
        await inFreshBrowser(async (context) => {
          machine = describeMachine(browserVersion(context));
          const page = await context.newPage();
          add(
            `${name}, first visit`,
            await since(page, async () => {
              await open(page, app);
              await runToOutput(page, code);
            }),
          );
          await idle(page);
          add(`${name}, heap`, (await lastCheckpoint(page)).heap / MEBIBYTE);
          add(`${name}, stored`, (await lastCheckpoint(page)).stored / MEBIBYTE);
          // The package's own baseline is made while nothing goes on.
          while (!(await baselinesOf(page)).includes(` ${name}-`)) await page.waitForTimeout(500);
          add(`${name}, new session`, await runInNewSession(page, code, runToOutput));
          await idle(page);
          add(`${name}, stored then`, (await lastCheckpoint(page)).stored / MEBIBYTE);
        });
      }
    }
    await inFreshBrowser(async (context) => {
      const [page, barePage] = [await context.newPage(), await context.newPage()];
      await open(page, app);
      await run(page, FRAME);
      for (let round = 0; round < ROUNDS; round++) {
        add('frame, bare', await bare.start(barePage, `${FRAME}\n${FRAME_ON}`, wheels));
        add('frame', await runAfterRefresh(page, FRAME_ON, runToOutput));
      }
    });
    await inFreshBrowser(async (context) => {
      const [page, barePage] = [await context.newPage(), await context.newPage()];
      await open(page, app);
      const code = CSV.replaceAll('PATH', 'bench.csv');
      // The file is made.
      await run(page, code);
      for (let round = 0; round < ROUNDS; round++) {
        await barePage.bringToFront();
        // It begins anew each time, with the file to be made again: that is not in its times.
        await bare.start(barePage, code, wheels);
        for (const name of ['read', 'grouped']) add(`${name}, bare`, await bare.value(barePage, name));
        await page.bringToFront();
        await run(page, `${code}\nprint("result", read, grouped)`);
        const output = await new Workbench(page).lastOutput();
        const [, read, grouped] = /result ([\d.e-]+) ([\d.e-]+)/.exec(output) ?? [];
        add('read', Number(read));
        add('grouped', Number(grouped));
        const own = await native();
        if (own) for (const name of ['read', 'grouped'] as const) add(`${name}, native`, own[name]);
      }
    });
    const beside = (name: string, row: string, peer: string): Row => ({ name, samples: of(row), peer: of(peer) });
    printTable(machine, { title: 'To what is printed after the import', unit: 'ms', peer: 'a bare page: Pyodide, loadPackage, import' }, [
      beside('import numpy, first visit of the browser', 'numpy, first visit', 'numpy, bare, first visit'),
      beside('import numpy, a later session, from the click', 'numpy, new session', 'numpy, bare, again'),
      beside('import pandas, first visit of the browser', 'pandas, first visit', 'pandas, bare, first visit'),
      beside('import pandas, a later session, from the click', 'pandas, new session', 'pandas, bare, again'),
      beside('a refresh with both and a frame of 100 MB', 'frame', 'frame, bare'),
    ]);
    const stored = (name: string, first: string): Row => ({ name, samples: of(`${first} then`), peer: of(first) });
    printTable(machine, { title: 'What is stored for the run that imports it', unit: 'MiB', digits: 2, peer: 'in the first session' }, [
      stored('import numpy, a later session', 'numpy, stored'),
      stored('import pandas, a later session', 'pandas, stored'),
    ]);
    printTable(machine, { title: "Python's memory after the import", unit: 'MiB', peer: 'a bare page' }, [
      beside('import numpy', 'numpy, heap', 'numpy, bare, heap'),
      beside('import pandas', 'pandas, heap', 'pandas, bare, heap'),
    ]);
    printTable(machine, { title: 'A CSV of 100 MB', unit: 's', digits: 2, peer: 'a bare page', limit: "this machine's own Python" }, [
      { ...beside('read_csv', 'read', 'read, bare'), limit: of('read, native') },
      { ...beside('group-by', 'grouped', 'grouped, bare'), limit: of('grouped, native') },
    ]);
  }, 3_600_000);
});
