/** The folder that holds one folder per session, as the list of sessions needs it. */
import { openOpfsStore } from '../volume/opfs-store';
import { openOpfsFolder, type ReadableFolder } from '../volume/readable-folder';
import type { Store } from '../volume/store';
import type { SharedFolder } from './shared-store';

export interface SessionFolders {
  /** The ids of all sessions that have a folder, in no order. */
  list(): Promise<string[]>;
  /** To be written, made when it is missing. Only for who may write there: see `sessionLock`. */
  open(session: string): Promise<Store>;
  /** To be read; null when there is no such session. */
  read(session: string): Promise<ReadableFolder | null>;
  /** With everything in it; a missing one is fine. */
  remove(session: string): Promise<void>;
}

/** The folder `sessions` of the origin private file system. */
export function openOpfsFolders(directory: FileSystemDirectoryHandle): SessionFolders {
  const sessions = () => directory.getDirectoryHandle('sessions', { create: true });
  return {
    async list() {
      const ids: string[] = [];
      for await (const [id, handle] of (await sessions()).entries()) if (handle.kind === 'directory') ids.push(id);
      return ids;
    },
    open: async (session) => openOpfsStore(await (await sessions()).getDirectoryHandle(session, { create: true })),
    async read(session) {
      try {
        return openOpfsFolder(await (await sessions()).getDirectoryHandle(session));
      } catch (error) {
        if (isMissing(error)) return null;
        throw error;
      }
    },
    async remove(session) {
      try {
        await (await sessions()).removeEntry(session, { recursive: true });
      } catch (error) {
        if (!isMissing(error)) throw error;
      }
    },
  };
}

/** The folder `shared` of the origin private file system. */
export function openOpfsShared(directory: FileSystemDirectoryHandle): SharedFolder {
  const shared = () => directory.getDirectoryHandle('shared', { create: true });
  return {
    open: async () => openOpfsStore(await shared()),
    read: async () => openOpfsFolder(await shared()),
  };
}

const isMissing = (thrown: unknown) => (thrown as { name?: unknown } | null)?.name === 'NotFoundError';
