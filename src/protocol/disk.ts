/** What the keeper and the machine say to each other, over one port that speaks for one session. */
import type { FileOperation } from '../base/file-operation';
import type { EncodedError } from './error-codec';
import type { ImageMessage, ResumeImage } from './image';

/** One node of a session's disk. Parents come before their children. */
export interface DiskEntry {
  inode: number;
  parent: number;
  name: string;
  kind: 'file' | 'directory' | 'symlink';
  /** Permission bits. */
  mode: number;
  /** Milliseconds since 1970. */
  modified: number;
  accessed: number;
  /** Of a file that is not empty: where its bytes are, to be read when Python first asks for them. */
  content?: DiskContent;
  /** Of a symbolic link. */
  target?: string;
}

/** A file's bytes as they are stored, in pieces; what no piece covers reads as zeros. */
export interface DiskContent {
  /** Bytes of the file. */
  size: number;
  /** Null when the list of them is damaged: then the file cannot be read. */
  pieces: DiskPiece[] | null;
}

/** Bytes of a file that lie together. */
export interface DiskPiece {
  /** In the file, bytes. */
  offset: number;
  length: number;
  /** Which of the image's segments, and the range of it that the checksum (XXH32) speaks for. */
  segment: number;
  start: number;
  stored: number;
  checksum: number;
  /** Where in that range the file's bytes begin. */
  skip: number;
}

/** From the machine to the keeper. `sequence` counts the operations of one sandbox from 1, without a gap. */
export type DiskRequest =
  /**
   * Operations in their order; `sequence` is that of the first, or the next one's where there is none. `sync` wants them and all before
   * them on stable storage; answered by `durable`.
   */
  | { type: 'operations'; sequence: number; operations: FileOperation[]; sync: boolean }
  /** Wants room for at least `bytes` more; answered by `credit`, with 0 when there is none. */
  | { type: 'credit'; bytes: number }
  | ImageMessage;

/** From the keeper to the machine, once, when it is attached. */
export interface DiskImage {
  type: 'disk';
  entries: DiskEntry[];
  /** What the pieces are in, by number. Their bytes stay readable until the next disk is handed out. */
  segments: Map<number, Blob>;
  /** The first inode number that was never used. */
  nextInode: number;
  /** What Python is to go on from; null: it begins anew. */
  resume: ResumeImage | null;
  /** The sha256 of the baseline with which it begins anew. Default: the one of the build. */
  baseline?: string;
  /** Bytes that the machine may journal before it asks for more (see `costOf`); 0 when there is a waker, which gets the first grant. */
  credit: number;
}

/** From the keeper: to the waker when there is one, else to the machine, which reads it when Python is not running. */
export type DiskReply =
  | { type: 'durable'; sequence: number }
  | { type: 'credit'; bytes: number }
  /** Nothing more will be kept: file operations that change something fail with EIO from now on. */
  | { type: 'failed'; error: EncodedError };

/** From the keeper to the machine itself, also where there is a waker: image `number` was not kept, so the next one has to be whole. */
export interface ImageLost {
  type: 'image-lost';
  number: number;
}
