/** A smoke run of the built app in Debian's Firefox: the sample, a refresh with variables, undo, input(), Stop, the panels, the notebook, and a private window. */
import type { Browser } from 'puppeteer-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Server, serve } from '../../scripts/server.mjs';
import { FIREFOX } from './browsers';
import { FirefoxPage, launchFirefox } from './firefox-page';

describe.skipIf(!FIREFOX)('Firefox', () => {
  let server: Server;
  let browser: Browser;
  let firefox: FirefoxPage;
  beforeAll(async () => {
    server = await serve('dist', { headers: 'isolated' });
    browser = await launchFirefox();
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

  test('a file that is dropped opens as a table, and Python reads it', async () => {
    await firefox.press('Files');
    await firefox.drop('heading', 'Files', { name: 'rain.csv', content: 'station,mm\nHill,4.5\nLake,7\n' });
    await firefox.press(/^rain\.csv/, 'treeitem');
    await firefox.press('Open');
    await firefox.shows('gridcell', 'Lake');
    await firefox.press('Close');
    expect(await firefox.run('print(open("rain.csv").read().count("Lake"), "lake")')).toContain('1 lake');
  }, 120_000);

  test('a database shows its rows, takes an edit and answers SQL', async () => {
    await firefox.run(
      'import sqlite3\ndb = sqlite3.connect("app_state.db")\ndb.execute("CREATE TABLE rain (id INTEGER PRIMARY KEY, mm REAL)")\ndb.execute("INSERT INTO rain VALUES (1, 4.5), (2, 7)")\ndb.commit()',
    );
    await firefox.press('Database');
    await firefox.press(/^rain\s*2 columns/);
    await firefox.focus('gridcell', '4.5');
    await firefox.page.keyboard.press('Enter');
    await firefox.keys('Control', 'a');
    await firefox.page.keyboard.type('5.25');
    await firefox.page.keyboard.press('Enter');
    await firefox.shows('gridcell', '5.25');
    expect(await firefox.run('print(db.execute("SELECT sum(mm) FROM rain").fetchone())')).toContain('(12.25,)');
    await firefox.press('SQL');
    await firefox.focus('textbox', 'SQL statements');
    await firefox.keys('Control', 'a');
    await firefox.page.keyboard.type('SELECT mm * 2 AS twice FROM rain WHERE id = 1');
    await firefox.press('Run SQL');
    await firefox.shows('region', 'Result', '10.5');
  }, 120_000);

  test('variables are listed, and the history goes back', async () => {
    await firefox.run('height = 812');
    await firefox.press('Variables');
    await firefox.shows('button', /^height/);
    await firefox.run('height = 95');
    await firefox.press('History');
    await firefox.press(/height = 812/);
    await firefox.press(/^Go back to/);
    await firefox.until(async () => (await firefox.words()).includes('Back at'), 'going back');
    await firefox.ready();
    expect(await firefox.run('print("height is", height)')).toContain('height is 812');
  }, 120_000);

  test('cells run by keys, and their outputs are there after a refresh', async () => {
    await firefox.insert('# %% [markdown]\n# # Rain\n\n# %%\nx = 20\n\n# %%\nx + 1\n');
    await firefox.press('Notebook');
    await firefox.shows('heading', 'Rain');
    await firefox.focus('group', /^Cell 2, /);
    await firefox.keys('Shift', 'Enter');
    await firefox.keys('Shift', 'Enter');
    await firefox.shows('region', 'Output of cell 3', '21');
    await firefox.ready();
    await firefox.page.reload();
    await firefox.ready();
    await firefox.shows('region', 'Output of cell 3', '21');
  }, 120_000);

  test('a private window keeps nothing, says so, and works', async () => {
    const secret = await launchFirefox({ 'browser.privatebrowsing.autostart': true });
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
