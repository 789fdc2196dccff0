/** A session as a state file has it: what a volume holds as values, and values as the operations that make a volume. */
import { type FileOperation, INODE } from '../base/file-operation';
import type { StateContent, StateFileEntry } from '../capsule';
import type { SessionOutline } from '../protocol/keeper';
import type { RuntimeBuild } from '../protocol/machine';
import type { VolumeEntry } from '../volume/file-tree';
import type { Volume } from '../volume/volume';
import { CODE_FILE, createHiddenFile, HISTORY_FILE } from './hidden-file';
import { History } from './history';
import { userEntries } from './user-entries';

/** One write of an upload is at most this long, bytes, so that a large file needs no second copy of itself. */
const LARGEST_WRITE = 2 ** 20;
/** Permission bits of folders that the content names only in the paths of others. */
const FOLDER_MODE = 0o755;

export interface ContentOptions {
  runtime: RuntimeBuild | null;
  /** Paths to be left out, with everything below them. */
  leaveOut: readonly string[];
  /** Milliseconds since 1970. */
  now: number;
}

/**
 * Everything that a state file holds of a session.
 * @param read gives a file's bytes, or anything of their length when only that counts
 */
export function contentOf(
  volume: Volume,
  { code, runs, history }: SessionOutline,
  { runtime, leaveOut, now }: ContentOptions,
  read: (file: VolumeEntry) => Uint8Array,
): StateContent {
  const left = new Set(leaveOut);
  const files: StateFileEntry[] = [];
  for (const { entry, path } of userEntries(volume)) {
    // Parents come first, so a folder that is left out is known before what is in it.
    if (left.has(path) || left.has(path.slice(0, path.lastIndexOf('/')))) {
      left.add(path);
      continue;
    }
    const { kind, mode, modified, target } = entry;
    const base = { path, modified, mode };
    if (kind === 'file') files.push({ ...base, kind, content: read(entry) });
    else if (kind === 'symlink') files.push({ ...base, kind, target: target ?? '' });
    else files.push({ ...base, kind });
  }
  return { created: now, runtime, runs: { count: runs, history }, code, files };
}

/**
 * The operations that make an empty volume hold this content, with history and editor text.
 * @param firstInode the first number that was never used: numbers are not used again
 * @param time of what the content gives no time for, milliseconds since 1970
 * @param kept hidden files that come with it
 */
export function* operationsOf(
  { runs, code, files }: StateContent,
  firstInode: number,
  time: number,
  kept: readonly { name: string; bytes: Uint8Array }[] = [],
): Generator<FileOperation> {
  let nextInode = firstInode;
  const folders = new Map<string, number>([
    ['home/pyodide', INODE.home],
    ['tmp', INODE.tmp],
  ]);
  /** Makes the folder and those above it that are not there yet. */
  function* folder(path: string): Generator<FileOperation, number> {
    const known = folders.get(path);
    if (known !== undefined) return known;
    const { parent, name } = split(path);
    const above = yield* folder(parent);
    const inode = nextInode++;
    folders.set(path, inode);
    yield { type: 'make', inode, parent: above, name, kind: 'directory', mode: FOLDER_MODE, time };
    return inode;
  }

  for (const file of files) {
    const { path, mode, modified } = file;
    if (file.kind === 'directory') {
      yield* folder(path);
      continue;
    }
    const { parent, name } = split(path);
    const above = yield* folder(parent);
    const inode = nextInode++;
    if (file.kind === 'symlink') {
      yield { type: 'symlink', inode, parent: above, name, target: file.target, time: modified };
      continue;
    }
    yield { type: 'make', inode, parent: above, name, kind: 'file', mode, time: modified };
    for (let offset = 0; offset < file.content.length; offset += LARGEST_WRITE) {
      const data = file.content.subarray(offset, offset + LARGEST_WRITE);
      yield { type: 'write', inode, offset, data, time: modified };
    }
  }
  // Afterwards: making a child changed its folder's time.
  for (const { kind, path, mode, modified } of files) {
    if (kind === 'directory') yield { type: 'setattr', inode: folders.get(path) as number, mode, modified, accessed: modified };
  }

  if (runs.count > 0 || runs.history.length > 0) {
    yield* createHiddenFile(nextInode++, HISTORY_FILE, History.from(runs.count, runs.history).serialize(), time);
  }
  if (code !== null) yield* createHiddenFile(nextInode++, CODE_FILE, new TextEncoder().encode(code), time);
  for (const { name, bytes } of kept) yield* createHiddenFile(nextInode++, name, bytes, time);
}

function split(path: string): { parent: string; name: string } {
  const slash = path.lastIndexOf('/');
  return { parent: path.slice(0, slash), name: path.slice(slash + 1) };
}
