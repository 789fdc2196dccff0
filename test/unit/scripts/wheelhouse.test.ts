/** The wheelhouse: its lock, its keys, its cache, and the Python that packs wheels, which runs in Pyodide here. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadPyodide, type PyodideInterface } from 'pyodide';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alone, fileStore, sweep } from '../../../scripts/wheelhouse/cache.mjs';
import { distribution } from '../../../scripts/wheelhouse/distribution.mjs';
import { findWheelhouse } from '../../../scripts/wheelhouse/find.mjs';
import { describeFolder, LIST, placeWheels, readFolder, runtime, writeList } from '../../../scripts/wheelhouse/folder.mjs';
import { buildKey, lockKey, RECIPE, readLock } from '../../../scripts/wheelhouse/lock.mjs';
import { holds, readWheel } from '../../../scripts/wheelhouse/wheel-file.mjs';

const folder = mkdtempSync(join(tmpdir(), 'dormouse-wheelhouse-test-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A folder of its own for each caller. */
const fresh = () => mkdtempSync(join(folder, 'f-'));

describe('the lock', () => {
  const lock = readLock();

  test('is for the installed Pyodide, and whole', () => {
    expect({ pyodide: lock.pyodide, abi: lock.abi }).toEqual({ pyodide: runtime().pyodide, abi: runtime().abi });
    const known = new Set(lock.packages.map(({ name }) => name));
    for (const each of [...lock.packages, ...lock.tests]) {
      expect(each.sha256, each.name).toMatch(/^[0-9a-f]{64}$/);
      expect(each.imports.length, each.name).toBeGreaterThan(0);
      if (lock.packages.includes(each)) expect(each.depends.filter((name) => !known.has(name), each.name)).toEqual([]);
    }
  });

  test("has the versions of Pyodide's own lock, but for jsonschema", () => {
    const { find } = distribution(() => Promise.reject(new Error('not asked')));
    const others = lock.packages.filter(({ name, version }) => (find(name)?.version ?? version) !== version).map(({ name }) => name);
    expect(others).toEqual(['jsonschema']);
  });

  test('a key changes with the source, the recipe and what is below', () => {
    const recipe: [string, string][] = [['build.sh', 'make it']];
    const key = buildKey(lock, 'pandas', recipe);
    expect(buildKey(structuredClone(lock), 'pandas', recipe)).toBe(key);
    expect(buildKey(lock, 'pandas', [['build.sh', 'make it well']])).not.toBe(key);
    const other = structuredClone(lock);
    for (const each of other.packages) if (each.name === 'numpy' && each.source) each.source.sha256 = '0'.repeat(64);
    expect(buildKey(other, 'pandas', recipe)).not.toBe(key);
    expect(buildKey(other, 'markupsafe', recipe)).toBe(buildKey(lock, 'markupsafe', recipe));
    expect(lockKey(other)).not.toBe(lockKey(lock));
    expect(() => buildKey(lock, 'six')).toThrow(TypeError);
  });
});

