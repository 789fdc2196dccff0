/**
 * The keeper's end of one sandbox: its ports, its books of credit, and the checks that what it says concerns its own files only.
 * Whatever arrives here was written by hostile code until it has passed these checks. Nothing that arrives makes it throw.
 */
import { DormouseError, InvalidInputError, messageOf } from '../base/errors';
import { checkFileOperation, costOf, type FileOperation } from '../base/file-operation';
import type { DiskImage, DiskReply, ImageLost } from '../protocol/disk';
import { encodeError } from '../protocol/error-codec';
import type { ResumeImage } from '../protocol/image';
import type { Volume } from '../volume/volume';
import { isSha256 } from './checkpoint-note';
import { diskEntries } from './disk-entries';
import { nextTurn } from './turn';

const MEBIBYTE = 2 ** 20;
/** Room granted to a machine that can ask for more while Python runs, and to one that cannot, bytes. */
const CREDIT = 64 * MEBIBYTE;
const CREDIT_WITHOUT_WAKER = 256 * MEBIBYTE;
/** No machine holds more room than this: its cell for credit has 32 bits, and room held is room that others lack. */
const MAX_CREDIT = 256 * MEBIBYTE;
/** Held back so that things can be removed and renamed when all credit is spent, and for the keeper's own small files. */
const SLACK = 64 * 1024;
/** Not granted, so that a run that fills the store can still be kept with its memory, bytes; where there is little room, that part of it. */
const FOR_IMAGES = 4 * MEBIBYTE;
const SHARE_FOR_IMAGES = 1 / 4;
/** Where the store is full a machine that has as much is not given more: it asks with every operation, and the store is searched for room each time, bytes. */
const ENOUGH_WHEN_FULL = 4 * MEBIBYTE;
/** A machine cuts its writes at 1 MiB; more than this in one message was not sent by one. */
const MAX_WRITE = 16 * MEBIBYTE;
/** A machine sends at most 64 operations together. */
const MOST_OPERATIONS = 1024;
/** Numbers may be passed over (a file made in a folder that was already removed), but never so many at once. */
const MAX_INODE_GAP = 2 ** 20;
/** No image is larger than a machine's memory can be, bytes. */
const MAX_IMAGE = 2 ** 31 - 1;
/** The machine's cells have 32 bits. */
const MAX_SEQUENCE = 2 ** 31 - 1;
/** A busy worker's messages were seen to arrive within 13 ms: after `QUIET_TIME` ms without one, none is on its way. */
const QUIET_TIME = 20;
const DRAIN_STEP = 5;
/** A sandbox that never stops posting is not listened to for longer than this, ms. */
const LONGEST_DRAIN = 250;
/** The longest text of the sandbox's that is passed on in a message. */
const MAX_MESSAGE = 300;

export interface DiskPorts {
  disk: MessagePort;
  /** Null where Python cannot wait. */
  waker: MessagePort | null;
}

/** An image that has arrived. Its bytes are the sandbox's word. */
export interface ReceivedImage {
  number: number;
  whole: boolean;
  baseline: string | null;
  bytes: Uint8Array;
  /** The snapshot of the disk that it belongs to, taken because the disk went on since; null while it did not. */
  disk: number | null;
}

export interface DiskChannelOptions {
  /** The first inode number that the sandbox may give out. */
  firstInode: number;
  /** Whether a sync is answered when the browser has the data, without waiting for the disk. */
  relaxed(): boolean;
  /** What the machine is to go on from: asked for when the disk has been handed out. */
  resume: (() => ResumeImage) | null;
  /** As in DiskImage. */
  baseline?: string;
  /** An image is waiting and the disk is about to change: keeps the disk as it is under the number that is returned. */
  keepDisk(): number;
  /** Operations were applied. */
  onChanged(): void;
  /** The sandbox broke the protocol; the channel is closed. */
  onRejected(message: string): void;
  /** The store refused; the channel takes nothing more. */
  onFailed(error: Error): void;
}

