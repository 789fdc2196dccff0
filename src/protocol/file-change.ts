/**
 * Changes of files that the page asks the machine for: it alone changes the disk, so that they are paid for and journalled as Python's are.
 * Paths are spelled as in src/base/paths.ts: `home/pyodide/notes.txt`, `tmp/x`.
 */
export type FileChange =
  /**
   * Writes a whole file, and the folders that it needs: beside the disk's other files first, then under its name, so that no half of it is
   * ever found there. `replace`: an older file of that name goes, otherwise it is an error. `modified` is milliseconds since 1970, null for now.
   */
  | { type: 'write'; path: string; content: Blob; replace: boolean; modified: number | null }
  /** Makes a folder, with those above it. An error when something has that name. */
  | { type: 'makeFolder'; path: string }
  /** Makes a symbolic link. */
  | { type: 'link'; path: string; target: string }
  /** Gives something another name or folder. `replace` as for `write`; a folder is never replaced. */
  | { type: 'move'; from: string; to: string; replace: boolean }
  /** Removes a file, a link, or a folder with everything in it, in one step. */
  | { type: 'remove'; path: string };

/** The machine's answer to a change. */
export interface FileChanged {
  /** The last operation that belongs to it: the change is kept when the keeper has that one. */
  sequence: number;
  /** Python has the file open that was replaced or removed, and goes on with the old one until it opens it anew. */
  open: boolean;
}

/** Where files lie until they have arrived as a whole. Nobody's files: not listed, not downloaded, removed when the next machine starts. */
export const ARRIVING_FOLDER = 'tmp/.dormouse-arriving';
