/** Copies a session's files into another folder while its owner may go on writing. */
import { NoSpaceError } from '../base/errors';
import { FolderChangedError, type ReadableFolder, readBackwards, readingOrder } from '../volume/readable-folder';
import type { Store } from '../volume/store';
import { Volume } from '../volume/volume';
import { NOTE_FILES } from './session-note';

export interface CopyOptions {
  signal: AbortSignal;
  /** Bytes copied, of all. */
  onProgress(done: number, total: number): void;
}

/** How often a copy begins again because the owner replaced its files (an upload, a clearing, compaction). */
const ATTEMPTS = 5;

/**
 * Fills an empty folder with a state that the session had while this went on, on stable storage, and opens it once to see that
 * it is sound. When it rejects, what it has written is for the caller to remove.
 * @throws NoSpaceError, StorageError, and the signal's reason
 */
export async function copySession(source: ReadableFolder, target: Store, options: CopyOptions): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await copyFiles(source, target, options);
      // What was damaged before is damaged in the copy too; a copy that tore its files is made again.
      if (attempt === ATTEMPTS || !(await isDamaged(target))) return;
    } catch (error) {
      if (!(error instanceof FolderChangedError) || attempt === ATTEMPTS) throw error;
    }
    for (const name of await target.list()) if (!NOTE_FILES.includes(name)) await target.remove(name);
  }
}

async function copyFiles(source: ReadableFolder, target: Store, { signal, onProgress }: CopyOptions): Promise<void> {
  const names = readingOrder((await source.names()).filter((name) => !NOTE_FILES.includes(name)));
  let total = 0;
  for (const name of names) total += (await source.file(name))?.size ?? 0;
  let done = 0;
  onProgress(done, total);
  for (const name of names) {
    const file = await target.open(name);
    try {
      await readBackwards(source, name, signal, (bytes, offset) => {
        if (bytes.length === 0) file.truncate(offset);
        // Room that is held ready is zeros, as a gap is.
        else if (bytes.some((byte) => byte !== 0)) file.write(bytes, offset);
        done += bytes.length;
        onProgress(Math.min(done, total), total);
      });
      file.flush();
    } catch (error) {
      if (error instanceof NoSpaceError) {
        throw new NoSpaceError('There is no room for a copy of this session. Free some space, then try again.', { cause: error });
      }
      throw error;
    } finally {
      file.close();
    }
  }
}

async function isDamaged(store: Store): Promise<boolean> {
  const volume = await Volume.open(store);
  try {
    return volume.damage !== null;
  } finally {
    volume.close();
  }
}
