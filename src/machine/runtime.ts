/** One instance of Pyodide, with what of its JavaScript side has to be watched from the start so that it can be captured later. */
import type { PyodideInterface } from 'pyodide';
import type { DiskImage } from '../protocol/disk';
import { DiskFileSystem } from './disk-file-system';
import {
  type EmscriptenModule,
  type Environment,
  Linker,
  type LinkState,
  type ModuleSettings,
  onEnvironment,
  type PyodideApi,
  References,
  type RestoredReferences,
  routeClocks,
  routeDataSync,
  routeMaps,
  startOnMemory,
  watchClosures,
  watchEventLoop,
} from './emscripten';
import type { Journal } from './journal';
import { type LibraryFile, LibraryFiles } from './library-files';
import { MemoryMaps } from './memory-maps';
import { OutsideFiles } from './outside-files';
import { PackageMounts } from './packages/package-mounts';

/** What `loadPyodide` is called with beyond what this module sets: where the runtime's files are. */
export type PyodideLoader = (options: Record<string, unknown>) => Promise<PyodideInterface>;
export type ModuleFactory = (settings: ModuleSettings) => Promise<unknown>;

export interface RuntimeOptions {
  loadPyodide: PyodideLoader;
  createPyodideModule: ModuleFactory;
  /** Pyodide's own settings, such as `indexURL`. */
  settings: Record<string, unknown>;
}

/** Fills an instance's memory before anything runs in it. */
export type FillMemory = (runtime: Runtime) => Promise<RestoredReferences>;

export class Runtime {
  readonly module: EmscriptenModule;
  readonly api: PyodideApi;
  readonly linker: Linker;
  readonly references: References;
  readonly maps: MemoryMaps;
  readonly libraryFiles: LibraryFiles;
  readonly packages: PackageMounts;
  readonly outside: OutsideFiles;
  /** How far the monotonic clocks are ahead of the worker's own, ms. */
  clockAhead = 0;
  /** Called when Python's event loop has called something. */
  onCalled: () => void = () => undefined;
  #disk: DiskFileSystem | null = null;

  /** Starts Pyodide: initialises Python, or goes on with the memory that `fill` puts there. */
  static async start({ loadPyodide, createPyodideModule, settings }: RuntimeOptions, fill: FillMemory | null): Promise<RunningRuntime> {
    let runtime: Runtime | undefined;
    let environment: Environment = {};
    let prepareClosure: ReturnType<typeof watchClosures> | undefined;
    const prepare = (module: ModuleSettings) => {
      onEnvironment(module, (env) => {
        environment = env;
      });
      routeDataSync(module, (fd) => runtime?.disk?.dataSync(fd) ?? 0);
      routeMaps(module, (address, fd, last, write) => (runtime ? runtime.maps.writeBack(address, fd, last, write) : write(fd)));
      routeClocks(
        module,
        () => runtime?.clockAhead ?? 0,
        () => (runtime as Runtime).module.HEAPU8.buffer,
      );
      prepareClosure = watchClosures(module, (...closure) => runtime?.linker.noteClosure(closure));
    };
    const create = (module: EmscriptenModule, api: PyodideApi) => {
      runtime = new Runtime(module, api, environment, prepareClosure as ReturnType<typeof watchClosures>);
      return runtime;
    };
    const start = fill
      ? startOnMemory(createPyodideModule, prepare, (module, api) => fill(create(module, api)))
      : {
          createPyodideModule: async (module: ModuleSettings & { API: PyodideApi; preRun: ((module: EmscriptenModule) => void)[] }) => {
            prepare(module);
            // Before Python starts, and so before it opens anything or calls anything back.
            module.preRun.push((instance) => create(instance, module.API));
            return createPyodideModule(module);
          },
        };
    const pyodide = await loadPyodide({
      ...settings,
      ...start,
      // Without .pyc files in the user's folders: they would travel in every state file.
      env: { HOME: '/home/pyodide', PYTHONDONTWRITEBYTECODE: '1' },
    });
    if (!runtime) throw new Error('Pyodide did not start as it should.');
    return { pyodide, runtime };
  }

  private constructor(
    module: EmscriptenModule,
    api: PyodideApi,
    environment: Environment,
    prepareClosure: ReturnType<typeof watchClosures>,
  ) {
    this.module = module;
    this.api = api;
    watchEventLoop(api, () => this.onCalled());
    this.references = new References(module, api);
    this.linker = new Linker(module, environment, prepareClosure);
    // First: the disk's files take over how maps are made.
    this.maps = new MemoryMaps(module.FS);
    this.packages = new PackageMounts(module.FS);
    this.libraryFiles = new LibraryFiles(module.FS, this.packages);
    this.outside = new OutsideFiles(module.FS, this.packages);
  }

  /** Null until it is mounted. */
  get disk(): DiskFileSystem | null {
    return this.#disk;
  }

  /** Mounts the session's disk. */
  mount(image: DiskImage, journal: Journal, readBlob: (blob: Blob) => Uint8Array): DiskFileSystem {
    this.#disk = new DiskFileSystem(this.module.FS, image, journal, readBlob);
    return this.#disk;
  }

  /** The function table and what fills it. @throws LinkError when it could not be brought back */
  captureLinks(): SavedLinks {
    const links = this.linker.capture();
    return { ...links, files: this.libraryFiles.describe(links.libraries) };
  }

  /** What the monotonic clocks show, ms. */
  get clock(): number {
    return performance.now() + this.clockAhead;
  }
}

/** The function table with the files of the libraries in it, in the same order. */
export type SavedLinks = LinkState & { files: LibraryFile[] };

export interface RunningRuntime {
  pyodide: PyodideInterface;
  runtime: Runtime;
}
