/** The page as a person meets it: everything is found by role and name. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test as base, expect, type Locator, type Page } from '@playwright/test';
import { type FirstVisit, visitOnce } from './first-visit';

/** How often it is looked whether a run has begun or ended, ms: assertions that wait look once in a second after the first one. */
const LOOKS = [50];

export class Workbench {
  readonly page: Page;
  readonly code: Locator;
  readonly output: Locator;
  readonly saved: Locator;
  readonly #folders: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.code = page.getByRole('textbox', { name: 'Code' });
    // On a phone it is out of sight while the code is in sight.
    this.output = page.getByRole('log', { name: 'Output', includeHidden: true });
    this.saved = page.getByRole('status', { name: 'Saved' });
  }

  button(name: string): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  /** Opens the page and waits until Python is ready. */
  async open(path = './'): Promise<void> {
    await this.page.goto(path);
    await this.ready();
  }

  /** Python is ready and nothing runs. */
  async ready(timeout = 90_000): Promise<void> {
    const status = this.page.getByRole('status', { name: 'Python', exact: true });
    await expect.poll(async () => (await status.textContent())?.trim(), { timeout, intervals: LOOKS }).toBe('Ready');
  }

  /** On a phone: the entry of the bottom bar with this name. */
  sheet(name: string): Locator {
    return this.page.getByRole('navigation', { name: 'Parts of the page' }).getByRole('button', { name, exact: true });
  }

  async write(code: string): Promise<void> {
    if (!(await this.code.isVisible()) && (await this.sheet('Code').isVisible())) await this.sheet('Code').click();
    await this.code.fill(code);
  }

  /** Writes code, presses Run and waits until it has ended and the page has said what became of it. */
  async run(code?: string): Promise<string> {
    await this.start(code);
    await this.ready();
    return this.lastOutput();
  }

  /** Writes code and presses Run. */
  async start(code?: string): Promise<void> {
    if (code !== undefined) await this.write(code);
    const runs = this.output.getByRole('heading', { name: /^Run \d/, includeHidden: true });
    const before = await runs.count();
    await this.button('Run').click();
    await expect.poll(() => runs.count(), { intervals: LOOKS }).toBe(before + 1);
  }

  /** What the last run wrote. */
  async lastOutput(): Promise<string> {
    return this.output
      .locator('section')
      .last()
      .evaluate((section) => {
        // Errors and tables have trees of their own.
        const textOf = (node: Node): string => {
          if (node instanceof Element && node.shadowRoot) return textOf(node.shadowRoot);
          return node.hasChildNodes()
            ? [...node.childNodes].map(textOf).join('')
            : node.nodeType === Node.COMMENT_NODE
              ? ''
              : (node.textContent ?? '');
        };
        return textOf(section);
      });
  }

  /** Presses Download state and returns the file. */
  async download(): Promise<{ name: string; text: string }> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.button('Download state').click()]);
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  }

  /** Chooses a file with this content behind Upload state. */
  async upload(content: string | Buffer): Promise<void> {
    // By way of the disk: Playwright hands over no more than 50 MB by itself.
    const folder = await mkdtemp(join(tmpdir(), 'dormouse-upload-'));
    const file = join(folder, 'state.json');
    await writeFile(file, content);
    const [chooser] = await Promise.all([this.page.waitForEvent('filechooser'), this.button('Upload state').click()]);
    await chooser.setFiles(file);
    this.#folders.push(folder);
  }

  /** Removes what `upload` wrote. */
  async close(): Promise<void> {
    for (const folder of this.#folders) await rm(folder, { recursive: true, force: true });
  }

  /** Presses Clear session and confirms. */
  async clear(): Promise<void> {
    await this.button('Clear session').click();
    await this.page.getByRole('dialog').getByRole('button', { name: 'Clear', exact: true }).click();
    await this.ready();
  }

  /** Opens Check state and returns the panel. */
  async check(): Promise<Locator> {
    await this.button('Check state').click();
    const panel = this.page.getByRole('complementary', { name: 'State' });
    await expect(panel.getByText(/^As of/)).toBeVisible({ timeout: 30_000 });
    return panel;
  }

  /** Opens the history and returns the panel. */
  async history(): Promise<Locator> {
    if (await this.sheet('More').isVisible()) await this.sheet('More').click();
    await this.button('History').click();
    const panel = this.page.getByRole('complementary', { name: 'History' });
    await expect(panel.getByRole('heading', { name: 'History' })).toBeVisible();
    return panel;
  }

  /** Opens the moment of the history that shows this text and returns its entry. */
  async moment(text: string | RegExp): Promise<Locator> {
    const entry = this.page.getByRole('complementary', { name: 'History' }).getByRole('listitem').filter({ hasText: text }).first();
    const summary = entry.getByRole('button').first();
    if ((await summary.getAttribute('aria-expanded')) !== 'true') await summary.click();
    return entry;
  }
}

interface Fixtures {
  workbench: Workbench;
  /** Whether nothing at all is on the device yet: Python is initialised, which takes its time. False unless a spec chooses it. */
  firstVisit: boolean;
}

export const test = base.extend<Fixtures, { visited: FirstVisit }>({
  firstVisit: [false, { option: true }],
  visited: [
    async ({ browser }, use, { project }) => {
      const visited = await visitOnce(browser, project.use.baseURL as string, project.use.serviceWorkers ?? 'allow');
      await use(visited);
      await visited.close();
    },
    { scope: 'worker', timeout: 120_000 },
  ],
  page: async ({ page, context, baseURL, firstVisit, visited }, use) => {
    if (!firstVisit) await visited.place(context, baseURL as string);
    await use(page);
  },
  workbench: async ({ page }, use) => {
    const workbench = new Workbench(page);
    await workbench.open();
    await use(workbench);
    await workbench.close();
  },
});

/** The names of the baselines that this browser has, as the keeper lists them; '' before there is a list. */
export const baselinesOf = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('shared');
    return folder.getFileHandle('builds.json').then(
      async (file) => (await file.getFile()).text(),
      () => '',
    );
  });

/** Chooses an entry of the session menu; also in a page of another browser. */
export async function chooseInMenu(page: Page, entry: string): Promise<void> {
  await page.getByRole('button', { name: /^Session:/ }).click();
  await page.getByRole('button', { name: entry }).click();
}

/** Chooses a file to be opened as a session. */
export async function openFile(page: Page, path: string): Promise<void> {
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), chooseInMenu(page, 'Open a file as a session…')]);
  await chooser.setFiles(path);
}

/** The tag of tests that run on a page without isolation too: how Python is reached, stopped, waited for and handed its bytes differs there. */
export const BARE = '@bare';

/** Whether the page of this project is cross-origin isolated, so that Python can wait. */
export const isolated = (page: Page): Promise<boolean> => page.evaluate(() => crossOriginIsolated);

export { expect };
