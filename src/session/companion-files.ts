/** Small files beside the person's own that say what a session is: read when it opens, and again whenever files change. */
import type { Session } from './session';

/** Between two readings while files change all the time, ms. */
const PAUSE = 250;

export class CompanionFiles {
  readonly #session: Session;
  readonly #read: () => Promise<void>;
  /** The last reading and the pause after it; null when the next may begin at once. */
  #resting: Promise<void> | null = null;
  /** The reading after those. */
  #next: Promise<void> | null = null;

  /** @param read reads what is wanted, by `text`; called one after the other */
  constructor(session: Session, read: () => Promise<void>) {
    this.#session = session;
    this.#read = read;
    let { phase } = session.state;
    session.files.addEventListener('change', () => void this.refresh());
    session.addEventListener('change', () => {
      if (phase === session.state.phase) return;
      phase = session.state.phase;
      void this.refresh();
    });
    void this.refresh();
  }

  /** Resolves when what is there now has been read: by a reading that began after this was called. */
  refresh(): Promise<void> {
    if (this.#resting) {
      this.#next ??= this.#resting.then(() => {
        this.#next = null;
        return this.refresh();
      });
      return this.#next;
    }
    const { phase } = this.#session.state;
    if (phase === 'opening' || phase === 'waiting' || phase === 'yielded' || phase === 'closed') return Promise.resolve();
    const reading = this.#read();
    this.#resting = reading
      .then(() => new Promise<void>((resolve) => setTimeout(resolve, PAUSE)))
      .finally(() => {
        this.#resting = null;
      });
    return reading;
  }

  /** A file's bytes; null when there is none, it is longer than that, or cannot be read now. */
  async bytes(path: string, most: number): Promise<Uint8Array<ArrayBuffer> | null> {
    try {
      const { bytes, size } = await this.#session.files.readPart(path, 0, most);
      return bytes.length === size ? bytes : null;
    } catch {
      // Mostly there is none; whatever else it is, the session says by itself.
      return null;
    }
  }

  async text(path: string, most: number): Promise<string | null> {
    const bytes = await this.bytes(path, most);
    return bytes && new TextDecoder().decode(bytes);
  }
}
