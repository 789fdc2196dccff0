/** What the store that all sessions share has to do, for folders in memory and in a browser alike. Throws where it does not hold. */
import { sha256 } from '../../../src/base/sha256';
import { isSound, type SharedFolder, SharedStore } from '../../../src/keeper/shared-store';

interface SharedStoreCase {
  name: string;
  run(folder: SharedFolder): Promise<void>;
}

function equal(actual: unknown, expected: unknown, what: string): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${what}: got ${got}, expected ${wanted}`);
}

const bytesOf = (length: number, value: number) => new Uint8Array(length).map((_, index) => (index * 7 + value) % 251);

export const sharedStoreCases: readonly SharedStoreCase[] = [
  {
    name: 'what was stored is read under its name, by others too, and stored once',
    async run(folder) {
      const store = new SharedStore(folder);
      const bytes = bytesOf(3_000_000, 1);
      const name = await store.put(bytes);
      equal(name, await sha256(bytes), 'the name');
      equal(await store.put(bytes.slice()), name, 'the name of the same bytes');
      equal(await store.list(), [name], 'the files');
      const readers = await Promise.all([1, 2, 3].map(() => new SharedStore(folder).get(name)));
      for (const read of readers) equal(isSound(read) && (await sha256(await read.arrayBuffer())), name, 'what was read');
      equal(await store.get(await sha256(bytesOf(3, 3))), null, 'what was never stored');
      await store.remove(name);
      equal(await store.list(), [], 'the files after removing');
      await store.remove(name);
    },
  },
  {
    name: 'what was cut off or spoilt is damaged, and can be stored again',
    async run(folder) {
      const store = new SharedStore(folder);
      const bytes = bytesOf(200_000, 2);
      const name = await store.put(bytes);
      const spoil = async (change: (file: { write(data: Uint8Array, offset: number): void; truncate(size: number): void }) => void) => {
        const file = await (await folder.open()).open(name);
        change(file);
        file.flush();
        file.close();
        equal(await store.get(name), 'damaged', 'what is read of it');
        equal(await store.put(bytes), name, 'storing it again');
        const read = await store.get(name);
        equal(isSound(read) && (await read.arrayBuffer()).byteLength, bytes.length, 'what is read then');
      };
      await spoil((file) => file.truncate(100_000));
      await spoil((file) => file.truncate(0));
      await spoil((file) => file.write(new Uint8Array([1, 2, 3]), 150_000));
      await spoil((file) => file.truncate(200_001));
    },
  },
];
