/**
 * Large tables: opening a CSV file of 300 MB with 1,000,000 rows from the Files panel, and scrolling it, and a DataFrame of as many rows where
 * pandas is there. `npm run bench` builds first.
 */
import type { Locator, Page } from '@playwright/test';
import { test } from 'vitest';
import { serve } from '../scripts/server.mjs';
import { Workbench } from '../test/e2e/workbench';
import { PACKAGES } from '../test/fixtures/wheels';
import { browserVersion, inFreshBrowser } from './browser';
import { run, since } from './pages';
import { describeMachine, printTable } from './table';

const ROUNDS = 5;
const ROWS = 1_000_000;
/** ms */
const LONGEST = 300_000;
/** Frames that are scrolled in each round, and how far in each, px: some five rows, and then, as by the scroll bar, many thousand. */
const FRAMES = 240;
const STEPS = [130, 40_000];
/** What a frame may take, ms; of 100 frames this many may take longer. */
const SMOOTH = 33;
const MOST_LATE = 5;

const WRITE = `
with open("big.csv", "w") as file:
    file.write("id,name,value,day,text\\n")
    for first in range(0, ${ROWS}, 1000):
        file.write("".join(f"{i},name {i % 977},{i * 0.37:.3f},2026-{1 + i % 12:02}-{1 + i % 28:02},{'x' * 255}\\n" for i in range(first, first + 1000)))
`;
const FRAME = `
import numpy as np
import pandas as pd
n = np.arange(${ROWS})
pd.DataFrame({"id": n, "name": n % 977, "value": n * 0.37, "text": "some text"})
`;

/** ms between animation frames while a grid is scrolled. */
const scroll = (grid: Locator): Promise<number[]> =>
  grid.evaluate(
    async (table, { frames, steps }) => {
      const frame = () => new Promise<number>(requestAnimationFrame);
      const times: number[] = [];
      table.scrollTop = 0;
      let last = await frame();
      for (const step of steps) {
        for (let count = 0; count < frames; count++) {
          table.scrollTop += step;
          const now = await frame();
          times.push(now - last);
          last = now;
        }
      }
      return times;
    },
    { frames: FRAMES, steps: STEPS },
  );

const late = (times: readonly number[]) => (100 * times.filter((time) => time > SMOOTH).length) / times.length;

async function openTable(page: Page): Promise<Locator> {
  await page.getByRole('treeitem', { name: 'big.csv' }).dblclick();
  const grid = page.getByRole('dialog').getByRole('grid');
  await grid.getByRole('gridcell', { name: 'name 0', exact: true }).first().waitFor({ timeout: LONGEST });
  return grid;
}

test('large tables', async () => {
  const app = await serve('dist');
  await inFreshBrowser(async (context) => {
    const page = await context.newPage();
    const workbench = new Workbench(page);
    await workbench.open(`${app.url}/`);
    await run(page, WRITE);
    const panel = page.getByRole('complementary', { name: 'Files' });
    if (!(await panel.isVisible())) await workbench.button('Files').click();
    const opened: number[] = [];
    const ofFile: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      let grid: Locator | undefined;
      opened.push(
        await since(page, async () => {
          grid = await openTable(page);
        }),
      );
      if (grid) ofFile.push(late(await scroll(grid)));
      await page.getByRole('dialog').getByRole('button', { name: 'Close', exact: true }).click();
    }
    const ofFrame: number[] = [];
    if (PACKAGES.some(({ name }) => name === 'pandas')) {
      await workbench.write(FRAME);
      await workbench.button('Run').click();
      await workbench.ready(LONGEST);
      const grid = workbench.output.getByRole('grid');
      await grid.getByRole('gridcell').first().waitFor({ timeout: LONGEST });
      for (let round = 0; round < ROUNDS; round++) ofFrame.push(late(await scroll(grid)));
    }
    const machine = describeMachine(browserVersion(context));
    printTable(machine, { title: 'Opening a file as a table, to the first rows', unit: 'ms' }, [
      { name: `CSV, 300 MB, ${ROWS.toLocaleString('en')} rows`, samples: opened },
    ]);
    printTable(
      machine,
      { title: `Frames over ${SMOOTH} ms while scrolling ${ROWS.toLocaleString('en')} rows`, unit: '%', digits: 1, limit: 'the target' },
      [
        { name: 'that file', samples: ofFile, limit: [MOST_LATE] },
        { name: `a DataFrame${ofFrame.length === 0 ? ' (no pandas here)' : ''}`, samples: ofFrame, limit: [MOST_LATE] },
      ],
    );
  });
  await app.close();
}, 1_800_000);
