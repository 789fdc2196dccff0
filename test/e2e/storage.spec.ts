/** Storage on bad days: none at all, none left, held by another tab, and a keeper that dies. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { xxh32 } from '../../src/base/xxh32';
import { decodeSuperblock, FORMAT_VERSION, SLOT_SIZE } from '../../src/volume/format';
import { expect, test, Workbench } from './workbench';

test('without storage everything runs in memory, which is said, and Download works', async ({ page }) => {
  // As in Firefox's private windows: the call is there and is refused.
  await page.addInitScript(() => {
    StorageManager.prototype.getDirectory = () => Promise.reject(new DOMException('private', 'SecurityError'));
  });
  const workbench = new Workbench(page);
  await workbench.open();
  await expect(workbench.saved).toContainText('keeps nothing');
  await workbench.run('open("here.txt", "w").write("for now")');
  await expect(workbench.saved).toContainText('keeps nothing');
  expect((await workbench.download()).text).toContain('for now');
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('import os\nprint(os.listdir("."))')).toContain('[]');
});

test('a second tab says where the session is, keeps its hands off, and opens when the first one closes', async ({ workbench, context }) => {
  await workbench.run('open("kept.txt", "w").write("from the first")');
  const second = new Workbench(await context.newPage());
  await second.page.goto('./');
  await expect(second.page.getByText(/open in another tab/i).first()).toBeVisible({ timeout: 30_000 });
  await expect(second.saved).toContainText('another tab');
  await workbench.page.close();
  await second.ready();
  expect(await second.run('print(open("kept.txt").read())')).toContain('from the first');
});

test('a full disk is ENOSPC in Python, what was written before stays, and deleting helps', async ({ page, context, baseURL }) => {
  const cdp = await context.newCDPSession(page);
  const workbench = new Workbench(page);
  await cdp.send('Storage.overrideQuotaForOrigin', { origin: new URL(baseURL as string).origin, quotaSize: 24 * 2 ** 20 });
  await workbench.open();
  await workbench.run('open("before.txt", "w").write("safe")');
  const text = await workbench.run(
    'try:\n    with open("big", "wb", 0) as f:\n        for i in range(64): f.write(bytes(1 << 20))\nexcept OSError as error: print("full:", error.errno, error.strerror)\nimport os\nprint(os.path.getsize("big") < 24 << 20)',
  );
  expect(text).toContain('full: 51 No space left on device');
  expect(text).toContain('True');
  await workbench.run('import os\nos.remove("big")\nprint("removed")');
  await expect(workbench.saved).toContainText(/Saved \d/);
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('import os\nprint(open("before.txt").read(), os.path.exists("big"))')).toContain('safe False');
});

test('a file of 500 MB is written by Python, and there after a refresh, byte for byte', async ({ playwright, launchOptions, baseURL }) => {
  // On the disk: without a profile the browser keeps an origin's files in memory, and gives it less.
  const profile = await mkdtemp(join(tmpdir(), 'dormouse-profile-'));
  const context = await playwright.chromium.launchPersistentContext(profile, { ...launchOptions, baseURL: baseURL as string });
  try {
    const workbench = new Workbench(await context.newPage());
    await workbench.open();
    await workbench.start(
      'import hashlib, random\nnoise = random.Random(1).randbytes(1_000_000)\ndigest = hashlib.sha256()\nwith open("large.bin", "wb", 0) as file:\n    for n in range(500):\n        piece = n.to_bytes(4) + noise[4:]\n        digest.update(piece)\n        file.write(piece)\nprint("written", file.closed)',
    );
    await workbench.ready(120_000);
    expect(await workbench.lastOutput()).toContain('written True');
    await workbench.page.reload();
    await workbench.ready();
    await workbench.start(
      'import os\nagain = hashlib.sha256()\nwith open("large.bin", "rb") as file:\n    file.seek(400_000_000)\n    print("seek", file.read(4) == (400).to_bytes(4))\n    file.seek(0)\n    while piece := file.read(1_000_000): again.update(piece)\nprint("same", os.path.getsize("large.bin"), again.digest() == digest.digest())',
    );
    await workbench.ready(120_000);
    expect(await workbench.lastOutput()).toContain('seek True');
    expect(await workbench.lastOutput()).toContain('same 500000000 True');
  } finally {
    await context.close();
    await rm(profile, { recursive: true, force: true, maxRetries: 10, retryDelay: 200 });
  }
});

test('a keeper that dies is said at once, and Reopen brings everything back', async ({ workbench, page }) => {
  await workbench.run('open("kept.txt", "w").write("kept")');
  const keeper = page.workers().find((worker) => worker.url().includes('keeper'));
  expect(keeper).toBeDefined();
  await keeper?.evaluate(() => self.close());
  await workbench.button('Reopen').click({ timeout: 30_000 });
  await workbench.ready();
  expect(await workbench.run('print(open("kept.txt").read())')).toContain('kept');
});

test('a keeper that dies in the middle of a run ends the run and never says Saved', async ({ workbench, page }) => {
  await workbench.run('1');
  await workbench.start('print("running", flush=True)\nwhile True: pass');
  await expect(workbench.output).toContainText('running');
  await page
    .workers()
    .find((worker) => worker.url().includes('keeper'))
    ?.evaluate(() => self.close());
  await expect(workbench.button('Reopen')).toBeVisible({ timeout: 30_000 });
  await expect(workbench.saved).toContainText('Not saved');
  await workbench.button('Reopen').click();
  await workbench.ready();
  expect(await workbench.run('print(1 + 1)')).toContain('2');
});

test('storage that fails in a flush is said, nothing is called saved from then on, and Reopen brings back what was', async ({
  workbench,
  page,
}) => {
  await workbench.run('open("kept.txt", "w").write("kept")');
  await expect(workbench.saved).toContainText(/Saved \d/);
  await page
    .workers()
    .find((worker) => worker.url().includes('keeper'))
    ?.evaluate(() => {
      // @ts-expect-error: the interface of the keeper's handles, which the page's types do not have.
      FileSystemSyncAccessHandle.prototype.flush = () => {
        throw new DOMException('The device reports an error.', 'UnknownError');
      };
    });
  await workbench.start(
    'import os\nwith open("late.txt", "w") as file:\n    file.write("late")\n    os.fsync(file.fileno())\nprint("on disk")',
  );
  await expect(page.getByText(/The device reports an error/).first()).toBeVisible({ timeout: 30_000 });
  await expect(workbench.saved).toContainText('Not saved');
  await expect(workbench.output).not.toContainText('on disk');
  // It can be taken away from here before anything else is tried.
  expect((await workbench.download()).text).toContain('kept');
  await workbench.button('Reopen').click();
  await workbench.ready();
  expect(await workbench.run('print(open("kept.txt").read())')).toContain('kept');
  await expect(workbench.saved).toContainText(/Saved \d/);
});

/** Leaves the app for a page of its origin without code, where the session's files lie still. */
async function stepAside(page: Page): Promise<void> {
  await page.goto('./icon.svg');
  await expect.poll(() => page.evaluate(async () => (await navigator.locks.query()).held?.length)).toBe(0);
}

