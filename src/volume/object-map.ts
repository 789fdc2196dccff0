/**
 * Where every object (a tree node or a piece of a file's content) lies, and how many refer to it. Trees name objects by number, so
 * that moving one changes one entry here, however many snapshots share it.
 *
 * Invariants: an object has a count of 0 only while it is free, or while it is a node whose own references are still to be given
 * back (`Trees.pending`); `usage` of a segment is the sum over the objects in it.
 */
import { StorageError } from '../base/errors';
import { ByteReader, ByteWriter } from './bytes';
import type { Location } from './segment-files';

/** Entries of a page as it is stored: a page is written whole when one of them changed. */
export const PAGE_ENTRIES = 64;
const FIELDS = 5;
const NODE = 2 ** 31;
const FIRST_CAPACITY = 1024;

/** What of a segment is in use. */
export interface SegmentUsage {
  objects: number;
  bytes: number;
}

export class ObjectMap {
  /**
   * Segment (0: nowhere yet), offset, length, checksum, references (with NODE for a tree node) of each object, one after the other.
   * Number 0 is never used.
   */
  #entries = new Uint32Array(FIELDS * FIRST_CAPACITY);
  /** Above every number in use. */
  #end = 1;
  readonly #free: number[] = [];
  readonly #usage = new Map<number, SegmentUsage>();
  readonly #dirty = new Set<number>();

  /** A new object with one reference, nowhere yet. */
  allocate(kind: 'node' | 'piece'): number {
    const id = this.#free.pop() ?? this.#end++;
    if (id * FIELDS >= this.#entries.length) {
      const grown = new Uint32Array(2 * this.#entries.length);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    this.#entries[id * FIELDS + 4] = kind === 'node' ? NODE + 1 : 1;
    this.#touch(id);
    return id;
  }

  /** Says where an object lies now. */
  place(id: number, { segment, offset, length, checksum }: Location): void {
    this.#count(id, -1);
    this.#entries.set([segment, offset, length, checksum], id * FIELDS);
    this.#count(id, 1);
    this.#touch(id);
  }

  /** Where an object lies; null for a node that was never written. */
  locate(id: number): Location | null {
    const at = id * FIELDS;
    const segment = this.#entries[at];
    if (!segment) return null;
    const field = (index: number) => this.#entries[at + index] as number;
    return { segment, offset: field(1), length: field(2), checksum: field(3) };
  }

  references(id: number): number {
    return (this.#entries[id * FIELDS + 4] ?? 0) % NODE;
  }

  isNode(id: number): boolean {
    return (this.#entries[id * FIELDS + 4] ?? 0) >= NODE;
  }

  retain(id: number): void {
    this.#entries[id * FIELDS + 4] = (this.#entries[id * FIELDS + 4] as number) + 1;
    this.#touch(id);
  }

  /** Gives one reference back; says whether it was the last. */
  release(id: number): boolean {
    const references = this.references(id);
    if (references === 0) throw new StorageError(`Object ${id} was given back too often.`);
    this.#entries[id * FIELDS + 4] = (this.#entries[id * FIELDS + 4] as number) - 1;
    this.#touch(id);
    return references === 1;
  }

  /** Makes the number of an object without references free for another. */
  free(id: number): void {
    this.#count(id, -1);
    this.#entries.fill(0, id * FIELDS, (id + 1) * FIELDS);
    this.#free.push(id);
    this.#touch(id);
  }

  /** What of each segment is in use by objects; a segment that is not named holds none. */
  usage(): Map<number, Readonly<SegmentUsage>> {
    return new Map([...this.#usage].filter(([, { objects }]) => objects > 0));
  }

  /** The numbers of all objects in a segment: looks at every entry. */
  objectsIn(segment: number): number[] {
    const found: number[] = [];
    for (let id = 1; id < this.#end; id++) if (this.#entries[id * FIELDS] === segment) found.push(id);
    return found;
  }

  /** The numbers of all objects that have references or a place. */
  *objects(): Generator<number> {
    for (let id = 1; id < this.#end; id++) if (this.references(id) > 0 || this.#entries[id * FIELDS] !== 0) yield id;
  }

  /** How many objects there are. */
  get count(): number {
    return this.#end - 1 - this.#free.length;
  }

  /** How many pages there are. */
  get pages(): number {
    return Math.ceil(this.#end / PAGE_ENTRIES);
  }

  /** How many pages changed since they were last taken by `clean`. */
  get dirty(): number {
    return this.#dirty.size;
  }

  /** The pages that changed since they were last taken by `clean`. */
  get dirtyPages(): number[] {
    return [...this.#dirty];
  }

  clean(page: number): void {
    this.#dirty.delete(page);
  }

  soil(page: number): void {
    this.#dirty.add(page);
  }

  encodePage(page: number): Uint8Array<ArrayBuffer> {
    const writer = new ByteWriter(PAGE_ENTRIES * FIELDS * 4);
    const from = page * PAGE_ENTRIES * FIELDS;
    for (let index = from; index < from + PAGE_ENTRIES * FIELDS; index++) writer.uint32(this.#entries[index] ?? 0);
    return writer.bytes;
  }

  /** Takes a page over as it was stored. After the last one call `restored`. */
  decodePage(page: number, bytes: Uint8Array): void {
    const reader = new ByteReader(bytes);
    const from = page * PAGE_ENTRIES * FIELDS;
    while (this.#entries.length < from + PAGE_ENTRIES * FIELDS) {
      const grown = new Uint32Array(2 * this.#entries.length);
      grown.set(this.#entries);
      this.#entries = grown;
    }
    for (let index = from; index < from + PAGE_ENTRIES * FIELDS; index++) this.#entries[index] = reader.uint32();
    this.#end = Math.max(this.#end, (page + 1) * PAGE_ENTRIES);
  }

  /** All pages are there. @param pending objects without references that are not free */
  restored(pending: ReadonlySet<number>): void {
    for (let id = this.#end - 1; id > 0; id--) {
      this.#count(id, 1);
      if (this.references(id) === 0 && !pending.has(id)) this.#free.push(id);
    }
  }

  #count(id: number, sign: 1 | -1): void {
    const at = id * FIELDS;
    const segment = this.#entries[at];
    if (!segment) return;
    const usage = this.#usage.get(segment) ?? { objects: 0, bytes: 0 };
    usage.objects += sign;
    usage.bytes += sign * (this.#entries[at + 2] as number);
    this.#usage.set(segment, usage);
  }

  #touch(id: number): void {
    this.#dirty.add(Math.floor(id / PAGE_ENTRIES));
  }
}
