/** Dynamic libraries across a suspend: NumPy and pandas. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { startMachine, type TestMachine } from '../fixtures/machine-on-node';
import { TestPackages } from '../fixtures/packages';
import { SessionDisk } from '../fixtures/session-disk';
import { describeWithWheels, WHEELS, wheelsFor } from '../fixtures/wheels';

const MINUTE = 60_000;
/** Wheels are large, and unpacked they are larger. */
const CREDIT = 2 ** 30;

let machine: TestMachine;
afterEach(() => machine?.close());

/** A session in whose folder `packages` the wheels are unpacked whose names begin so. */
async function withPackages(...names: string[]): Promise<SessionDisk> {
  const disk = await SessionDisk.create();
  for (const file of readdirSync(WHEELS)) {
    if (!names.some((name) => file.startsWith(name))) continue;
    disk.addFile(file, new Uint8Array(readFileSync(join(WHEELS, file))));
  }
  machine = await startMachine({ disk, credit: CREDIT });
  await run(
    'import glob, os, sys, zipfile\nfor wheel in glob.glob("*.whl"): zipfile.ZipFile(wheel).extractall("packages"); os.remove(wheel)\n' +
      'sys.path.append("/home/pyodide/packages")',
  );
  return disk;
}

async function run(code: string): Promise<string> {
  machine.events.length = 0;
  const { status } = await machine.run(code);
  expect(status, machine.output()).toBe('finished');
  return machine.output();
}

async function again(disk: SessionDisk): Promise<void> {
  const report = await machine.capture();
  expect(report.problem).toBeNull();
  machine.close();
  const began = performance.now();
  machine = await startMachine({ disk, credit: CREDIT });
  console.log(
    `captured in ${Math.round(report.milliseconds)} ms, ${report.stored} bytes of ${report.heap}; resumed in ${Math.round(performance.now() - began)} ms`,
  );
  expect(machine.resume).toEqual({ kind: 'resumed', problem: null, keepImage: false, lost: [] });
}

