/**
 * What takes longest begins before the rest of the page's program is there: its workers, the list of sessions, and a sandbox; and later, when
 * nothing else goes on, before a person asks for the next one.
 */
import { SandboxAhead } from '../sandbox/ahead';
import { SandboxBaselineMaker } from '../sandbox/baseline-maker';
import { createDatabaseReader } from '../sandbox/create-reader';
import { Baselines, PackageBaselines, PackageIndex, type SessionOptions, Sessions, Wheels } from '../session';

export interface Ahead {
  /** The origin private file system; null where the browser refuses it, as Firefox does in private windows. */
  readonly directory: Promise<FileSystemDirectoryHandle | null>;
  /** Null where nothing is stored. */
  readonly list: Promise<Sessions | null>;
  readonly startKeeper: SessionOptions['startKeeper'];
  readonly createSandbox: SessionOptions['createSandbox'];
  /** Begins the next keeper and the next sandbox, unless they are waiting already, and makes what sessions could begin with. */
  readonly prepare: () => void;
  readonly wheels: Wheels;
  readonly index: PackageIndex;
  readonly packageBaselines: PackageBaselines;
  readonly createReader: SessionOptions['createReader'];
}

export function beginAhead(): Ahead {
  const keepers = new WorkerAhead(() => new Worker(new URL('../keeper/worker.ts', import.meta.url), { type: 'module' }));
  const catalogues = new WorkerAhead(() => new Worker(new URL('../keeper/catalogue-worker.ts', import.meta.url), { type: 'module' }));
  const directory = openStorage();
  const list = openList(directory, catalogues.create);
  const wheels = new Wheels(list);
  const baselines = new Baselines(list);
  const sandboxes = new SandboxAhead(baselines);
  const index = new PackageIndex({ url: __PACKAGE_INDEX__, hosts: __PACKAGE_HOSTS__ });
  const packageBaselines = new PackageBaselines(baselines, new SandboxBaselineMaker(baselines), wheels);
  return {
    directory,
    list,
    startKeeper: keepers.create,
    createSandbox: sandboxes.create,
    prepare() {
      keepers.prepare();
      sandboxes.prepare();
      void packageBaselines.prepare();
    },
    wheels,
    index,
    packageBaselines,
    createReader: createDatabaseReader,
  };
}

/** A worker that starts before anybody asks for it, the first one at once. */
class WorkerAhead {
  readonly #start: () => Worker;
  #waiting: Worker | null = null;

  constructor(start: () => Worker) {
    this.#start = start;
    this.prepare();
  }

  /** Starts one, unless one is waiting already. */
  prepare(): void {
    if (this.#waiting) return;
    const worker = this.#start();
    worker.onerror = () => {
      this.#waiting = null;
    };
    this.#waiting = worker;
  }

  /** Gives the one that waits, else, or when that has failed, a new one. */
  readonly create = (): Worker => {
    const worker = this.#waiting ?? this.#start();
    this.#waiting = null;
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
