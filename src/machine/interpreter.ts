/** The Python side of a running Pyodide: its streams and signals connected, Dormouse's own modules in it. */
import type { PyodideInterface } from 'pyodide';
import { InvalidInputError } from '../base/errors';
import type { ActName } from '../protocol/acts';
import type { Loss, VariableNote } from '../protocol/image';
import type { LookName } from '../protocol/looks';
import type { Catalogue } from '../protocol/packages';
import { PYTHON_SOURCES } from './build';
import { clearFreeMemory, type FileSystem, onFatalError } from './emscripten';
import { Input } from './input';
import type { Output } from './output';
import type { Packages } from './packages/packages';
import type { RunningRuntime, Runtime } from './runtime';
import type { Wake } from './wake';

/** src/python/runner.py. */
export interface Runner {
  /** Resolves with JSON: `[status, exitCode]`. */
  run(code: string, filename: string, listen: (listening: boolean) => void): Promise<string>;
  /** Cancels the run if it has not begun yet or is waiting for something; says whether. */
  interrupt(): boolean;
  /** Once in an interpreter's life. */
  prepare(): void;
  /** CPython's version. */
  version(): string;
  /** In each instance: whether Python can wait for the page here. */
  connect(canWait: boolean): void;
}

/** src/python/images.py. */
interface Images {
  freeze(): void;
  begin(): void;
  before_capture(isLost: (value: unknown) => boolean): string;
  after_capture(): void;
  resume(): void;
  name_files(files: string): string;
}

/** src/python/packages.py. */
interface PythonPackages {
  connect(host: object, catalogue: string): void;
  import_package(name: string): Promise<void>;
  install(requirements: string): Promise<string>;
  uninstall(names: string): Promise<string>;
}

/** What Python says before its memory is captured. */
export interface PythonReport {
  /** Why memory cannot be captured now. */
  problem: string | null;
  variables: VariableNote[];
  lost: Loss[];
}

const FOLDER = '/lib/dormouse';

export class Interpreter {
  readonly runtime: Runtime;
  readonly pyodide: PyodideInterface;
  readonly runner: Runner;
  readonly #images: Images;
  readonly #packages: PythonPackages;
  /** Null where Python cannot wait for a line. */
  #input: Input | null = null;
  /** To be asked again what there is; null when all of it is known. */
  #growing: Packages | null = null;
  readonly #looks: { look(name: LookName, argument: string): string };
  readonly #acts: { act(name: ActName, argument: string): string };

  /** @param fresh whether Python has just been initialised: otherwise the memory has Dormouse's modules in it already */
  constructor({ pyodide, runtime }: RunningRuntime, fresh: boolean) {
    this.pyodide = pyodide;
    this.runtime = runtime;
    const { FS: fs } = runtime.module;
    fs.mkdirTree(FOLDER);
    const encoder = new TextEncoder();
    // Emscripten encodes text character by character.
    for (const [name, source] of Object.entries(PYTHON_SOURCES)) fs.writeFile(`${FOLDER}/${name}.py`, encoder.encode(source));
    if (fresh) pyodide.runPython(`import sys; sys.path.append('/lib'); del sys`);
    this.runner = pyodide.pyimport('dormouse.runner');
    this.#images = pyodide.pyimport('dormouse.images');
    this.#looks = pyodide.pyimport('dormouse.looks');
    this.#acts = pyodide.pyimport('dormouse.acts');
    this.#packages = pyodide.pyimport('dormouse.packages');
    if (fresh) this.runner.prepare();
  }

  /** Connects what the page and Python say to each other. To be called before any file is open but the three streams. */
  connectStreams(output: Output, wake: Wake | null, askForLine: () => void): void {
    const { pyodide } = this;
    pyodide.setStdout({ write: (bytes: Uint8Array) => output.write('stdout', bytes) });
    pyodide.setStderr({ write: (bytes: Uint8Array) => output.write('stderr', bytes) });
    // A property of Pyodide's own: Python finds it in every instance by the same path, and holds on to nothing of this one.
    Reflect.set(pyodide, 'dormouseDisplay', (json: unknown) => output.display(json));
    if (wake) {
      const input = new Input(wake, pyodide.FS as unknown as FileSystem, askForLine);
      this.#input = input;
      pyodide.setStdin({ read: (buffer: Uint8Array) => input.read(buffer) });
    }
  }

