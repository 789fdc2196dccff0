/**
 * Writes zip archives piece by piece: the same entries give the same bytes on every machine, so compression is not the platform's. How
 * an archive is laid out is said in docs/capsule.md.
 */
import { Deflate } from 'fflate';
import { crc32 } from '../base/crc32';
import { CENTRAL, END, END64, EXTRA, FLAG, LOCAL, LOCATOR64, METHOD, SENTINEL, SIGNATURE, SIZE, UNIX } from '../base/zip-format';

/** Bytes that come piece by piece; read anew each time. */
export interface Content {
  /** Bytes in all. */
  readonly size: number;
  pieces(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

export interface NewEntry {
  /** A folder ends with `/`. */
  name: string;
  /** Milliseconds since 1970. */
  modified: number;
  /** Permission bits. */
  mode: number;
  content: Content;
}

/** Gets a piece of the archive, and is waited for. */
export type Sink = (bytes: Uint8Array<ArrayBuffer>) => void | Promise<void>;

/** What is given to deflate at a time, bytes: what comes out depends on it. */
const DEFLATED_AT_ONCE = 2 ** 16;
/** Of 1 to 9: higher ones take twice as long here for 3 % less. */
const LEVEL = 4;
/** What of a content is packed to see whether that is worth it, bytes, and what has to be saved of it. */
const PROBE = 2 ** 15;
const WORTH = 0.9;
/** Formats that are packed already. */
const PACKED =
  /\.(7z|avif|br|bz2|docx|flac|gif|gz|jpe?g|m4a|mkv|mov|mp[34]|npz|odt|ods|ogg|parquet|pdf|png|pptx|webm|webp|whl|woff2?|xlsx|xz|zip|zst)$/i;

const ZIP_VERSION = { usual: 20, zip64: 45 } as const;
/** Made on Unix, so that the upper half of the attributes is a mode. */
const MADE_BY = (3 << 8) | ZIP_VERSION.zip64;
/** What is packed in memory before it is written, bytes. */
const HELD = 8 * 2 ** 20;
const TIME_EXTRA = 9;
const MOST_SECONDS = 2 ** 31 - 1;

export class ZipWriter {
  readonly #sink: Sink;
  readonly #pack: boolean;
  readonly #directory: Uint8Array<ArrayBuffer>[] = [];
  #offset = 0;

  /** @param pack false when what comes out is packed as a whole: then no entry is */
  constructor(sink: Sink, { pack = true } = {}) {
    this.#sink = sink;
    this.#pack = pack;
  }

  /** Bytes so far. */
  get size(): number {
    return this.#offset;
  }

  /**
   * Adds an entry.
   * @param seen gets its content in passing
   * @throws what reading the content or the sink throws: the archive is of no use then
   */
  async add(entry: NewEntry, seen: (piece: Uint8Array) => void = () => undefined): Promise<void> {
    const name = new TextEncoder().encode(entry.name);
    const { content, mode } = entry;
    const offset = this.#offset;
    const deflated = this.#pack && (await isWorthPacking(entry));
    const header: Header = { name, deflated, described: content.size > HELD, ...timesOf(entry.modified) };
    const written: Written = { crc: 0, packed: 0, size: 0, offset, mode, directory: entry.name.endsWith('/') };
    const each = (piece: Uint8Array) => {
      seen(piece);
      written.crc = crc32(piece, written.crc);
      written.size += piece.length;
    };
    // What is small is held until its sizes are known: programs that read from the front want them there.
    const held: Uint8Array<ArrayBuffer>[] = [];
    if (header.described) await this.#write(localHeader(header, null));
    for await (const bytes of deflated ? deflate(content, each) : stored(content, each)) {
      written.packed += bytes.length;
      if (header.described) await this.#write(bytes);
      else held.push(bytes);
    }
    if (header.described) await this.#write(descriptor(written));
    else for (const bytes of [localHeader(header, written), ...held]) await this.#write(bytes);
    this.#directory.push(centralHeader(header, written));
  }

  /** Writes the directory and the end. */
  async finish(): Promise<void> {
    const offset = this.#offset;
    for (const header of this.#directory) await this.#write(header);
    await this.#write(endOf(this.#directory.length, offset, this.#offset - offset));
  }

  async #write(bytes: Uint8Array<ArrayBuffer>): Promise<void> {
    this.#offset += bytes.length;
    await this.#sink(bytes);
  }
}

async function* stored(content: Content, each: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  for await (const piece of content.pieces()) {
    each(piece);
    yield piece as Uint8Array<ArrayBuffer>;
  }
}

async function* deflate(content: Content, each: (piece: Uint8Array) => void): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
  const out: Uint8Array<ArrayBuffer>[] = [];
  const deflater = new Deflate({ level: LEVEL }, (bytes) => out.push(bytes as Uint8Array<ArrayBuffer>));
  // Pieces are cut anew: what comes out depends on where they end.
  const buffer = new Uint8Array(DEFLATED_AT_ONCE);
  let filled = 0;
  for await (const piece of content.pieces()) {
    each(piece);
    for (let at = 0; at < piece.length; ) {
      const taken = Math.min(piece.length - at, DEFLATED_AT_ONCE - filled);
      buffer.set(piece.subarray(at, at + taken), filled);
      at += taken;
      filled += taken;
      if (filled < DEFLATED_AT_ONCE) continue;
      deflater.push(buffer.slice());
      filled = 0;
    }
    yield* out.splice(0);
  }
  deflater.push(buffer.slice(0, filled), true);
  yield* out;
}

async function isWorthPacking({ name, content }: NewEntry): Promise<boolean> {
  if (content.size === 0 || PACKED.test(name)) return false;
  const probe = new Uint8Array(Math.min(PROBE, content.size));
  let filled = 0;
  for await (const piece of content.pieces()) {
    const taken = piece.subarray(0, probe.length - filled);
    probe.set(taken, filled);
    filled += taken.length;
    if (filled === probe.length) break;
  }
  let size = 0;
  const deflater = new Deflate({ level: 1 }, (bytes) => {
    size += bytes.length;
  });
  deflater.push(probe, true);
  return size < WORTH * probe.length;
}

interface Header {
  name: Uint8Array;
  deflated: boolean;
  /** Checksum and sizes follow the content. */
  described: boolean;
  time: number;
  date: number;
  /** Seconds since 1970, where they fit into 32 bits. */
  seconds: number | null;
}

interface Written {
  crc: number;
  packed: number;
  size: number;
  offset: number;
  mode: number;
  directory: boolean;
}

/** What DOS can say of a time, in UTC, and what the extended time field can. */
function timesOf(modified: number): Pick<Header, 'time' | 'date' | 'seconds'> {
  const seconds = Math.floor(modified / 1000);
  const date = new Date(Math.min(Math.max(modified, Date.UTC(1980, 0, 1)), Date.UTC(2107, 11, 31)));
  return {
    time: (date.getUTCHours() << 11) | (date.getUTCMinutes() << 5) | (date.getUTCSeconds() >> 1),
    date: ((date.getUTCFullYear() - 1980) << 9) | ((date.getUTCMonth() + 1) << 5) | date.getUTCDate(),
    seconds: Math.abs(seconds) <= MOST_SECONDS ? seconds : null,
  };
}

const flagsOf = ({ described }: Header) => FLAG.utf8 | (described ? FLAG.descriptor : 0);
const methodOf = ({ deflated }: Header) => (deflated ? METHOD.deflate : METHOD.store);

function localHeader(header: Header, written: Written | null): Uint8Array<ArrayBuffer> {
  const { name } = header;
  const extra = timeField(header);
  const { bytes, view } = block(SIZE.local + name.length + extra.length);
  view.setUint32(0, SIGNATURE.local, true);
  view.setUint16(LOCAL.version, ZIP_VERSION.usual, true);
  view.setUint16(LOCAL.flags, flagsOf(header), true);
  view.setUint16(LOCAL.method, methodOf(header), true);
  view.setUint16(LOCAL.time, header.time, true);
  view.setUint16(LOCAL.date, header.date, true);
  view.setUint32(LOCAL.crc, written?.crc ?? 0, true);
  view.setUint32(LOCAL.packed, written?.packed ?? 0, true);
  view.setUint32(LOCAL.size, written?.size ?? 0, true);
  view.setUint16(LOCAL.name, name.length, true);
  view.setUint16(LOCAL.extra, extra.length, true);
  bytes.set(name, SIZE.local);
  bytes.set(extra, SIZE.local + name.length);
  return bytes;
}

function descriptor({ crc, packed, size }: Written): Uint8Array<ArrayBuffer> {
  const { bytes, view } = block(16);
  for (const [index, number] of [SIGNATURE.descriptor, crc, packed, size].entries()) view.setUint32(4 * index, number, true);
  return bytes;
}

function centralHeader(header: Header, written: Written): Uint8Array<ArrayBuffer> {
  const { name } = header;
  const far = written.offset >= SENTINEL.long;
  const extra = [...timeField(header), ...(far ? offsetField(written.offset) : [])];
  const { bytes, view } = block(SIZE.central + name.length + extra.length);
  view.setUint32(0, SIGNATURE.central, true);
  view.setUint16(CENTRAL.madeBy, MADE_BY, true);
  view.setUint16(CENTRAL.version, far ? ZIP_VERSION.zip64 : ZIP_VERSION.usual, true);
  view.setUint16(CENTRAL.flags, flagsOf(header), true);
  view.setUint16(CENTRAL.method, methodOf(header), true);
  view.setUint16(CENTRAL.time, header.time, true);
  view.setUint16(CENTRAL.date, header.date, true);
  view.setUint32(CENTRAL.crc, written.crc, true);
  view.setUint32(CENTRAL.packed, written.packed, true);
  view.setUint32(CENTRAL.size, written.size, true);
  view.setUint16(CENTRAL.name, name.length, true);
  view.setUint16(CENTRAL.extra, extra.length, true);
  const kind = written.directory ? UNIX.directory : UNIX.file;
  // The lower half is for DOS: a folder there too.
  view.setUint32(CENTRAL.attributes, (((kind | written.mode) << 16) | (written.directory ? 0x10 : 0)) >>> 0, true);
  view.setUint32(CENTRAL.offset, far ? SENTINEL.long : written.offset, true);
  bytes.set(name, SIZE.central);
  bytes.set(extra, SIZE.central + name.length);
  return bytes;
}

function timeField({ seconds }: Header): Uint8Array<ArrayBuffer> {
  if (seconds === null) return new Uint8Array();
  const { bytes, view } = block(TIME_EXTRA);
  view.setUint16(0, EXTRA.time, true);
  view.setUint16(2, TIME_EXTRA - 4, true);
  view.setUint8(4, 1);
  view.setInt32(5, seconds, true);
  return bytes;
}

function offsetField(offset: number): Uint8Array<ArrayBuffer> {
  const { bytes, view } = block(12);
  view.setUint16(0, EXTRA.zip64, true);
  view.setUint16(2, 8, true);
  view.setBigUint64(4, BigInt(offset), true);
  return bytes;
}

function endOf(entries: number, offset: number, size: number): Uint8Array<ArrayBuffer> {
  const wide = entries >= SENTINEL.short || offset >= SENTINEL.long || size >= SENTINEL.long;
  const begin = wide ? SIZE.end64 + SIZE.locator64 : 0;
  const { bytes, view } = block(begin + SIZE.end);
  if (wide) {
    view.setUint32(0, SIGNATURE.end64, true);
    view.setBigUint64(END64.rest, BigInt(SIZE.end64 - END64.madeBy), true);
    view.setUint16(END64.madeBy, MADE_BY, true);
    view.setUint16(END64.version, ZIP_VERSION.zip64, true);
    view.setBigUint64(END64.entriesHere, BigInt(entries), true);
    view.setBigUint64(END64.entries, BigInt(entries), true);
    view.setBigUint64(END64.size, BigInt(size), true);
    view.setBigUint64(END64.offset, BigInt(offset), true);
    view.setUint32(SIZE.end64, SIGNATURE.locator64, true);
    view.setBigUint64(SIZE.end64 + LOCATOR64.offset, BigInt(offset + size), true);
    view.setUint32(SIZE.end64 + LOCATOR64.disks, 1, true);
  }
  view.setUint32(begin, SIGNATURE.end, true);
  view.setUint16(begin + END.entriesHere, Math.min(entries, SENTINEL.short), true);
  view.setUint16(begin + END.entries, Math.min(entries, SENTINEL.short), true);
  view.setUint32(begin + END.size, Math.min(size, SENTINEL.long), true);
  view.setUint32(begin + END.offset, Math.min(offset, SENTINEL.long), true);
  return bytes;
}

function block(length: number): { bytes: Uint8Array<ArrayBuffer>; view: DataView } {
  const bytes = new Uint8Array(length);
  return { bytes, view: new DataView(bytes.buffer) };
}
