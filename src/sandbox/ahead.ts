/** A sandbox that starts before anybody asks for it: it loads and compiles while the session's store is being opened, and waits for its disk. */
import assets from 'virtual:dormouse-assets';
import type { BaselineStore, CreateSandbox, Sandbox, SandboxOptions } from '../protocol/sandbox';
import { createSandbox } from './sandbox';

type Desks = Pick<SandboxOptions, 'packages' | 'network'>;

/**
 * Starts a sandbox at once. The first call gets that one, each later call a new one.
 * What happened to it before it was asked for is told then.
 */
export function startAhead(baselines: BaselineStore): CreateSandbox {
  let listener: SandboxOptions | null = null;
  let failure: Error | null = null;
  let progress: [loaded: number, total: number] | null = null;
  let lend: (desks: Desks) => void = () => undefined;
  const desks = new Promise<Desks>((resolve) => {
    lend = resolve;
  });
  // It will be asked for when the worker is there.
  baselines.find({ build: assets.build }).catch(() => undefined);
  let ahead: Promise<Sandbox> | null = createSandbox(baselines, {
    onFailure(error) {
      failure = error;
      listener?.onFailure(error);
    },
    onProgress(loaded, total) {
      progress = [loaded, total];
      listener?.onProgress(loaded, total);
    },
    packages: { respond: async (request) => (await desks).packages.respond(request) },
    network: { respond: async (request) => (await desks).network.respond(request) },
  });
  // Who asks for it is told.
  ahead.catch(() => undefined);
  return async (options) => {
    const first = ahead;
    ahead = null;
    if (!first) return createSandbox(baselines, options);
    listener = options;
    lend(options);
    if (progress) options.onProgress(...progress);
    const sandbox = await first;
    if (failure) options.onFailure(failure);
    return sandbox;
  };
}
