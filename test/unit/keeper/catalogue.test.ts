/** The list of sessions over folders in memory: names, times, deletion, copies; notes that are cut off, damaged or from the future. */
import { expect, test } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { Catalogue } from '../../../src/keeper/catalogue';
import { KEPT_DELETED } from '../../../src/protocol/catalogue';
import { readersLock, sessionLock } from '../../../src/protocol/keeper';
import { Volume } from '../../../src/volume/volume';
import { MemoryFolders, SharedFolder } from '../../fixtures/session-folders';
import { Page, ProcessLocks } from './fixture';

const DAY = 24 * 3600 * 1000;
const START = 1_795_464_845_000;

function begin() {
  const folders = new MemoryFolders();
  const locks = new ProcessLocks();
  const clock = { time: START };
  const shared = new SharedFolder();
  const catalogue = new Catalogue({
    folders,
    shared: { open: async () => shared, read: async () => shared },
    locks,
    now: () => clock.time,
  });
  return { folders, locks, clock, catalogue, shared };
}

const NOBODY_CANCELS = { signal: new AbortController().signal, onProgress: () => undefined };

test('what a session is about is noted, and stays with its other changes', async () => {
  const { catalogue } = begin();
  const { id } = await catalogue.create('Rain');
  const about = { firstLine: 'import rain', bytes: 4000 };
  expect(await catalogue.describe(id, about)).toMatchObject({ name: 'Rain', about });
  await catalogue.rename(id, 'Snow');
  expect(await catalogue.list()).toMatchObject([{ name: 'Snow', about }]);
  await catalogue.describe(id, { firstLine: 'x'.repeat(9999), bytes: 1 });
  expect((await catalogue.list())[0]?.about?.firstLine).toHaveLength(200);
  await catalogue.describe(id, { firstLine: 7, bytes: Number.NaN } as never);
  expect((await catalogue.list())[0]).toMatchObject({ name: 'Snow', about: null });
});

test('sessions are listed by when they were opened, and one without a note under its id', async () => {
  const { catalogue, clock, folders } = begin();
  expect(await catalogue.list()).toEqual([]);
  await folders.open('main');
  const rain = await catalogue.create('  Rain\n study ');
  clock.time += 1000;
  const snow = await catalogue.create('Snow');
  expect(rain).toEqual({
    id: expect.stringMatching(/^[a-z0-9]{12}$/),
    name: 'Rain study',
    created: START,
    opened: null,
    deleted: null,
    foreign: false,
    about: null,
  });
  expect((await catalogue.list()).map(({ name }) => name)).toEqual(['Snow', 'Rain study', 'main']);
  clock.time += 1000;
  await catalogue.opened(rain.id, 'not used');
  expect((await catalogue.list()).map(({ name }) => name)).toEqual(['Rain study', 'Snow', 'main']);
  expect(await catalogue.opened('main', 'First session')).toMatchObject({
    id: 'main',
    name: 'First session',
    created: null,
    opened: clock.time,
  });
  expect((await catalogue.rename(snow.id, 'Neige')).name).toBe('Neige');
  expect((await catalogue.list()).map(({ name }) => name)).toContain('Neige');
});

test.each([
  ['', /needs a name/],
  [' \n ', /needs a name/],
  ['x'.repeat(201), /at most 200 characters long, this one has 201/],
])('the name %j is refused and the old one stays', async (name, message) => {
  const { catalogue } = begin();
  const { id } = await catalogue.create('Old');
  await expect(catalogue.rename(id, name)).rejects.toThrow(message);
  expect((await catalogue.list())[0]?.name).toBe('Old');
});

test('a deleted session can be brought back for 30 days and then goes, when nobody has it', async () => {
  const { catalogue, clock, folders, locks } = begin();
  const { id } = await catalogue.create('Rain');
  expect((await catalogue.delete(id)).deleted).toBe(START);
  expect((await catalogue.bringBack(id)).deleted).toBeNull();
  await catalogue.delete(id);
  clock.time += 29 * DAY;
  await catalogue.tidy();
  expect(await folders.list()).toEqual([id]);
  clock.time = START + KEPT_DELETED + 1;
  await catalogue.tidy();
  clock.time += DAY;
  for (const lock of [sessionLock(id), readersLock(id)]) {
    await locks.request(lock, { mode: 'shared' }, () => catalogue.tidy());
    expect(await folders.list()).toEqual([id]);
  }
  await catalogue.tidy();
  expect(await folders.list()).toEqual([]);
  await expect(catalogue.bringBack(id)).rejects.toThrow(/deleted for good/);
});

