/** Finds and checks the directory of a zip archive, whoever made it: what one reader would take for something else than another is refused. */
import { splitArchivePath } from './archive-names';
import { InvalidInputError, messageOf } from './errors';
import {
  CENTRAL,
  END,
  END64,
  EXTRA,
  extraFields,
  FLAG,
  LOCATOR64,
  METHOD,
  readUint64,
  SENTINEL,
  SIGNATURE,
  SIZE,
  UNIX,
  viewOf,
} from './zip-format';

/** How much an archive may hold. What it says of itself is held against these before anything is read. */
export interface ZipLimits {
  entries: number;
  /** Bytes of all content, unpacked. */
  content: number;
  /** Bytes of one file, unpacked. */
  file: number;
  /** Bytes of the directory. */
  directory: number;
}

/** A file, folder or symbolic link in an archive. */
export interface ZipEntry {
  /** With `/` between folders, none at the end. */
  readonly path: string;
  /** Of a link the content is what it points to. */
  readonly kind: 'file' | 'directory' | 'symlink';
  /** Bytes, unpacked. */
  readonly size: number;
  /** Bytes in the archive. */
  readonly packed: number;
  readonly method: 'store' | 'deflate';
  readonly crc32: number;
  /** Milliseconds since 1970; null when it has none. Times without a zone are taken for UTC. */
  readonly modified: number | null;
  /** Permission bits; null when the archive has none. */
  readonly mode: number | null;
  /** What the local header has to repeat, and where it is. */
  readonly header: { readonly offset: number; readonly name: Uint8Array; readonly flags: number; readonly end: number };
}

/** Beyond what deflate can do (1,032 to 1), so the sizes are not true. */
const HIGHEST_RATIO = 1032;
/** The end record, the longest comment, and the ZIP64 locator before them. */
const TAIL = SIZE.end + 0xffff + SIZE.locator64;

const OTHER_METHODS: Readonly<Record<number, string>> = {
  1: 'Shrink',
  6: 'Implode',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  93: 'Zstandard',
  95: 'xz',
  98: 'PPMd',
};

/** The refusal of an archive. `what` is a whole sentence. */
export const refused = (what: string, cause?: unknown): InvalidInputError =>
  new InvalidInputError(what, cause === undefined ? {} : { cause });

/** A path for a sentence, in quotes. */
export const shown = (path: string): string => JSON.stringify(path.length > 120 ? `${path.slice(0, 120)}…` : path);

/**
 * Reads the directory: entries in its order.
 * @throws InvalidInputError a sentence that says what is wrong
 */
export async function readDirectory(archive: Blob, limits: ZipLimits): Promise<ZipEntry[]> {
  const { entries: count, offset, size } = await findDirectory(archive);
  if (count > limits.entries) {
    throw refused(
      `The archive says that it has ${count.toLocaleString('en-US')} entries; at most ${limits.entries.toLocaleString('en-US')} can be read.`,
    );
  }
  if (size > limits.directory) throw refused(`The directory of the archive is too large: ${size.toLocaleString('en-US')} bytes.`);
  if (count * SIZE.central > size) throw refused('The archive says that it has more entries than there is room for in its directory.');
  const bytes = await readRange(archive, offset, offset + size);
  const found: (ZipEntry & { header: { end: number } })[] = [];
  let at = 0;
  for (let index = 0; index < count; index++) {
    const { entry, length } = parseEntry(bytes.subarray(at), index);
    found.push(entry);
    at += length;
  }
  if (at !== size) throw refused('The directory of the archive does not end where it says.');
  checkAmounts(found, limits);
  checkTree(found);
  return placed(found, offset);
}

/** The bytes of a range. @throws InvalidInputError when the file cannot be read any more */
export async function readRange(archive: Blob, from: number, to: number): Promise<Uint8Array<ArrayBuffer>> {
  let bytes: Uint8Array<ArrayBuffer>;
  try {
    bytes = new Uint8Array(await archive.slice(from, to).arrayBuffer());
  } catch (cause) {
    // As when the file was changed or removed after it was chosen.
    throw refused(`The archive could not be read (${messageOf(cause)}). Choose it again.`, cause);
  }
  if (bytes.length !== to - from) throw refused('The archive ends too early: it was cut off.');
  return bytes;
}

