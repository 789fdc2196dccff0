/** What a page asks of the files: lists, bytes, and that what it changed is kept. Reading is possible at any time, also while Python runs. */
import { DormouseError, InvalidInputError } from '../base/errors';
import type { FilePart, FileReport, KeeperCalls } from '../protocol/keeper';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';
import type { Volume } from '../volume/volume';
import { fileReport } from './report';
import { userEntries } from './user-entries';

/** What one call reads at most, bytes: other calls wait that long. */
const LONGEST_PART = 16 * 2 ** 20;

export class FileCalls {
  readonly #volume: Volume;
  /** What was found of a file, by inode number: files that are as they were are not read again. */
  #known = new Map<number, { entry: VolumeEntry; report: FileReport }>();

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  list(): FileReport[] {
    const before = this.#known;
    this.#known = new Map();
    return Array.from(userEntries(this.#volume), ({ entry, path }) => {
      const known = before.get(entry.inode);
      const same = known && versionOf(known.entry) === versionOf(entry) && known.report.path === path;
      const report = same ? known.report : fileReport(this.#volume, entry, path);
      this.#known.set(entry.inode, { entry, report });
      return report;
    });
  }

  /** @throws InvalidInputError when there is no such checkpoint */
  listAt({ checkpoint, path }: KeeperCalls['filesAt']['argument']): FileReport[] {
    const view = this.#viewOf(checkpoint);
    const found: FileReport[] = [];
    for (const { entry, path: at } of userEntries(view)) {
      if (at === path || at.startsWith(`${path}/`)) found.push(fileReport(view, entry, at));
    }
    return found;
  }

  /** @throws InvalidInputError, DormouseError `busy` and `damaged`, NoSpaceError when memory is wanting */
  read({ path, from, to, checkpoint, version }: KeeperCalls['readFile']['argument']): FilePart {
    if (![from, to].every((place) => Number.isSafeInteger(place) && place >= 0))
      throw new InvalidInputError('A part of a file has to be a range.');
    const view = this.#viewOf(checkpoint);
    const entry = isUsers(path) ? view.lookup(path) : null;
    if (entry?.kind !== 'file') throw new InvalidInputError(`There is no file “${path}” any more.`);
    const present = versionOf(entry);
    if (version !== null && version !== present) throw new DormouseError('busy', `“${path}” was changed while it was read.`);
    const bytes = view.read(entry.inode, Math.min(to - from, LONGEST_PART), from);
    return { bytes: new Blob([bytes]), size: entry.size, version: present };
  }

  exists(path: string): boolean {
    return isUsers(path) && this.#volume.lookup(path) !== null;
  }

  #viewOf(checkpoint: number | null): FileView {
    return checkpoint === null ? this.#volume : this.#volume.openSnapshot(checkpoint);
  }
}

const isUsers = (path: string) => /^(home\/pyodide|tmp)\//.test(path);

const versionOf = ({ inode, size, modified }: VolumeEntry) => `${inode} ${size} ${modified}`;
