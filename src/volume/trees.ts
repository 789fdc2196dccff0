/**
 * Copy-on-write B+ trees that share their nodes: each snapshot is a root, and taking one costs one reference. A node with one
 * reference belongs to one tree and is changed in place (its object is written anew at the next checkpoint); one with more is copied
 * first, and the copy's children gain a reference. After O. Rodeh, "B-trees, Shadowing, and Clones", ACM TOS 3(4), 2008.
 */
import { isDormouseError } from '../base/errors';
import type { ObjectMap } from './object-map';
import { damaged, type Location } from './segment-files';
import { type BranchNode, decodeNode, type Item, type LeafNode, type TreeNode, weightOf } from './tree-node';

/** A run that changes something all over a large file writes nearly all of its leaves anew: the smaller, the less is written for it. */
const MOST_KEYS = 32;
/** Below this many a node is merged with its neighbour where both fit into one. */
const LEAST_KEYS = 6;
const MERGED_KEYS = 24;
/** About the bytes that a leaf may take. */
const LARGEST_LEAF = 16 * 1024;
/** Clean nodes that are kept in memory after a checkpoint. */
const MOST_CACHED = 40_000;

export class Trees {
  readonly #objects: ObjectMap;
  readonly #read: (location: Location, what: string) => Uint8Array;
  readonly #cache = new Map<number, TreeNode>();
  readonly #dirty = new Set<number>();
  /** Nodes that nobody refers to any more, whose own references are still to be given back. */
  readonly #pending: Set<number>;

  constructor(objects: ObjectMap, read: (location: Location, what: string) => Uint8Array, pending: Iterable<number> = []) {
    this.#objects = objects;
    this.#read = read;
    this.#pending = new Set(pending);
  }

  get pending(): ReadonlySet<number> {
    return this.#pending;
  }

  /** Nodes that changed since they were last written. */
  get dirty(): number {
    return this.#dirty.size;
  }

  /** A new tree without items. */
  create(): number {
    return this.#add({ leaf: true, keys: [], items: [] }).id;
  }

  /** One more holder of a tree. */
  retain(root: number): void {
    this.#objects.retain(root);
  }

