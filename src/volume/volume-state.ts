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
}

type ReadLocation = (location: Location, what: string) => Uint8Array;

export class VolumeState {
  readonly objects: ObjectMap;
  readonly trees: Trees;
  current: FileTree;
  staged: FileTree | null = null;
  readonly snapshots = new Map<number, Snapshot>();
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
        this.#keep(operation, this.current.root);
        return;
      case 'drop':
        this.#drop(operation.id);
        return;
      case 'restore': {
        const { root } = this.snapshot(operation.id);
        this.trees.retain(root);
        this.trees.release(this.current.root);
        this.current = new FileTree(this.trees, this.objects, root);
        if (this.loss)
          this.loss = this.loss.snapshot === operation.id ? { ...this.loss, snapshot: 0 } : this.loss.snapshot === 0 ? null : this.loss;
        if (operation.drop) this.#drop(operation.id);
        return;
      }
      case 'stage':
        if (this.staged) this.trees.release(this.staged.root);
        this.staged = FileTree.create(this.trees, this.objects, operation.time);
        return;
      case 'adopt':
        if (!this.staged) throw new StorageError('The log adopts a staged state that was not begun.');
        this.#keep(operation, this.current.root);
        if (this.loss?.snapshot === 0) this.loss = { ...this.loss, snapshot: operation.id };
        this.current = this.staged;
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

  /** @throws InvalidInputError when there is no such snapshot */
  snapshot(id: number): Snapshot {
    const snapshot = this.snapshots.get(id);
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
    writer.uint32(this.snapshots.size);
    for (const { id, name, time, root } of this.snapshots.values()) {
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
    for (const snapshot of snapshots) state.snapshots.set(snapshot.id, snapshot);
    state.pages.push(...pages.map((page) => (page.segment === 0 ? null : page)));
    return state;
  }

  #keep({ id, name, time }: { id: number; name: string; time: number }, root: number): void {
    this.snapshots.set(id, { id, name, time, root });
    this.nextSnapshot = Math.max(this.nextSnapshot, id + 1);
  }

  #drop(id: number): void {
    const { root } = this.snapshot(id);
    this.snapshots.delete(id);
    if (this.loss?.snapshot === id) this.loss = null;
    this.trees.release(root);
  }
}

function list<Value>(reader: ByteReader, read: () => Value): Value[] {
  const count = reader.uint32();
  const values: Value[] = [];
  for (let index = 0; index < count; index++) values.push(read());
  return values;
}
