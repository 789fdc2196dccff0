/** The built app in Debian's Firefox, by WebDriver BiDi. */
import puppeteer, { type Browser, type Page } from 'puppeteer-core';
import { FIREFOX } from './browsers';

/** Runs in the page: the first element of that role and name, through open shadow roots. */
const FIND = `(role, name) => {
  const tags = { button: 'button', textbox: '[role=textbox], input', log: '[role=log]', status: '[role=status]' };
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

/** Asks again and again; whether the answer was yes within `ms` milliseconds. */
async function becomes(condition: () => Promise<boolean>, ms: number): Promise<boolean> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > end) return false;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  return true;
}

/** The page as a person meets it: things are found by role and name, as test/e2e/workbench.ts does in Chromium. */
export class FirefoxPage {
  readonly page: Page;
  readonly #isReady = async () => (await this.text('status', 'Python')) === 'Ready';

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
    if (!(await becomes(condition, 60_000))) throw new Error(`Waited in vain: ${what}.`);
  }

  ready(): Promise<void> {
    return this.until(this.#isReady, 'Python is ready');
  }

  /** Whether Python is ready after `ms` milliseconds at the latest. */
  isReadyWithin(ms: number): Promise<boolean> {
    return becomes(this.#isReady, ms);
  }

  async write(code: string): Promise<void> {
    await this.page.evaluate(`(${FIND})('textbox', 'Code').focus()`);
    await this.page.keyboard.down('Control');
    await this.page.keyboard.press('a');
    await this.page.keyboard.up('Control');
    await this.page.keyboard.type(code);
  }

  /** Writes code that is too long to be typed, and without what the editor adds to typed lines. */
  async insert(code: string): Promise<void> {
    await this.page.evaluate(`(${FIND})('textbox', 'Code').focus()`);
    await this.page.evaluate((text) => {
      document.execCommand('selectAll');
      document.execCommand('insertText', false, text);
    }, code);
  }

  /** Writes code, presses Run and waits until its run is in the output. */
  async start(code: string): Promise<void> {
    const runs = async () => (await this.output()).match(/Run \d+/g)?.length ?? 0;
    const before = await runs();
    await this.insert(code);
    await this.press('Run');
    await this.until(async () => (await runs()) > before, 'the run begins');
  }

  /** And until Python is ready again; what the whole output says then. */
  async run(code: string): Promise<string> {
    await this.start(code);
    await this.ready();
    return this.output();
  }

  /** All of the page's words. */
  async words(): Promise<string> {
    return (await this.page.evaluate(`(${TEXT})(document.body)`)) as string;
  }

  output(): Promise<string> {
    return this.text('log', 'Output');
  }
}

/** @param prefs of Firefox's own (about:config) */
export const launchFirefox = (prefs: Record<string, unknown> = {}): Promise<Browser> =>
  puppeteer.launch({
    browser: 'firefox',
    executablePath: FIREFOX as string,
    headless: true,
    // Code and output are both in sight: a narrow page hides one of them.
    defaultViewport: { width: 1280, height: 800 },
    extraPrefsFirefox: prefs,
  });
