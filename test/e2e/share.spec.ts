/** Sessions that come by a link or from a web address: looked at first, as everything that comes from elsewhere. */

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { deflateRawSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { zipOf } from '../fixtures/zip-archives';
import { violations } from './axe';
import { takeScreenshot } from './screenshots';
import { chooseInMenu, expect, openFile, test } from './workbench';

const press = (page: Page, name: string) => page.getByRole('dialog').getByRole('button', { name, exact: true }).click();

async function shots(page: Page, name: string) {
  for (const width of [360, 1440])
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.setViewportSize({ width, height: 800 });
      await page.emulateMedia({ colorScheme });
      await takeScreenshot(page, `${name}-${width}-${colorScheme}`);
    }
}

test('a session shared as a link opens elsewhere after a preview; a link that is cut off or hostile says so', async ({
  workbench,
  page,
  browser,
}) => {
  await workbench.run(`import sqlite3
open("notes.txt", "w").write("by hand")
with sqlite3.connect("app.db") as db:
    db.execute("create table rain (month, mm)")
    db.execute("insert into rain values ('May', 42)")
db.close()
print("shared")`);
  await chooseInMenu(page, 'Share…');
  const dialog = page.getByRole('dialog', { name: /^Share “/ });
  const link = await dialog.getByRole('textbox', { name: 'Link' }).inputValue();
  expect(link).toMatch(/#\/capsule\/1\.[\w-]+$/);
  expect(await violations(page)).toEqual([]);
  await shots(page, 'share');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await press(page, 'Copy link');
  await expect(dialog.getByRole('status')).toHaveText('Copied.');
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link);
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: /^Save file/ }).click()]);
  expect(download.suggestedFilename()).toMatch(/\.dormouse$/);

  const context = await browser.newContext();
  const other = await context.newPage();
  await other.goto(link);
  await expect(other.getByRole('dialog')).toContainText('Nothing of it has been run');
  await expect(other.getByRole('dialog')).toContainText('notes.txt');
  await expect(other).toHaveURL(/#\/s\/main$/);
  // The database is read in a sandbox of its own: nothing of Python has to be there.
  await other.getByText('Tables of app.db').click();
  await expect(other.getByRole('region', { name: 'The first rows of rain' }).getByRole('cell', { name: '42' })).toBeVisible();
  expect(await violations(other)).toEqual([]);
  await shots(other, 'open-database');
  await press(other, 'Open');
  await expect(other).toHaveURL(/#\/s\/[a-z0-9]{12}$/);
  await expect(other.getByRole('textbox', { name: 'Code' })).toContainText('print("shared")');
  await expect(other.getByRole('status', { name: 'Python', exact: true })).toHaveText('Ready', { timeout: 90_000 });
  // In a tab that is open already: what is wrong costs nothing.
  const address = other.url();
  for (const [text, says] of [
    [link.slice(link.indexOf('1.'), -40), /This link is not complete/],
    [`1.${deflateRawSync(zipOf([{ name: '../../etc/passwd', data: 'x' }])).toString('base64url')}`, /"\.\." cannot be a file name/],
    [`1.${deflateRawSync(new Uint8Array(20_000_000)).toString('base64url')}`, /larger than 16 MB/],
  ] as const) {
    await other.evaluate((hash) => {
      location.hash = hash;
    }, `#/capsule/${text}`);
    await expect(other.getByText(says)).toBeVisible();
    await expect(other).toHaveURL(address);
  }
  await context.close();
});

test('a session that is too large for a link is offered as a file', async ({ workbench, page }) => {
  await workbench.run('import random\nopen("noise", "wb").write(random.randbytes(200_000))');
  await chooseInMenu(page, 'Share…');
  const dialog = page.getByRole('dialog', { name: /^Share “/ });
  await expect(dialog).toContainText('too much for a link');
  await expect(dialog.getByRole('button', { name: 'Copy link' })).toBeHidden();
  await expect(dialog.getByRole('button', { name: /^Save file, 20\d\.\d kB$/ })).toBeVisible();
});

