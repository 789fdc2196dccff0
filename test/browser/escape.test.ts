/** The escape corpus (test/fixtures/escape.ts) in Firefox, as test/e2e/escape.spec.ts runs it in Chromium: with canaries of this origin and sinks on loopback. */
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from '../../scripts/server.mjs';
import { CANARY_SESSION, plantCanaries, readCanaries } from '../fixtures/canaries';
import {
  attackEverything,
  blocked,
  FLOOD,
  FORGED_REQUESTS,
  forgeToBroker,
  forgeToKeeper,
  hostileOutput,
  REFUSED,
  RUN_SCRIPT,
  Sinks,
} from '../fixtures/escape';
import { FIREFOX } from './browsers';
import { FirefoxPage, launchFirefox } from './firefox-page';

describe.skipIf(!FIREFOX)('hostile Python in Firefox', () => {
  let server: Server;
  let browser: Browser;
  let firefox: FirefoxPage;
  let sinks: Sinks;
  /** What the browser asked of anything but our own server. */
  const asked: string[] = [];
  let before: Awaited<ReturnType<typeof readCanaries>>;
  const forge = () => firefox.run(forgeToBroker(sinks, '1'.repeat(64)));

  beforeAll(async () => {
    [server, browser, sinks] = await Promise.all([serve('dist', { headers: 'isolated' }), launchFirefox(), Sinks.open()]);
    const page = await browser.newPage();
    firefox = new FirefoxPage(page);
    page.on('request', (request) => {
      if (/^(https?|wss?):/.test(request.url()) && !request.url().startsWith(`${server.url}/`)) asked.push(request.url());
    });
    await page.goto(`${server.url}/`);
    await firefox.ready();
    await firefox.run(CANARY_SESSION);
    await page.evaluate(plantCanaries);
    await firefox.press('Session: First session');
    await firefox.press('New session');
    await firefox.until(async () => !(await page.title()).startsWith('First session'), 'another session');
    await firefox.ready();
    before = await page.evaluate(readCanaries);
  });
  afterAll(async () => {
    await browser?.close();
    await Promise.all([server?.close(), sinks?.close()]);
  });

  test('reaches no network, no storage and no other session', async () => {
    expect(Object.keys(before.files).length).toBeGreaterThan(1);
    expect(await firefox.run(RUN_SCRIPT)).not.toContain('DONE');
    let said: string;
    let attacks = 0;
    do {
      await firefox.start(attackEverything(sinks, server.url));
      if (!(await firefox.isReadyWithin(45_000))) await firefox.press('Stop');
      await firefox.ready();
      said = await firefox.output();
    } while (blocked(said) && ++attacks < 5);
    expect(said).not.toContain('DONE');
    for (const line of REFUSED) expect(said).toContain(line);
    expect(await firefox.page.evaluate(readCanaries)).toEqual(before);
  }, 300_000);

  test('gets nothing through its own ports, and a flood moves nothing that was kept', async () => {
    const answers = await forge();
    expect(answers).toContain('refused');
    expect(answers).not.toContain('DONE');
    expect(Number(/files: (\d+)/.exec(answers)?.[1])).toBeLessThan(20);
    for (const request of FORGED_REQUESTS) {
      await forge();
      await firefox.start(forgeToKeeper(request));
      await firefox.until(async () => (await firefox.words()).includes('Python sent what Dormouse does not accept'), request);
      await firefox.ready();
    }
    await forge();
    await firefox.start(FLOOD);
    await firefox.ready();
    expect(await firefox.output()).toContain('flood');
    expect(await firefox.run('import os\nprint(os.listdir("."))')).toContain('before.txt');
    expect(await firefox.page.evaluate(readCanaries)).toEqual(before);
  });

  test('does nothing to the page by what it shows', async () => {
    const dialogs: string[] = [];
    firefox.page.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    const [address, tabs] = [firefox.page.url(), (await browser.pages()).length];
    expect(await firefox.run(hostileOutput(sinks))).toContain('the last display');
    // Time for what would come late: a refresh, a prefetch.
    await new Promise((resolve) => setTimeout(resolve, 1500));
    expect(dialogs).toEqual([]);
    expect(firefox.page.url()).toBe(address);
    expect(await browser.pages()).toHaveLength(tabs);
    expect(await firefox.page.evaluate(readCanaries)).toEqual(before);
  });

  test('was heard by nobody', async () => {
    expect(asked).toEqual([]);
    expect(sinks.heard).toEqual([]);
    expect(await sinks.work()).toBe(true);
  });
});
