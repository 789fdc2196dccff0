/** Makes baselines in which a package is imported already: each in a sandbox of its own, which no session ever comes to. */
import assets from 'virtual:dormouse-assets';
import { ClosedError, InvalidInputError } from '../base/errors';
import type { MachineEvent } from '../protocol/machine';
import type { PackageDesk, Wheel } from '../protocol/packages';
import type { BaselineMaker, BaselineStore } from '../protocol/sandbox';
import { createSandbox } from './sandbox';

/** Nothing takes longer, ms. */
const PATIENCE = 180_000;
/** So much of a sha256 tells wheels of one name apart. */
const DIGITS = 16;

const network = {
  respond: () => Promise.reject(new InvalidInputError('There is no network here.')),
};

export class SandboxBaselineMaker implements BaselineMaker {
  readonly #baselines: BaselineStore;

  constructor(baselines: BaselineStore) {
    this.#baselines = baselines;
  }

  nameOf(wheels: readonly Wheel[]): string {
    return `${assets.build} ${wheels.map(({ name, sha256 }) => `${name}-${sha256.slice(0, DIGITS)}`).join(' ')}`;
  }

  async make(wheels: readonly Wheel[], packages: PackageDesk): Promise<void> {
    const [{ name: wanted } = { name: '' }] = wheels;
    const name = this.nameOf(wheels);
    let fail: (error: Error) => void = () => undefined;
    const failed = new Promise<never>((_, reject) => {
      fail = reject;
    });
    // Where nobody waits for it yet.
    failed.catch(() => undefined);
    const timer = setTimeout(() => fail(new ClosedError('It took too long.')), PATIENCE);
    const options = { onFailure: fail, onProgress: () => undefined, packages, network };
    const sandbox = await createSandbox(this.#baselines, options, { name, package: wanted });
    try {
      const ended = new Promise<string>((resolve) => {
        sandbox.control.onmessage = ({ data }: MessageEvent<MachineEvent>) => data.type === 'dead' && resolve(data.message);
      });
      const message = await Promise.race([ended, failed]);
      if (!(await this.#baselines.find({ build: name }))) throw new ClosedError(message);
    } finally {
      clearTimeout(timer);
      sandbox.remove();
    }
  }
}
