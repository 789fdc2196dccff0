/** Little-endian values, written one after the other and read back: what records, tree nodes and the root record are made of. */
import { StorageError } from '../base/errors';

const HIGH = 2 ** 32;

/** Numbers up to 2^53 as 8 bytes; JavaScript has no cheaper exact form. */
export function setUint64(view: DataView, at: number, value: number): void {
  view.setUint32(at, value % HIGH, true);
  view.setUint32(at + 4, Math.floor(value / HIGH), true);
}

export function getUint64(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * HIGH + view.getUint32(at, true);
}

export function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** Grows as it is written to. */
export class ByteWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  constructor(capacity = 256) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  get length(): number {
    return this.#length;
  }

  /** What was written: a view, valid until more is written. */
  get bytes(): Uint8Array<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written from `length` on; the memory stays. */
  truncate(length: number): void {
    this.#length = length;
  }

  uint8(value: number): void {
    const at = this.#take(1);
    this.#view.setUint8(at, value);
  }

  uint16(value: number): void {
    // In this order: taking room may replace the view.
    const at = this.#take(2);
    this.#view.setUint16(at, value, true);
  }

  uint32(value: number): void {
    const at = this.#take(4);
    this.#view.setUint32(at, value, true);
  }

  uint64(value: number): void {
    const at = this.#take(8);
    setUint64(this.#view, at, value);
  }

  float64(value: number): void {
    const at = this.#take(8);
    this.#view.setFloat64(at, value, true);
  }

  /** Length (uint16), then UTF-16 code units: link targets may hold lone surrogates, which have no UTF-8 form. */
  text(value: string): void {
    const at = this.#take(2 + 2 * value.length);
    this.#view.setUint16(at, value.length, true);
    for (let index = 0; index < value.length; index++) this.#view.setUint16(at + 2 + 2 * index, value.charCodeAt(index), true);
  }

  raw(bytes: Uint8Array): void {
    const at = this.#take(bytes.length);
    this.#bytes.set(bytes, at);
  }

  zeros(count: number): void {
    const at = this.#take(count);
    this.#bytes.fill(0, at, at + count);
  }

  /** Zeros up to the next multiple of `unit`. */
  align(unit: number): void {
    const over = this.#length % unit;
    if (over > 0) this.zeros(unit - over);
  }

  #take(size: number): number {
    const at = this.#length;
    const end = at + size;
    if (end > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(end, 2 * this.#bytes.length));
      grown.set(this.bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    this.#length = end;
    return at;
  }
}

/** Reads what a ByteWriter wrote. Every method throws StorageError beyond the end: checksums held, so this version did not write it. */
export class ByteReader {
  readonly #view: DataView;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#view = viewOf(bytes);
  }

  get left(): number {
    return this.#view.byteLength - this.#at;
  }

  uint8(): number {
    return this.#view.getUint8(this.#take(1));
  }

  uint16(): number {
    return this.#view.getUint16(this.#take(2), true);
  }

  uint32(): number {
    return this.#view.getUint32(this.#take(4), true);
  }

  uint64(): number {
    return getUint64(this.#view, this.#take(8));
  }

  float64(): number {
    return this.#view.getFloat64(this.#take(8), true);
  }

  text(): string {
    const length = this.uint16();
    const at = this.#take(2 * length);
    let text = '';
    for (let index = 0; index < length; index++) text += String.fromCharCode(this.#view.getUint16(at + 2 * index, true));
    return text;
  }

  #take(size: number): number {
    if (size > this.left) throw new StorageError('Something stored ends before its content does.');
    this.#at += size;
    return this.#at - size;
  }
}
