/**
 * One generation of a session as a file that only grows at its end: records are appended and never overwritten. Knows
 * nothing of what operations mean; see log-format.ts for the bytes and log-reading.ts for what a crash may leave.
 */
import { messageOf, NoSpaceError, StorageError } from '../base/errors';
import type { FileOperation } from '../base/file-operation';
import { encodeLogHeader, type LogHeader, RECORD, RECORD_TYPE, type RecordType, sealRecord } from './log-format';
import type { SyncFile } from './store';

/** Where the next record goes and what it has to follow. */
export interface LogEnd {
  /** The offset of the next record, bytes. */
  tail: number;
  /** The number of the last record. */
  sequence: number;
  /** The last record's header checksum (see `before` in log-format.ts). */
  checksum: number;
}

/** A record of more is encoded in memory of its own, so that one large write does not hold on to it for ever. */
const SCRATCH_SIZE = 1 << 20;
/** The least growth worth another try when the store refused more. */
const LEAST_GROWTH = 4096;
const NO_DATA = new Uint8Array(0);
const encoder = new TextEncoder();

export class Log {
  readonly header: LogHeader;
  readonly #file: SyncFile;
  #tail: number;
  #sequence: number;
  #checksum: number;
  #size: number;
  /** Whether something may not be on stable storage yet. */
  #pending = true;
  #scratch = new Uint8Array(4096);

  /** Goes on at the end of what was read. */
  constructor(file: SyncFile, header: LogHeader, end: LogEnd) {
    this.header = header;
    this.#file = file;
    this.#tail = end.tail;
    this.#sequence = end.sequence;
    this.#checksum = end.checksum;
    this.#size = file.size();
  }

  /** Begins a log, emptying the file before. Nothing is flushed. */
  static create(file: SyncFile, header: LogHeader): Log {
    const bytes = encodeLogHeader(header);
    file.truncate(0);
    file.write(bytes, 0);
    return new Log(file, header, {
      tail: bytes.length,
      sequence: 0,
      checksum: new DataView(bytes.buffer).getUint32(bytes.length - 4, true),
    });
  }

  /** Bytes of the header and all records. */
  get tail(): number {
    return this.#tail;
  }

  /** Bytes of the file, room held ready included. */
  get size(): number {
    return this.#size;
  }

  /** The bytes of a record that `append` will take next: a view that the next call overwrites. */
  encode(type: RecordType, text: string, data: Uint8Array = NO_DATA): Uint8Array {
    // A UTF-16 unit takes at most 3 bytes in UTF-8.
    const scratch = this.#scratchOf(RECORD.size + 3 * text.length + data.length);
    const textLength = encoder.encodeInto(text, scratch.subarray(RECORD.size)).written;
    scratch.set(data, RECORD.size + textLength);
    const record = scratch.subarray(0, RECORD.size + textLength + data.length);
    sealRecord(record, {
      type,
      textLength,
      dataLength: data.length,
      sequence: this.#sequence + 1,
      before: this.#checksum,
      salt: this.header.salt,
    });
    return record;
  }

  /** The record of an operation, as `encode`. */
  encodeOperation(operation: FileOperation): Uint8Array {
    if (operation.type !== 'write') return this.encode(RECORD_TYPE.operation, JSON.stringify(operation));
    const { data, ...rest } = operation;
    return this.encode(RECORD_TYPE.operation, JSON.stringify(rest), data);
  }

  /**
   * Writes what `encode` returned last. When it throws, the log still ends where it ended before: the next record is written
   * to the same place.
   * @throws NoSpaceError when the store refused, StorageError when the log must not be used any more
   */
  append(record: Uint8Array): void {
    try {
      this.#file.write(record, this.#tail);
    } catch (error) {
      this.#wipe();
      throw error;
    }
    this.#checksum = new DataView(record.buffer, record.byteOffset).getUint32(RECORD.checksum, true);
    this.#sequence += 1;
    this.#tail += record.length;
    this.#size = Math.max(this.#size, this.#tail);
    this.#pending = true;
  }

  /** Makes the file at least `size` bytes long, or as long as the store allows. */
  grow(size: number): void {
    let growth = size - this.#size;
    while (growth >= LEAST_GROWTH || (growth > 0 && this.#size + growth === size)) {
      try {
        this.#file.truncate(this.#size + growth);
        this.#size += growth;
        growth = size - this.#size;
      } catch (error) {
        if (!(error instanceof NoSpaceError)) throw error;
        this.#size = this.#file.size();
        growth = Math.floor(Math.min(growth, size - this.#size) / 2);
      }
    }
  }

  /** Gives back the room after the last record. */
  shrink(): void {
    if (this.#size === this.#tail) return;
    this.#file.truncate(this.#tail);
    this.#size = this.#tail;
  }

  /**
   * Returns when every record is on stable storage, and notes that in a record of its own: if one of those before it is
   * ever found bad, it is known to be damage and no interrupted write. The note itself is not waited for; it takes no room
   * beyond the file's size.
   */
  flush(): void {
    if (!this.#pending) return;
    this.#file.flush();
    try {
      const note = this.encode(RECORD_TYPE.flushed, '');
      if (this.#tail + note.length <= this.#size) this.append(note);
    } catch (error) {
      // The promise does not hang on the note: without it, damage to these records would be taken for an interrupted write.
      if (!(error instanceof NoSpaceError)) throw error;
    }
    this.#pending = false;
  }

  /** A write that threw may have put a whole record there: make sure that it is not read as one. */
  #wipe(): void {
    try {
      const present = Math.min(RECORD.size, this.#file.size() - this.#tail);
      if (present > 0) this.#file.write(new Uint8Array(present), this.#tail);
      this.#size = this.#file.size();
    } catch (cause) {
      throw new StorageError(`The session's log could not be written: ${messageOf(cause)}`, { cause });
    }
  }

  #scratchOf(size: number): Uint8Array {
    if (size <= this.#scratch.length) return this.#scratch;
    let scratch: Uint8Array<ArrayBuffer>;
    try {
      scratch = new Uint8Array(Math.max(size, Math.min(2 * this.#scratch.length, SCRATCH_SIZE)));
    } catch (cause) {
      throw new NoSpaceError(`There is not enough memory to write ${size} bytes at once.`, { cause });
    }
    if (scratch.length <= SCRATCH_SIZE) this.#scratch = scratch;
    return scratch;
  }
}
