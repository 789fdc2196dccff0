/** Several files as one zip archive, read piece by piece and packed in turns that leave time for the page. */
import { InvalidInputError } from '../../base/errors';
import type { FileReport, SessionFiles } from '../../session';
import { strings } from '../strings';

export interface ArchiveOptions {
  signal: AbortSignal;
  /** Bytes of content that are packed, of all. */
  onProgress(done: number, total: number): void;
}

/** What is packed before others get their turn, bytes: some 5 ms. */
const PACKED_AT_ONCE = 256 * 1024;
/** Formats that are packed already. */
const PACKED = /\.(7z|avif|br|bz2|docx|flac|gif|gz|jpe?g|mkv|mov|mp[34]|npz|ogg|parquet|pdf|png|pptx|webm|webp|whl|xlsx|xz|zip|zst)$/i;
/** As fflate's: higher ones take twice as long for little. */
const LEVEL = 4;
/** What a zip archive without the extension for larger ones can hold. */
const MOST = { bytes: 2 ** 32 - 2 ** 24, entries: 65_534 };
/** What the format's times can say, milliseconds since 1970. */
const TIMES = [Date.UTC(1980, 0, 2), Date.UTC(2099, 11, 30)] as const;
const MADE_ON_UNIX = 3;
const MODE = { file: 0o100644, directory: 0o040755, symlink: 0o120777 };

/**
 * @param entries parents before what is in them
 * @param base what is left out of their paths, with the slash at its end
 * @throws InvalidInputError when they are too much for one archive; what reading a file throws
 */
export async function archiveOf(
  files: SessionFiles,
  entries: readonly FileReport[],
  base: string,
  { signal, onProgress }: ArchiveOptions,
): Promise<Blob> {
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > MOST.bytes || entries.length > MOST.entries) throw new InvalidInputError(strings.files.tooMuch);
  const { Zip, ZipDeflate, ZipPassThrough } = await import('fflate');
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, chunk) => {
    failure ??= error;
    if (chunk) parts.push(chunk as Uint8Array<ArrayBuffer>);
  });
  let done = 0;
  for (const { path, kind, modified, target } of entries) {
    signal.throwIfAborted();
    const name = path.slice(base.length) + (kind === 'directory' ? '/' : '');
    const entry = kind !== 'file' || PACKED.test(path) ? new ZipPassThrough(name) : new ZipDeflate(name, { level: LEVEL });
    entry.mtime = Math.min(Math.max(modified, TIMES[0]), TIMES[1]);
    entry.os = MADE_ON_UNIX;
    entry.attrs = MODE[kind] * 2 ** 16;
    zip.add(entry);
    if (kind === 'file') {
      const content = await files.read(path, { signal });
      for (let from = 0; from < content.size; from += PACKED_AT_ONCE) {
        signal.throwIfAborted();
        const bytes = new Uint8Array(await content.slice(from, from + PACKED_AT_ONCE).arrayBuffer());
        entry.push(bytes);
        done += bytes.length;
        onProgress(done, total);
      }
    }
    entry.push(new TextEncoder().encode(kind === 'symlink' ? (target ?? '') : ''), true);
    if (failure) throw failure;
  }
  zip.end();
  if (failure) throw failure;
  return new Blob(parts, { type: 'application/zip' });
}
