/** Pictures of the main views. They go to test-results; `SCREENSHOTS=docs/screenshots` takes those that are shown in docs/ anew. */
import type { Page } from '@playwright/test';

const FOLDER = process.env.SCREENSHOTS ?? 'test-results/screenshots';

/** With every transition at its end. @param name of the file, without its ending */
export async function takeScreenshot(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: `${FOLDER}/${name}.png`, animations: 'disabled' });
}
