/**
 * The changes that a disk can undergo, as values: what the machine's journal says, what the keeper checks and what the
 * volume applies and stores. Nodes are named by inode number, so that a rename costs one record whatever hangs below.
 *
 * Times are milliseconds since 1970 (UTC). Modes are the permission bits only (0o000-0o7777). Names are single path
 * segments: see `checkName`.
 */
import { InvalidInputError } from './errors';
import { checkName } from './paths';

/** The inode numbers that every disk has from its birth. Others are given out from `FIRST_FREE` upwards. */
export const INODE = {
  root: 1,
  /** `home` */
  homeParent: 2,
  /** `home/pyodide`: mounted at `/home/pyodide`, the working directory of Python. */
  home: 3,
  /** `tmp`: mounted at `/tmp`. */
  tmp: 4,
  /** `.dormouse`: what the keeper keeps beside the user's files (history, editor text). Never mounted. */
  hidden: 5,
  /** The system's own inode numbers in a fresh interpreter stay far below this. */
  firstFree: 1 << 20,
} as const;

/** The longest link target in UTF-16 units, as PATH_MAX in Linux. */
export const MAX_TARGET = 4096;
/** The largest file size, bytes: where MEMFS ends too (a Uint8Array of 2 GiB). */
export const MAX_FILE_SIZE = 2 ** 31 - 1;

export type FileOperation =
  | { type: 'make'; inode: number; parent: number; name: string; kind: 'file' | 'directory'; mode: number; time: number }
  | { type: 'symlink'; inode: number; parent: number; name: string; target: string; time: number }
  | { type: 'write'; inode: number; offset: number; data: Uint8Array; time: number }
  | { type: 'truncate'; inode: number; size: number; time: number }
  /** Replaces what has the new name, if anything: one operation, so that a crash leaves the old or the new. */
  | { type: 'rename'; parent: number; name: string; newParent: number; newName: string; time: number }
  /** Removes a file or a symbolic link. */
  | { type: 'unlink'; parent: number; name: string; time: number }
  /** Removes an empty directory. */
  | { type: 'rmdir'; parent: number; name: string; time: number }
  | { type: 'setattr'; inode: number; mode?: number; modified?: number; accessed?: number };

/**
 * An upper bound of the bytes that an operation takes in the store, record header included: what the machine pays from its
 * credit. The volume's tests hold every record against it.
 */
export function costOf(operation: FileOperation): number {
  const text = (value: string) => 2 * value.length;
  switch (operation.type) {
    case 'write':
      // A checksum for each piece of 64 KiB.
      return 256 + operation.data.length + Math.ceil(operation.data.length / 8192);
    case 'make':
    case 'unlink':
    case 'rmdir':
      return 256 + text(operation.name);
    case 'symlink':
      return 256 + text(operation.name) + text(operation.target);
    case 'rename':
      return 256 + text(operation.name) + text(operation.newName);
    default:
      return 256;
  }
}

/** For a message: `String(value)` would call into what hostile code made, or fail. */
const shown = (value: unknown): string =>
  typeof value === 'string' ? value.slice(0, 100) : typeof value === 'number' ? `${value}` : typeof value;

/**
 * Checks a value that came from outside (hostile Python, a stored record) against `FileOperation` and returns it as a new
 * object with exactly the known fields. Says nothing about whether the inodes exist: the volume does.
 * @throws InvalidInputError naming the field that is wrong
 */
export function checkFileOperation(value: unknown): FileOperation {
  if (typeof value !== 'object' || value === null) throw new InvalidInputError('A file operation has to be an object.');
  const field = value as Record<string, unknown>;
  const integer = (name: string, max = Number.MAX_SAFE_INTEGER): number => {
    const number = field[name];
    if (!Number.isSafeInteger(number) || (number as number) < 0 || (number as number) > max) {
      throw new InvalidInputError(`A file operation's ${name} has to be a whole number from 0 to ${max}, got ${shown(number)}.`);
    }
    return number as number;
  };
  const name = (key: string): string => checkName(field[key]);
  // Times may be fractions of a millisecond (os.utime takes nanoseconds) and before 1970.
  const time = (key: string): number => {
    const number = field[key];
    if (typeof number !== 'number' || !Number.isFinite(number)) throw new InvalidInputError(`A file operation's ${key} has to be a time.`);
    return number;
  };
  const optional = <T>(key: string, read: (key: string) => T) => (field[key] === undefined ? {} : { [key]: read(key) });
  const mode = (key: string) => integer(key, 0o7777);

  switch (field.type) {
    case 'make': {
      if (field.kind !== 'file' && field.kind !== 'directory') throw new InvalidInputError(`Unknown kind of node: ${shown(field.kind)}.`);
      return {
        type: 'make',
        inode: integer('inode'),
        parent: integer('parent'),
        name: name('name'),
        kind: field.kind,
        mode: mode('mode'),
        time: time('time'),
      };
    }
    case 'symlink': {
      const target = field.target;
      if (typeof target !== 'string' || target.length > MAX_TARGET)
        throw new InvalidInputError(`A link's target has to be text of at most ${MAX_TARGET} characters.`);
      return { type: 'symlink', inode: integer('inode'), parent: integer('parent'), name: name('name'), target, time: time('time') };
    }
    case 'write': {
      const data = field.data;
      if (!(data instanceof Uint8Array) || isShared(data.buffer)) {
        throw new InvalidInputError('The data of a write has to be a Uint8Array over memory that nobody else can change.');
      }
      const offset = integer('offset', MAX_FILE_SIZE);
      if (offset + data.length > MAX_FILE_SIZE) throw new InvalidInputError(`A file cannot be larger than ${MAX_FILE_SIZE} bytes.`);
      return { type: 'write', inode: integer('inode'), offset, data, time: time('time') };
    }
    case 'truncate':
      return { type: 'truncate', inode: integer('inode'), size: integer('size', MAX_FILE_SIZE), time: time('time') };
    case 'rename':
      return {
        type: 'rename',
        parent: integer('parent'),
        name: name('name'),
        newParent: integer('newParent'),
        newName: name('newName'),
        time: time('time'),
      };
    case 'unlink':
    case 'rmdir':
      return { type: field.type, parent: integer('parent'), name: name('name'), time: time('time') };
    case 'setattr':
      return {
        type: 'setattr',
        inode: integer('inode'),
        ...optional('mode', mode),
        ...optional('modified', time),
        ...optional('accessed', time),
      };
    default:
      throw new InvalidInputError(`Unknown file operation: ${shown(field.type)}.`);
  }
}

// Without cross-origin isolation some browsers have no SharedArrayBuffer at all; then no value can be one.
const isShared = (buffer: ArrayBufferLike) => typeof SharedArrayBuffer !== 'undefined' && buffer instanceof SharedArrayBuffer;
