/** What of a volume belongs to the user: everything below the two mount points, but for files that have not arrived as a whole. */
import { INODE } from '../base/file-operation';
import { ARRIVING_FOLDER } from '../protocol/file-change';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';

/** The entries below the mount points with their paths (`home/pyodide/notes.txt`), parents first. */
export function* userEntries(volume: FileView): Generator<{ entry: VolumeEntry; path: string }> {
  const paths = new Map<number, string>([
    [INODE.home, 'home/pyodide'],
    [INODE.tmp, 'tmp'],
  ]);
  for (const entry of volume.entries()) {
    const parent = paths.get(entry.parent);
    if (parent === undefined) continue;
    const path = `${parent}/${entry.name}`;
    if (path === ARRIVING_FOLDER) continue;
    paths.set(entry.inode, path);
    yield { entry, path };
  }
}
