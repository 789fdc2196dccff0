/** Memory in which a package is imported already, as what new sessions begin with. */
import { afterEach, beforeAll, expect, test } from 'vitest';
import { ARRAY_TOPICS } from '../differential/array-topics';
import { compare } from '../differential/compare';
import { seeded } from '../differential/program';
import type { Topic } from '../differential/topics';
import { baselines, prepareWith, startMachine, type TestMachine } from '../fixtures/machine-on-node';
import { TestPackages } from '../fixtures/packages';
import { SessionDisk } from '../fixtures/session-disk';
import { describeWithWheels, wheelsFor } from '../fixtures/wheels';

const MEBIBYTE = 2 ** 20;
const CREDIT = 64 * MEBIBYTE;
const IMPORTED = 'import sys; print("pandas" in sys.modules, "numpy" in sys.modules)';

describeWithWheels('a baseline with pandas imported', () => {
  const catalogue = wheelsFor('numpy', 'pandas');
  let baseline = '';
  beforeAll(async () => {
    baseline = await prepareWith('pandas', new TestPackages(catalogue));
  });

  let machine: TestMachine;
  afterEach(() => machine.close());

  async function run(code: string): Promise<string> {
    machine.events.length = 0;
    const { status } = await machine.run(code);
    expect(status, machine.output()).toBe('finished');
    return machine.output();
  }

  /** A machine of a new session. */
  async function begin(options: { baseline?: string; packages?: TestPackages } = {}) {
    const packages = options.packages ?? new TestPackages(catalogue);
    const disk = await SessionDisk.create();
    machine = await startMachine({ disk, packages, credit: CREDIT, baseline: options.baseline ?? baseline });
    return { disk, packages };
  }

  test('a session begins with it, remembers its packages, and keeps only what it adds', async () => {
    const { disk, packages } = await begin();
    expect(machine.resume).toEqual({ kind: 'fresh', problem: null, keepImage: false, lost: [] });
    expect(packages.mounts.map(({ name }) => name)).toEqual(expect.arrayContaining(['numpy', 'pandas', 'python-dateutil', 'six']));
    expect(await run(`${IMPORTED}; print([name for name in dir() if name[0] != '_'])`)).toBe("True True\n['sys']\n");
    await run('import pandas as pd\nframe = pd.DataFrame({"a": range(1000)}); rows = frame.itertuples(); next(rows)');
    const report = await machine.capture();
    expect(report).toMatchObject({ problem: null, lost: [] });
    expect(report.stored).toBeLessThan(MEBIBYTE);
    machine.close();
    machine = await startMachine({ disk, packages, credit: CREDIT });
    expect(machine.resume.kind).toBe('resumed');
    expect(await run('print(next(rows).a, frame.a.sum(), pd.Timestamp("2024-03-31", tz="Europe/Berlin").tz)')).toBe(
      '1 499500 Europe/Berlin\n',
    );
  });

  test('Python says which packages code imports, for a baseline to be chosen', async () => {
    await begin();
    const named = (code: string) =>
      machine.call<string[]>((call) => ({ type: 'look', call, look: 'importedPackages', argument: { code } }));
    expect(await named('import os, pandas as pd\nif True:\n    from numpy.linalg import inv')).toEqual(['numpy', 'pandas']);
    expect(await named('text = "import pandas"')).toEqual([]);
    expect(await named('%pip install six==1.16\nimport pandas')).toEqual([]);
    await run('with open("mine.py", "w") as file: file.write("import numpy")');
    expect(await named('import mine')).toEqual(['numpy']);
    // pandas imports it, and would find the one that is here.
    await run('import os; os.mkdir("dateutil"); open("dateutil/__init__.py", "w").close()');
    expect(await named('import pandas')).toEqual([]);
  });

  test('two sessions have no random numbers in common', async () => {
    const code =
      'import numpy as np, random, secrets\nprint(np.random.rand(), random.random(), np.random.default_rng().random(), secrets.token_hex())';
    await begin();
    const one = (await run(code)).split(' ');
    machine.close();
    await begin();
    const other = (await run(code)).split(' ');
    for (const [index, number] of one.entries()) expect(other[index]).not.toBe(number);
  });

  test.each([
    ['is not there any more', () => 'f'.repeat(64)],
    [
      'is damaged',
      () => {
        const bytes = (baselines.stored.get(baseline) as Uint8Array<ArrayBuffer>).slice();
        bytes[bytes.length >> 1] = 255 - (bytes[bytes.length >> 1] as number);
        baselines.stored.set('damaged', bytes);
        return 'damaged';
      },
    ],
  ])('where it %s Python begins as ever', async (_, which) => {
    await begin({ baseline: which() });
    expect(machine.resume).toMatchObject({ kind: 'fresh', lost: [] });
    expect(await run(IMPORTED)).toBe('False False\n');
    expect(await run('import pandas; print(pandas.__name__)')).toBe('pandas\n');
  });

  test('where a wheel is not to be had Python begins as ever', async () => {
    const packages = new TestPackages(catalogue);
    packages.missing.add(catalogue.find(({ name }) => name === 'six')?.sha256 ?? '');
    await begin({ packages });
    expect(machine.resume).toMatchObject({ kind: 'fresh', lost: [] });
    expect(await run(`${IMPORTED}; import numpy; print(numpy.ones(2))`)).toBe('False False\n[1. 1.]\n');
  });

  test('a program says the same on it, suspended after every statement', async () => {
    const statements = (ARRAY_TOPICS.frames as Topic)('b_', seeded(1));
    const said = await compare(statements, 'frames', catalogue, baseline);
    for (const [at, each] of said.entries()) expect(each, statements[at]).toMatch(/\[finished\]$/);
  });
});
