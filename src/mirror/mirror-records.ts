/**
 * What this browser remembers of mirrors, for all sessions of the origin: in a database of its own (IndexedDB), so that none of it is ever part of a
 * session, a checkpoint or a capsule. Passwords are not among it.
 */
import { StorageError } from '../base/errors';
import type { Base, Mirrored } from './compare';

/** Where a session is mirrored to. */
export type MirrorPlace = { kind: 'folder'; handle: FileSystemDirectoryHandle } | { kind: 'webdav'; url: string; user: string };

interface MirrorRecord {
  place: MirrorPlace;
  base: [path: string, mirrored: Mirrored][];
}

const DATABASE = 'dormouse-mirror';
const STORE = 'sessions';

/** By session. @throws StorageError when the browser refuses */
export const mirrorRecords = {
  async find(session: string): Promise<MirrorPlace | null> {
    return ((await use('readonly', (store) => store.get(session))) as MirrorRecord | undefined)?.place ?? null;
  },

  /** Begins anew with another place: nothing is known to be the same there. */
  async put(session: string, place: MirrorPlace): Promise<void> {
    await use('readwrite', (store) => store.put({ place, base: [] } satisfies MirrorRecord, session));
  },

  async remove(session: string): Promise<void> {
    await use('readwrite', (store) => store.delete(session));
  },

  async base(session: string): Promise<Base> {
    return new Map(((await use('readonly', (store) => store.get(session))) as MirrorRecord | undefined)?.base);
  },

  async setBase(session: string, base: Base): Promise<void> {
    await use('readwrite', (store) => {
      const asked = store.get(session);
      asked.onsuccess = () => {
        const record = asked.result as MirrorRecord | undefined;
        // Otherwise it was taken away meanwhile.
        if (record) store.put({ ...record, base: [...base] } satisfies MirrorRecord, session);
      };
      return asked;
    });
  },
};

async function use(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest): Promise<unknown> {
  const database = await new Promise<IDBDatabase>((resolve, reject) => {
    const opening = indexedDB.open(DATABASE, 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore(STORE);
    opening.onsuccess = () => resolve(opening.result);
    opening.onerror = () =>
      reject(new StorageError('The browser does not keep where this session is mirrored to.', { cause: opening.error }));
  });
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(STORE, mode);
      const request = act(transaction.objectStore(STORE));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () =>
        reject(new StorageError('The browser does not keep where this session is mirrored to.', { cause: transaction.error }));
    });
  } finally {
    database.close();
  }
}
