/** A store in memory: for windows in which nothing may be kept, and for tests. */
import { NoSpaceError, StorageError } from '../base/errors';
import { FileContent } from './file-content';
import type { Store, SyncFile } from './store';

export interface MemoryStoreOptions {
  /** The most that all files may take together, bytes; default: no limit. */
  quota?: number;
}

/** Opens an empty store that is gone with the last reference to it. Opening a file twice throws StorageError. */
export function openMemoryStore({ quota = Number.POSITIVE_INFINITY }: MemoryStoreOptions = {}): Store {
  const files = new Map<string, FileContent>();
  const open = new Set<string>();

  const makeRoom = (more: number): void => {
    let used = 0;
    for (const content of files.values()) used += content.size;
    if (more > 0 && used + more > quota) throw new NoSpaceError(`The store takes at most ${quota} bytes.`);
  };

  return {
    kind: 'memory',

    async list() {
      return [...files.keys()];
    },

    async open(name) {
      if (open.has(name)) throw new StorageError(`The file ${name} is open already.`);
      const content = files.get(name) ?? new FileContent();
      files.set(name, content);
      open.add(name);
      let closed = false;
      const check = (): void => {
        if (closed) throw new StorageError(`The file ${name} is closed.`);
      };
      const file: SyncFile = {
        read(buffer, offset) {
          check();
          return content.read(buffer, offset);
        },
        write(data, offset) {
          check();
          makeRoom(offset + data.length - content.size);
          content.write(data, offset);
        },
        truncate(size) {
          check();
          makeRoom(size - content.size);
          content.truncate(size);
        },
        size() {
          check();
          return content.size;
        },
        flush: check,
        close() {
          if (!closed) open.delete(name);
          closed = true;
        },
      };
      return file;
    },

    async remove(name) {
      if (open.has(name)) throw new StorageError(`The file ${name} is open and cannot be removed.`);
      files.delete(name);
    },

    async snapshot(name) {
      return new Blob([files.get(name)?.bytes() ?? new Uint8Array(0)]);
    },
  };
}
