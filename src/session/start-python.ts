/** Starts Python in a new sandbox on the session's disk, going on from the newest checkpoint where there is one. */
import type { ResumeReport } from '../protocol/image';
import type { AttachReport } from '../protocol/keeper';
import type { RuntimeBuild } from '../protocol/machine';
import type { CreateSandbox, SandboxOptions } from '../protocol/sandbox';
import type { KeeperClient } from './keeper-client';
import { Python, type PythonListener } from './python';
import { beginning } from './run-ended';
import type { Resumed } from './state';

export interface Ready {
  runtime: RuntimeBuild;
  resumed: Resumed | null;
  /** What the person should know of how it began; null when all is as it was left. */
  notice: string | null;
  /** It is as every Python on this baseline begins: nothing of the session's is in its memory. */
  untouched: boolean;
}

export interface StartPythonOptions
  extends Pick<PythonListener, 'onOutput' | 'onInput' | 'onChanged' | 'onDead'>,
    Pick<SandboxOptions, 'packages' | 'network'> {
  createSandbox: CreateSandbox;
  keeper: KeeperClient;
  /** What ended the Python before, as `beginning` wants it. */
  happened: string | null;
  /** Whether it goes on from the newest checkpoint. */
  resume: boolean;
  /** The baseline with which it begins anew; null: that of the build. */
  baseline: string | null;
  /** Whether the result is still wanted: otherwise the sandbox is taken away and nothing is heard of it. */
  wanted(): boolean;
  onProgress(loaded: number, total: number): void;
  /** A worker of the sandbox failed as a whole. */
  onFailure(error: Error): void;
  /** There is a Python, which is not ready yet. */
  onStarted(python: Python): void;
  /** Python can run code. */
  onReady(ready: Ready): void;
}

/** Resolves when the sandbox has its disk, before Python is ready. */
export async function startPython(options: StartPythonOptions): Promise<void> {
  const { keeper, wanted } = options;
  const began = performance.now();
  const sandbox = await options.createSandbox({
    onProgress: (loaded, total) => wanted() && options.onProgress(loaded, total),
    onFailure: (error) => wanted() && options.onFailure(error),
    packages: options.packages,
    network: options.network,
  });
  if (!wanted()) {
    sandbox.remove();
    return;
  }
  const python = new Python(sandbox, {
    onBooted: async (runtime, resume) => {
      const attached = await attaching;
      if (!wanted()) return;
      tell(keeper, resume);
      options.onReady({ runtime, ...outcome(options.happened, attached, resume, performance.now() - began) });
    },
    onOutput: options.onOutput,
    onInput: () => wanted() && options.onInput(),
    onChanged: () => wanted() && options.onChanged(),
    onDead: (error, reason) => wanted() && options.onDead(error, reason),
  });
  options.onStarted(python);
  const waker = sandbox.isolated ? sandbox.wakerDisk : null;
  const attaching = keeper.call(
    'attach',
    { disk: sandbox.disk, waker, resume: options.resume, ...(options.baseline !== null && { baseline: options.baseline }) },
    waker ? [sandbox.disk, waker] : [sandbox.disk],
  );
  await attaching;
}

function outcome(happened: string | null, attached: AttachReport, resume: ResumeReport, milliseconds: number): Omit<Ready, 'runtime'> {
  return {
    resumed: resume.kind === 'resumed' ? { milliseconds, lost: resume.lost, counts: attached.counts } : null,
    notice: beginning(happened, attached, resume),
    untouched: resume.kind === 'fresh' && resume.problem === null,
  };
}

/** A store that fails says so by itself. */
function tell(keeper: KeeperClient, { kind, keepImage }: ResumeReport): void {
  keeper.call('attached', { resumed: kind === 'resumed', keepImage }).catch(() => undefined);
}
