/** The Chromium that is killed: it has a profile on the disk, so that a new one finds what the last one left. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from '@playwright/test';
import { CHROMIUM_ARGUMENTS } from '../../scripts/browsers.mjs';
import { CHROMIUM } from '../browser/browsers';

/** What SIGKILL hits: the processes that run pages, or all of the browser's. */
export type Target = 'renderer' | 'browser';

export class Victim {
  readonly #profile: string;
  #context: BrowserContext;
  /** Asked for before the kill is due: asking takes a moment. */
  #processes: { type: string; id: number }[] = [];

  private constructor(profile: string, context: BrowserContext) {
    this.#profile = profile;
    this.#context = context;
  }

  /** Starts a Chromium with a profile of its own. */
  static async launch(): Promise<Victim> {
    const profile = await mkdtemp(join(tmpdir(), 'dormouse-torture-'));
    return new Victim(profile, await start(profile));
  }

  /** A new page, with nothing loaded. */
  async newPage(): Promise<Page> {
    return this.#context.newPage();
  }

  /** Notes which processes there are; call it when the page that is to die has loaded. */
  async aim(): Promise<void> {
    const browser = this.#context.browser();
    if (!browser) throw new Error('The browser is gone.');
    const cdp = await browser.newBrowserCDPSession();
    this.#processes = (await cdp.send('SystemInfo.getProcessInfo')).processInfo;
    await cdp.detach();
  }

  /** SIGKILL, and after that of the browser a new one on the same profile. */
  async kill(target: Target): Promise<void> {
    const context = this.#context;
    const gone = target === 'browser' ? new Promise((resolve) => context.once('close', resolve)) : null;
    // The browser first: it could still tidy up after its children.
    const rank = ({ type }: { type: string }) => (type === 'browser' ? 0 : 1);
    for (const { type, id } of [...this.#processes].sort((a, b) => rank(a) - rank(b))) {
      if (target === 'browser' || type === 'renderer') killProcess(id);
    }
    if (gone) {
      await gone;
      this.#context = await start(this.#profile);
    } else {
      for (const page of context.pages()) await page.close().catch(() => undefined);
    }
  }

  /** Ends the browser and leaves its profile where it is, to be looked into; answers with its path. */
  async leave(): Promise<string> {
    await this.#context.close().catch(() => undefined);
    return this.#profile;
  }

  /** Ends the browser and removes its profile. */
  async close(): Promise<void> {
    await this.leave();
    // A process that ends may still write.
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
}

function start(profile: string): Promise<BrowserContext> {
  return chromium.launchPersistentContext(profile, { ...(CHROMIUM && { executablePath: CHROMIUM }), args: CHROMIUM_ARGUMENTS });
}

function killProcess(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch (error) {
    // It went with one that was killed before.
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
