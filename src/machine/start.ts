/** How a machine begins: where its session was, or with the memory of a Python that has just been started, or by starting one. */
import { isDamage, messageOf } from '../base/errors';
import type { DiskImage } from '../protocol/disk';
import type { Loss, ResumeImage, ResumeReport } from '../protocol/image';
import { restoreTimes } from './disk-times';
import { growTo, type RestoredReferences } from './emscripten';
import { type Baseline, baselineOf, encodeBaseline, type FoundBaseline, ImageChain, readBaseline } from './image-chain';
import { ImageError, type PackedFrame, splitFrames } from './image-format';
import { Interpreter } from './interpreter';
import type { Journal } from './journal';
import type { MachineState, SavedMachine } from './machine-state';
import { type DeadFile, restoreOpenFiles } from './open-files';
import type { Output } from './output';
import { type PackageSource, Packages } from './packages/packages';
import { type RunningRuntime, Runtime, type RuntimeOptions, type SavedLinks } from './runtime';
import { loadStored } from './stored-bytes';
import type { Wake } from './wake';

/** Where baselines are kept: the page's. */
export interface BaselineSource {
  /** The one with this sha256, or (null) the one for this build; null when there is none. It has been checked. @throws Error when that cannot be told */
  find(sha256: string | null): Promise<FoundBaseline | null>;
  /** Offers one that was made here; gives its sha256, null when it is not wanted. */
  offer(bytes: Uint8Array<ArrayBuffer>): Promise<string | null>;
}

export interface StartOptions extends RuntimeOptions {
  baselines: BaselineSource;
  packages: PackageSource;
  disk: Promise<DiskImage>;
  /** Made when the disk is there, because that brings the first credit. */
  journal: (disk: DiskImage) => Journal;
  wake: Wake | null;
  output: Output;
  /** Reads a Blob synchronously. */
  readBlob: (blob: Blob) => Uint8Array;
  askForLine: () => void;
  onFatalError: (error: Error) => void;
  /** Names the build: memory is of use to no other. */
  build: string;
}

export interface Started {
  interpreter: Interpreter;
  journal: Journal;
  chain: ImageChain;
  report: ResumeReport;
}

/** What a session's memory was when its disk was captured with it. */
interface Resumable {
  chain: ImageChain;
  saved: SavedMachine;
  changed: ReadonlySet<number>;
}

/** Begins. A resume that fails leaves a fresh Python on the same disk, and a sentence. */
export async function start(options: StartOptions): Promise<Started> {
  const beginning = new Beginning(options);
  return beginning.run();
}

/** There is neither an image nor a baseline that can be used. */
class NoMemoryError extends Error {}

class Beginning {
  readonly #options: StartOptions;
  /** Read while the module is being made. Null when there is none, or it is not sound. */
  #baseline: Promise<Baseline | null> = Promise.resolve(null);
  /** What was read to know which baseline is needed. */
  #frames: Promise<PackedFrame[]> | undefined;
  #journal: Journal | undefined;
  #problem: string | null = null;
  #keepImage = false;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  async run(): Promise<Started> {
    const { baselines, disk } = this.#options;
    // Without it Python initialises itself.
    const found = await baselines.find(null).catch(() => null);
    if (found) this.#baseline = this.#readBaseline(found);
    let mayResume = found !== null;
    // Without a baseline of this build the disk has to be awaited: its image may name one, or need none.
    if (!mayResume) {
      const { resume } = await disk;
      mayResume = resume !== null && (await this.#findNamed(await disk));
    }
    if (mayResume) {
      try {
        return await this.#onMemory(true);
      } catch (error) {
        if (!(error instanceof NoMemoryError)) this.#fail(error);
      }
    }
    if (await this.#baseline) {
      try {
        return await this.#onMemory(false);
      } catch {
        // The baseline itself does not work here: as if there were none.
      }
    }
    return this.#fromNothing();
  }

