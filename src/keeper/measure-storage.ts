/** How much the sessions take, and what they share. Loaded when somebody asks. */
import type { StorageMeasure } from '../protocol/catalogue';
import { isSessionId } from '../protocol/keeper';
import type { ReadableFolder } from '../volume/readable-folder';
import { isSha256 } from './checkpoint-note';
import type { SessionFolders } from './session-folders';

/** How every zip archive with something in it begins, and so every wheel. A baseline does not. */
const ZIP_MAGIC = [0x50, 0x4b, 0x03, 0x04];

/** The sizes of files, as they are now: what is being written may be counted a little wrong. */
export async function measureStorage(folders: SessionFolders, shared: ReadableFolder): Promise<StorageMeasure> {
  const sessions: StorageMeasure['sessions'] = [];
  for (const id of await folders.list()) {
    const folder = isSessionId(id) ? await folders.read(id) : null;
    if (!folder) continue;
    let bytes = 0;
    for (const name of await folder.names()) bytes += (await folder.file(name))?.size ?? 0;
    sessions.push({ id, bytes });
  }
  const measure = { sessions, baselines: 0, wheels: 0 };
  for (const name of (await shared.names()).filter(isSha256)) {
    const file = await shared.file(name);
    if (!file) continue;
    const head = new Uint8Array(await file.slice(0, ZIP_MAGIC.length).arrayBuffer());
    measure[ZIP_MAGIC.every((byte, index) => head[index] === byte) ? 'wheels' : 'baselines'] += file.size;
  }
  return measure;
}
