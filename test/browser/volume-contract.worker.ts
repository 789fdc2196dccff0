/** Runs the contracts of the volume and of the shared store over the origin private file system, each case in a folder of its own. */
import { messageOf } from '../../src/base/errors';
import { openOpfsStore } from '../../src/volume';
import { openOpfsFolder } from '../../src/volume/readable-folder';
import { sharedStoreCases } from '../contract/keeper/shared-store-cases';
import { volumeCases } from '../contract/volume/cases';

export interface ContractResult {
  name: string;
  /** Null when the case held. */
  error: string | null;
}

const FOLDER = 'volume-contract';

async function run(): Promise<ContractResult[]> {
  const root = await navigator.storage.getDirectory();
  await root.removeEntry(FOLDER, { recursive: true }).catch((error: DOMException) => {
    if (error.name !== 'NotFoundError') throw error;
  });
  const folder = await root.getDirectoryHandle(FOLDER, { create: true });
  const cases = [
    ...volumeCases.map(({ name, run }) => ({ name, run: (directory: FileSystemDirectoryHandle) => run(openOpfsStore(directory)) })),
    ...sharedStoreCases.map(({ name, run }) => ({
      name,
      run: (directory: FileSystemDirectoryHandle) =>
        run({ open: async () => openOpfsStore(directory), read: async () => openOpfsFolder(directory) }),
    })),
    { name: 'a handle that is still open, as a moment after a reload, is waited for', run: openTwice },
  ];
  const results: ContractResult[] = [];
  for (const [index, { name, run: runCase }] of cases.entries()) {
    const error = await runCase(await folder.getDirectoryHandle(String(index), { create: true })).then(
      () => null,
      (thrown: unknown) => messageOf(thrown),
    );
    results.push({ name, error });
  }
  return results;
}

async function openTwice(directory: FileSystemDirectoryHandle): Promise<void> {
  const store = openOpfsStore(directory);
  const before = await store.open('file');
  before.write(Uint8Array.of(7), 0);
  setTimeout(() => before.close(), 300);
  const after = await store.open('file');
  const bytes = new Uint8Array(1);
  after.read(bytes, 0);
  after.close();
  if (bytes[0] !== 7) throw new Error('What was written by the handle before is not there.');
}

postMessage(await run());
