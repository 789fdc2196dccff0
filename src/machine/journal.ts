/**
 * The journal: every change of the disk, sent to the keeper as it happens. A message posted by a worker that is busy in Python
 * is delivered all the same. Only what is worth nothing without what follows it waits for that (decisions.md, "No batches but a
 * transaction").
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
/** So many operations, or bytes of data, wait at most. */
const MOST_WAITING = 64;
const MOST_WAITING_BYTES = 256 * 1024;

export class Journal {
  readonly #port: MessagePort;
  readonly #wake: Wake | null;
  #sequence = 0;
  /** Carried out and not sent yet: the last ones up to `#sequence`. */
  #waiting: FileOperation[] = [];
  #waitingBytes = 0;
  /** Without a waker: what is left, lowered here and raised by messages that arrive between runs. */
  #credit: number;
  #failed = false;
  /** Ends the wait for an answer to `makeRoom`. */
  #answered: () => void = () => undefined;
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

  /** The last operation; 0 before the first. */
  get sequence(): number {
    return this.#sequence;
  }

  /** Takes a reply that came on the disk port (when there is no waker). */
  receive(reply: DiskReply): void {
    if (reply.type === 'credit') this.#credit += reply.bytes;
    else if (reply.type === 'failed') this.#failed = true;
    this.#answered();
  }

  /** Between runs, where Python cannot wait: asks for room for `bytes` and resolves with the answer, which may be that there is none. */
  async makeRoom(bytes: number): Promise<void> {
    if (this.#wake || this.#failed || this.#credit >= bytes + SLACK) return;
    const answer = new Promise<void>((resolve) => {
      this.#answered = resolve;
    });
    const message: DiskRequest = { type: 'credit', bytes: Math.max(CREDIT_REQUEST, bytes) };
    this.#port.postMessage(message);
    await answer;
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

  /**
   * Takes an operation that was paid for and carried out, and sends it. A write's data is transferred: its buffer is gone afterwards.
   * @param mayWait it is sent with the operation that follows, at the latest by `send`: for what is worth nothing before that
   */
  append(operation: FileOperation, mayWait = false): void {
    this.#sequence += 1;
    this.#waiting.push(operation);
    if (operation.type === 'write') this.#waitingBytes += operation.data.length;
    if (!mayWait || this.#waiting.length >= MOST_WAITING || this.#waitingBytes >= MOST_WAITING_BYTES) this.send();
  }

  /** Sends what waits, if anything does: to be called when Python is done for now. */
  send(): void {
    if (this.#waiting.length > 0) this.#post(false);
  }

  /**
   * Asks for everything so far to be put on stable storage and, where Python can wait, returns when it is.
   * @throws JournalError `failed` when it could not be
   */
  sync(): void {
    const sequence = this.#sequence;
    this.#post(true);
    if (this.#failed) throw new JournalError('failed', 'The session is not being kept any more.');
    const wake = this.#wake;
    if (!wake) return;
    wake.waitFor(() => wake.load('durable') >= sequence || wake.dead, SYNC_TIMEOUT);
    if (wake.load('durable') < sequence) throw new JournalError('failed', 'The keeper did not confirm that the data is stored.');
  }

  #post(sync: boolean): void {
    const operations = this.#waiting;
    this.#waiting = [];
    this.#waitingBytes = 0;
    const message: DiskRequest = { type: 'operations', sequence: this.#sequence - operations.length + 1, operations, sync };
    this.#port.postMessage(
      message,
      operations.flatMap((operation) => (operation.type === 'write' ? [operation.data.buffer] : [])),
    );
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
