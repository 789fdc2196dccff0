/** Packages: those that come with the app load by themselves, others from an index after a question, and all of them are there again after a refresh. */
import { existsSync, readFileSync } from 'node:fs';
import type { Page, Route } from '@playwright/test';
import { makeWheel, sha256Of, type TestWheel } from '../fixtures/packages';
import { baselinesOf, chooseInMenu, expect, test, type Workbench } from './workbench';

const LIST = 'dist/wheels/wheelhouse.json';
const names: string[] = existsSync(LIST) ? JSON.parse(readFileSync(LIST, 'utf8')).packages.map(({ name }: { name: string }) => name) : [];
/** Skips a test, and says why, where the app was built without what it needs. */
const needs = (...wanted: string[]) => {
  const missing = wanted.filter((name) => !names.includes(name));
  test.skip(missing.length > 0, `no ${missing.join(', ')}: dist/ was built without (DORMOUSE_WHEELS names a folder of wheels)`);
};

/** The index that the build asks, answered here: `pypi.org` and where its files are. */
class Index {
  readonly wheels: (TestWheel & { said?: { size?: number; url?: string } })[] = [];
  readonly asked: string[] = [];
  /** What happens in place of an answer. */
  fault: ((route: Route) => Promise<void>) | null = null;

  async serve(page: Page): Promise<void> {
    const headers = { 'access-control-allow-origin': '*' };
    await page.route('https://pypi.org/**', async (route) => {
      const name = new URL(route.request().url()).pathname.split('/').at(-2) ?? '';
      this.asked.push(name);
      const files = this.wheels
        .filter((wheel) => wheel.name === name)
        .map(({ file, sha256, size, said }) => ({
          filename: file,
          url: said?.url ?? `https://files.pythonhosted.org/packages/${file}`,
          hashes: { sha256 },
          size: said?.size ?? size,
        }));
      if (files.length === 0) return route.fulfill({ status: 404, headers, body: '' });
      return route.fulfill({
        headers,
        contentType: 'application/vnd.pypi.simple.v1+json',
        body: JSON.stringify({ meta: { 'api-version': '1.3' }, name, files }),
      });
    });
    await page.route('https://files.pythonhosted.org/**', async (route) => {
      const file = new URL(route.request().url()).pathname.split('/').at(-1) ?? '';
      this.asked.push(file);
      if (this.fault) return this.fault(route);
      const wheel = this.wheels.find((candidate) => candidate.file === file);
      return route.fulfill({ headers, body: Buffer.from(wheel?.bytes ?? []) });
    });
  }
}

const panelOf = async (workbench: Workbench) => {
  await workbench.button('Packages').click();
  const panel = workbench.page.getByRole('complementary', { name: 'Packages' });
  await expect(panel.getByRole('heading', { name: 'Packages' })).toBeVisible();
  return panel;
};

const question = (page: Page, name: string) => page.getByRole('dialog', { name: `Ask the package index for “${name}”?` });

test('NumPy and pandas load when they are imported, and arrays and frames are there after a refresh', async ({ workbench, page }) => {
  test.slow();
  needs('numpy', 'pandas');
  const left: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(new URL(page.url()).origin) && !request.url().startsWith('blob:')) left.push(request.url());
  });
  await workbench.open();
  expect(
    await workbench.run(
      'import numpy as np, pandas as pd\ndf = pd.DataFrame({"k": list("abab"), "v": np.arange(4.0)})\nview = df.v.to_numpy()[1:]\nprint(df.groupby("k").v.sum().to_dict())',
    ),
  ).toContain("{'a': 2.0, 'b': 4.0}");
  await expect(workbench.saved).toContainText('everything kept');
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('print(df.groupby("k").v.sum().to_dict(), view.sum(), np.linalg.det(np.eye(3)))')).toContain(
    "{'a': 2.0, 'b': 4.0} 6.0 1.0",
  );
  const panel = await panelOf(workbench);
  await expect(panel.getByRole('listitem').filter({ hasText: 'numpy' })).toContainText(/MB · came with Dormouse · BSD-3-Clause/);
  expect(left).toEqual([]);
});

