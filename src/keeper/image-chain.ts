/**
 * The hidden file that holds the interpreter's memory: a whole image, then those that continue it, as the sandbox sent them. Nothing
 * here reads them. What counts is the file in a checkpoint; the present one may have been left in the middle of a capture.
 */
import { InvalidInputError } from '../base/errors';
import type { DiskContent } from '../protocol/disk';
import type { FileView } from '../volume/file-view';
import type { Volume } from '../volume/volume';
import { contentOf } from './disk-entries';
import { HiddenFile, IMAGE_FILE, pathOfHidden } from './hidden-file';

/** What is read at once, bytes: a chain may be larger than what a worker can hold in one piece. */
const CHUNK = 4 * 2 ** 20;

export class ImageChain {
  readonly #volume: Volume;
  readonly file: HiddenFile;

  constructor(volume: Volume) {
    this.#volume = volume;
    this.file = new HiddenFile(volume, IMAGE_FILE);
  }

  /** Begins the chain anew with one image. @throws NoSpaceError, StorageError */
  begin(image: Uint8Array, time: number): void {
    this.file.truncate(0, time);
    this.file.append(image, time);
  }

  /**
   * Adds an image to the chain of a checkpoint, whatever the present file holds.
   * @throws NoSpaceError, StorageError, DormouseError `damaged` when the chain has to be read and cannot be
   */
  continue(view: FileView, image: Uint8Array, time: number): void {
    this.mend(view, time);
    this.file.append(image, time);
  }

  /** Gives back what a write that did not fit has taken. */
  giveUp(time: number): void {
    this.file.truncate(0, time);
  }

  /** Makes the present file that of a checkpoint; null is for none. Throws as `continue`. */
  mend(view: FileView | null, time: number): void {
    const kept = view?.lookup(pathOfHidden(IMAGE_FILE));
    const present = this.#volume.lookup(pathOfHidden(IMAGE_FILE));
    if (!view || !kept) {
      if (present && present.size > 0) this.file.truncate(0, time);
      return;
    }
    const wanted = view.extents(kept.inode);
    const found = present ? this.#volume.extents(present.inode) : [];
    const same = wanted.every(({ offset, length, location, skip }, index) => {
      const other = found[index];
      return (
        other?.offset === offset &&
        other.length === length &&
        other.location.segment === location.segment &&
        other.location.offset === location.offset &&
        other.skip === skip
      );
    });
    if (present && same && present.size >= kept.size) {
      if (present.size > kept.size) this.file.truncate(kept.size, time);
      return;
    }
    this.file.truncate(0, time);
    for (let from = 0; from < kept.size; from += CHUNK) this.file.append(view.read(kept.inode, CHUNK, from), time);
  }

  /**
   * Where the chain of a checkpoint is in what the volume hands out. Not a Blob of its bytes: a browser that has just started refuses Blobs in memory
   * beyond 500 MB in all (Chromium), and a chain may be larger than what a worker can hold.
   * @throws InvalidInputError when there is none
   */
  locate(view: FileView): DiskContent {
    const kept = view.lookup(pathOfHidden(IMAGE_FILE));
    if (!kept || kept.size === 0) throw new InvalidInputError('This checkpoint has no image.');
    return contentOf(view, kept);
  }
}
