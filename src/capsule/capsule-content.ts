/** What a capsule holds, as values, whoever holds the bytes; and how much of it there may be. */
import type { ZipLimits } from '../base/zip-reader';
import type { StateContent, StateRun } from './content';
import type { Content } from './zip-writer';

const MEGABYTE = 1_000_000;

/** What a capsule, or a plain zip that becomes a session, may hold. */
export const CAPSULE_LIMITS = {
  /** Files, links and folders of one moment, as in a state file. */
  files: 100_000,
  checkpoints: 100,
  /** Bytes of the manifest. */
  manifest: 64 * MEGABYTE,
  /** Values (objects, lists, texts, numbers, …) in the manifest, and how deep they may lie. */
  values: 3_000_000,
  depth: 16,
  zip: { entries: 250_000, content: 8_000 * MEGABYTE, file: 2 ** 31 - 1, directory: 64 * MEGABYTE } satisfies ZipLimits,
} as const;

/** A file, folder or symbolic link below `home/pyodide/` or `tmp/`. */
export type CapsuleFile = {
  path: string;
  /** Milliseconds since 1970, also in between. */
  modified: number;
  /** Permission bits. */
  mode: number;
  /** By what the memory knows it; null where none goes along. */
  inode: number | null;
} & ({ kind: 'file'; content: Content } | { kind: 'directory' } | { kind: 'symlink'; target: string });

/** What Python's memory was. Nothing here looks into it. */
export interface CapsuleMemory {
  image: Content;
  /** What was said of the variables: a hidden file of the session. */
  notes: Content | null;
  /** The memory of a fresh Python that the image builds on. */
  baseline: { sha256: string; content: Content } | null;
  /** What is not as the image knows it, by inode number. */
  changed: number[];
  /** Above all inode numbers that the memory may know. */
  nextInode: number;
}

/** A moment with a name: its files and the editor's text. */
export interface CapsuleCheckpoint {
  name: string;
  /** Milliseconds since 1970. */
  time: number;
  code: string | null;
  files: CapsuleFile[];
}

/** A file that Dormouse keeps beside those of the user, by its name there. */
export interface KeptFile {
  name: string;
  content: Content;
}

/** What the person wants to know of the packages; what counts is in the kept file `packages.json`. */
export interface CapsulePackage {
  name: string;
  version: string;
  sha256: string;
}

/** What was left out, and why: a sentence each. */
export interface LeftOut {
  path: string;
  reason: string;
}

/** A whole session. */
export interface CapsuleContent {
  /** What it is called; null where nobody said. */
  name: string | null;
  runtime: StateContent['runtime'];
  runs: { count: number; history: StateRun[] };
  code: string | null;
  files: CapsuleFile[];
  kept: KeptFile[];
  packages: CapsulePackage[];
  memory: CapsuleMemory | null;
  /** Oldest first. */
  checkpoints: CapsuleCheckpoint[];
  leftOut: LeftOut[];
}

/** The hidden files of a session that travel. Others stay: settings, and what only counts where it is. */
export const KEPT_NAMES: readonly string[] = ['notebook.json', 'packages.json'];

/** Bytes in memory as content. */
export const contentOfBytes = (bytes: Uint8Array): Content => ({ size: bytes.length, pieces: () => [bytes] });

/** All of a content, which is of a size that fits into memory. */
export async function bytesOf(content: Content): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(content.size);
  let at = 0;
  for await (const piece of content.pieces()) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}
