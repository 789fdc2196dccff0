/** What the store alone writes and holds for what a program changes, on this machine's own files, as sessions grow: needs no browser. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'vitest';
import { INODE } from '../src/base/file-operation';
import type { Store } from '../src/volume';
import { openNodeStore } from '../src/volume/node-store';
import { Volume } from '../src/volume/volume';
import { watchWrites } from '../test/fixtures/watched-store';
import { describeMachine, printTable, type Row } from './table';

const ROUNDS = 5;
/** Rounds that come first and are not measured: after them all of the session was changed, and cleaning goes on in all of it. */
const FIRST_ROUNDS = 3;
const PAGE = 4096;
const MEBIBYTE = 2 ** 20;
const FILE = INODE.firstFree;
/** Runs to a round. Each changes a hundredth of the session: enough of them that cleaning has its share in what is measured. */
const RUNS = 50;
/** Moments that stay in the history. */
const KEPT = 10;
/** As in the keeper, which tidies up between runs. */
const CLEANED_AT_ONCE = 4 * MEBIBYTE;

/** Bytes that do not compress. */
function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let from = 0; from < length; from += 65_536) crypto.getRandomValues(bytes.subarray(from, Math.min(length, from + 65_536)));
  return bytes;
}

async function tidy(volume: Volume): Promise<void> {
  do await volume.replenish();
  while (volume.clean(CLEANED_AT_ONCE));
}

/** A new session with one file of so many pages. */
async function fill(store: Store, pages: number): Promise<Volume> {
  const volume = await Volume.open(store);
  volume.apply({ type: 'make', inode: FILE, parent: INODE.home, name: 'data', kind: 'file', mode: 0o644, time: Date.now() });
  for (let offset = 0; offset < pages * PAGE; offset += MEBIBYTE) {
    const data = noise(Math.min(MEBIBYTE, pages * PAGE - offset));
    volume.apply({ type: 'write', inode: FILE, offset, data, time: Date.now() });
    await tidy(volume);
  }
  volume.flush();
  return volume;
}

/** One run: changes so many pages anywhere, each by a write of its own, waits for stable storage, and is kept in the history. */
async function run(volume: Volume, pages: number, changes: number): Promise<void> {
  for (let n = 0; n < changes; n++) {
    const offset = Math.floor(Math.random() * pages) * PAGE;
    volume.apply({ type: 'write', inode: FILE, offset, data: noise(PAGE), time: Date.now() });
    if (n % 1000 === 999) await volume.replenish();
  }
  volume.createSnapshot('a run');
  const [oldest] = volume.snapshots;
  if (oldest && volume.snapshots.length > KEPT) volume.dropSnapshot(oldest.id);
  volume.flush();
  await tidy(volume);
}

test('bytes written per byte changed', async () => {
  const written: Row[] = [];
  const held: Row[] = [];
  for (const megabytes of [10, 100, 500]) {
    const folder = await mkdtemp(join(tmpdir(), 'dormouse-bench-'));
    try {
      let bytes = 0;
      const store = watchWrites(openNodeStore(folder), (_name, length) => {
        bytes += length;
      });
      const pages = Math.floor((megabytes * 1e6) / PAGE);
      const changes = Math.round(pages / 100);
      const volume = await fill(store, pages);
      const samples: { written: number[]; held: number[] } = { written: [], held: [] };
      for (let round = 0; round < FIRST_ROUNDS + ROUNDS; round++) {
        const before = bytes;
        for (let n = 0; n < RUNS; n++) await run(volume, pages, changes);
        samples.written.push((bytes - before) / (RUNS * changes * PAGE));
        samples.held.push(volume.stored / (pages * PAGE));
      }
      const name = `session of ${megabytes} MB`;
      const [measured, stored] = [samples.written.slice(FIRST_ROUNDS), samples.held.slice(FIRST_ROUNDS)];
      // Cleaning comes in large pieces: what it comes to in the end is the mean.
      written.push({ name, samples: measured, mean: measured.reduce((sum, sample) => sum + sample, 0) / ROUNDS });
      held.push({ name, samples: stored });
      volume.close();
    } finally {
      await rm(folder, { recursive: true });
    }
  }
  const title = `Written by runs that each change 1% of the pages of 4 KiB, anywhere, with ${KEPT} runs to go back to: cleaning and notes included`;
  const machine = describeMachine('the store on files of Node');
  printTable(machine, { title, unit: 'bytes per byte changed', digits: 2, mean: `mean of the ${ROUNDS}` }, written);
  printTable(machine, { title: 'What the store holds after such a round', unit: 'bytes per byte of the session', digits: 2 }, held);
});