test('a file on a server is loaded only when that is wanted, tells nothing of the person, and can be pinned', async ({
  workbench,
  page,
}) => {
  const bytes = Buffer.from(zipOf([{ name: 'rain.csv', data: 'a,b\n1,2\n' }]));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const asked: Record<string, string>[] = [];
  await page.context().addCookies([{ name: 'secret', value: '1', domain: 'files.example', path: '/', secure: true, sameSite: 'None' }]);
  await page.route('https://files.example/**', async (route) => {
    asked.push(await route.request().allHeaders());
    // Whether it was not reached or not allowed is not told to a page.
    if (route.request().url().includes('private')) await route.abort();
    else await route.fulfill({ body: bytes, headers: { 'access-control-allow-origin': '*' } });
  });
  const go = (query: string) =>
    page.evaluate((hash) => {
      location.hash = hash;
    }, `#/open?${query}`);
  const url = encodeURIComponent('https://files.example/my rain.zip');
  await workbench.run('mine = 1');

  await go(`url=${url}&sha256=${sha256}`);
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('Load a file from files.example?');
  await expect(dialog).toContainText('your network address');
  await expect(dialog).toContainText('any other is refused');
  expect(await violations(page)).toEqual([]);
  await shots(page, 'open-address');
  await press(page, 'Cancel');
  expect(asked).toEqual([]);

  await go(`url=${url}&sha256=${sha256}`);
  await press(page, 'Load');
  await expect(dialog).toContainText('rain.csv');
  expect(asked).toHaveLength(1);
  expect(asked[0]).not.toHaveProperty('cookie');
  expect(asked[0]).not.toHaveProperty('referer');
  await shots(page, 'open-preview');
  await press(page, 'Cancel');

  await go(`url=${url}&sha256=${'0'.repeat(64)}`);
  await press(page, 'Load');
  await expect(page.getByText(/sends another file than the one that the link means/)).toBeVisible();
  await go(`url=${encodeURIComponent('https://files.example/private.zip')}`);
  await press(page, 'Load');
  await expect(page.getByText(/files\.example does not give “private\.zip” to pages of other sites/)).toBeVisible();
  await go(`url=${encodeURIComponent('http://files.example/x.zip')}`);
  await expect(page.getByText(/has to begin with “https:/)).toBeVisible();
  expect(asked).toHaveLength(3);
  expect(await workbench.run('print(mine)')).toContain('1');
});

test('by choice it takes the place of this session, which can be brought back; chosen files and folders travel alone', async ({
  workbench,
  page,
}, info) => {
  await workbench.run('import os\nos.mkdir("data")\nopen("data/a.csv", "w").write("a")\nopen("b.txt", "w").write("b")');
  await chooseInMenu(page, 'Download as a capsule…');
  const dialog = page.getByRole('dialog', { name: 'Download as a capsule' });
  await dialog.getByRole('radio', { name: 'Only some files' }).check();
  await dialog.getByRole('checkbox', { name: /data\/a\.csv/ }).check();
  await expect(dialog).toContainText('At most 1 byte');
  expect(await violations(page)).toEqual([]);
  await shots(page, 'capsule-some');
  const [download] = await Promise.all([page.waitForEvent('download'), dialog.getByRole('button', { name: 'Download' }).click()]);
  const path = info.outputPath('some.dormouse');
  await download.saveAs(path);
  expect((await readFile(path)).includes('b.txt')).toBe(false);

  await workbench.run('kept = "mine"\nopen("b.txt", "w").write("changed")');
  const address = page.url();
  await openFile(page, path);
  await expect(page.getByRole('dialog')).toContainText('can be brought back');
  await press(page, 'Replace this session');
  await expect(workbench.code).toContainText('os.mkdir("data")');
  await workbench.ready();
  expect(page.url()).toBe(address);
  expect(await workbench.run('import os\nprint(os.listdir(), "kept" in globals())')).toContain("['data'] False");
  const history = await workbench.history();
  await history.getByRole('listitem').filter({ hasText: 'before the session was replaced' }).first().getByRole('button').first().click();
  await history.getByRole('button', { name: /^Go back to \d\d:\d\d$/ }).click();
  await workbench.ready();
  expect(await workbench.run('print(kept, open("b.txt").read())')).toContain('mine changed');

  // A folder, chosen or dropped where no panel takes it.
  const [folder] = await Promise.all([page.waitForEvent('filechooser'), chooseInMenu(page, 'Open a folder as a session…')]);
  await folder.setFiles('test/fixtures/state-files');
  await expect(page.getByRole('dialog')).toContainText('state-files/version-1.json');
  await press(page, 'Cancel');
  const data = await page.evaluateHandle(() => {
    const transfer = new DataTransfer();
    transfer.items.add(new File(['x = 1'], 'dropped.py'));
    return transfer;
  });
  await page.getByRole('heading', { level: 1 }).dispatchEvent('drop', { dataTransfer: data });
  await expect(page.getByRole('dialog')).toContainText('x = 1');
});