async function findDirectory(archive: Blob): Promise<{ entries: number; offset: number; size: number }> {
  const base = Math.max(0, archive.size - TAIL);
  const tail = await readRange(archive, base, archive.size);
  const view = viewOf(tail);
  const ends: number[] = [];
  let fitting: number | null = null;
  for (let at = tail.length - SIZE.end; at >= 0; at--) {
    if (view.getUint32(at, true) !== SIGNATURE.end) continue;
    ends.push(at);
    if (at + SIZE.end + view.getUint16(at + END.comment, true) === tail.length) fitting = at;
  }
  if (fitting === null) throw await withoutEnd(archive, ends.length > 0);
  // One in the comment of another: which of the two directories counts depends on who reads.
  if (ends.some((at) => at > (fitting as number)))
    throw refused('The archive has two ends, one in the comment of the other, so it can be read in two ways.');
  return readEnd(archive, view, fitting, base);
}

async function withoutEnd(archive: Blob, hasEnd: boolean): Promise<InvalidInputError> {
  if (hasEnd) return refused('Something follows the end of the archive: it is damaged, or two files in one.');
  if (archive.size === 0) return refused('The file is empty.');
  const begin = archive.size >= 4 ? viewOf(await readRange(archive, 0, 4)).getUint32(0, true) : 0;
  if (begin === SIGNATURE.local) return refused('The archive has no end: it was cut off.');
  return refused('The file is no zip archive.');
}

async function readEnd(
  archive: Blob,
  view: DataView,
  at: number,
  base: number,
): Promise<{ entries: number; offset: number; size: number }> {
  const short = (field: number) => view.getUint16(at + field, true);
  const long = (field: number) => view.getUint32(at + field, true);
  const plain = { entries: short(END.entries), size: long(END.size), offset: long(END.offset) };
  const wide =
    plain.entries === SENTINEL.short ||
    short(END.entriesHere) === SENTINEL.short ||
    plain.size === SENTINEL.long ||
    plain.offset === SENTINEL.long;
  const locator = at - SIZE.locator64;
  const hasLocator = locator >= 0 && view.getUint32(locator, true) === SIGNATURE.locator64;
  if (!hasLocator) {
    if (wide) throw refused('The archive says that it is a large one (ZIP64) and lacks the record for that.');
    if (short(END.disk) !== 0 || short(END.directoryDisk) !== 0 || short(END.entriesHere) !== plain.entries) throw severalParts();
    return checkPlace(plain, base + at);
  }
  if (view.getUint32(locator + LOCATOR64.disk, true) !== 0 || view.getUint32(locator + LOCATOR64.disks, true) > 1) throw severalParts();
  const start = readUint64(view, locator + LOCATOR64.offset);
  const broken = () => refused('The record of a large archive (ZIP64) is not where or what it should be.');
  if (start === null || start + SIZE.end64 > base + locator) throw broken();
  const record = viewOf(await readRange(archive, start, start + SIZE.end64));
  const rest = readUint64(record, END64.rest);
  if (record.getUint32(0, true) !== SIGNATURE.end64 || rest === null || start + END64.madeBy + rest !== base + locator) throw broken();
  if (record.getUint32(END64.disk, true) !== 0 || record.getUint32(END64.directoryDisk, true) !== 0) throw severalParts();
  const [entries, entriesHere, size, offset] = [END64.entries, END64.entriesHere, END64.size, END64.offset].map((field) =>
    readUint64(record, field),
  );
  if (entries == null || size == null || offset == null) throw broken();
  if (entriesHere !== entries) throw severalParts();
  const agrees = (value: number, said: number, sentinel: number) => said === sentinel || said === value;
  if (
    !agrees(entries, plain.entries, SENTINEL.short) ||
    !agrees(size, plain.size, SENTINEL.long) ||
    !agrees(offset, plain.offset, SENTINEL.long)
  ) {
    throw refused('The two end records of the archive say different things.');
  }
  return checkPlace({ entries, size, offset }, start);
}

const severalParts = () => refused('The archive is one part of several: only whole ones can be read.');

