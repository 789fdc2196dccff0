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

  /**
   * A file, which has been read and checked: as it never changes, whoever is given it need not check it again. Null when it is not there, or
   * `damaged` when it is not what its name says.
   */
  async get(name: string): Promise<Blob | 'damaged' | null> {
    const file = await (await this.folder.read()).file(name);
    if (!file) return null;
    const content = file.slice(0, file.size);
    return (await sha256(await content.arrayBuffer())) === name ? content : 'damaged';
  }

  /**
   * Stores bytes and returns their name; they are on stable storage then, and have been read back. Nobody else writes meanwhile.
   * @throws NoSpaceError, StorageError, with nothing left of it
   */
  async put(bytes: Uint8Array<ArrayBuffer>): Promise<string> {
    const name = await sha256(bytes);
    if (isSound(await this.get(name))) return name;
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
      if (!isSound(await this.get(name))) throw new StorageError('What was stored is not what it should be.');
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

/** Whether `get` found a file that is what its name says. */
export const isSound = (found: Blob | 'damaged' | null): found is Blob => found !== null && found !== 'damaged';
