/**
 * The journal: every change of the disk, sent to the keeper as it happens. A message posted by a worker that is busy in Python
 * is delivered all the same, so nothing is held back and there is no batch whose end could be lost (decisions.md, "No batches").
 */
import { costOf, type FileOperation } from '../base/file-operation';
import type { DiskReply, DiskRequest } from '../protocol/disk';
import type { Wake } from './wake';

/** Why the journal refused: `full` is ENOSPC, `failed` is EIO. */
export class JournalError extends Error {
  override readonly name = 'JournalError';
  readonly reason: 'full' | 'failed';

  constructor(reason: 'full' | 'failed', message: string) {
    super(message);
    this.reason = reason;
  }
}

/** Below this many bytes of credit more is asked for, so that Python seldom has to wait for it. */
const LOW_CREDIT = 16 * 2 ** 20;
const CREDIT_REQUEST = 64 * 2 ** 20;
/**
 * What is kept back for operations that do not grow the disk, bytes: with it a full disk can still be tidied up, and SQLite can
 * roll back the transaction that found it full.
 */
export const SLACK = 1 << 20;
/** How long Python waits for the keeper, ms: for room (it may have to ask the browser) and for a flush of a slow disk. */
const CREDIT_TIMEOUT = 10_000;
const SYNC_TIMEOUT = 60_000;

export class Journal {
  readonly #port: MessagePort;
  readonly #wake: Wake | null;
  #sequence = 0;
  /** Without a waker: what is left, lowered here and raised by messages that arrive between runs. */
  #credit: number;
  #failed = false;
  /** The count of answers at which the last request for credit is answered; requests never overlap. */
  #creditAsked = 0;

  /**
   * @param wake null when Python cannot wait here: then room that has run out is ENOSPC at once and `sync` does not wait
   * @param credit bytes granted with the disk image; with a waker that is none, for its memory holds the credit
   */
  constructor(port: MessagePort, wake: Wake | null, credit: number) {
    this.#port = port;
    this.#wake = wake;
    this.#credit = credit;
  }

  /** The last operation that was sent; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes a reply that came on the disk port (when there is no waker). */
  receive(reply: DiskReply): void {
    if (reply.type === 'credit') this.#credit += reply.bytes;
    else if (reply.type === 'failed') this.#failed = true;
  }

  /**
   * Pays for an operation before it is carried out in memory, so that memory never holds what the disk cannot.
   * @param grows whether the disk will hold more after it: such operations leave `SLACK` for others
   * @throws JournalError with nothing paid
   */
  pay(operation: FileOperation, grows: boolean): void {
    const cost = costOf(operation);
    const slack = grows ? SLACK : 0;
    if (this.#failed || this.#wake?.dead) throw new JournalError('failed', 'The session is not being kept any more.');
    if (!this.#wake) {
      if (this.#credit < cost + slack) throw new JournalError('full', 'No room left for this run.');
      this.#credit -= cost;
      return;
    }
    const wake = this.#wake;
    if (wake.load('credit') - cost < LOW_CREDIT) this.#askForCredit(cost);
    if (wake.spend(cost, slack)) return;
    this.#waitForCredit();
    if (wake.spend(cost, slack)) return;
    // The answer may have been to an earlier, smaller request.
    this.#askForCredit(cost);
    this.#waitForCredit();
    if (!wake.spend(cost, slack)) throw new JournalError(wake.dead ? 'failed' : 'full', 'No room left.');
  }

  /** Sends an operation that was paid for and carried out. A write's data is transferred: its buffer is gone afterwards. */
  append(operation: FileOperation): void {
    const message: DiskRequest = { type: 'operation', sequence: ++this.#sequence, operation };
    this.#port.postMessage(message, operation.type === 'write' ? [operation.data.buffer] : []);
  }

  /**
   * Asks for everything so far to be put on stable storage and, where Python can wait, returns when it is.
   * @throws JournalError `failed` when it could not be
   */
  sync(): void {
    const sequence = this.#sequence;
    const message: DiskRequest = { type: 'sync', sequence };
    this.#port.postMessage(message);
    if (this.#failed) throw new JournalError('failed', 'The session is not being kept any more.');
    const wake = this.#wake;
    if (!wake) return;
    wake.waitFor(() => wake.load('durable') >= sequence || wake.dead, SYNC_TIMEOUT);
    if (wake.load('durable') < sequence) throw new JournalError('failed', 'The keeper did not confirm that the data is stored.');
  }

  #askForCredit(atLeast: number): void {
    const wake = this.#wake as Wake;
    if (wake.load('creditAnswers') < this.#creditAsked) return;
    this.#creditAsked = wake.load('creditAnswers') + 1;
    const message: DiskRequest = { type: 'credit', bytes: Math.max(CREDIT_REQUEST, atLeast) };
    this.#port.postMessage(message);
  }

  #waitForCredit(): void {
    const wake = this.#wake as Wake;
    wake.waitFor(() => wake.load('creditAnswers') >= this.#creditAsked || wake.dead, CREDIT_TIMEOUT);
  }
}
