/** The browser that is measured: with a profile on the disk, because without one Chromium keeps an origin's files in memory. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from '../scripts/browsers.mjs';
import { CHROMIUM } from '../test/browser/browsers';

/** Calls `measure` with a Chromium on an empty profile, and removes both afterwards. */
export async function inFreshBrowser<Result>(measure: (context: BrowserContext) => Promise<Result>): Promise<Result> {
  const profile = await mkdtemp(join(tmpdir(), 'dormouse-bench-'));
  const context = await chromium.launchPersistentContext(profile, {
    ...(CHROMIUM && { executablePath: CHROMIUM }),
    args: CHROMIUM_ARGUMENTS,
  });
  try {
    return await measure(context);
  } finally {
    await context.close();
    // A process that ends may still write.
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

/** Such as `Chromium 156.0.7000.0`. */
export const browserVersion = (context: BrowserContext): string => `Chromium ${context.browser()?.version() ?? 'of unknown version'}`;
