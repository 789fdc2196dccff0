/** What of the disk is in memory only: times that no operation sets, and the order of names in a folder. */
import type { FileSystem, MemoryNode } from './emscripten';

/** Only where it is not what mounting the disk would make of it. */
export interface DiskTimes {
  /** By inode number. */
  times: [inode: number, accessed: number, modified: number, changed: number][];
  /** Names in a folder come in the order in which they were made there; those folders where that is not the order of the inode numbers. */
  orders: [folder: number, children: number[]][];
}

/** @param nodes all of the disk, by inode number */
export function captureTimes(fs: FileSystem, nodes: ReadonlyMap<number, MemoryNode>): DiskTimes {
  const state: DiskTimes = { times: [], orders: [] };
  for (const [inode, node] of nodes) {
    const { atime, mtime, ctime } = node;
    if (atime !== mtime || ctime !== mtime) state.times.push([inode, atime, mtime, ctime]);
    if (!fs.isDir(node.mode)) continue;
    const children = Object.values(node.contents as Record<string, MemoryNode>).map(({ id }) => id);
    if (children.some((id, index) => index > 0 && id < (children[index - 1] as number))) state.orders.push([inode, children]);
  }
  return state;
}

/** Gives nodes the times and folders the order that they had, but for those that have changed since. */
export function restoreTimes(
  fs: FileSystem,
  nodes: ReadonlyMap<number, MemoryNode>,
  { times, orders }: DiskTimes,
  changed: ReadonlySet<number>,
): void {
  const known = new Map(orders);
  for (const [inode, node] of nodes) {
    if (!fs.isDir(node.mode) || changed.has(inode)) continue;
    const contents = node.contents as Record<string, MemoryNode>;
    const position = new Map(known.get(inode)?.map((id, index) => [id, index]));
    const children = Object.entries(contents).sort(([, a], [, b]) => (position.get(a.id) ?? a.id) - (position.get(b.id) ?? b.id));
    for (const [name] of children) delete contents[name];
    for (const [name, child] of children) contents[name] = child;
  }
  for (const [inode, ...saved] of times) {
    const node = nodes.get(inode);
    if (node && !changed.has(inode)) [node.atime, node.mtime, node.ctime] = saved;
  }
}
