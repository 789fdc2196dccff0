/** What hostile Python tries first. The long list is the capsule issue's; these keep the walls from falling unnoticed. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { BARE, expect, test } from './workbench';

let sink: Server;
let hits: string[];
test.beforeEach(async () => {
  hits = [];
  sink = createServer((request, response) => {
    hits.push(request.url ?? '');
    response.setHeader('access-control-allow-origin', '*').end('reached');
  });
  await new Promise<void>((resolve) => sink.listen(0, '127.0.0.1', resolve));
});
test.afterEach(() => new Promise((resolve) => sink.close(resolve)));

/** Every way out is tried with JavaScript of the worker itself: `Function` is what the policy refuses, so Python builds the calls. */
const ATTEMPTS = (port: number) => `
import js, sys, asyncio
from pyodide.ffi import to_js
url = "http://127.0.0.1:${port}/"
async def attempt(name, action):
    try:
        result = action()
        if hasattr(result, "then"): result = await asyncio.wait_for(result, 3)
        print("DONE" if result is not None else "quiet", name)
    except BaseException as error:
        print("refused", name)
native = js.Object.getPrototypeOf(js.self).constructor
await attempt("fetch", lambda: js.fetch(url + "fetch"))
def xhr():
    x = js.XMLHttpRequest.new(); x.open("GET", url + "xhr", False); x.send(); return x.responseText
await attempt("xhr", xhr)
await attempt("importScripts", lambda: js.importScripts(url + "import"))
def socket(kind):
    s = getattr(js, kind).new(url.replace("http", "ws") if kind == "WebSocket" else url + kind); return None
await attempt("websocket", lambda: socket("WebSocket"))
await attempt("eventsource", lambda: socket("EventSource"))
def nested():
    source = "fetch('" + url + "nested').catch(() => 0); importScripts('" + url + "nested-import')"
    js.Worker.new(js.URL.createObjectURL(js.Blob.new(to_js([source])))); return None
await attempt("nested worker", nested)
await attempt("opfs", lambda: js.navigator.storage.getDirectory())
def idb():
    return js.indexedDB.open("x")
await attempt("indexedDB", idb)
await attempt("caches", lambda: js.caches.open("x"))
await attempt("locks", lambda: js.navigator.locks.query())
def run_js():
    from pyodide.code import run_js
    return run_js("1 + 1")
await attempt("run_js", run_js)
await asyncio.sleep(1)
`;

test('Python reaches no network and no storage', { tag: BARE }, async ({ workbench }) => {
  const { port } = sink.address() as AddressInfo;
  const text = await workbench.run(ATTEMPTS(port));
  for (const name of ['fetch', 'xhr', 'importScripts', 'opfs', 'indexedDB', 'caches', 'locks', 'run_js'])
    expect(text).toContain(`refused ${name}`);
  expect(text).not.toContain('DONE');
  expect(hits).toEqual([]);
});

test('a sandbox that names what is not its own is no longer heard and is replaced; the disk stays', { tag: BARE }, async ({
  workbench,
  page,
}) => {
  await workbench.run('open("kept.txt", "w").write("kept")');
  // The journal names folders by their numbers: 1 is the root of the disk, 5 what the keeper keeps for itself.
  for (const inode of [1, 5]) {
    await workbench.start(
      `import pyodide_js\npyodide_js.FS.lookupPath("/home/pyodide").node.id = ${inode}\nopen("forged.txt", "w").close()\nwhile True: pass`,
    );
    await expect(page.getByText(/Python sent what Dormouse does not accept/)).toBeVisible({ timeout: 30_000 });
    await workbench.ready();
  }
  expect(await workbench.run('import os\nprint(open("kept.txt").read(), os.listdir("."))')).toContain("kept ['kept.txt']");
});

test('rubbish that the worker sends reaches nobody', async ({ workbench }) => {
  const text = await workbench.run(
    'import js\nfrom pyodide.ffi import to_js\nfor kind in ("started", "worker-failed", "dead", "booted"):\n    js.postMessage(to_js({"type": kind}, dict_converter=js.Object.fromEntries))\nprint("sent")',
  );
  expect(text).toContain('sent');
  expect(await workbench.run('print("alive")')).toContain('alive');
});

test('what Python prints is text, never markup', async ({ workbench, page }) => {
  await workbench.run('print("<img src=x onerror=alert(1)><h1>Saved</h1>")');
  await expect(workbench.output).toContainText('<img src=x onerror=alert(1)>');
  await expect(page.getByRole('heading', { name: 'Saved' })).toHaveCount(0);
});
