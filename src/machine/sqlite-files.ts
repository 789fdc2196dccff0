/**
 * What the disk knows of SQLite's files: when a sync has to wait for stable storage, and which changes may stay with the journal for a
 * moment because a program that is killed loses nothing by them. https://sqlite.org/fileformat2.html, "The Rollback Journal" and "The
 * Write-Ahead Log". Files are known by what is in them, too: someone's diary may be called `travel-journal`.
 */
import type { FileOperation } from '../base/file-operation';
import type { MemoryNode } from './emscripten';

/** The first bytes of a rollback journal and of a write-ahead log. */
const JOURNAL_MAGIC = 0xd9;
const LOG_MAGIC = 0x37;
/** Bytes of a frame's header in a write-ahead log; SQLite writes a frame's page with the next call. */
const FRAME_HEADER = 24;
/** Where in it stands the size of the database, big-endian: zero but in the frame that commits. */
const FRAME_COMMIT = { from: 4, to: 8 } as const;

/** SQLite's rollback journals: the name of their database with this ending. */
export const isJournal = ({ name }: { name: string }): boolean => name.endsWith('-journal');

/** Whether SQLite would roll this database back if it opened it now: its journal is there and begins with a header that was not zeroed. */
export function hasHotJournal({ parent, name }: MemoryNode): boolean {
  const journal = (parent.contents as Record<string, MemoryNode | undefined>)[`${name}-journal`];
  return journal !== undefined && isHot(journal);
}

/** Undefined for an empty file. MEMFS keeps a file's first write as the signed bytes of the heap. */
const firstByte = ({ usedBytes, contents }: MemoryNode) => (usedBytes > 0 ? ((contents as Uint8Array)[0] as number) & 0xff : undefined);

const isHot = (journal: MemoryNode) => firstByte(journal) === JOURNAL_MAGIC;

/** Whether a file of this name is the rollback journal of one beside it. */
const hasDatabase = ({ contents }: MemoryNode, name: string) =>
  isJournal({ name }) && Object.hasOwn(contents, name.slice(0, -'-journal'.length));

/** SQLite writes a new journal's header with zeros in place of its first bytes, and those when everything else of it is stored. */
const isUnfinished = (journal: MemoryNode) => firstByte(journal) === 0;

/** Which changes belong to a transaction that is not committed yet: SQLite undoes them when it finds them, so they may as well be missing. */
export class OpenTransactions {
  /** Write-ahead logs in which the transaction goes on behind the last write. */
  readonly #frames = new WeakSet<MemoryNode>();

  /**
   * To be asked once for each change, after it is carried out.
   * @param node what it changed, or the folder of what it made
   */
  has(operation: FileOperation, node: MemoryNode): boolean {
    try {
      return this.#isUndone(operation, node);
    } catch {
      // A journal whose bytes cannot be read from the disk: that is told to who reads it.
      return false;
    }
  }

  #isUndone(operation: FileOperation, node: MemoryNode): boolean {
    switch (operation.type) {
      case 'make':
        // A journal is made, and given the mode of its database, before anything is changed.
        return hasDatabase(node, operation.name);
      case 'setattr':
        return node.usedBytes === 0 && hasDatabase(node.parent, node.name);
      case 'write':
        if (node.name.endsWith('-wal')) return this.#isUncommitted(node, operation.data);
        if (!isJournal(node)) return hasHotJournal(node);
        return hasDatabase(node.parent, node.name) && (isHot(node) || isUnfinished(node));
      case 'truncate':
        return hasHotJournal(node);
      default:
        return false;
    }
  }

  #isUncommitted(log: MemoryNode, data: Uint8Array): boolean {
    if (firstByte(log) !== LOG_MAGIC) return false;
    if (data.length !== FRAME_HEADER) return this.#frames.has(log);
    const commits = data.subarray(FRAME_COMMIT.from, FRAME_COMMIT.to).some((byte) => byte !== 0);
    // The page comes with the next call in either case.
    if (commits) this.#frames.delete(log);
    else this.#frames.add(log);
    return true;
  }
}
