/** What the keeper keeps of packages: the list of a session, at every checkpoint, and the wheels that sessions need. */
import { expect, test } from 'vitest';
import { Catalogue } from '../../../src/keeper/catalogue';
import { parsePackages, serializePackages } from '../../../src/keeper/package-list';
import { openMemoryStore } from '../../../src/volume/memory-store';
import { makeWheel, mountOf } from '../../fixtures/packages';
import { MemoryFolders, SharedFolder } from '../../fixtures/session-folders';
import { open, Page, ProcessLocks } from './fixture';

const one = mountOf(makeWheel('one', '1.0', { 'one.py': '' }), 'pypi.org');
const two = { ...mountOf(makeWheel('two', '2.0', { 'two.py': '' })), licence: 'MIT', removed: true };

test('the list is there when the session is opened again', async () => {
  const store = openMemoryStore();
  const page = await Page.open(store);
  expect(page.summary.packages).toEqual([]);
  await page.call('setPackages', { packages: [one, two] });
  await page.close();
  expect((await open(store)).summary.packages).toEqual([one, two]);
});

test('it belongs to the moment: undoing a run brings back the one before', async () => {
  const page = await open();
  const sandbox = await page.attach();
  const run = async (code: string, change: () => Promise<unknown>) => {
    const { run: number } = await page.call('beginRun', { code, document: code });
    await change();
    await page.call('endRun', { run: number, status: 'finished', sequence: sandbox.sequence, capture: sandbox.capture(code) });
  };
  await run('first', () => page.call('setPackages', { packages: [one] }));
  await run('second', () => page.call('setPackages', { packages: [one, two] }));
  await page.call('fence', null);
  const { undo } = await page.call('checkpoints', null);
  expect(await page.call('restore', { checkpoint: undo ?? 0, reason: 'undo' })).toMatchObject({ packages: [one] });
});

test('hosts that Python may reach stay with the session, whatever moment it goes back to', async () => {
  const store = openMemoryStore();
  const page = await Page.open(store);
  expect(page.summary.hosts).toEqual([]);
  await page.call('setHosts', { hosts: ['data.example.org'] });
  await page.call('setDurability', { durability: 'relaxed' });
  await expect(page.call('setHosts', { hosts: [1] } as never)).rejects.toThrow('no list of hosts');
  await page.close();
  expect((await open(store)).summary).toMatchObject({ hosts: ['data.example.org'], durability: 'relaxed' });
});

test('what is no list of packages is refused and changes nothing', async () => {
  const page = await open();
  await page.call('setPackages', { packages: [one] });
  const bad: unknown[] = [
    null,
    {},
    [null],
    [{ ...one, sha256: 'x' }],
    [{ ...one, file: '../one.whl' }],
    [{ ...one, name: 'One' }],
    [{ ...one, size: -1 }],
  ];
  for (const packages of bad) await expect(page.call('setPackages', { packages } as never)).rejects.toThrow('no list of packages');
  await expect(page.call('needWheels', { sha256s: ['x'] })).rejects.toThrow('sha256');
  await page.call('fence', null);
  expect((await page.call('report', null)).summary.packages).toEqual([one]);
});

test('a file that cannot be read is an empty list', () => {
  expect(parsePackages(new TextEncoder().encode('{"version": 1, "mounts": [{"name": "x"}, 5]'))).toEqual([]);
  expect(parsePackages(new TextEncoder().encode('{"version": 2, "mounts": []}'))).toEqual([]);
  expect(parsePackages(serializePackages([one, two]))).toEqual([one, two]);
});

test('a wheel lies once for all sessions, is checked when it is read, and stays while a session needs it', async () => {
  const folders = new MemoryFolders();
  const locks = new ProcessLocks();
  const folder = new SharedFolder();
  const catalogue = new Catalogue({ folders, shared: { open: async () => folder, read: async () => folder }, locks });
  const wheels = [makeWheel('one', '1.0', { 'one.py': '' }), makeWheel('two', '1.0', { 'two.py': '' })] as const;
  const { id } = await catalogue.create('Rain');
  const page = new Page({ locks, openStore: (_directory, session) => folders.open(session) });
  await page.open(id);
  await page.call('needWheels', { sha256s: [wheels[0].sha256] });
  for (const { bytes, sha256 } of wheels) expect(await catalogue.putWheel({ bytes: new Blob([bytes]) })).toEqual({ sha256 });
  await catalogue.tidy();
  expect(await folder.list()).toEqual([wheels[0].sha256]);
  const kept = await catalogue.getWheel({ sha256: wheels[0].sha256 });
  expect(new Uint8Array((await kept?.arrayBuffer()) ?? new ArrayBuffer(0))).toEqual(wheels[0].bytes);
  expect(await catalogue.getWheel({ sha256: wheels[1].sha256 })).toBeNull();
  expect(await catalogue.getWheel({ sha256: '../sessions' })).toBeNull();
  (await folder.open(wheels[0].sha256)).write(new TextEncoder().encode('x'), 10);
  expect(await catalogue.getWheel({ sha256: wheels[0].sha256 })).toBeNull();
  await page.close();
  await catalogue.purge(id);
  await catalogue.tidy();
  expect(await folder.list()).toEqual([]);
});
