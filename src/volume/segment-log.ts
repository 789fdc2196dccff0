/**
 * The end of the log: appends records to the newest segment, goes on in a spare one when it is full, and says when what was
 * appended is on stable storage. Knows nothing of what records mean.
 */
import { messageOf, NoSpaceError, StorageError } from '../base/errors';
import { xxh32 } from '../base/xxh32';
import { ByteWriter } from './bytes';
import {
  aligned,
  encodeSegmentHeader,
  type LogPosition,
  PIECE,
  RECORD_SIZE,
  RECORD_TYPE,
  type RecordType,
  recordLength,
  SEGMENT,
  sealRecord,
  type VolumeIdentity,
} from './format';
import type { Location, Segment, SegmentFiles } from './segment-files';

/** Where a record came to lie. */
export interface Appended {
  segment: number;
  offset: number;
  /** The pieces of its data, in their order. */
  pieces: Location[];
}

/** Room that the end of a full segment may waste, as much as the largest record of a machine. */
const LARGEST_WASTE = 2 ** 20 + 4096;
/** Records of a batch are written together up to this many bytes. */
const BATCH = 2 ** 20;
/** A segment may become so many times larger than the limit when there is no spare, or more room is wanted than there are spares for. */
const LIMIT_FACTOR = 8;
/** The least growth worth another try when the store refused more. */
const LEAST_GROWTH = 4096;
const NO_DATA = new Uint8Array(0);
/** A record of more is encoded in memory of its own, so that one large write does not hold on to it for ever. */
const LARGEST_SCRATCH = 4 * 2 ** 20;

export class SegmentLog {
  readonly #files: SegmentFiles;
  readonly #identity: VolumeIdentity;
  /** Bytes after which a segment is full, where there is a spare to go on in; a single record may be longer. */
  limit: number;
  #head: Segment;
  #tail: number;
  #ordinal: number;
  #sequence: number;
  #before: number;
  /** Empty segments, in the order in which they will be used. */
  readonly #spares: Segment[] = [];
  /** Left behind since the last flush, or not known to be flushed: to be flushed before the head. */
  readonly #unflushed = new Set<Segment>();
  #pending = true;
  #durable = 0;
  #appended = 0;
  /** Encoded records that are not written yet; they begin at `#written` in the head. */
  #scratch = new ByteWriter(4096);
  #written: number;
  #batching = false;
  /** The end of the last `replenish`. */
  #replenished: Promise<void> = Promise.resolve();

  /**
   * @param position where the next record goes; its segment has a header and ends there
   * @param limit see there
   */
  constructor(files: SegmentFiles, identity: VolumeIdentity, position: LogPosition, limit: number) {
    const head = files.get(position.segment);
    if (!head) throw new StorageError('The newest segment is missing.');
    this.#files = files;
    this.#identity = identity;
    this.limit = limit;
    this.#head = head;
    this.#tail = position.offset;
    this.#written = position.offset;
    this.#ordinal = position.ordinal;
    this.#sequence = position.sequence;
    this.#before = position.before;
    for (const segment of files.all()) {
      if (segment === head) continue;
      if (segment.header === null) this.#spares.push(segment);
      // A page that was killed may not have flushed it: what is read back need not be on stable storage.
      else this.#unflushed.add(segment);
    }
  }

  /** Begins a log in a segment that has none. Nothing is flushed. */
  static begin(
    files: SegmentFiles,
    identity: VolumeIdentity,
    segment: Segment,
    limit: number,
    from: Omit<LogPosition, 'segment' | 'offset'>,
  ): SegmentLog {
    writeHeader(segment, identity, from);
    return new SegmentLog(files, identity, { ...from, segment: segment.number, offset: SEGMENT.size }, limit);
  }

  /** Where the next record goes. */
  get position(): LogPosition {
    return {
      segment: this.#head.number,
      offset: this.#tail,
      ordinal: this.#ordinal,
      sequence: this.#sequence,
      before: this.#before,
    };
  }

  /** The sequence of the last record that is known to be on stable storage. */
  get durable(): number {
    return this.#durable;
  }

  /** Bytes of all records that were appended. */
  get appended(): number {
    return this.#appended;
  }

  /** Empty segments ready to be used. */
  get spares(): number {
    return this.#spares.length;
  }

  /** Bytes of records that there is room for without asking the store for more. */
  get room(): number {
    return this.#spares.reduce((room, spare) => room + this.#usable(spare), this.#head.size - this.#tail);
  }

