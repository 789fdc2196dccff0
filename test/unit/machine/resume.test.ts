/** How a machine begins: where its session was or, when that cannot be, with a fresh Python on the same disk and a sentence. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import type { BaselineSource } from '../../../src/machine/start';
import type { DiskImage } from '../../../src/protocol/disk';
import { startMachine, TestBaselines, type TestMachine } from '../../fixtures/machine-on-node';
import { SessionDisk } from '../../fixtures/session-disk';

let machine: TestMachine;
afterEach(() => machine.close());

const SAVED = 'import os\nx = 41; open("kept.txt", "w").write("kept")';

/** A disk with a checkpoint, and the baselines that it builds on. */
async function saved(baselines = new TestBaselines()): Promise<{ disk: SessionDisk; baselines: TestBaselines }> {
  const disk = await SessionDisk.create();
  machine = await startMachine({ disk, baselines });
  await machine.run(SAVED);
  expect((await machine.capture()).problem).toBeNull();
  machine.close();
  return { disk, baselines };
}

async function expectFresh(problem: RegExp, keepImage = false): Promise<void> {
  expect(machine.resume).toMatchObject({ kind: 'fresh', keepImage });
  expect(machine.resume.problem).toMatch(problem);
  await machine.run('print(open("kept.txt").read(), "x" in globals())');
  expect(machine.output()).toBe('kept False\n');
}

test('the first machine offers a baseline, the next ones start from it, and neither has anything of a session in it', async () => {
  const { baselines } = await saved();
  expect(baselines.stored.size).toBe(1);
  const [bytes] = baselines.stored.values();
  expect(Buffer.from(bytes as Uint8Array).includes('kept.txt')).toBe(false);
  machine = await startMachine({ baselines });
  expect(machine.resume).toEqual({ kind: 'fresh', problem: null, keepImage: false, lost: [] });
  expect(baselines.stored.size).toBe(1);
  await machine.run('import sys, os\nprint(os.listdir(), sys.path[-1], [n for n in globals() if not n.startswith("_")])');
  expect(machine.output()).toBe("[] /lib ['sys', 'os']\n");
});

test('an image is gone on with, and then the one after it', async () => {
  const { disk, baselines } = await saved();
  for (let generation = 1; generation <= 3; generation++) {
    machine = await startMachine({ disk, baselines });
    expect(machine.resume).toEqual({ kind: 'resumed', problem: null, keepImage: false, lost: [] });
    await machine.run('x += 1; print(x)');
    expect(machine.output()).toBe(`${41 + generation}\n`);
    const report = await machine.capture();
    expect(report).toMatchObject({ image: 1, problem: null, lost: [] });
    expect(report.variables).toEqual([
      { name: 'os', type: 'module' },
      { name: 'x', type: 'int' },
    ]);
    expect(report.stored).toBeLessThan(400_000);
    machine.close();
  }
});

test('without a resume it begins anew, and its first image needs none before it', async () => {
  const { disk, baselines } = await saved();
  machine = await startMachine({ disk, baselines, resume: false });
  expect(machine.resume).toEqual({ kind: 'fresh', problem: null, keepImage: false, lost: [] });
  await machine.capture();
  expect(disk.checkpoint?.images).toHaveLength(1);
});

test('a damaged image', async () => {
  const { disk, baselines } = await saved();
  const image = disk.checkpoint?.images[0] as Uint8Array;
  image[image.length - 100] = (image[image.length - 100] as number) ^ 1;
  machine = await startMachine({ disk, baselines });
  await expectFresh(/damaged/);
});

test.each<[string, (image: DiskImage) => unknown, RegExp]>([
  ['that is not what was stored', ({ resume }) => Object.assign(resume?.images.pieces?.[0] ?? {}, { checksum: 0 }), /variables is damaged/],
  ['of which nobody knows where it is', ({ resume }) => Object.assign(resume?.images ?? {}, { pieces: null }), /variables is damaged/],
  ['that cannot be read at this moment', ({ segments }) => segments.clear(), /variables could not be read .*Reload the page/],
])('an image %s is said not to be, and tried again', async (_, spoil, problem) => {
  const { disk, baselines } = await saved();
  const { image } = disk;
  const spy = vi.spyOn(disk, 'image').mockImplementationOnce((...how) => {
    const handedOut = image.apply(disk, how);
    spoil(handedOut);
    return handedOut;
  });
  machine = await startMachine({ disk, baselines });
  expect(spy).toHaveBeenCalledOnce();
  expect(machine.resume).toMatchObject({ kind: 'fresh', problem: expect.stringMatching(problem), keepImage: true });
  machine.close();
  machine = await startMachine({ disk, baselines });
  expect(machine.resume).toMatchObject({ kind: 'resumed', problem: null });
});

