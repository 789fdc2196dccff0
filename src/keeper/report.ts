/** What Check state shows of a session's files. Databases are recognised, never opened: that is the interpreter's right. */
import { isDamage } from '../base/errors';
import type { FileReport, StateReport } from '../protocol/keeper';
import type { VolumeEntry } from '../volume/file-tree';
import type { FileView } from '../volume/file-view';
import type { Volume } from '../volume/volume';
import { userEntries } from './user-entries';

const STATE_FILE = 'home/pyodide/app_state.json';
/** The largest state file whose text is shown, bytes. */
const MAX_STATE_FILE = 64 * 1024;
/** How every SQLite 3 database begins: https://www.sqlite.org/fileformat.html#magic_header_string */
const SQLITE_MAGIC = new TextEncoder().encode('SQLite format 3\0');

/** Whether a file that begins like this is an SQLite database. */
export const isDatabase = (head: Uint8Array): boolean => SQLITE_MAGIC.every((byte, index) => head[index] === byte);

/** Lists everything below the mounts, parents first, with the text of `app_state.json`. */
export function reportFiles(volume: Volume): Pick<StateReport, 'files' | 'stateFile'> {
  const files: FileReport[] = [];
  let stateFile: StateReport['stateFile'] = null;
  for (const { entry, path } of userEntries(volume)) {
    const { inode, kind, size } = entry;
    files.push(fileReport(volume, entry, path));
    if (path === STATE_FILE && kind === 'file' && size <= MAX_STATE_FILE) stateFile = readable(() => textOf(path, volume.read(inode)));
  }
  return { files, stateFile };
}

export function fileReport(view: FileView, { inode, kind, size, modified, target }: VolumeEntry, path: string): FileReport {
  const head = kind === 'file' && size >= SQLITE_MAGIC.length ? readable(() => view.read(inode, SQLITE_MAGIC.length)) : null;
  const database = head !== null && isDatabase(head);
  return { path, kind, size, modified, database, ...(target !== undefined && { target }) };
}

/** What cannot be read any more is listed, not shown. */
function readable<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (isDamage(error)) return null;
    throw error;
  }
}

function textOf(path: string, bytes: Uint8Array): StateReport['stateFile'] {
  try {
    return { path, text: new TextDecoder('utf-8', { fatal: true }).decode(bytes) };
  } catch {
    // Not text: there is nothing to show.
    return null;
  }
}
