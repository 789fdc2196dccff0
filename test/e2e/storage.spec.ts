/** Storage on bad days: none at all, none left, held by another tab, and a keeper that dies. */
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

test('a damaged store is reported, never read as empty', async ({ workbench, page }) => {
  await workbench.run('for i in range(50): open(f"f{i}.txt", "w").write("x" * 1000)');
  await page.goto('about:blank');
  await page.goto(new URL('./icon.svg', page.url() === 'about:blank' ? test.info().project.use.baseURL : page.url()).href);
  await page.evaluate(async () => {
    let folder = await navigator.storage.getDirectory();
    for (const name of ['sessions', 'main']) folder = await folder.getDirectoryHandle(name);
    for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemFileHandle]>) {
      if (name !== 'segment-1') continue;
      const bytes = new Uint8Array(await (await handle.getFile()).arrayBuffer());
      bytes[20_000] = (bytes[20_000] as number) ^ 0xff;
      const writable = await handle.createWritable();
      await writable.write(bytes);
      await writable.close();
    }
  });
  await page.goto(test.info().project.use.baseURL as string);
  await workbench.ready();
  await expect(workbench.saved).toContainText('Not saved');
  const text = await workbench.run(
    'import os\nprint(len(os.listdir(".")) > 0)\ntry: open("new", "w")\nexcept OSError as error: print("refused", error.errno)',
  );
  expect(text).toContain('True');
  expect(text).toContain('refused');
});
