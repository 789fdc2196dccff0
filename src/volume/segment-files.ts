/** The open files of a volume's segments: reading from all of them, and the spares that the log grows into. */
import { DormouseError, NoSpaceError, StorageError } from '../base/errors';
import { xxh32 } from '../base/xxh32';
import { decodeSegmentHeader, SEGMENT, type SegmentHeader, segmentName, segmentOf } from './format';
import type { Store, SyncFile } from './store';

/** Bytes in a segment, with their checksum: what tree nodes, pieces of files and pages of the object map are found by. */
export interface Location {
  segment: number;
  offset: number;
  length: number;
  checksum: number;
}

export interface Segment {
  readonly number: number;
  readonly file: SyncFile;
  /** Null for a spare: an empty file, or one whose header is not sound. */
  header: SegmentHeader | null;
  /** Bytes of the file, room held ready included. */
  size: number;
  /**
   * The most bytes that the file had since it was opened. So far it can grow again whatever else is refused: Chromium leaves an open
   * file the room that it once had.
   */
  most: number;
}

/** What is stored does not match its checksum. */
export const damaged = (what: string): DormouseError =>
  new DormouseError('damaged', `${what} is damaged: what is stored does not match its checksum.`);

export class SegmentFiles {
  readonly #store: Store;
  readonly #segments = new Map<number, Segment>();
  #closed = false;

  private constructor(store: Store) {
    this.#store = store;
  }

  /** Opens every segment that the store has. */
  static async open(store: Store): Promise<SegmentFiles> {
    const files = new SegmentFiles(store);
    // All at once: each is a question to the browser's own process.
    const opening = (await store.list()).map(async (name) => {
      const number = segmentOf(name);
      if (number !== null) files.#add(number, await store.open(name));
    });
    const failed = (await Promise.allSettled(opening)).find((result) => result.status === 'rejected');
    if (!failed) return files;
    files.close();
    throw failed.reason;
  }

  get(number: number): Segment | undefined {
    return this.#segments.get(number);
  }

  /** All of them, by number. */
  all(): Segment[] {
    return [...this.#segments.values()].sort((a, b) => a.number - b.number);
  }

  /** Bytes of all files. */
  get size(): number {
    let size = 0;
    for (const segment of this.#segments.values()) size += segment.size;
    return size;
  }

  /**
   * Makes a new, empty segment. Not to be called again before it has resolved.
   * @returns null when these files were closed meanwhile, or when there is not even room for an empty file (Chromium)
   */
  async create(): Promise<Segment | null> {
    let number = 1;
    while (this.#segments.has(number)) number++;
    const file = await this.#store.open(segmentName(number)).catch((error) => {
      if (error instanceof NoSpaceError) return null;
      throw error;
    });
    if (!file) return null;
    if (!this.#closed) return this.#add(number, file);
    file.close();
    return null;
  }

  /** Closes an empty segment and removes its file. A file that cannot be removed only takes a name. */
  async remove(segment: Segment): Promise<void> {
    this.#segments.delete(segment.number);
    segment.file.close();
    await this.#store.remove(segmentName(segment.number)).catch(() => undefined);
  }

  /** @throws StorageError when the segment is not there or shorter */
  readAt(number: number, offset: number, length: number): Uint8Array<ArrayBuffer> {
    const segment = this.#segments.get(number);
    if (!segment) throw new StorageError(`${segmentName(number)} is missing.`);
    const bytes = new Uint8Array(length);
    if (segment.file.read(bytes, offset) !== length) throw new StorageError(`${segmentName(number)} ends too early.`);
    return bytes;
  }

  /** The bytes at a location. @throws DormouseError `damaged` when they are not there or not what was written */
  read({ segment, offset, length, checksum }: Location, what: string): Uint8Array<ArrayBuffer> {
    const known = this.#segments.get(segment);
    if (!known || offset + length > known.size) throw damaged(what);
    const bytes = this.readAt(segment, offset, length);
    if (xxh32(bytes) !== checksum) throw damaged(what);
    return bytes;
  }

  /** The bytes of a segment for reading later, elsewhere; only while it stays as it is. */
  snapshot(number: number): Promise<Blob> {
    return this.#store.snapshot(segmentName(number));
  }

  close(): void {
    this.#closed = true;
    for (const { file } of this.#segments.values()) file.close();
  }

  #add(number: number, file: SyncFile): Segment {
    const bytes = new Uint8Array(SEGMENT.size);
    const read = file.read(bytes, 0);
    const size = file.size();
    const segment: Segment = { number, file, header: decodeSegmentHeader(bytes.subarray(0, read)), size, most: size };
    this.#segments.set(number, segment);
    return segment;
  }
}
