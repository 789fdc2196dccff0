/** Open files across a suspend: the same numbers, one offset for those that share one, also of files that were removed while open. */
import { COMPANIONS } from '../base/companions';
import type { Loss } from '../protocol/image';
import type { DiskFileSystem } from './disk-file-system';
import { type EmscriptenModule, ERRNO, type FileSystem, type MemoryNode, type Pipe, type Stream } from './emscripten';
import type { MemoryMaps } from './memory-maps';

export interface OpenFilesState {
  directory: string;
  files: OpenFile[];
  removed: RemovedFile[];
  pipes: SavedPipe[];
  /** Maps of files in memory: address, and which of `files` (it need not have a descriptor any more). */
  maps: [address: number, file: number][];
}

/** One open file with all descriptors that share its offset. */
interface OpenFile {
  descriptors: number[];
  flags: number;
  position: number;
  seekable: boolean;
  path: string;
  names: string[] | null;
  target: Target;
}

type Target =
  /** A node of the session's disk, and the inode numbers of what SQLite may keep beside it (0: none). */
  | { kind: 'disk'; inode: number; companions: number[] }
  | { kind: 'removed'; index: number }
  | { kind: 'pipe'; index: number; end: 'read' | 'write' }
  /** A device, or a file of the runtime. */
  | { kind: 'path' }
  | { kind: 'lost'; reason: string };

interface RemovedFile {
  inode: number;
  mode: number;
  name: string;
  times: [accessed: number, modified: number, changed: number];
  /** Its content is the attachment of this number. */
  attachment: number;
}

interface SavedPipe {
  attachment: number;
  /** Inode numbers of the two ends. */
  ids: [read: number, write: number];
}

/** An open file that every call answers with ESTALE. */
export interface DeadFile {
  descriptors: number[];
  path: string;
  /** What it is and why, in words. */
  reason: string;
}

const ACCESS_MODE = 3;

/** @param attach keeps bytes with the image and gives their number */
export function captureOpenFiles(
  { FS: fs }: EmscriptenModule,
  disk: DiskFileSystem,
  maps: MemoryMaps,
  attach: (bytes: Uint8Array) => number,
): { state: OpenFilesState; lost: Loss[] } {
  const state: OpenFilesState = { directory: fs.currentPath, files: [], removed: [], pipes: [], maps: [] };
  const lost: Loss[] = [];
  const known = new Map<object, number>();
  const removed = new Map<MemoryNode, number>();
  const pipes = new Map<Pipe, number>();

  const targetOf = ({ node, path, flags }: Stream): Target => {
    if (node.pipe) {
      const pipe = node.pipe;
      const end = (flags & ACCESS_MODE) === 1 ? 'write' : 'read';
      let index = pipes.get(pipe);
      if (index === undefined) {
        index = state.pipes.length;
        state.pipes.push({ attachment: attach(unreadOf(pipe)), ids: [0, 0] });
        pipes.set(pipe, index);
      }
      (state.pipes[index] as SavedPipe).ids[end === 'read' ? 0 : 1] = node.id;
      return { kind: 'pipe', index, end };
    }
    const why = disk.isDead(node);
    if (why) return { kind: 'lost', reason: why };
    if (disk.isRemoved(node)) {
      let index = removed.get(node);
      if (index === undefined) {
        index = state.removed.length;
        const bytes = fs.isFile(node.mode) ? (node.contents as Uint8Array).subarray(0, node.usedBytes) : new Uint8Array(0);
        const { id: inode, mode, name, atime, mtime, ctime } = node;
        state.removed.push({ inode, mode, name, times: [atime, mtime, ctime], attachment: attach(bytes.slice()) });
        removed.set(node, index);
      }
      return { kind: 'removed', index };
    }
    if (disk.isOurs(node)) return { kind: 'disk', inode: node.id, companions: companionsOf(node) };
    if (pathLeadsTo(fs, path, node)) return { kind: 'path' };
    const reason = path.startsWith('socket') ? 'an open socket' : `the open file ${path}`;
    lost.push({ variable: null, reason });
    return { kind: 'lost', reason };
  };

  const fileOf = (stream: Stream): number => {
    let index = known.get(stream.shared);
    if (index === undefined) {
      index = state.files.length;
      known.set(stream.shared, index);
      const { flags, position, seekable, path, getdents } = stream;
      state.files.push({
        descriptors: [],
        flags,
        position: position ?? 0,
        seekable,
        path,
        names: getdents ?? null,
        target: targetOf(stream),
      });
    }
    return index;
  };

  for (const stream of fs.streams) {
    if (stream && stream.fd >= 0) (state.files[fileOf(stream)] as OpenFile).descriptors.push(stream.fd);
  }
  for (const [address, stream] of maps.live()) state.maps.push([address, fileOf(stream)]);
  return { state, lost };
}

/**
 * Opens everything again. To be called while only stdin, stdout and stderr are open.
 * @param changed nodes of the disk that are not as they were: what is open on them comes back dead
 */
