/** Network from Python: none, until the person allows a host. The host is made up, and answered here. */
import type { Page } from '@playwright/test';
import { expect, test, Workbench } from './workbench';

const HOST = 'data.example.org';

/** Answers for the host, and notes what it was asked. */
async function serve(page: Page): Promise<{ method: string; path: string; body: string | null; headers: Record<string, string> }[]> {
  const asked: Awaited<ReturnType<typeof serve>> = [];
  await page.route(/^https:/, async (route) => {
    const request = route.request();
    const { host, pathname } = new URL(request.url());
    asked.push({ method: request.method(), path: host + pathname, body: request.postData(), headers: request.headers() });
    const headers = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*', 'access-control-allow-methods': '*' };
    if (pathname === '/away') return route.fulfill({ status: 302, headers: { ...headers, location: 'https://elsewhere.example.org/' } });
    if (pathname === '/missing') return route.fulfill({ status: 404, headers, body: 'nothing here' });
    return route.fulfill({ headers, contentType: 'text/csv', body: 'a,b\n1,2\n3,4\n' });
  });
  return asked;
}

/** Every way that Python has, each with what it came to. */
const attempts = (url: string) => `
import urllib.request
import js, pyodide.http
async def attempt(name, work):
    try:
        value = work()
        print(name, repr(await value if hasattr(value, '__await__') else value))
    except Exception as error:
        print(name, type(error).__name__, error)
async def fetched(): return (await (await pyodide.http.pyfetch('${url}')).string())
async def by_javascript(): return (await (await js.fetch('${url}')).text())
await attempt('urllib', lambda: urllib.request.urlopen('${url}').read())
await attempt('pyfetch', fetched)
await attempt('js.fetch', by_javascript)
await attempt('open_url', lambda: pyodide.http.open_url('${url}').read())`;

test('Python has no network, and is told how to get some; a host that was allowed is reached, and no other', async ({ page }) => {
  test.slow();
  const asked = await serve(page);
  const workbench = new Workbench(page);
  await workbench.open();
  // Where the browser can suspend a stack Python waits in the middle of code; elsewhere it says what to do.
  const suspends = await page.evaluate(() => 'Suspending' in WebAssembly);
  const refused = await workbench.run(attempts(`https://${HOST}/a.csv`));
  const sentence = `This session may not reach ${HOST}: Python has no network until you allow a host`;
  for (const way of suspends ? ['urllib URLError <urlopen error', 'open_url OSError'] : []) expect(refused).toContain(`${way} ${sentence}`);
  for (const way of ['pyfetch AbortError', 'js.fetch JsException']) expect(refused).toMatch(new RegExp(`${way}.*${sentence}`));
  if (!suspends) expect(refused).toContain('This browser cannot wait for an answer in the middle of Python');
  expect(asked).toEqual([]);

  await workbench.button('Packages').click();
  const panel = page.getByRole('complementary', { name: 'Packages' });
  const box = panel.getByRole('textbox', { name: 'Let Python reach a host' });
  for (const [text, message] of [
    ['printer.local', 'printer.local is a name of this machine or of a private network'],
    ['0x7f.1', '127.0.0.1 is an address of a machine'],
  ] as const) {
    await box.fill(text);
    await box.press('Enter');
    await expect(panel.getByRole('alert')).toContainText(message);
  }
  await box.fill(`https://${HOST}/`);
  await panel.getByRole('button', { name: 'Allow', exact: true }).click();
  await expect(panel.getByRole('list', { name: 'Hosts that Python may reach' }).getByRole('listitem')).toHaveText([HOST]);

  const reached = await workbench.run(attempts(`https://${HOST}/a.csv`));
  for (const way of ['pyfetch', 'js.fetch', ...(suspends ? ['open_url', 'urllib b'] : [])]) {
    expect(reached).toMatch(new RegExp(`${way} ?'a,b\\\\n1,2\\\\n3,4\\\\n'`));
  }
  expect(new Set(asked.map(({ path }) => path))).toEqual(new Set([`${HOST}/a.csv`]));
  expect(asked[0]?.headers).not.toHaveProperty('cookie');

  // Kept with the session, as is that nothing else may be reached.
  await page.reload();
  await workbench.ready();
  asked.length = 0;
  const others = await workbench.run(`
response = await pyodide.http.pyfetch('https://${HOST}/put', method='POST', body='{"a": 1}', headers={'Content-Type': 'application/json'})
print(response.status, response.url)
response = await pyodide.http.pyfetch('https://${HOST}/missing')
print(response.status, await response.text())
for url in ('https://${HOST}/away', 'https://elsewhere.example.org/', 'http://${HOST}/', 'https://127.0.0.1/', '${new URL(page.url()).origin}/'):
    await attempt(url, lambda: pyodide.http.pyfetch(url))`);
  expect(others).toContain(`200 https://${HOST}/put`);
  expect(others).toContain('404 nothing here');
  expect(others).toContain('the answer could not be loaded from data.example.org');
  expect(others).toContain('This session may not reach elsewhere.example.org');
  expect(others).toContain(`only fetch over https, not http://${HOST}`);
  expect(others).toContain('127.0.0.1 is an address of a machine');
  expect(asked.filter(({ method }) => method !== 'OPTIONS').map(({ path, body }) => [path, body])).toEqual([
    [`${HOST}/put`, '{"a": 1}'],
    [`${HOST}/missing`, null],
    [`${HOST}/away`, null],
  ]);

  await workbench.button('Packages').click();
  await panel.getByRole('button', { name: `No longer let Python reach ${HOST}` }).click();
  await expect(panel).toContainText('Python in this session has no network.');
  expect(await workbench.run(`await attempt('again', fetched)`)).toContain(sentence);
});
