/** Starts a reader of databases in a sandbox of its own, for one request: it is given bytes, and no storage, network or session. */
import assets from 'virtual:dormouse-assets';
import { StorageError } from '../base/errors';
import type { DatabaseReader, ReaderRequest } from '../protocol/database-reader';
import { fetchAsset } from './broker';
import { inTime, makeFrame, showFrame } from './frame';
import type { RelayEvent, RelayStart } from './relay';

/** @throws StorageError when a program cannot be loaded, ClosedError when the frame does not start */
export async function createDatabaseReader(): Promise<DatabaseReader> {
  const [program, sqlite] = await Promise.all([fetchAsset(assets.databaseReader), fetchAsset(assets.sqlite)]);
  const { port1, port2 } = new MessageChannel();
  const frame = makeFrame('Database reader');
  const remove = () => {
    removeEventListener('message', listen);
    port1.close();
    frame.remove();
  };
  let begun: () => void = () => undefined;
  const started = new Promise<void>((resolve) => {
    begun = resolve;
  });
  let failed: (error: Error) => void = () => undefined;
  const failure = new Promise<never>((_, reject) => {
    failed = reject;
  });
  // Nobody may be waiting.
  failure.catch(() => undefined);
  const listen = ({ source, data }: MessageEvent<RelayEvent>) => {
    if (source !== frame.contentWindow) return;
    if (data?.type === 'started') begun();
    else failed(new StorageError('The reader of databases stopped, or could not be started.'));
  };
  addEventListener('message', listen);
  try {
    await showFrame(frame);
    const start: RelayStart = { reader: new Blob([program], { type: 'text/javascript' }) };
    // An opaque origin can be named by no other target than '*'; the frame is ours and its policy lets it navigate nowhere.
    frame.contentWindow?.postMessage(start, '*', [port2]);
    await inTime(started, 'Databases cannot be looked into: the sandbox did not answer. An extension or a policy may block it.');
    port1.postMessage({ type: 'begin', sqlite } satisfies ReaderRequest, [sqlite]);
    return { port: port1, failure, remove };
  } catch (error) {
    remove();
    throw error;
  }
}
