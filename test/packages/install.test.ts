/** `%pip` and micropip: what is chosen, what is asked, and what bad input gets. The index is a small one in this process. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../fixtures/machine-on-node';
import { makeWheel, TestPackages, type TestWheel } from '../fixtures/packages';
import { wheelsFor } from '../fixtures/wheels';

const packaging = wheelsFor('packaging').filter(({ name }) => name === 'packaging');
const own = `packaging==${packaging[0]?.version}`;

let machine: TestMachine;
let packages: TestPackages;
beforeEach(() => {
  packages = new TestPackages([...packaging, makeWheel('pinned', '1.5', { 'pinned.py': '' })]);
});
afterEach(() => machine?.close());

async function run(code: string, status = 'finished'): Promise<string> {
  machine ??= await startMachine({ packages });
  machine.events.length = 0;
  const result = await machine.run(code);
  expect(result.status, machine.output()).toBe(status);
  return machine.output();
}

async function withIndex(...indexed: (TestWheel & { requiresPython?: string; yanked?: boolean })[]): Promise<void> {
  packages.indexed.push(...indexed);
  machine = await startMachine({ packages });
}

const named = (name: string, version: string, requires: string[] = [], tag = 'py3-none-any') =>
  makeWheel(name, version, { [`${name}.py`]: `version = "${version}"` }, { requires, tag });

describe.skipIf(packaging.length === 0)('an installation', () => {
  test('takes the newest version with what it needs, and the code below uses it', async () => {
    await withIndex(
      named('one', '1.0'),
      named('one', '1.2', ['two>=2; python_version >= "3.8"', 'never; sys_platform == "win32"']),
      named('two', '2.0'),
      named('two', '1.0'),
    );
    expect(await run('# a comment\n%pip install one\nimport one, two\nprint(one.version, two.version)')).toBe(
      'Installed: one 1.2, two 2.0\n1.2 2.0\n',
    );
    expect(packages.asked.filter((what) => what.startsWith('index'))).toEqual(['index one', 'index two']);
    expect(packages.mounts.map(({ name, version }) => `${name} ${version}`)).toEqual([own.replace('==', ' '), 'one 1.2', 'two 2.0']);
    expect(await run('%pip install one\n%pip freeze')).toBe(`All of that is there already.\none==1.2\n${own}\ntwo==2.0\n`);
  });

  test('by micropip, of certain versions, with extras', async () => {
    await withIndex(named('one', '1.0', ['more; extra == "big"']), named('one', '2.0'), named('more', '0.1'));
    expect(
      await run(
        'import micropip\nawait micropip.install(["one[big]==1.0", "pinned"])\nimport one, more\nprint(one.version, sorted(micropip.list()))',
      ),
    ).toBe("Installed: one 1.0, pinned 1.5, more 0.1\n1.0 ['more', 'one', 'packaging', 'pinned']\n");
  });

  test('of a package that comes with Dormouse asks nobody', async () => {
    await withIndex(named('pinned', '9.0'));
    expect(await run('%pip install pinned\nimport pinned')).toBe('Installed: pinned 1.5\n');
    expect(packages.asked).toEqual(['pinned-1.5-py3-none-any.whl']);
  });

  test('passes over what does not fit: other systems, another Python, taken back, not finished', async () => {
    await withIndex(
      named('one', '1.0'),
      named('one', '5.0', [], 'cp314-cp314-manylinux_2_28_x86_64'),
      { ...named('one', '4.0'), requiresPython: '<3.10' },
      { ...named('one', '3.0'), yanked: true },
      named('one', '2.0rc1'),
    );
    expect(await run('%pip install one')).toBe('Installed: one 1.0\n');
    expect(await run('%pip install one==3.0')).toBe('Installed: one 3.0\n');
    expect(await run('%pip install "one>=2.0rc1,<3"')).toContain('one 2.0rc1');
  });

  test('of compiled code for this platform', async () => {
    await withIndex(
      named('fast', '1.0', [], 'cp314-cp314-pyemscripten_2026_0_wasm32'),
      named('fast', '2.0', [], 'cp313-cp313-pyemscripten_2025_0_wasm32'),
    );
    expect(await run('%pip install fast')).toBe('Installed: fast 1.0\n');
  });

  test('goes back to an older version where the newest does not go with the others', async () => {
    await withIndex(named('app', '1.0', ['lib', 'plugin']), named('lib', '2.0'), named('lib', '1.0'), named('plugin', '1.0', ['lib<2']));
    expect(await run('%pip install app\nimport lib\nprint(lib.version)')).toMatch(/Installed: .*lib 1\.0.*\n1\.0\n$/);
  });

  test('replaces a version, and uninstalling takes it away', async () => {
    await withIndex(named('one', '1.0'), named('one', '2.0'));
    await run('%pip install one==1.0');
    expect(await run('%pip install --upgrade one\nimport one\nprint(one.version)')).toBe('Installed: one 2.0\n2.0\n');
    expect(await run('import sys; del sys.modules["one"]')).toBe('');
    expect(await run('%pip uninstall -y one\ntry: import one\nexcept ImportError as error: print(error)')).toBe(
      "Removed: one\nNo module named 'one'\n",
    );
    expect(packages.mounts.map(({ name }) => name)).toEqual(['packaging']);
  });

  test('is asked for by the page between runs', async () => {
    await withIndex(named('one', '1.0'));
    expect(await machine.call((call) => ({ type: 'install', call, requirements: ['one'] }))).toEqual(['one 1.0']);
    expect(await run('import one\nprint(one.version)')).toBe('1.0\n');
    await machine.call((call) => ({ type: 'uninstall', call, names: ['one'] }));
    expect(packages.mounts.map(({ name }) => name)).toEqual(['packaging']);
  });
});

describe.skipIf(packaging.length === 0)('bad input gets a sentence and changes nothing', () => {
  const cases: [what: string, command: string, indexed: TestWheel[], message: RegExp][] = [
    ['an unknown name', 'nowhere', [], /There is no package nowhere in the index\./],
    ['what is no name', '"one two"', [], /'one two' is no name of a package/],
    ['an address', '"one @ https://example.org/one-1.0-py3-none-any.whl"', [], /not files by their address/],
    ['an unknown option', '--target=/ one', [], /no option --target=\//],
    ['only compiled code for others', 'one', [named('one', '1.0', [], 'cp314-cp314-win_amd64')], /one has no wheel that runs in a browser/],
    [
      'compiled code for another release of Pyodide',
      'one',
      [named('one', '1.0', [], 'cp313-cp313-pyemscripten_2025_0_wasm32')],
      /one has no wheel that runs in a browser with this Python/,
    ],
    ['a version that is not there', 'one==7', [named('one', '1.0')], /No version of one fits: one==7 was asked for\. There are: 1\.0/],
    [
      'two that need different versions',
      'one two',
      [named('one', '1.0', ['lib<2']), named('two', '1.0', ['lib>=2']), named('lib', '1.0'), named('lib', '2.0')],
      /No version of lib fits: one 1\.0 needs lib<2; two 1\.0 needs lib>=2\. There are: 1\.0, 2\.0/,
    ],
    [
      'a wheel that is another',
      'one',
      [{ ...named('other', '1.0'), name: 'one', file: 'one-1.0-py3-none-any.whl' }],
      /says that it is other 1\.0/,
    ],
    [
      'a truncated wheel',
      'one',
      [{ ...named('one', '1.0'), bytes: named('one', '1.0').bytes.slice(0, -40) as TestWheel['bytes'] }],
      /archive .*cut off|no end|damaged/,
    ],
    [
      'a wheel that writes over another package',
      'one',
      [makeWheel('one', '1.0', { 'pinned.py': 'evil' })],
      /pinned\.py, which pinned has brought already/,
    ],
    [
      'a wheel that has a file twice',
      'one',
      [makeWheel('one', '1.0', { 'one.py': 'a', 'one-1.0.data/purelib/one.py': 'b' })],
      /one\.py twice/,
    ],
    ['a name that leads elsewhere', 'one', [makeWheel('one', '1.0', { '../../evil.py': '' })], /evil\.py/],
  ];
  test.each(cases)('%s', async (_what, command, indexed, message) => {
    await withIndex(...indexed);
    await run('%pip install pinned');
    const before = await run('import os; print(sorted(os.listdir("/lib/python3.14/site-packages")))');
    expect(await run(`%pip install ${command}\nprint("not reached")`, 'failed')).toMatch(message);
    const mine = (text: string) => text.replace(/'packaging[^']*', /g, '');
    expect(mine(await run('import os; print(sorted(os.listdir("/lib/python3.14/site-packages")))'))).toBe(mine(before));
    expect(packages.mounts.map(({ name }) => name).filter((name) => name !== 'packaging')).toEqual(['pinned']);
  });

  test('a refusal of the person', async () => {
    await withIndex(named('one', '1.0'));
    packages.allows = false;
    expect(await run('%pip install one', 'failed')).toContain('The index was not asked for one.');
  });
});
