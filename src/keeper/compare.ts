/** Which files differ between two kept moments of a session. */
import { isDamage } from '../base/errors';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';
import { userEntries } from './user-entries';

/** What is read at once to tell two files apart, bytes. */
const CHUNK = 2 ** 20;

/**
 * Paths, in their order.
 * @param changed the nodes that may differ, by inode number: others are not looked into
 */
export function compareFiles(before: FileView, after: FileView, changed: ReadonlySet<number>): string[] {
  const differences: string[] = [];
  const old = new Map(Array.from(userEntries(before), ({ entry, path }) => [path, entry]));
  for (const { entry, path } of userEntries(after)) {
    const was = old.get(path);
    old.delete(path);
    if (!was || ((was.inode !== entry.inode || changed.has(entry.inode)) && differs(before, was, after, entry))) differences.push(path);
  }
  return [...differences, ...old.keys()].sort();
}

function differs(before: FileView, was: VolumeEntry, after: FileView, is: VolumeEntry): boolean {
  if (was.kind !== is.kind || was.size !== is.size || was.target !== is.target) return true;
  if (is.kind !== 'file') return false;
  try {
    if (storedAs(before, was.inode) === storedAs(after, is.inode)) return false;
    for (let from = 0; from < is.size; from += CHUNK) {
      const other = after.read(is.inode, CHUNK, from);
      if (before.read(was.inode, CHUNK, from).some((byte, index) => byte !== other[index])) return true;
    }
    return false;
  } catch (error) {
    // What cannot be read is not known to be the same.
    if (isDamage(error)) return true;
    throw error;
  }
}

/** Where a file's bytes are, as text: equal only for shared content. */
function storedAs(view: FileView, inode: number): string {
  const extents = view.extents(inode);
  return JSON.stringify(extents.map(({ offset, length, location, skip }) => [offset, length, location.segment, location.offset, skip]));
}
