/** Calls over a port: each gets a number, and is settled by the answer or refusal that carries it. None stays pending for ever. */
import { decodeError, type EncodedError } from '../protocol/error-codec';

/** What settles a call. */
export type Settlement = { type: 'answer'; call: number; result: unknown } | { type: 'refusal'; call: number; error: EncodedError };

export class Calls {
  readonly #pending = new Map<number, { resolve(result: unknown): void; reject(error: Error): void }>();
  #count = 0;
  #closed: Error | null = null;

  /** Sends what `post` makes of the call's number. Rejects at once after `close`. */
  start<Result>(post: (call: number) => void): Promise<Result> {
    if (this.#closed) return Promise.reject(this.#closed);
    const call = ++this.#count;
    return new Promise<Result>((resolve, reject) => {
      this.#pending.set(call, { resolve: resolve as (result: unknown) => void, reject });
      try {
        post(call);
      } catch (error) {
        // The argument could not be cloned, or the port is gone.
        this.#pending.delete(call);
        reject(error);
      }
    });
  }

  /** Unknown numbers are passed over: the other end may be hostile. */
  settle(settlement: Settlement): void {
    const caller = this.#pending.get(settlement.call);
    this.#pending.delete(settlement.call);
    if (settlement.type === 'answer') caller?.resolve(settlement.result);
    else caller?.reject(decodeError(settlement.error));
  }

  /** Rejects every pending call, and every later one. The first reason stays. */
  close(reason: Error): void {
    this.#closed ??= reason;
    for (const { reject } of this.#pending.values()) reject(this.#closed);
    this.#pending.clear();
  }
}
