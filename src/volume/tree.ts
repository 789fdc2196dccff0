/** The session's files in memory: what the log's operations add up to, and the rules that an operation has to keep. */
import { InvalidInputError, NoSpaceError } from '../base/errors';
import { type FileOperation, INODE } from '../base/file-operation';
import { FileContent } from './file-content';

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

interface NodeBase {
  readonly inode: number;
  /** Null only for the root. */
  parent: DirectoryNode | null;
  name: string;
  mode: number;
  modified: number;
  accessed: number;
}
interface DirectoryNode extends NodeBase {
  readonly kind: 'directory';
  readonly children: Map<string, TreeNode>;
}
interface FileNode extends NodeBase {
  readonly kind: 'file';
  readonly content: FileContent;
}
interface LinkNode extends NodeBase {
  readonly kind: 'symlink';
  readonly target: string;
}
type TreeNode = DirectoryNode | FileNode | LinkNode;

/** Inode numbers stay below this: hostile code cannot use them up to where numbers are no longer exact. */
const INODE_LIMIT = 2 ** 48;
/** About what a node costs in the log besides its content, bytes: its making, its attributes, a name. */
const NODE_COST = 512;
const LINK_MODE = 0o777;

/** The directories of every disk; their times are those of the log's beginning. */
const SKELETON = [
  { inode: INODE.homeParent, parent: INODE.root, name: 'home', mode: 0o755 },
  { inode: INODE.home, parent: INODE.homeParent, name: 'pyodide', mode: 0o755 },
  { inode: INODE.tmp, parent: INODE.root, name: 'tmp', mode: 0o777 },
  { inode: INODE.hidden, parent: INODE.root, name: '.dormouse', mode: 0o700 },
] as const;

export class Tree {
  readonly #nodes = new Map<number, TreeNode>();
  readonly #root: DirectoryNode;
  #nextInode: number = INODE.firstFree;
  #size = 0;
  #allocated = 0;