/** Where the first session lies. */
const storedFolder = (page: Page) =>
  page.evaluateHandle(async () => {
    const sessions = await (await navigator.storage.getDirectory()).getDirectoryHandle('sessions');
    return sessions.getDirectoryHandle('main');
  });

/** The bytes of a file of the first session, base64. */
const readStored = async (page: Page, name: string) =>
  (await storedFolder(page)).evaluate(async (folder, name) => {
    const bytes = new Uint8Array(await (await (await folder.getFileHandle(name)).getFile()).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
  }, name);

/** Replaces a file of the first session. */
const writeStored = async (page: Page, name: string, bytes: Uint8Array) =>
  (await storedFolder(page)).evaluate(
    async (folder, [name, content]) => {
      const writable = await (await folder.getFileHandle(name)).createWritable();
      await writable.write(Uint8Array.from(atob(content), (character) => character.charCodeAt(0)));
      await writable.close();
    },
    [name, Buffer.from(bytes).toString('base64')] as const,
  );

/** Flips a byte of a file of the first session, at a place or where a text begins; false when that is not in it. In the page, because a segment is large. */
const flipStored = async (page: Page, name: string, where: number | string) =>
  (await storedFolder(page)).evaluate(
    async (folder, [name, where]) => {
      const handle = await folder.getFileHandle(name);
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      const at = typeof where === 'number' ? where : new TextDecoder('latin1').decode(bytes).indexOf(where);
      const flipped = bytes[at];
      if (flipped === undefined) return false;
      const writable = await handle.createWritable({ keepExistingData: true });
      await writable.write({ type: 'write', position: at, data: Uint8Array.of(flipped ^ 0xff) });
      await writable.close();
      return true;
    },
    [name, where] as const,
  );

test('a damaged store is reported, never read as empty', async ({ workbench, page }) => {
  await workbench.run('for i in range(50): open(f"f{i}.txt", "w").write("x" * 1000)');
  await stepAside(page);
  expect(await flipStored(page, 'segment-1', 20_000)).toBe(true);
  await page.goto('./');
  await workbench.ready();
  await expect(workbench.saved).toContainText('Not saved');
  const text = await workbench.run(
    'import os\nprint(len(os.listdir(".")) > 0)\ntry: open("new", "w")\nexcept OSError as error: print("refused", error.errno)',
  );
  expect(text).toContain('True');
  expect(text).toContain('refused');
});

test('of a store with one damaged file all others are read and exported, and which is missing is said', async ({ workbench, page }) => {
  await workbench.run('for i in range(20): open(f"f{i}.txt", "w").write(f"content of {i}. " * 50)');
  await stepAside(page);
  expect(await flipStored(page, 'segment-1', 'content of 7. ')).toBe(true);
  await page.goto('./');
  await workbench.ready();
  const text = await workbench.run(
    'for i in range(20):\n    try: assert open(f"f{i}.txt").read() == f"content of {i}. " * 50\n    except OSError as error: print("damaged", i, error.errno)\nprint("looked at")',
  );
  expect(text).toContain('damaged 7 29');
  expect(text.match(/damaged/g)).toHaveLength(1);
  expect(text).toContain('looked at');
  await workbench.button('Download state').click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('f7.txt');
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    dialog.getByRole('button', { name: 'Download without these' }).click(),
  ]);
  const { files } = JSON.parse(await readFile(await download.path(), 'utf8')) as { files: { path: string }[] };
  const named = files.map(({ path }) => path).filter((path) => /\/f\d+\.txt$/.test(path));
  expect(named).toHaveLength(19);
  expect(named).not.toContain('home/pyodide/f7.txt');
});

