/** A folder of the computer that a person has chosen (File System Access), as the other side of a mirror. */
import { DormouseError, messageOf } from '../base/errors';
import { MovedOnError, type SideFile, type TheirSide } from './sides';

/** A folder with more is surely not meant. */
const MOST_FILES = 20_000;
const DEEPEST = 64;
/** What browsers and systems leave in folders for themselves. */
const LITTER = /\.crswap$|^Thumbs\.db$|^desktop\.ini$/i;

export class FolderTarget implements TheirSide {
  readonly #folder: FileSystemDirectoryHandle;

  constructor(folder: FileSystemDirectoryHandle) {
    this.#folder = folder;
  }

  async list(signal?: AbortSignal): Promise<Map<string, SideFile>> {
    const files = new Map<string, SideFile>();
    const walk = async (folder: FileSystemDirectoryHandle, path: string, depth: number): Promise<void> => {
      for await (const [name, handle] of folder.entries()) {
        signal?.throwIfAborted();
        if (name.startsWith('.') || LITTER.test(name)) continue;
        if (depth > DEEPEST || files.size > MOST_FILES) {
          throw new DormouseError(
            'unsupported',
            `The folder holds more than can be mirrored (${MOST_FILES.toLocaleString('en-US')} files). Choose one of its own for the session.`,
          );
        }
        if (handle.kind === 'directory') await walk(handle as FileSystemDirectoryHandle, `${path}${name}/`, depth + 1);
        else files.set(path + name, seen(await (handle as FileSystemFileHandle).getFile()));
      }
    };
    await this.#guard(() => walk(this.#folder, '', 0));
    return files;
  }

  read(path: string): Promise<Blob> {
    return this.#guard(async () => (await this.#file(path)).getFile());
  }

  write(path: string, content: Blob, expected: string | null): Promise<SideFile> {
    return this.#guard(async () => {
      await this.#expect(path, expected);
      const file = await this.#file(path, true);
      // What is written takes the file's place when it is closed, whole.
      const stream = await file.createWritable();
      try {
        await stream.write(content);
        await this.#expect(path, expected ?? EMPTY);
      } catch (error) {
        await stream.abort();
        throw error;
      }
      await stream.close();
      return seen(await file.getFile());
    });
  }

  remove(path: string, expected: string): Promise<void> {
    return this.#guard(async () => {
      await this.#expect(path, expected);
      const { folder, name } = await this.#place(path);
      await folder.removeEntry(name);
    });
  }

  async #expect(path: string, expected: string | null): Promise<void> {
    const now = await this.#stat(path);
    const fits = expected === EMPTY ? now === null || now.size === 0 : (now?.version ?? null) === expected;
    if (!fits) throw new MovedOnError(`“${path}” has changed in the folder.`);
  }

  async #stat(path: string): Promise<SideFile | null> {
    try {
      return seen(await (await this.#file(path)).getFile());
    } catch (error) {
      if ((error as DOMException).name === 'NotFoundError') return null;
      throw error;
    }
  }

  async #file(path: string, create = false): Promise<FileSystemFileHandle> {
    const { folder, name } = await this.#place(path, create);
    return folder.getFileHandle(name, { create });
  }

  async #place(path: string, create = false): Promise<{ folder: FileSystemDirectoryHandle; name: string }> {
    const segments = path.split('/');
    const name = segments.pop() as string;
    let folder = this.#folder;
    for (const segment of segments) folder = await folder.getDirectoryHandle(segment, { create });
    return { folder, name };
  }

  async #guard<Result>(action: () => Promise<Result>): Promise<Result> {
    try {
      return await action();
    } catch (cause) {
      const name = (cause as { name?: unknown } | null)?.name;
      // A file is missing for itself; the folder for all of them.
      if (name === 'NotFoundError' && !(await isThere(this.#folder))) {
        throw new DormouseError(
          'closed',
          'The folder is not there any more: it was moved or removed. Nothing of the session is lost. Choose it again.',
          { cause },
        );
      }
      if (name === 'NotAllowedError')
        throw new DormouseError('closed', 'The browser does not allow the folder to be used any more. Allow it again.', { cause });
      if (name === 'TypeMismatchError')
        throw new DormouseError('invalid', 'A file and a folder have the same name: it is left alone.', { cause });
      if (name === 'TypeError') throw new DormouseError('invalid', `The browser does not take this name. ${messageOf(cause)}`, { cause });
      throw cause;
    }
  }
}

/** A file that `getFileHandle` has just made. */
const EMPTY = 'empty';

const seen = ({ size, lastModified }: File): SideFile => ({ size, version: `${size} ${lastModified}` });

async function isThere(folder: FileSystemDirectoryHandle): Promise<boolean> {
  try {
    for await (const _ of folder.keys()) break;
    return true;
  } catch {
    return false;
  }
}
