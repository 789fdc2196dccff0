/**
 * A store's folder as somebody reads it who does not own it, while its owner may go on writing. `getFile()` gives the bytes as they
 * are although a synchronous access handle is open. Chromium makes such a Blob unreadable once its file has changed, so it is asked
 * for again.
 */
import { messageOf, StorageError } from '../base/errors';

export interface ReadableFolder {
  /** The names of all files, in no order. */
  names(): Promise<string[]>;
  /** A file as it is now; null when there is none. Reading it may fail once the file has changed. */
  file(name: string): Promise<ReadableFile | null>;
}

/** What is needed of a File. */
export type ReadableFile = Pick<File, 'size' | 'lastModified' | 'slice'>;

/** The files went away while they were read: begin again with a new list. */
export class FolderChangedError extends Error {}

/** The engine's file that says where everything else begins: it is read before the others. */
const FIRST = 'super';
/** How many bytes are read at once: little enough that a busy owner leaves time for it. */
const CHUNK = 512 * 1024;
/** How often a chunk is tried that changes while it is read, and the longest wait in between, ms. */
const ATTEMPTS = 60;
const LONGEST_WAIT = 50;

export function openOpfsFolder(directory: FileSystemDirectoryHandle): ReadableFolder {
  return {
    async names() {
      const names: string[] = [];
      for await (const [name, handle] of directory.entries()) if (handle.kind === 'file') names.push(name);
      return names;
    },
    async file(name) {
      try {
        return await (await directory.getFileHandle(name)).getFile();
      } catch (error) {
        if ((error as { name?: unknown } | null)?.name === 'NotFoundError') return null;
        throw error;
      }
    },
  };
}

/** The order in which files are read: `super` first, then the newest of a numbered row, so that no later one is without its earlier. */
export function readingOrder(names: readonly string[]): string[] {
  const compare = new Intl.Collator('en', { numeric: true }).compare;
  return [...names].sort((a, b) => Number(b === FIRST) - Number(a === FIRST) || compare(b, a));
}

/**
 * Reads a file that may grow meanwhile, from its end to its beginning: where records are only added at the end, what was read of
 * an earlier part is then never older than what was read of a later one, and the whole is a moment's state with perhaps an
 * unfinished record at its end.
 * @param receive gets each part with its offset; the first call, with no bytes, tells the file's size
 * @throws FolderChangedError when the file goes away, StorageError when it cannot be read
 */
export async function readBackwards(
  folder: ReadableFolder,
  name: string,
  signal: AbortSignal | null,
  receive: (bytes: Uint8Array<ArrayBuffer>, offset: number) => void,
): Promise<void> {
  let file = await present(folder, name);
  receive(new Uint8Array(0), file.size);
  for (let end = file.size; end > 0; ) {
    const begin = Math.floor((end - 1) / CHUNK) * CHUNK;
    for (let attempt = 1; ; attempt++) {
      signal?.throwIfAborted();
      try {
        receive(new Uint8Array(await file.slice(begin, end).arrayBuffer()), begin);
        break;
      } catch (cause) {
        if (!isReadError(cause)) throw cause;
        if (attempt === ATTEMPTS) throw new StorageError(`${name} could not be read: ${messageOf(cause)}`, { cause });
      }
      if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, Math.min(attempt, LONGEST_WAIT)));
      file = await present(folder, name);
    }
    end = begin;
  }
}

/** As the File API names it when a file is not what it was: https://w3c.github.io/FileAPI/#dfn-error-codes */
function isReadError(thrown: unknown): boolean {
  const name = (thrown as { name?: unknown } | null)?.name;
  return name === 'NotReadableError' || name === 'NotFoundError';
}

async function present(folder: ReadableFolder, name: string): Promise<ReadableFile> {
  const file = await folder.file(name);
  if (!file) throw new FolderChangedError(`${name} went away while it was read.`);
  return file;
}
