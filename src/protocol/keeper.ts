/** What the page (trusted) asks the keeper, one call at a time or many, each answered by its number. */
import type { ChosenFile, SessionAbout } from './catalogue';
import type { EncodedError } from './error-codec';
import type { CaptureReport, VariableNote } from './image';
import type { RunStatus, RuntimeBuild } from './machine';
import type { PackageMount } from './packages';

/** The name of the Web Lock that makes a keeper the only writer of a session: held from `open` to the end of its worker. */
export const sessionLock = (session: string) => `dormouse/session/${session}`;
/** The name of the Web Lock that everybody who reads a session without owning it holds, shared: files that it may need stay. */
export const readersLock = (session: string) => `dormouse/session/${session}/readers`;
/** The name of the Web Lock of the list of sessions: shared to read it, exclusive to change it. */
export const CATALOGUE_LOCK = 'dormouse/catalogue';

/** What names a session: its folder, its locks and its address. */
export const isSessionId = (value: unknown): value is string => typeof value === 'string' && /^[a-z0-9-]{1,64}$/.test(value);

/** The session that a first visit opens. */
export const FIRST_SESSION = 'main';

/** What the page posts to a new keeper worker, once. */
export interface KeeperStart {
  type: 'connect';
  /** KeeperRequest in, KeeperEvent out. */
  control: MessagePort;
}

/** One line of a session's history. Times are milliseconds since 1970. */
export interface RunRecord {
  run: number;
  started: number;
  /** Null while it goes on, and for ever when the page died in the middle (status `unfinished`). */
  ended: number | null;
  status: RunStatus | 'running' | 'stopped' | 'crashed' | 'unfinished';
  /** The first line of the code, at most 200 characters. */
  firstLine: string;
}

/** A kept moment of the session: disk, memory and editor together. */
export interface Checkpoint {
  id: number;
  /** Milliseconds since 1970. */
  time: number;
  /** The run that it followed; null for one that was made otherwise: before going back, by hand. */
  run: number | null;
  /** Given by the person; a named one is never removed by itself. */
  name: string | null;
  /** Why it was made. `before-run`: nothing else had kept what a run began with. `files`: the person changed files, or was about to. `join`: with what was taken from elsewhere. */
  origin: 'run' | 'before-run' | 'before-undo' | 'before-restore' | 'hand' | 'files' | 'background' | 'join';
  /** The one that it continues, which is what undoing its run goes back to; null when that is not there any more. */
  parent: number | null;
  /** Whether variables can be brought back with it, not files alone. */
  image: boolean;
  /** About how many bytes of files and memory it added to the one before it in the list. */
  size: number;
  /** It is the one that the present state continues. */
  present: boolean;
}

/** What the person should know of a run's saving; all sizes in bytes. Null in `SavedReport` when nothing of memory was kept. */
export interface CheckpointReport extends Omit<CaptureReport, 'image' | 'variables'> {
  checkpoint: number;
}

/** The editor's text and the names of variables at a moment. */
export interface Moment {
  code: string | null;
  variables: VariableNote[] | null;
}

/** What stands where the user can bring something back: the last upload or clear, until the next run. */
export type Undoable = 'upload' | 'clear' | null;

/**
 * What a program that asks for stable storage (COMMIT, fsync) waits for. `stable`: the disk, so that not even a loss of power undoes
 * it; `relaxed`: the browser, which survives the end of page and browser. A run's end waits for the disk either way.
 */
export type Durability = 'stable' | 'relaxed';

/** Of copies outside of the browser; milliseconds since 1970, null for never. */
export interface Copies {
  /** When a whole one (a state file, or a capsule) was handed to the person last. */
  made: number | null;
  /** When the person last sent away the reminder that one is due. */
  reminded: number | null;
}

/** What is known of a session without its outputs. */
export interface SessionOutline {
  /** `memory`: nothing outlives the page. */
  storage: 'opfs' | 'memory';
  /** The editor's text, null in a session that never had any. */
  code: string | null;
  runs: number;
  history: RunRecord[];
  /** When the store was last known to be on stable storage; null when nothing was ever written. */
  saved: number | null;
  undoable: Undoable;
  durability: Durability;
  /** Those that it has, and those that were taken out. */
  packages: PackageMount[];
  /** Hosts that Python may reach. */
  hosts: readonly string[];
  copies: Copies;
  /** A sentence when the store was found damaged: what was read, what was not. */
  damage: string | null;
}

export interface SessionSummary extends SessionOutline {
  /** What was kept of the notebook beside its text (src/notebook/notes.ts); null when nothing ever was. */
  notebook: string | null;
}

export interface FileReport {
  path: string;
  kind: 'file' | 'directory' | 'symlink';
  /** Bytes. */
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  /** Whether the content begins as an SQLite database does. */
  database: boolean;
  /** Of a symbolic link. */
  target?: string;
}

/** A part of a file. */
export interface FilePart {
  bytes: Blob;
  /** Of the whole file, bytes. */
  size: number;
  /** Another one when the file is another, or was changed: parts of one version fit together. */
  version: string;
}

