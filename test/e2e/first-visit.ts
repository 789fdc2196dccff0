/**
 * What a first visit leaves on a device for all sessions: the interpreter as it is after its start, which lies in the folder `shared` of the
 * origin private file system. A test that begins with it is ready in a third of the time; the browser's storage is otherwise as empty as ever.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Browser, type BrowserContext, expect, type Page } from '@playwright/test';

/** The folder's files by name, offered at an address of their own. */
export interface FirstVisit {
  place(context: BrowserContext, baseURL: string): Promise<void>;
  close(): Promise<void>;
}

/** Visits the app once and remembers what that leaves for later visits. */
export async function visitOnce(browser: Browser, baseURL: string, serviceWorkers: 'allow' | 'block'): Promise<FirstVisit> {
  const context = await browser.newContext({ baseURL, serviceWorkers });
  const page = await context.newPage();
  await page.goto('./');
  await expect(page.getByRole('status', { name: 'Python', exact: true })).toHaveText('Ready', { timeout: 90_000 });
  // The interpreter is noted last.
  await expect.poll(async () => Object.keys(await readShared(page)), { timeout: 30_000 }).toContain('builds.json');
  const files = new Map(Object.entries(await readShared(page)).map(([name, content]) => [name, Buffer.from(content, 'base64')]));
  await context.close();

  const server = createServer((request, response) => {
    const file = files.get((request.url ?? '').slice(1));
    response.writeHead(file ? 200 : 404, { 'Access-Control-Allow-Origin': '*' }).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    place: (to, origin) => place(to, origin, address, [...files.keys()]),
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** The files of the folder, base64. */
function readShared(page: Page): Promise<Record<string, string>> {
  return page.evaluate(async () => {
    const files: Record<string, string> = {};
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('shared', { create: true });
    for await (const [name, handle] of folder.entries()) {
      const reader = new FileReader();
      const read = new Promise((resolve) => reader.addEventListener('loadend', resolve));
      reader.readAsDataURL(await (handle as FileSystemFileHandle).getFile());
      await read;
      files[name] = String(reader.result).split(',')[1] ?? '';
    }
    return files;
  });
}

/** Writes the files, which lie at `address`, into a new browser's storage, from a page of the app's origin that has no code. */
async function place(context: BrowserContext, origin: string, address: string, names: string[]): Promise<void> {
  const page = await context.newPage();
  await page.goto(new URL('there-is-no-such-page', origin).href);
  await page.evaluate(
    async ({ address, names }) => {
      const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('shared', { create: true });
      for (const name of names) {
        const writable = await (await folder.getFileHandle(name, { create: true })).createWritable();
        await (await fetch(`${address}/${name}`)).body?.pipeTo(writable);
      }
    },
    { address, names },
  );
  await page.close();
}
