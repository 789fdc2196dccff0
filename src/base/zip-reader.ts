/**
 * Reads zip archives that anyone may have made, in a browser's worker or in Node, without holding them in memory. Inflating is the
 * platform's. What does not agree with itself is refused: there has to be one way only to understand an archive.
 */
import { crc32 } from './crc32';
import { messageOf } from './errors';
import { inflate } from './inflate';
import { readDirectory, readRange, refused, shown, type ZipEntry, type ZipLimits } from './zip-directory';
import { EXTRA, extraFields, FLAG, LOCAL, METHOD, readUint64, SENTINEL, SIGNATURE, SIZE, viewOf } from './zip-format';

export type { ZipEntry, ZipLimits } from './zip-directory';

/** What is read of the archive at a time, bytes. */
const CHUNK = 2 ** 20;

export class ZipReader {
  readonly #archive: Blob;
  /** In the order of the directory. */
  readonly entries: readonly ZipEntry[];
  readonly #byPath: ReadonlyMap<string, ZipEntry>;

  /**
   * Reads and checks the directory. The content of an entry is checked when it is read.
   * @throws InvalidInputError a sentence that says what is wrong
   */
  static async open(archive: Blob, limits: ZipLimits): Promise<ZipReader> {
    return new ZipReader(archive, await readDirectory(archive, limits));
  }

  private constructor(archive: Blob, entries: readonly ZipEntry[]) {
    this.#archive = archive;
    this.entries = entries;
    this.#byPath = new Map(entries.map((entry) => [entry.path, entry]));
  }

  find(path: string): ZipEntry | null {
    return this.#byPath.get(path) ?? null;
  }

  /**
   * The content of an entry, piece by piece. Only when it has come to its end is it known to be sound: until then nothing of it counts.
   * @throws InvalidInputError when header, length or checksum are not what the directory says, or the signal's reason
   */
  async *stream(entry: ZipEntry, signal?: AbortSignal): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    signal?.throwIfAborted();
    const start = await this.#checkHeader(entry);
    let size = 0;
    let crc = 0;
    const packed = this.#packed(start, entry.packed);
    const damaged = (cause: unknown) => wrong(entry, `its content is damaged (${messageOf(cause)}).`, cause);
    for await (const piece of entry.method === 'store' ? packed : inflate(packed, damaged)) {
      signal?.throwIfAborted();
      size += piece.length;
      if (size > entry.size)
        throw wrong(entry, `there is more in it than the ${entry.size.toLocaleString('en-US')} bytes that it is said to have.`);
      crc = crc32(piece, crc);
      yield piece;
    }
    if (size !== entry.size) {
      throw wrong(entry, `it has ${size.toLocaleString('en-US')} bytes and is said to have ${entry.size.toLocaleString('en-US')}.`);
    }
    if (crc !== entry.crc32) throw wrong(entry, 'its content is damaged: the checksum is another.');
  }

  /** The whole content of an entry, which is of a size that fits into memory. Throws as `stream`. */
  async read(entry: ZipEntry, signal?: AbortSignal): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(entry.size);
    let at = 0;
    for await (const piece of this.stream(entry, signal)) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return bytes;
  }

  /** Holds the local header, and what follows the content, against the directory; returns where the content begins. */
  async #checkHeader(entry: ZipEntry): Promise<number> {
    const { offset, name, flags, end } = entry.header;
    const fixed = viewOf(await readRange(this.#archive, offset, offset + SIZE.local));
    const short = (field: number) => fixed.getUint16(field, true);
    if (fixed.getUint32(0, true) !== SIGNATURE.local) throw wrong(entry, 'it does not begin where the directory says.');
    const nameLength = short(LOCAL.name);
    const start = offset + SIZE.local + nameLength + short(LOCAL.extra);
    const differs = () => wrong(entry, 'its own header and the directory say different things.');
    if (nameLength !== name.length || start + entry.packed > end) throw differs();
    const rest = await readRange(this.#archive, offset + SIZE.local, start);
    if (name.some((byte, index) => byte !== rest[index])) throw differs();
    if (short(LOCAL.flags) !== flags || short(LOCAL.method) !== METHOD[entry.method]) throw differs();
    const sizes = localSizes(fixed, rest.subarray(nameLength));
    const said = { crc: fixed.getUint32(LOCAL.crc, true), ...sizes };
    const unsaid = (flags & FLAG.descriptor) !== 0 && said.crc === 0 && said.packed === 0 && said.size === 0;
    if (!unsaid && (said.crc !== entry.crc32 || said.packed !== entry.packed || said.size !== entry.size)) throw differs();
    const gap = end - start - entry.packed;
    if ((flags & FLAG.descriptor) === 0) {
      if (gap > 0) throw wrong(entry, 'something that belongs to nothing follows it.');
    } else if (!isDescriptor(await readRange(this.#archive, end - gap, Math.min(end, end - gap + 24)), gap, entry)) {
      throw wrong(entry, 'what follows its content does not agree with the directory.');
    }
    return start;
  }

  async *#packed(start: number, length: number): AsyncGenerator<Uint8Array<ArrayBuffer>, void> {
    for (let at = 0; at < length; at += CHUNK) {
      yield await readRange(this.#archive, start + at, start + Math.min(length, at + CHUNK));
    }
  }
}

function wrong(entry: ZipEntry, what: string, cause?: unknown) {
  return refused(`The archive is wrong at ${shown(entry.path)}: ${what}`, cause);
}

function localSizes(fixed: DataView, extra: Uint8Array): { size: number | null; packed: number | null } {
  const [size, packed] = [fixed.getUint32(LOCAL.size, true), fixed.getUint32(LOCAL.packed, true)];
  const field = extraFields(extra)?.find(({ id }) => id === EXTRA.zip64)?.data;
  // A local header has both sizes in its ZIP64 field, or none.
  if (size !== SENTINEL.long || packed !== SENTINEL.long || !field || field.length < 16) return { size, packed };
  return { size: readUint64(viewOf(field), 0), packed: readUint64(viewOf(field), 8) };
}

/** Whether bytes are the descriptor that may follow a content: with or without signature, with numbers of 4 or of 8 bytes. */
function isDescriptor(bytes: Uint8Array, length: number, { crc32: crc, packed, size }: ZipEntry): boolean {
  const view = viewOf(bytes);
  const signed = length === 16 || length === 24 ? 4 : 0;
  if (signed > 0 && view.getUint32(0, true) !== SIGNATURE.descriptor) return false;
  if (length !== 12 && length !== 16 && length !== 20 && length !== 24) return false;
  const wide = length >= 20;
  const number = (at: number) => (wide ? readUint64(view, at) : view.getUint32(at, true));
  return view.getUint32(signed, true) === crc && number(signed + 4) === packed && number(signed + (wide ? 12 : 8)) === size;
}
