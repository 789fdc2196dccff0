/** A wheel as it lies: a zip file whose directory is known and whose files are inflated when they are read, synchronously, because Python waits. */
import { inflateSync } from 'fflate';
import { crc32 } from '../../base/crc32';
import { InvalidInputError } from '../../base/errors';
import { readDirectory, type ZipEntry, type ZipLimits } from '../../base/zip-directory';
import { LOCAL, SIGNATURE, SIZE, viewOf } from '../../base/zip-format';

/** More than any wheel needs that a browser could hold. */
const LIMITS: ZipLimits = { entries: 50_000, content: 2 ** 30, file: 2 ** 29, directory: 2 ** 24 };

/** A file that a wheel puts into site-packages. */
export interface WheelMember {
  /** Below site-packages, with slashes. */
  path: string;
  entry: ZipEntry;
}

export class WheelFile {
  /** Files only: folders are where files are. */
  readonly members: readonly WheelMember[];
  readonly #bytes: Uint8Array;

  /**
   * Reads the directory.
   * @param archive all of its bytes stay in memory, packed as they are
   * @throws InvalidInputError when it is no wheel that can be mounted
   */
  static async open(archive: Blob): Promise<WheelFile> {
    const entries = await readDirectory(archive, LIMITS);
    return new WheelFile(entries, new Uint8Array(await archive.arrayBuffer()));
  }

  private constructor(entries: readonly ZipEntry[], bytes: Uint8Array) {
    this.#bytes = bytes;
    const members = new Map<string, WheelMember>();
    for (const entry of entries) {
      if (entry.kind === 'symlink')
        throw new InvalidInputError(`${entry.path} in the wheel is a symbolic link, which wheels have none of.`);
      const path = entry.kind === 'file' ? placeOf(entry.path) : null;
      if (path === null) continue;
      if (members.has(path)) throw new InvalidInputError(`The wheel has ${path} twice.`);
      members.set(path, { path, entry });
    }
    this.members = [...members.values()];
  }

  /** The content of a file. @throws InvalidInputError when it is damaged */
  read({ path, size, packed, method, crc32: checksum, header }: ZipEntry): Uint8Array<ArrayBuffer> {
    const damaged = (cause?: unknown) => new InvalidInputError(`${path} in the wheel is damaged.`, { cause });
    const local = this.#bytes.subarray(header.offset, header.end);
    if (local.length < SIZE.local) throw damaged();
    const fixed = viewOf(local);
    const start = SIZE.local + fixed.getUint16(LOCAL.name, true) + fixed.getUint16(LOCAL.extra, true);
    const sameName = header.name.every((byte, index) => byte === local[SIZE.local + index]);
    if (fixed.getUint32(0, true) !== SIGNATURE.local || fixed.getUint16(LOCAL.name, true) !== header.name.length || !sameName)
      throw damaged();
    if (start + packed > local.length) throw damaged();
    const data = local.subarray(start, start + packed);
    let content: Uint8Array<ArrayBuffer>;
    if (method === 'store') content = data.slice();
    else {
      try {
        // Room for one byte more: what goes on is found out, and no more than that is ever made.
        content = inflateSync(data, { out: new Uint8Array(size + 1) }) as Uint8Array<ArrayBuffer>;
      } catch (cause) {
        throw damaged(cause);
      }
    }
    if (content.length !== size || crc32(content) !== checksum) throw damaged();
    return content;
  }

  /** The text of the file in `*.dist-info` of that name; null when there is none. */
  metadata(name: string): string | null {
    const found = this.members.find(({ path }) => /^[^/]+\.dist-info\/[^/]+$/.test(path) && path.endsWith(`/${name}`));
    return found ? new TextDecoder().decode(this.read(found.entry)) : null;
  }
}

/** Where a member comes below site-packages (PyPA's "Binary distribution format", installing); null: nowhere, as scripts and headers. */
function placeOf(path: string): string | null {
  const data = /^[^/]+\.data\/([^/]+)\/(.+)$/.exec(path);
  if (!data) return path;
  return data[1] === 'purelib' || data[1] === 'platlib' ? (data[2] as string) : null;
}
