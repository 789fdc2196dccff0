/** What differs between two trees. Nodes that both have are passed over whole, so that it costs what differs, not what there is. */
import { type InodeItem, type Item, inodeOfKey } from './tree-node';
import type { Trees } from './trees';

/** One item that is not the same in both trees; undefined where there is none. */
interface Difference {
  key: string;
  before: Item | undefined;
  after: Item | undefined;
}

/** A node that was not looked into, with a key that none of its items is below, or an item. */
type Next = { node: number; height: number; low: string } | { key: string; item: Item };

/** Walks through a tree in the order of its keys, down to the items only where it is told to. */
class Cursor {
  readonly #trees: Trees;
  /** What is still to come, the next one last. */
  readonly #rest: Next[];

  constructor(trees: Trees, root: number) {
    this.#trees = trees;
    let height = 0;
    // Every leaf is as far from the root.
    for (let node = trees.load(root); !node.leaf; node = trees.load(node.children[0] as number)) height += 1;
    this.#rest = [{ node: root, height, low: '' }];
  }

  get next(): Next | undefined {
    return this.#rest.at(-1);
  }

  pass(): void {
    this.#rest.pop();
  }

  /** Puts what is in the next node in its place. */
  open(): void {
    const next = this.#rest.pop();
    if (!next || !('node' in next)) return;
    const node = this.#trees.load(next.node);
    for (let index = node.keys.length - 1; index >= 0; index--) {
      const key = node.keys[index] as string;
      if (node.leaf) this.#rest.push({ key, item: node.items[index] as Item });
      else this.#rest.push({ node: node.children[index] as number, height: next.height - 1, low: index === 0 ? next.low : key });
    }
  }
}

/** The items that differ, in the order of their keys. The trees must not change meanwhile. @throws DormouseError `damaged` */
function* differences(trees: Trees, before: number, after: number): Generator<Difference> {
  const left = new Cursor(trees, before);
  const right = new Cursor(trees, after);
  for (;;) {
    const [a, b] = [left.next, right.next];
    if (!a && !b) return;
    if (a && b && 'node' in a && 'node' in b) {
      if (a.node === b.node) {
        left.pass();
        right.pass();
        continue;
      }
      // The one that begins first, or the larger one: so both come to stand before what they share.
      if (a.low < b.low || (a.low === b.low && a.height >= b.height)) left.open();
      if (b.low < a.low || (a.low === b.low && b.height >= a.height)) right.open();
      continue;
    }
    if (a && 'node' in a && (!b || ('key' in b && b.key >= a.low))) {
      left.open();
      continue;
    }
    if (b && 'node' in b && (!a || ('key' in a && a.key >= b.low))) {
      right.open();
      continue;
    }
    const one = a && 'key' in a ? a : undefined;
    const other = b && 'key' in b ? b : undefined;
    if (one && (!other || one.key < other.key)) {
      yield { key: one.key, before: one.item, after: undefined };
      left.pass();
    } else if (other && (!one || other.key < one.key)) {
      yield { key: other.key, before: undefined, after: other.item };
      right.pass();
    } else if (one && other) {
      if (!isSame(one.item, other.item)) yield { key: one.key, before: one.item, after: other.item };
      left.pass();
      right.pass();
    }
  }
}

/** The inodes of which more differs than times and modes; what a directory names does not count, for what it names does. */
export function changedInodes(trees: Trees, before: number, after: number): Set<number> {
  const changed = new Set<number>();
  if (before === after) return changed;
  for (const { key, before: one, after: other } of differences(trees, before, after)) {
    const item = one ?? other;
    if (item?.type === 'extent') changed.add(inodeOfKey(key));
    else if (item?.type === 'inode' && !(one?.type === 'inode' && other?.type === 'inode' && isSameFile(one, other)))
      changed.add(inodeOfKey(key));
  }
  return changed;
}

/** Bytes of content that `after` has and `before` does not have at that place. */
export function addedBytes(trees: Trees, before: number, after: number): number {
  let bytes = 0;
  if (before === after) return bytes;
  for (const { after: item } of differences(trees, before, after)) if (item?.type === 'extent') bytes += item.length;
  return bytes;
}

function isSame(a: Item, b: Item): boolean {
  if (a === b) return true;
  if (a.type === 'inode' && b.type === 'inode') {
    return isSameFile(a, b) && a.mode === b.mode && a.modified === b.modified && a.accessed === b.accessed;
  }
  if (a.type === 'entry' && b.type === 'entry') return a.inode === b.inode;
  if (a.type === 'extent' && b.type === 'extent') return a.object === b.object && a.skip === b.skip && a.length === b.length;
  return false;
}

function isSameFile(a: InodeItem, b: InodeItem): boolean {
  return a.kind === b.kind && a.size === b.size && a.parent === b.parent && a.name === b.name && a.target === b.target;
}
