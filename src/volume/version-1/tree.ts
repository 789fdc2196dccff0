/** What a log of version 1 adds up to, in memory, and the rules that its operations kept. */
import { InvalidInputError } from '../../base/errors';
import { type FileOperation, INODE } from '../../base/file-operation';
import { FileContent } from '../file-content';

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

  /**
   * Checks an operation against the tree, changing nothing, and returns what carries it out and cannot fail: to be called
   * before the next `prepare`, or never.
   * @throws InvalidInputError when it breaks a rule
   */
  prepare(operation: FileOperation): () => void {
    switch (operation.type) {
      case 'make':
      case 'symlink':
        return this.#prepareMake(operation);
      case 'write': {
        const { data, offset, time } = operation;
        const node = this.#file(operation.inode);
        return () => {
          node.content.write(data, offset);
          node.modified = time;
        };
      }
      case 'truncate': {
        const node = this.#file(operation.inode);
        return () => {
          node.content.truncate(operation.size);
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

  #add(node: TreeNode): void {
    this.#nodes.set(node.inode, node);
    node.parent?.children.set(node.name, node);
    this.skipInodes(node.inode + 1);
  }

  #remove(node: TreeNode): void {
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