  /** Gives a tree up; what only it referred to goes away bit by bit, in `collect`. */
  release(root: number): void {
    if (this.#objects.release(root)) this.#pending.add(root);
  }

  /** Gives back the references of up to `most` nodes that nobody needs; says whether there is more to do. */
  collect(most: number): boolean {
    let left = most;
    for (const id of this.#pending) {
      if (left-- <= 0) break;
      this.#pending.delete(id);
      this.#dismantle(id);
    }
    return this.#pending.size > 0;
  }

  get(root: number, key: string): Item | undefined {
    let node = this.load(root);
    while (!node.leaf) node = this.load(node.children[childIndex(node, key)] as number);
    const index = lowerBound(node.keys, key);
    return node.keys[index] === key ? node.items[index] : undefined;
  }

  /** The item with the greatest key that is not above `key`. */
  floor(root: number, key: string): [string, Item] | null {
    const node = this.load(root);
    if (node.leaf) {
      const index = lowerBound(node.keys, key);
      const at = node.keys[index] === key ? index : index - 1;
      return at < 0 ? null : [node.keys[at] as string, node.items[at] as Item];
    }
    for (let index = childIndex(node, key); index >= 0; index--) {
      const found = this.floor(node.children[index] as number, key);
      if (found) return found;
    }
    return null;
  }

  /**
   * The items from `from` to before `to`, in order. The tree must not change meanwhile.
   * @param onDamage hears of each part that cannot be read and is left out; without it that throws
   */
  *range(root: number, from: string, to: string, onDamage?: (error: Error) => void): Generator<[string, Item]> {
    let node: TreeNode;
    try {
      node = this.load(root);
    } catch (error) {
      if (!onDamage || !isDormouseError(error)) throw error;
      onDamage(error);
      return;
    }
    if (node.leaf) {
      for (let index = lowerBound(node.keys, from); index < node.keys.length && (node.keys[index] as string) < to; index++) {
        yield [node.keys[index] as string, node.items[index] as Item];
      }
      return;
    }
    for (let index = childIndex(node, from); index < node.children.length; index++) {
      if (index > 0 && (node.keys[index] as string) >= to) return;
      yield* this.range(node.children[index] as number, from, to, onDamage);
    }
  }

  /** Sets one item; returns the tree's root, which may be another. What the item replaces gives its reference back. */
  set(root: number, key: string, item: Item): number {
    const node = this.#own(root);
    const right = this.#insert(node, key, item);
    if (!right) return node.id;
    return this.#add({ leaf: false, keys: ['', right.key], children: [node.id, right.node.id] }).id;
  }

  /** Removes the items from `from` to before `to`; returns the root. */
  deleteRange(root: number, from: string, to: string): number {
    if (this.range(root, from, to).next().done) return root;
    const node = this.#own(root);
    this.#deleteFrom(node, from, to);
    return this.#lowered(node).id;
  }

  delete(root: number, key: string): number {
    return this.deleteRange(root, key, `${key}\u0000`);
  }

  /** A node, from memory or from where it lies. @throws DormouseError `damaged` */
  load(id: number): TreeNode {
    const cached = this.#cache.get(id);
    if (cached) return cached;
    const what = 'A part of the list of files';
    const location = this.#objects.locate(id);
    if (!location) throw damaged(what);
    const node = decodeNode(id, this.#read(location, what));
    this.#cache.set(id, node);
    return node;
  }

  /** Marks a node as to be written again, such as to move it. */
  soil(id: number): void {
    this.load(id);
    this.#dirty.add(id);
  }

  /** Hands every changed node to `write` and holds them for clean afterwards. */
  writeDirty(write: (node: TreeNode) => void): void {
    for (const id of this.#dirty) {
      write(this.load(id));
      this.#dirty.delete(id);
    }
    if (this.#cache.size > MOST_CACHED) this.#cache.clear();
  }

  #add(node: Omit<LeafNode, 'id'> | Omit<BranchNode, 'id'>): TreeNode {
    const added = { ...node, id: this.#objects.allocate('node') } as TreeNode;
    this.#cache.set(added.id, added);
    this.#dirty.add(added.id);
    return added;
  }

  /** A node that only its one parent refers to, so that it may be changed: itself or a copy. */
  #own(id: number): TreeNode {
    const node = this.load(id);
    if (this.#objects.references(id) === 1) {
      this.#dirty.add(id);
      return node;
    }
    for (const child of referencesOf(node)) this.#objects.retain(child);
    this.#objects.release(id);
    return node.leaf
      ? this.#add({ leaf: true, keys: [...node.keys], items: [...node.items] })
      : this.#add({ leaf: false, keys: [...node.keys], children: [...node.children] });
  }

  #ownChild(parent: BranchNode, index: number): TreeNode {
    const child = this.#own(parent.children[index] as number);
    parent.children[index] = child.id;
    return child;
  }

  #insert(node: TreeNode, key: string, item: Item): { key: string; node: TreeNode } | null {
    if (node.leaf) {
      const index = lowerBound(node.keys, key);
      if (node.keys[index] === key) {
        this.#drop(node.items[index] as Item);
        node.items[index] = item;
      } else {
        node.keys.splice(index, 0, key);
        node.items.splice(index, 0, item);
      }
    } else {
      const index = childIndex(node, key);
      const right = this.#insert(this.#ownChild(node, index), key, item);
      if (!right) return null;
      node.keys.splice(index + 1, 0, right.key);
      node.children.splice(index + 1, 0, right.node.id);
    }
    return this.#split(node);
  }