/** Every file of the first session with the sha256 of its bytes, but the note that the list of sessions keeps there of its own. */
const storedFiles = async (page: Page) =>
  (await storedFolder(page)).evaluate(async (folder) => {
    const files: Record<string, string> = {};
    for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      if (name.startsWith('session.json')) continue;
      const digest = await crypto.subtle.digest('SHA-256', await (await handle.getFile()).arrayBuffer());
      files[name] = Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
    }
    return files;
  });

/** Makes the store of the first session one of the next version, which code of versions from `readableFrom` on can read. */
async function ageStore(page: Page, readableFrom: number): Promise<void> {
  const bytes = Buffer.from(await readStored(page, 'super'), 'base64');
  for (const at of [0, SLOT_SIZE]) {
    const slot = bytes.subarray(at, at + SLOT_SIZE);
    if (!decodeSuperblock(slot)) continue;
    // Where they are in every version: docs/volume-format.md.
    slot.writeUInt32LE(FORMAT_VERSION + 1, 8);
    slot.writeUInt32LE(readableFrom, 12);
    slot.writeUInt32LE(xxh32(slot.subarray(0, SLOT_SIZE - 4)), SLOT_SIZE - 4);
  }
  await writeStored(page, 'super', bytes);
}

test('a store of a later version is looked at, exported and left as it is to the byte; one that cannot be read is left alone', async ({
  workbench,
  page,
}) => {
  await workbench.run('open("a.txt", "w").write("from the future")\nn = 1');
  await stepAside(page);
  await ageStore(page, FORMAT_VERSION);
  const before = await storedFiles(page);
  await page.goto('./');
  await workbench.ready();
  await expect(workbench.saved).toContainText('Not saved: This session was stored by a later version of Dormouse');
  const state = await workbench.check();
  await expect(state.getByRole('cell', { name: 'a.txt', exact: true })).toBeVisible();
  expect((await workbench.download()).text).toContain('from the future');
  const text = await workbench.run(
    'print(open("a.txt").read())\ntry: open("b.txt", "w")\nexcept OSError as error: print("refused", error.strerror)',
  );
  expect(text).toContain('from the future');
  expect(text).toContain('refused');
  await expect(workbench.saved).toContainText('Not saved');
  await workbench.button('Clear session').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Clear', exact: true }).click();
  await expect(page.getByRole('alert')).toContainText('later version');
  await workbench.ready();
  await stepAside(page);
  expect(await storedFiles(page)).toEqual(before);

  await ageStore(page, FORMAT_VERSION + 1);
  const unread = await storedFiles(page);
  await page.goto('./');
  await expect(page.getByText(/stored by a later version of Dormouse .* It was left untouched/).first()).toBeVisible();
  await stepAside(page);
  expect(await storedFiles(page)).toEqual(unread);
});

test('storage that is nearly full and not promised is said on the storage part of Check state, until the browser promises to keep it', async ({
  page,
}) => {
  await page.addInitScript(() => {
    let asked = 0;
    StorageManager.prototype.persisted = async () => asked > 1;
    StorageManager.prototype.persist = async () => ++asked > 1;
    StorageManager.prototype.estimate = async () => ({ usage: 870_000_000, quota: 1_000_000_000 });
  });
  const workbench = new Workbench(page);
  await workbench.open();
  const state = await workbench.check();
  const warning = state.getByText(/87% of the room for this site is used/);
  await expect(warning).toBeVisible();
  await workbench.button('Ask the browser to keep it').click();
  await expect(state.getByText(/The browser did not promise/)).toBeVisible();
  await workbench.button('Ask the browser to keep it').click();
  await expect(state.getByText('The browser promised to keep it')).toBeVisible();
  await expect(warning).toBeHidden();
});