export interface StateReport {
  summary: SessionOutline;
  files: FileReport[];
  /** `home/pyodide/app_state.json`, when there is one of at most 64 KiB that is text. */
  stateFile: { path: string; text: string } | null;
  /** Bytes that the session's log takes, room held ready for the next run included. */
  stored: number;
}

/** What stops a state file from being written, and what to leave out so that it can be. Sizes in bytes. */
export interface DownloadProblem {
  message: string;
  leaveOut: { path: string; size: number; reason: string }[];
}

/** What each part of a capsule would take, bytes, before it is packed: about what it costs at most. */
export interface CapsuleMeasure {
  files: number;
  /** Null when there is none to go along. `baseline` is the sha256 of the one that it builds on, which has to be handed over. */
  memory: { bytes: number; baseline: string | null } | null;
  /** The named ones: what each has that the present has not. */
  checkpoints: { id: number; name: string; time: number; bytes: number }[];
}

/** What goes into a capsule. */
export interface CapsuleChoice {
  /** What the session is called; null where nobody said. */
  name: string | null;
  runtime: RuntimeBuild | null;
  memory: boolean;
  /** The bytes of the baseline that `CapsuleMeasure` named, where the memory goes along. */
  baseline: Blob | null;
  /** Named checkpoints that go along. */
  checkpoints: number[];
  /** Paths that go along alone, with everything below them; null for everything. */
  only: string[] | null;
  /** Paths that are left out, and why. */
  leaveOut: { path: string; reason: string }[];
  /** For a link: as short as it can be, to be packed as a whole, without what is only there for other programs. */
  link?: boolean;
}

export type DownloadResult = { name: string; blob: Blob } | { problem: DownloadProblem };

/** Calls of the page: name, argument, result. */
export interface KeeperCalls {
  /** Waits for the session's lock; `directory` null keeps everything in memory. Announces `waiting` when another tab has it. */
  open: { argument: { session: string; directory: FileSystemDirectoryHandle | null }; result: SessionSummary };
  /**
   * Opens the session as it is now, only to be read: no lock, nothing is written. `report` and `download` then take a new look each.
   * Rejects when there is no such session.
   */
  look: { argument: { session: string; directory: FileSystemDirectoryHandle }; result: SessionSummary };
  /** Lets go of the store and its lock, in order; nothing can be asked afterwards. */
  close: { argument: null; result: null };
  /**
   * Hands a new sandbox its disk, with the newest checkpoint's memory when `resume` asks for it and there is one that has not failed
   * twice. Python that begins anew begins with `baseline`, a sha256. What a sandbox before it still says is no longer heard.
   */
  attach: {
    argument: { disk: MessagePort; waker: MessagePort | null; resume: boolean; baseline?: string };
    result: AttachReport;
  };
  /** To be told before the first run. How the sandbox began, so that an image that cannot be resumed is not tried for ever. */
  attached: { argument: { resumed: boolean; keepImage: boolean }; result: null };
  /** Reads what the sandbox has already said, then hears it no more; flushes. To be awaited before the sandbox is removed. */
  fence: { argument: null; result: null };
  /** Keeps the document as the editor's text, too; by default it is the code. */
  beginRun: { argument: { code: string; document?: string }; result: RunRecord };
  /**
   * Waits for the journal up to `sequence` (null: whatever has come) and for the image that `capture` names, keeps both as a checkpoint
   * and waits for stable storage. Without a capture the checkpoint has the disk alone, and goes on with the memory before it.
   * `notebook` is what belongs to the notebook beside its text: kept as it is, part of the checkpoint, back with it.
   */
  endRun: {
    argument: { run: number; status: RunRecord['status']; sequence: number | null; capture: CaptureReport | null; notebook?: string };
    result: SavedReport;
  };
  /**
   * Keeps what went on after the run that made the present checkpoint, in its place; where that has a name, or no run made it, as another
   * one. `checkpoint` is null when the capture has no image, or that did not arrive: then everything stays as it was.
   */
  keepChanges: { argument: { capture: CaptureReport }; result: SavedReport };
  /** Oldest first. Old ones go by themselves: docs/architecture.md. */
  checkpoints: { argument: null; result: CheckpointList };
  /** `name` null takes the name away. */
  nameCheckpoint: { argument: { checkpoint: number; name: string | null }; result: CheckpointList };
  /** Rejects with `busy` for the one whose memory the present state goes on with. */
  dropCheckpoint: { argument: { checkpoint: number }; result: CheckpointList };
  /** Makes one by hand from the present state, or (`joined`) after something was taken from elsewhere; `capture` as in endRun. */
  keepCheckpoint: { argument: { name: string | null; capture: CaptureReport | null; joined?: boolean }; result: CheckpointList };
  /**
   * Goes back: disk and memory, with `restore` the editor's text too. The present is kept as another checkpoint. The sandbox has to be
   * fenced before.
   */
  restore: { argument: { checkpoint: number; reason: 'undo' | 'restore' }; result: SessionSummary };
  /** Paths of the files and folders that two checkpoints, or a checkpoint and the present (null), do not have alike. */
  compare: { argument: { before: number; after: number | null }; result: string[] };
  /** What a checkpoint, or the present (null), is beside its files. `variables` are null where no memory goes with it. */
  moment: { argument: { checkpoint: number | null }; result: Moment };
  /** `notebook` as in endRun. */
  saveCode: { argument: { code: string; notebook?: string }; result: SavedReport };
  /** Replaces the hosts that Python may reach. */
  setHosts: { argument: { hosts: readonly string[] }; result: null };
  setDurability: { argument: { durability: Durability }; result: null };
  /** Notes that it happens now. */
  noteCopy: { argument: { what: keyof Copies }; result: Copies };
  /** Everything below the mounts, parents first. */
  files: { argument: null; result: FileReport[] };
  /** What was at a path at a checkpoint and below it, parents first. */
  filesAt: { argument: { checkpoint: number; path: string }; result: FileReport[] };
  /**
   * Some of a file's bytes, at most 16 MiB: of the present one, also while Python runs, or (`checkpoint`) of a kept one. Rejects with `busy`
   * when it is not the `version` that is asked for any more, null for any.
   */
  readFile: { argument: { path: string; from: number; to: number; checkpoint: number | null; version: string | null }; result: FilePart };
  /** To be asked before something is replaced or removed: sees to a checkpoint with the files as they are. Null when nothing is at `path`. */
  precedeChange: { argument: { path: string }; result: number | null };
  /**
   * Waits for the journal up to `sequence` (null: whatever has come) and for stable storage; with `keep` makes a checkpoint of what the page
   * has changed, unless a run goes on, whose end makes one.
   */
  settleFiles: { argument: { sequence: number | null; keep: boolean }; result: SavedReport };
  /** Notes, durably, that the session needs these wheels of those that all share: to be done before they are stored. */
  needWheels: { argument: { sha256s: string[] }; result: null };
  /** Replaces the list of packages. */
  setPackages: { argument: { packages: PackageMount[] }; result: null };
  /** What a list of sessions says of this one. */
  about: { argument: null; result: SessionAbout };
  report: { argument: null; result: StateReport };
  download: { argument: { runtime: RuntimeBuild | null; leaveOut: string[] }; result: DownloadResult };
  measureCapsule: { argument: null; result: CapsuleMeasure };
  /** Tells `progress`, ends with `cancel`. Other calls go on meanwhile. */
  downloadCapsule: { argument: CapsuleChoice; result: DownloadResult };
  /**
   * Reads and checks all of a state file, or of whatever a person chose (which becomes the session by choice: the present is kept as a checkpoint, too), and holds it ready for
   * `upload`; the session goes on undisturbed.
   */
  stage: { argument: { file: Blob } | { files: ChosenFile[] }; result: null };
  /** Replaces the session by the staged state in one step. The sandbox has to be fenced before; so for `clear` and `undoReplace`. */
  upload: { argument: null; result: SessionSummary };
  clear: { argument: null; result: SessionSummary };
  /** Brings back what the last upload or clear replaced. */
  undoReplace: { argument: null; result: SessionSummary };
}

