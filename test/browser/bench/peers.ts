/** The page of the measurements that are not the app: its peers, the limits of the browser's storage, and the volume alone. Called from outside. */
import type { Answer } from './answer';
import type { RawRequest } from './raw-opfs.worker';
import type { SqliteRequest } from './sqlite-wasm.worker';
import type { SnapshotRequest } from './volume.worker';
import type { ZipRequest } from './zip.worker';

/** Makes a worker answer one request after the other with numbers. */
function asking<Request>(worker: Worker): (request: Request) => Promise<number> {
  return (request) =>
    new Promise((resolve, reject) => {
      worker.onerror = (event) => reject(new Error(event.message));
      worker.onmessage = ({ data }: MessageEvent<Answer>) => {
        if ('value' in data) resolve(data.value);
        else reject(new Error(data.error));
      };
      worker.postMessage(request);
    });
}

const peers = {
  sqlite: asking<SqliteRequest>(new Worker(new URL('./sqlite-wasm.worker.ts', import.meta.url), { type: 'module' })),
  snapshot: asking<SnapshotRequest>(new Worker(new URL('./volume.worker.ts', import.meta.url), { type: 'module' })),
  zip: asking<ZipRequest>(new Worker(new URL('./zip.worker.ts', import.meta.url), { type: 'module' })),
  raw: asking<RawRequest>(new Worker(new URL('./raw-opfs.worker.ts', import.meta.url), { type: 'module' })),
};

export type Peers = typeof peers;
Object.assign(globalThis, { peers });
