/**
 * Answers one sandbox's questions about baseline images. All sessions start from them, so what is taken into the store must not have been
 * touched by any session's code: an offer counts once, from a sandbox that asked for the baseline of its build, was told that there
 * is none, has asked for no other (that of an image, whose code may be anybody's), and has not yet begun with its session. One that is made for no
 * session, to import a package, begins with the baseline of its build and offers another.
 */
import { messageOf } from '../base/errors';
import type { BaselineReply, BaselineRequest } from '../protocol/image';
import type { BaselineStore } from '../protocol/sandbox';

/** A fresh interpreter takes some 30 MiB; bytes. */
const MAX_BASELINE = 256 * 2 ** 20;

export class BaselineDesk {
  readonly #store: BaselineStore;
  readonly #build: string;
  readonly #made: string;
  #offers: 'none yet' | 'wanted' | 'closed' = 'none yet';

  /**
   * @param build names what a baseline is made of: one of another is never handed out for it
   * @param made names what is taken: something else than `build` only where no session ever comes to the sandbox
   */
  constructor(store: BaselineStore, build: string, made = build) {
    this.#store = store;
    this.#build = build;
    this.#made = made;
  }

  /** Takes no offers from here on. */
  close(): void {
    this.#offers = 'closed';
  }

  /** Never rejects: without a baseline Python starts by initialising itself. One that could not be read is not one that is not there. */
  async answer(request: BaselineRequest): Promise<BaselineReply> {
    const { call } = request;
    const nothing: BaselineReply = { type: 'baseline', call, bytes: null, sha256: null, problem: null };
    try {
      const found = request.type === 'baseline' ? await this.#find(request.sha256) : await this.#take(request.bytes);
      return found ? { ...nothing, ...found } : nothing;
    } catch (error) {
      console.warn('The baseline image could not be read or kept.', error);
      return { ...nothing, problem: messageOf(error) };
    }
  }

  async #find(sha256: unknown) {
    if (sha256 !== null) {
      this.close();
      return typeof sha256 === 'string' && /^[0-9a-f]{64}$/.test(sha256) ? this.#store.find({ sha256 }) : null;
    }
    const found = await this.#store.find({ build: this.#build });
    const wanted = this.#made === this.#build ? !found : found;
    if (wanted && this.#offers === 'none yet') this.#offers = 'wanted';
    return found;
  }

  async #take(bytes: unknown) {
    const wanted = this.#offers === 'wanted';
    this.close();
    if (!wanted || !(bytes instanceof ArrayBuffer) || bytes.byteLength > MAX_BASELINE) return null;
    const { sha256 } = await this.#store.keep(this.#made, new Blob([bytes]));
    return { sha256 };
  }
}
