/** Reads files out of the segments that the keeper handed out. */
import { DormouseError } from '../base/errors';
import { xxh32 } from '../base/xxh32';
import type { DiskContent, DiskPiece } from '../protocol/disk';

/** Pieces that lie no further apart are read in one go, bytes: a call costs more than so many bytes. */
const SMALL_GAP = 64 * 1024;
/** But no more than this at once, so that a large file needs little more memory than itself. */
const LARGEST_READ = 8 * 2 ** 20;

type Segments = ReadonlyMap<number, Blob>;

export class StoredBytes {
  readonly #segments: Segments;
  readonly #readBlob: (blob: Blob) => Uint8Array;

  /** @param readBlob reads a Blob synchronously */
  constructor(segments: Segments, readBlob: (blob: Blob) => Uint8Array) {
    this.#segments = segments;
    this.#readBlob = readBlob;
  }

  /** All bytes of a file. Throws when they cannot be read or are not what was stored. */
  read(content: DiskContent): Uint8Array {
    const bytes = new Uint8Array(content.size);
    for (const run of runsOf(content)) place(bytes, run, this.#readBlob(blobOf(this.#segments, run)));
    return bytes;
  }
}

/** As `StoredBytes.read`, without blocking. @throws DormouseError `damaged`, or the Blob's own error when its bytes cannot be read */
export async function loadStored(segments: Segments, content: DiskContent): Promise<Uint8Array> {
  const bytes = new Uint8Array(content.size);
  for (const run of runsOf(content)) place(bytes, run, new Uint8Array(await blobOf(segments, run).arrayBuffer()));
  return bytes;
}

function blobOf(segments: Segments, run: readonly DiskPiece[]): Blob {
  const { segment, start } = run[0] as DiskPiece;
  const last = run.at(-1) as DiskPiece;
  const blob = segments.get(segment)?.slice(start, last.start + last.stored);
  if (!blob) throw new Error(`Segment ${segment} was not handed out.`);
  return blob;
}

/** Puts the pieces of a run where they belong. @param read what was read of it */
function place(bytes: Uint8Array, run: readonly DiskPiece[], read: Uint8Array): void {
  const { start } = run[0] as DiskPiece;
  for (const { start: from, stored, checksum, skip, length, offset } of run) {
    const piece = read.subarray(from - start, from - start + stored);
    if (piece.length !== stored || xxh32(piece) !== checksum)
      throw new DormouseError('damaged', 'What is stored does not match its checksum.');
    bytes.set(piece.subarray(skip, skip + length), offset);
  }
}

/** Groups pieces that are near each other, in the order in which they lie. @throws DormouseError `damaged` when it is not known where they are */
function runsOf({ pieces }: DiskContent): DiskPiece[][] {
  if (!pieces) throw new DormouseError('damaged', 'The list of where the bytes are is damaged.');
  const sorted = [...pieces].sort((a, b) => a.segment - b.segment || a.start - b.start);
  const runs: DiskPiece[][] = [];
  for (const piece of sorted) {
    const run = runs.at(-1);
    const [first, last] = [run?.[0], run?.at(-1)];
    const near =
      first &&
      last &&
      piece.segment === last.segment &&
      piece.start - (last.start + last.stored) <= SMALL_GAP &&
      piece.start + piece.stored - first.start <= LARGEST_READ;
    if (run && near) run.push(piece);
    else runs.push([piece]);
  }
  return runs;
}
