/** The page's end of the keeper: starts its worker, makes calls, notices when it is gone. */
import { ClosedError } from '../base/errors';
import { type KeeperCalls, type KeeperEvent, type KeeperStart, sessionLock } from '../protocol/keeper';
import { Calls } from './calls';

export interface KeeperListener {
  onWaiting(): void;
  /** Files are not as they were. */
  onFiles(): void;
  /** The store failed: nothing more is kept. */
  onFailed(event: Extract<KeeperEvent, { type: 'failed' }>): void;
  /** The sandbox broke the protocol. */
  onRejected(message: string): void;
  /** The worker is gone; all calls have been rejected with this. */
  onGone(error: Error): void;
}

/** How long a keeper may take to come to its end in order, ms. */
const LONGEST_END = 5000;

export class KeeperClient {
  readonly #worker: Worker;
  readonly #port: MessagePort;
  readonly #calls = new Calls();
  readonly #progress = new Map<number, (done: number, total: number) => void>();
  readonly #closed = new AbortController();
  readonly #gone: (message: string) => void;

  /** @param worker a keeper that was just started (src/keeper/worker.ts) */
  constructor(worker: Worker, listener: KeeperListener) {
    this.#worker = worker;
    const { port1, port2 } = new MessageChannel();
    this.#port = port1;
    this.#gone = (message) => {
      if (this.#closed.signal.aborted) return;
      const error = new ClosedError(message);
      this.close(error);
      listener.onGone(error);
    };
    worker.onerror = (event) => {
      event.preventDefault();
      this.#gone(`The part of Dormouse that stores your session stopped${event.message ? ` (${event.message})` : ''}.`);
    };
    port1.onmessage = ({ data }: MessageEvent<KeeperEvent>) => {
      switch (data.type) {
        case 'answer':
        case 'refusal':
          this.#calls.settle(data);
          return;
        case 'progress':
          this.#progress.get(data.call)?.(data.done, data.total);
          return;
        case 'waiting':
          listener.onWaiting();
          return;
        case 'files':
          listener.onFiles();
          return;
        case 'failed':
          listener.onFailed(data);
          return;
        case 'rejected':
          listener.onRejected(data.message);
          return;
        default:
          data satisfies never;
      }
    };
    const start: KeeperStart = { type: 'connect', control: port2 };
    worker.postMessage(start, [port2]);
  }

  /** Makes one call; `transfer` moves ports and buffers in the argument. */
  call<Name extends keyof KeeperCalls>(
    type: Name,
    argument: KeeperCalls[Name]['argument'],
    transfer: Transferable[] = [],
  ): Promise<KeeperCalls[Name]['result']> {
    return this.#calls.start((call) => this.#port.postMessage({ type, call, argument }, transfer));
  }

  /** Makes a call that tells how far it is, and that the signal ends. */
  async callWithProgress<Name extends keyof KeeperCalls>(
    type: Name,
    argument: KeeperCalls[Name]['argument'],
    { signal, onProgress }: { signal?: AbortSignal | undefined; onProgress?: ((done: number, total: number) => void) | undefined },
  ): Promise<KeeperCalls[Name]['result']> {
    signal?.throwIfAborted();
    let call = 0;
    const cancel = () => this.#port.postMessage({ type: 'cancel', call });
    signal?.addEventListener('abort', cancel);
    try {
      return await this.#calls.start((number) => {
        call = number;
        if (onProgress) this.#progress.set(number, onProgress);
        this.#port.postMessage({ type, call, argument });
      });
    } finally {
      signal?.removeEventListener('abort', cancel);
      this.#progress.delete(call);
    }
  }

  /**
   * Notices the end of a worker that dies without an error (its memory was taken, it was terminated): browsers tell nobody, but they
   * give its lock to the next who asks. To be called once the keeper has the session's lock.
   */
  async watch(session: string): Promise<void> {
    const { signal } = this.#closed;
    try {
      await navigator.locks.request(sessionLock(session), { signal }, () =>
        this.#gone('The part of Dormouse that stores your session stopped.'),
      );
    } catch (error) {
      // Closing ends the wait; nothing else does.
      if (!signal.aborted) throw error;
    }
  }

  /** Lets what was asked for come to its end and the store and its lock go, then ends the worker. Never rejects. */
  async end(reason: Error): Promise<void> {
    // Before the lock is free: its end is no death now.
    this.#closed.abort();
    // Refused when it is not open, unanswered when it is gone already: nothing is held then that its end does not free.
    await Promise.race([this.call('close', null).catch(() => null), new Promise((resolve) => setTimeout(resolve, LONGEST_END))]);
    this.close(reason);
  }

  /** Ends the worker; pending calls reject with `reason`. */
  close(reason: Error): void {
    this.#closed.abort();
    this.#calls.close(reason);
    this.#port.close();
    this.#worker.terminate();
  }
}
