/** What Check state shows of a session's files. Databases are recognised, never opened: that is the interpreter's right. */
import { isDamage } from '../base/errors';
import type { FileReport, StateReport } from '../protocol/keeper';
import type { Volume } from '../volume/volume';
import { userEntries } from './user-entries';

const STATE_FILE = 'home/pyodide/app_state.json';
/** The largest state file whose text is shown, bytes. */
const MAX_STATE_FILE = 64 * 1024;
/** How every SQLite 3 database begins: https://www.sqlite.org/fileformat.html#magic_header_string */
const SQLITE_MAGIC = new TextEncoder().encode('SQLite format 3\0');

/** Lists everything below the mounts, parents first, with the text of `app_state.json`. */
export function reportFiles(volume: Volume): Pick<StateReport, 'files' | 'stateFile'> {
  const files: FileReport[] = [];
  let stateFile: StateReport['stateFile'] = null;
  for (const { entry, path } of userEntries(volume)) {
    const { inode, kind, size, modified } = entry;
    const head = kind === 'file' ? readable(() => volume.read(inode, SQLITE_MAGIC.length)) : null;
    const database = head !== null && SQLITE_MAGIC.every((byte, index) => head[index] === byte);
    files.push({ path, kind, size, modified, database });
    if (path === STATE_FILE && kind === 'file' && size <= MAX_STATE_FILE) stateFile = readable(() => textOf(path, volume.read(inode)));
  }
  return { files, stateFile };
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
