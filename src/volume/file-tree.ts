/** One state of a session's files, as a tree of items: what operations do to it, and the rules that they have to keep. */
import { InvalidInputError } from '../base/errors';
import { type FileOperation, INODE, MAX_FILE_SIZE } from '../base/file-operation';
import type { ObjectMap } from './object-map';
import type { Location } from './segment-files';
import {
  type ExtentItem,
  entryKey,
  entryRange,
  extentKey,
  extentRange,
  INODE_RANGE,
  type InodeItem,
  inodeKey,
  inodeOfKey,
  offsetOfKey,
} from './tree-node';
import type { Trees } from './trees';

/** One node of the tree, as a value. */
export interface VolumeEntry {
  inode: number;
  parent: number;
  name: string;
  kind: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  mode: number;
  /** Milliseconds since 1970. */
  modified: number;
  accessed: number;
  /** Bytes of a file's content, 0 of anything else. */
  size: number;
  /** Of a symbolic link. */
  target?: string;
}

/** Bytes of a file and the object that holds them. */
export interface Extent {
  /** In the file, bytes. */
  offset: number;
  length: number;
  object: number;
  /** Where in the object they begin. */
  skip: number;
}

/** Inode numbers stay below this, as keys hold them. */
export const INODE_LIMIT = 2 ** 48 - 1;
const LINK_MODE = 0o777;

/** The directories of every disk. */
const SKELETON = [
  { inode: INODE.root, parent: INODE.root, name: '', mode: 0o755 },
  { inode: INODE.homeParent, parent: INODE.root, name: 'home', mode: 0o755 },
  { inode: INODE.home, parent: INODE.homeParent, name: 'pyodide', mode: 0o755 },
  { inode: INODE.tmp, parent: INODE.root, name: 'tmp', mode: 0o777 },
  { inode: INODE.hidden, parent: INODE.root, name: '.dormouse', mode: 0o700 },
] as const;

export class FileTree {
  readonly #trees: Trees;
  readonly #objects: ObjectMap;
  #root: number;

  /** @param root held by this tree from now on */
  constructor(trees: Trees, objects: ObjectMap, root: number) {
    this.#trees = trees;
    this.#objects = objects;
    this.#root = root;
  }

  /** A tree of the fixed directories only, made at `time`. */
  static create(trees: Trees, objects: ObjectMap, time: number): FileTree {
    const tree = new FileTree(trees, objects, trees.create());
    for (const { inode, parent, name, mode } of SKELETON) {
      tree.#setInode(inode, { type: 'inode', kind: 'directory', mode, modified: time, accessed: time, size: 0, parent, name, target: '' });
      if (inode !== parent) tree.#set(entryKey(parent, name), { type: 'entry', inode });
    }
    return tree;
  }

  get root(): number {
    return this.#root;
  }

  /**
   * All nodes but the root, parents before their children.
   * @param onDamage hears of what cannot be read; nodes whose folder is lost are shown in `home/pyodide` under another name
   */
  entries(onDamage?: (error: Error) => void): VolumeEntry[] {
    const children = new Map<number, VolumeEntry[]>();
    const known = new Map<number, InodeItem>();
    for (const [key, item] of this.#trees.range(this.#root, ...INODE_RANGE, onDamage)) {
      if (item.type === 'inode') known.set(inodeOfKey(key), item);
    }
    for (const [inode, item] of known) {
      if (inode === INODE.root) continue;
      const lost = known.get(item.parent)?.kind !== 'directory';
      const entry = entryOf(inode, lost ? { ...item, parent: INODE.home, name: `recovered-${inode}-${item.name}`.slice(0, 80) } : item);
      const siblings = children.get(entry.parent);
      if (siblings) siblings.push(entry);
      else children.set(entry.parent, [entry]);
    }
    // Depth first, without recursion: hostile code nests as deep as it likes.
    const entries: VolumeEntry[] = [];
    const waiting = [...(children.get(INODE.root) ?? [])].reverse();
    for (let entry = waiting.pop(); entry; entry = waiting.pop()) {
      entries.push(entry);
      for (const child of (children.get(entry.inode) ?? []).reverse()) waiting.push(child);
    }
    return entries;
  }

