/** A session's disk as a sandbox gets it: everything below the mount points, with where the bytes are; and so its memory. */
import { isDamage } from '../base/errors';
import { INODE } from '../base/file-operation';
import type { DiskContent, DiskEntry, DiskPiece } from '../protocol/disk';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';
import type { Volume } from '../volume/volume';

/** The mount points and all nodes below them, parents before their children. */
export function diskEntries(volume: Volume): DiskEntry[] {
  const entries: DiskEntry[] = [];
  const known = new Set<number>();
  // Parents come first, so that one pass finds everything below the mounts.
  for (const { inode, parent, name, kind, mode, modified, accessed, size, target } of volume.entries()) {
    if (inode !== INODE.home && inode !== INODE.tmp && !known.has(parent)) continue;
    known.add(inode);
    entries.push({
      inode,
      parent,
      name,
      kind,
      mode,
      modified,
      accessed,
      ...(target !== undefined && { target }),
      ...(kind === 'file' && size > 0 && { content: contentOf(volume, { inode, size }) }),
    });
  }
  return entries;
}

/** Where the bytes of a file are. */
export function contentOf(view: FileView, { inode, size }: Pick<VolumeEntry, 'inode' | 'size'>): DiskContent {
  return { size, pieces: piecesOf(view, inode) };
}

/** Null when that is damaged: the file is there and cannot be read. */
function piecesOf(view: FileView, inode: number): DiskPiece[] | null {
  try {
    return view.extents(inode).map(({ offset, length, location, skip }) => {
      const { segment, offset: start, length: stored, checksum } = location;
      return { offset, length, segment, start, stored, checksum, skip };
    });
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}
