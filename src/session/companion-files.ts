/** Small files beside the person's own that say what a session is: read when it opens, and again whenever files change. */
import type { Session } from './session';

/** Between two readings while files change all the time, ms. */
const PAUSE = 250;

export class CompanionFiles {
  readonly #session: Session;
  readonly #read: () => Promise<void>;
  #reading: Promise<void> | null = null;
  #again = false;

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

  /** Resolves when what is there now has been read. */
  async refresh(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    const { phase } = this.#session.state;
    if (phase === 'opening' || phase === 'waiting' || phase === 'yielded' || phase === 'closed') return;
    this.#reading = this.#read();
    await this.#reading;
    setTimeout(() => {
      this.#reading = null;
      if (!this.#again) return;
      this.#again = false;
      void this.refresh();
    }, PAUSE);
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
