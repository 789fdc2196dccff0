/** What tasks and timers that a run left behind change of variables: kept when they have been quiet, or every now and then while they go on. */

/** From a change to its keeping, ms. */
const QUIET = 2000;
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