export function restoreOpenFiles(
  { FS: fs, PIPEFS }: EmscriptenModule,
  disk: DiskFileSystem,
  maps: MemoryMaps,
  state: OpenFilesState,
  attachments: readonly Uint8Array[],
  changed: ReadonlySet<number>,
): DeadFile[] {
  const lost: DeadFile[] = [];
  const nodes = disk.nodes();
  const standard = [0, 1, 2].map((fd) => fs.getStream(fd));
  for (const fd of [0, 1, 2]) fs.closeStream(fd);
  const removed = state.removed.map(({ inode, mode, name, times, attachment }) =>
    disk.makeRemoved(inode, mode, name, times, (attachments[attachment] ?? new Uint8Array(0)).slice()),
  );
  const pipes = state.pipes.map((saved) => makePipe(fs, PIPEFS, saved, attachments[saved.attachment] ?? new Uint8Array(0)));

  const open = ({ descriptors, target, path, flags, position, seekable, names }: OpenFile): Stream => {
    const make = (node: MemoryNode, stream_ops = node.stream_ops) =>
      fs.createStream(
        { node, path, flags, position, seekable, stream_ops, ungotten: [], error: false, ...(names && { getdents: names }) },
        OWN,
      );
    const dead = (why: string) => {
      lost.push({ descriptors, path, reason: `the open file ${path}: ${why}` });
      return make(disk.makeDead(path, why));
    };
    switch (target.kind) {
      case 'disk': {
        const node = nodes.get(target.inode);
        if (!node) return dead('it was removed since');
        if (fs.isDir(node.mode)) return make(node);
        if (changed.has(target.inode)) return dead('it was changed since');
        const now = companionsOf(node);
        const stale = target.companions.some((inode, index) => inode !== now[index] || (inode !== 0 && changed.has(inode)));
        return stale ? dead('what SQLite keeps beside it has changed since') : make(node);
      }
      case 'removed':
        return make(removed[target.index] as MemoryNode);
      case 'pipe': {
        const node = pipes[target.index]?.[target.end] as MemoryNode;
        return make(node);
      }
      case 'path':
        return reopen(fs, standard, { path, flags, position, names }) ?? dead('it is not there any more');
      case 'lost':
        return make(disk.makeDead(path, target.reason));
    }
  };

  const streams = state.files.map((file) => {
    const first = open(file);
    // Its own properties, `shared` among them: as `dup` has it, but without counting an end of a pipe twice.
    for (const fd of file.descriptors) fs.createStream(first, fd);
    if (first.node.pipe) first.node.pipe.refcnt += file.descriptors.length;
    fs.closeStream(OWN);
    return first;
  });
  maps.restore(state.maps.flatMap(([address, file]) => (streams[file] ? [[address, streams[file]] as [number, Stream]] : [])));
  fs.currentPath = state.directory;
  return lost;
}

/** A number that no descriptor has. */
const OWN = -2;

function reopen(
  fs: FileSystem,
  standard: readonly (Stream | null | undefined)[],
  { path, flags, position, names }: Pick<OpenFile, 'path' | 'flags' | 'position' | 'names'>,
): Stream | null {
  // The devices of stdin, stdout and stderr were made anew, with their streams.
  const device = standard.find((stream) => stream?.path === path);
  if (device) return fs.createStream({ ...device, shared: { ...device.shared, flags } }, OWN);
  try {
    const CREATE_EXCLUSIVE_TRUNCATE = 0o100 | 0o200 | 0o1000;
    const stream = fs.open(path, flags & ~CREATE_EXCLUSIVE_TRUNCATE);
    const own = fs.createStream(stream, OWN);
    fs.closeStream(stream.fd);
    if (fs.isFile(own.node.mode) || names) own.position = position;
    if (names) own.getdents = names;
    return own;
  } catch (error) {
    if (error instanceof fs.ErrnoError) return null;
    throw error;
  }
}

function unreadOf({ buckets }: Pipe): Uint8Array {
  const parts = buckets.map(({ buffer, offset, roffset }) => buffer.subarray(roffset, offset));
  const bytes = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function makePipe(fs: FileSystem, pipefs: EmscriptenModule['PIPEFS'], { ids }: SavedPipe, unread: Uint8Array) {
  const { readable_fd, writable_fd } = pipefs.createPipe();
  const [readable, writable] = [fs.getStream(readable_fd) as Stream, fs.getStream(writable_fd) as Stream];
  if (unread.length > 0) writable.stream_ops.write(writable, unread, 0, unread.length, 0);
  (readable.node.pipe as Pipe).refcnt = 0;
  for (const [stream, id] of [
    [readable, ids[0]],
    [writable, ids[1]],
  ] as const) {
    fs.closeStream(stream.fd);
    if (id > 0) stream.node.id = id;
    stream.node.stream_ops = stream.stream_ops;
  }
  return { read: readable.node, write: writable.node };
}

function companionsOf({ parent, name }: MemoryNode): number[] {
  const siblings = parent.contents as Record<string, MemoryNode | undefined>;
  return COMPANIONS.map((ending) => siblings[name + ending]?.id ?? 0);
}

function pathLeadsTo(fs: FileSystem, path: string, node: MemoryNode): boolean {
  try {
    return fs.lookupPath(path, { parent: false }).node === node;
  } catch (error) {
    if (error instanceof fs.ErrnoError) return false;
    throw error;
  }
}

/** Operations that answer ESTALE, each of them. (Not EIO: SQLite takes that for a file system that is broken, and says "malformed".) */
export function deadOperations(fs: FileSystem): Record<string, () => never> {
  const refuse = () => {
    throw new fs.ErrnoError(ERRNO.ESTALE);
  };
  return new Proxy({}, { get: (_target, name) => (name === 'open' || name === 'close' || name === 'dup' ? undefined : refuse) });
}