test('a clock that jumps takes no deleted session away early', async () => {
  const { catalogue, clock, folders } = begin();
  const { id } = await catalogue.create('Rain');
  await catalogue.delete(id);
  const tidyAt = async (time: number) => {
    clock.time = time;
    await catalogue.tidy();
    return folders.list();
  };
  // Years ahead, and right again; then for some hours; then back behind its deletion.
  expect(await tidyAt(START + 3000 * DAY)).toEqual([id]);
  expect(await tidyAt(START + DAY)).toEqual([id]);
  expect(await tidyAt(START + 2000 * DAY)).toEqual([id]);
  expect(await tidyAt(START + 2000.5 * DAY)).toEqual([id]);
  expect(await tidyAt(START - 500 * DAY)).toEqual([id]);
  // What the jumps left behind does not shorten what it is due.
  expect(await tidyAt(START + KEPT_DELETED + 1)).toEqual([id]);
  expect(await tidyAt(START + KEPT_DELETED + DAY)).toEqual([id]);
  expect(await tidyAt(START + KEPT_DELETED + DAY + 2)).toEqual([]);
});

test('deleting for good is refused while a tab has the session or reads it', async () => {
  const { catalogue, folders, locks } = begin();
  const { id } = await catalogue.create('Rain');
  for (const lock of [sessionLock(id), readersLock(id)]) {
    await locks.request(lock, { mode: 'shared' }, () => expect(catalogue.purge(id)).rejects.toMatchObject({ code: 'busy' }));
    expect(await folders.list()).toEqual([id]);
  }
  await catalogue.purge(id);
  expect(await folders.list()).toEqual([]);
});

test('a note of a later version is listed and never written', async () => {
  const { catalogue, folders } = begin();
  const folder = await folders.open('later');
  const text = JSON.stringify({ format: 'dormouse-session', version: 2, name: 'From the future', colour: 'red' });
  (await folder.open('session.json')).write(new TextEncoder().encode(text), 0);
  const before = folder.contents();
  expect(await catalogue.list()).toEqual([
    { id: 'later', name: 'From the future', created: null, opened: null, deleted: null, foreign: true, about: null },
  ]);
  for (const act of [() => catalogue.rename('later', 'x'), () => catalogue.delete('later'), () => catalogue.purge('later')]) {
    await expect(act()).rejects.toMatchObject({ code: 'unsupported' });
  }
  expect((await catalogue.opened('later', 'x')).foreign).toBe(true);
  expect(folder.contents()).toEqual(before);
});

test('wherever a write of the note is cut off, the old or the new one is there', async () => {
  const { catalogue, folders } = begin();
  const { id } = await catalogue.create('Old');
  const folder = folders.folders.get(id) as SharedFolder;
  const old = folder.contents()['session.json'] as Uint8Array;
  await catalogue.rename(id, 'New');
  const fresh = folder.contents()['session.json'] as Uint8Array;
  const states = [
    ...[0, 1, 20, fresh.length - 2].map((cut) => ({ 'session.json': old, 'session.json.new': fresh.slice(0, cut) })),
    ...[0, 1, 20, fresh.length].map((cut) => ({ 'session.json': fresh.slice(0, cut), 'session.json.new': fresh })),
  ];
  for (const state of states) {
    for (const [name, bytes] of Object.entries(state)) {
      const file = await folder.open(name);
      file.truncate(0);
      file.write(bytes, 0);
    }
    expect((await catalogue.list())[0]?.name).toBe(state['session.json'] === old ? 'Old' : 'New');
  }
});

test('a flipped byte of a note is noticed: the session is listed under its id', async () => {
  const { catalogue, folders } = begin();
  const { id } = await catalogue.create('Rain');
  const file = await (folders.folders.get(id) as SharedFolder).open('session.json');
  const byte = new Uint8Array(1);
  const offset = 55;
  file.read(byte, offset);
  file.write(
    byte.map((value) => value ^ 1),
    offset,
  );
  expect((await catalogue.list())[0]).toMatchObject({ id, name: id });
});