export class DiskChannel {
  readonly #volume: Volume;
  readonly #disk: MessagePort;
  readonly #waker: MessagePort | null;
  readonly #options: DiskChannelOptions;
  /** The mount points and every node that was ever below them: a node cannot leave them, for `rename` names both its ends. */
  readonly #inodes = new Set<number>();
  /** `open` → `failed` (heard, but nothing is accepted) → `closed`. */
  #state: 'open' | 'failed' | 'closed' = 'open';
  /** Bytes granted and not yet spent. Below zero by at most `SLACK`. */
  #credit = 0;
  /** Whether there was less room than the machine asked for, the last time. */
  #full = false;
  /** The last operation that was applied. */
  #sequence = 0;
  #messages = 0;
  #syncing = false;
  readonly #waiting = new Set<{ arrived(): boolean; settle(): void }>();
  /** The number of the last image that has arrived, and the image until it is taken. */
  #images = 0;
  #image: ReceivedImage | null = null;

  /** Hands a new sandbox its disk and takes over its ports. Until this resolves nobody else may change the volume. */
  static async open(volume: Volume, ports: DiskPorts, options: DiskChannelOptions): Promise<DiskChannel> {
    await volume.replenish();
    // Room is made before: of what is handed out nothing can be moved. What is sealed then keeps what was held ready in it from others.
    volume.seal();
    if (!volume.readOnly) volume.reserve((ports.waker ? CREDIT : CREDIT_WITHOUT_WAKER) + FOR_IMAGES);
    return new DiskChannel(volume, ports, options, await volume.handOut());
  }

