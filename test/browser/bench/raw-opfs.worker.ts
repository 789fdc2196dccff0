/** The origin private file system with nothing in between: as fast as anything that stores in it can be. */
import { answer } from './answer';

export type RawRequest =
  /** 4 KiB written and flushed, one after the other: flushes per second. */
  | { type: 'flushes'; count: number }
  /** 4 KiB written in a file of `size` bytes, anywhere or one after the other, without a flush: median, µs. */
  | { type: 'writes'; count: number; size: number; order: 'random' | 'sequential' }
  /** `megabytes` times 1 MiB written, then flushed: MB per second. */
  | { type: 'bulk'; megabytes: number; flushed: boolean };

const PAGE = 4096;
const MEBIBYTE = 2 ** 20;
/** The clock's step is 5 µs, which is about one write: they are timed in groups. */
const GROUP = 10;

/** As in the specification; TypeScript has it only in its library for workers. */
interface SyncAccessHandle {
  write(data: Uint8Array, options: { at: number }): number;
  flush(): void;
  close(): void;
}

function noise(length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  for (let offset = 0; offset < length; offset += 65_536) crypto.getRandomValues(bytes.subarray(offset, offset + 65_536));
  return bytes;
}

async function onFile(measure: (handle: SyncAccessHandle) => number): Promise<number> {
  const root = await navigator.storage.getDirectory();
  const file = await root.getFileHandle('raw', { create: true });
  const handle = await (file as FileSystemFileHandle & { createSyncAccessHandle(): Promise<SyncAccessHandle> }).createSyncAccessHandle();
  try {
    return measure(handle);
  } finally {
    handle.close();
    await root.removeEntry('raw');
  }
}

function write(handle: SyncAccessHandle, data: Uint8Array, at: number): void {
  const written = handle.write(data, { at });
  if (written !== data.length) throw new Error(`${written} of ${data.length} bytes were written.`);
}

/** Seconds that `work` takes. */
function time(work: () => void): number {
  const start = performance.now();
  work();
  return (performance.now() - start) / 1000;
}

function measure(handle: SyncAccessHandle, request: RawRequest): number {
  switch (request.type) {
    case 'flushes': {
      const data = noise(PAGE);
      const seconds = time(() => {
        for (let n = 0; n < request.count; n++) {
          write(handle, data, n * PAGE);
          handle.flush();
        }
      });
      return request.count / seconds;
    }
    case 'writes': {
      const data = noise(PAGE);
      // Filled first, as Python's file is: writing into a hole is another thing.
      const filling = noise(MEBIBYTE);
      for (let at = 0; at < request.size; at += MEBIBYTE) write(handle, filling, at);
      let next = 0;
      const page = () => (request.order === 'random' ? Math.floor((Math.random() * request.size) / PAGE) : next++) * PAGE;
      const groups = Array.from({ length: request.count / GROUP }, () =>
        time(() => {
          for (let n = 0; n < GROUP; n++) write(handle, data, page());
        }),
      );
      return ((groups.sort((a, b) => a - b)[groups.length >> 1] as number) / GROUP) * 1e6;
    }
    case 'bulk': {
      const data = noise(MEBIBYTE);
      const seconds = time(() => {
        for (let n = 0; n < request.megabytes; n++) write(handle, data, n * MEBIBYTE);
        if (request.flushed) handle.flush();
      });
      return (request.megabytes * MEBIBYTE) / 1e6 / seconds;
    }
    default:
      return request satisfies never;
  }
}

answer((request: RawRequest) => onFile((handle) => measure(handle, request)));
