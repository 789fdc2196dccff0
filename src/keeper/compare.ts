/** What differs between two kept moments of a session: files by path, variables by name and type. */
import { isDamage } from '../base/errors';
import type { Comparison } from '../protocol/keeper';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';
import type { MemoryNotes } from './memory-notes';
import { userEntries } from './user-entries';

/** What is read at once to tell two files apart, bytes. */
const CHUNK = 2 ** 20;

/** @param changed the nodes that may differ, by inode number: others are not looked into */
export function compareFiles(before: FileView, after: FileView, changed: ReadonlySet<number>): Comparison['files'] {
  const differences: Comparison['files'] = [];
  const old = new Map(Array.from(userEntries(before), ({ entry, path }) => [path, entry]));
  for (const { entry, path } of userEntries(after)) {
    const was = old.get(path);
    old.delete(path);
    if (!was) differences.push({ path, change: 'added' });
    else if ((was.inode !== entry.inode || changed.has(entry.inode)) && differs(before, was, after, entry)) {
      differences.push({ path, change: 'changed' });
    }
  }
  for (const path of old.keys()) differences.push({ path, change: 'removed' });
  return differences.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}

/** Null when there is nothing to compare with. */
export function compareVariables(before: MemoryNotes | null, after: MemoryNotes | null): Comparison['variables'] {
  if (!before || !after) return null;
  const differences: NonNullable<Comparison['variables']> = [];
  const old = new Map(before.variables.map(({ name, type }) => [name, type]));
  for (const { name, type } of after.variables) {
    const was = old.get(name) ?? null;
    old.delete(name);
    if (was === null) differences.push({ name, change: 'added', before: null, after: type });
    else if (was !== type) differences.push({ name, change: 'changed', before: was, after: type });
  }
  for (const [name, type] of old) differences.push({ name, change: 'removed', before: type, after: null });
  return differences.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
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