test('once a session has imported pandas others begin with it, but for those that have a module of that name', async ({
  workbench,
  page,
}) => {
  test.slow();
  needs('pandas');
  const imported = 'print("imported:", "pandas" in sys.modules)';
  expect(await workbench.run(`import sys\n${imported}\nimport pandas`)).toContain('imported: False');
  // It is made when nothing goes on.
  await expect.poll(() => baselinesOf(page), { timeout: 120_000 }).toContain(' pandas-');
  const title = await page.title();
  await chooseInMenu(page, 'New session');
  await expect(page).not.toHaveTitle(title);
  await workbench.ready();
  // The first cell says what the second one will need.
  await workbench.write(`# %%\nimport numpy, sys\n${imported}\n\n# %%\nimport pandas as pd\nseries = pd.Series([1, 2])\n`);
  await workbench.button('Notebook').click();
  await workbench.button('Run all').click();
  const cell = (number: number) => page.getByRole('region', { name: `Output of cell ${number}`, exact: true });
  await expect(cell(1)).toContainText('imported: True');
  await workbench.ready();
  await expect(workbench.saved).toContainText('everything kept');
  const panel = await panelOf(workbench);
  await expect(panel.getByRole('listitem').filter({ hasText: 'pandas' })).toContainText(/MB · came with Dormouse/);
  await page.reload();
  await workbench.ready();
  await workbench.button('Script').click();
  expect(await workbench.run('print(series.sum(), series.rolling(2).mean().tolist())')).toContain('3 [nan, 1.5]');
  await workbench.run('with open("pandas.py", "w") as file: file.write("own = 7")');
  await workbench.button('Restart Python…').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Restart', exact: true }).click();
  await workbench.ready();
  expect(await workbench.run('import pandas\nprint(pandas.own)')).toContain('7');
});

test('a module of the user that imports a package by a name which nobody can foresee', async ({ workbench, page }) => {
  needs('six');
  await workbench.open();
  const said = await workbench.run('import importlib\nname = "si" + "x"\nprint(importlib.import_module(name).__name__)');
  // Where the browser can suspend a stack it waits; elsewhere it says what to do.
  const suspends = await page.evaluate(() => 'Suspending' in WebAssembly);
  if (suspends) expect(said).toContain('six');
  else expect(said).toContain('It comes with Dormouse');
});

test('a package is installed by a line of code after a question, and is there without a network after a refresh', async ({
  workbench,
  page,
}) => {
  needs('packaging');
  const index = new Index();
  index.wheels.push(
    makeWheel('sunny', '1.0', { 'sunny.py': 'import shade\nword = "sun and " + shade.word' }, { requires: ['shade>=2'] }),
    makeWheel('shade', '2.0', { 'shade.py': 'word = "shade"' }),
  );
  await index.serve(page);
  await workbench.open();
  await workbench.start('%pip install sunny\nimport sunny\nprint(sunny.word)');
  await expect(question(page, 'sunny')).toContainText('This tells pypi.org that you asked for sunny.');
  expect(index.asked).toEqual([]);
  await question(page, 'sunny').getByRole('button', { name: 'Ask', exact: true }).click();
  await question(page, 'shade').getByRole('button', { name: 'Ask', exact: true }).click();
  await workbench.ready();
  expect(await workbench.lastOutput()).toContain('sun and shade');
  await page.unrouteAll();
  await page.route('https://**', (route) => route.abort());
  await page.reload();
  await workbench.ready();
  expect(await workbench.run('import importlib; importlib.reload(sunny); print(sunny.word, sunny.__file__)')).toContain(
    'sun and shade /lib/python3.14/site-packages/sunny.py',
  );
  const panel = await panelOf(workbench);
  await expect(panel.getByRole('listitem').filter({ hasText: 'sunny' })).toContainText('from pypi.org');
});

test('installs from the real index, with what is needed besides, and removes', async ({ workbench, page }) => {
  needs('packaging');
  const headers = { accept: 'application/vnd.pypi.simple.v1+json' };
  const reached = await fetch('https://pypi.org/simple/python-slugify/', { headers }).then(
    ({ ok }) => ok,
    () => false,
  );
  test.skip(!reached, 'no real index: pypi.org cannot be reached');
  // What the index itself says to pages of other origins is lost where something stands between it and this machine.
  const pass = async (route: Route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'access-control-allow-origin': '*' } });
  };
  await page.route('https://pypi.org/**', pass);
  await page.route('https://files.pythonhosted.org/**', pass);
  await workbench.start('%pip install python-slugify==8.0.4\nfrom slugify import slugify\nprint(slugify("Siebenschläfer & Co"))');
  for (const name of ['python-slugify', 'text-unidecode']) {
    await question(page, name).getByRole('button', { name: 'Ask', exact: true }).click();
  }
  await workbench.ready();
  expect(await workbench.lastOutput()).toContain('siebenschlafer-co');
  expect(await workbench.run('%pip list')).toMatch(/python-slugify==8\.0\.4\s+text-unidecode==/);
  expect(await workbench.run('%pip uninstall python-slugify text-unidecode')).toContain('Removed: python-slugify, text-unidecode');
  expect(await workbench.run('%pip list')).not.toContain('slugify');
});

