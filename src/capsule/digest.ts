/** SHA-256 of what comes piece by piece, which the platform's own cannot do. */
import { sha256 as sha256Stream } from '@noble/hashes/sha2.js';
import { sha256 } from '../base/sha256';

/** What is gathered for the platform's own digest, bytes: that one is several times as fast, and takes everything at once. */
const GATHERED = 8 * 2 ** 20;

/** The digest of pieces, in lower-case hex. */
export class Digest {
  #gathered: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;
  #stream: ReturnType<typeof sha256Stream.create> | null = null;

  update(piece: Uint8Array): void {
    this.#length += piece.length;
    if (!this.#stream && this.#length > GATHERED) {
      this.#stream = sha256Stream.create();
      for (const bytes of this.#gathered) this.#stream.update(bytes);
      this.#gathered = [];
    }
    if (this.#stream) this.#stream.update(piece);
    else this.#gathered.push(piece.slice());
  }

  /** To be called once, at the end. */
  async finish(): Promise<string> {
    if (this.#stream) return hexOf(this.#stream.digest());
    const bytes = new Uint8Array(this.#length);
    let at = 0;
    for (const piece of this.#gathered) {
      bytes.set(piece, at);
      at += piece.length;
    }
    return sha256(bytes);
  }
}

const hexOf = (bytes: Uint8Array) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
