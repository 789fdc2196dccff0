/** What can be seen of a volume, as plain text that can be compared in any runner. */
import { xxh32 } from '../../../src/base/xxh32';
import type { FileView, Store, Volume } from '../../../src/volume';

/** One line per node, sorted by path: everything but the file's bytes' place in memory. */
export function observe(volume: FileView): string {
  const lines = volume.entries().map((entry) => {
    const { inode, parent, kind, mode, modified, accessed, size, target } = entry;
    const content = kind === 'file' ? shown(volume.read(inode)) : (target ?? '');
    return JSON.stringify([volume.pathOf(inode), inode, parent, kind, mode, modified, accessed, size, content]);
  });
  return lines.sort().join('\n');
}

/** Everything that can be seen, snapshots included. */
export function stateOf(volume: Volume): string {
  const snapshots = volume.snapshots.map(({ id, name, parent }) => `${id} after ${parent}: ${name}\n${observe(volume.openSnapshot(id))}`);
  return [volume.undoable, `after ${volume.parent}`, observe(volume), ...snapshots].join('\n');
}

function shown(bytes: Uint8Array): string {
  return bytes.length > 10_000 ? `checksum ${xxh32(bytes)}` : bytes.join();
}

/** The names and bytes of all files, which have to be closed. */
export async function filesOf(store: Store): Promise<Map<string, string>> {
  const files = new Map<string, string>();
  for (const name of (await store.list()).sort()) {
    const file = await store.open(name);
    const bytes = new Uint8Array(file.size());
    file.read(bytes, 0);
    file.close();
    files.set(name, bytes.join());
  }
  return files;
}
