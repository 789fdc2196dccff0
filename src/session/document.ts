/** The document of the editor as this tab knows it, kept a moment after the last change. */
import type { KeeperCalls } from '../protocol/keeper';

/** From the last keystroke to the keeping, ms. */
const KEEP_AFTER = 400;

export interface DocumentHost {
  /** Whether this tab has the session, so that something can be kept. */
  owns(): boolean;
  keep(argument: KeeperCalls['saveCode']['argument']): Promise<unknown>;
  /** Keeping failed; what was to be kept stays unsaved. */
  onProblem(error: unknown): void;
}

/** What was typed and may not be stored yet. */
export interface Draft {
  code: string;
  /** The stored text that it was made from; null for none. */
  base: string | null;
}

export class SessionDocument {
  readonly #host: DocumentHost;
  #text: string | null = null;
  #unsaved: string | null = null;
  /** What is on its way to the keeper. */
  #keeping: string | null = null;
  #stored: string | null = null;
  /** What belongs to the notebook beside its text has changed since it was kept. */
  #notesUnsaved = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Gives what is to be kept of the notebook beside its text: asked when something is kept. */
  notes: (() => string) | null = null;

  constructor(host: DocumentHost) {
    this.#host = host;
  }

  /** What was typed and is not kept yet; null when all is. */
  get unsaved(): string | null {
    return this.#unsaved;
  }

  /** What would be lost with the page; null when all is stored. */
  get draft(): Draft | null {
    const code = this.#unsaved ?? this.#keeping;
    return code === null ? null : { code, base: this.#stored };
  }

  /**
   * The session was opened with this text: what is newer than it; null when nothing is.
   * @param left by an earlier page
   */
  newer(stored: string | null, left: Draft | null): string | null {
    // Where the session has another text by now, another tab has changed it since.
    if (this.#unsaved === null && left?.base === stored && left.code !== stored) this.#unsaved = left.code;
    return this.#unsaved;
  }

  edit(text: string): void {
    this.#unsaved = text;
    this.#text = text;
    this.touchNotes();
  }

  /** What belongs to the notebook beside its text has changed. */
  touchNotes(): void {
    this.#notesUnsaved = true;
    this.pause();
    this.#timer = setTimeout(() => this.keepNow(), KEEP_AFTER);
  }

  /** This text is shown, and that is stored. */
  adopt(text: string | null, stored: string | null): void {
    this.#text = text;
    this.#stored = stored;
  }

  /** A run has kept this text. */
  kept(text: string): void {
    this.#unsaved = null;
    this.#text = text;
    this.#stored = text;
  }

  /** Keeps nothing until the next change, or `keepNow`. */
  pause(): void {
    clearTimeout(this.#timer);
  }

  /** What is unsaved is no longer wanted. */
  forget(): void {
    this.pause();
    this.#unsaved = null;
    this.#notesUnsaved = false;
  }

  async keepNow(): Promise<void> {
    this.pause();
    const code = this.#unsaved ?? (this.#notesUnsaved ? this.#text : null);
    if (code === null || !this.#host.owns()) return;
    this.#unsaved = null;
    this.#keeping = code;
    try {
      await this.#host.keep({ code, ...this.takeNotes() });
      this.#stored = code;
    } catch (error) {
      this.#unsaved ??= code;
      this.#host.onProblem(error);
    } finally {
      // A later text may be on its way by now.
      if (this.#keeping === code) this.#keeping = null;
    }
  }

  /** The notebook's part of a call that keeps it. */
  takeNotes(): { notebook?: string } {
    this.#notesUnsaved = false;
    return this.notes ? { notebook: this.notes() } : {};
  }
}
