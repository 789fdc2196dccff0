/** Files that a person chose or dropped, with the folders that they were in. */
import type { ChosenFile } from '../../session';

export interface ArrivingFile {
  /** Relative to where they are to go: `rain.csv`, `data/rain.csv`. */
  readonly path: string;
  readonly file: File;
}

/** Of an `<input type="file">`, also one for folders, which is empty afterwards: the same file can be chosen again. */
export function takeChosen(input: HTMLInputElement): ArrivingFile[] {
  const files = Array.from(input.files ?? [], (file) => ({ path: file.webkitRelativePath || file.name, file }));
  input.value = '';
  return files;
}

/** As a session is made of them. */
export const asChosen = (files: readonly ArrivingFile[]): ChosenFile[] =>
  files.map(({ path, file }) => ({ path, file, modified: file.lastModified }));

/** Of a drop, folders with everything in them. To be called in the event itself: what is dropped cannot be asked for afterwards. */
export async function droppedFiles(data: DataTransfer): Promise<ArrivingFile[]> {
  const entries: FileSystemEntry[] = [];
  const plain: ArrivingFile[] = [];
  for (const item of data.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry();
    const file = item.getAsFile();
    if (entry) entries.push(entry);
    else if (file) plain.push({ path: file.name, file });
  }
  const found: ArrivingFile[] = [...plain];
  for (const entry of entries) await walk(entry, found);
  return found;
}

async function walk(entry: FileSystemEntry, found: ArrivingFile[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    found.push({ path: entry.fullPath.replace(/^\//, ''), file });
    return;
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  for (;;) {
    // Chromium gives a hundred at a time; none means that there are no more.
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (some.length === 0) return;
    for (const child of some) await walk(child, found);
  }
}
