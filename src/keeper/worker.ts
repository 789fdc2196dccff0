/** The program of the keeper's worker: waits for the page's one message, then serves it on the origin private file system. */
import type { KeeperStart } from '../protocol/keeper';
import { openSnapshotStore } from '../volume/snapshot-store';
import { Keeper } from './keeper';
import { openOpfsFolders } from './session-folders';

onmessage = ({ data }: MessageEvent<KeeperStart>) => {
  onmessage = null;
  new Keeper(data.control, {
    locks: navigator.locks,
    openStore: (directory, session) => openOpfsFolders(directory).open(session),
    openSnapshot: async (directory, session) => {
      const folder = await openOpfsFolders(directory).read(session);
      return folder && openSnapshotStore(folder, { readNow: (blob) => new FileReaderSync().readAsArrayBuffer(blob) });
    },
  });
};
