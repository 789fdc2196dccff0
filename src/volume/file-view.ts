/** The files of one state, for reading: of the present one, or of a snapshot. */
import { InvalidInputError, NoSpaceError } from '../base/errors';
import type { FileTree, VolumeEntry } from './file-tree';
import type { ObjectMap } from './object-map';
import type { Location, SegmentFiles } from './segment-files';

/** Bytes of a file, where they are stored. Gaps between extents read as zeros. */
export interface StoredExtent {
  /** In the file, bytes. */
  offset: number;
  length: number;
  /** The stored piece that holds them, to be checked as a whole, and where in it they begin. */
  location: Location;
  skip: number;
}

export class FileView {
  readonly #tree: () => FileTree;
  readonly #objects: ObjectMap;
  readonly #files: SegmentFiles;

  constructor(tree: () => FileTree, objects: ObjectMap, files: SegmentFiles) {
    this.#tree = tree;
    this.#objects = objects;
    this.#files = files;
  }

  /**
   * All nodes but the root, parents before their children.
   * @param onDamage hears of what cannot be read and is left out; without it that throws DormouseError `damaged`
   */
  entries(onDamage?: (error: Error) => void): VolumeEntry[] {
    return this.#tree().entries(onDamage);
  }

  /** The node at a path such as `home/pyodide/notes.txt`, or null. Symbolic links are not followed. */
  lookup(path: string): VolumeEntry | null {
    return this.#tree().lookup(path);
  }

  /**
   * The path of a node, without a leading slash; '' for the root.
   * @throws InvalidInputError when there is no such node
   */
  pathOf(inode: number): string {
    return this.#tree().pathOf(inode);
  }

  /** Where a file's bytes are stored, in their order. */
  extents(inode: number): StoredExtent[] {
    return Array.from(this.#tree().extents(inode), (extent) => this.#stored(extent));
  }

  /**
   * A file's bytes from `from` on, at most `most`, by default all: a copy.
   * @throws InvalidInputError when there is no such file, NoSpaceError when the memory for it is not to be had, DormouseError
   *   `damaged` when what is stored does not match its checksum
   */
  read(inode: number, most = Number.POSITIVE_INFINITY, from = 0): Uint8Array<ArrayBuffer> {
    const tree = this.#tree();
    const length = Math.max(0, Math.min(most, tree.sizeOf(inode) - from));
    const bytes = allocate(length);
    const name = `The file ${this.pathOf(inode)}`;
    for (const extent of tree.extents(inode, from, from + length)) {
      const { offset, skip, location } = this.#stored(extent);
      const piece = this.#files.read(location, name).subarray(skip, skip + extent.length);
      const at = offset - from;
      bytes.set(piece.subarray(Math.max(0, -at), length - at), Math.max(0, at));
    }
    return bytes;
  }

  /** Bytes that a file takes in the store, without what it shares being told apart. */
  storedSize(inode: number): number {
    let bytes = 0;
    for (const { length } of this.#tree().extents(inode)) bytes += length;
    return bytes;
  }

  #stored({ offset, length, object, skip }: { offset: number; length: number; object: number; skip: number }): StoredExtent {
    const location = this.#objects.locate(object);
    if (!location) throw new InvalidInputError(`Object ${object} is nowhere.`);
    return { offset, length, location, skip };
  }
}

function allocate(length: number): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(length);
  } catch (cause) {
    throw new NoSpaceError(`There is not enough memory to read ${length} bytes of a file.`, { cause });
  }
}
