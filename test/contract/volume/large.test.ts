/** What a session may grow to, on this machine's own files: the largest file, very many pieces of one. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { INODE, MAX_FILE_SIZE } from '../../../src/base/file-operation';
import { xxh32 } from '../../../src/base/xxh32';
import { Volume } from '../../../src/volume';
import { fsck } from '../../../src/volume/fsck';
import { openNodeStore } from '../../../src/volume/node-store';

const FILE = INODE.firstFree;
const MEBIBYTE = 2 ** 20;
/** `LARGE_PIECES=1000000` for a million, which take more than a minute. */
const PIECES = Number(process.env.LARGE_PIECES ?? 100_000);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dormouse-large-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = () => Volume.open(openNodeStore(folder));
const make = (volume: Volume, name: string) =>
  volume.apply({ type: 'make', inode: FILE, parent: INODE.home, name, kind: 'file', mode: 0o644, time: 1 });

/** The bytes at an offset of a file that has others everywhere. */
function piece(offset: number, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  const words = new Uint32Array(bytes.buffer, 0, length >> 2);
  let state = (offset / 4096 + 1) >>> 0;
  for (let index = 0; index < words.length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    words[index] = state;
  }
  return bytes;
}

it('a file of 2 GiB is written, opened again, read, cut and removed', { timeout: 300_000 }, async () => {
  let volume = await open();
  make(volume, 'large');
  for (let offset = 0; offset < MAX_FILE_SIZE; offset += MEBIBYTE) {
    await volume.replenish();
    const data = piece(offset, Math.min(MEBIBYTE, MAX_FILE_SIZE - offset));
    volume.apply({ type: 'write', inode: FILE, offset, data, time: 1 });
  }
  volume.flush();
  const kept = volume.createSnapshot('all of it').id;
  volume.flush();
  volume.close();

  volume = await open();
  expect(volume.lookup('home/pyodide/large')?.size).toBe(MAX_FILE_SIZE);
  for (let offset = 0; offset < MAX_FILE_SIZE; offset += MEBIBYTE) {
    const expected = piece(offset, Math.min(MEBIBYTE, MAX_FILE_SIZE - offset));
    if (xxh32(volume.read(FILE, expected.length, offset)) !== xxh32(expected)) throw new Error(`Other bytes at ${offset}.`);
  }
  volume.apply({ type: 'truncate', inode: FILE, size: 10, time: 2 });
  expect(volume.read(FILE)).toEqual(piece(0, MEBIBYTE).subarray(0, 10));
  expect(volume.openSnapshot(kept).read(FILE, 8, 2 ** 30)).toEqual(piece(2 ** 30, MEBIBYTE).subarray(0, 8));
  volume.dropSnapshot(kept);
  volume.apply({ type: 'unlink', parent: INODE.home, name: 'large', time: 3 });
  volume.flush();
  do await volume.replenish();
  while (volume.clean(64 * MEBIBYTE));
  volume.flush();
  // What is not worth cleaning.
  expect(volume.stored).toBeLessThan(16 * MEBIBYTE);
  volume.close();
});

it('a file of very many pieces is read, changed in the middle and found sound', { timeout: 300_000 }, async () => {
  // Every second byte pair, from both ends in turn: no two pieces touch, and each is put between others.
  const offsetOf = (n: number) => 4 * (n % 2 === 0 ? n / 2 : PIECES - 1 - (n - 1) / 2);
  let volume = await open();
  make(volume, 'pieces');
  for (let n = 0; n < PIECES; n++) {
    if (n % 10_000 === 0) await volume.replenish();
    volume.apply({ type: 'write', inode: FILE, offset: offsetOf(n), data: new Uint8Array([n & 255, n >> 8]), time: 1 });
  }
  volume.flush();
  volume.close();

  volume = await open();
  const bytes = volume.read(FILE);
  for (let n = 0; n < PIECES; n++) {
    const at = offsetOf(n);
    if (bytes[at] !== (n & 255) || bytes[at + 1] !== ((n >> 8) & 255)) throw new Error(`Another piece at ${at}.`);
  }
  const middle = 2 * PIECES;
  volume.apply({ type: 'write', inode: FILE, offset: middle + 1, data: new Uint8Array(500).fill(7), time: 2 });
  expect(volume.read(FILE, 502, middle)).toEqual(
    Uint8Array.from([bytes[middle] ?? 0, ...new Uint8Array(500).fill(7), bytes[middle + 501] ?? 0]),
  );
  volume.flush();
  volume.close();
  expect(await fsck(openNodeStore(folder))).toMatchObject({ findings: [] });
});
