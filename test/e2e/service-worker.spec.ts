/** The service worker: the app without a network, new versions, and on a bare static host the headers that it lacks. */
import { createHash } from 'node:crypto';
import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Browser, BrowserContext, Page } from '@playwright/test';
import { type Server, serve } from '../../scripts/server.mjs';
import { BARE, expect, test, Workbench } from './workbench';

test('the page becomes isolated by itself, and stays so', { tag: BARE }, async ({ browser, baseURL }, { project }) => {
  test.skip(project.name !== 'bare', 'only a bare host needs it');
  const context = await browser.newContext({ baseURL: baseURL as string, serviceWorkers: 'allow' });
  const workbench = new Workbench(await context.newPage());
  await workbench.open();
  expect(await workbench.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await workbench.start('print("looping", flush=True)\nwhile True: pass');
  await expect(workbench.output).toContainText('looping');
  await workbench.button('Stop').click();
  await workbench.ready();
  await expect(workbench.output).toContainText('KeyboardInterrupt');
  await workbench.page.reload();
  await workbench.ready();
  expect(await workbench.page.evaluate(() => crossOriginIsolated)).toBe(true);
  await context.close();
});

/** A server of its own, which can be gone, over a folder that can become another version. */
class Host {
  readonly folder: string;
  #server: Server | null = null;
  #port = 0;

  static async open(): Promise<Host> {
    const host = new Host(await mkdtemp(join(tmpdir(), 'dormouse-host-')));
    const wheels = resolve('dist/wheels');
    await cp('dist', host.folder, { recursive: true, filter: (path) => resolve(path) !== wheels });
    await symlink(wheels, join(host.folder, 'wheels'));
    await host.start();
    return host;
  }

  private constructor(folder: string) {
    this.folder = folder;
  }

  async start(): Promise<void> {
    this.#server = await serve(this.folder, { port: this.#port });
    this.#port = Number(new URL(this.#server.url).port);
  }

  async stop(): Promise<void> {
    await this.#server?.close();
    this.#server = null;
  }

  get url(): string {
    return `http://localhost:${this.#port}/`;
  }

  /** Another version, as a later build would be. */
  async publish(version: string): Promise<void> {
    const [page, worker] = [join(this.folder, 'index.html'), join(this.folder, 'service-worker.js')];
    const [before, program] = [await readFile(page, 'utf8'), await readFile(worker, 'utf8')];
    const old = /name="dormouse-version" content="(\w+)"/.exec(before)?.[1] as string;
    const after = before.replaceAll(old, version);
    const checksum = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(program).toContain(checksum(before));
    await writeFile(page, after);
    await writeFile(worker, program.replaceAll(checksum(before), checksum(after)).replaceAll(old, version));
  }

  async close(): Promise<void> {
    await this.stop();
    await rm(this.folder, { recursive: true });
  }

  visitor(browser: Browser): Promise<BrowserContext> {
    return browser.newContext({ baseURL: this.url, serviceWorkers: 'allow' });
  }
}

const onHost = test.extend<{ host: Host; visitor: BrowserContext }>({
  // biome-ignore lint/correctness/noEmptyPattern: Playwright wants a pattern
  host: async ({}, use) => {
    const host = await Host.open();
    await use(host);
    await host.close();
  },
  visitor: async ({ host, browser }, use) => {
    const context = await host.visitor(browser);
    await use(context);
    await context.close();
  },
});

/** Opens the Storage panel and waits until it says that all of the app is kept. */
async function keptForOffline(workbench: Workbench): Promise<void> {
  await workbench.button('Storage').click();
  const panel = workbench.page.getByRole('complementary', { name: 'Storage' });
  await expect(panel.getByText(/opens and runs without a network/)).toBeVisible({ timeout: 60_000 });
}

/** How many bytes the kept main module of the runtime has. @param cut how many it is cut off to before */
const keptModule = (page: Page, cut: number | null = null) =>
  page.evaluate(async (most) => {
    const [name = ''] = (await caches.keys()).filter((each) => each.startsWith('dormouse-app-'));
    const cache = await caches.open(name);
    const request = (await cache.keys()).find(({ url }) => url.endsWith('/pyodide.asm.wasm')) as Request;
    const kept = (await cache.match(request)) as Response;
    const content = await kept.arrayBuffer();
    if (most === null) return content.byteLength;
    await cache.put(request, new Response(content.slice(0, most), { headers: kept.headers }));
    return most;
  }, cut);

const versionOf = (page: Page) => page.locator('meta[name="dormouse-version"]').getAttribute('content');

onHost('after the first visit it opens and runs without a server, with everything that was there', async ({ host, visitor }) => {
  const workbench = new Workbench(await visitor.newPage());
  await workbench.open();
  await workbench.run('import six\nopen("kept.txt", "w").write("kept")\nx = 41');
  await keptForOffline(workbench);
  // A kept file that something has spoilt is loaded and kept anew.
  expect(await keptModule(workbench.page, 1000)).toBe(1000);
  await workbench.page.reload();
  await workbench.ready();
  expect(await workbench.run('print(x + 1)')).toContain('42');
  await expect.poll(() => keptModule(workbench.page)).toBeGreaterThan(1_000_000);
  await workbench.page.close();

  await host.stop();
  await visitor.setOffline(true);
  const again = new Workbench(await visitor.newPage());
  await again.open();
  expect(await again.page.evaluate(() => crossOriginIsolated)).toBe(true);
  expect(await again.run('print(open("kept.txt").read(), x + 1)')).toContain('kept 42');
  // What was never shown is there, too: a panel, and a new session with a package that was used before.
  await again.button('Variables').click();
  await expect(again.page.getByRole('complementary', { name: 'Variables' })).toContainText('x');
  await again.page.goto('./#/');
  await again.page.getByRole('button', { name: /^Empty/ }).click();
  await again.ready();
  expect(await again.run('import six\nprint(six.__name__, 6 * 7)')).toContain('six 42');
});

onHost('a new version is announced, waits for what goes on in any tab, and is used when asked for', async ({ host, visitor }) => {
  const first = new Workbench(await visitor.newPage());
  await first.open();
  await first.run('open("kept.txt", "w").write("kept")\nx = 41');
  await keptForOffline(first);
  const old = await versionOf(first.page);
  const second = new Workbench(await visitor.newPage());
  await second.page.goto('./#/');
  await second.page.getByRole('button', { name: /^Empty/ }).click();
  await second.ready();

  await host.publish('another');
  await first.page.reload();
  await first.ready();
  const announced = first.page.getByText(/^A new version of Dormouse is here/);
  await expect(announced).toBeVisible({ timeout: 60_000 });
  // A refresh opens the version that other tabs are of.
  expect(await versionOf(first.page)).toBe(old);
  expect(await first.run('print(x + 1)')).toContain('42');

  await second.start('import time\nprint("begun", flush=True)\nfor _ in range(600): time.sleep(0.1)');
  await expect(second.output).toContainText('begun');
  await first.button('Use it now').click();
  await expect(first.page.getByText(/Another tab still runs/)).toBeVisible();
  expect(await versionOf(first.page)).toBe(old);

  await second.button('Stop').click();
  await second.ready();
  await first.write('print("typed a moment ago")');
  await first.button('Use it now').click();
  await expect.poll(() => versionOf(first.page), { timeout: 30_000 }).toBe('another');
  // No tab stays with the version before: two never write one session.
  await expect.poll(() => versionOf(second.page), { timeout: 30_000 }).toBe('another');
  await first.ready();
  await expect(first.code).toContainText('typed a moment ago');
  expect(await first.run('print(open("kept.txt").read(), x)')).toContain('kept 41');
  await expect(announced).toBeHidden();
  await expect
    .poll(() => first.page.evaluate(async () => (await caches.keys()).filter((name) => name.startsWith('dormouse-app-'))))
    .toEqual(['dormouse-app-another']);
});
