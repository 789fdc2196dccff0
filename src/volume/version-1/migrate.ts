/** Takes the log of version 1 over: one file for each generation of a session, of which the highest complete one counts. */
import type { FileOperation } from '../../base/file-operation';
import type { Store } from '../store';
import { generationOf } from './format';
import { type LogReading, readLog } from './log-reading';
import { Tree } from './tree';

/** What a log of version 1 held. */
export interface Migrated {
  /** What makes its files on an empty disk. */
  operations: Iterable<FileOperation>;
  /** The first inode number that was never used. */
  nextInode: number;
  /** A sentence when not all of it could be read. */
  loss: string | null;
}

/** Whether there is a log of version 1. */
export async function hasLog(store: Store): Promise<boolean> {
  return (await logsOf(store)).length > 0;
}

/**
 * Hands what a log of version 1 holds to `begin`, which makes it durable, and then removes the log; without one `begin` gets nothing.
 * A damaged log is kept beside the new volume: perhaps somebody can still read it.
 */
export async function migrate(store: Store, now: number, begin: (content: Migrated) => Promise<void>): Promise<void> {
  const names = (await logsOf(store)).reverse();
  const found = await read(store, names, now);
  await begin(found ?? { operations: [], nextInode: 0, loss: null });
  if (found?.loss) return;
  await removeLogs(store);
}

/** Removes the logs of version 1: left over where the page ended before that. */
export async function removeLogs(store: Store): Promise<void> {
  for (const name of await logsOf(store)) await store.remove(name).catch(() => undefined);
}

async function logsOf(store: Store): Promise<string[]> {
  return (await store.list()).filter((name) => generationOf(name) !== null).sort();
}

async function read(store: Store, names: string[], now: number): Promise<Migrated | null> {
  for (const name of names) {
    const file = await store.open(name);
    try {
      let tree = new Tree(now);
      const reading = readLog(
        file,
        (header) => {
          tree = new Tree(header.created);
        },
        (operation) => tree.prepare(operation)(),
      );
      // One that was begun and never in use.
      if (!reading.complete && !reading.damaged) continue;
      tree.skipInodes(reading.nextInode);
      return { operations: tree.operations(), nextInode: tree.nextInode, loss: lossOf(name, reading) };
    } finally {
      file.close();
    }
  }
  return null;
}

function lossOf(name: string, { damaged, unread, end }: LogReading): string | null {
  if (!damaged) return null;
  return `The session's storage was damaged: ${unread} bytes from byte ${end.tail} of ${name} on could not be read. What came before is here; nothing more is saved. Download what you need, then clear the session.`;
}
