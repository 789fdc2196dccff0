/** A store that is full: what is deleted is free at once, for whoever asks for room as a machine does. */
import { describe, expect, it } from 'vitest';
import { NoSpaceError } from '../../../src/base/errors';
import { costOf, type FileOperation, INODE } from '../../../src/base/file-operation';
import { openMemoryStore, Volume } from '../../../src/volume';
import type { Store } from '../../../src/volume/store';
import { openDoublingStore } from '../../fixtures/doubling-store';

const MEBIBYTE = 2 ** 20;
const KEPT = INODE.firstFree;
const block = new Uint8Array(MEBIBYTE).map((_, index) => Math.imul(index, 2654435761) >>> 24);

/**
 * A store with a quota as in Chromium, where a file keeps the room that it once had until it is closed.
 * @param file the room that making a file takes, bytes
 */
function keepingRoom(quota: number, file = 0): Store {
  const store = openMemoryStore();
  const rooms = new Map<string, number>();
  const take = (name: string, size: number) => {
    const others = [...rooms].reduce((sum, [other, room]) => sum + (other === name ? 0 : room), 0);
    const room = Math.max(size, rooms.get(name) ?? 0);
    if (others + room > quota) throw new NoSpaceError('The quota is used up.');
    rooms.set(name, room);
  };
  return {
    ...store,
    async open(name) {
      take(name, file);
      const opened = await store.open(name);
      return {
        ...opened,
        write(data, offset) {
          take(name, offset + data.length);
          opened.write(data, offset);
        },
        truncate(size) {
          take(name, size);
          opened.truncate(size);
        },
        close() {
          rooms.set(name, opened.size());
          opened.close();
        },
      };
    },
    async remove(name) {
      await store.remove(name);
      rooms.delete(name);
    },
  };
}

/** A store in which not even an empty file can be made once it is full, as Chromium has it; `full` says when. */
function refusingFiles(full: () => boolean): Store {
  const store = openMemoryStore();
  return {
    ...store,
    async open(name) {
      if (full() && !(await store.list()).includes(name)) throw new NoSpaceError('No more files.');
      return store.open(name);
    },
  };
}

const STORES = {
  'counts what files have': (quota: number) => openMemoryStore({ quota }),
  'leaves files the room that they had': (quota: number) => keepingRoom(quota),
  'makes no files once it is full': (quota: number) => keepingRoom(quota, 4096),
  'doubles the room of a file or refuses it': (quota: number) => openDoublingStore({ quota }),
};

const make = (inode: number, name: string): FileOperation => ({
  type: 'make',
  inode,
  parent: INODE.home,
  name,
  kind: 'file',
  mode: 0o644,
  time: 1,
});

/** Carries operations out if there is room for all of them, as a machine asks for it; says whether. */
function carryOut(volume: Volume, operations: FileOperation[]): boolean {
  const cost = operations.reduce((sum, operation) => sum + costOf(operation), 0);
  if (volume.reserve(cost) < cost) return false;
  for (const operation of operations) volume.apply(operation);
  return true;
}

/** Writes blocks to a file, as long as room is granted for them; after each `between` of them a part of a file that stays. Answers with how many. */
function fill(volume: Volume, inode: number, between: number): number {
  let kept = volume.lookup('home/pyodide/kept')?.size ?? 0;
  for (let blocks = 0; ; blocks++) {
    const operations: FileOperation[] = [{ type: 'write', inode, offset: blocks * MEBIBYTE, data: block, time: 1 }];
    if (blocks % between === 0) operations.push({ type: 'write', inode: KEPT, offset: kept, data: block.subarray(0, 4096), time: 1 });
    if (!carryOut(volume, operations)) return blocks;
    kept += operations.length > 1 ? 4096 : 0;
  }
}

describe.each(Object.entries(STORES))('a full store that %s', (name, makeStore) => {
  // With less than this all of it may lie in the newest segment, whose room Chromium gives to no other.
  const quotas = name === 'counts what files have' ? [8, 20, 60, 120] : name.startsWith('doubles') ? [20, 60] : [20, 60, 120];
  it.each(quotas.flatMap((quota) => [1, 4, 1000].map((between) => [quota, between] as const)))(
    'of %i MiB has room for what was deleted, with something that stays after each %i MiB',
    async (quota, between) => {
      const volume = await Volume.open(makeStore(quota * MEBIBYTE));
      volume.apply(make(KEPT, 'kept'));
      let first = 0;
      for (let round = 0; round < 4; round++) {
        const inode = KEPT + 1 + round;
        volume.apply(make(inode, 'fill'));
        const blocks = fill(volume, inode, between);
        first ||= blocks;
        expect(blocks, `round ${round} after ${first}`).toBeGreaterThanOrEqual(Math.max(1, Math.floor(first / 2)));
        volume.apply({ type: 'unlink', parent: INODE.home, name: 'fill', time: 1 });
        // Others have their turn, as in the keeper.
        await volume.replenish();
      }
      expect(volume.check().findings).toEqual([]);
    },
  );
});