  /**
   * Appends a record and returns where it lies. When it throws, the log ends where it ended before.
   * @param data checked and found in pieces of PIECE bytes
   * @throws NoSpaceError when there is no room, StorageError when the log must not be used any more
   */
  append(type: RecordType, body: Uint8Array, data: Uint8Array = NO_DATA): Appended {
    const length = recordLength(body.length, data.length);
    if (this.#tail + length > this.#head.size) this.#findRoom(length);
    const at = this.#scratch.length;
    const offset = this.#tail;
    const dataOffset = offset + length - aligned(data.length);
    const pieces: Location[] = [];
    for (let from = 0; from < data.length; from += PIECE) {
      const piece = data.subarray(from, from + PIECE);
      pieces.push({ segment: this.#head.number, offset: dataOffset + from, length: piece.length, checksum: xxh32(piece) });
    }
    const scratch = this.#scratch;
    try {
      scratch.zeros(RECORD_SIZE);
      scratch.raw(body);
      for (const { checksum } of pieces) scratch.uint32(checksum);
      scratch.align(8);
      scratch.raw(data);
      scratch.align(8);
    } catch (cause) {
      scratch.truncate(at);
      throw new NoSpaceError(`There is not enough memory to write ${data.length} bytes at once.`, { cause });
    }
    const checksum = sealRecord(scratch.bytes, at, {
      type,
      metaLength: body.length + 4 * pieces.length,
      dataLength: data.length,
      sequence: this.#sequence,
      before: this.#before,
      salt: this.#identity.salt,
    });
    if (!this.#batching || scratch.length > BATCH) this.#write();
    this.#tail += length;
    this.#appended += length;
    this.#sequence += 1;
    this.#before = checksum;
    this.#pending = true;
    return { segment: this.#head.number, offset, pieces };
  }

  /**
   * Writes the records that `action` appends in few large pieces. A failure in the middle is final: some of what they said
   * is already relied on.
   */
  batch<Result>(action: () => Result): Result {
    const outer = this.#batching;
    this.#batching = true;
    try {
      const result = action();
      this.#write();
      return result;
    } catch (cause) {
      throw new StorageError(`The session's log could not be written: ${messageOf(cause)}`, { cause });
    } finally {
      this.#batching = outer;
    }
  }

  /** Makes room for records of `bytes` in all, or for as much as the store allows; returns how much there is. */
  reserve(bytes: number): number {
    const wanted = Math.ceil(bytes);
    // Segments of the usual size first, larger ones when there are not enough of them.
    for (const limit of [this.limit, LIMIT_FACTOR * this.limit]) {
      for (const segment of [this.#head, ...this.#spares]) {
        const missing = wanted - this.room;
        if (missing <= 0) return this.room;
        const size = Math.min(limit, segment.size + missing + (segment === this.#head ? 0 : SEGMENT.size + this.#waste));
        // When the store gives no more, what was emptied may have its room still (see `free`); others have none.
        if (!this.#grow(segment, size) && segment !== this.#head) return this.room;
      }
    }
    return this.room;
  }

  /**
   * Returns when every record is on stable storage, and notes that in a record of its own: if one of those before it is ever
   * found bad, it is known to be damage and no interrupted write. The note itself is not waited for.
   * @param stable called before the note is made
   */
  flush(stable?: () => void): void {
    if (!this.#pending) {
      stable?.();
      return;
    }
    this.#write();
    for (const segment of this.#unflushed) segment.file.flush();
    this.#unflushed.clear();
    this.#head.file.flush();
    this.#durable = this.#sequence - 1;
    stable?.();
    const note = new ByteWriter(8);
    note.uint64(this.#durable);
    try {
      this.append(RECORD_TYPE.flushed, note.bytes);
    } catch (error) {
      // The promise does not hang on the note: without it, damage to these records would be taken for an interrupted write.
      if (!(error instanceof NoSpaceError)) throw error;
    }
    this.#pending = false;
  }

  /** Goes on in a spare segment, so that the one that was newest never changes again; says whether there was room for that. */
  trySeal(): boolean {
    if (this.#tail === SEGMENT.size || this.#spares.length === 0) return false;
    try {
      this.#advance();
      return true;
    } catch (error) {
      if (error instanceof NoSpaceError) return false;
      throw error;
    }
  }

  /**
   * Empties a segment whose content nobody needs any more and makes it a spare. Its room is free at once, but Chromium leaves it to this
   * open file (as the file's "capacity"), so that it is the next one to be used.
   */
  free(segment: Segment): void {
    segment.file.truncate(0);
    segment.size = 0;
    segment.header = null;
    this.#unflushed.delete(segment);
    this.#spares.unshift(segment);
  }

  /** Gives the room back that is held ready. */
  release(): void {
    for (const segment of [this.#head, ...this.#spares]) {
      const size = segment === this.#head ? this.#tail : 0;
      if (segment.size === size) continue;
      segment.file.truncate(size);
      segment.size = size;
    }
  }

  /** Adds empty segments, or removes some, until there are `wanted` spares. Opening files is all that cannot be done synchronously. */
  replenish(wanted: number): Promise<void> {
    // One after the other: two at once would take the same number for their next segment.
    this.#replenished = this.#replenished.catch(() => undefined).then(() => this.#openSpares(wanted));
    return this.#replenished;
  }

  async #openSpares(wanted: number): Promise<void> {
    while (this.#spares.length < wanted) {
      const spare = await this.#files.create();
      if (!spare) return;
      this.#spares.push(spare);
    }
    while (this.#spares.length > 2 * wanted) {
      const spare = this.#spares.pop();
      if (spare) await this.#files.remove(spare);
    }
  }

  get #waste(): number {
    return Math.min(LARGEST_WASTE, this.limit >> 2);
  }

  #usable(spare: Segment): number {
    return Math.max(0, spare.size - SEGMENT.size - this.#waste);
  }

  /** Finds a place for a record for which this segment has no room held ready: in a spare that has, or else right here. */
  #findRoom(length: number): void {
    if (this.#tail === SEGMENT.size || this.#spares.length === 0) return;
    const held = this.#spares.findIndex(({ size }) => size >= SEGMENT.size + length);
    if (held > 0) this.#spares.unshift(...this.#spares.splice(held, 1));
    if (held >= 0 || this.#tail + length > this.limit) this.#advance();
  }

  #advance(): void {
    this.#write();
    const [spare] = this.#spares;
    if (!spare) throw new NoSpaceError('There is no segment ready for more; try again in a moment.');
    const from = { ordinal: this.#ordinal + 1, sequence: this.#sequence, before: this.#before };
    const left = this.#head;
    // Room that was held ready and is not needed here any more; first, for the store may have no other.
    if (left.size > this.#tail) {
      left.file.truncate(this.#tail);
      left.size = this.#tail;
    }
    writeHeader(spare, this.#identity, from);
    this.#spares.shift();
    this.#unflushed.add(left);
    this.#head = spare;
    this.#tail = SEGMENT.size;
    this.#written = SEGMENT.size;
    this.#ordinal = from.ordinal;
  }

  #write(): void {
    const scratch = this.#scratch;
    const { length } = scratch;
    if (length === 0) return;
    try {
      this.#head.file.write(scratch.bytes, this.#written);
    } catch (error) {
      this.#wipe();
      if (!this.#batching) throw error;
      // Final: of these records some are already relied on.
      throw new StorageError(`The session's log could not be written: ${messageOf(error)}`, { cause: error });
    } finally {
      if (length > LARGEST_SCRATCH) this.#scratch = new ByteWriter(4096);
      else scratch.truncate(0);
    }
    this.#written += length;
    this.#head.size = Math.max(this.#head.size, this.#written);
  }

  /** A write that threw may have put a whole record there: make sure that it is not read as one. */
  #wipe(): void {
    const { file } = this.#head;
    try {
      const present = Math.min(RECORD_SIZE, file.size() - this.#written);
      if (present > 0) file.write(new Uint8Array(present), this.#written);
      this.#head.size = file.size();
    } catch (cause) {
      throw new StorageError(`The session's log could not be written: ${messageOf(cause)}`, { cause });
    }
  }

  /** Makes a segment's file at least `size` bytes long, or as long as the store allows; says which. */
  #grow(segment: Segment, size: number): boolean {
    let growth = size - segment.size;
    while (growth >= LEAST_GROWTH || (growth > 0 && segment.size + growth === size)) {
      try {
        segment.file.truncate(segment.size + growth);
        segment.size += growth;
        growth = size - segment.size;
      } catch (error) {
        if (!(error instanceof NoSpaceError)) throw error;
        segment.size = segment.file.size();
        growth = Math.floor(Math.min(growth, size - segment.size) / 2);
      }
    }
    return segment.size >= size;
  }
}

function writeHeader(segment: Segment, identity: VolumeIdentity, from: Omit<LogPosition, 'segment' | 'offset'>): void {
  const header = { uuid: identity.uuid, salt: identity.salt, ...from };
  segment.file.write(encodeSegmentHeader(header), 0);
  segment.header = header;
  segment.size = Math.max(segment.size, SEGMENT.size);
}