describe('the cache', () => {
  test('keeps a file only under its own sha256, and forgets one that was damaged', () => {
    const cache = fresh();
    const store = fileStore(cache);
    const from = join(folder, 'a.whl');
    writeFileSync(from, 'abc');
    const wanted = { file: 'a.whl', sha256: 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad' };
    expect(() => store.keep(from, { ...wanted, sha256: '0'.repeat(64) })).toThrow(/not the file of the lock/);
    expect(store.find(wanted)).toBeNull();
    const path = store.keep(from, wanted);
    expect(store.find(wanted)).toBe(path);
    writeFileSync(path, 'abd');
    expect(store.find(wanted)).toBeNull();
    expect(existsSync(path)).toBe(false);
  });

  test('two who make the same do it one after the other; one that died is not waited for', async () => {
    const cache = fresh();
    writeFileSync(join(cache, 'lock'), '1');
    const longAgo = new Date(Date.now() - 3_600_000);
    utimesSync(join(cache, 'lock'), longAgo, longAgo);
    let inside = 0;
    const work = async () => {
      inside++;
      await new Promise((done) => setTimeout(done, 50));
      expect(inside).toBe(1);
      inside--;
    };
    const said: string[] = [];
    await Promise.all([alone(cache, work, (line) => said.push(line)), alone(cache, work, (line) => said.push(line))]);
    expect(said).toContain('waiting for another process that is making them');
    expect(existsSync(join(cache, 'lock'))).toBe(false);
  });

  test('what interrupted work left goes, what is whole stays', () => {
    const cache = fresh();
    for (const each of ['toolchain.part-1/etc', 'sets/a.part-2', 'sets/b', 'files']) mkdirSync(join(cache, each), { recursive: true });
    sweep(cache);
    expect([readdirSync(cache).sort(), readdirSync(join(cache, 'sets'))]).toEqual([['files', 'sets'], ['b']]);
  });
});

test('a server that cannot be reached is asked once', async () => {
  let asked = 0;
  const server = distribution(() => {
    asked++;
    return Promise.reject(new TypeError('unreachable'));
  });
  expect([await server.get('a.whl'), await server.get('b.whl')]).toEqual([null, null]);
  expect(asked).toBe(1);
});

test.each([
  ['', true],
  ['python_version >= "3.14"', true],
  ["python_version < '3.9'", false],
  ['extra == "test"', false],
  ["sys_platform == 'emscripten' and python_version >= '3.9'", true],
  ['(os_name == "nt" or platform_system == "Emscripten") and extra == "x"', false],
  ['os_name == "nt" or platform_system == "Emscripten"', true],
])('the environment marker %j', (marker, expected) => {
  expect(holds(marker)).toBe(expected);
});

describe('what builds wheels', () => {
  let python: PyodideInterface;
  beforeAll(async () => {
    python = await loadPyodide();
    for (const name of ['pack.py', 'target.py', 'compiler.py']) python.FS.writeFile(name, readFileSync(`${RECIPE}/${name}`));
    python.runPython(`
import sys; sys.path.insert(0, '.')
import os
from pathlib import Path
def project(root, order):
    files = {'site/demo/__init__.py': 'x = 1\\n', 'site/demo/core.so': 'so', 'site/demo/core.pyi': '', 'site/demo/tests/test_a.py': '', 'site/lone.py': '',
        'source/PKG-INFO': 'Metadata-Version: 2.4\\nName: De-mo\\nVersion: 1.0\\nLicense-Expression: MIT\\nRequires-Dist: numpy>=1; python_version >= "3.14"\\nRequires-Dist: extra-one; extra == "x"\\n\\nWords\\n',
        'source/pyproject.toml': '[project]\\n[project.entry-points.plots]\\na = "demo:b"\\n', 'source/LICENSE': 'free', 'source/LICENSES/OTHER': 'free too'}
    for name in sorted(files, reverse=order):
        path = Path(root) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(files[name])
        os.utime(path, (1000000000 + order * 5000, 1000000000))
    from pack import pack
    Path(root, 'out').mkdir()
    return str(pack(Path(root, 'site'), Path(root, 'source'), 'cp314-cp314-pyemscripten_2026_0_wasm32', Path(root, 'out')))
`);
  });

  test('the same files make the same wheel, whatever their order and times', () => {
    const wheels = [0, 1].map((order) => {
      const path = python.runPython(`project('p${order}', ${order})`) as string;
      return python.FS.readFile(path, { encoding: 'binary' }) as Uint8Array;
    });
    expect(wheels[0]?.length).toBeGreaterThan(500);
    expect(Buffer.compare(wheels[0] ?? new Uint8Array(), wheels[1] ?? new Uint8Array())).toBe(0);
  });

  test('a wheel says what it is, needs and brings; lists and folders of wheels are checked', () => {
    const wheels = fresh();
    const file = 'de_mo-1.0-cp314-cp314-pyemscripten_2026_0_wasm32.whl';
    const bytes = python.FS.readFile(python.runPython("project('p3', 0)") as string, { encoding: 'binary' }) as Uint8Array;
    const path = join(wheels, file);
    writeFileSync(path, bytes);
    writeFileSync(join(wheels, 'other-1.0-cp314-cp314-manylinux_2_28_x86_64.whl'), 'of another ABI');
    const wheel = readWheel(path);
    expect(wheel).toMatchObject({
      name: 'de-mo',
      version: '1.0',
      licence: 'MIT',
      depends: ['numpy'],
      imports: ['demo', 'lone'],
      size: bytes.length,
    });
    const list = describeFolder(wheels);
    expect(list.packages).toEqual([wheel]);
    expect(findWheelhouse({ DORMOUSE_WHEELS: wheels })).toEqual({ folder: wheels, list });

    const app = fresh();
    placeWheels(wheels, list, app);
    expect(readdirSync(join(app, 'wheels')).sort()).toEqual([file, LIST].sort());
    expect(readFolder(join(app, 'wheels'))).toEqual(list);
    placeWheels(null, { ...list, packages: [], missing: { state: 'building', reason: 'wait' } }, app);
    expect(readdirSync(join(app, 'wheels'))).toEqual([LIST]);

    writeList(wheels, list);
    truncateSync(path, bytes.length - 10);
    expect(() => readFolder(wheels)).toThrow(/its sha256 differs/);
    expect(() => readWheel(path)).toThrow(/cut off/);
  });

  test('left out or named wrongly, the packages are absent for a reason', () => {
    expect(findWheelhouse({ DORMOUSE_WHEELS: 'skip' })).toMatchObject({
      folder: null,
      list: { packages: [], missing: { state: 'absent', reason: expect.stringContaining('DORMOUSE_WHEELS=skip') } },
    });
    expect(() => findWheelhouse({ DORMOUSE_WHEELS: join(folder, 'nowhere') })).toThrow(/which is not there/);
    expect(findWheelhouse({ XDG_CACHE_HOME: fresh() }).list.missing?.reason).toContain('wheelhouse:build');
  });

  test("pyconfig.h gets the values of Pyodide's Python, macros of the compiler stay", () => {
    const text =
      '#ifndef Py_PYCONFIG_H\n#define Py_PYCONFIG_H\n#define SIZEOF_LONG 8\n/* #undef HAVE_X */\n#define HAVE_EPOLL 1\n#define HAVE_DECL_TZNAME 1\n#define _GNU_SOURCE 1\n';
    python.globals.set('text', text);
    expect(
      python.runPython(
        "from target import pyconfig; pyconfig(text, {'SIZEOF_LONG': 4, 'HAVE_X': 1, 'HAVE_EPOLL': 0, 'HAVE_DECL_TZNAME': 0})",
      ),
    ).toBe(
      '#ifndef Py_PYCONFIG_H\n#define Py_PYCONFIG_H\n#define SIZEOF_LONG 4\n#define HAVE_X 1\n/* #undef HAVE_EPOLL */\n#define HAVE_DECL_TZNAME 0\n#define _GNU_SOURCE 1\n',
    );
  });

  test('a link becomes a side module that exports its own start', () => {
    const args = python.runPython(
      "from compiler import arguments; ' '.join(arguments(['-shared', '-o', 'a/_core.cpython-314.so', 'x.o', '-Wl,--as-needed', '-pthread', '-lm']))",
    ) as string;
    expect(args).toContain('-sSIDE_MODULE=2');
    expect(args).toContain('-sEXPORTED_FUNCTIONS=_PyInit__core');
    expect(args).toContain('-fwasm-exceptions');
    expect(args).not.toMatch(/-shared|--as-needed|-pthread/);
  });
});
