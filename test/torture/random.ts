/** Choices that a seed repeats: mulberry32, small and good enough to choose moments. */
export class Random {
  #state: number;

  /** @param seed any whole number; the same one makes the same choices in the same order */
  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** The choices of one round: they depend on the seed and the round alone, not on what the rounds before needed. */
  static ofRound(seed: number, round: number): Random {
    return new Random(Math.imul(seed, 0x9e3779b1) ^ Math.imul(round, 0x85ebca6b));
  }

  /** From 0 up to, and never, 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number, both ends included. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  pick<Value>(values: readonly Value[]): Value {
    return values[this.between(0, values.length - 1)] as Value;
  }

  /** Bytes that do not compress. */
  bytes(length: number): Buffer {
    const bytes = Buffer.alloc(length);
    for (let index = 0; index < length; index++) bytes[index] = this.between(0, 255);
    return bytes;
  }
}
