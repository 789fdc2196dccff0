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
/** The most that `limit` is set to as a store grows. */
export const LARGEST_SEGMENT = 64 * 2 ** 20;
/** A segment may become so many times larger than the limit when there is no spare, or more room is wanted than there are spares for. */
const LIMIT_FACTOR = 8;
/** The least growth worth another try when the store refused more, bytes; every try is a question to the browser's own process. */
const LEAST_GROWTH = 2 ** 16;
/** What one spare has at all times, bytes (see `ready`): Chromium gives no file less. */
const HELD = 2 ** 20;
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

  /** Bytes of records that there is room for without asking the store for more. What `ready` is about does not count. */
  get room(): number {
    const held = this.#held;
    return this.#spares.reduce((room, spare) => room + (spare === held ? 0 : this.#usable(spare)), this.#head.size - this.#tail);
  }

  /** What `room` would be if the newest segment were sealed now. */
  get roomWhenSealed(): number {
    const next = this.#next;
    if (!next) return 0;
    const gone = next === this.#held ? 0 : this.#usable(next);
    return this.room - (this.#head.size - this.#tail) - gone + Math.max(0, next.size - SEGMENT.size);
  }

  /**
   * Whether a spare with some room is kept for sealing alone. In a full store what was deleted may all lie in the newest segment, which can
   * only be emptied when it is left for another, and a store that is full has no room for another then.
   */
  get ready(): boolean {
    return this.#held !== null;
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
    this.#hold();
    // What the files had before first, then segments of the usual size, larger ones when there are not enough of them.
    let full = false;
    for (const limit of [0, this.limit, LIMIT_FACTOR * this.limit]) {
      for (const segment of [this.#head, ...this.#spares]) {
        const missing = wanted - this.room;
        if (missing <= 0) return this.room;
        const useless = segment === this.#head ? 0 : SEGMENT.size + this.#waste;
        const size = Math.min(Math.max(full ? 0 : limit, segment.most), segment.size + missing + useless);
        // Where more is refused less may be had (Chromium doubles what a file may have), until there is not even enough for a small segment.
        if (this.#grow(segment, size, useless) === 'refused' && segment.size <= useless) full = true;
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
    const next = this.#next;
    if (this.#tail === SEGMENT.size || !next) return false;
    this.#takeNext(next);
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
      // Room that is held ready may be promised.
      const index = this.#spares.findLastIndex(({ size }) => size === 0);
      if (index < 0) return;
      for (const spare of this.#spares.splice(index, 1)) await this.#files.remove(spare);
    }
  }

  get #waste(): number {
    return Math.min(LARGEST_WASTE, this.limit >> 2);
  }

  #usable(spare: Segment): number {
    return Math.max(0, spare.size - SEGMENT.size - this.#waste);
  }

  /** The spare that is kept for sealing: the smallest of those with room, unless it is the only place for records. Null for none. */
  get #held(): Segment | null {
    const able = this.#spares.filter(({ size }) => size >= this.#least);
    const smallest = able.reduce<Segment | null>((least, next) => (!least || next.size < least.size ? next : least), null);
    return smallest && (able.length > 1 || this.#usable(smallest) === 0) ? smallest : null;
  }

  get #least(): number {
    return Math.min(HELD, this.limit >> 3);
  }

  /** The spare to go on in, when the newest segment is left before it is full: one that has room, if there is one. */
  get #next(): Segment | undefined {
    const held = this.#held;
    const able = (spare: Segment) => spare.size >= this.#least;
    return this.#spares.find((spare) => able(spare) && spare !== held) ?? held ?? this.#spares[0];
  }

  /** Sees to it that there is a spare for sealing, as far as the store allows. */
  #hold(): void {
    if (this.ready) return;
    const smallest = this.#spares.filter(({ size }) => size < this.#least).sort((a, b) => a.most - b.most);
    const spare = smallest.find(({ most }) => most >= this.#least) ?? smallest[0];
    if (spare) this.#grow(spare, this.#least, this.#least - 1);
  }

  #takeNext(spare: Segment): void {
    this.#spares.splice(this.#spares.indexOf(spare), 1);
    this.#spares.unshift(spare);
  }

  /** Finds a place for a record for which this segment has no room held ready: in a spare that has, or else right here. */
  #findRoom(length: number): void {
    if (this.#tail === SEGMENT.size || this.#spares.length === 0) return;
    const held = this.#held;
    const spare = this.#spares.find((each) => each !== held && each.size >= SEGMENT.size + length);
    const next = spare ?? this.#spares.find((each) => each !== held) ?? held;
    if (!next || (!spare && this.#tail + length <= this.limit)) return;
    this.#takeNext(next);
    this.#advance();
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
    this.#head.most = Math.max(this.#head.most, this.#head.size);
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

  /**
   * Makes a segment's file at least `size` bytes long, or as long as the store allows; says whether it refused more.
   * @param useless it is not asked for this or less, bytes
   */
  #grow(segment: Segment, size: number, useless: number): 'asked' | 'refused' {
    const least = Math.min(LEAST_GROWTH, this.limit >> 4);
    let growth = size - segment.size;
    // So far nothing is refused, and what is beyond is asked for by itself.
    const had = segment.most - segment.size;
    if (had >= least) growth = Math.min(growth, had);
    let answer: 'asked' | 'refused' = 'asked';
    while (growth > 0 && segment.size + growth > useless && (growth >= least || segment.size + growth === size)) {
      try {
        segment.file.truncate(segment.size + growth);
        segment.size += growth;
        segment.most = Math.max(segment.most, segment.size);
        growth = size - segment.size;
      } catch (error) {
        if (!(error instanceof NoSpaceError)) throw error;
        answer = 'refused';
        segment.size = segment.file.size();
        growth = Math.floor(Math.min(growth, size - segment.size) / 2);
      }
    }
    return answer;
  }
}

function writeHeader(segment: Segment, identity: VolumeIdentity, from: Omit<LogPosition, 'segment' | 'offset'>): void {
  const header = { uuid: identity.uuid, salt: identity.salt, ...from };
  segment.file.write(encodeSegmentHeader(header), 0);
  segment.header = header;
  segment.size = Math.max(segment.size, SEGMENT.size);
  segment.most = Math.max(segment.most, segment.size);
}