  #fail(error: unknown): void {
    this.#problem = messageOf(error);
    this.#keepImage = error instanceof ImageError && error.keepImage;
  }

  /** What a session's memory builds on. @throws ImageError when it cannot be had, now or ever */
  async #requireBaseline(sha256: string): Promise<Baseline> {
    let found: FoundBaseline | null;
    let baseline: Baseline | null;
    try {
      found = await this.#options.baselines.find(sha256);
      baseline = found && (await readBaseline(found, this.#options.build));
    } catch (cause) {
      if (cause instanceof ImageError) throw cause;
      throw unreadable('The memory that this session started from', cause);
    }
    if (!baseline) throw new ImageError('The memory that this session started from is not on this device any more.');
    return baseline;
  }

  /** The baseline of the build: where it cannot be used Python does without. */
  async #readBaseline(found: FoundBaseline): Promise<Baseline | null> {
    try {
      return await readBaseline(found, this.#options.build);
    } catch {
      return null;
    }
  }

  /** Whether the session's memory can be gone on with. */
  async #findNamed(disk: DiskImage): Promise<boolean> {
    try {
      const sha256 = baselineOf(await this.#framesOf(disk), this.#options.build);
      if (sha256 !== null) this.#baseline = Promise.resolve(await this.#requireBaseline(sha256));
      return true;
    } catch (error) {
      this.#fail(error);
      return false;
    }
  }

  async #read(disk: DiskImage): Promise<Resumable | null> {
    if (!disk.resume || this.#problem) return null;
    try {
      const frames = await this.#framesOf(disk);
      // They may be as large as the memory, which comes next.
      this.#frames = undefined;
      const named = baselineOf(frames, this.#options.build);
      const own = await this.#baseline;
      const baseline = named === own?.sha256 ? own : named === null ? null : await this.#requireBaseline(named);
      const { chain, saved } = await ImageChain.read(frames, this.#options.build, baseline);
      return { chain, saved, changed: new Set(disk.resume.changed) };
    } catch (error) {
      this.#fail(error);
      return null;
    }
  }

  /** The images of the session's memory, read once until they are taken. @throws ImageError when they are damaged, or cannot be read at this moment */
  #framesOf({ resume, segments }: DiskImage): Promise<PackedFrame[]> {
    this.#frames ??= loadStored(segments, (resume as ResumeImage).images).then(splitFrames, (cause) => {
      if (!isDamage(cause)) throw unreadable('What was kept of the variables', cause);
      throw new ImageError('What was kept of the variables is damaged.', { keepImage: true, cause });
    });
    return this.#frames;
  }

  #mount(runtime: Runtime, disk: DiskImage): Journal {
    this.#journal ??= this.#options.journal(disk);
    runtime.mount(disk, this.#journal, this.#options.readBlob);
    return this.#journal;
  }

  /**
   * Starts on the session's memory or, where there is none or it cannot be read, on a baseline.
   * @param mayChoose on the session's memory, or on the baseline that the disk names: otherwise on that of the build
   */
  async #onMemory(mayChoose: boolean): Promise<Started> {
    const { disk: arriving, build } = this.#options;
    let baseline: Baseline | null = null;
    // While the module is being made.
    const reading = arriving.then((disk) => (mayChoose ? this.#read(disk) : null));
    let resumable: Resumable | null = null;
    let mounted: Packages | undefined;
    const started = await Runtime.start(this.#options, async (runtime) => {
      const disk = await arriving;
      resumable = await reading;
      baseline = await this.#baseline;
      // What does not work is tried once.
      if (!resumable && mayChoose && disk.baseline) baseline = await this.#requireBaseline(disk.baseline).catch(() => baseline);
      const memory = resumable?.saved ?? baseline;
      if (!memory) throw new NoMemoryError();
      this.#mount(runtime, disk);
      mounted = new Packages(this.#options.packages, runtime.packages);
      await restorePackages(mounted, memory);
      return fill(runtime, memory);
    });
    const packages = mounted as Packages;
    const interpreter = this.#connect(started, false);
    const { runtime } = started;
    const journal = this.#journal as Journal;
    const resumed = resumable as Resumable | null;
    if (!resumed) {
      interpreter.beginSession();
      interpreter.afterCapture();
      await packages.remember();
      const chain = new ImageChain(build, baseline);
      return { interpreter, journal, chain, report: this.#report('fresh', await beginPackages(packages, interpreter)) };
    }
    const { saved, changed, chain } = resumed;
    const dead = restoreDisk(runtime, saved, changed);
    const names = interpreter.nameFiles(dead.map(({ descriptors: [first], path }) => [first ?? -1, path]));
    const lost = dead.map(({ reason }, index): Loss => ({ variable: names[index] ?? null, reason }));
    const { input } = saved.state;
    if (input !== null && !interpreter.restoreInput(saved.attachments[input]))
      lost.push({ variable: 'sys.stdin', reason: 'the rest of a line that was not read' });
    // Before user code can get in the way of it.
    lost.push(...(await beginPackages(packages, interpreter)));
    interpreter.resumed();
    return { interpreter, journal, chain, report: this.#report('resumed', lost) };
  }

  /** Initialises Python, and offers its memory as a baseline before any of the session's data is in it. */
  async #fromNothing(): Promise<Started> {
    const { baselines, build } = this.#options;
    const started = await Runtime.start(this.#options, null);
    const interpreter = this.#connect(started, true);
    const { runtime } = started;
    runtime.outside.settle();
    interpreter.freeze();
    interpreter.beforeCapture();
    const state = captureState(runtime);
    const { HEAPU8 } = runtime.module;
    const memory = HEAPU8.slice();
    const bytes = await encodeBaseline(memory, state, build, false);
    interpreter.afterCapture();
    const sha256 = await baselines.offer(bytes);
    const baseline = sha256 === null ? null : { sha256, heap: memory, state, attachments: [], outside: [] };
    const journal = this.#mount(runtime, await this.#options.disk);
    interpreter.beginSession();
    const packages = new Packages(this.#options.packages, runtime.packages);
    const chain = new ImageChain(build, baseline);
    return { interpreter, journal, chain, report: this.#report('fresh', await beginPackages(packages, interpreter)) };
  }

  #connect(started: RunningRuntime, fresh: boolean): Interpreter {
    const { output, wake, askForLine, onFatalError } = this.#options;
    const interpreter = new Interpreter(started, fresh);
    interpreter.connectStreams(output, wake, askForLine);
    interpreter.connectSignals(wake, onFatalError);
    return interpreter;
  }

  #report(kind: ResumeReport['kind'], lost: Loss[]): ResumeReport {
    return { kind, problem: this.#problem, keepImage: this.#keepImage, lost };
  }
}

/** A failure to read says nothing of what is there. */
function unreadable(what: string, cause: unknown): ImageError {
  const why = messageOf(cause).replace(/\.$/, '');
  return new ImageError(`${what} could not be read (${why}). Reload the page to try again.`, { keepImage: true, cause });
}

/** Puts a captured machine into an instance in which nothing has run yet. */
export async function fill(runtime: Runtime, saved: SavedMachine): Promise<RestoredReferences> {
  const { module, linker, libraryFiles } = runtime;
  const { links, references, clock } = saved.state;
  if (saved.state.outside) runtime.outside.restore(saved.state.outside, saved.outside);
  growTo(module, saved.heap.length);
  linker.restore(links, await libraryFiles.compile(links.files));
  module.HEAPU8.set(saved.heap);
  linker.restoreClosures(links.closures);
  runtime.clockAhead = Math.max(0, clock - performance.now());
  return runtime.references.find(references);
}

/** @throws ImageError when a package is not to be had: then the memory is kept for when it is */
async function restorePackages(packages: Packages, { state }: SavedMachine): Promise<void> {
  try {
    await packages.restore(state.packages);
  } catch (cause) {
    throw new ImageError(`It needs a package that could not be loaded: ${messageOf(cause)}`, { keepImage: true, cause });
  }
}

/** Mounts what the session remembers beyond its memory, and lets Python know what there is; says what is not to be had. */
async function beginPackages(packages: Packages, interpreter: Interpreter): Promise<Loss[]> {
  const problems = await packages.begin();
  interpreter.connectPackages(packages, (await packages.known()).catalogue);
  return problems.map((reason) => ({ variable: null, reason: `the package ${reason}` }));
}

function restoreDisk({ module, disk, maps }: Runtime, { state, attachments }: SavedMachine, changed: ReadonlySet<number>): DeadFile[] {
  if (!disk || !state.files) throw new ImageError('The saved memory knows of no disk.');
  if (state.times) restoreTimes(module.FS, disk.nodes(), state.times, changed);
  return restoreOpenFiles(module, disk, maps, state.files, attachments, changed);
}

/** The JavaScript side without a disk. */
export function captureState(runtime: Runtime): MachineState & { links: SavedLinks } {
  return {
    links: runtime.captureLinks(),
    references: runtime.references.name().names,
    clock: runtime.clock,
    files: null,
    times: null,
    outside: null,
    input: null,
    packages: runtime.packages.list(),
  };
}
