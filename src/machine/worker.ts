/** The program of the machine's worker: started from a Blob by the relay (src/sandbox/relay.ts), which sends one message. */
import './module-worker';
import { loadPyodide, version } from 'pyodide';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { messageOf } from '../base/errors';
import type { MachineEvent } from '../protocol/machine';
import { ASSET_BASE, Broker } from './broker';
import { buildOf } from './build';
import { withMainModule } from './emscripten';
import { Machine } from './machine';
import { prepareBaseline } from './prepare';
import type { ModuleFactory, PyodideLoader } from './runtime';

const MAIN_MODULE = 'pyodide.asm.wasm';

/** What the relay sends, with the ports control, disk and broker. */
export interface MachineStart {
  cells: SharedArrayBuffer | null;
  /** A package with whose import a baseline is to be made, in place of a machine that serves a session: `dead` follows in any case. */
  prepare: string | null;
}

onmessage = async ({ data, ports }: MessageEvent<MachineStart>) => {
  onmessage = null;
  const [control, disk, brokerPort] = ports as unknown as [MessagePort, MessagePort, MessagePort];
  const broker = new Broker(brokerPort);
  broker.askAhead([MAIN_MODULE, 'python_stdlib.zip', 'pyodide-lock.json']);
  const die = (message: string) => control.postMessage({ type: 'dead', reason: 'crashed', message } satisfies MachineEvent);
  self.fetch = broker.fetch;
  const compiling = broker.file(MAIN_MODULE).then(({ bytes }) => WebAssembly.compile(bytes));
  // A worker that closes itself tells nobody, so this one does. (Python can get around it; then Stop replaces the sandbox.)
  const close = self.close.bind(self);
  self.close = () => {
    die('the worker was closed');
    close();
  };
  const options = {
    loadPyodide: loadPyodide as PyodideLoader,
    createPyodideModule: createPyodideModule as ModuleFactory,
    settings: { indexURL: ASSET_BASE },
    baselines: broker.baselines,
    packages: broker.packages,
  };
  const start = async () => {
    if (data.prepare !== null) {
      await prepareBaseline({ ...options, build: buildOf(version) }, data.prepare);
      self.close();
      return;
    }
    const readBlob = (blob: Blob) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob));
    await Machine.start({ ...options, control, disk, cells: data.cells, readBlob, version });
  };
  try {
    // Pyodide goes on waiting for a main module that there is not.
    const unable = compiling.then(() => new Promise<never>(() => undefined));
    await Promise.race([withMainModule(ASSET_BASE + MAIN_MODULE, compiling, start), unable]);
  } catch (error) {
    die(messageOf(error));
  }
};
