/** What the page asks of the list of sessions, each call answered by its number. */
import type { EncodedError } from './error-codec';
import type { VariableNote } from './image';
import type { RuntimeBuild } from './machine';

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
  /** What a tab that had it noted last; null where none has yet. */
  about: SessionAbout | null;
}

/** What tells a session from others in a list. */
export interface SessionAbout {
  /** Of its notebook, at most `LONGEST_FIRST_LINE`; null where there is none. */
  firstLine: string | null;
  /** Of its files. */
  bytes: number;
}

/** UTF-16 units. */
export const LONGEST_FIRST_LINE = 200;

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

/** A file of the person's computer, to be opened as a session. */
export interface ChosenFile {
  /** Its name, with the folders that were chosen with it. */
  path: string;
  file: Blob;
  /** When it was last changed, milliseconds since 1970. */
  modified: number;
}

/** How what was chosen would be as a session. Nothing of it was run; lists and texts are cut where that is said. */
export interface Preview {
  form: 'state' | 'capsule' | 'zip' | 'notebook' | 'code' | 'lesson' | 'files';
  /** What the session may be called. */
  name: string;
  runtime: RuntimeBuild | null;
  runs: number;
  /** The beginning of the editor's text, or of a lesson's, at most `LONGEST_PREVIEW` UTF-16 units; null when there is none. */
  code: string | null;
  codeCut: boolean;
  /** What is kept beside the text of its notebook (src/notebook/notes.ts): outputs, above all. Null when there is nothing. */
  notes: string | null;
  /** The first `MOST_PREVIEWED`. */
  files: { path: string; kind: 'file' | 'directory' | 'symlink'; size: number }[];
  fileCount: number;
  /** Bytes of all files. */
  bytes: number;
  packages: { name: string; version: string }[];
  /** Python's memory, when it is there. */
  memory: { bytes: number; variables: VariableNote[] } | null;
  checkpoints: { name: string; time: number }[];
  /** The first `MOST_PREVIEWED` of what was left out, and why. */
  leftOut: { path: string; reason: string }[];
  /** The first `MOST_PREVIEWED` names of what the manifest of a capsule does not list. */
  unlisted: string[];
  /** A sentence when it cannot be opened, only looked at. */
  closed: string | null;
}

/** UTF-16 units of code in a preview. */
export const LONGEST_PREVIEW = 100_000;
/** Entries of a list in a preview. */
export const MOST_PREVIEWED = 2000;

/** Bytes on the disk. */
export interface StorageMeasure {
  /** Of every session, deleted ones too, room held ready for the next run included. */
  sessions: { id: string; bytes: number }[];
  /** Of what all sessions share: Python as it begins, and packages. */
  baselines: number;
  wheels: number;
}

/** What there is in files that a person chose, to be compared with a session. Nothing of it was run. */
export interface ChosenOutline {
  /** All of the editor's text; null when there is none, or it is longer than `LONGEST_COMPARED`. */
  code: string | null;
  /** Null when there is no memory, or nothing was said of its variables. */
  variables: VariableNote[] | null;
  files: {
    path: string;
    kind: 'file' | 'directory' | 'symlink';
    /** Bytes. */
    size: number;
    /** Of the content; null of what is no file, or larger than `LARGEST_HASHED`. */
    sha256: string | null;
    /** Whether the content begins as an SQLite database does. */
    database: boolean;
    target: string | null;
  }[];
}

/** UTF-16 units of a text that is compared. */
export const LONGEST_COMPARED = 2_000_000;
/** Larger files are not looked into to tell them apart, bytes. */
export const LARGEST_HASHED = 64_000_000;

export interface CatalogueCalls {
  /** All of them, deleted ones too, the last opened first. */
  list: { argument: null; result: SessionEntry[] };
  measure: { argument: null; result: StorageMeasure };
  create: { argument: { name: string }; result: SessionEntry };
  /** Notes that a session is being opened; `name` is for one that has none yet. */
  opened: { argument: { session: string; name: string }; result: SessionEntry };
  /** Notes what is to be shown of a session in a list. */
  describe: { argument: { session: string; about: SessionAbout }; result: SessionEntry };
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
  /** Looks into what was chosen. Rejects with a sentence when it cannot be opened. */
  inspect: { argument: { files: ChosenFile[] }; result: Preview };
  /** The content of one of the files in what was chosen, by its path in the preview: at most `most` bytes. Rejects with a sentence. */
  readChosen: { argument: { files: ChosenFile[]; path: string; most: number }; result: Blob };
  /** Everything that can be compared of what was chosen. Rejects with a sentence. */
  outlineChosen: { argument: { files: ChosenFile[] }; result: ChosenOutline };
  /**
   * Makes a new session of what was chosen, checked whole; `memory`: Python goes on where it was. Tells `progress`, ends with `cancel`;
   * whatever stops it leaves nothing behind.
   */
  openFiles: { argument: { files: ChosenFile[]; name: string; memory: boolean }; result: SessionEntry };
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
  /** Ends a copy or an opening: its call is refused, and what was written is removed. */
  | { type: 'cancel'; call: number };

export type CatalogueEvent =
  | { type: 'answer'; call: number; result: unknown }
  | { type: 'refusal'; call: number; error: EncodedError }
  /** Of a copy, or what is opened, bytes. */
  | { type: 'progress'; call: number; done: number; total: number };
