/**
 * A store on somebody else's files as they were at one moment: what is written lies in memory and never reaches them. With it a
 * volume can be opened, and looked at, that another tab owns and goes on writing.
 */
import { DormouseError, messageOf, StorageError } from '../base/errors';
import { FolderChangedError, type ReadableFile, type ReadableFolder, readBackwards, readingOrder } from './readable-folder';
import type { Store, SyncFile } from './store';

export interface SnapshotOptions {
  /** Reads a Blob without waiting: `FileReaderSync`, which only workers have. */
  readNow: (blob: Blob) => ArrayBuffer;
  /** The time, milliseconds since 1970; default `Date.now`. */
  now?: () => number;
}

/** A file that was changed within so many ms may be changed at any moment: it is copied. Others are read when they are needed. */
const RECENT = 60_000;
const PAGE = 64 * 1024;
/** How often the list of files is read anew because one of them went away. */
const ATTEMPTS = 5;

/** What a file was at the moment of the snapshot. */
type Origin = ReadableFile | Uint8Array<ArrayBuffer>;

/**
 * Takes the snapshot. Reading a file later than that throws DormouseError `busy` when its owner has changed it meanwhile: take
 * another one then.
 * @throws StorageError when the files cannot be read
 */
export async function openSnapshotStore(folder: ReadableFolder, { readNow, now = Date.now }: SnapshotOptions): Promise<Store> {
  const files = new Map<string, SnapshotFile>();
  for (const [name, origin] of await takeSnapshot(folder, now)) files.set(name, new SnapshotFile(name, origin, readNow));
  return {
    kind: 'memory',
    list: async () => [...files.keys()],
    open: async (name) => {
      const file = files.get(name) ?? new SnapshotFile(name, new Uint8Array(0), readNow);
      files.set(name, file);
      return file;
    },
    remove: async (name) => {
      files.delete(name);
    },
    snapshot: async (name) => {
      const file = files.get(name);
      const bytes = new Uint8Array(file?.size() ?? 0);
      file?.read(bytes, 0);
      return new Blob([bytes]);
    },
  };
}

async function takeSnapshot(folder: ReadableFolder, now: () => number): Promise<Map<string, Origin>> {
  for (let attempt = 1; ; attempt++) {
    try {
      const origins = new Map<string, Origin>();
      for (const name of readingOrder(await folder.names())) {
        const file = await folder.file(name);
        if (!file) throw new FolderChangedError(`${name} went away.`);
        origins.set(name, now() - file.lastModified < RECENT ? await copied(folder, name) : file);
      }
      return origins;
    } catch (error) {
      if (!(error instanceof FolderChangedError) || attempt === ATTEMPTS) throw error;
    }
  }
}

async function copied(folder: ReadableFolder, name: string): Promise<Uint8Array<ArrayBuffer>> {
  let copy = new Uint8Array(0);
  await readBackwards(folder, name, null, (bytes, offset) => {
    if (bytes.length === 0) copy = new Uint8Array(offset);
    else copy.set(bytes, offset);
  });
  return copy;
}

/** The origin below, and over it the pages that were written; `#size` bytes of the two count, those past `#kept` not from the origin. */
class SnapshotFile implements SyncFile {
  readonly #name: string;
  readonly #origin: Origin;
  readonly #readNow: SnapshotOptions['readNow'];
  readonly #pages = new Map<number, Uint8Array>();
  #kept: number;
  #size: number;

  constructor(name: string, origin: Origin, readNow: SnapshotOptions['readNow']) {
    this.#name = name;
    this.#origin = origin;
    this.#readNow = readNow;
    this.#size = origin instanceof Uint8Array ? origin.length : origin.size;
    this.#kept = this.#size;
  }

  read(buffer: Uint8Array, offset: number): number {
    const end = Math.min(offset + buffer.length, this.#size);
    if (end <= offset) return 0;
    // In one piece where nothing was written: each read of a Blob costs more than its bytes.
    const range = buffer.subarray(0, end - offset);
    this.#readOrigin(range, offset);
    for (let page = Math.floor(offset / PAGE); page * PAGE < end; page++) {
      const written = this.#pages.get(page);
      if (!written) continue;
      const from = Math.max(offset, page * PAGE);
      range.set(written.subarray(from - page * PAGE, Math.min(end - page * PAGE, PAGE)), from - offset);
    }
    return range.length;
  }

  write(data: Uint8Array, offset: number): void {
    if (data.length === 0) return;
    const end = offset + data.length;
    this.#size = Math.max(this.#size, end);
    for (let page = Math.floor(offset / PAGE); page * PAGE < end; page++) {
      const from = Math.max(offset, page * PAGE);
      const to = Math.min(end, (page + 1) * PAGE);
      this.#page(page).set(data.subarray(from - offset, to - offset), from - page * PAGE);
    }
  }

  truncate(size: number): void {
    if (size < this.#size) {
      this.#kept = Math.min(this.#kept, size);
      for (const [page, bytes] of this.#pages) {
        if (page * PAGE >= size) this.#pages.delete(page);
        else if ((page + 1) * PAGE > size) bytes.fill(0, size - page * PAGE);
      }
    }
    this.#size = size;
  }

  size(): number {
    return this.#size;
  }

  flush(): void {
    // Nothing here is meant to last.
  }

  close(): void {
    // Nothing is held.
  }

  #page(page: number): Uint8Array {
    const known = this.#pages.get(page);
    if (known) return known;
    const bytes = new Uint8Array(PAGE);
    this.#readOrigin(bytes, page * PAGE);
    this.#pages.set(page, bytes);
    return bytes;
  }

  /** Fills `buffer` from the origin, with zeros past what is kept of it. */
  #readOrigin(buffer: Uint8Array, offset: number): void {
    const end = Math.max(offset, Math.min(offset + buffer.length, this.#kept));
    buffer.fill(0, end - offset);
    if (end === offset) return;
    if (this.#origin instanceof Uint8Array) {
      buffer.set(this.#origin.subarray(offset, end));
      return;
    }
    let bytes: Uint8Array;
    try {
      bytes = new Uint8Array(this.#readNow(this.#origin.slice(offset, end)));
    } catch (cause) {
      throw new DormouseError('busy', `The other tab has changed this session since (${messageOf(cause)}). Look again.`, { cause });
    }
    if (bytes.length !== end - offset) throw new StorageError(`${this.#name} is shorter than it was.`);
    buffer.set(bytes);
  }
}
