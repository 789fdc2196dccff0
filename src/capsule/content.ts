/** What a state file holds, as values, and how much of it there may be. */

/** Megabytes here are 1,000,000 bytes, as people read "MB". */
const MEGABYTE = 1_000_000;

export const STATE_LIMITS = {
  /** Bytes in all files together. */
  content: 256 * MEGABYTE,
  /**
   * Bytes of the document. All content as base64 takes 342 MB; the rest is for names, code and history. Also below what a
   * browser lets one string be (some 536 million characters), so that other programs can read it, too.
   */
  document: 384 * MEGABYTE,
  /** Files, links and folders, also folders that are only named by what lies in them. */
  entries: 100_000,
  /** UTF-16 units of the editor's text. */
  code: 4_000_000,
  /** Runs in the history; how many there ever were is a number beside it. */
  history: 10_000,
  /** UTF-16 units of a run's first line. */
  firstLine: 200,
  /** UTF-16 units of a link's target, as PATH_MAX in Linux. */
  target: 4096,
  /** Nested objects and lists in the document. A good one has 3. */
  depth: 64,
  /** Values (objects, lists, texts, numbers, …) in the document. The largest good one has some 660,000. */
  values: 2_000_000,
} as const;

/** How a run ended; `running` and `unfinished` did not. */
export const RUN_STATUSES = ['running', 'finished', 'failed', 'interrupted', 'exited', 'stopped', 'crashed', 'unfinished'] as const;

/** One run of the history. Times are milliseconds since 1970. */
export interface StateRun {
  run: number;
  started: number;
  ended: number | null;
  status: (typeof RUN_STATUSES)[number];
  /** The first line of the code, at most `STATE_LIMITS.firstLine` UTF-16 units. */
  firstLine: string;
}

/** A file, folder or symbolic link. */
export type StateFileEntry = {
  /** Relative to the session's disk, below `home/pyodide/` or `tmp/`. */
  path: string;
  /** Milliseconds since 1970. A document has whole ones, in the years 0 to 9999. */
  modified: number;
  /** Permission bits, 0o000 to 0o7777. */
  mode: number;
} & ({ kind: 'file'; content: Uint8Array } | { kind: 'directory' } | { kind: 'symlink'; target: string });

/** A whole state. */
export interface StateContent {
  /** When it was written, milliseconds since 1970. */
  created?: number;
  /** The build that the session ran on; null when unknown. */
  runtime: { pyodide: string; python: string } | null;
  runs: {
    /** How many there ever were: the number of the last one. */
    count: number;
    /** The last ones, oldest first. */
    history: StateRun[];
  };
  /** The editor's text; null when there never was any. */
  code: string | null;
  /** In any order; folders above an entry need not be listed. */
  files: StateFileEntry[];
}

/** Permission bits of entries that name none. */
export const DEFAULT_MODES = { file: 0o644, directory: 0o755, symlink: 0o777 } as const;