  #split(node: TreeNode): { key: string; node: TreeNode } | null {
    const count = node.keys.length;
    if (count <= MOST_KEYS && (count < 2 || !node.leaf || leafWeight(node) <= LARGEST_LEAF)) return null;
    // What is written in order leaves full nodes behind.
    const middle = Math.max(1, node.leaf && count > MOST_KEYS ? Math.floor(count * 0.7) : count >> 1);
    const key = node.keys[middle] as string;
    const keys = node.keys.splice(middle);
    const right = node.leaf
      ? this.#add({ leaf: true, keys, items: node.items.splice(middle) })
      : this.#add({ leaf: false, keys, children: node.children.splice(middle) });
    return { key, node: right };
  }

  #deleteFrom(node: TreeNode, from: string, to: string): void {
    if (node.leaf) {
      const first = lowerBound(node.keys, from);
      const end = lowerBound(node.keys, to);
      node.keys.splice(first, end - first);
      for (const item of node.items.splice(first, end - first)) this.#drop(item);
      return;
    }
    for (let index = childIndex(node, from); index < node.children.length && (index === 0 || (node.keys[index] as string) < to); ) {
      const next = node.keys[index + 1];
      const whole = index > 0 && (node.keys[index] as string) >= from && next !== undefined && next <= to;
      const child = whole ? null : this.#ownChild(node, index);
      if (child) this.#deleteFrom(child, from, to);
      if (child && child.keys.length > 0) {
        index++;
        continue;
      }
      this.release(node.children[index] as number);
      node.children.splice(index, 1);
      node.keys.splice(index, 1);
    }
    for (
      let index = Math.min(childIndex(node, from) + 1, node.children.length - 1);
      index > 0 && index >= childIndex(node, from);
      index--
    ) {
      this.#merge(node, index - 1);
    }
  }

  /** Joins two neighbouring children where one of them is small and both fit into one. */
  #merge(parent: BranchNode, index: number): void {
    const sizes = [index, index + 1].map((at) => this.load(parent.children[at] as number).keys.length) as [number, number];
    if (Math.min(...sizes) >= LEAST_KEYS || sizes[0] + sizes[1] > MERGED_KEYS) return;
    const left = this.#ownChild(parent, index);
    const right = this.#ownChild(parent, index + 1);
    if (left.leaf && right.leaf) {
      if (leafWeight(left) + leafWeight(right) > LARGEST_LEAF) return;
      left.items.push(...right.items);
    } else if (!left.leaf && !right.leaf) {
      // Its first key counted as less than any; here it has to be the true one.
      right.keys[0] = parent.keys[index + 1] as string;
      left.children.push(...right.children);
    } else {
      return;
    }
    left.keys.push(...right.keys);
    parent.keys.splice(index + 1, 1);
    parent.children.splice(index + 1, 1);
    // What it referred to is the left one's now.
    this.#objects.release(right.id);
    this.#forget(right.id);
  }

  /** A root with a single child is not needed; one without any is an empty tree. */
  #lowered(root: TreeNode): TreeNode {
    let node = root;
    while (!node.leaf && node.children.length <= 1) {
      const [child] = node.children;
      const next = child === undefined ? this.#add({ leaf: true, keys: [], items: [] }) : this.load(child);
      this.#objects.release(node.id);
      this.#forget(node.id);
      node = next;
    }
    return node;
  }

  #drop(item: Item): void {
    if (item.type === 'extent' && this.#objects.release(item.object)) this.#objects.free(item.object);
  }

  #dismantle(id: number): void {
    let node: TreeNode;
    try {
      node = this.load(id);
    } catch (error) {
      if (!isDormouseError(error)) throw error;
      // It cannot say what it referred to: that only takes room, and fsck finds it.
      this.#forget(id);
      return;
    }
    if (node.leaf) for (const item of node.items) this.#drop(item);
    else for (const child of node.children) this.release(child);
    this.#forget(id);
  }

  #forget(id: number): void {
    this.#objects.free(id);
    this.#cache.delete(id);
    this.#dirty.delete(id);
  }
}

/** The objects that a node refers to, one for each reference. */
export function referencesOf(node: TreeNode): number[] {
  if (!node.leaf) return node.children;
  const references: number[] = [];
  for (const item of node.items) if (item.type === 'extent') references.push(item.object);
  return references;
}

function leafWeight(node: LeafNode): number {
  let weight = 0;
  node.keys.forEach((key, index) => {
    weight += weightOf(key, node.items[index] as Item);
  });
  return weight;
}

/** The index of the first key that is not less. */
function lowerBound(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The child in whose range a key is. */
function childIndex({ keys }: BranchNode, key: string): number {
  const index = lowerBound(keys, key);
  return keys[index] === key ? index : Math.max(0, index - 1);
}