test('the panel installs, exports and removes; a refusal changes nothing', async ({ workbench, page }) => {
  needs('packaging');
  const index = new Index();
  index.wheels.push(
    makeWheel('sunny', '1.0', { 'sunny.py': 'word = "sun"' }, { licence: 'ISC' }),
    makeWheel('sunny', '1.1', { 'sunny.py': 'word = "more sun"' }),
  );
  await index.serve(page);
  await workbench.open();
  const panel = await panelOf(workbench);
  await expect(panel).toContainText('No packages yet');
  const box = panel.getByRole('textbox', { name: 'Install from the Python package index' });
  await box.fill('sunny==1.0');
  await box.press('Enter');
  await question(page, 'sunny').getByRole('button', { name: 'Do not ask' }).click();
  await expect(panel.getByRole('alert')).toHaveText('pypi.org was not asked for sunny. Nothing was installed.');
  expect(index.asked).toEqual([]);
  await panel.getByRole('button', { name: 'Install', exact: true }).click();
  await question(page, 'sunny').getByRole('button', { name: 'Ask', exact: true }).click();
  await expect(panel.getByText('Installed: sunny 1.0')).toBeVisible();
  expect(await workbench.run('import sunny\nprint(sunny.word)')).toContain('sun');
  await expect(panel.getByRole('listitem').filter({ hasText: 'sunny' })).toContainText(/1\.0.* · from pypi\.org · ISC/s);
  const exported = async (name: string) => {
    const [download] = await Promise.all([page.waitForEvent('download'), panel.getByRole('button', { name }).click()]);
    return { name: download.suggestedFilename(), text: readFileSync(await download.path(), 'utf8') };
  };
  // What installs is part of it.
  expect(await exported('requirements.txt')).toEqual({
    name: 'requirements.txt',
    text: expect.stringMatching(/^packaging==[\d.]+\nsunny==1\.0\n$/),
  });
  const { text: lock } = await exported('Lock with checksums');
  const [wheel] = index.wheels;
  expect(lock).toContain(`sunny==1.0 --hash=sha256:${wheel?.sha256}`);
  await panel.getByRole('button', { name: 'Remove sunny' }).click();
  await expect(panel.getByText('sunny was taken out')).toBeVisible();
  expect(await workbench.run('import sys; del sys.modules["sunny"]\nimport sunny')).toContain("No module named 'sunny'");
});

test('bad input gets a sentence and installs nothing', async ({ workbench, page }) => {
  test.slow();
  needs('packaging');
  const index = new Index();
  const good = makeWheel('good', '1.0', { 'good.py': '' });
  const other = makeWheel('liar', '1.0', { 'liar.py': '' });
  const cut = good.bytes.slice(0, -30) as TestWheel['bytes'];
  index.wheels.push(
    good,
    { ...other, sha256: sha256Of(good.bytes) },
    { ...makeWheel('small', '1.0', { 'small.py': '' }), said: { size: 10 } },
    { ...makeWheel('huge', '1.0', { 'huge.py': '' }), said: { size: 2e9 } },
    { ...makeWheel('away', '1.0', { 'away.py': '' }), said: { url: 'https://example.org/away-1.0-py3-none-any.whl' } },
    { ...makeWheel('cut', '1.0', { 'cut.py': '' }), bytes: cut, sha256: sha256Of(cut), size: cut.length },
    makeWheel('evil', '1.0', { '../evil.py': '' }),
  );
  await index.serve(page);
  await workbench.open();
  const attempt = async (name: string, asks = true) => {
    await workbench.start(`%pip install ${name}\nprint("not reached")`);
    if (asks) await question(page, name).getByRole('button', { name: 'Ask', exact: true }).click();
    await workbench.ready();
    const said = await workbench.lastOutput();
    expect(said).not.toContain('not reached');
    return said;
  };
  expect(await attempt('nowhere')).toContain('There is no package called nowhere at pypi.org.');
  expect(await attempt('liar')).toContain('is another file: its sha256 is not the one expected');
  expect(await attempt('small')).toContain('sends more of small-1.0-py3-none-any.whl than the 10 bytes');
  expect(await attempt('huge')).toContain('huge-1.0-py3-none-any.whl has 2,000 MB; at most 268 MB can be loaded');
  expect(await attempt('away')).toContain('is at example.org, which is not where its files are');
  expect(await attempt('cut')).toContain('is no wheel that can be used');
  expect(await attempt('evil')).toContain('is no wheel that can be used');
  // The network goes away in the middle.
  index.fault = (route) => route.abort();
  expect(await attempt('good')).toContain('good-1.0-py3-none-any.whl could not be loaded from files.pythonhosted.org');
  const panel = await panelOf(workbench);
  await expect(panel.getByRole('listitem')).toHaveText([/packaging/]);
  index.fault = null;
  expect(await workbench.run('%pip install good\nimport good\nprint("now it is there")')).toContain('now it is there');
});

test('Escape is a refusal', async ({ workbench, page }) => {
  needs('packaging');
  const index = new Index();
  await index.serve(page);
  await workbench.open();
  await workbench.start('%pip install sunny');
  await expect(question(page, 'sunny')).toBeVisible();
  await page.keyboard.press('Escape');
  await workbench.ready();
  expect(await workbench.lastOutput()).toContain('pypi.org was not asked for sunny');
  expect(index.asked).toEqual([]);
});
