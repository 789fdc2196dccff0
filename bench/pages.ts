/** The two pages that are measured: the app, and a bare page with Pyodide that does the best it can. */
import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { type Server, serve } from '../scripts/server.mjs';
import type { Session, SessionState } from '../src/session';
import { WHEELS } from '../test/fixtures/wheels';

/** ms */
const LONGEST = 300_000;
const RUNTIME = ['pyodide.mjs', 'pyodide.asm.mjs', 'pyodide.asm.wasm', 'python_stdlib.zip', 'pyodide-lock.json'];

/** A page that loads Pyodide and the packages of its address, runs the code of its address and says so in its title. */
const BARE = `<!doctype html><title>bare</title><script type="module">
import { loadPyodide } from './pyodide.mjs';
const asked = new URLSearchParams(location.hash.slice(1));
const python = await loadPyodide();
for (const wheel of asked.getAll('wheel')) await python.loadPackage(new URL(wheel, location.href).href);
python.runPython(asked.get('code'));
Object.assign(globalThis, { python });
document.title = 'first output';
</script>`;

/** Pyodide as it comes, on a server of its own. */
export class BarePyodide {
  readonly #server: Server;
  readonly #folder: string;

  /** @param wheels names of files that it can be asked for */
  static async serve(wheels: readonly string[]): Promise<BarePyodide> {
    const folder = await mkdtemp(join(tmpdir(), 'dormouse-bench-'));
    for (const name of RUNTIME) await copyFile(join('node_modules/pyodide', name), join(folder, name));
    for (const name of wheels) await copyFile(join(WHEELS, name), join(folder, name));
    await writeFile(join(folder, 'index.html'), BARE);
    return new BarePyodide(await serve(folder), folder);
  }

  private constructor(server: Server, folder: string) {
    this.#server = server;
    this.#folder = folder;
  }

  /** Begins anew: ms until the code has run, with these wheels loaded before. */
  start(page: Page, code: string, wheels: readonly string[] = []): Promise<number> {
    const asked = new URLSearchParams([['code', code], ...wheels.map((name) => ['wheel', name])]);
    return since(page, async () => {
      await page.goto('about:blank');
      await page.goto(`${this.#server.url}/#${asked}`);
      await page.waitForFunction(() => document.title === 'first output', null, { polling: 10, timeout: LONGEST });
    });
  }

  /** A global variable of what was started last, a number. */
  value(page: Page, name: string): Promise<number> {
    return page.evaluate(
      (global) => (globalThis as unknown as { python: { globals: Map<string, number> } }).python.globals.get(global) as number,
      name,
    );
  }

  /** Bytes of its memory. */
  heap(page: Page): Promise<number> {
    return page.evaluate(() => (globalThis as unknown as { python: { _module: { HEAPU8: Uint8Array } } }).python._module.HEAPU8.length);
  }

  async close(): Promise<void> {
    await this.#server.close();
    await rm(this.#folder, { recursive: true });
  }
}

/** In ms. @param page is in front meanwhile: one behind it has slow timers and paints nothing */
export async function since(page: Page, work: () => Promise<unknown>): Promise<number> {
  await page.bringToFront();
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** What the page's session shows, without the pauses of assertions that try again. */
const stateOf = (page: Page): Promise<SessionState> =>
  page.evaluate(() => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.state);

/** @param but the id of a session that is on its way out, when another one is meant */
export const idle = (page: Page, but: string | null = null) =>
  page.waitForFunction(
    (other) => {
      const { session } = (document.querySelector('dormouse-page') ?? {}) as { session?: Session };
      return session?.state.phase === 'idle' && session.id !== other;
    },
    but,
    { polling: 10, timeout: LONGEST },
  );

const sessionOf = (page: Page): Promise<string> =>
  page.evaluate(() => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.id);

/** Runs code by way of the session, to the end of its saving. */
export const run = (page: Page, code: string) =>
  page.evaluate((text) => (document.querySelector('dormouse-page') as unknown as { session: Session }).session.run(text), code);

/** Runs code by way of the session, to its first output. */
export const runToOutput = (page: Page, code: string) =>
  page.evaluate(async (text) => {
    const { session } = document.querySelector('dormouse-page') as unknown as { session: Session };
    const shown = new Promise((resolve) => session.addEventListener('output', resolve, { once: true }));
    void session.run(text);
    await shown;
  }, code);

/** Opens the app, until Python is ready. */
export async function open(page: Page, app: Server): Promise<void> {
  await page.goto(`${app.url}/`);
  await idle(page);
}

/** Makes a new session, from the click, and runs code in it, to the end of its saving or as `act` does. In ms. */
export async function runInNewSession(page: Page, code: string, act = run): Promise<number> {
  const before = await sessionOf(page);
  return since(page, async () => {
    await page.getByRole('button', { name: /^Session: / }).click();
    await page.getByRole('button', { name: 'New session', exact: true }).click();
    await idle(page, before);
    await act(page, code);
  });
}

/** Loads the page anew and runs code, to the end of its saving or as `act` does. In ms. */
export const runAfterRefresh = (page: Page, code: string, act = run): Promise<number> =>
  since(page, async () => {
    await page.reload();
    await idle(page);
    await act(page, code);
  });

/** What the last run's saving came to. */
export async function lastCheckpoint(page: Page) {
  const { saved } = await stateOf(page);
  if (saved.kind !== 'saved' || !saved.checkpoint?.heap) throw new Error(`The memory was not kept: ${JSON.stringify(saved)}`);
  return saved.checkpoint;
}