/** The directory has to end where the end records begin: what is between belongs to nothing, or to another archive. */
function checkPlace(found: { entries: number; offset: number; size: number }, end: number) {
  if (found.offset + found.size !== end) {
    throw refused('The directory of the archive is not where it says: it is damaged, or something was put before or after it.');
  }
  return found;
}

function parseEntry(bytes: Uint8Array, index: number): { entry: ZipEntry; length: number } {
  const view = viewOf(bytes);
  if (bytes.length < SIZE.central || view.getUint32(0, true) !== SIGNATURE.central) {
    throw refused(`The directory of the archive is damaged at entry ${index + 1}.`);
  }
  const short = (field: number) => view.getUint16(field, true);
  const nameEnd = SIZE.central + short(CENTRAL.name);
  const extraEnd = nameEnd + short(CENTRAL.extra);
  const length = extraEnd + short(CENTRAL.comment);
  if (length > bytes.length) throw refused(`The directory of the archive is damaged at entry ${index + 1}.`);
  const name = bytes.slice(SIZE.central, nameEnd);
  const fields = extraFields(bytes.subarray(nameEnd, extraEnd));
  const text = decodeName(name, index);
  const wrong = (what: string) => refused(`The archive is wrong at ${shown(text)}: ${what}`);
  if (!fields) throw wrong('its extra fields are damaged.');
  const flags = short(CENTRAL.flags);
  const method = short(CENTRAL.method);
  if ((flags & (FLAG.encrypted | FLAG.strong | FLAG.masked)) !== 0 || method === 99) {
    throw wrong('it is encrypted. Unpack the archive with its password, then use the files.');
  }
  if ((flags & ~(FLAG.speed | FLAG.descriptor | FLAG.utf8)) !== 0) throw wrong('it uses a feature of zip that cannot be read here.');
  if (method !== METHOD.store && method !== METHOD.deflate) {
    const known = OTHER_METHODS[method] ?? `method ${method}`;
    throw wrong(`it is packed with ${known}, which cannot be read here. Pack it again with the usual method (deflate).`);
  }
  const wide = wideFields(view, fields);
  if (!wide) throw wrong('its sizes are said to be large (ZIP64), and the field for that is missing or damaged.');
  if (short(CENTRAL.disk) !== 0 && !(short(CENTRAL.disk) === SENTINEL.short && wide.disk === 0)) throw severalParts();
  if (fields.some(({ id, data }) => id === EXTRA.unicodePath && !isNameAgain(data, name))) throw wrong('it has two different names.');
  const host = short(CENTRAL.madeBy) >>> 8;
  const unix = host === 3 || host === 19 ? view.getUint32(CENTRAL.attributes, true) >>> 16 : 0;
  const kind = kindOf(text, unix);
  if (kind === null) throw wrong('it is neither a file, a folder nor a link.');
  const path = kind === 'directory' ? text.replace(/\/$/, '') : text;
  try {
    splitArchivePath(path);
  } catch (cause) {
    throw refused(`The archive cannot be opened. ${messageOf(cause)}`, cause);
  }
  const { packed, size } = wide;
  if (method === METHOD.store && packed !== size) throw wrong('it is not packed, and yet its two sizes differ.');
  if (size > HIGHEST_RATIO * packed + HIGHEST_RATIO) throw wrong('its size is not true: nothing can be packed so tightly.');
  if (kind === 'directory' && size > 0) throw wrong('it is a folder with content.');
  return {
    entry: {
      path,
      kind,
      size,
      packed,
      method: method === METHOD.store ? 'store' : 'deflate',
      crc32: view.getUint32(CENTRAL.crc, true),
      modified: timeOf(fields, short(CENTRAL.date), short(CENTRAL.time)),
      mode: unix === 0 ? null : unix & 0o7777,
      header: { offset: wide.offset, name, flags, end: 0 },
    },
    length,
  };
}

/** Names are UTF-8, whether or not the archive says so: what is not was written by programs of the last century. */
function decodeName(bytes: Uint8Array, index: number): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch (cause) {
    throw refused(`The name of entry ${index + 1} of the archive is not UTF-8: pack the files again with another program.`, cause);
  }
}

/** Whether a field 0x7075 has the name that the header has. */
function isNameAgain(data: Uint8Array, name: Uint8Array): boolean {
  const again = data.subarray(5);
  return again.length === name.length && again.every((byte, index) => byte === name[index]);
}

