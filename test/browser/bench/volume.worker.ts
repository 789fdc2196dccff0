/** A volume over the origin private file system with nothing above it. */
import { INODE } from '../../../src/base/file-operation';
import { openOpfsStore } from '../../../src/volume/opfs-store';
import { Volume } from '../../../src/volume/volume';
import { answer } from './answer';

/** A snapshot of a volume with so many files, after a change, until it is on stable storage: ms. The same volume for all requests. */
export interface SnapshotRequest {
  files: number;
}

/** Files in a folder, and files made between two looks at whether the log has segments to go on in. */
const FOLDER = 1000;

let volume: Promise<Volume> | null = null;

async function make({ files }: SnapshotRequest): Promise<Volume> {
  const directory = await (await navigator.storage.getDirectory()).getDirectoryHandle('volume', { create: true });
  const made = await Volume.open(openOpfsStore(directory));
  let parent: number = INODE.home;
  for (let n = 0; n < files; n++) {
    if (n % FOLDER === 0) {
      await made.replenish();
      parent = made.nextInode;
      made.apply({ type: 'make', inode: parent, parent: INODE.home, name: `folder-${n}`, kind: 'directory', mode: 0o755, time: n });
    }
    const inode = made.nextInode;
    made.apply({ type: 'make', inode, parent, name: `file-${n}`, kind: 'file', mode: 0o644, time: n });
    made.apply({ type: 'write', inode, offset: 0, data: new TextEncoder().encode(`the content of file ${n}`), time: n });
  }
  made.flush();
  return made;
}

answer(async (request: SnapshotRequest) => {
  volume ??= make(request);
  const opened = await volume;
  await opened.replenish();
  opened.apply({ type: 'setattr', inode: INODE.home, modified: opened.snapshots.length });
  opened.flush();
  const start = performance.now();
  opened.createSnapshot('measured');
  opened.flush();
  return performance.now() - start;
});
