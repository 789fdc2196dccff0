/**
 * A run that fills the store, deletes and fills it again, as a machine asks for room and pays with it, where the browser doubles what a
 * file may have or refuses it. Whatever is deleted has to be free in the same run.
 */
import { describe, expect, it } from 'vitest';
import { costOf, type FileOperation, INODE } from '../../../src/base/file-operation';
import { openDoublingStore } from '../../fixtures/doubling-store';
import { open, type Page, type Sandbox, until } from '../../unit/keeper/fixture';

const MEBIBYTE = 2 ** 20;
/** As the machine does: see src/machine/journal.ts. */
const SLACK = MEBIBYTE;
const LOW = 16 * MEBIBYTE;
const REQUEST = 64 * MEBIBYTE;
const block = new Uint8Array(MEBIBYTE).map((_, index) => Math.imul(index, 2654435761) >>> 24);
const part = (length: number) => block.slice(0, length);

class FullError extends Error {}

/** Python in a sandbox: pays for each operation before it is carried out. */
class Program {
  readonly #sandbox: Sandbox;
  #next: number;
  #paid = 0;

  constructor(sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#next = sandbox.image.nextInode;
  }

  /** @throws FullError where Python sees ENOSPC */
  async change(change: FileOperation): Promise<void> {
    const sandbox = this.#sandbox;
    const grows = change.type === 'make' || change.type === 'write';
    const cost = costOf(change);
    const credit = () => sandbox.granted - this.#paid;
    for (let tries = 0; tries < 2 && credit() < cost + LOW; tries++) {
      const before = sandbox.replies.length;
      sandbox.disk.postMessage({ type: 'credit', bytes: REQUEST });
      await until(() => sandbox.replies.length > before);
    }
    if (credit() < cost + (grows ? SLACK : 0)) throw new FullError();
    this.#paid += cost;
    sandbox.post(change);
  }

  async make(name: string): Promise<number> {
    const inode = this.#next++;
    await this.change({ type: 'make', inode, parent: INODE.home, name, kind: 'file', mode: 0o644, time: 1 });
    return inode;
  }

  write(inode: number, offset: number, data: Uint8Array<ArrayBuffer>): Promise<void> {
    return this.change({ type: 'write', inode, offset, data, time: 1 });
  }

  unlink(name: string): Promise<void> {
    return this.change({ type: 'unlink', parent: INODE.home, name, time: 1 });
  }

  /** As SQLite does it in its default mode. */
  async commit(database: number): Promise<void> {
    const journal = await this.make('database-journal');
    try {
      await this.write(journal, 0, part(12_824));
      for (let page = 0; page < 3; page++) await this.write(database, page * 4096, part(4096));
    } finally {
      await this.unlink('database-journal');
    }
  }

  /** Writes a file until there is no more room, with something that stays after each 4 MiB; answers with its blocks. */
  async fill(name: string, database: number): Promise<number> {
    let blocks = 0;
    try {
      for (const inode = await this.make(name); ; blocks++) {
        await this.write(inode, blocks * MEBIBYTE, block.slice());
        if (blocks % 4 === 0) {
          await this.commit(database);
          await this.write(await this.make(`${name}-${blocks}`), 0, part(10_000));
        }
      }
    } catch (error) {
      if (!(error instanceof FullError)) throw error;
    }
    return blocks;
  }
}

/** A session that has `size` blocks already, whose page was opened anew; and what it says when it keeps no more. */
async function reopened(size: number) {
  const store = openDoublingStore();
  const first = await open(store);
  const old = new Program(await first.attach());
  const inode = await old.make('old');
  for (let at = 0; at < size; at++) await old.write(inode, at * MEBIBYTE, block.slice());
  await first.call('report', null);
  await first.close();
  const page: Page = await open(store);
  const sandbox = await page.attach();
  return { store, page, sandbox };
}

describe('what is deleted is free in the same run', () => {
  it.each([
    [0, 2],
    [0, 11],
    [3, 9],
    [30, 2],
  ])('in a session of %i MiB whose browser has %i MiB more', async (size, more) => {
    const { store, page, sandbox } = await reopened(size);
    const program = new Program(sandbox);
    const database = await program.make('database');
    store.quota = store.usage + more * MEBIBYTE;
    let first = 0;
    for (let round = 0; round < 3; round++) {
      const blocks = await program.fill(`fill-${round}`, database);
      first ||= blocks;
      expect(blocks, `round ${round} after ${first}`).toBeGreaterThanOrEqual(Math.floor(0.7 * first));
      await program.unlink(`fill-${round}`);
      // It is worth a transaction, too.
      await program.commit(database);
    }
    expect(first).toBeGreaterThan(40);
    await sandbox.sync();
    expect(page.events).toEqual([]);
  });
});
