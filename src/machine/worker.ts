/** The program of the machine's worker: started from a Blob by the relay (src/sandbox/relay.ts), which sends one message. */
import { loadPyodide, version } from 'pyodide';
import createPyodideModule from 'pyodide/pyodide.asm.mjs';
import { messageOf } from '../base/errors';
import type { MachineEvent } from '../protocol/machine';
import { ASSET_BASE, Broker } from './broker';
import { Machine } from './machine';
import type { ModuleFactory, PyodideLoader } from './runtime';

/** What the relay sends, with the ports control, disk and broker. */
export interface MachineStart {
  cells: SharedArrayBuffer | null;
}

onmessage = async ({ data, ports }: MessageEvent<MachineStart>) => {
  onmessage = null;
  const [control, disk, brokerPort] = ports as unknown as [MessagePort, MessagePort, MessagePort];
  const broker = new Broker(brokerPort);
  const die = (message: string) => control.postMessage({ type: 'dead', reason: 'crashed', message } satisfies MachineEvent);
  self.fetch = broker.fetch;
  // A worker that closes itself tells nobody, so this one does. (Python can get around it; then Stop replaces the sandbox.)
  const close = self.close.bind(self);
  self.close = () => {
    die('the worker was closed');
    close();
  };
  try {
    await Machine.start({
      control,
      disk,
      cells: data.cells,
      loadPyodide: loadPyodide as PyodideLoader,
      createPyodideModule: createPyodideModule as ModuleFactory,
      settings: { indexURL: ASSET_BASE },
      baselines: broker.baselines,
      packages: broker.packages,
      readBlob: (blob) => new Uint8Array(new FileReaderSync().readAsArrayBuffer(blob)),
      version,
    });
  } catch (error) {
    die(messageOf(error));
  }
};
