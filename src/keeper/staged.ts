/** What is to take a session's place: read and checked whole, and held in memory until it does. */
import { DormouseError, InvalidInputError } from '../base/errors';
import { bytesOf, readIncoming, readStateFile, STATE_LIMITS, type StateContent, type StateFileEntry } from '../capsule';
import type { KeeperCalls } from '../protocol/keeper';
import { sizeOf } from './preview';

export interface Staged {
  state: StateContent;
  /** Hidden files that travel with a capsule. */
  kept: { name: string; bytes: Uint8Array }[];
  /** Whether the present is to be kept as a checkpoint. */
  keepsPresent: boolean;
}

/**
 * @param now for what has no time, milliseconds since 1970
 * @throws InvalidInputError a sentence that says what is wrong, DormouseError `unsupported`
 */
export async function stagedOf(argument: KeeperCalls['stage']['argument'], now: number): Promise<Staged> {
  if ('file' in argument) return { state: await readStateFile(argument.file, now), kept: [], keepsPresent: false };
  const { content, closed, verifyRest } = await readIncoming(argument.files, now);
  if (closed !== null) throw new DormouseError('unsupported', closed);
  if (sizeOf(content, false) > STATE_LIMITS.content)
    throw new InvalidInputError(
      `This is more than the ${STATE_LIMITS.content / 1e6} MB that can take a session's place at once: open it as a new session.`,
    );
  const files: StateFileEntry[] = [];
  for (const { inode: _inode, ...file } of content.files)
    files.push(file.kind === 'file' ? { ...file, content: await bytesOf(file.content) } : file);
  const kept = await Promise.all(content.kept.map(async ({ name, content }) => ({ name, bytes: await bytesOf(content) })));
  await verifyRest();
  const { runtime, runs, code } = content;
  return { state: { runtime, runs, code, files }, kept, keepsPresent: true };
}
