/** Everything that a volume is at one moment: the present files, those being put together, the snapshots, and where it all lies. */
import { InvalidInputError, StorageError } from '../base/errors';
import { INODE } from '../base/file-operation';
import { ByteReader, ByteWriter } from './bytes';
import { FileTree } from './file-tree';
import { ObjectMap, type SegmentUsage } from './object-map';
import type { VolumeOperation } from './operation-codec';
import type { Location } from './segment-files';
import { Trees } from './trees';

/** A state that was kept. */
export interface Snapshot {
  readonly id: number;
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly time: number;
  readonly root: number;
  /** The snapshot that it continues; 0 for none. */
  readonly parent: number;
}

type ReadLocation = (location: Location, what: string) => Uint8Array;

export class VolumeState {
  readonly objects: ObjectMap;
  readonly trees: Trees;
  current: FileTree;
  staged: FileTree | null = null;
  /** The snapshot that the present state continues, and the one that the staged state does; 0 for none. */
  parent = 0;
  #stagedParent = 0;
  readonly #snapshots = new Map<number, Snapshot>();
  #snapshotsSize = 0;
  /** Above every inode number that was ever used, in any state. */
  nextInode: number = INODE.firstFree;
  nextSnapshot = 1;
  /** What was found to be lost and cannot be had back: a sentence, and the snapshot that lacks it (0: the present state). */
  loss: { sentence: string; snapshot: number } | null = null;
  /** Where each page of the object map lies, by its index. */
  readonly pages: (Location | null)[] = [];

  private constructor(objects: ObjectMap, trees: Trees, current: FileTree) {
    this.objects = objects;
    this.trees = trees;
    this.current = current;
  }

  /** The state of a new volume. */
  static create(read: ReadLocation, time: number): VolumeState {
    const objects = new ObjectMap();
    const trees = new Trees(objects, read);
    return new VolumeState(objects, trees, FileTree.create(trees, objects, time));
  }

  /** Carries out an operation that was checked, or is read back. @param pieces where a write's data lies */
  carryOut(operation: VolumeOperation, pieces: readonly Location[]): void {
    switch (operation.type) {
      case 'file': {
        const tree = operation.staged ? this.staged : this.current;
        if (!tree) throw new StorageError('The log changes a staged state that was not begun.');
        tree.carryOut(operation.operation, pieces);
        const { type } = operation.operation;
        if (type === 'make' || type === 'symlink') this.nextInode = Math.max(this.nextInode, operation.operation.inode + 1);
        return;
      }
      case 'snapshot':
        this.trees.retain(this.current.root);
        this.#keep(operation);
        this.parent = operation.id;
        return;
      case 'drop':
        this.#drop(operation.id);
        return;
      case 'restore': {
        const { root } = this.snapshot(operation.id);
        this.trees.retain(root);
        this.trees.release(this.current.root);
        this.current = new FileTree(this.trees, this.objects, root);
        this.parent = operation.id;
        if (this.loss)
          this.loss = this.loss.snapshot === operation.id ? { ...this.loss, snapshot: 0 } : this.loss.snapshot === 0 ? null : this.loss;
        if (operation.drop) this.#drop(operation.id);
        return;
      }
      case 'stage':
        if (this.staged) this.trees.release(this.staged.root);
        this.staged = FileTree.create(this.trees, this.objects, operation.time);
        this.#stagedParent = 0;
        return;
      case 'branch': {
        const { root } = this.snapshot(operation.id);
        this.trees.retain(root);
        if (this.staged) this.trees.release(this.staged.root);
        this.staged = this.treeOf(root);
        this.#stagedParent = operation.id;
        return;
      }
      case 'label':
        this.#set({ ...this.snapshot(operation.id), name: operation.name });
        return;
      case 'adopt':
        if (!this.staged) throw new StorageError('The log adopts a staged state that was not begun.');
        this.#keep(operation);
        if (this.loss?.snapshot === 0) this.loss = { ...this.loss, snapshot: operation.id };
        this.current = this.staged;
        this.parent = this.#stagedParent;
        this.staged = null;
        if (operation.drop !== 0) this.#drop(operation.drop);
        return;
      default:
        operation satisfies never;
    }
  }

  /** The files of a root that somebody holds, for reading. */
  treeOf(root: number): FileTree {
    return new FileTree(this.trees, this.objects, root);
  }

  /** By number, in the order in which they were taken. */
  get snapshots(): ReadonlyMap<number, Snapshot> {
    return this.#snapshots;
  }

  /** Bytes that the snapshots take of a root record, at most. */
  get snapshotsSize(): number {
    return this.#snapshotsSize;
  }

  /** @throws InvalidInputError when there is no such snapshot */
  snapshot(id: number): Snapshot {
    const snapshot = this.#snapshots.get(id);
    if (!snapshot) throw new InvalidInputError(`There is no snapshot ${id}.`);
    return snapshot;
  }

