/** What a snapshot alone holds on to. */
import type { VolumeState } from './volume-state';

/** Bytes of the nodes and pieces that go when the tree's one holder does: those that nothing else refers to. */
export function snapshotSize({ objects, trees }: VolumeState, root: number): number {
  let bytes = 0;
  const waiting = [root];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    // Shared: what is below stays, too.
    if (objects.references(id) > 1) continue;
    bytes += objects.locate(id)?.length ?? 0;
    if (!objects.isNode(id)) continue;
    const node = trees.load(id);
    if (!node.leaf) waiting.push(...node.children);
    else for (const item of node.items) if (item.type === 'extent') waiting.push(item.object);
  }
  return bytes;
}
