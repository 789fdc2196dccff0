/** A session as a capsule has it: what a volume holds of one moment, to be read when it is written. */
import { InvalidInputError, isDamage } from '../base/errors';
import { type CapsuleContent, type CapsuleFile, type CapsuleMemory, type Content, contentOfBytes, KEPT_NAMES } from '../capsule';
import type { CapsuleMeasure, SessionSummary } from '../protocol/keeper';
import type { RuntimeBuild } from '../protocol/machine';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';
import type { Volume } from '../volume/volume';
import { Family, type Kept } from './checkpoint-family';
import { CODE_FILE, IMAGE_FILE, NOTES_FILE, pathOfHidden } from './hidden-file';
import { userEntries } from './user-entries';

/** What is read of a file at a time, bytes. */
const CHUNK = 2 ** 20;

export interface CapsuleOptions {
  name: string | null;
  runtime: RuntimeBuild | null;
  /** Whether Python's memory goes along, where there is one. */
  memory: boolean;
  /** The memory that it builds on, where it needs one. */
  baseline: Content | null;
  /** Numbers of named checkpoints that go along. */
  checkpoints: readonly number[];
  /** Paths that go along, with everything below them; null for all. */
  only: readonly string[] | null;
  /** Paths that are left out, with everything below them, and why. */
  leaveOut: readonly { path: string; reason: string }[];
}

/**
 * What a capsule would hold. Content is read from `view`, which has to stay as it is until all of it was.
 * @param view the present state, or a snapshot of it that was just taken
 * @param changed what is not as the memory knows it, by inode number
 */
export function capsuleOf(
  volume: Volume,
  view: FileView,
  { runs, history }: Pick<SessionSummary, 'runs' | 'history'>,
  options: CapsuleOptions,
  changed: () => number[],
): CapsuleContent {
  const family = new Family(volume);
  const files = filesOf(view, options);
  const source = options.memory ? family.source : null;
  const memory = source && memoryOf(volume, source, changed(), options.baseline);
  return {
    name: options.name,
    runtime: options.runtime,
    runs: { count: runs, history },
    code: codeOf(view),
    files: memory ? files : files.map((file) => ({ ...file, inode: null })),
    kept: KEPT_NAMES.flatMap((name) => {
      const entry = view.lookup(pathOfHidden(name));
      return entry?.kind === 'file' ? [{ name, content: stored(view, entry) }] : [];
    }),
    packages: packagesOf(view),
    memory,
    checkpoints: family.shown
      .filter(({ snapshot, note }) => note.name !== null && options.checkpoints.includes(snapshot.id))
      .map((kept) => checkpointOf(volume, kept, files, options)),
    leftOut: [...options.leaveOut],
  };
}

/** What each part of a capsule would take at most, before it is chosen. */
export function measureCapsule(volume: Volume): CapsuleMeasure {
  const family = new Family(volume);
  const { source } = family;
  const image = source && volume.openSnapshot(source.snapshot.id).lookup(pathOfHidden(IMAGE_FILE));
  return {
    files: sizeOf(volume),
    memory: source && image ? { bytes: image.size, baseline: source.note.baseline } : null,
    checkpoints: family.shown.flatMap(({ snapshot, note }) =>
      note.name === null ? [] : [{ id: snapshot.id, name: note.name, time: note.time, bytes: volume.addedBytes(null, snapshot.id) }],
    ),
  };
}

function sizeOf(view: FileView): number {
  let bytes = 0;
  for (const { entry } of userEntries(view)) if (entry.kind === 'file') bytes += entry.size;
  return bytes;
}

/** By their paths, so that the order says nothing of how they came to be; parents come first. */
function filesOf(view: FileView, { only, leaveOut }: CapsuleOptions): CapsuleFile[] {
  const left = leaveOut.map(({ path }) => path);
  const within = (path: string, above: string) => path === above || path.startsWith(`${above}/`);
  const files: CapsuleFile[] = [];
  for (const { entry, path } of userEntries(view)) {
    if (left.some((above) => within(path, above))) continue;
    // The folders above what was chosen go along as they are.
    if (only && !only.some((chosen) => within(path, chosen) || (entry.kind === 'directory' && within(chosen, path)))) continue;
    const { inode, kind, mode, modified, target } = entry;
    const common = { path, modified, mode, inode };
    if (kind === 'file') files.push({ ...common, kind, content: stored(view, entry) });
    else if (kind === 'symlink') files.push({ ...common, kind, target: target ?? '' });
    else files.push({ ...common, kind });
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

function stored(view: FileView, { inode, size }: VolumeEntry): Content {
  return {
    size,
    *pieces() {
      for (let from = 0; from < size; from += CHUNK) yield view.read(inode, CHUNK, from);
    },
  };
}

function codeOf(view: FileView): string | null {
  const entry = view.lookup(pathOfHidden(CODE_FILE));
  return entry && new TextDecoder('utf-8', { ignoreBOM: true }).decode(view.read(entry.inode));
}

/** For the person who looks: what counts is the kept file itself. */
function packagesOf(view: FileView): CapsuleContent['packages'] {
  const entry = view.lookup(pathOfHidden('packages.json'));
  if (!entry) return [];
  try {
    const { mounts } = JSON.parse(new TextDecoder().decode(view.read(entry.inode))) as { mounts?: unknown };
    return (Array.isArray(mounts) ? mounts : []).flatMap((mount: Record<string, unknown> | null) => {
      const { name, version, sha256 } = mount ?? {};
      const sound = typeof name === 'string' && typeof version === 'string' && typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256);
      return sound ? [{ name: name.slice(0, 200), version: version.slice(0, 200), sha256 }] : [];
    });
  } catch (error) {
    if (error instanceof SyntaxError || isDamage(error)) return [];
    throw error;
  }
}

function memoryOf(volume: Volume, { snapshot, note }: Kept, changed: number[], baseline: Content | null): CapsuleMemory {
  const view = volume.openSnapshot(snapshot.id);
  const image = view.lookup(pathOfHidden(IMAGE_FILE));
  if (!image) throw new InvalidInputError('What was kept of the variables is not there any more: download the session without it.');
  const notes = view.lookup(pathOfHidden(NOTES_FILE));
  if ((note.baseline === null) !== (baseline === null)) {
    throw new InvalidInputError('What the variables build on is not there: download the session without them.');
  }
  return {
    image: stored(view, image),
    notes: notes && stored(view, notes),
    baseline: note.baseline === null || baseline === null ? null : { sha256: note.baseline, content: baseline },
    changed,
    nextInode: volume.nextInode,
  };
}

/** A named checkpoint; content that the present has, too, is the present's. */
function checkpointOf(
  volume: Volume,
  { snapshot, note }: Kept,
  present: readonly CapsuleFile[],
  options: CapsuleOptions,
): CapsuleContent['checkpoints'][number] {
  const view = volume.openSnapshot(snapshot.id);
  const changed = volume.changedInodes(snapshot.id, null);
  const known = new Map(present.map((file) => [file.inode, file]));
  const files = filesOf(view, options).map((file): CapsuleFile => {
    const now = file.inode !== null && !changed.has(file.inode) ? known.get(file.inode) : undefined;
    if (file.kind !== 'file' || now?.kind !== 'file') return { ...file, inode: null };
    return { ...file, inode: null, content: now.content };
  });
  return { name: note.name ?? '', time: note.time, code: codeOf(view), files };
}

/** Bytes that came with a call. */
export async function contentOfBlob(blob: Blob): Promise<Content> {
  return contentOfBytes(new Uint8Array(await blob.arrayBuffer()));
}
