/** The built app in Debian's Firefox, by WebDriver BiDi. */
import puppeteer, { type Browser, type KeyInput, type Page } from 'puppeteer-core';
import { FIREFOX } from './browsers';

/** Runs in the page: the text of a node and of the shadow roots below it. */
const TEXT = `function text(node) {
  if (node.nodeType === 3) return node.data;
  if (node.nodeType !== 1 || node.localName === 'style') return '';
  return [...(node.shadowRoot ?? node).childNodes].map(text).join('');
}`;

/** Runs in the page: the first element in sight of that role whose name matches, through open shadow roots. */
const FIND = `(role, pattern) => {
  const tags = { button: 'button', textbox: '[role=textbox], input', heading: 'h1, h2, h3' };
  const name = new RegExp(pattern, 'u');
  const walk = (root) => {
    for (const element of root.querySelectorAll('*')) {
      const isOne = element.matches(tags[role] ?? '[role=' + role + ']') && element.checkVisibility();
      if (isOne && name.test(element.getAttribute('aria-label') ?? (${TEXT})(element).trim())) return element;
      const found = element.shadowRoot && walk(element.shadowRoot);
      if (found) return found;
    }
    return null;
  };
  return walk(document);
}`;

/** A name that is exactly this text, or matches this expression. */
type Name = string | RegExp;
const pattern = (name: Name): string => (typeof name === 'string' ? `^${name.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&')}$` : name.source);

const finding = (role: string, name: Name): string => `(${FIND})(${JSON.stringify(role)}, ${JSON.stringify(pattern(name))})`;

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

  /** With what is in the shadow of elements within it; '' where there is no such element. */
  async text(role: string, name: Name): Promise<string> {
    return (await this.page.evaluate(`((element) => (element ? (${TEXT})(element) : ''))(${finding(role, name)})`)) as string;
  }

  async press(name: Name, role = 'button'): Promise<void> {
    await this.shows(role, name);
    await this.page.evaluate(`${finding(role, name)}.click()`);
  }

  async focus(role: string, name: Name): Promise<void> {
    await this.shows(role, name);
    await this.page.evaluate(`${finding(role, name)}.focus()`);
  }

  /** Waits until there is such an element, with this text in it. */
  async shows(role: string, name: Name, text = ''): Promise<void> {
    const isThere = async () => {
      const found = await this.page.evaluate(`${finding(role, name)} !== null`);
      return found === true && (await this.text(role, name)).includes(text);
    };
    await this.until(isThere, `${role} ${name} ${text}`);
  }

  /** Presses a key while another is held down. */
  async keys(held: KeyInput, key: KeyInput): Promise<void> {
    await this.page.keyboard.down(held);
    await this.page.keyboard.press(key);
    await this.page.keyboard.up(held);
  }

  /** Drops a file on such an element. */
  async drop(role: string, name: Name, file: { name: string; content: string }): Promise<void> {
    await this.shows(role, name);
    await this.page.evaluate(`((element, { name, content }) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([content], name));
      element.dispatchEvent(new DragEvent('drop', { dataTransfer, bubbles: true, composed: true, cancelable: true }));
    })(${finding(role, name)}, ${JSON.stringify(file)})`);
  }

  async until(condition: () => Promise<boolean>, what: string): Promise<void> {
    if (!(await becomes(condition, 60_000)))
      throw new Error(`Waited in vain: ${what}. The page says: ${(await this.words()).replace(/\s+/g, ' ')}`);
  }

  ready(): Promise<void> {
    return this.until(this.#isReady, 'Python is ready');
  }

  /** Whether Python is ready after `ms` milliseconds at the latest. */
  isReadyWithin(ms: number): Promise<boolean> {
    return becomes(this.#isReady, ms);
  }

  async write(code: string): Promise<void> {
    await this.focus('textbox', 'Code');
    await this.keys('Control', 'a');
    await this.page.keyboard.type(code);
  }

  /** Writes code that is too long to be typed, and without what the editor adds to typed lines. */
  async insert(code: string): Promise<void> {
    await this.focus('textbox', 'Code');
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