  private constructor(volume: Volume, ports: DiskPorts, options: DiskChannelOptions, segments: Map<number, Blob>) {
    this.#volume = volume;
    this.#disk = ports.disk;
    this.#waker = ports.waker;
    this.#options = options;
    const entries = diskEntries(volume);
    for (const { inode } of entries) this.#inodes.add(inode);
    const target = this.#waker ? CREDIT : CREDIT_WITHOUT_WAKER;
    const credit = this.#grant(target);
    // The machine's credit lies in memory that only its waker writes: with one, the first grant goes there, too.
    if (this.#waker) this.#reply({ type: 'credit', bytes: credit });
    const image: DiskImage = {
      type: 'disk',
      entries,
      segments,
      nextInode: options.firstInode,
      resume: options.resume?.() ?? null,
      ...(options.baseline !== undefined && { baseline: options.baseline }),
      credit: this.#waker ? 0 : credit,
    };
    this.#disk.postMessage(image);
    this.#disk.onmessage = ({ data }: MessageEvent<unknown>) => this.#receive(data);
    this.#disk.onmessageerror = () => this.#reject('a message that cannot be read here');
  }

  get closed(): boolean {
    return this.#state === 'closed';
  }

  /** The last operation that the volume has. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Brings the credit back to what a run begins with. */
  refill(): void {
    if (this.#state !== 'open') return;
    const bytes = this.#grant((this.#waker ? CREDIT : CREDIT_WITHOUT_WAKER) - this.#credit);
    // An answer of 0 is only for who asked.
    if (bytes > 0) this.#reply({ type: 'credit', bytes });
  }

  /** Waits until operation `sequence` is applied; false when that is not so after `timeout` ms or will never be. */
  reached(sequence: number, timeout: number): Promise<boolean> {
    return this.#until(() => this.#sequence >= sequence, timeout);
  }

  /** Waits until an image has arrived; false when that is not so after `timeout` ms or will never be. */
  async hasImage(number: number, timeout: number): Promise<boolean> {
    await this.#until(() => this.#images >= number, timeout);
    return this.#image?.number === number;
  }

  /** Bytes of the waiting image; 0 for none. */
  get imageSize(): number {
    return this.#image?.bytes.length ?? 0;
  }

  /** The baseline that the waiting image needs; null for none. */
  get wantedBaseline(): string | null {
    return this.#image?.baseline ?? null;
  }

  /** Hands over an image that has arrived; null when it is not there. */
  takeImage(number: number): ReceivedImage | null {
    const image = this.#image;
    if (image?.number !== number) return null;
    this.#image = null;
    return image;
  }

  /** The snapshot of the disk that the waiting image belongs to; null for none. */
  get heldDisk(): number | null {
    return this.#image?.disk ?? null;
  }

  /** Tells the machine that an image was not kept. */
  loseImage(number: number): void {
    if (this.#state === 'open') this.#disk.postMessage({ type: 'image-lost', number } satisfies ImageLost);
  }

  /** Bytes of room that the machine was promised and has not used. */
  get promised(): number {
    return this.#state === 'open' ? Math.max(0, this.#credit) + SLACK : 0;
  }

  #until(arrived: () => boolean, timeout: number): Promise<boolean> {
    if (arrived() || this.#state !== 'open') return Promise.resolve(arrived());
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timer);
        this.#waiting.delete(waiter);
        resolve(arrived());
      };
      const waiter = { arrived, settle };
      const timer = setTimeout(settle, timeout);
      this.#waiting.add(waiter);
    });
  }

  /** Lets what was already posted arrive, then closes. */
  async drain(): Promise<void> {
    const end = performance.now() + LONGEST_DRAIN;
    let quietSince = performance.now();
    while (this.#state === 'open' && performance.now() < end && performance.now() - quietSince < QUIET_TIME) {
      const before = this.#messages;
      await new Promise((resolve) => setTimeout(resolve, DRAIN_STEP));
      await nextTurn();
      if (this.#messages !== before) quietSince = performance.now();
    }
    this.close();
  }

  /** Tells the machine that nothing more is kept; what it says from now on is passed over. */
  fail(error: Error): void {
    if (this.#state !== 'open') return;
    this.#state = 'failed';
    this.#reply({ type: 'failed', error: { ...encodeError(error), stack: null } });
    this.#settleWaiting();
  }

  /** Hears the sandbox no more. Closing twice is fine. */
  close(): void {
    this.#state = 'closed';
    this.#image = null;
    for (const port of [this.#disk, this.#waker]) {
      if (!port) continue;
      port.onmessage = null;
      port.onmessageerror = null;
      port.close();
    }
    this.#settleWaiting();
  }

  #receive(message: unknown): void {
    if (this.#state !== 'open') return;
    this.#messages += 1;
    try {
      this.#handle(message);
    } catch (error) {
      if (error instanceof BreachError) this.#reject(error.message);
      else this.#storeFailed(error);
    }
  }

  #handle(message: unknown): void {
    if (typeof message !== 'object' || message === null) throw new BreachError(`a ${typeof message} instead of a request`);
    const request = message as Record<string, unknown>;
    switch (request.type) {
      case 'operations':
        this.#applyAll(request);
        if (request.sync === true) this.#sync();
        return;
      case 'credit': {
        const bytes = checkCount(request.bytes, 'a request for credit');
        const granted = this.#full && bytes <= CREDIT && this.#credit >= ENOUGH_WHEN_FULL ? 0 : this.#grant(bytes);
        this.#reply({ type: 'credit', bytes: granted });
        return;
      }
      case 'image':
        this.#receiveImage(request);
        return;
      default:
        throw new BreachError('a request of unknown type');
    }
  }

  /** Holds an image until it is asked for; one that was not asked for until the next came is given up. */
  #receiveImage({ number, sequence, whole, baseline, bytes }: Record<string, unknown>): void {
    if (number !== this.#images + 1) throw new BreachError(`an image out of order after image ${this.#images}`);
    if (sequence !== this.#sequence) throw new BreachError(`an image of another disk than the one after operation ${this.#sequence}`);
    if (typeof whole !== 'boolean' || !(baseline === null || isSha256(baseline)))
      throw new BreachError('an image that does not say what it is');
    if (!(bytes instanceof ArrayBuffer) || bytes.byteLength === 0 || bytes.byteLength > MAX_IMAGE) {
      throw new BreachError('an image without bytes, or with too many');
    }
    this.#images = number;
    this.#image = { number, whole, baseline, bytes: new Uint8Array(bytes), disk: null };
    this.#settleWaiting();
  }

  #applyAll({ sequence: given, operations }: Record<string, unknown>): void {
    const first = checkCount(given, 'operations');
    if (!Array.isArray(operations) || operations.length > MOST_OPERATIONS) throw new BreachError('operations that are no short list');
    if (first !== this.#sequence + 1 || first + operations.length > MAX_SEQUENCE) {
      throw new BreachError(`operation ${first} after operation ${this.#sequence}`);
    }
    const apply = () => {
      for (const operation of operations) this.#apply(operation);
    };
    // What was applied before one that is refused stays: it was allowed.
    if (operations.length > 1) this.#volume.together(apply);
    else apply();
    if (operations.length > 0) this.#options.onChanged();
    this.#settleWaiting();
  }

  #apply(value: unknown): void {
    const operation = this.#check(value);
    const left = this.#credit - costOf(operation);
    const grows = operation.type === 'write' || operation.type === 'make' || operation.type === 'symlink';
    if (left < (grows ? 0 : -SLACK)) throw new BreachError('more data than it has credit for');
    if (this.#image && this.#image.disk === null) this.#image.disk = this.#options.keepDisk();
    try {
      this.#volume.apply(operation);
    } catch (error) {
      // The operation does not fit the tree: an honest machine has the same tree.
      if (error instanceof InvalidInputError) throw new BreachError(error.message, { cause: error });
      throw error;
    }
    this.#credit = left;
    this.#sequence += 1;
    if (operation.type === 'make' || operation.type === 'symlink') this.#inodes.add(operation.inode);
  }

  /** @throws BreachError unless it is an operation on this sandbox's own files */
  #check(value: unknown): FileOperation {
    let operation: FileOperation;
    try {
      operation = checkFileOperation(value);
    } catch (cause) {
      // Any error: a value made to be awkward (`{ type: { toString: 1 } }`) breaks even the making of a message about it.
      throw new BreachError(cause instanceof InvalidInputError ? cause.message : 'a malformed file operation', { cause });
    }
    const own = (inode: number) => {
      if (!this.#inodes.has(inode)) throw new BreachError(`node ${inode}, which is not its own`);
    };
    switch (operation.type) {
      case 'make':
      case 'symlink': {
        own(operation.parent);
        const first = Math.max(this.#volume.nextInode, this.#options.firstInode);
        if (operation.inode < first || operation.inode > first + MAX_INODE_GAP) {
          throw new BreachError(`the number ${operation.inode} for a new node, where ${first} is next`);
        }
        return operation;
      }
      case 'write':
        own(operation.inode);
        // A small view carries its whole buffer across the port.
        if (operation.data.buffer.byteLength > MAX_WRITE) throw new BreachError(`a write of more than ${MAX_WRITE} bytes`);
        return operation;
      case 'truncate':
      case 'setattr':
        own(operation.inode);
        return operation;
      case 'rename':
        own(operation.parent);
        own(operation.newParent);
        return operation;
      case 'unlink':
      case 'rmdir':
        own(operation.parent);
        return operation;
      default:
        return operation satisfies never;
    }
  }

  /** A machine with a waker waits for the answer; one without may ask a hundred times: one flush does for all that have arrived by the next turn. */
  #sync(): void {
    if (this.#waker) {
      this.#flush();
      return;
    }
    if (this.#syncing) return;
    this.#syncing = true;
    nextTurn().then(() => {
      this.#syncing = false;
      if (this.#state === 'open') this.#flush();
    });
  }

  #flush(): void {
    const answer = () => this.#reply({ type: 'durable', sequence: this.#sequence });
    try {
      if (this.#options.relaxed()) answer();
      else this.#volume.flush(answer);
    } catch (error) {
      this.#storeFailed(error);
    }
  }

  /** Reserves up to `wanted` bytes more for the machine and enters them in the books; returns how many there were. */
  #grant(wanted: number): number {
    const held = Math.max(0, this.#credit) + SLACK;
    const bytes = Math.min(wanted, MAX_CREDIT - this.#credit);
    if (bytes <= 0 || this.#volume.readOnly) return 0;
    const whole = this.#volume.reserve(held + bytes + FOR_IMAGES);
    const room = whole - Math.min(FOR_IMAGES, SHARE_FOR_IMAGES * whole) - held;
    // The room for the next grant is opened while this one is used.
    this.#volume.replenish().catch((error) => this.#storeFailed(error));
    const granted = Math.max(0, Math.min(bytes, Math.floor(room)));
    this.#credit += granted;
    this.#full = granted < bytes;
    return granted;
  }

  #reply(reply: DiskReply): void {
    (this.#waker ?? this.#disk).postMessage(reply);
  }

  #reject(reason: string): void {
    if (this.#state === 'closed') return;
    const message = `The sandbox sent ${reason}`.slice(0, MAX_MESSAGE);
    // So that Python does not wait for an answer until the page has removed it.
    this.fail(new DormouseError('invalid', message));
    this.close();
    this.#options.onRejected(message);
  }

  #storeFailed(thrown: unknown): void {
    const error = thrown instanceof Error ? thrown : new DormouseError('storage', messageOf(thrown));
    this.fail(error);
    this.#options.onFailed(error);
  }

  #settleWaiting(): void {
    for (const waiter of this.#waiting) {
      if (this.#state !== 'open' || waiter.arrived()) waiter.settle();
    }
  }
}

/** The sandbox broke the protocol; the message says what it sent. */
class BreachError extends Error {}

function checkCount(value: unknown, what: string): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new BreachError(`${what} with a bad number`);
  return value as number;
}
