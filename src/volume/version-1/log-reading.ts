/**
 * Reads a log as it was left, however that was. A process that dies leaves the log whole. A machine that loses power may
 * lose or tear any record that was not flushed, also one before another that survived: nothing of that was promised, so the
 * log is simply cut there. But when a record is bad although a later note says that all before it had been flushed, what was
 * promised is gone: that is damage, and it is reported, never read as the end.
 */

import { InvalidInputError } from '../../base/errors';
import { checkFileOperation, type FileOperation } from '../../base/file-operation';
import type { SyncFile } from '../store';
import { crc32c } from './crc32c';
import {
  decodeLogHeader,
  decodeRecordHeader,
  LOG_HEADER,
  type LogHeader,
  RECORD,
  RECORD_FIRST_BYTE,
  RECORD_TYPE,
  type RecordHeader,
} from './format';

/** Where a log's sound records end. */
interface LogEnd {
  /** The offset of the next record, bytes. */
  tail: number;
  /** The number of the last record. */
  sequence: number;
  /** The last record's header checksum (see `before` in format.ts). */
  checksum: number;
}

export interface LogReading {
  /** Null when the header is not sound. */
  header: LogHeader | null;
  /** Whether the operations that it began with are all there: otherwise the log was never in use. */
  complete: boolean;
  /** The first inode number never used when the log was begun, 0 when it does not say. */
  nextInode: number;
  /** After the last sound record. */
  end: LogEnd;
  /** Bytes after `end` that are no zeros held ready: an interrupted write, or damage. */
  unread: number;
  /** Whether what was promised is missing. */
  damaged: boolean;
}

const WINDOW_SIZE = 4 << 20;
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * Reads all sound records in their order. `begin` hears of the header before the first operation, `visit` of each
 * operation (its data is only valid during the call) and may throw InvalidInputError for one that cannot follow those
 * before it.
 */
export function readLog(file: SyncFile, begin: (header: LogHeader) => void, visit: (operation: FileOperation) => void): LogReading {
  const window = new Window(file);
  const reading: LogReading = {
    header: null,
    complete: false,
    nextInode: 0,
    end: { tail: 0, sequence: 0, checksum: 0 },
    unread: 0,
    damaged: false,
  };
  const { end } = reading;
  const headerBytes = window.view(0, LOG_HEADER.size);
  reading.header = decodeLogHeader(headerBytes);
  if (reading.header) {
    end.tail = LOG_HEADER.size;
    end.checksum = new DataView(headerBytes.buffer, headerBytes.byteOffset).getUint32(LOG_HEADER.checksum, true);
    begin(reading.header);
    while (true) {
      const record = nextRecord(window, reading.header, end);
      if (!record) break;
      if (!accept(record, reading, visit)) {
        // Checksums hold, but this code could not have written it here: no interrupted write leaves that.
        reading.damaged = true;
        break;
      }
      end.tail += RECORD.size + record.payload.length;
      end.sequence += 1;
      end.checksum = record.header.checksum;
    }
  }
  const rest = searchRest(window, reading);
  reading.unread = rest.unread;
  reading.damaged ||= rest.promised;
  return reading;
}

interface LogRecord {
  header: RecordHeader;
  payload: Uint8Array;
}

function nextRecord(window: Window, { salt }: LogHeader, end: LogEnd): LogRecord | null {
  const header = decodeRecordHeader(window.view(end.tail, RECORD.size));
  if (!header || header.salt !== salt || header.sequence !== end.sequence + 1 || header.before !== end.checksum) return null;
  const length = header.textLength + header.dataLength;
  if (end.tail + RECORD.size + length > window.size) return null;
  const payload = window.view(end.tail + RECORD.size, length);
  return crc32c(payload) === header.payloadChecksum ? { header, payload } : null;
}

function accept({ header, payload }: LogRecord, reading: LogReading, visit: (operation: FileOperation) => void): boolean {
  try {
    switch (header.type) {
      case RECORD_TYPE.flushed:
        return true;
      case RECORD_TYPE.complete: {
        const { nextInode } = parse(payload) as { nextInode?: unknown };
        if (typeof nextInode !== 'number') return false;
        reading.complete = true;
        reading.nextInode = nextInode;
        return true;
      }
      case RECORD_TYPE.operation: {
        const operation = parse(payload.subarray(0, header.textLength));
        if (operation.type === 'write') operation.data = payload.subarray(header.textLength);
        visit(checkFileOperation(operation));
        return true;
      }
      default:
        return false;
    }
  } catch (error) {
    if (error instanceof InvalidInputError) return false;
    throw error;
  }
}

function parse(text: Uint8Array): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(text));
  } catch (cause) {
    throw new InvalidInputError('A record has to be JSON in UTF-8.', { cause });
  }
  if (typeof value !== 'object' || value === null) throw new InvalidInputError('A record has to be a JSON object.');
  return value as Record<string, unknown>;
}

/** Looks through everything after the last sound record, byte by byte: where the next record begins is not known any more. */
function searchRest(window: Window, { header, end }: LogReading): { unread: number; promised: boolean } {
  let lastByte = end.tail;
  let promised = false;
  // Neighbouring views overlap, so that a record that spans two is whole in the second.
  for (let at = end.tail; at < window.size; at += WINDOW_SIZE - RECORD.size) {
    const bytes = window.view(at, WINDOW_SIZE);
    let last = bytes.length;
    while (last > 0 && bytes[last - 1] === 0) last--;
    if (last > 0) lastByte = Math.max(lastByte, at + last);
    for (let found = bytes.indexOf(RECORD_FIRST_BYTE); found >= 0 && !promised; found = bytes.indexOf(RECORD_FIRST_BYTE, found + 1)) {
      const record = decodeRecordHeader(bytes.subarray(found, found + RECORD.size));
      promised = record?.type === RECORD_TYPE.flushed && record.sequence > end.sequence && (!header || record.salt === header.salt);
    }
  }
  return { unread: lastByte - end.tail, promised };
}

/** A part of the file in memory. */
class Window {
  readonly size: number;
  readonly #file: SyncFile;
  #buffer: Uint8Array;
  #start = 0;
  #length = 0;

  constructor(file: SyncFile) {
    this.#file = file;
    this.size = file.size();
    this.#buffer = new Uint8Array(Math.min(WINDOW_SIZE, this.size));
  }

  /** Bytes from `offset`, fewer than `length` only at the file's end; valid until the next call. */
  view(offset: number, length: number): Uint8Array {
    const end = Math.min(offset + length, this.size);
    if (offset < this.#start || end > this.#start + this.#length) {
      if (end - offset > this.#buffer.length) this.#buffer = new Uint8Array(end - offset);
      this.#start = offset;
      this.#length = this.#file.read(this.#buffer, offset);
    }
    return this.#buffer.subarray(offset - this.#start, Math.min(end, this.#start + this.#length) - this.#start);
  }
}
