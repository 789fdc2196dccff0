/** What takes longest begins before the rest of the page's program is there: its workers, the list of sessions, and a sandbox. */
import { startAhead } from '../sandbox/ahead';
import { createDatabaseReader } from '../sandbox/create-reader';
import { Baselines, PackageIndex, type SessionOptions, Sessions, Wheels } from '../session';

export interface Ahead {
  /** The origin private file system; null where the browser refuses it, as Firefox does in private windows. */
  readonly directory: Promise<FileSystemDirectoryHandle | null>;
  /** Null where nothing is stored. */
  readonly list: Promise<Sessions | null>;
  readonly startKeeper: SessionOptions['startKeeper'];
  readonly createSandbox: SessionOptions['createSandbox'];
  readonly wheels: Wheels;
  readonly index: PackageIndex;
  readonly createReader: SessionOptions['createReader'];
}

export function beginAhead(): Ahead {
  const startKeeper = startedAhead(() => new Worker(new URL('../keeper/worker.ts', import.meta.url), { type: 'module' }));
  const startCatalogue = startedAhead(() => new Worker(new URL('../keeper/catalogue-worker.ts', import.meta.url), { type: 'module' }));
  const directory = openStorage();
  const list = openList(directory, startCatalogue);
  const wheels = new Wheels(list);
  const index = new PackageIndex({ url: __PACKAGE_INDEX__, hosts: __PACKAGE_HOSTS__ });
  return {
    directory,
    list,
    startKeeper,
    createSandbox: startAhead(new Baselines(list)),
    wheels,
    index,
    createReader: createDatabaseReader,
  };
}

/** Starts a worker at once. The first call gets that one, each later call, or one after it has failed, a new one. */
function startedAhead(start: () => Worker): () => Worker {
  let first: Worker | null = start();
  first.onerror = () => {
    first = null;
  };
  return () => {
    const worker = first ?? start();
    first = null;
    return worker;
  };
}

async function openStorage(): Promise<FileSystemDirectoryHandle | null> {
  try {
    return await navigator.storage.getDirectory();
  } catch {
    return null;
  }
}

async function openList(opening: Promise<FileSystemDirectoryHandle | null>, startCatalogue: () => Worker): Promise<Sessions | null> {
  const directory = await opening;
  if (!directory) return null;
  try {
    return await Sessions.open({ directory, startCatalogue, createReader: createDatabaseReader });
  } catch (error) {
    // Where the browser refuses storage there is no list; the session itself says that nothing is kept.
    console.warn('The list of sessions could not be opened.', error);
    return null;
  }
}