test('an image of another build, which may still be of use to that', async () => {
  const { disk, baselines } = await saved();
  machine = await startMachine({ disk, baselines, version: '999.0.0' });
  await expectFresh(/another version/, true);
});

test('an image whose baseline is gone', async () => {
  const { disk } = await saved();
  machine = await startMachine({ disk, baselines: new TestBaselines() });
  await expectFresh(/not on this device/);
});

/** There is no room for one. */
class NoBaselines extends TestBaselines {
  override async offer() {
    return null;
  }
}

test('where no baseline is kept, an image holds all of the memory', async () => {
  const { disk } = await saved(new NoBaselines());
  machine = await startMachine({ disk, baselines: new NoBaselines() });
  expect(machine.resume).toMatchObject({ kind: 'resumed', problem: null });
  await machine.run('x += 1; print(x)');
  expect(machine.output()).toBe('42\n');
});

test('a baseline that is damaged is made anew', async () => {
  const { baselines } = await saved();
  const [[name, bytes]] = [...baselines.stored] as [[string, Uint8Array<ArrayBuffer>]];
  bytes[1000] = (bytes[1000] as number) ^ 1;
  machine = await startMachine({ baselines });
  expect(machine.resume.kind).toBe('fresh');
  expect([...baselines.stored.keys()].some((other) => other !== name)).toBe(true);
});

describe('a baseline that cannot be read', () => {
  /** What there is cannot be read, or nobody knows whether there is one. */
  const unreadable = (sha256: string): [string, BaselineSource['find']][] => {
    const bytes = { arrayBuffer: () => Promise.reject(new DOMException('It went away.', 'NotReadableError')) } as unknown as Blob;
    return [
      ['It went away', async () => ({ bytes, sha256 })],
      ['Nobody knows', () => Promise.reject(new Error('Nobody knows.'))],
    ];
  };
  const offer = async () => null;

  test('is done without where nothing builds on it', async () => {
    for (const [, find] of unreadable('a'.repeat(64))) {
      machine?.close();
      machine = await startMachine({ baselines: { find, offer } });
      expect(machine.resume).toEqual({ kind: 'fresh', problem: null, keepImage: false, lost: [] });
    }
  });

  test('is not called gone, and memory that builds on it goes on when it can be read', async () => {
    const { disk, baselines } = await saved();
    const [name] = baselines.stored.keys();
    for (const [why, find] of unreadable(name as string)) {
      machine = await startMachine({ disk, baselines: { find, offer } });
      expect(machine.resume).toMatchObject({ kind: 'fresh', keepImage: true });
      expect(machine.resume.problem).toContain(`could not be read (${why}). Reload the page`);
      machine.close();
    }
    machine = await startMachine({ disk, baselines });
    expect(machine.resume).toMatchObject({ kind: 'resumed', problem: null });
  });
});

test('what Python has given back takes no room in an image', async () => {
  const disk = await SessionDisk.create();
  machine = await startMachine({ disk });
  await machine.run('import os\nlarge = os.urandom(8 << 20)\nsmall = [os.urandom(1000) for n in range(3000)]');
  await machine.run('del large, small');
  const { stored } = await machine.capture();
  expect(stored).toBeLessThan(1 << 19);
});

test('files outside of the disk travel with the image', async () => {
  const { disk, baselines } = await saved();
  machine = await startMachine({ disk, baselines });
  await machine.run(
    'import sys\nos.makedirs("/usr/share/x"); open("/usr/share/x/data", "w").write("data"); os.symlink("x/data", "/usr/share/link")\n' +
      'open("/lib/python3.14/site-packages/added.py", "w").write("value = 5"); st = os.stat("/usr/share/x/data"); f = open("/usr/share/x/data")',
  );
  for (let generation = 0; generation < 2; generation++) {
    await machine.capture();
    machine.close();
    machine = await startMachine({ disk, baselines });
    expect(machine.resume.problem).toBeNull();
  }
  await machine.run('import added\nprint(added.value, open("/usr/share/link").read(), os.stat("/usr/share/x/data") == st, f.read())');
  expect(machine.output()).toBe('5 data True data\n');
});

test('a run that goes on is not captured', async () => {
  machine = await startMachine();
  const running = machine.run('import asyncio\nawait asyncio.sleep(0.2)');
  expect(await machine.capture()).toMatchObject({ image: null, problem: expect.stringContaining('between runs') });
  await running;
  expect(await machine.capture()).toMatchObject({ problem: null });
});