/** A session with files, and its open volume. */
async function withVolume() {
  const parts = begin();
  const { id } = await parts.catalogue.create('Rain');
  const folder = await parts.folders.open(id);
  const volume = await Volume.open(folder);
  let inode = volume.nextInode;
  const writeFile = (name: string, text: string) => {
    volume.apply({ type: 'make', inode, parent: INODE.home, name, kind: 'file', mode: 0o644, time: START });
    volume.apply({ type: 'write', inode: inode++, offset: 0, data: new TextEncoder().encode(text), time: START });
  };
  return { ...parts, id, folder, volume, writeFile };
}

async function filesOf(folder: SharedFolder): Promise<{ names: string[]; damage: string | null }> {
  const volume = await Volume.open(folder);
  const names = volume.entries().flatMap(({ name, kind }) => (kind === 'file' ? [name] : []));
  const { damage } = volume;
  volume.close();
  return { names, damage };
}

test('a copy has the files of the moment and goes its own way', async () => {
  const { catalogue, folders, id, volume, writeFile } = await withVolume();
  writeFile('a.txt', 'a');
  volume.flush();
  const copy = await catalogue.copy(id, 'Copy of Rain', NOBODY_CANCELS);
  writeFile('b.txt', 'b');
  expect(copy).toMatchObject({ name: 'Copy of Rain', created: START, opened: null, deleted: null });
  expect(await filesOf(await folders.open(copy.id))).toEqual({ names: ['a.txt'], damage: null });
  expect((await catalogue.list()).map(({ name }) => name).sort()).toEqual(['Copy of Rain', 'Rain']);
});

test('a copy made while the owner writes is a prefix of what it wrote, with everything from before', async () => {
  const { catalogue, folders, id, folder, volume, writeFile } = await withVolume();
  for (let i = 0; i < 20; i++) writeFile(`before-${i}`, 'x'.repeat(100_000));
  volume.flush();
  let written = 0;
  let reads = 0;
  folder.onRead = (name) => {
    // Two of three reads find the file changed.
    if (name.startsWith('session') || ++reads % 3 === 0) return;
    writeFile(`during-${written++}`, 'y'.repeat(100_000));
    volume.flush();
  };
  const copy = await catalogue.copy(id, 'Copy', NOBODY_CANCELS);
  folder.onRead = () => undefined;
  expect(written).toBeGreaterThan(5);
  const { names, damage } = await filesOf(await folders.open(copy.id));
  expect(damage).toBeNull();
  expect(names.filter((name) => name.startsWith('before'))).toHaveLength(20);
  const during = names.filter((name) => name.startsWith('during'));
  expect(during).toEqual(during.map((_, index) => `during-${index}`));
});

test('a copy that is cancelled leaves nothing, and one that was cut off is removed by tidying', async () => {
  const { catalogue, folders, id, writeFile, locks, folder } = await withVolume();
  writeFile('a.txt', 'a'.repeat(2_000_000));
  const controller = new AbortController();
  const seen: [number, number][] = [];
  const cancelled = catalogue.copy(id, 'Copy', {
    signal: controller.signal,
    onProgress: (done, total) => {
      seen.push([done, total]);
      if (done > 0) controller.abort();
    },
  });
  await expect(cancelled).rejects.toMatchObject({ name: 'AbortError' });
  expect(seen.length).toBeGreaterThan(1);
  expect(seen[1]?.[0]).toBeLessThan(seen[1]?.[1] as number);
  expect(await folders.list()).toEqual([id]);

  // As if the tab had been killed: the folder is as it was in the middle, the lock is nobody's.
  let middle: Record<string, Uint8Array> = {};
  const copying = catalogue.copy(id, 'Copy', { ...NOBODY_CANCELS, onProgress: () => undefined });
  folder.onRead = () => {
    middle = [...folders.folders.entries()].find(([other]) => other !== id)?.[1].contents() ?? {};
  };
  await copying;
  folder.onRead = () => undefined;
  const wreck = await folders.open('wreck');
  for (const [name, bytes] of Object.entries(middle)) (await wreck.open(name)).write(bytes, 0);
  expect((await catalogue.list()).map((entry) => entry.id)).not.toContain('wreck');
  await locks.request(sessionLock('wreck'), { mode: 'exclusive' }, () => catalogue.tidy());
  expect(await folders.list()).toContain('wreck');
  await catalogue.tidy();
  expect(await folders.list()).not.toContain('wreck');
});

