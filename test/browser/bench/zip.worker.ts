/**
 * Files of the origin private file system as a plain zip and back, in a worker, by fflate, the library that most pages use for it: with nothing
 * checked and nothing promised.
 */
import { Unzip, UnzipInflate, Zip, ZipDeflate } from 'fflate';
import { answer } from './answer';

export type ZipRequest =
  /** Stores files, for `pack`. */
  | { type: 'store'; files: File[] }
  /** Packs them into a Blob, which is kept for `unpack`: MB of content per second. */
  | { type: 'pack' }
  /** Unpacks it into other files, flushed: MB of content per second. */
  | { type: 'unpack' };

const PIECE = 2 ** 20;
/** Parts of the Blob, bytes. */
const PART = 4 * PIECE;

/** As in the specification; TypeScript has it only in its library for workers. */
interface SyncAccessHandle {
  write(data: Uint8Array, options: { at: number }): number;
  truncate(size: number): void;
  flush(): void;
  close(): void;
}
type FileHandle = FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> };

const folder = async (name: string) => (await navigator.storage.getDirectory()).getDirectoryHandle(name, { create: true });

let packed = new Blob();

async function store(files: readonly File[]): Promise<number> {
  const stored = await folder('packed');
  for (const file of files) {
    const writable = await (await stored.getFileHandle(file.name, { create: true })).createWritable();
    await file.stream().pipeTo(writable);
  }
  return files.length;
}

/** @returns bytes of content */
async function pack(): Promise<number> {
  const parts: Blob[] = [];
  let waiting: Uint8Array<ArrayBuffer>[] = [];
  let length = 0;
  const settle = () => {
    parts.push(new Blob(waiting));
    waiting = [];
    length = 0;
  };
  const zip = new Zip((error, chunk) => {
    if (error) throw error;
    waiting.push(chunk as Uint8Array<ArrayBuffer>);
    length += chunk.length;
    if (length >= PART) settle();
  });
  let content = 0;
  for await (const handle of (await folder('packed')).values()) {
    const file = await (handle as FileSystemFileHandle).getFile();
    const entry = new ZipDeflate(file.name);
    zip.add(entry);
    for (let at = 0; at < file.size; at += PIECE) {
      const bytes = new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer());
      content += bytes.length;
      entry.push(bytes, at + PIECE >= file.size);
    }
  }
  zip.end();
  settle();
  packed = new Blob(parts);
  return content;
}

/** @returns bytes of content */
async function unpack(): Promise<number> {
  const target = await folder('unpacked');
  // They are opened before, because unzipping does not wait.
  const handles = new Map<string, SyncAccessHandle>();
  for await (const name of (await folder('packed')).keys()) {
    const handle = await ((await target.getFileHandle(name, { create: true })) as FileHandle).createSyncAccessHandle();
    handle.truncate(0);
    handles.set(name, handle);
  }
  let content = 0;
  const unzip = new Unzip((file) => {
    const handle = handles.get(file.name) as SyncAccessHandle;
    let at = 0;
    file.ondata = (error, chunk) => {
      if (error) throw error;
      at += handle.write(chunk, { at });
      content += chunk.length;
    };
    file.start();
  });
  unzip.register(UnzipInflate);
  for (let at = 0; at < packed.size; at += PIECE) {
    const bytes = new Uint8Array(await packed.slice(at, at + PIECE).arrayBuffer());
    unzip.push(bytes, at + PIECE >= packed.size);
  }
  for (const handle of handles.values()) {
    handle.flush();
    handle.close();
  }
  return content;
}

answer(async (request: ZipRequest) => {
  if (request.type === 'store') return store(request.files);
  const start = performance.now();
  const content = request.type === 'pack' ? await pack() : await unpack();
  return content / 1000 / (performance.now() - start);
});
