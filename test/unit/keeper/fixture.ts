/** The two ends that a keeper talks to, over real ports: the page that calls it and the sandbox that journals to it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import type { FileOperation } from '../../../src/base/file-operation';
import { Keeper, type KeeperOptions } from '../../../src/keeper/keeper';
import type { Locks } from '../../../src/keeper/session-lock';
import type { DiskImage, DiskReply, ImageLost } from '../../../src/protocol/disk';
import { decodeError } from '../../../src/protocol/error-codec';
import type { CaptureReport, ImageMessage } from '../../../src/protocol/image';
import type { AttachReport, KeeperCalls, KeeperEvent, SessionSummary } from '../../../src/protocol/keeper';
import { openMemoryStore } from '../../../src/volume/memory-store';
import type { Store } from '../../../src/volume/store';
import { bytesOf } from '../../fixtures/disk-images';

/** Node has no Web Locks yet: locks of one process, granted in the order of asking. */
export class ProcessLocks implements Locks {
  readonly #queues = new Map<string, { mode: 'exclusive' | 'shared' }[]>();

  async request<Result>(
    name: string,
    { mode, ifAvailable = false }: { mode: 'exclusive' | 'shared'; ifAvailable?: boolean },
    callback: (lock: unknown) => Promise<Result>,
  ): Promise<Result> {
    const queue = this.#queues.get(name) ?? [];
    this.#queues.set(name, queue);
    const fits = () =>
      queue.every((other) => other === own || (mode === 'shared' && other.mode === 'shared') || queue.indexOf(other) > queue.indexOf(own));
    const own = { mode };
    queue.push(own);
    try {
      if (ifAvailable && !fits()) return await callback(null);
      while (!fits()) await new Promise((resolve) => setTimeout(resolve, 1));
      return await callback({ name });
    } finally {
      queue.splice(queue.indexOf(own), 1);
    }
  }
}

/** Resolves when `condition` holds; the test's own time limit ends it otherwise. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 2));
}

export class Page {
  readonly keeper: Keeper;
  /** What came without being asked for. */
  readonly events: KeeperEvent[] = [];
  /** How often it came that files have changed. */
  filesTold = 0;
  readonly #port: MessagePort;
  readonly #pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #calls = 0;

  constructor(options: KeeperOptions) {
    const { port1, port2 } = new MessageChannel();
    this.keeper = new Keeper(port2, options);
    this.#port = port1;
    port1.onmessage = ({ data }: MessageEvent<KeeperEvent>) => {
      if (data.type === 'answer') this.#pending.get(data.call)?.resolve(data.result);
      else if (data.type === 'refusal') this.#pending.get(data.call)?.reject(decodeError(data.error));
      else if (data.type === 'files') this.filesTold += 1;
      else this.events.push(data);
    };
  }

  /** A page whose keeper has opened `store` as the session `test`. */
  static async open(store: Store, options: Partial<KeeperOptions> = {}): Promise<Page & { summary: SessionSummary }> {
    const page = new Page({ locks: new ProcessLocks(), openStore: async () => store, ...options });
    const summary = await page.open();
    return Object.assign(page, { summary });
  }

  open(session = 'test'): Promise<SessionSummary> {
    // Any value that can be posted: what opens the store here does not look at it.
    return this.call('open', { session, directory: {} as FileSystemDirectoryHandle });
  }

  call<Name extends keyof KeeperCalls>(
    type: Name,
    argument: KeeperCalls[Name]['argument'],
    transfer: Transferable[] = [],
  ): Promise<KeeperCalls[Name]['result']> {
    return this.send({ type, argument }, transfer) as Promise<KeeperCalls[Name]['result']>;
  }

  /** Posts any request, known or not, under a new number. */
  send(request: object, transfer: Transferable[] = []): Promise<unknown> {
    const call = ++this.#calls;
    return new Promise((resolve, reject) => {
      this.#pending.set(call, { resolve, reject });
      this.#port.postMessage({ ...request, call }, transfer);
    });
  }

  /** Attaches a new sandbox, with a waker or without, and waits for its disk. */
  async attach({ waker = true, resume = false } = {}): Promise<Sandbox> {
    const disk = new MessageChannel();
    const wake = waker ? new MessageChannel() : null;
    const sandbox = new Sandbox(disk.port1, wake?.port1 ?? null);
    const transfer = wake ? [disk.port2, wake.port2] : [disk.port2];
    sandbox.report = await this.call('attach', { disk: disk.port2, waker: wake?.port2 ?? null, resume }, transfer);
    await until(() => sandbox.images.length > 0 && (!waker || sandbox.replies.length > 0));
    return sandbox;
  }

  async close(): Promise<void> {
    await this.keeper.close();
    this.#port.close();
  }
}

