/** Packages of a machine: mounted wheels, imports that load them, `%pip`, and all of it across a suspend. */
import { afterEach, describe, expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../../fixtures/machine-on-node';
import { makeWheel, mountOf, TestPackages } from '../../fixtures/packages';
import { SessionDisk } from '../../fixtures/session-disk';

let machine: TestMachine;
afterEach(() => machine?.close());

async function run(code: string, status = 'finished'): Promise<string> {
  machine.events.length = 0;
  const result = await machine.run(code);
  expect(result.status, machine.output()).toBe(status);
  return machine.output();
}

const tools = makeWheel('tools', '1.0', { 'tools/__init__.py': 'from helper import answer', 'tools/data.txt': 'some data' });
const helper = makeWheel('helper', '2.1', { 'helper.py': 'answer = 42' });
const catalogue = () => new TestPackages([{ ...tools, depends: ['helper'] }, helper]);

describe('imports', () => {
  test('of a package of the catalogue load it with what it needs', async () => {
    const packages = catalogue();
    machine = await startMachine({ packages });
    expect(packages.asked).toEqual([]);
    expect(await run('import tools\nprint(tools.answer, tools.__file__)')).toBe('42 /lib/python3.14/site-packages/tools/__init__.py\n');
    expect(packages.asked.sort()).toEqual([helper.file, tools.file].sort());
    expect(packages.mounts.map(({ name }) => name)).toEqual(['tools', 'helper']);
    expect(
      await run(
        'import importlib.metadata, importlib.resources\nprint(importlib.metadata.version("helper"), importlib.resources.read_text("tools", "data.txt"))',
      ),
    ).toBe('2.1 some data\n');
  });

  test('by a module of the user, and by name', async () => {
    machine = await startMachine({ packages: catalogue() });
    await run('open("mine.py", "w").write("import tools\\nvalue = tools.answer + 1")');
    expect(await run('import mine\nprint(mine.value)')).toBe('43\n');
    machine.close();
    machine = await startMachine({ packages: catalogue() });
    expect(await run('import importlib\nprint(importlib.import_module("helper").answer)')).toBe('42\n');
  });

  test('that cannot be foreseen say what to do, and so do those of packages that are nowhere', async () => {
    machine = await startMachine({ packages: catalogue() });
    expect(await run('name = "helper"\nimport importlib\nimportlib.import_module(name)', 'failed')).toContain(
      "No module named 'helper'\nIt comes with Dormouse",
    );
    expect(await run('import yaml', 'failed')).toContain(
      "No module named 'yaml'\nIf it is a package, this line before the code installs it: %pip install PyYAML\n",
    );
    expect(await run('import importlib.util\nprint(importlib.util.find_spec("nowhere"))')).toBe('None\n');
  });

  test('that fail because the bytes are not to be had leave nothing behind', async () => {
    const packages = catalogue();
    packages.missing.add(helper.sha256);
    machine = await startMachine({ packages });
    expect(await run('import tools', 'failed')).toContain('It is not on this device.');
    expect(await run('import os\nprint(os.listdir("/lib/python3.14/site-packages"))')).toBe('[]\n');
    expect(packages.mounts).toEqual([]);
    packages.missing.clear();
    expect(await run('import tools\nprint(tools.answer)')).toBe('42\n');
  });
});

describe('mounted files', () => {
  test('can be read and not be changed', async () => {
    machine = await startMachine({ packages: catalogue() });
    const said = await run(`
import errno, os, tools
folder = os.path.dirname(tools.__file__)
def refused(action):
    try: action()
    except OSError as error: return errno.errorcode[error.errno]
print([refused(action) for action in (
    lambda: open(f'{folder}/data.txt', 'w'), lambda: open(f'{folder}/data.txt', 'r+'), lambda: open(f'{folder}/new', 'w'),
    lambda: os.remove(f'{folder}/data.txt'), lambda: os.mkdir(f'{folder}/new'), lambda: os.rename(folder, folder + '2'), lambda: os.truncate(f'{folder}/data.txt', 0),
    lambda: os.remove(folder + '/../helper.py'), lambda: os.chmod(f'{folder}/data.txt', 0o777), lambda: os.symlink('x', f'{folder}/x'))])
print(os.path.getsize(f'{folder}/data.txt'), open(f'{folder}/data.txt', 'rb').read(), len(os.listdir('/proc/self/fd')))`);
    expect(said).toMatch(/^\[('EROFS'(, )?){10}\]\n9 b'some data' \d+\n$/);
  });

  test('are no part of an image, and are there again after it', async () => {
    const packages = catalogue();
    const disk = await SessionDisk.create();
    machine = await startMachine({ packages, disk });
    await run(
      'import os, tools\nplace = os.path.dirname(tools.__file__)\nfile = open(place + "/data.txt"); file.read(5); before = os.stat(place + "/data.txt")',
    );
    const report = await machine.capture();
    expect(report).toMatchObject({ problem: null, lost: [] });
    machine.close();
    machine = await startMachine({ packages, disk });
    expect(machine.resume).toEqual({ kind: 'resumed', problem: null, keepImage: false, lost: [] });
    expect(await run('print(file.read(), os.stat(place + "/data.txt") == before, open(place + "/data.txt").read())')).toBe(
      'data True some data\n',
    );
    await run('del tools; import sys; del sys.modules["tools"], sys.modules["helper"]');
    expect(await run('import tools\nprint(tools.answer)')).toBe('42\n');
  });

  test('a session without its package begins anew, says why, and keeps its memory', async () => {
    const packages = catalogue();
    const disk = await SessionDisk.create();
    machine = await startMachine({ packages, disk });
    await run('import tools');
    await machine.capture();
    machine.close();
    packages.missing.add(tools.sha256);
    machine = await startMachine({ packages, disk });
    expect(machine.resume).toMatchObject({ kind: 'fresh', keepImage: true });
    expect(machine.resume.problem).toContain('needs a package');
    expect(machine.resume.lost).toEqual([{ variable: null, reason: 'the package tools 1.0: It is not on this device.' }]);
    expect(await run('import helper\nprint(helper.answer)')).toBe('42\n');
    machine.close();
    packages.missing.clear();
    machine = await startMachine({ packages, disk });
    expect(machine.resume.kind).toBe('resumed');
    expect(await run('print(tools.answer)')).toBe('42\n');
  });

  test('what the session remembers is there in a fresh Python', async () => {
    const packages = new TestPackages();
    packages.indexed.push(helper);
    packages.mounts = [mountOf(helper, 'pypi.org')];
    machine = await startMachine({ packages });
    expect(await run('import helper\nprint(helper.answer)')).toBe('42\n');
  });

  test('beside files that Python has put into site-packages itself', async () => {
    const packages = catalogue();
    const disk = await SessionDisk.create();
    machine = await startMachine({ packages, disk });
    await run('open("/lib/python3.14/site-packages/own.py", "w").write("x = 7")\nimport tools, own');
    await machine.capture();
    machine.close();
    machine = await startMachine({ packages, disk });
    expect(await run('import sys; del sys.modules["own"]; import own; print(own.x, tools.answer)')).toBe('7 42\n');
  });
});
