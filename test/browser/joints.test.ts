/**
 * The joints that the design rests on, in both browsers, through the real sandbox, keeper and waker:
 * a busy machine's journal arrives, the machine waits while the page is blocked, a Blob is read when it is needed, OPFS keeps.
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from '../../scripts/server.mjs';
import { BROWSERS, type Tab } from './browsers';
import type { ContractResult } from './volume-contract.worker';

const PAGES = 'test-results/browser-pages';

describe.each(BROWSERS)('$name', ({ open, missing }) => {
  describe.skipIf(missing)('isolated', () => {
    let server: Server;
    let tab: Tab;
    beforeAll(async () => {
      server = await serve(PAGES, { port: 0, headers: 'isolated' });
      tab = await open();
      await tab.goto(`${server.url}/harness.html`);
      expect(await tab.evaluate('harness.isolated()')).toBe(true);
      await tab.evaluate('harness.open("joints")');
    }, 120_000);
    afterAll(async () => {
      await tab?.close();
      await server?.close();
    });

    test('the journal of a busy machine reaches the keeper while it runs', async () => {
      await tab.evaluate(`harness.runUntil('open("busy.txt", "w").write("here")\\nprint("written")\\nwhile True: pass', 'written')`);
      const paths = await tab.evaluate<string[]>('harness.paths()');
      expect(paths).toContain('home/pyodide/busy.txt 4');
      await tab.evaluate('harness.stop()');
      expect(await tab.evaluate('harness.ended()')).toContain('KeyboardInterrupt');
    }, 60_000);

    test('the machine waits for the keeper through the waker while the page is blocked', async () => {
      const code = [
        'import os, time',
        'f = open("synced", "w")',
        'print("begin")',
        'time.sleep(0.3)',
        'begin = time.monotonic()',
        'count = 0',
        'while time.monotonic() - begin < 1:',
        '    f.write("x"); f.flush(); os.fsync(f.fileno()); count += 1',
        'print("syncs:", count)',
      ].join('\n');
      await tab.evaluate(`harness.runUntil(${JSON.stringify(code)}, 'begin').then(() => harness.block(2000))`);
      const text = await tab.evaluate<string>('harness.ended()');
      // The page was blocked for longer than the loop ran: had a wait needed it, there would have been one sync at most.
      expect(Number(/syncs: (\d+)/.exec(text)?.[1])).toBeGreaterThan(10);
    }, 60_000);

    test('a kept file is read from its Blob when Python opens it, in a new page, and is what was written', async () => {
      await tab.evaluate(
        `harness.run('import hashlib\\ndata = bytes(range(256)) * 32768\\nopen("large", "wb").write(data)\\nopen("small", "w").write("s")')`,
      );
      await tab.goto(`${server.url}/harness.html`);
      await tab.evaluate('harness.open("joints")');
      const text = await tab.evaluate(
        'harness.run(\'import hashlib\\nprint(hashlib.sha256(open("large", "rb").read()).hexdigest() == hashlib.sha256(bytes(range(256)) * 32768).hexdigest(), open("small").read())\')',
      );
      expect(text).toBe('True s\n');
    }, 60_000);

    test('the volume keeps its contract over the origin private file system', async () => {
      const results = await tab.evaluate<ContractResult[]>('harness.volumeContract()');
      expect(results.length).toBeGreaterThan(10);
      expect(results.filter(({ error }) => error !== null)).toEqual([]);
    }, 120_000);
  });

  describe.skipIf(missing)('not isolated', () => {
    test('runs, keeps and stops by replacing the sandbox', async () => {
      const server = await serve(PAGES, { port: 0, headers: 'none' });
      const tab = await open();
      try {
        await tab.goto(`${server.url}/harness.html`);
        expect(await tab.evaluate('harness.isolated()')).toBe(false);
        await tab.evaluate('harness.open("plain")');
        await tab.evaluate(
          `harness.runUntil('open("kept.txt", "w").write("kept")\\nprint("written", flush=True)\\nwhile True: pass', 'written')`,
        );
        await tab.evaluate('harness.stop()');
        await tab.evaluate('harness.ended()');
        expect(await tab.evaluate(`harness.run('print(open("kept.txt").read())')`)).toBe('kept\n');
      } finally {
        await tab.close();
        await server.close();
      }
    }, 120_000);
  });
});
