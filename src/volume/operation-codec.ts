/** The changes of a volume, as records say them. Replaying them in order makes the state again. */
import { InvalidInputError, StorageError } from '../base/errors';
import { checkFileOperation, type FileOperation } from '../base/file-operation';
import { type ByteReader, ByteWriter } from './bytes';

export type VolumeOperation =
  /** A change of the files; `staged`: of those that are being put together to replace the present ones. */
  | { type: 'file'; staged: boolean; operation: FileOperation }
  | { type: 'snapshot'; id: number; name: string; time: number }
  | { type: 'drop'; id: number }
  /** The present state becomes the snapshot's; `drop`: which is then given up. */
  | { type: 'restore'; id: number; drop: boolean }
  /** A new tree of the fixed directories begins to be put together. One that was begun before is given up. */
  | { type: 'stage'; time: number }
  /** The staged tree becomes the present one, which is kept as a snapshot; `drop` is one to be given up, 0 for none. */
  | { type: 'adopt'; id: number; name: string; time: number; drop: number }
  /** As `stage`, but the new tree begins as the snapshot's. */
  | { type: 'branch'; id: number }
  /** Gives a snapshot another name. */
  | { type: 'label'; id: number; name: string };

const FILE_CODES = ['make', 'symlink', 'write', 'truncate', 'rename', 'unlink', 'rmdir', 'setattr'] as const;
const VOLUME_CODES = ['snapshot', 'drop', 'restore', 'stage', 'adopt', 'branch', 'label'] as const;
const FIRST_FILE_CODE = 1;
const FIRST_VOLUME_CODE = 64;
const STAGED = 128;
/** Which of a setattr's fields are there. */
const HAS = { mode: 1, modified: 2, accessed: 4 } as const;

/** An operation's meta: a code, then its fields. The data of a write is not part of it. */
export function encodeOperation(operation: VolumeOperation): Uint8Array {
  const writer = new ByteWriter(128);
  if (operation.type === 'file') {
    writer.uint8(FIRST_FILE_CODE + FILE_CODES.indexOf(operation.operation.type) + (operation.staged ? STAGED : 0));
    encodeFileOperation(writer, operation.operation);
    return writer.bytes;
  }
  writer.uint8(FIRST_VOLUME_CODE + VOLUME_CODES.indexOf(operation.type));
  switch (operation.type) {
    case 'snapshot':
    case 'adopt':
      writer.uint32(operation.id);
      writer.float64(operation.time);
      writer.text(operation.name);
      if (operation.type === 'adopt') writer.uint32(operation.drop);
      break;
    case 'drop':
    case 'branch':
      writer.uint32(operation.id);
      break;
    case 'label':
      writer.uint32(operation.id);
      writer.text(operation.name);
      break;
    case 'restore':
      writer.uint32(operation.id);
      writer.uint8(operation.drop ? 1 : 0);
      break;
    case 'stage':
      writer.float64(operation.time);
      break;
    default:
      operation satisfies never;
  }
  return writer.bytes;
}

/** @throws StorageError when this version did not write it */
export function decodeOperation(reader: ByteReader, data: Uint8Array): VolumeOperation {
  const code = reader.uint8();
  const type = VOLUME_CODES[code - FIRST_VOLUME_CODE];
  switch (type) {
    case 'snapshot':
    case 'adopt': {
      const id = reader.uint32();
      const time = reader.float64();
      const name = reader.text();
      return type === 'snapshot' ? { type, id, time, name } : { type, id, time, name, drop: reader.uint32() };
    }
    case 'drop':
    case 'branch':
      return { type, id: reader.uint32() };
    case 'label':
      return { type, id: reader.uint32(), name: reader.text() };
    case 'restore':
      return { type, id: reader.uint32(), drop: reader.uint8() === 1 };
    case 'stage':
      return { type, time: reader.float64() };
    default: {
      const file = FILE_CODES[(code % STAGED) - FIRST_FILE_CODE];
      if (file === undefined) throw new StorageError(`The log holds an operation of an unknown kind (${code}).`);
      return { type: 'file', staged: code >= STAGED, operation: checked(decodeFileOperation(file, reader, data)) };
    }
  }
}

function encodeFileOperation(writer: ByteWriter, operation: FileOperation): void {
  switch (operation.type) {
    case 'make':
      writer.uint64(operation.inode);
      writer.uint64(operation.parent);
      writer.float64(operation.time);
      writer.uint8(operation.kind === 'directory' ? 1 : 0);
      writer.uint16(operation.mode);
      writer.text(operation.name);
      return;
    case 'symlink':
      writer.uint64(operation.inode);
      writer.uint64(operation.parent);
      writer.float64(operation.time);
      writer.text(operation.name);
      writer.text(operation.target);
      return;
    case 'write':
      writer.uint64(operation.inode);
      writer.uint64(operation.offset);
      writer.float64(operation.time);
      return;
    case 'truncate':
      writer.uint64(operation.inode);
      writer.uint64(operation.size);
      writer.float64(operation.time);
      return;
    case 'rename':
      writer.uint64(operation.parent);
      writer.uint64(operation.newParent);
      writer.float64(operation.time);
      writer.text(operation.name);
      writer.text(operation.newName);
      return;
    case 'unlink':
    case 'rmdir':
      writer.uint64(operation.parent);
      writer.float64(operation.time);
      writer.text(operation.name);
      return;
    default: {
      const { inode, mode, modified, accessed } = operation;
      writer.uint64(inode);
      writer.uint8(
        (mode === undefined ? 0 : HAS.mode) | (modified === undefined ? 0 : HAS.modified) | (accessed === undefined ? 0 : HAS.accessed),
      );
      if (mode !== undefined) writer.uint16(mode);
      if (modified !== undefined) writer.float64(modified);
      if (accessed !== undefined) writer.float64(accessed);
    }
  }
}

function decodeFileOperation(type: FileOperation['type'], reader: ByteReader, data: Uint8Array): FileOperation {
  switch (type) {
    case 'make': {
      const [inode, parent, time] = [reader.uint64(), reader.uint64(), reader.float64()];
      const kind = reader.uint8() === 1 ? 'directory' : 'file';
      return { type, inode, parent, time, kind, mode: reader.uint16(), name: reader.text() };
    }
    case 'symlink':
      return { type, inode: reader.uint64(), parent: reader.uint64(), time: reader.float64(), name: reader.text(), target: reader.text() };
    case 'write':
      return { type, inode: reader.uint64(), offset: reader.uint64(), time: reader.float64(), data };
    case 'truncate':
      return { type, inode: reader.uint64(), size: reader.uint64(), time: reader.float64() };
    case 'rename':
      return {
        type,
        parent: reader.uint64(),
        newParent: reader.uint64(),
        time: reader.float64(),
        name: reader.text(),
        newName: reader.text(),
      };
    case 'unlink':
    case 'rmdir':
      return { type, parent: reader.uint64(), time: reader.float64(), name: reader.text() };
    default: {
      const inode = reader.uint64();
      const has = reader.uint8();
      return {
        type: 'setattr',
        inode,
        ...(has & HAS.mode && { mode: reader.uint16() }),
        ...(has & HAS.modified && { modified: reader.float64() }),
        ...(has & HAS.accessed && { accessed: reader.float64() }),
      };
    }
  }
}

/** The same check as when it was accepted. */
function checked(operation: FileOperation): FileOperation {
  try {
    return checkFileOperation(operation);
  } catch (cause) {
    if (!(cause instanceof InvalidInputError)) throw cause;
    throw new StorageError(`The log holds an operation that was never allowed: ${cause.message}`, { cause });
  }
}
