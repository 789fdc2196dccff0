/**
 * A node of the one tree that holds everything: what an inode is, what a directory names and where a file's bytes are, in the order
 * of their keys. Keys are texts that sort as they should: a UTF-16 unit that says what the item is, 3 units of inode number, then a
 * name or 3 units of offset. Inodes come first and together, so that listing them reads nothing of where large files are.
 */
import { StorageError } from '../base/errors';
import { ByteReader, ByteWriter } from './bytes';

export interface InodeItem {
  type: 'inode';
  kind: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  mode: number;
  /** Milliseconds since 1970. */
  modified: number;
  accessed: number;
  /** Bytes of a file, 0 of anything else. */
  size: number;
  parent: number;
  name: string;
  /** Of a symbolic link; empty for anything else. */
  target: string;
}

export interface EntryItem {
  type: 'entry';
  inode: number;
}

/** Bytes of a file: `length` bytes of an object, from `skip` on. What no extent covers reads as zeros. */
export interface ExtentItem {
  type: 'extent';
  object: number;
  skip: number;
  length: number;
}

export type Item = InodeItem | EntryItem | ExtentItem;

export interface LeafNode {
  readonly id: number;
  readonly leaf: true;
  keys: string[];
  items: Item[];
}

export interface BranchNode {
  readonly id: number;
  readonly leaf: false;
  /** The least key of each child; the first counts as less than any. */
  keys: string[];
  children: number[];
}

export type TreeNode = LeafNode | BranchNode;

const UNIT = 2 ** 16;
const INODE = '\u0000';
const ENTRY = '\u0001';
const EXTENT = '\u0002';

/** A number below 2^48 as 3 units, highest first. */
const units = (value: number): string =>
  String.fromCharCode(Math.floor(value / UNIT / UNIT), Math.floor(value / UNIT) % UNIT, value % UNIT);
const number = (text: string, at: number): number =>
  (text.charCodeAt(at) * UNIT + text.charCodeAt(at + 1)) * UNIT + text.charCodeAt(at + 2);

export const inodeKey = (inode: number): string => INODE + units(inode);
export const entryKey = (directory: number, name: string): string => ENTRY + units(directory) + name;
export const extentKey = (inode: number, offset: number): string => EXTENT + units(inode) + units(offset);
/** Less than every inode, and greater than every one. */
export const INODE_RANGE: [string, string] = [INODE, ENTRY];
/** Less than every entry of the directory, and greater than every one. */
export const entryRange = (directory: number): [string, string] => [ENTRY + units(directory), ENTRY + units(directory + 1)];
/** Less than every extent of the inode, and greater than every one. */
export const extentRange = (inode: number): [string, string] => [EXTENT + units(inode), EXTENT + units(inode + 1)];

export const inodeOfKey = (key: string): number => number(key, 1);
export const nameOfKey = (key: string): string => key.slice(4);
export const offsetOfKey = (key: string): number => number(key, 4);

const KINDS = ['file', 'directory', 'symlink'] as const;
const LEAF = 1;
const BRANCH = 2;

/** A node's bytes: leaf or branch, count, then each key with its item or child. */
export function encodeNode(node: TreeNode): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter(2048);
  writer.uint8(node.leaf ? LEAF : BRANCH);
  writer.uint16(node.keys.length);
  node.keys.forEach((key, index) => {
    writer.text(key);
    if (node.leaf) encodeItem(writer, node.items[index] as Item);
    else writer.uint32(node.children[index] as number);
  });
  return writer.bytes;
}

/** @throws StorageError when the bytes are no node */
export function decodeNode(id: number, bytes: Uint8Array): TreeNode {
  const reader = new ByteReader(bytes);
  const type = reader.uint8();
  if (type !== LEAF && type !== BRANCH) throw new StorageError(`Object ${id} is no tree node.`);
  const count = reader.uint16();
  const keys: string[] = [];
  const items: Item[] = [];
  const children: number[] = [];
  for (let index = 0; index < count; index++) {
    const key = reader.text();
    keys.push(key);
    if (type === LEAF) items.push(decodeItem(reader, key));
    else children.push(reader.uint32());
  }
  return type === LEAF ? { id, leaf: true, keys, items } : { id, leaf: false, keys, children };
}

/** About the bytes that an item takes with its key. */
export function weightOf(key: string, item: Item): number {
  const texts = item.type === 'inode' ? item.name.length + item.target.length : 0;
  return 2 * (key.length + texts) + 40;
}

function encodeItem(writer: ByteWriter, item: Item): void {
  switch (item.type) {
    case 'inode':
      writer.uint8(KINDS.indexOf(item.kind));
      writer.uint16(item.mode);
      writer.float64(item.modified);
      writer.float64(item.accessed);
      writer.uint64(item.size);
      writer.uint64(item.parent);
      writer.text(item.name);
      writer.text(item.target);
      return;
    case 'entry':
      writer.uint64(item.inode);
      return;
    default:
      writer.uint32(item.object);
      writer.uint32(item.skip);
      writer.uint32(item.length);
  }
}

function decodeItem(reader: ByteReader, key: string): Item {
  switch (key.charAt(0)) {
    case INODE: {
      const kind = KINDS[reader.uint8()];
      if (!kind) throw new StorageError('A stored inode is of an unknown kind.');
      return {
        type: 'inode',
        kind,
        mode: reader.uint16(),
        modified: reader.float64(),
        accessed: reader.float64(),
        size: reader.uint64(),
        parent: reader.uint64(),
        name: reader.text(),
        target: reader.text(),
      };
    }
    case ENTRY:
      return { type: 'entry', inode: reader.uint64() };
    case EXTENT:
      return { type: 'extent', object: reader.uint32(), skip: reader.uint32(), length: reader.uint32() };
    default:
      throw new StorageError('A stored tree node has a key of an unknown kind.');
  }
}
