/** What the page asks of the list of sessions, each call answered by its number. */
import type { EncodedError } from './error-codec';

/** The name of the BroadcastChannel on which a tab tells the others that the list has changed. The message has no content. */
export const CATALOGUE_CHANNEL = 'dormouse/catalogue';

/** What the page posts to a new catalogue worker, once. */
export interface CatalogueStart {
  type: 'catalogue';
  /** CatalogueRequest in, CatalogueEvent out. */
  control: MessagePort;
  /** The origin private file system. */
  directory: FileSystemDirectoryHandle;
  /** The name of a Web Lock that the worker holds to its end, by which the page notices that. */
  alive: string;
}

/** One session in the list. Times are milliseconds since 1970. */
export interface SessionEntry {
  id: string;
  /** As its owner called it; the id where nobody did. */
  name: string;
  created: number | null;
  /** When it was last opened. */
  opened: number | null;
  /** When it was deleted: hidden, and gone for good `KEPT_DELETED` later. Null for a session in use. */
  deleted: number | null;
  /** Noted by a later version of Dormouse: this one changes nothing of it. */
  foreign: boolean;
}

/** How long a deleted session can be brought back, milliseconds: 30 days. */
export const KEPT_DELETED = 30 * 24 * 3600 * 1000;
/** The longest name of a session, UTF-16 units. */
export const LONGEST_SESSION_NAME = 200;

/** No wheel is larger, bytes. */
export const LARGEST_WHEEL = 256 * 2 ** 20;

/** The memory of a fresh interpreter (src/protocol/image.ts). */
export interface Baseline {
  /** Of the bytes, lower-case hex. */
  sha256: string;
  bytes: Blob;
}

export interface CatalogueCalls {
  /** All of them, deleted ones too, the last opened first. */
  list: { argument: null; result: SessionEntry[] };
  create: { argument: { name: string }; result: SessionEntry };
  /** Notes that a session is being opened; `name` is for one that has none yet. */
  opened: { argument: { session: string; name: string }; result: SessionEntry };
  rename: { argument: { session: string; name: string }; result: SessionEntry };
  /** Marks it as deleted: nothing of it is touched. */
  delete: { argument: { session: string }; result: SessionEntry };
  bringBack: { argument: { session: string }; result: SessionEntry };
  /** Removes it for good, unless a tab has it open. */
  purge: { argument: { session: string }; result: null };
  /**
   * Makes a new session of another, also while a tab has that one open and writes: as it is now, with all checkpoints; or as it was at a
   * checkpoint, with those that led to it.
   */
  copy: { argument: { session: string; name: string; checkpoint?: number | null }; result: SessionEntry };
  /** Stores the baseline of a build, for all sessions. */
  putBaseline: { argument: { build: string; bytes: Blob }; result: { sha256: string } };
  /** Stores a wheel for all sessions; the session that needs it has said so before. */
  putWheel: { argument: { bytes: Blob }; result: { sha256: string } };
  /** A wheel, read and checked; null when there is none. */
  getWheel: { argument: { sha256: string }; result: Blob | null };
  /** The baseline of a build, or a certain one, read and checked; null when there is none. */
  getBaseline: { argument: { build: string } | { sha256: string }; result: Baseline | null };
}

export type CatalogueRequest =
  | { [Name in keyof CatalogueCalls]: { type: Name; call: number; argument: CatalogueCalls[Name]['argument'] } }[keyof CatalogueCalls]
  /** Ends a copy: its call is refused, and what was copied is removed. */
  | { type: 'cancel'; call: number };

export type CatalogueEvent =
  | { type: 'answer'; call: number; result: unknown }
  | { type: 'refusal'; call: number; error: EncodedError }
  /** Of a copy, bytes. */
  | { type: 'progress'; call: number; done: number; total: number };
