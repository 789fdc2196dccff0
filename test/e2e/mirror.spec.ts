/** Mirroring a session: to a folder (a real handle, of the origin private file system, stands in for the one that a person picks) and to Apache's WebDAV. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator, Page } from '@playwright/test';
import { openWebDavServer, PASSWORD, USER, type WebDavServer } from '../fixtures/webdav-server';
import { expect, test, type Workbench } from './workbench';

test.use({ ignoreHTTPSErrors: true });

async function openPanel(workbench: Workbench): Promise<Locator> {
  await workbench.button('Mirror').click();
  const panel = workbench.page.getByRole('complementary', { name: 'Mirror' });
  await expect(panel.getByRole('heading', { name: 'Mirror' })).toBeVisible();
  return panel;
}

const status = (panel: Locator) => panel.getByRole('status', { name: 'Mirror' });

/** Reads, writes (a text) or removes (null) a file of the picked folder, as another program would. */
const inFolder = (page: Page, path: string, text?: string | null) =>
  page.evaluate(
    async ([path, text]) => {
      let folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true });
      const names = (path as string).split('/');
      const name = names.pop() as string;
      try {
        for (const each of names) folder = await folder.getDirectoryHandle(each);
        if (text === null) return await folder.removeEntry(name);
        const file = await folder.getFileHandle(name, { create: typeof text === 'string' });
        if (text === undefined) return await (await file.getFile()).text();
        const stream = await file.createWritable();
        await stream.write(text);
        return await stream.close();
      } catch (error) {
        if ((error as Error).name === 'NotFoundError') return null;
        throw error;
      }
    },
    [path, text],
  );

test('a folder follows every checkpoint, its own changes are offered, conflicts wait, and a refresh goes on', async ({
  workbench,
  page,
}) => {
  await page.evaluate(() => {
    Object.assign(window, {
      showDirectoryPicker: async () => (await navigator.storage.getDirectory()).getDirectoryHandle('picked', { create: true }),
    });
  });
  await inFolder(page, 'theirs.txt', 'from the folder');
  await workbench.run(
    'import os\nopen("a.txt", "w").write("one")\nos.mkdir("data")\nopen("data/b.csv", "w").write("1,2")\nopen(".hidden", "w").write("x")',
  );
  const panel = await openPanel(workbench);
  await panel.getByRole('button', { name: 'Choose a folder…' }).click();
  await expect(status(panel)).toHaveText(/^1 change waits for you/);
  expect(await inFolder(page, 'data/b.csv')).toBe('1,2');
  expect(await inFolder(page, '.hidden')).toBeNull();
  await expect(panel.getByText('1 file not mirrored')).toBeVisible();
  await panel.getByRole('button', { name: 'Take theirs.txt' }).click();
  await expect(status(panel)).toHaveText(/^Up to date · 3 files/);

  expect(await workbench.run('print(open("theirs.txt").read())\nopen("a.txt", "w").write("two")\nos.remove("data/b.csv")')).toContain(
    'from the folder',
  );
  await expect.poll(() => inFolder(page, 'a.txt')).toBe('two');
  await expect.poll(() => inFolder(page, 'data/b.csv')).toBeNull();

  await inFolder(page, 'a.txt', 'changed there');
  await workbench.run('open("a.txt", "w").write("changed here")');
  await expect(panel.getByText('Changed on both sides')).toBeVisible();
  expect(await inFolder(page, 'a.txt')).toBe('changed there');

  // The handle is remembered; what was the same is, too.
  await page.reload();
  await workbench.ready();
  await openPanel(workbench);
  await expect(panel.getByText('Changed on both sides')).toBeVisible();
  await panel.getByRole('button', { name: 'Keep both' }).click();
  await expect(status(panel)).toHaveText(/^Up to date · 3 files/);
  expect(await inFolder(page, 'a.txt')).toBe('changed here');
  expect(await inFolder(page, 'a (theirs).txt')).toBe('changed there');
  expect(await workbench.run('print(open("a (theirs).txt").read())')).toContain('changed there');

  // Nothing of it is part of the session.
  const stored = await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name));
  expect(stored).toContain('dormouse-mirror');
  await panel.getByRole('button', { name: 'Stop mirroring' }).click();
  await expect(panel.getByRole('button', { name: 'Connect' })).toBeVisible();
  expect(await inFolder(page, 'a.txt')).toBe('changed here');
});

