/**
 * What all sessions of an origin share: files that never change, each named by the SHA-256 of its bytes and checked against it whenever
 * it is read. One that is not what its name says, because its writing was cut off or something spoilt it, counts as absent.
 */
import { NoSpaceError, StorageError } from '../base/errors';
import { sha256 } from '../base/sha256';
import type { ReadableFolder } from '../volume/readable-folder';
import type { Store } from '../volume/store';
import { isSha256 } from './checkpoint-note';

/** The folder, to be read by many at a time and written by one: see CATALOGUE_LOCK. */
export interface SharedFolder {
  open(): Promise<Store>;
  read(): Promise<ReadableFolder>;
}

export class SharedStore {
  readonly folder: SharedFolder;

  constructor(folder: SharedFolder) {
    this.folder = folder;
  }

  /** Names of all files, whole or not. */
  async list(): Promise<string[]> {
    return (await (await this.folder.read()).names()).filter(isSha256);
  }

  /** A file's bytes; null when it is not there, or `damaged` when it is not what its name says. */
  async get(name: string): Promise<Uint8Array<ArrayBuffer> | 'damaged' | null> {
    const file = await (await this.folder.read()).file(name);
    if (!file) return null;
    const bytes = new Uint8Array(await file.slice(0, file.size).arrayBuffer());
    return (await sha256(bytes)) === name ? bytes : 'damaged';
  }

  /**
   * Stores bytes and returns their name; they are on stable storage then, and have been read back. Nobody else writes meanwhile.
   * @throws NoSpaceError, StorageError, with nothing left of it
   */
  async put(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const name = await sha256(bytes);
    if ((await this.get(name)) instanceof Uint8Array) return name;
    const store = await this.folder.open();
    try {
      const file = await store.open(name);
      try {
        file.truncate(0);
        file.write(bytes, 0);
        file.flush();
      } finally {
        file.close();
      }
      if (!((await this.get(name)) instanceof Uint8Array)) throw new StorageError('What was stored is not what it should be.');
      return name;
    } catch (error) {
      await store.remove(name).catch(() => undefined);
      if (error instanceof NoSpaceError) throw new NoSpaceError('There is no room left for what all sessions share.', { cause: error });
      throw error;
    }
  }

  /** Removes a file; a missing one is fine. Nobody else writes meanwhile. */
  async remove(name: string): Promise<void> {
    await (await this.folder.open()).remove(name);
  }
}