describeWithWheels('dynamic libraries', () => {
  test('NumPy and pandas with live arrays and frames, three generations in a row', { timeout: 5 * MINUTE }, async () => {
    const disk = await withPackages('numpy', 'pandas', 'python_dateutil', 'pytz', 'six', 'tzdata');
    await run(
      'import numpy as np\nm = np.random.default_rng(3).standard_normal((200, 200)); s = np.linalg.svd(m, compute_uv=False)[0]; rng = np.random.default_rng(9)\n' +
        'import pandas as pd\ndf = pd.DataFrame({"k": ["a", "b"] * 5000, "v": np.arange(10000)}); total = df.groupby("k").v.sum()',
    );
    const expected = await run('np.random.default_rng(9).integers(1000, size=3).tolist()');
    for (let generation = 1; generation <= 3; generation++) {
      await again(disk);
      const said = await run(
        'print(bool(abs(np.linalg.svd(m, compute_uv=False)[0] - s) < 1e-9), df.groupby("k").v.sum().equals(total), df.v.rolling(10).mean().iloc[-1],\n' +
          '  df.head(9).merge(df.head(3), on="k").shape, np.fft.fft(np.ones(4)).real.tolist(), float(np.sort(m, axis=None)[0]) == float(m.min()), str(pd.date_range("2024-01-01", periods=3, tz="Europe/Paris")[2]))',
      );
      expect(said).toBe('True True 9994.5 (14, 3) [4.0, 0.0, 0.0, 0.0] True 2024-01-03 00:00:00+01:00\n');
    }
    expect(await run('rng.integers(1000, size=3).tolist()')).toBe(expected);
  });

  test('from packages that are mounted', { timeout: 5 * MINUTE }, async () => {
    const packages = new TestPackages(wheelsFor('numpy', 'pandas'));
    const disk = await SessionDisk.create();
    // The pytz that may be here reads them.
    const zones = join(WHEELS, 'tzdata.zip');
    if (existsSync(zones)) disk.addFile('tzdata.zip', new Uint8Array(readFileSync(zones)));
    machine = await startMachine({ disk, packages, credit: CREDIT });
    await run('import os, zipfile\nif os.path.exists("tzdata.zip"): zipfile.ZipFile("tzdata.zip").extractall("/")');
    await run(
      'import pandas as pd, numpy as np\ndf = pd.DataFrame({"k": ["a", "b"] * 5000, "v": np.arange(10000)}); total = df.groupby("k").v.sum()\nview = df.v.to_numpy()[::2]',
    );
    expect(packages.mounts.map(({ name }) => name)).toEqual(expect.arrayContaining(['numpy', 'pandas', 'python-dateutil', 'six']));
    for (let generation = 1; generation <= 2; generation++) {
      const report = await machine.capture();
      expect(report.problem).toBeNull();
      machine.close();
      machine = await startMachine({ disk, packages, credit: CREDIT });
      expect(machine.resume).toEqual({ kind: 'resumed', problem: null, keepImage: false, lost: [] });
      // Its libraries are linked from the wheels, and others still come from there.
      expect(
        await run(
          'import numpy.fft\nprint(df.groupby("k").v.sum().equals(total), int(view.sum()), np.fft.fft(np.ones(4)).real.tolist(), np.__file__)',
        ),
      ).toBe('True 24995000 [4.0, 0.0, 0.0, 0.0] /lib/python3.14/site-packages/numpy/__init__.py\n');
    }
  });

  test('of a package that was taken out are found for the memory that uses them', { timeout: 3 * MINUTE }, async () => {
    const packages = new TestPackages(wheelsFor('numpy'));
    const disk = await SessionDisk.create();
    machine = await startMachine({ disk, packages });
    await run('import numpy as np; a = np.arange(5)');
    await machine.call((call) => ({ type: 'uninstall', call, names: ['numpy'] }));
    await machine.capture();
    machine.close();
    machine = await startMachine({ disk, packages });
    expect(machine.resume.kind).toBe('resumed');
    expect(await run('print(a.sum(), os.path.exists(np.__file__))'.replace('os.', '__import__("os").'))).toBe('10 False\n');
  });

  test('a library that is loaded after a resume, and sessions with different libraries', { timeout: 3 * MINUTE }, async () => {
    const disk = await withPackages('numpy');
    await run('import numpy as np; a = np.arange(5)');
    await again(disk);
    await run('import numpy.fft, numpy.random; r = numpy.random.default_rng(5); first = r.random()');
    await again(disk);
    expect(await run('print(a.sum(), np.fft.ifft(np.fft.fft(a)).real.round(6).tolist(), np.random.default_rng(5).random() == first)')).toBe(
      '10 [0.0, 1.0, 2.0, 3.0, 4.0] True\n',
    );
    machine.close();

    const other = await withPackages('numpy');
    await run('import numpy.random, numpy as np; a = numpy.random.default_rng(1).random(3).tolist()');
    await again(other);
    expect(await run('print(numpy.random.default_rng(1).random(3).tolist() == a)')).toBe('True\n');
  });

  test('a library whose file has changed is not used: Python begins anew and says why', { timeout: 2 * MINUTE }, async () => {
    const disk = await withPackages('numpy');
    await run('import numpy as np');
    await machine.capture();
    await run('path = glob.glob("packages/numpy/_core/_multiarray_umath*.so")[0]\nwith open(path, "ab") as f: f.write(b"x")');
    machine.close();
    machine = await startMachine({ disk, credit: CREDIT });
    expect(machine.resume).toMatchObject({ kind: 'fresh', keepImage: false });
    expect(machine.resume.problem).toMatch(/library .*_multiarray_umath.* changed/);
    expect(await run('print("on")')).toBe('on\n');
  });
});