test.describe('WebDAV', () => {
  const apache = process.env.DORMOUSE_APACHE;
  test.skip(!apache, 'no Apache here (DORMOUSE_APACHE)');
  let server: WebDavServer;
  test.beforeAll(async () => {
    server = await openWebDavServer(apache as string);
  });
  test.afterAll(() => server.close());

  test('a server follows every checkpoint, is never overwritten, and may go away', async ({ workbench, page }) => {
    const there = (path: string) => readFileSync(join(server.folder, path), 'utf8');
    await workbench.run(
      'import os\nos.makedirs("a b/ü", exist_ok=True)\nopen("a b/ü/c#1.txt", "w").write("one")\nopen("data.bin", "wb").write(bytes(range(256)) * 4000)',
    );
    const panel = await openPanel(workbench);
    const connect = async (password: string) => {
      await panel.getByLabel('Password').fill(password);
      await panel.getByRole('button', { name: 'Connect' }).click();
    };
    await panel.getByLabel('Address of the folder').fill(server.url);
    await panel.getByLabel('Name', { exact: true }).fill(USER);
    await connect('wrong');
    await expect(panel.getByRole('alert')).toContainText('does not take this name and password');
    await connect(PASSWORD);
    await expect(status(panel)).toHaveText(/^Up to date · 2 files/);
    expect(there('a b/ü/c#1.txt')).toBe('one');
    expect(readFileSync(join(server.folder, 'data.bin'))).toHaveLength(1_024_000);

    writeFileSync(join(server.folder, 'new.txt'), 'from the server');
    await workbench.run('open("a b/ü/c#1.txt", "w").write("two")');
    await expect(panel.getByText('New there')).toBeVisible();
    expect(there('a b/ü/c#1.txt')).toBe('two');
    await panel.getByRole('button', { name: 'Take new.txt' }).click();
    await expect(status(panel)).toHaveText(/^Up to date · 3 files/);

    writeFileSync(join(server.folder, 'new.txt'), 'edited on the server');
    await workbench.run('open("new.txt", "a").write(", edited here")\nos.remove("data.bin")');
    await expect(panel.getByText('Changed on both sides')).toBeVisible();
    expect(readdirSync(server.folder).sort()).toEqual(['a b', 'new.txt']);
    expect(there('new.txt')).toBe('edited on the server');
    await panel.getByRole('button', { name: 'Take theirs' }).click();
    await expect(status(panel)).toHaveText(/^Up to date · 2 files/);

    await server.stop();
    await workbench.run('print(open("new.txt").read())\nopen("later.txt", "w").write("kept")');
    expect(await workbench.lastOutput()).toContain('edited on the server');
    await expect(panel.getByRole('alert')).toContainText('cannot be reached');
    await server.start();
    await panel.getByRole('button', { name: 'Compare now' }).click();
    await expect(status(panel)).toHaveText(/^Up to date · 3 files/);
    expect(there('later.txt')).toBe('kept');

    // The password is nowhere: it has to be typed again.
    await page.reload();
    await workbench.ready();
    await openPanel(workbench);
    await expect(panel.getByText('The password is not kept')).toBeVisible();
    const kept = await page.evaluate(async () => {
      const opening = indexedDB.open('dormouse-mirror');
      await new Promise((resolve) => {
        opening.onsuccess = resolve;
      });
      const asked = opening.result.transaction('sessions').objectStore('sessions').getAll();
      await new Promise((resolve) => {
        asked.onsuccess = resolve;
      });
      return JSON.stringify([asked.result, { ...localStorage }]);
    });
    expect(kept).toContain(USER);
    expect(kept).not.toContain(PASSWORD);
    await connect(PASSWORD);
    await expect(status(panel)).toHaveText(/^Up to date · 3 files/);
  });
});
