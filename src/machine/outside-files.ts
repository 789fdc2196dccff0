/**
 * Files that a session has made outside of its disk, in the runtime's own file system: packages beside the standard library, time zones. No keeper
 * keeps them, so they travel with the image. (Those of packages do not: the image names their wheels.)
 */
import type { Loss } from '../protocol/image';
import type { FileSystem, MemoryNode } from './emscripten';
import type { PackageMounts } from './packages/package-mounts';

/** More than this is not kept, bytes. */
const MOST_BYTES = 64 * 2 ** 20;
/** Made anew by every start, or no files at all. */
const NOT_LOOKED_AT = new Set(['/dev', '/proc', '/lib/dormouse']);

interface OutsideNode {
  path: string;
  inode: number;
  mode: number;
  times: [accessed: number, modified: number, changed: number];
  /** Of a symbolic link. */
  target?: string;
  /** Of a file: number of the attachment. */
  content?: number;
}

export interface OutsideState {
  /** Parents before their children. */
  nodes: OutsideNode[];
  removed: string[];
  /** Of the devices, whose numbers os.fstat shows. */
  devices: [path: string, inode: number][];
  nextInode: number;
}

export class OutsideFiles {
  readonly #fs: FileSystem;
  readonly #packages: PackageMounts;
  /** What every start makes, by path, with what tells whether it has changed. */
  #own = new Map<string, string>();

  /** To be made when the runtime's own files are there. */
  constructor(fs: FileSystem, packages: PackageMounts) {
    this.#fs = fs;
    this.#packages = packages;
    this.settle();
  }

  /** What is there now is what every start makes. */
  settle(): void {
    this.#own = new Map(Array.from(this.#walk(), ([path, node]) => [path, markOf(node)]));
  }

  /** @param attach keeps a file's bytes with the image and gives their number */
  capture(attach: (bytes: Uint8Array) => number): { state: OutsideState; lost: Loss[] } {
    const fs = this.#fs;
    const state: OutsideState = { nodes: [], removed: [], devices: this.#devices(), nextInode: fs.nextInode };
    const missing = new Set(this.#own.keys());
    let bytes = 0;
    let tooMuch = 0;
    for (const [path, node] of this.#walk()) {
      missing.delete(path);
      if (this.#own.get(path) === markOf(node)) continue;
      const { id: inode, mode, atime, mtime, ctime } = node;
      const saved: OutsideNode = { path, inode, mode, times: [atime, mtime, ctime] };
      if (fs.isLink(mode)) saved.target = node.link;
      else if (fs.isFile(mode)) {
        bytes += node.usedBytes;
        if (bytes > MOST_BYTES) {
          tooMuch += 1;
          continue;
        }
        saved.content = attach((node.contents as Uint8Array).slice(0, node.usedBytes));
      }
      state.nodes.push(saved);
    }
    state.removed = [...missing];
    const lost =
      tooMuch > 0 ? [{ variable: null, reason: `${tooMuch} files outside of /home/pyodide and /tmp, which are more than 64 MiB` }] : [];
    return { state, lost };
  }

  /** What tells whether `capture` would find something else than before. */
  mark(): string {
    return Array.from(this.#walk(), ([path, node]) => `${path} ${node.id} ${markOf(node)}`).join('\n');
  }

  restore({ nodes, removed, devices, nextInode }: OutsideState, attachments: readonly Uint8Array[]): void {
    const fs = this.#fs;
    const memory = fs.filesystems.MEMFS;
    for (const path of [...removed].reverse()) this.#forget(path);
    for (const { path, inode, mode, target, content } of nodes) {
      if (!fs.isDir(mode)) this.#forget(path);
      const existing = this.#find(path);
      const parent = this.#find(path.slice(0, path.lastIndexOf('/')) || '/');
      if (!parent) continue;
      const node = existing ?? memory.createNode(parent, path.slice(path.lastIndexOf('/') + 1), mode, 0);
      if (!existing) node.id = inode;
      node.mode = mode;
      if (target !== undefined) node.link = target;
      if (content !== undefined) {
        const bytes = (attachments[content] ?? new Uint8Array(0)).slice();
        node.contents = bytes;
        node.usedBytes = bytes.length;
      }
    }
    for (const { path, times } of nodes) {
      const node = this.#find(path);
      if (node) [node.atime, node.mtime, node.ctime] = times;
    }
    for (const [path, inode] of devices) {
      const node = this.#find(path);
      if (node) node.id = inode;
    }
    fs.nextInode = Math.max(fs.nextInode, nextInode);
  }

  *#walk(): Generator<[string, MemoryNode]> {
    const fs = this.#fs;
    const folders: [string, MemoryNode][] = [['', fs.root]];
    for (let folder = folders.pop(); folder; folder = folders.pop()) {
      for (const [name, node] of Object.entries(folder[1].contents as Record<string, MemoryNode>)) {
        const path = `${folder[0]}/${name}`;
        if (NOT_LOOKED_AT.has(path) || this.#packages.isOurs(node)) continue;
        yield [path, node];
        // The disk is mounted over two folders, which stay empty.
        if (fs.isDir(node.mode)) folders.push([path, node]);
      }
    }
  }

  #devices(): [string, number][] {
    const folder = this.#find('/dev');
    return Object.entries((folder?.contents ?? {}) as Record<string, MemoryNode>).map(([name, { id }]) => [`/dev/${name}`, id]);
  }

  #find(path: string): MemoryNode | null {
    let node: MemoryNode | undefined = this.#fs.root;
    for (const name of path.split('/').filter(Boolean)) node = (node?.contents as Record<string, MemoryNode> | undefined)?.[name];
    return node ?? null;
  }

  #forget(path: string): void {
    const node = this.#find(path);
    if (!node) return;
    this.#fs.hashRemoveNode(node);
    delete (node.parent.contents as Record<string, MemoryNode>)[node.name];
  }
}

/** Folders change their times with what is in them. */
function markOf({ mode, usedBytes, mtime, ctime, link }: MemoryNode): string {
  const isFolder = (mode & 0o170000) === 0o040000;
  return isFolder ? `${mode}` : `${mode} ${usedBytes} ${mtime} ${ctime} ${link ?? ''}`;
}
