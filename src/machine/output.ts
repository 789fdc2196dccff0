/** What Python writes to stdout and stderr and what it displays, sent to the page as it comes and never faster than the page can show it. */
import type { MachineEvent } from '../protocol/machine';
import type { Wake } from './wake';

export type OutputStream = 'stdout' | 'stderr';

/** One message carries at most this many bytes, so that no single one freezes the page. */
const LARGEST_PIECE = 1 << 16;
/** Isolated: how many messages the page may be behind before Python waits for it, and how long at a time (ms). */
const MOST_UNSHOWN = 500;
const SHOWN_TIMEOUT = 1000;
/**
 * Not isolated, Python cannot wait. Then a run may send this many messages at once and so many more each second; above that
 * text is gathered and goes out in larger pieces, at the latest with the next write after `GATHER_TIME` ms or at the run's end.
 */
const BURST = 2000;
const MESSAGES_PER_SECOND = 200;
const GATHER_TIME = 50;
/** Not isolated: what one run may send in all, characters; then only its last `TAIL` characters, at its end. */
const MOST_TEXT = 4 << 20;
const TAIL = 1 << 16;
/** Not isolated: what one run may display in all, characters. */
const MOST_DISPLAYED = 64 << 20;

export class Output {
  readonly #send: (event: MachineEvent) => void;
  readonly #wake: Wake | null;
  readonly #decoders = { stdout: new TextDecoder(), stderr: new TextDecoder() };
  /** Messages sent since the sandbox began: what the page counts too. */
  #sent = 0;
  #tokens = BURST;
  #lastPost = 0;
  #lastRefill = 0;
  #gathered: { stream: OutputStream; text: string }[] = [];
  #gatheredLength = 0;
  #text = 0;
  #dropped = 0;
  #displayed = 0;
  #undisplayed = 0;

  constructor(send: (event: MachineEvent) => void, wake: Wake | null) {
    this.#send = send;
    this.#wake = wake;
  }

  /** Takes bytes of UTF-8; a character may be split between two calls. Returns how many were taken: all. */
  write(stream: OutputStream, bytes: Uint8Array): number {
    for (let from = 0; from < bytes.length; from += LARGEST_PIECE) {
      // The heap may be shared with nobody, but it moves when it grows: decode at once.
      const text = this.#decoders[stream].decode(bytes.subarray(from, from + LARGEST_PIECE), { stream: true });
      if (text !== '') this.#piece(stream, text);
    }
    return bytes.length;
  }

  /** Sends a display, after what was written before it. Not isolated, those beyond what a run may send are left out and counted. */
  display(json: unknown): void {
    if (typeof json !== 'string') throw new TypeError('A display has to be JSON.');
    this.#release();
    if (!this.#wake) {
      this.#refill();
      this.#displayed += json.length;
      if (this.#tokens < 1 || this.#displayed > MOST_DISPLAYED) {
        this.#undisplayed += 1;
        return;
      }
    }
    this.#post({ type: 'display', json });
    if (this.#wake) this.#waitForPage(this.#wake);
  }

  /** A run begins: it has its own allowance. */
  begin(): void {
    this.#text = 0;
    this.#dropped = 0;
    this.#displayed = 0;
    this.#undisplayed = 0;
    this.#tokens = BURST;
  }

  /** A run has ended: sends what is still held. */
  end(): void {
    if (this.#dropped > 0) {
      const note = `\n… ${this.#dropped.toLocaleString('en')} characters not shown (this page is not isolated and cannot slow Python down) …\n`;
      this.#post({ type: 'output', stream: 'stderr', text: note });
    }
    if (this.#undisplayed > 0) {
      const note = `… ${this.#undisplayed.toLocaleString('en')} displays not shown (this page is not isolated and cannot slow Python down) …\n`;
      this.#post({ type: 'output', stream: 'stderr', text: note });
    }
    this.#release();
  }

  #piece(stream: OutputStream, text: string): void {
    const wake = this.#wake;
    if (wake) {
      this.#post({ type: 'output', stream, text });
      this.#waitForPage(wake);
      return;
    }
    const now = this.#refill();
    this.#text += text.length;
    this.#gather(stream, text);
    const over = this.#text > MOST_TEXT;
    if (over) this.#dropTail();
    else if (this.#tokens >= 1 || now - this.#lastPost > GATHER_TIME || this.#gatheredLength > LARGEST_PIECE) this.#release();
  }

  #waitForPage(wake: Wake): void {
    const behind = () => this.#sent - wake.load('shown');
    if (behind() > MOST_UNSHOWN) wake.waitFor(() => behind() < MOST_UNSHOWN / 2 || wake.interrupted || wake.dead, SHOWN_TIMEOUT);
  }

  #refill(): number {
    const now = performance.now();
    this.#tokens = Math.min(BURST, this.#tokens + ((now - this.#lastRefill) / 1000) * MESSAGES_PER_SECOND);
    this.#lastRefill = now;
    return now;
  }

  #gather(stream: OutputStream, text: string): void {
    const last = this.#gathered.at(-1);
    if (last?.stream === stream && last.text.length < LARGEST_PIECE) last.text += text;
    else this.#gathered.push({ stream, text });
    this.#gatheredLength += text.length;
  }

  #dropTail(): void {
    while (this.#gathered.length > 1 && this.#gatheredLength - (this.#gathered[0]?.text.length ?? 0) > TAIL) {
      const length = this.#gathered.shift()?.text.length ?? 0;
      this.#gatheredLength -= length;
      this.#dropped += length;
    }
  }

  #release(): void {
    for (const { stream, text } of this.#gathered) this.#post({ type: 'output', stream, text });
    this.#gathered = [];
    this.#gatheredLength = 0;
  }

  #post(event: MachineEvent): void {
    this.#sent += 1;
    this.#tokens -= 1;
    this.#lastPost = performance.now();
    this.#send(event);
  }
}
