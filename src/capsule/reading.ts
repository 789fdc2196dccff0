/** Reading what comes from outside, with all its checks (and Zod), is loaded when it is first done: what is always there is small. */

import type { ZipReader } from '../base/zip-reader';
import type { StateContent } from './content';
import type { ChosenFile, Incoming } from './incoming';
import type { ReadCapsule } from './read-capsule';

/** See incoming.ts. */
export async function readIncoming(chosen: readonly ChosenFile[], now: number, signal?: AbortSignal): Promise<Incoming> {
  const incoming = await import('./incoming');
  return incoming.readIncoming(chosen, now, signal);
}

/** See read-capsule.ts. */
export async function readCapsule(zip: ZipReader, signal?: AbortSignal): Promise<ReadCapsule> {
  const reading = await import('./read-capsule');
  return reading.readCapsule(zip, signal);
}

/** See read-state-file.ts. */
export async function readStateFile(file: Blob, now: number = Date.now()): Promise<StateContent> {
  const reading = await import('./read-state-file');
  return reading.readStateFile(file, now);
}
