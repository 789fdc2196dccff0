/**
 * A store in a folder of the origin private file system, in a dedicated worker: synchronous access handles exist nowhere
 * else. https://fs.spec.whatwg.org/#api-filesystemsyncaccesshandle
 */
import { messageOf, NoSpaceError, StorageError } from '../base/errors';
import type { Store, SyncFile } from './store';

/** How long to wait for the handle of a page that is on its way out: it may outlive a reload. Milliseconds. */
const PATIENCE = 10_000;
const FIRST_DELAY = 10;
const LONGEST_DELAY = 500;

/** As in the specification; TypeScript has it only in its library for workers. */
interface SyncAccessHandle {
  read(buffer: Uint8Array, options: { at: number }): number;
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  getSize(): number;
  flush(): void;
  close(): void;
}

/** Opens the folder as a store. */
export function openOpfsStore(directory: FileSystemDirectoryHandle): Store {
  return {
    kind: 'opfs',

    async list() {
      try {
        const names: string[] = [];
        for await (const [name, handle] of directory.entries()) if (handle.kind === 'file') names.push(name);
        return names;
      } catch (cause) {
        throw errorOf(cause, directory.name);
      }
    },

    async open(name) {
      try {
        const handle = await directory.getFileHandle(name, { create: true });
        return fileOn(await openHandle(handle as FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> }), name);
      } catch (cause) {
        throw errorOf(cause, name);
      }
    },

    async remove(name) {
      try {
        await directory.removeEntry(name);
      } catch (cause) {
        if (nameOf(cause) !== 'NotFoundError') throw errorOf(cause, name);
      }
    },

    async snapshot(name) {
      try {
        return await (await directory.getFileHandle(name)).getFile();
      } catch (cause) {
        throw errorOf(cause, name);
      }
    },
  };
}

async function openHandle(file: { createSyncAccessHandle(): Promise<SyncAccessHandle> }): Promise<SyncAccessHandle> {
  let waited = 0;
  for (let delay = FIRST_DELAY; ; delay = Math.min(2 * delay, LONGEST_DELAY)) {
    try {
      return await file.createSyncAccessHandle();
    } catch (error) {
      if (nameOf(error) !== 'NoModificationAllowedError' || waited >= PATIENCE) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, delay));
    waited += delay;
  }
}

function fileOn(handle: SyncAccessHandle, name: string): SyncFile {
  const attempt = <T>(action: () => T): T => {
    try {
      return action();
    } catch (cause) {
      throw errorOf(cause, name);
    }
  };
  return {
    read: (buffer, offset) =>
      attempt(() => {
        const read = handle.read(buffer, { at: offset });
        // Chromium returns its negative error codes as unsigned numbers.
        if (read > buffer.length) throw new StorageError(`The browser could not read ${name} (${read}).`);
        return read;
      }),
    write: (data, offset) =>
      attempt(() => {
        const written = handle.write(data, { at: offset });
        // Over quota Chromium returns 4294967288 (-8, unsigned) and Firefox 0; neither throws.
        if (written !== data.length) throw new NoSpaceError('The browser gives no more room for this site.');
      }),
    truncate: (size) =>
      attempt(() => {
        handle.truncate(size);
        // Over quota Chromium ignores it in silence.
        if (handle.getSize() !== size) throw new NoSpaceError('The browser gives no more room for this site.');
      }),
    size: () => attempt(() => handle.getSize()),
    flush: () => attempt(() => handle.flush()),
    // The specification lets a closed handle be closed again.
    close: () => attempt(() => handle.close()),
  };
}

/** DOMExceptions of another realm are no instances of ours, and QuotaExceededError is becoming a class of its own: go by name. */
function nameOf(thrown: unknown): unknown {
  return (thrown as { name?: unknown } | null)?.name;
}

function errorOf(cause: unknown, name: string): Error {
  if (cause instanceof NoSpaceError || cause instanceof StorageError) return cause;
  switch (nameOf(cause)) {
    case 'QuotaExceededError':
      return new NoSpaceError('The browser gives no more room for this site.', { cause });
    case 'NoModificationAllowedError':
      return new StorageError('Another tab or window still has this session open. Close it there, then reload.', { cause });
    default:
      return new StorageError(`The browser's storage failed (${name}): ${messageOf(cause)}`, { cause });
  }
}
