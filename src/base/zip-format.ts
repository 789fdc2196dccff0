/** The bytes of a zip archive: PKWARE's APPNOTE.TXT 6.3.10, sections 4.3 and 4.5. All numbers are little-endian. */

export const SIGNATURE = {
  local: 0x04034b50,
  descriptor: 0x08074b50,
  central: 0x02014b50,
  end64: 0x06064b50,
  locator64: 0x07064b50,
  end: 0x06054b50,
} as const;

/** Bytes of the fixed part of each record. */
export const SIZE = { local: 30, central: 46, end64: 56, locator64: 20, end: 22 } as const;

/** Where the fields of a local header are. */
export const LOCAL = { version: 4, flags: 6, method: 8, time: 10, date: 12, crc: 14, packed: 18, size: 22, name: 26, extra: 28 } as const;

/** Where the fields of an entry in the central directory are. */
export const CENTRAL = {
  madeBy: 4,
  version: 6,
  flags: 8,
  method: 10,
  time: 12,
  date: 14,
  crc: 16,
  packed: 20,
  size: 24,
  name: 28,
  extra: 30,
  comment: 32,
  disk: 34,
  attributes: 38,
  offset: 42,
} as const;

/** Where the fields of the end record are. */
export const END = { disk: 4, directoryDisk: 6, entriesHere: 8, entries: 10, size: 12, offset: 16, comment: 20 } as const;

/** Where the fields of the ZIP64 end record are. */
export const END64 = {
  rest: 4,
  madeBy: 12,
  version: 14,
  disk: 16,
  directoryDisk: 20,
  entriesHere: 24,
  entries: 32,
  size: 40,
  offset: 48,
} as const;

/** Where the fields of the ZIP64 locator are. */
export const LOCATOR64 = { disk: 4, offset: 8, disks: 16 } as const;

export const METHOD = { store: 0, deflate: 8 } as const;
/** Bits of the general purpose flags. */
export const FLAG = { encrypted: 1 << 0, speed: 3 << 1, descriptor: 1 << 3, strong: 1 << 6, utf8: 1 << 11, masked: 1 << 13 } as const;
export const EXTRA = { zip64: 0x0001, time: 0x5455, unicodePath: 0x7075 } as const;
/** What stands for "see the ZIP64 field". */
export const SENTINEL = { short: 0xffff, long: 0xffffffff } as const;
/** Kinds of a Unix mode. */
export const UNIX = { mask: 0o170000, directory: 0o040000, file: 0o100000, symlink: 0o120000 } as const;

/** The extra fields of a header; null when they do not fit into their room. */
export function extraFields(bytes: Uint8Array): { id: number; data: Uint8Array }[] | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const fields: { id: number; data: Uint8Array }[] = [];
  let at = 0;
  // Fewer than four bytes at the end are padding: zipalign leaves them.
  while (at + 4 <= bytes.length) {
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > bytes.length) return null;
    fields.push({ id: view.getUint16(at, true), data: bytes.subarray(at + 4, at + 4 + length) });
    at += 4 + length;
  }
  return fields;
}

/** A number of 8 bytes; null when it is too large to be exact. */
export function readUint64(view: DataView, at: number): number | null {
  const value = view.getBigUint64(at, true);
  return value <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(value) : null;
}

/** A view of bytes that may be part of a larger buffer. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