  /** What is in use of each segment, by objects and by pages of their map; a segment that is not named holds nothing of use. */
  usage(): Map<number, Readonly<SegmentUsage>> {
    const usage = this.objects.usage();
    for (const page of this.pages) {
      if (!page) continue;
      const { objects, bytes } = usage.get(page.segment) ?? { objects: 0, bytes: 0 };
      usage.set(page.segment, { objects: objects + 1, bytes: bytes + page.length });
    }
    return usage;
  }

  /** The root record: everything but the nodes and the pages themselves. */
  encodeRoot(): Uint8Array {
    const writer = new ByteWriter(1024);
    writer.uint64(this.nextInode);
    writer.uint32(this.nextSnapshot);
    writer.uint32(this.current.root);
    writer.uint32(this.staged?.root ?? 0);
    writer.text(this.loss?.sentence ?? '');
    writer.uint32(this.loss?.snapshot ?? 0);
    writer.uint32(this.#snapshots.size);
    for (const { id, name, time, root } of this.#snapshots.values()) {
      writer.uint32(id);
      writer.uint32(root);
      writer.float64(time);
      writer.text(name);
    }
    writer.uint32(this.trees.pending.size);
    for (const id of this.trees.pending) writer.uint32(id);
    writer.uint32(this.pages.length);
    for (const page of this.pages) {
      for (const value of [page?.segment, page?.offset, page?.length, page?.checksum]) writer.uint32(value ?? 0);
    }
    writer.uint32(this.parent);
    writer.uint32(this.#stagedParent);
    for (const { parent } of this.#snapshots.values()) writer.uint32(parent);
    return writer.bytes;
  }

  /**
   * The state that a root record tells of. Nodes are read when they are needed.
   * @throws DormouseError `damaged` when a page of the object map is
   */
  static decodeRoot(bytes: Uint8Array, read: ReadLocation): VolumeState {
    const reader = new ByteReader(bytes);
    const [nextInode, nextSnapshot, current, staged] = [reader.uint64(), reader.uint32(), reader.uint32(), reader.uint32()];
    const [sentence, lossIn] = [reader.text(), reader.uint32()];
    const snapshots = list(reader, () => {
      const [id, root, time] = [reader.uint32(), reader.uint32(), reader.float64()];
      return { id, root, time, name: reader.text() };
    });
    const pending = new Set(list(reader, () => reader.uint32()));
    const pages = list(reader, () => {
      const [segment, offset, length, checksum] = [reader.uint32(), reader.uint32(), reader.uint32(), reader.uint32()];
      return { segment, offset, length, checksum };
    });
    // Version 2 ends here: nothing was known to continue anything.
    const next = () => (reader.left > 0 ? reader.uint32() : 0);
    const [parent, stagedParent] = [next(), next()];
    const objects = new ObjectMap();
    pages.forEach((page, index) => {
      if (page.segment !== 0) objects.decodePage(index, read(page, 'The list of what is where'));
    });
    objects.restored(pending);
    const trees = new Trees(objects, read, pending);
    const state = new VolumeState(objects, trees, new FileTree(trees, objects, current));
    state.nextInode = nextInode;
    state.nextSnapshot = nextSnapshot;
    state.loss = sentence === '' ? null : { sentence, snapshot: lossIn };
    if (staged !== 0) state.staged = new FileTree(trees, objects, staged);
    state.parent = parent;
    state.#stagedParent = stagedParent;
    for (const snapshot of snapshots) state.#set({ ...snapshot, parent: next() });
    state.pages.push(...pages.map((page) => (page.segment === 0 ? null : page)));
    return state;
  }

  /** Keeps the present root, whose reference becomes the snapshot's. */
  #keep({ id, name, time }: { id: number; name: string; time: number }): void {
    this.#set({ id, name, time, root: this.current.root, parent: this.parent });
    this.nextSnapshot = Math.max(this.nextSnapshot, id + 1);
  }

  #set(snapshot: Snapshot): void {
    const before = this.#snapshots.get(snapshot.id);
    this.#snapshotsSize += sizeOf(snapshot) - (before ? sizeOf(before) : 0);
    this.#snapshots.set(snapshot.id, snapshot);
  }

  #drop(id: number): void {
    const { root, parent } = this.snapshot(id);
    this.#snapshotsSize -= sizeOf(this.snapshot(id));
    this.#snapshots.delete(id);
    // What continued it continues what it continued.
    for (const snapshot of this.#snapshots.values()) {
      if (snapshot.parent === id) this.#set({ ...snapshot, parent });
    }
    if (this.parent === id) this.parent = parent;
    if (this.#stagedParent === id) this.#stagedParent = parent;
    if (this.loss?.snapshot === id) this.loss = null;
    this.trees.release(root);
  }
}

/** Bytes that a snapshot takes of a root record. */
const sizeOf = ({ name }: Snapshot): number => 22 + 2 * name.length;

function list<Value>(reader: ByteReader, read: () => Value): Value[] {
  const count = reader.uint32();
  const values: Value[] = [];
  for (let index = 0; index < count; index++) values.push(read());
  return values;
}
