/** A smoke run of the built app in Debian's Firefox: the sample, a refresh with variables, undo, input(), Stop, a notebook with a table, its files, and a private window. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from '../../scripts/server.mjs';
import { FIREFOX } from './browsers';

/** Runs in the page: the first element of that role and name, through open shadow roots. */
const FIND = `(role, name) => {
  const tags = { button: 'button', textbox: '[role=textbox], input', log: '[role=log]', status: '[role=status]', region: '[role=region]', complementary: 'aside', grid: '[role=grid]' };
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      const label = element.getAttribute('aria-label') ?? element.textContent.trim();
      if (element.matches(tags[role]) && label === name) return element;
      const found = element.shadowRoot && walk(element.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  return walk(document);
}`;

/** Runs in the page: the text of a node and of the shadow roots below it. */
const TEXT = `function text(node) {
  if (node.nodeType === 3) return node.data;
  if (node.localName === 'style') return '';
  return [...(node.shadowRoot ?? node).childNodes].map(text).join('');
}`;

class FirefoxPage {
  readonly page: Page;

  constructor(page: Page) {
    this.page = page;
  }

  /** With what is in the shadow of elements within it. */
  async text(role: string, name: string): Promise<string> {
    const found = `(${FIND})(${JSON.stringify(role)}, ${JSON.stringify(name)})`;
    return (await this.page.evaluate(`((element) => (element ? (${TEXT})(element) : ''))(${found})`)) as string;
  }

  async press(name: string): Promise<void> {
    await this.page.evaluate(`(${FIND})('button', ${JSON.stringify(name)}).click()`);
  }

  async until(condition: () => Promise<boolean>, what: string): Promise<void> {
    const end = Date.now() + 60_000;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`Waited in vain: ${what}.`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  ready(): Promise<void> {
    return this.until(async () => (await this.text('status', 'Python')) === 'Ready', 'Python is ready');
  }

  async write(code: string): Promise<void> {
    await this.page.evaluate(`(${FIND})('textbox', 'Code').focus()`);
    await this.page.keyboard.down('Control');
    await this.page.keyboard.press('a');
    await this.page.keyboard.up('Control');
    await this.page.keyboard.type(code);
  }

  output(): Promise<string> {
    return this.text('log', 'Output');
  }
}

describe.skipIf(!FIREFOX)('Firefox', () => {
  let server: Server;
  let browser: Browser;
  let firefox: FirefoxPage;
  beforeAll(async () => {
    server = await serve('dist', { headers: 'isolated' });
    browser = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX as string,
      headless: true,
      // Code and output are both in sight: a narrow page hides one of them.
      defaultViewport: { width: 1280, height: 800 },
    });
    firefox = new FirefoxPage(await browser.newPage());
    await firefox.page.goto(`${server.url}/`);
    await firefox.ready();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    await server?.close();
  });

  test('the sample counts on across a refresh', async () => {
    await firefox.press('Run');
    await firefox.until(async () => /Saved \d/.test(await firefox.text('status', 'Saved')), 'the run is saved');
    expect(await firefox.output()).toContain('Rows in app_state.db: 1;');
    await firefox.page.reload();
    await firefox.ready();
    await firefox.press('Run');
    await firefox.until(async () => (await firefox.output()).includes('Rows in app_state.db: 2;'), 'the second run');
    await firefox.ready();
  }, 120_000);

  test('variables and generators go on after a refresh, and a run is undone', async () => {
    const run = async (code: string, output: string) => {
      await firefox.write(code);
      await firefox.press('Run');
      await firefox.until(async () => (await firefox.output()).includes(output), output);
      await firefox.until(async () => (await firefox.text('status', 'Saved')).includes('everything kept'), 'memory is kept');
      await firefox.ready();
    };
    await run('squares = (n * n for n in range(100)); print("first", next(squares), next(squares))', 'first 0 1');
    await firefox.page.reload();
    await firefox.ready();
    await run('print("then", next(squares))', 'then 4');
    await firefox.press('Undo run');
    await firefox.until(async () => (await firefox.text('status', 'Python')) !== 'Ready', 'the undo');
    await firefox.ready();
    await run('print("again", next(squares))', 'again 4');
  }, 120_000);

  test('input() waits for an answer', async () => {
    await firefox.write('print("got", input())');
    await firefox.press('Run');
    await firefox.until(async () => (await firefox.text('status', 'Python')).includes('input'), 'the question');
    await firefox.page.keyboard.type('an answer');
    await firefox.page.keyboard.press('Enter');
    await firefox.until(async () => (await firefox.output()).includes('got an answer'), 'the answer');
    await firefox.ready();
  }, 120_000);

  test('Stop ends a loop', async () => {
    await firefox.write('print("looping")\nwhile True: pass');
    await firefox.press('Run');
    await firefox.until(async () => (await firefox.output()).includes('looping'), 'the loop');
    await firefox.press('Stop');
    await firefox.ready();
    expect(await firefox.output()).toContain('KeyboardInterrupt');
  }, 120_000);

  test('a cell of a notebook shows a table in a grid, and its file is in the tree', async () => {
    await firefox.write('[{"name": "Anna", "n": 3}, {"name": open("made.txt", "w").write("x") and "Berta", "n": 4}]');
    await firefox.press('Notebook');
    await firefox.press('Run all');
    await firefox.until(async () => (await firefox.text('region', 'Output of cell 1')).includes('Berta'), 'the table');
    await firefox.ready();
    await firefox.press('Files');
    await firefox.until(async () => (await firefox.text('complementary', 'Files')).includes('made.txt'), 'the file in the tree');
    await firefox.page.reload();
    await firefox.ready();
    await firefox.until(async () => (await firefox.text('region', 'Output of cell 1')).includes('Anna'), 'the table after a refresh');
  }, 120_000);

  test('a private window keeps nothing, says so, and works', async () => {
    const secret = await puppeteer.launch({
      browser: 'firefox',
      executablePath: FIREFOX as string,
      headless: true,
      extraPrefsFirefox: { 'browser.privatebrowsing.autostart': true },
    });
    try {
      const page = new FirefoxPage(await secret.newPage());
      await page.page.goto(`${server.url}/`);
      await page.ready();
      expect(await page.text('status', 'Saved')).toContain('keeps nothing');
      await page.press('Run');
      await page.until(async () => (await page.output()).includes('Rows in app_state.db: 1;'), 'the run');
    } finally {
      await secret.close();
    }
  }, 120_000);
});