/** An operation without what `Sandbox.post` fills in. */
type Draft = FileOperation extends infer Each ? (Each extends FileOperation ? Omit<Each, 'time'> : never) : never;

export class Sandbox {
  readonly images: DiskImage[] = [];
  readonly replies: DiskReply[] = [];
  /** Numbers of images that were not kept. */
  readonly lostImages: number[] = [];
  /** What the keeper told the page. */
  report: AttachReport | null = null;
  readonly disk: MessagePort;
  readonly waker: MessagePort | null;
  sequence = 0;
  /** Images that were posted. */
  captured = 0;
  #nextInode: number | null = null;

  constructor(disk: MessagePort, waker: MessagePort | null) {
    this.disk = disk;
    this.waker = waker;
    disk.onmessage = ({ data }: MessageEvent<DiskImage | DiskReply | ImageLost>) => {
      if (data.type === 'disk') this.images.push(data);
      else if (data.type === 'image-lost') this.lostImages.push(data.number);
      else this.replies.push(data);
    };
    if (waker) {
      waker.onmessage = ({ data }: MessageEvent<DiskReply>) => this.replies.push(data);
    }
  }

  get image(): DiskImage {
    return this.images[0] as DiskImage;
  }

  /** Bytes granted so far, in all. */
  get granted(): number {
    return this.replies.reduce((sum, reply) => sum + (reply.type === 'credit' ? reply.bytes : 0), this.image.credit);
  }

  /** Journals one operation, with the next sequence number. */
  post(draft: Draft): void {
    this.postAll([draft]);
  }

  /** Journals operations with one message. */
  postAll(drafts: Draft[], sync = false): void {
    const operations = drafts.map((draft) => ({ time: 1_700_000_000_000, ...draft }));
    this.disk.postMessage({ type: 'operations', sequence: this.sequence + 1, operations, sync });
    this.sequence += drafts.length;
  }

  /** Journals a new file with text in it; returns its inode. */
  writeFile(parent: number, name: string, content: string | Uint8Array): number {
    this.#nextInode ??= this.image.nextInode;
    const inode = this.#nextInode++;
    const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    this.post({ type: 'make', inode, parent, name, kind: 'file', mode: 0o644 });
    if (data.length > 0) this.post({ type: 'write', inode, offset: 0, data });
    return inode;
  }

  makeDirectory(parent: number, name: string): number {
    this.#nextInode ??= this.image.nextInode;
    const inode = this.#nextInode++;
    this.post({ type: 'make', inode, parent, name, kind: 'directory', mode: 0o755 });
    return inode;
  }

  /** Posts an image with this content; returns what the machine would tell the page of it. */
  capture(content: string | Uint8Array<ArrayBuffer>, more: Partial<ImageMessage & CaptureReport> = {}): CaptureReport {
    const data = typeof content === 'string' ? new TextEncoder().encode(content) : content;
    const { whole = true, baseline = null, number = ++this.captured, sequence = this.sequence, ...report } = more;
    const bytes = data.slice().buffer;
    this.disk.postMessage({ type: 'image', number, sequence, whole, baseline, bytes } satisfies ImageMessage, [bytes]);
    const stored = data.length;
    return { image: number, problem: null, milliseconds: 5, heap: 2 ** 25, changed: 4096, stored, lost: [], variables: [], ...report };
  }

  /** The images that it was given, as text; null when there were none. */
  async resumed(): Promise<string | null> {
    const { resume } = this.image;
    return resume && new TextDecoder().decode(await bytesOf(this.image, { content: resume.images }));
  }

  /** Asks for stable storage and waits for the answer. */
  async sync(): Promise<void> {
    const { sequence } = this;
    this.postAll([], true);
    await until(() => this.replies.some((reply) => reply.type === 'durable' && reply.sequence >= sequence));
  }

  /** The text of a file on the disk that it was given. */
  async read(name: string): Promise<string | undefined> {
    const entry = this.image.entries.find((candidate) => candidate.name === name);
    return entry && new TextDecoder().decode(await bytesOf(this.image, entry));
  }
}

/** What the test that runs has to undo at its end, last first. */
export const cleanups: (() => unknown)[] = [];

afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

/** As `Page.open`, closed at the test's end. */
export async function open(store: Store = openMemoryStore(), options: Partial<KeeperOptions> = {}) {
  const page = await Page.open(store, options);
  cleanups.push(() => page.close());
  return page;
}

/** An empty folder, removed at the test's end. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'dormouse-keeper-'));
  cleanups.push(() => rmSync(directory, { recursive: true }));
  return directory;
}
