/** The two sides of a mirror: a session, and a folder or server. Paths are relative, with forward slashes; only files count, folders come with them. */

/** What a side says of a file without reading it. */
export interface SideFile {
  /** Bytes. */
  size: number;
  /** Another one whenever the file is another. */
  version: string;
}

/** By path. */
export type Listing = ReadonlyMap<string, SideFile>;

interface Side {
  /** @throws an Error with a sentence */
  list(signal?: AbortSignal): Promise<Map<string, SideFile>>;
  read(path: string, signal?: AbortSignal): Promise<Blob>;
}

/** The session. What is replaced or removed here is kept in a checkpoint first. */
export interface OurSide extends Side {
  /** Resolves with what `list` says of what was written. `replace`: an older file of that name goes, otherwise it is an error. */
  write(path: string, content: Blob, replace: boolean): Promise<SideFile>;
  remove(path: string): Promise<void>;
}

/** What the session is mirrored to. It changes by itself at any time. */
export interface TheirSide extends Side {
  /**
   * Writes a whole file, with the folders that it needs; resolves with what `list` would say of it.
   * @param expected the version that may be replaced; null when there must be none
   * @throws MovedOnError when that is not what is there; then nothing was changed
   */
  write(path: string, content: Blob, expected: string | null, signal?: AbortSignal): Promise<SideFile>;
  /** @throws MovedOnError as `write` */
  remove(path: string, expected: string, signal?: AbortSignal): Promise<void>;
}

/** A file at the other side is not what it was a moment ago. Nothing was changed; the next comparison sees it. */
export class MovedOnError extends Error {
  override readonly name = 'MovedOnError';
}
