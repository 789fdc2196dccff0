/** What tasks and timers that a run left behind change of variables: kept when they have been quiet, or every now and then while they go on. */

/** From a change to its keeping, ms. */
const QUIET = 2000;
/** How long a session that is let go of waits for it, ms: others may wait for the session. */
const PATIENCE = 3000;
/** While changes go on and on each is kept after twice as long, up to this, ms. */
const LONGEST = 30_000;

export class BackgroundChanges {
  readonly #keep: () => Promise<void>;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #wait = QUIET;
  #keeping: Promise<void> = Promise.resolve();

  /** @param keep keeps what there is now; never rejects */
  constructor(keep: () => Promise<void>) {
    this.#keep = keep;
  }

  /** There is something to be kept. */
  note(): void {
    this.#timer ??= setTimeout(() => {
      this.#wait = Math.min(2 * this.#wait, LONGEST);
      void this.keepNow();
    }, this.#wait);
  }

  /** Keeps it without waiting any longer. */
  keepNow(): Promise<void> {
    this.#forget();
    this.#keeping = this.#keeping.then(this.#keep);
    return this.#keeping;
  }

  /** Keeps what there is, or gives up on it after a while: the session is about to be let go of. */
  async keepInTime(patience = PATIENCE): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, patience);
    });
    await Promise.race([this.keepNow(), late]);
    clearTimeout(timer);
  }

  /** Something else will keep all of it, such as the end of a run. Resolves when nothing is being kept. */
  async giveWay(): Promise<void> {
    this.#wait = QUIET;
    this.#forget();
    await this.#keeping;
  }

  #forget(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