test('a copy has the checkpoints with their images; one from a checkpoint is what the session was then', async () => {
  const { catalogue, folders, locks, clock } = begin();
  const { id } = await catalogue.create('Rain');
  const open = async (session: string) => {
    const page = new Page({ locks, openStore: (_directory, name) => folders.open(name), now: () => clock.time++ });
    const summary = await page.open(session);
    const sandbox = await page.attach({ resume: true });
    await page.call('attached', { resumed: sandbox.image.resume !== null, keepImage: false });
    return { page, sandbox, summary, files: sandbox.image.entries.flatMap(({ name, kind }) => (kind === 'file' ? [name] : [])) };
  };
  const { page, sandbox } = await open(id);
  for (let index = 1; index <= 3; index += 1) {
    const { run } = await page.call('beginRun', { code: `run ${index}` });
    sandbox.writeFile(INODE.home, `${index}.txt`, 'x');
    const capture = sandbox.capture(`[${index}]`, { whole: index === 1 });
    await page.call('endRun', { run, status: 'finished', sequence: sandbox.sequence, capture });
  }
  const [start, , second] = (await page.call('checkpoints', null)).checkpoints;
  const whole = await catalogue.copy(id, 'Copy', NOBODY_CANCELS);
  const branch = await catalogue.copy(id, 'Branch', { ...NOBODY_CANCELS, checkpoint: second?.id as number });
  const fresh = await catalogue.copy(id, 'Fresh', { ...NOBODY_CANCELS, checkpoint: start?.id as number });
  await expect(catalogue.copy(id, 'None', { ...NOBODY_CANCELS, checkpoint: 99 })).rejects.toMatchObject({ code: 'invalid' });
  expect(await folders.list()).toHaveLength(4);

  const seen = async (session: string) => {
    const opened = await open(session);
    const { checkpoints } = await opened.page.call('checkpoints', null);
    const shown = {
      resumed: await opened.sandbox.resumed(),
      files: opened.files,
      runs: opened.summary.runs,
      code: opened.summary.code,
      kept: checkpoints.map(({ run, origin }) => run ?? origin),
    };
    await opened.page.close();
    const volume = await Volume.open(await folders.open(session));
    expect(volume.check().findings).toEqual([]);
    volume.close();
    return shown;
  };
  const files = ['1.txt', '2.txt', '3.txt'];
  expect(await seen(whole.id)).toEqual({ resumed: '[1][2][3]', files, runs: 3, code: 'run 3', kept: ['before-run', 1, 2, 3] });
  expect(await seen(branch.id)).toEqual({
    resumed: '[1][2]',
    files: files.slice(0, 2),
    runs: 2,
    code: 'run 2',
    kept: ['before-run', 1, 2],
  });
  expect(await seen(fresh.id)).toEqual({ resumed: null, files: [], runs: 0, code: null, kept: ['before-run'] });
  await page.close();
});

test('what each session takes is measured, and what all share by its kind', async () => {
  const { catalogue, shared } = begin();
  const { id } = await catalogue.create('Rain');
  const other = await catalogue.create('Snow');
  const before = await catalogue.measure();
  expect(before).toMatchObject({ baselines: 0, wheels: 0 });
  expect(before.sessions.map((each) => each.id).sort()).toEqual([id, other.id].sort());
  expect(before.sessions.every(({ bytes }) => bytes > 0)).toBe(true);
  await catalogue.putWheel({ bytes: new Blob([new Uint8Array([0x50, 0x4b, 3, 4, 0])]) });
  await catalogue.putBaseline({ build: 'b', bytes: new Blob([new Uint8Array(100)]) });
  await shared.open('not-a-checksum');
  expect(await catalogue.measure()).toMatchObject({ baselines: 100, wheels: 5 });
});
