/** `session.json`, what is noted of a session beside its files, so that sessions can be listed without opening them: see checked-line.ts. */
import { LONGEST_FIRST_LINE, type SessionAbout } from '../protocol/catalogue';
import type { ReadableFolder } from '../volume/readable-folder';
import type { Store } from '../volume/store';
import { type CheckedLine, lineFiles, readLines, writeLine } from './checked-line';

const NOTE = 'session.json';
/** Not part of what a copy of a session takes along. */
export const NOTE_FILES: readonly string[] = lineFiles(NOTE);

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
  /** When it was first found to have been deleted long enough to go for good; null before that. */
  overdue: number | null;
  /** The files are not all there yet. When nobody holds the session's lock they never will be. */
  copying: boolean;
  about: SessionAbout | null;
}

/** A note of a later version: only what it shares with ours can be told. */
export interface ForeignNote {
  foreign: true;
  name: string | null;
  deleted: number | null;
}

/** What is noted; null where nothing is, or nothing that can be read. */
export async function readNote(folder: ReadableFolder): Promise<SessionNote | ForeignNote | null> {
  for (const line of await readLines((name) => folder.file(name), NOTE, LARGEST_NOTE)) {
    const note = parseNote(line);
    if (note) return note;
  }
  return null;
}

/** Writes a note; it is on stable storage when this resolves. One writer at a time: see CATALOGUE_LOCK. */
export function writeNote(store: Store, { name, created, opened, deleted, overdue, copying, about }: SessionNote): Promise<void> {
  return writeLine(store, NOTE, { format: FORMAT, version: VERSION, name, created, opened, deleted, overdue, copying, about });
}

function parseNote({ fields, sound }: CheckedLine): SessionNote | ForeignNote | null {
  // Notes that were written before there was `overdue` have none.
  const { format, version, name, created, opened, deleted, overdue = null, copying } = fields;
  if (format !== FORMAT || typeof version !== 'number') return null;
  if (version > VERSION) return { foreign: true, name: typeof name === 'string' ? name : null, deleted: isTime(deleted) ? deleted : null };
  if (!sound) return null;
  if (typeof name !== 'string' || !isTime(created) || !isTime(opened) || !isTime(deleted) || !isTime(overdue)) return null;
  return typeof copying === 'boolean' ? { name, created, opened, deleted, overdue, copying, about: parseAbout(fields.about) } : null;
}

/** A note of before there was such a thing has none. */
function parseAbout(value: unknown): SessionAbout | null {
  const { firstLine, bytes } = (value ?? {}) as Record<string, unknown>;
  if ((firstLine !== null && typeof firstLine !== 'string') || typeof bytes !== 'number' || !(bytes >= 0)) return null;
  return { firstLine: firstLine?.slice(0, LONGEST_FIRST_LINE) ?? null, bytes };
}

const isTime = (value: unknown): value is number | null => value === null || Number.isFinite(value);
