/** The main views at the widths of a phone, a tablet and a laptop, light and dark: nothing is wider than the page. `SCREENSHOTS` keeps the pictures. */
import type { Page } from '@playwright/test';
import { takeScreenshot } from './screenshots';
import { expect, test } from './workbench';

const DOCUMENT = `# %% [markdown]
# # Rain in 2026
#
# Monthly sums of **three stations**, from a database.

# %%
import json, sqlite3
db = sqlite3.connect("rain.db")
db.executescript("""
CREATE TABLE rain (month TEXT, station TEXT, mm REAL);
CREATE VIEW wet AS SELECT * FROM rain WHERE mm > 60;
""")
months = [f"2026-{month:02}" for month in range(1, 13)]
rows = [
    {"month": month, "station": station, "mm": round(30 + (i * 37 + j * 61) % 90 / 2, 1)}
    for i, month in enumerate(months)
    for j, station in enumerate(["Hill", "Valley", "Lake"])
]
db.executemany("INSERT INTO rain VALUES (:month, :station, :mm)", rows)
db.commit()
json.dump(rows, open("rain.json", "w"))
rows

# %%
sum(row["mm"] for row in rows) / 3
`;
/** Panels by the names of their buttons. */
const PANELS = ['Files', 'History', 'Variables', 'Database', 'Packages', 'Storage', 'Mirror', 'Check state'];

async function inEverySize(page: Page, view: string): Promise<void> {
  for (const width of [360, 768, 1440]) {
    await page.setViewportSize({ width, height: width < 800 ? 740 : 900 });
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme });
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth), `${view} at ${width} px`).toBeLessThanOrEqual(0);
      await takeScreenshot(page, `${view}-${width}-${colorScheme}`);
    }
  }
}

test('every main view fits every width, light and dark', async ({ workbench, page }) => {
  await page.setViewportSize({ width: 1440, height: 900 });
  await workbench.write(DOCUMENT);
  await workbench.button('Notebook').click();
  await workbench.button('Run all').click();
  await expect(page.getByRole('region', { name: 'Output of cell 3', exact: true })).toBeVisible();
  await workbench.ready();
  await expect(workbench.saved).toContainText(/Saved \d/);
  await inEverySize(page, 'notebook');
  for (const panel of PANELS) {
    await workbench.button(panel).click();
    await expect(
      page
        .getByRole('complementary', { name: panel.replace('Check ', ''), exact: false })
        .getByRole('heading')
        .first(),
    ).toBeVisible();
    await inEverySize(page, panel.toLowerCase().replace(' ', '-'));
  }
  await page.goto('./#/');
  await expect(page.getByRole('heading', { name: 'Begin' })).toBeVisible();
  await inEverySize(page, 'start');
  await page.getByRole('button', { name: /^Python that remembers/ }).click();
  await expect(page.getByRole('complementary', { name: 'Lesson' }).getByRole('heading').first()).toBeVisible();
  await workbench.ready();
  await inEverySize(page, 'lesson');
});