  /** Lets Python hear of signals, and know whether it can wait. */
  connectSignals(wake: Wake | null, onFatal: (error: Error) => void): void {
    onFatalError(this.pyodide, onFatal);
    // Without a buffer too: the memory may say that there is one.
    this.pyodide.setInterruptBuffer((wake?.interruptBuffer ?? undefined) as unknown as Uint8Array);
    this.runner.connect(wake !== null);
  }

  /** Lets Python load and install packages, from here on. */
  connectPackages(packages: Packages, catalogue: Catalogue): void {
    this.#growing = catalogue.growing ? packages : null;
    // The interface Host of src/python/packages.py.
    const host = {
      mounted: () => JSON.stringify(packages.mounted()),
      index: async (name: string) => JSON.stringify(await packages.index(name)),
      metadata: (sha256: string, file: string) => packages.metadata(sha256, file),
      mount: (sha256s: string) => packages.mount(JSON.parse(sha256s)),
      unmount: (names: string) => packages.unmount(JSON.parse(names)),
    };
    this.#packages.connect(host, JSON.stringify(catalogue));
  }

  /** Before a run: what comes with the app may have become more. */
  async refreshPackages(): Promise<void> {
    if (this.#growing) this.connectPackages(this.#growing, (await this.#growing.known()).catalogue);
  }

  /** Imports a package of the catalogue, for memory that sessions begin with. @throws Error when that fails */
  async importPackage(name: string): Promise<void> {
    await this.#packages.import_package(name);
  }

  /** Installs packages, as `%pip install` does. @throws InvalidInputError with what Python says */
  async install(requirements: readonly string[]): Promise<string[]> {
    const { came, problem } = JSON.parse(await this.#packages.install(JSON.stringify(requirements)));
    if (problem !== null) throw new InvalidInputError(problem);
    return came;
  }

  /** Takes packages out of the session. @throws InvalidInputError with what Python says */
  async uninstall(names: readonly string[]): Promise<void> {
    const problem = JSON.parse(await this.#packages.uninstall(JSON.stringify(names)));
    if (problem !== null) throw new InvalidInputError(problem);
  }

  /** Collects garbage and leaves what is left alone from then on: so a later collection does not dirty all of it. */
  freeze(): void {
    this.#images.freeze();
  }

  /** A new session begins: it shares no random state with others that began from the same memory. */
  beginSession(): void {
    this.#images.begin();
  }

  /**
   * Between this and `afterCapture` nothing runs in Python.
   * @param isLost says of a JavaScript value that Python holds whether it will not come back
   */
  beforeCapture(isLost: (value: unknown) => boolean = () => false): PythonReport {
    const report: PythonReport = JSON.parse(this.#images.before_capture(isLost));
    if (report.problem === null) clearFreeMemory(this.runtime.module);
    return report;
  }

  /** The variable that holds each open file, null where none is found. */
  nameFiles(files: [descriptor: number, path: string][]): (string | null)[] {
    return JSON.parse(this.#images.name_files(JSON.stringify(files)));
  }

  /** What is left of a line of sys.stdin beside what Python has in its own buffer. */
  get unreadInput(): Uint8Array {
    return this.#input?.rest.slice() ?? new Uint8Array(0);
  }

  /** Lets Python read the rest of a line before it asks for another; false where it cannot read at all. */
  restoreInput(rest: Uint8Array | undefined): boolean {
    if (!this.#input || !rest) return false;
    this.#input.rest = rest.slice();
    return true;
  }

  afterCapture(): void {
    this.#images.after_capture();
  }

  /** Python goes on after a capture, in another instance. */
  resumed(): void {
    this.#images.resume();
  }

  /** Answers a question of the page's. */
  look(name: LookName, argument: unknown): unknown {
    return JSON.parse(this.#looks.look(name, JSON.stringify(argument)));
  }

  /** Does something for the page. */
  act(name: ActName, argument: unknown): unknown {
    return JSON.parse(this.#acts.act(name, JSON.stringify(argument)));
  }

  /** CPython's version. */
  get python(): string {
    return this.runner.version();
  }
}
