/** Makes memory that sessions can begin with where they import a package: that of a Python which has imported it, and has met nothing of any session. */
import { encodeBaseline, readBaseline } from './image-chain';
import { Interpreter } from './interpreter';
import { Output } from './output';
import { type PackageSource, Packages } from './packages/packages';
import { Runtime, type RuntimeOptions } from './runtime';
import { type BaselineSource, captureState, fill } from './start';

export interface PrepareOptions extends RuntimeOptions {
  baselines: BaselineSource;
  packages: PackageSource;
  /** As in StartOptions. */
  build: string;
}

/**
 * Begins with the baseline of the build, imports a package of the catalogue, and offers its memory as a baseline.
 * @param name the package
 * @throws Error a sentence, when there is no baseline to begin with, the package cannot be imported, or the offer is not taken
 */
export async function prepareBaseline(options: PrepareOptions, name: string): Promise<void> {
  const { baselines, build } = options;
  const found = await baselines.find(null);
  if (!found) throw new Error('There is no starting memory yet.');
  const started = await Runtime.start(options, async (runtime) => fill(runtime, await readBaseline(found, build)));
  const { runtime } = started;
  const interpreter = new Interpreter(started, false);
  // What an import writes is seen by nobody.
  interpreter.connectStreams(new Output(() => undefined, null), null, () => undefined);
  interpreter.afterCapture();
  const packages = new Packages(options.packages, runtime.packages);
  interpreter.connectPackages(packages, (await packages.known()).catalogue);
  await interpreter.importPackage(name);
  interpreter.freeze();
  interpreter.beforeCapture();
  const bytes = await encodeBaseline(runtime.module.HEAPU8, captureState(runtime), build, true);
  if ((await baselines.offer(bytes)) === null) throw new Error('The memory was not taken.');
}
