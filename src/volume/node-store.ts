/** A store in a folder of the machine's own file system, for Node. Its own module, so that no browser bundle holds it. */
import { closeSync, constants, fstatSync, fsyncSync, ftruncateSync, mkdirSync, openSync, readSync, writeSync } from 'node:fs';
import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { messageOf, NoSpaceError, StorageError } from '../base/errors';
import type { Store, SyncFile } from './store';

/** Disk full, over quota, larger than the file system allows: see errno(3). */
const NO_SPACE_CODES = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/**
 * Opens the folder as a store, making it when it is missing. Nothing keeps a second process out: the caller does.
 * @throws StorageError when the folder cannot be made
 */
export function openNodeStore(directory: string): Store {
  attempt(() => mkdirSync(directory, { recursive: true }), directory);
  const pathOf = (name: string) => join(directory, name);
  return {
    kind: 'node',

    async list() {
      try {
        const entries = await readdir(directory, { withFileTypes: true });
        return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
      } catch (cause) {
        throw errorOf(cause, directory);
      }
    },

    async open(name) {
      const path = pathOf(name);
      const descriptor = attempt(() => openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600), path);
      syncDirectory(directory);
      return fileOn(descriptor, path);
    },

    async remove(name) {
      try {
        await rm(pathOf(name), { force: true });
      } catch (cause) {
        throw errorOf(cause, pathOf(name));
      }
      syncDirectory(directory);
    },

    async snapshot(name) {
      try {
        // Read at once: Node cannot post a Blob that is backed by a file.
        return new Blob([await readFile(pathOf(name))]);
      } catch (cause) {
        throw errorOf(cause, pathOf(name));
      }
    },
  };
}

function fileOn(descriptor: number, path: string): SyncFile {
  let closed = false;
  return {
    read: (buffer, offset) =>
      attempt(() => {
        let done = 0;
        while (done < buffer.length) {
          const read = readSync(descriptor, buffer, done, buffer.length - done, offset + done);
          if (read === 0) break;
          done += read;
        }
        return done;
      }, path),
    write: (data, offset) =>
      attempt(() => {
        let done = 0;
        while (done < data.length) done += writeSync(descriptor, data, done, data.length - done, offset + done);
      }, path),
    truncate: (size) => attempt(() => ftruncateSync(descriptor, size), path),
    size: () => attempt(() => fstatSync(descriptor).size, path),
    flush: () => attempt(() => fsyncSync(descriptor), path),
    close() {
      if (closed) return;
      closed = true;
      attempt(() => closeSync(descriptor), path);
    },
  };
}

/** fsync(2): a new or removed name is only on stable storage when its folder was synced too. */
function syncDirectory(directory: string): void {
  // Windows cannot open a folder; NTFS journals names by itself.
  if (process.platform === 'win32') return;
  attempt(() => {
    const descriptor = openSync(directory, constants.O_RDONLY);
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  }, directory);
}

function attempt<T>(action: () => T, path: string): T {
  try {
    return action();
  } catch (cause) {
    throw errorOf(cause, path);
  }
}

function errorOf(cause: unknown, path: string): Error {
  const code = (cause as { code?: unknown }).code;
  if (typeof code === 'string' && NO_SPACE_CODES.has(code)) return new NoSpaceError(`No room is left for ${path}.`, { cause });
  return new StorageError(`${path}: ${messageOf(cause)}`, { cause });
}
