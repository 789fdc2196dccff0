/** What a page needs to compare what a person chose with a session: bounded, and nothing of it was run. */
import { sha256 } from '../base/sha256';
import { bytesOf, type Incoming } from '../capsule';
import { type ChosenOutline, LARGEST_HASHED, LONGEST_COMPARED } from '../protocol/catalogue';
import { notesOf } from './preview';
import { isDatabase } from './report';

/** @throws InvalidInputError when what it has to read of the content is not what it should be */
export async function outlineOf({ text, content }: Incoming): Promise<ChosenOutline> {
  const code = text ?? content.code;
  const files: ChosenOutline['files'] = [];
  for (const file of content.files) {
    const entry = { path: file.path, kind: file.kind, size: 0, sha256: null, database: false, target: null };
    if (file.kind === 'symlink') files.push({ ...entry, target: file.target });
    else if (file.kind === 'directory') files.push(entry);
    else if (file.content.size > LARGEST_HASHED) files.push({ ...entry, size: file.content.size });
    else {
      const bytes = await bytesOf(file.content);
      files.push({ ...entry, size: bytes.length, sha256: await sha256(bytes), database: isDatabase(bytes) });
    }
  }
  const notes = await notesOf(content);
  return { code: code !== null && code.length <= LONGEST_COMPARED ? code : null, variables: notes?.variables ?? null, files };
}
