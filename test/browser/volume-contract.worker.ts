/** Runs the volume's contract over the origin private file system, each case in a folder of its own. */
import { messageOf } from '../../src/base/errors';
import { openOpfsStore } from '../../src/volume';
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
  const results: ContractResult[] = [];
  for (const [index, { name, run: runCase }] of volumeCases.entries()) {
    const store = openOpfsStore(await folder.getDirectoryHandle(String(index), { create: true }));
    const error = await runCase(store).then(
      () => null,
      (thrown: unknown) => messageOf(thrown),
    );
    results.push({ name, error });
  }
  return results;
}

postMessage(await run());
