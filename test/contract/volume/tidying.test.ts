/** What giving back space costs: the checkpoints that it takes are made for the sake of room that is worth them. */
import { expect, it } from 'vitest';
import { INODE } from '../../../src/base/file-operation';
import { openMemoryStore, Volume } from '../../../src/volume';
import { watchWrites } from '../../fixtures/watched-store';

const FILE = INODE.firstFree;
const MEBIBYTE = 2 ** 20;
const PAGE = 4096;
const SIZE = 24 * MEBIBYTE;

async function write(volume: Volume, offset: number, size: number): Promise<void> {
  await volume.replenish();
  volume.apply({ type: 'write', inode: FILE, offset, data: crypto.getRandomValues(new Uint8Array(size)), time: 1 });
}

/** As the keeper does between runs, in small steps: a large session has more to give up than one of its steps takes. */
async function tidy(volume: Volume): Promise<void> {
  do await volume.replenish();
  while (volume.clean(8 * PAGE));
}

it('a run that changes little makes no checkpoint when it is tidied up after; what a large file took is given back', async () => {
  /** Superblocks that were written. */
  let checkpoints = 0;
  const store = watchWrites(openMemoryStore(), (name) => {
    if (name === 'super') checkpoints += 1;
  });
  const volume = await Volume.open(store);
  volume.apply({ type: 'make', inode: FILE, parent: INODE.home, name: 'large', kind: 'file', mode: 0o644, time: 1 });
  // In small pieces, so that what a snapshot leaves behind is more than what is taken up beside other work.
  for (let offset = 0; offset < SIZE; offset += PAGE) await write(volume, offset, PAGE);
  volume.flush();
  await tidy(volume);
  volume.checkpoint();
  const before = checkpoints;
  for (let run = 0; run < 20; run++) {
    for (let change = 0; change < 20; change++) await write(volume, ((run * 20 + change) * 101 * PAGE) % SIZE, PAGE);
    volume.createSnapshot('a run');
    const [oldest] = volume.snapshots;
    if (oldest && volume.snapshots.length > 2) volume.dropSnapshot(oldest.id);
    volume.flush();
    await tidy(volume);
  }
  expect(checkpoints).toBe(before);

  for (const { id } of volume.snapshots) volume.dropSnapshot(id);
  volume.apply({ type: 'unlink', parent: INODE.home, name: 'large', time: 2 });
  volume.flush();
  await tidy(volume);
  expect(volume.stored).toBeLessThan(SIZE / 2);
  expect(volume.check().findings).toEqual([]);
  volume.close();
});