  /** The node at a path such as `home/pyodide/notes.txt`, or null. Symbolic links are not followed. */
  lookup(path: string): VolumeEntry | null {
    let inode: number = INODE.root;
    for (const name of path.split('/')) {
      const child = this.#childOf(inode, name);
      if (child === null) return null;
      inode = child;
    }
    return entryOf(inode, this.#inode(inode));
  }

  /** @throws InvalidInputError when there is no such node */
  pathOf(inode: number): string {
    const names: string[] = [];
    for (const item of this.#upwards(inode)) names.push(item.name);
    return names.reverse().join('/').slice(1);
  }

  /** Whether a node is the directory `above` or lies somewhere in it. */
  isWithin(inode: number, above: number): boolean {
    if (inode === above) return true;
    for (const { parent } of this.#upwards(inode)) if (parent === above) return true;
    return false;
  }

  /** @throws InvalidInputError when there is no such file */
  sizeOf(inode: number): number {
    return this.#file(inode).size;
  }

  /** Where a file's bytes from `from` to before `to` are, in their order; gaps read as zeros. */
  *extents(inode: number, from = 0, to: number = MAX_FILE_SIZE + 1): Generator<Extent> {
    const before = this.#trees.floor(this.#root, extentKey(inode, from));
    const first = before?.[1].type === 'extent' && inodeOfKey(before[0]) === inode ? before[0] : extentKey(inode, from);
    for (const [key, item] of this.#trees.range(this.#root, first, extentKey(inode, to))) {
      const { object, skip, length } = item as ExtentItem;
      const offset = offsetOfKey(key);
      if (offset + length > from) yield { offset, length, object, skip };
    }
  }

  /**
   * Checks an operation against the tree, changing nothing.
   * @throws InvalidInputError when it breaks a rule
   */
  check(operation: FileOperation): void {
    switch (operation.type) {
      case 'make':
      case 'symlink': {
        const { inode, parent, name } = operation;
        this.#directory(parent);
        if (inode < INODE.firstFree || inode >= INODE_LIMIT || this.#trees.get(this.#root, inodeKey(inode))) {
          throw new InvalidInputError(`The inode number ${inode} is taken or out of range.`);
        }
        if (this.#childOf(parent, name) !== null)
          throw new InvalidInputError(`${this.#show(parent)} already has an entry ${JSON.stringify(name)}.`);
        return;
      }
      case 'write':
      case 'truncate':
        this.#file(operation.inode);
        return;
      case 'rename':
        this.#checkRename(operation);
        return;
      case 'unlink':
      case 'rmdir': {
        const inode = this.#child(operation.parent, operation.name);
        if (operation.type === 'rmdir') this.#checkEmpty(inode);
        else if (this.#inode(inode).kind === 'directory') throw new InvalidInputError(`${this.#show(inode)} is a directory.`);
        this.#checkMovable(inode);
        return;
      }
      default:
        this.#inode(operation.inode);
    }
  }

  /**
   * Carries out an operation that was checked.
   * @param pieces where a write's data lies
   */
  carryOut(operation: FileOperation, pieces: readonly Location[]): void {
    switch (operation.type) {
      case 'make':
      case 'symlink': {
        const { inode, parent, name, time } = operation;
        const [kind, mode, target] =
          operation.type === 'symlink'
            ? (['symlink', LINK_MODE, operation.target] as const)
            : ([operation.kind, operation.mode, ''] as const);
        this.#setInode(inode, { type: 'inode', kind, mode, modified: time, accessed: time, size: 0, parent, name, target });
        this.#set(entryKey(parent, name), { type: 'entry', inode });
        this.#change(parent, { modified: time });
        return;
      }
      case 'write':
        this.#write(operation, pieces);
        return;
      case 'truncate': {
        const { inode, size, time } = operation;
        if (size < this.#file(inode).size) this.#clear(inode, size, MAX_FILE_SIZE + 1);
        this.#change(inode, { size, modified: time });
        return;
      }
      case 'rename': {
        const { parent, name, newParent, newName, time } = operation;
        const inode = this.#child(parent, name);
        const replaced = this.#childOf(newParent, newName);
        // As rename(2): two names of one file, nothing to do.
        if (replaced === inode) return;
        if (replaced !== null) this.#remove(newParent, newName, replaced);
        this.#root = this.#trees.delete(this.#root, entryKey(parent, name));
        this.#set(entryKey(newParent, newName), { type: 'entry', inode });
        this.#change(inode, { parent: newParent, name: newName });
        this.#change(parent, { modified: time });
        this.#change(newParent, { modified: time });
        return;
      }
      case 'unlink':
      case 'rmdir': {
        const { parent, name, time } = operation;
        this.#remove(parent, name, this.#child(parent, name));
        this.#change(parent, { modified: time });
        return;
      }
      default: {
        const { inode, mode, modified, accessed } = operation;
        this.#change(inode, {
          ...(mode !== undefined && { mode }),
          ...(modified !== undefined && { modified }),
          ...(accessed !== undefined && { accessed }),
        });
      }
    }
  }

  #write({ inode, offset, data, time }: Extract<FileOperation, { type: 'write' }>, pieces: readonly Location[]): void {
    const end = offset + data.length;
    const { size } = this.#file(inode);
    // Behind a file's end there is nothing to make room in.
    if (offset < size) this.#clear(inode, offset, end);
    let at = offset;
    for (const piece of pieces) {
      const object = this.#objects.allocate('piece');
      this.#objects.place(object, piece);
      this.#set(extentKey(inode, at), { type: 'extent', object, skip: 0, length: piece.length });
      at += piece.length;
    }
    this.#change(inode, { size: data.length > 0 ? Math.max(size, end) : size, modified: time });
  }

  /** Makes a part of a file a gap; extents that reach out of it keep the rest. */
  #clear(inode: number, from: number, to: number): void {
    const edges: Extent[] = [];
    for (const extent of this.extents(inode, from, to)) {
      const { offset, length, object, skip } = extent;
      const behind = offset + length - to;
      if (offset < from) edges.push({ object, skip, offset, length: from - offset });
      if (behind > 0) edges.push({ object, skip: skip + length - behind, offset: to, length: behind });
    }
    for (const { object } of edges) this.#objects.retain(object);
    const first = edges[0] && edges[0].offset < from ? edges[0].offset : from;
    this.#root = this.#trees.deleteRange(this.#root, extentKey(inode, first), extentKey(inode, to));
    for (const { offset, object, skip, length } of edges) this.#set(extentKey(inode, offset), { type: 'extent', object, skip, length });
  }

  #remove(parent: number, name: string, inode: number): void {
    this.#root = this.#trees.delete(this.#root, entryKey(parent, name));
    this.#root = this.#trees.delete(this.#root, inodeKey(inode));
    this.#root = this.#trees.deleteRange(this.#root, ...extentRange(inode));
  }

  #checkRename({ parent, name, newParent, newName }: Extract<FileOperation, { type: 'rename' }>): void {
    const inode = this.#child(parent, name);
    this.#directory(newParent);
    this.#checkMovable(inode);
    if (this.isWithin(newParent, inode)) throw new InvalidInputError(`${this.#show(inode)} cannot be moved into itself.`);
    const replaced = this.#childOf(newParent, newName);
    if (replaced === null || replaced === inode) return;
    this.#checkMovable(replaced);
    if (this.#inode(inode).kind === 'directory') this.#checkEmpty(replaced);
    else if (this.#inode(replaced).kind === 'directory')
      throw new InvalidInputError(`${this.#show(replaced)} is a directory and cannot be replaced by a file.`);
  }

  #set(key: string, item: Parameters<Trees['set']>[2]): void {
    this.#root = this.#trees.set(this.#root, key, item);
  }

  #setInode(inode: number, item: InodeItem): void {
    this.#set(inodeKey(inode), item);
  }