export interface SavedReport {
  /** When stable storage had it. */
  saved: number;
  history: RunRecord[];
  /** A sentence when something of the run did not arrive. */
  problem: string | null;
  checkpoint: CheckpointReport | null;
}

export interface AttachReport {
  /** The checkpoint whose memory the sandbox was given; null when it was given none. */
  checkpoint: Checkpoint | null;
  /** The disk has changed since that checkpoint: a run did not come to its end. */
  stale: boolean;
  /** A sentence when there is an image that was not given, such as one that failed twice. */
  problem: string | null;
  /** What it was given with: variables of that memory, files of the disk. Null with `checkpoint`. */
  counts: { variables: number; files: number } | null;
}

export interface CheckpointList {
  checkpoints: Checkpoint[];
  /** The one that undoing the last run goes back to; null when nothing was run, or what was before is no longer kept. */
  undo: number | null;
  /** Bytes that all of them take beside the present state, and how many they may take before old ones are thinned out. */
  stored: number;
  budget: number;
}

export type KeeperRequest =
  | {
      [Name in keyof KeeperCalls]: { type: Name; call: number; argument: KeeperCalls[Name]['argument'] };
    }[keyof KeeperCalls]
  /** Ends a call that tells its progress: it is refused. */
  | { type: 'cancel'; call: number };

export type KeeperEvent =
  | { type: 'answer'; call: number; result: unknown }
  | { type: 'refusal'; call: number; error: EncodedError }
  /** Of a download, bytes. */
  | { type: 'progress'; call: number; done: number; total: number }
  /** Another tab has the session; `open` goes on by itself when that one closes. */
  | { type: 'waiting' }
  /** Files are not as they were; told at most ten times a second. */
  | { type: 'files' }
  /** The store failed in the middle of a run: the session is read-only from here. */
  | { type: 'failed'; error: EncodedError }
  /** The sandbox broke the protocol (forged or out-of-order messages) and is no longer heard. */
  | { type: 'rejected'; message: string };
