/** The program of the keeper's worker: waits for the page's one message, then serves it on the origin private file system. */
import { openOpfsStore } from '../volume/opfs-store';
import { Keeper } from './keeper';

/** What the page posts to the worker, once. */
interface KeeperStart {
  type: 'connect';
  /** KeeperRequest in, KeeperEvent out. */
  control: MessagePort;
}

onmessage = ({ data }: MessageEvent<KeeperStart>) => {
  onmessage = null;
  new Keeper(data.control, {
    locks: navigator.locks,
    openStore: async (directory, session) => {
      const sessions = await directory.getDirectoryHandle('sessions', { create: true });
      return openOpfsStore(await sessions.getDirectoryHandle(session, { create: true }));
    },
  });
};
