/**
 * `session.json`, what is noted of a session beside its files, so that sessions can be listed without opening them:
 * one line of JSON whose last field, `checksum`, is the CRC-32C of the same line without it, in hexadecimal.
 *
 * A note is written whole under NEW_NOTE, then under NOTE, then NEW_NOTE is removed. So at every moment one of the two is whole,
 * and where both are, NEW_NOTE is the newer one.
 */
import { xxh32 } from '../base/xxh32';
import type { ReadableFolder } from '../volume/readable-folder';
import type { Store } from '../volume/store';

const NOTE = 'session.json';
const NEW_NOTE = 'session.json.new';
/** Not part of what a copy of a session takes along. */
export const NOTE_FILES: readonly string[] = [NOTE, NEW_NOTE];

const FORMAT = 'dormouse-session';
const VERSION = 1;
/** No note is longer, bytes. */
const LARGEST_NOTE = 16 * 1024;

/** Times are milliseconds since 1970. */
export interface SessionNote {
  name: string;
  created: number | null;
  opened: number | null;
  deleted: number | null;
  /** The files are not all there yet. When nobody holds the session's lock they never will be. */
  copying: boolean;
}

/** A note of a later version: only what it shares with ours can be told. */
export interface ForeignNote {
  foreign: true;
  name: string | null;
  deleted: number | null;
}

/** What is noted; null where nothing is, or nothing that can be read. */
export async function readNote(folder: ReadableFolder): Promise<SessionNote | ForeignNote | null> {
  for (const name of [NEW_NOTE, NOTE]) {
    const file = await folder.file(name);
    if (!file || file.size > LARGEST_NOTE) continue;
    const note = parseNote(await file.slice(0, file.size).text());
    if (note) return note;
  }
  return null;
}

/** Writes a note; it is on stable storage when this resolves. One writer at a time: see CATALOGUE_LOCK. */
export async function writeNote(store: Store, note: SessionNote): Promise<void> {
  const bytes = new TextEncoder().encode(noteText(note));
  for (const name of [NEW_NOTE, NOTE]) {
    const file = await store.open(name);
    try {
      file.truncate(0);
      file.write(bytes, 0);
      file.flush();
    } finally {
      file.close();
    }
  }
  await store.remove(NEW_NOTE);
}

function noteText({ name, created, opened, deleted, copying }: SessionNote): string {
  const fields = { format: FORMAT, version: VERSION, name, created, opened, deleted, copying };
  return `${JSON.stringify({ ...fields, checksum: checksumOf(fields) })}\n`;
}

function parseNote(text: string): SessionNote | ForeignNote | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // Cut off in the middle of a write.
    return null;
  }
  if (typeof value !== 'object' || value === null) return null;
  const { checksum, ...fields } = value as Record<string, unknown>;
  const { format, version, name, created, opened, deleted, copying } = fields;
  if (format !== FORMAT || typeof version !== 'number') return null;
  if (version > VERSION) return { foreign: true, name: typeof name === 'string' ? name : null, deleted: isTime(deleted) ? deleted : null };
  if (checksum !== checksumOf(fields)) return null;
  if (typeof name !== 'string' || !isTime(created) || !isTime(opened) || !isTime(deleted) || typeof copying !== 'boolean') return null;
  return { name, created, opened, deleted, copying };
}

const isTime = (value: unknown): value is number | null => value === null || Number.isFinite(value);

function checksumOf(fields: object): string {
  return xxh32(new TextEncoder().encode(JSON.stringify(fields))).toString(16);
}