/** Fills what room there is, to the last page. */
function fillUp(volume: Volume, inode: number): void {
  let offset = 0;
  for (const data of [block, block.subarray(0, 4096)]) {
    while (carryOut(volume, [{ type: 'write', inode, offset, data, time: 1 }])) offset += data.length;
  }
}

// What is given up here changes pages all over the object map, and their next checkpoint takes more than the room that is held back for small things.
describe('a full store whose last changes are of another file', () => {
  const FILL = KEPT + 100_000;
  const scattered = (count: number) => (count * 7919) % 200_003;
  const unlink = (name: string): FileOperation => ({ type: 'unlink', parent: INODE.home, name, time: 1 });

  async function filled(makePart: (volume: Volume, index: number) => void, count: number): Promise<Volume> {
    const volume = await Volume.open(openMemoryStore({ quota: 60 * MEBIBYTE }), { slack: 64 * 1024 });
    for (let made = 0; made < count; made++) {
      makePart(volume, made);
      if (made % 256 === 0) await volume.replenish();
    }
    while (volume.clean(MEBIBYTE));
    await volume.replenish();
    volume.apply(make(FILL, 'fill'));
    fillUp(volume, FILL);
    return volume;
  }

  it('has room again when a file of many scattered pieces was deleted', async () => {
    const volume = await filled((disk, count) => {
      if (count === 0) disk.apply(make(KEPT, 'pieces'));
      disk.apply({ type: 'write', inode: KEPT, offset: scattered(count) * 4096, data: block.subarray(0, 4096), time: 1 });
    }, 7500);
    volume.apply(unlink('pieces'));
    expect(volume.reserve(MEBIBYTE)).toBeGreaterThanOrEqual(MEBIBYTE);
    expect(volume.check().findings).toEqual([]);
  });

  it('lets thousands of small files be deleted one by one, and has room again', async () => {
    const files = 5000;
    const volume = await filled((disk, count) => {
      disk.apply(make(KEPT + count, `${scattered(count)}`));
      disk.apply({ type: 'write', inode: KEPT + count, offset: 0, data: block.subarray(0, 4096), time: 1 });
    }, files);
    for (let count = 0; count < files; count++) volume.apply(unlink(`${scattered(count)}`));
    expect(volume.reserve(MEBIBYTE)).toBeGreaterThanOrEqual(MEBIBYTE);
    expect(volume.check().findings).toEqual([]);
  });
});

describe('a full store of small files side by side', () => {
  it.each([2, 4])('has room again when one of %i was deleted', async (apart) => {
    const volume = await Volume.open(openMemoryStore({ quota: 60 * MEBIBYTE }));
    let files = 0;
    while (
      carryOut(volume, [
        make(KEPT + files, `${files}`),
        { type: 'write', inode: KEPT + files, offset: 0, data: block.subarray(0, 4096), time: 1 },
      ])
    ) {
      files++;
      if (files % 256 === 0) await volume.replenish();
    }
    for (let file = 0; file < files; file += apart) volume.apply({ type: 'unlink', parent: INODE.home, name: `${file}`, time: 1 });
    await volume.replenish();
    // A promise of room takes into account what a checkpoint has to write with it.
    const room = Math.floor((0.5 * files * 4096) / apart);
    expect(volume.reserve(room)).toBeGreaterThanOrEqual(room);
    expect(volume.check().findings).toEqual([]);
  });
});

it('goes on with the segments that it has where no file can be made any more', async () => {
  let full = false;
  const volume = await Volume.open(refusingFiles(() => full));
  full = true;
  volume.apply(make(KEPT, 'kept'));
  for (let at = 0; at < 100; at++) {
    volume.apply({ type: 'write', inode: KEPT, offset: at * MEBIBYTE, data: block, time: 1 });
    // As the keeper does whenever it grants room.
    await volume.replenish();
  }
  volume.flush();
  expect(volume.readOnly).toBe(false);
  expect(volume.check().findings).toEqual([]);
});
