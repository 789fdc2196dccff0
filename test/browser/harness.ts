/** The page of the browser tests: the real session, keeper and sandbox without the user interface, called by the tests from outside. */
import { SandboxBaselineMaker } from '../../src/sandbox/baseline-maker';
import { createDatabaseReader } from '../../src/sandbox/create-reader';
import { createSandbox } from '../../src/sandbox/sandbox';
import { Baselines, type OutputPiece, PackageBaselines, PackageIndex, Session, Wheels } from '../../src/session';
import type { ContractResult } from './volume-contract.worker';

let session: Session;
let output = '';

const until = (condition: () => boolean) =>
  new Promise<void>((resolve, reject) => {
    const check = () => {
      if (session.state.phase === 'closed') reject(session.state.error);
      else if (condition()) resolve();
      else return;
      session.removeEventListener('change', check);
    };
    session.addEventListener('change', check);
    check();
  });

/** Kept for as long as the page lives. */
const baselines = new Baselines(Promise.resolve(null));
const wheels = new Wheels(Promise.resolve(null));

const harness = {
  isolated: () => self.crossOriginIsolated,

  /** Opens a session and waits until Python is ready. */
  async open(id: string): Promise<void> {
    const directory = await navigator.storage.getDirectory();
    session = Session.open({
      id,
      directory,
      startKeeper: () => new Worker(new URL('../../src/keeper/worker.ts', import.meta.url), { type: 'module' }),
      createSandbox: (options) => createSandbox(baselines, options),
      wheels,
      index: new PackageIndex({ url: 'https://index.invalid/', hosts: [] }),
      packageBaselines: new PackageBaselines(baselines, new SandboxBaselineMaker(baselines), wheels),
      createReader: createDatabaseReader,
    });
    session.addEventListener('output', (event) => {
      output += (event as CustomEvent<OutputPiece[]>).detail.map(({ text }) => text).join('');
    });
    await until(() => session.state.phase === 'idle');
  },

  /** Runs code to its end and returns what it wrote. */
  async run(code: string): Promise<string> {
    output = '';
    await session.run(code);
    return output;
  },

  /** Starts a run and waits until its output contains `text`. */
  async runUntil(code: string, text: string): Promise<void> {
    output = '';
    void session.run(code);
    while (!output.includes(text)) await new Promise((resolve) => setTimeout(resolve, 5));
  },

  /** Waits for the end of the run and returns what it wrote. */
  async ended(): Promise<string> {
    await until(() => session.state.phase === 'idle');
    return output;
  },

  stop: () => session.stop(),
  paths: async () => (await session.report()).files.map(({ path, size }) => `${path} ${size}`),
  saved: () => session.state.saved,

  /** Keeps the page's only thread busy. */
  block(milliseconds: number): void {
    const end = performance.now() + milliseconds;
    while (performance.now() < end);
  },

  /** Runs the volume's contract over OPFS in a worker. */
  volumeContract: () =>
    new Promise<ContractResult[]>((resolve, reject) => {
      const worker = new Worker(new URL('./volume-contract.worker.ts', import.meta.url), { type: 'module' });
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<ContractResult[]>) => resolve(data);
    }),
};

export type Harness = typeof harness;
Object.assign(globalThis, { harness });
