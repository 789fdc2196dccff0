/**
 * Where a volume's bytes lie: a flat folder of files with synchronous access. The same four implementations stand behind one
 * contract suite: the origin private file system, Node's files, memory and a fault injector.
 */

/**
 * An open file. All calls are synchronous, as on OPFS in a worker.
 * A write or truncate either does all of its work or throws NoSpaceError (the browser's or disk's limit) or StorageError;
 * after it threw, the bytes in the range and the size are undefined, everything before the range is as it was.
 */
export interface SyncFile {
  /** Fills `buffer` from `offset`; returns the bytes read, fewer only at the end of the file. */
  read(buffer: Uint8Array, offset: number): number;
  /** Writes all of `data` at `offset`; a gap before it reads as zeros. */
  write(data: Uint8Array, offset: number): void;
  /** Sets the size; new bytes read as zeros and count against the quota. */
  truncate(size: number): void;
  size(): number;
  /** Returns when everything written is on stable storage. */
  flush(): void;
  /** Lets go of the file. Closing twice is fine. */
  close(): void;
}

/** A folder of files, one per session. */
export interface Store {
  /** `memory` keeps nothing after the page. */
  readonly kind: 'opfs' | 'node' | 'memory';
  /** The names of all files, in no order. */
  list(): Promise<string[]>;
  /** Opens, creating an empty one when there is none. At most one handle of a file is open at a time. */
  open(name: string): Promise<SyncFile>;
  /** Removes a closed file; a missing one is fine. */
  remove(name: string): Promise<void>;
  /**
   * A file's bytes as a Blob, which reads them when they are asked for where the platform can; also of an open file. It may stop to
   * be readable once the file is changed (Chromium).
   */
  snapshot(name: string): Promise<Blob>;
}