function kindOf(name: string, unix: number): ZipEntry['kind'] | null {
  const slash = name.endsWith('/');
  switch (unix & UNIX.mask) {
    case 0:
      return slash ? 'directory' : 'file';
    case UNIX.directory:
      return slash ? 'directory' : null;
    case UNIX.file:
      return slash ? null : 'file';
    case UNIX.symlink:
      return slash ? null : 'symlink';
    default:
      return null;
  }
}

/** Sizes and place, from the ZIP64 field where the header refers to it; null when that does not hold them. */
function wideFields(view: DataView, fields: { id: number; data: Uint8Array }[]) {
  const data = fields.find(({ id }) => id === EXTRA.zip64)?.data ?? new Uint8Array();
  const wide = viewOf(data);
  let at = 0;
  const next = (said: number): number | null => {
    if (said !== SENTINEL.long) return said;
    at += 8;
    return at <= data.length ? readUint64(wide, at - 8) : null;
  };
  const size = next(view.getUint32(CENTRAL.size, true));
  const packed = next(view.getUint32(CENTRAL.packed, true));
  const offset = next(view.getUint32(CENTRAL.offset, true));
  if (size === null || packed === null || offset === null) return null;
  return { size, packed, offset, disk: at + 4 <= data.length ? wide.getUint32(at, true) : null };
}

function timeOf(fields: { id: number; data: Uint8Array }[], date: number, time: number): number | null {
  const extended = fields.find(({ id }) => id === EXTRA.time)?.data;
  if (extended && extended.length >= 5 && ((extended[0] as number) & 1) !== 0) return viewOf(extended).getInt32(1, true) * 1000;
  const month = (date >>> 5) & 0xf;
  const day = date & 0x1f;
  if (month === 0 || month > 12 || day === 0) return null;
  return Date.UTC(1980 + (date >>> 9), month - 1, day, time >>> 11, (time >>> 5) & 0x3f, (time & 0x1f) * 2);
}

function checkAmounts(entries: readonly ZipEntry[], limits: ZipLimits): void {
  let content = 0;
  for (const { path, size } of entries) {
    if (size > limits.file)
      throw refused(`The archive is wrong at ${shown(path)}: it is larger than a file may be, ${inMegabytes(limits.file)}.`);
    content += size;
  }
  if (content > limits.content) {
    throw refused(`The archive holds ${inMegabytes(content)} unpacked; at most ${inMegabytes(limits.content)} can be read.`);
  }
}

/** No path twice, and nothing that lies in a file. */
function checkTree(entries: readonly ZipEntry[]): void {
  const kinds = new Map<string, ZipEntry['kind']>();
  for (const { path, kind } of entries) {
    if (kinds.has(path)) throw refused(`The archive has ${shown(path)} twice.`);
    kinds.set(path, kind);
  }
  for (const { path } of entries) {
    for (let slash = path.lastIndexOf('/'); slash > 0; slash = path.lastIndexOf('/', slash - 1)) {
      const above = kinds.get(path.slice(0, slash));
      if (above && above !== 'directory') throw refused(`The archive is wrong at ${shown(path)}: it lies in something that is no folder.`);
    }
  }
}

/** The same entries, each knowing where the next one begins. None may begin before the one before it has ended. */
function placed(entries: readonly ZipEntry[], directory: number): ZipEntry[] {
  const ends = new Map<ZipEntry, number>();
  let end = directory;
  for (const entry of [...entries].sort((a, b) => b.header.offset - a.header.offset)) {
    const { offset, name } = entry.header;
    if (offset + SIZE.local + name.length + entry.packed > end) {
      throw refused(`The archive is wrong at ${shown(entry.path)}: it overlaps with what comes after it.`);
    }
    ends.set(entry, end);
    end = offset;
  }
  if (end !== 0) throw refused('Something stands before the first entry of the archive: it is damaged, or two files in one.');
  return entries.map((entry) => ({ ...entry, header: { ...entry.header, end: ends.get(entry) as number } }));
}

const inMegabytes = (bytes: number) => `${(bytes / 1e6).toLocaleString('en-US', { maximumFractionDigits: 1 })} MB`;