  /** A tree of the fixed directories only, made at `time`. */
  constructor(time: number) {
    this.#root = {
      kind: 'directory',
      inode: INODE.root,
      parent: null,
      name: '',
      mode: 0o755,
      modified: time,
      accessed: time,
      children: new Map(),
    };
    this.#nodes.set(INODE.root, this.#root);
    for (const { inode, parent, name, mode } of SKELETON) {
      this.#add({
        kind: 'directory',
        inode,
        parent: this.#directory(parent),
        name,
        mode,
        modified: time,
        accessed: time,
        children: new Map(),
      });
    }
  }

  /** Above every inode number that was ever used. */
  get nextInode(): number {
    return this.#nextInode;
  }

  /** Takes over from a tree whose numbers must not be given out again either. */
  skipInodes(next: number): void {
    this.#nextInode = Math.max(this.#nextInode, next);
  }

  /** The sizes of all files together, bytes. */
  get size(): number {
    return this.#size;
  }

  /** The memory that the contents take, bytes. */
  get allocated(): number {
    return this.#allocated;
  }

  /** About the bytes that a log of `operations()` takes. */
  get cost(): number {
    return this.#allocated + NODE_COST * this.#nodes.size;
  }

  /** All nodes but the root, parents before their children. */
  entries(): VolumeEntry[] {
    return Array.from(this.#walk(), entryOf);
  }

  /** The node at a path such as `home/pyodide/notes.txt`, or null. Symbolic links are not followed. */
  lookup(path: string): VolumeEntry | null {
    let node: TreeNode = this.#root;
    for (const name of path.split('/')) {
      const child: TreeNode | undefined = node.kind === 'directory' ? node.children.get(name) : undefined;
      if (!child) return null;
      node = child;
    }
    return entryOf(node);
  }

  /** Whether a node is the directory `above` or lies somewhere in it. */
  isWithin(inode: number, above: number): boolean {
    for (let node: TreeNode | null = this.#node(inode); node; node = node.parent) if (node.inode === above) return true;
    return false;
  }

  /** @throws InvalidInputError when there is no such file */
  sizeOf(inode: number): number {
    return this.#file(inode).content.size;
  }

  /** @throws InvalidInputError when there is no such node */
  pathOf(inode: number): string {
    const names: string[] = [];
    for (let node = this.#node(inode); node.parent; node = node.parent) names.push(node.name);
    return names.reverse().join('/');
  }

  /** @throws InvalidInputError when there is no such file, NoSpaceError when there is no memory to put it together */
  read(inode: number, most?: number): Uint8Array<ArrayBuffer> {
    return this.#file(inode).content.bytes(most);
  }

  /**
   * Checks an operation against the tree, changing nothing, and returns what carries it out and cannot fail: to be called
   * before the next `prepare`, or never.
   * @param memory the most that all contents may take, bytes
   * @throws InvalidInputError when it breaks a rule, NoSpaceError when it takes too much memory
   */
  prepare(operation: FileOperation, memory = Number.POSITIVE_INFINITY): () => void {
    switch (operation.type) {
      case 'make':
      case 'symlink':
        return this.#prepareMake(operation);
      case 'write': {
        const { data, offset, time } = operation;
        const node = this.#file(operation.inode);
        if (this.#allocated + node.content.growth(offset, data.length) > memory) {
          throw new NoSpaceError(`A session's files may take ${memory} bytes of memory; this write needs more.`);
        }
        this.#change(node, (content) => content.secure(offset, data.length));
        return () => {
          this.#change(node, (content) => content.write(data, offset));
          node.modified = time;
        };
      }
      case 'truncate': {
        const node = this.#file(operation.inode);
        return () => {
          this.#change(node, (content) => content.truncate(operation.size));
          node.modified = operation.time;
        };
      }
      case 'rename':
        return this.#prepareRename(operation);
      case 'unlink':
      case 'rmdir': {
        const parent = this.#directory(operation.parent);
        const node = this.#child(parent, operation.name);
        if (operation.type === 'unlink' && node.kind === 'directory') throw new InvalidInputError(`${this.#show(node)} is a directory.`);
        if (operation.type === 'rmdir') this.#checkEmpty(node);
        this.#checkMovable(node);
        return () => {
          this.#remove(node);
          parent.modified = operation.time;
        };
      }
      default: {
        const node = this.#node(operation.inode);
        return () => {
          node.mode = operation.mode ?? node.mode;
          node.modified = operation.modified ?? node.modified;
          node.accessed = operation.accessed ?? node.accessed;
        };
      }
    }
  }

  /** Operations that make this tree out of a new one; the data of writes are views, valid until the next change. */
  *operations(): Generator<FileOperation> {
    for (const node of this.#walk()) {
      const { inode, name, mode, modified: time } = node;
      const parent = (node.parent as DirectoryNode).inode;
      if (node.kind === 'symlink') yield { type: 'symlink', inode, parent, name, target: node.target, time };
      else if (inode >= INODE.firstFree) yield { type: 'make', inode, parent, name, kind: node.kind, mode, time };
      if (node.kind !== 'file') continue;
      for (const { offset, data } of node.content.parts()) yield { type: 'write', inode, offset, data, time };
      yield { type: 'truncate', inode, size: node.content.size, time };
    }
    // Afterwards: making a child changed its parent's times.
    for (const { inode, mode, modified, accessed } of this.#nodes.values()) yield { type: 'setattr', inode, mode, modified, accessed };
  }

  #prepareMake(operation: Extract<FileOperation, { type: 'make' | 'symlink' }>): () => void {
    const { inode, name, time } = operation;
    const parent = this.#directory(operation.parent);
    if (inode < INODE.firstFree || inode >= INODE_LIMIT || this.#nodes.has(inode)) {
      throw new InvalidInputError(`The inode number ${inode} is taken or out of range; the next free one is ${this.#nextInode}.`);
    }
    if (parent.children.has(name)) throw new InvalidInputError(`${this.#show(parent)} already has an entry ${JSON.stringify(name)}.`);
    const base = { inode, parent, name, modified: time, accessed: time };
    return () => {
      if (operation.type === 'symlink') this.#add({ ...base, kind: 'symlink', mode: LINK_MODE, target: operation.target });
      else if (operation.kind === 'directory') this.#add({ ...base, kind: 'directory', mode: operation.mode, children: new Map() });
      else this.#add({ ...base, kind: 'file', mode: operation.mode, content: new FileContent() });
      parent.modified = time;
    };
  }

  #prepareRename(operation: Extract<FileOperation, { type: 'rename' }>): () => void {
    const parent = this.#directory(operation.parent);
    const node = this.#child(parent, operation.name);
    const newParent = this.#directory(operation.newParent);
    this.#checkMovable(node);
    for (let above: TreeNode | null = newParent; above; above = above.parent) {
      if (above === node) throw new InvalidInputError(`${this.#show(node)} cannot be moved into itself.`);
    }
    const replaced = newParent.children.get(operation.newName);
    // As rename(2): two names of one file, nothing to do.
    if (replaced === node) return () => {};
    if (replaced) {
      this.#checkMovable(replaced);
      if (node.kind === 'directory') this.#checkEmpty(replaced);
      else if (replaced.kind === 'directory')
        throw new InvalidInputError(`${this.#show(replaced)} is a directory and cannot be replaced by a file.`);
    }
    return () => {
      if (replaced) this.#remove(replaced);
      parent.children.delete(node.name);
      node.name = operation.newName;
      node.parent = newParent;
      newParent.children.set(node.name, node);
      parent.modified = operation.time;
      newParent.modified = operation.time;
    };
  }

  #change(node: FileNode, change: (content: FileContent) => void): void {
    const { size, allocated } = node.content;
    change(node.content);
    this.#size += node.content.size - size;
    this.#allocated += node.content.allocated - allocated;
  }

  #add(node: TreeNode): void {
    this.#nodes.set(node.inode, node);
    node.parent?.children.set(node.name, node);
    this.skipInodes(node.inode + 1);
  }

  #remove(node: TreeNode): void {
    if (node.kind === 'file') this.#change(node, (content) => content.truncate(0));
    node.parent?.children.delete(node.name);
    this.#nodes.delete(node.inode);
  }

  /** Depth first, without recursion: hostile code nests as deep as it likes. */
  *#walk(): Generator<TreeNode> {
    const waiting: TreeNode[] = [...this.#root.children.values()].reverse();
    for (let node = waiting.pop(); node; node = waiting.pop()) {
      yield node;
      if (node.kind === 'directory') for (const child of [...node.children.values()].reverse()) waiting.push(child);
    }
  }

  #node(inode: number): TreeNode {
    const node = this.#nodes.get(inode);
    if (!node) throw new InvalidInputError(`There is no inode ${inode}.`);
    return node;
  }

  #directory(inode: number): DirectoryNode {
    const node = this.#node(inode);
    if (node.kind !== 'directory') throw new InvalidInputError(`${this.#show(node)} is no directory.`);
    return node;
  }

  #file(inode: number): FileNode {
    const node = this.#node(inode);
    if (node.kind !== 'file') throw new InvalidInputError(`${this.#show(node)} is no file.`);
    return node;
  }

  #child(parent: DirectoryNode, name: string): TreeNode {
    const node = parent.children.get(name);
    if (!node) throw new InvalidInputError(`${this.#show(parent)} has no entry ${JSON.stringify(name)}.`);
    return node;
  }

  #checkEmpty(node: TreeNode): void {
    if (node.kind !== 'directory') throw new InvalidInputError(`${this.#show(node)} is no directory.`);
    if (node.children.size > 0) throw new InvalidInputError(`The directory ${this.#show(node)} is not empty.`);
  }

  #checkMovable(node: TreeNode): void {
    if (node.inode < INODE.firstFree) throw new InvalidInputError(`${this.#show(node)} is a fixed directory of every session.`);
  }

  /** For messages: the end of the path, which hostile code can make very long. */
  #show(node: TreeNode): string {
    return `inode ${node.inode} (${JSON.stringify(node.name.slice(0, 80))})`;
  }
}

function entryOf(node: TreeNode): VolumeEntry {
  return {
    inode: node.inode,
    parent: node.parent?.inode ?? node.inode,
    name: node.name,
    kind: node.kind,
    mode: node.mode,
    modified: node.modified,
    accessed: node.accessed,
    size: node.kind === 'file' ? node.content.size : 0,
    ...(node.kind === 'symlink' && { target: node.target }),
  };
}
