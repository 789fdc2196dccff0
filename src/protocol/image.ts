/**
 * What is said about images: the interpreter's memory as it was between two runs. Only a machine reads an image's bytes, which begin with
 * their own length, build and checksum (src/machine/image-format.ts); the keeper keeps them as they came and gives them back.
 */
import type { DiskContent } from './disk';

/** Why something is not as it was, in words for the person. All of it is the sandbox's word: shown, bounded, never believed. */
export interface Loss {
  /** The variable that holds it, where it could be found. */
  variable: string | null;
  /** What it is and why it could not be kept, such as `a JavaScript object` or `a timer that had not fired yet`. */
  reason: string;
}

/** A global variable as it was at a capture. */
export interface VariableNote {
  name: string;
  /** Name of its type, as Python gives it. */
  type: string;
}

/** The answer to `capture`. */
export interface CaptureReport {
  /** The image went to the keeper under this number; null when nothing could be captured, and then `problem` says why. */
  image: number | null;
  problem: string | null;
  /** How long finding and packing took, ms. */
  milliseconds: number;
  /** Bytes of linear memory, and of those that changed since the last image. */
  heap: number;
  changed: number;
  /** Bytes that went to the keeper. */
  stored: number;
  lost: Loss[];
  /** At most 1,000 of them, by name. */
  variables: VariableNote[];
}

/** From the machine to the keeper, beside DiskRequest: the memory that belongs to the disk after operation `sequence`. */
export interface ImageMessage {
  type: 'image';
  /** Counts the images of one sandbox from 1. */
  number: number;
  sequence: number;
  /** It needs no image before it (but the baseline); otherwise it continues the one before. */
  whole: boolean;
  /** The sha256 (lower-case hex) of the baseline that it cannot be read without, the same for all images of a chain; null when it needs none. */
  baseline: string | null;
  bytes: ArrayBuffer;
}

/** What a machine needs to go on where a session was: part of DiskImage. */
export interface ResumeImage {
  /** The whole image and those that continue it, one after the other as they came, in the segments of the DiskImage. */
  images: DiskContent;
  /** Nodes of the disk that are not as they were when the last of them was made: changed, removed or new, by inode number. */
  changed: number[];
}

/** How a machine began: part of `booted`. */
export interface ResumeReport {
  /** `resumed`: everything is as it was but for `lost`. `fresh`: Python begins anew, because of `problem` or because there was no image. */
  kind: 'resumed' | 'fresh';
  /** A sentence: why an image that was there was not used. */
  problem: string | null;
  /** Whether that image may be right all the same, for another build of the runtime or when what it needs can be had: then it should be kept. */
  keepImage: boolean;
  /** Open files that came back dead, because their file has changed since. */
  lost: Loss[];
}

/** From the sandbox to the broker, beside AssetRequest. An answer is `BaselineReply`. */
export type BaselineRequest =
  /** Wants the baseline with this sha256 (lower-case hex); null: the one for this build. */
  | { type: 'baseline'; call: number; sha256: string | null }
  /**
   * Offers a baseline for this build, made before any disk arrived. Taken once, only from a sandbox that was told that there is
   * none, and only before its disk was handed in.
   */
  | { type: 'offer-baseline'; call: number; bytes: ArrayBuffer };

/** `bytes` null: there is none, or the offer was not taken, or (then `problem` is a sentence) that could not be told. */
export interface BaselineReply {
  type: 'baseline';
  call: number;
  bytes: Blob | null;
  /** Of the bytes, lower-case hex; also the answer to an offer that was taken. */
  sha256: string | null;
  problem: string | null;
}