  #change(inode: number, change: Partial<InodeItem>): void {
    this.#setInode(inode, { ...this.#inode(inode), ...change });
  }

  #inode(inode: number): InodeItem {
    const item = inode < INODE_LIMIT ? this.#trees.get(this.#root, inodeKey(inode)) : undefined;
    if (item?.type !== 'inode') throw new InvalidInputError(`There is no inode ${inode}.`);
    return item;
  }

  #directory(inode: number): InodeItem {
    const item = this.#inode(inode);
    if (item.kind !== 'directory') throw new InvalidInputError(`${this.#show(inode)} is no directory.`);
    return item;
  }

  #file(inode: number): InodeItem {
    const item = this.#inode(inode);
    if (item.kind !== 'file') throw new InvalidInputError(`${this.#show(inode)} is no file.`);
    return item;
  }

  #childOf(directory: number, name: string): number | null {
    const item = this.#trees.get(this.#root, entryKey(directory, name));
    return item?.type === 'entry' ? item.inode : null;
  }

  #child(directory: number, name: string): number {
    this.#directory(directory);
    const inode = this.#childOf(directory, name);
    if (inode === null) throw new InvalidInputError(`${this.#show(directory)} has no entry ${JSON.stringify(name)}.`);
    return inode;
  }

  /** A node and the folders above it, the root last. */
  *#upwards(inode: number): Generator<InodeItem> {
    for (let at = inode; ; ) {
      const item = this.#inode(at);
      yield item;
      if (at === item.parent) return;
      at = item.parent;
    }
  }

  #checkEmpty(inode: number): void {
    this.#directory(inode);
    if (!this.#trees.range(this.#root, ...entryRange(inode)).next().done)
      throw new InvalidInputError(`The directory ${this.#show(inode)} is not empty.`);
  }

  #checkMovable(inode: number): void {
    if (inode < INODE.firstFree) throw new InvalidInputError(`${this.#show(inode)} is a fixed directory of every session.`);
  }

  /** For messages: the name, which hostile code can make very long. */
  #show(inode: number): string {
    return `inode ${inode} (${JSON.stringify(this.#inode(inode).name.slice(0, 80))})`;
  }
}

function entryOf(inode: number, item: InodeItem): VolumeEntry {
  const { parent, name, kind, mode, modified, accessed, size, target } = item;
  return { inode, parent, name, kind, mode, modified, accessed, size, ...(kind === 'symlink' && { target }) };
}
