/** Reads a state file, whoever wrote it: everything is checked before anything is returned. */
import type * as z from 'zod';
import { decodeBase64 } from '../base/base64';
import { DormouseError, InvalidInputError, messageOf } from '../base/errors';
import { splitPath } from '../base/paths';
import { DEFAULT_MODES, STATE_LIMITS, type StateContent, type StateFileEntry } from './content';
import { FileTree } from './file-tree';
import { FORMAT, VERSION } from './formats';
import { cutOff, describePosition, type JsonValue, readJson } from './json-reader';
import { JsonText } from './json-text';
import { checkPlace } from './place';
import { CONTENT_FIELDS, type EntryDocument, type StateDocument, stateSchema } from './schema';
import { findInvalidUtf8, isCutOff } from './utf8';

const LONG_TEXTS: ReadonlySet<string> = new Set(['text', 'base64']);
const BYTE_ORDER_MARK = [0xef, 0xbb, 0xbf];

/**
 * Reads a state file of any supported version.
 * @param now what files without a time of their own get when the document has none either, milliseconds since 1970
 * @throws InvalidInputError a sentence that says what is wrong, and where
 * @throws DormouseError `unsupported` when a newer version of Dormouse wrote it
 */
export async function readStateFile(file: Blob, now: number = Date.now()): Promise<StateContent> {
  if (file.size > STATE_LIMITS.document) {
    const size = Math.ceil(file.size / 1e6).toLocaleString('en-US');
    throw new InvalidInputError(
      `The state file is too large: it has ${size} MB, and at most ${STATE_LIMITS.document / 1e6} MB can be read.`,
    );
  }
  const value = readDocument(await readBytes(file));
  checkVersion(value);
  const result = stateSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw describeIssue(result.error.issues[0] as z.core.$ZodIssue, value);
  return contentOf(result.data, now);
}

async function readBytes(file: Blob): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await file.arrayBuffer());
  } catch (cause) {
    // As when the file was changed or removed after it was chosen.
    throw new InvalidInputError(`The state file could not be read (${messageOf(cause)}). Choose it again.`, { cause });
  }
}

function readDocument(bytes: Uint8Array): JsonValue {
  const [first, second] = bytes;
  if (
    (first === 0xff && second === 0xfe) ||
    (first === 0xfe && second === 0xff) ||
    (bytes.length > 1 && (first === 0) !== (second === 0))
  ) {
    throw new InvalidInputError('The state file is in UTF-16: save it again as UTF-8.');
  }
  let begin = BYTE_ORDER_MARK.every((byte, index) => bytes[index] === byte) ? BYTE_ORDER_MARK.length : 0;
  while (isSpace(bytes[begin])) begin += 1;
  if (begin === bytes.length) throw new InvalidInputError('The state file is empty.');
  const lead = String.fromCharCode(bytes[begin] as number);
  if (lead !== '{' && lead !== '[') {
    const zip = first === 0x50 && second === 0x4b ? ' It looks like a zip archive.' : '';
    throw new InvalidInputError(`The file is not JSON, so it is no state file: one begins with "{".${zip}`);
  }
  const invalid = findInvalidUtf8(bytes, begin);
  if (invalid !== -1) {
    if (isCutOff(bytes, invalid)) throw cutOff(bytes.length);
    throw new InvalidInputError(
      `The state file is not UTF-8 text (${describePosition(bytes, invalid)}): it is damaged, or was saved in another encoding.`,
    );
  }
  return readJson(bytes, begin, LONG_TEXTS, STATE_LIMITS);
}

/** What JSON takes for white space: space, tab and line ends. */
function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** Looks at format and version before anything else: another version may have other fields. */
function checkVersion(value: JsonValue): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof JsonText) {
    throw new InvalidInputError(`The state file has to be a JSON object, in curly brackets; it is ${describe(value)}.`);
  }
  const { format, version } = value;
  if (format !== FORMAT) {
    throw new InvalidInputError(`This is no state file of Dormouse: its "format" has to be "${FORMAT}" and is ${describe(format)}.`);
  }
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw new InvalidInputError(
      `The state file has no usable version: "version" has to be a whole number, 1 or more, and is ${describe(version)}.`,
    );
  }
  if (version > VERSION) {
    const versions = `its version is ${version}, and this one reads version ${VERSION}`;
    throw new DormouseError(
      'unsupported',
      `The state file was made by a newer version of Dormouse (${versions}). Open it with a newer Dormouse.`,
    );
  }
}

function contentOf(document: StateDocument, now: number): StateContent {
  const created = document.created === undefined ? undefined : timeOf(document.created, 'created');
  return {
    ...(created !== undefined && { created }),
    runtime: document.runtime ?? null,
    runs: runsOf(document.runs),
    code: document.code ?? null,
    files: filesOf(document.files, created ?? now),
  };
}

function runsOf(runs: StateDocument['runs']): StateContent['runs'] {
  let last = 0;
  const history = (runs?.history ?? []).map((run, index) => {
    const place = `runs.history[${index}]`;
    if (run.run <= last) throw wrong(`${place}.run`, `it has to be more than the run before it, ${last}, and is ${run.run}.`);
    last = run.run;
    return {
      ...run,
      started: timeOf(run.started, `${place}.started`),
      ended: run.ended === null ? null : timeOf(run.ended, `${place}.ended`),
    };
  });
  const count = runs?.count ?? last;
  if (count < last) throw wrong('runs.count', `it is ${count}, but the history goes on to run ${last}.`);
  return { count, history };
}

function filesOf(entries: readonly EntryDocument[], modified: number): StateFileEntry[] {
  const tree = new FileTree();
  let bytes = 0;
  return entries.map((entry, index) => {
    const place = `files[${index}]`;
    checkEntry(entry, place, tree);
    const read = entryOf(entry, place, modified);
    if (read.kind === 'file') bytes += read.content.length;
    if (bytes > STATE_LIMITS.content) {
      throw new InvalidInputError(
        `The files in the state file are too large: a state file holds at most ${STATE_LIMITS.content / 1e6} MB of content in all.`,
      );
    }
    return read;
  });
}

function checkEntry(entry: EntryDocument, place: string, tree: FileTree): void {
  const fields = CONTENT_FIELDS.filter((field) => entry[field] !== undefined);
  if (fields.length !== 1) {
    const got = fields.length === 0 ? 'none' : fields.join(' and ');
    throw wrong(`${place} (${shown(entry.path)})`, `it has to have exactly one of ${CONTENT_FIELDS.join(', ')}, and has ${got}.`);
  }
  let segments: string[];
  try {
    segments = splitPath(entry.path);
    checkPlace(entry.path, segments);
  } catch (cause) {
    throw wrong(place, messageOf(cause), { cause });
  }
  const conflict = tree.add(segments, kindOf(entry));
  if (conflict !== null) throw wrong(place, `The path ${shown(entry.path)} ${conflict}.`);
}

function entryOf(entry: EntryDocument, place: string, modified: number): StateFileEntry {
  const kind = kindOf(entry);
  const common = {
    path: entry.path,
    modified: entry.modified === undefined ? modified : timeOf(entry.modified, `${place}.modified`),
    mode: entry.mode === undefined ? DEFAULT_MODES[kind] : Number.parseInt(entry.mode, 8),
  };
  if (entry.link !== undefined) return { ...common, kind: 'symlink', target: entry.link };
  if (entry.directory) return { ...common, kind: 'directory' };
  try {
    const content = entry.text ? entry.text.toBytes() : decodeBase64((entry.base64 as JsonText).view());
    return { ...common, kind: 'file', content };
  } catch (cause) {
    throw wrong(`${place} (${shown(entry.path)})`, messageOf(cause), { cause });
  }
}

function kindOf(entry: EntryDocument): StateFileEntry['kind'] {
  if (entry.link !== undefined) return 'symlink';
  return entry.directory ? 'directory' : 'file';
}

/** The schema has checked its form. */
function timeOf(text: string, place: string): number {
  const time = Date.parse(text);
  if (Number.isNaN(time)) throw wrong(place, `${shown(text)} is no time that there is.`);
  return time;
}

/** Says in a sentence what the schema found first. */
function describeIssue(issue: z.core.$ZodIssue, value: JsonValue): InvalidInputError {
  const place = describePath(issue.path, value);
  if (issue.code === 'unrecognized_keys') {
    const names = issue.keys.slice(0, 5).map(shown).join(', ');
    return wrong(place, `it has ${issue.keys.length === 1 ? 'a field' : 'fields'} that a state file does not have: ${names}.`);
  }
  if (issue.input === undefined) return wrong(place, `it is missing; it ${issue.message}.`);
  const got = issue.code === 'too_big' ? '' : `, and is ${describe(issue.input)}`;
  return wrong(place, `it ${issue.message}${got}.`);
}

function wrong(place: string, what: string, options?: ErrorOptions): InvalidInputError {
  return new InvalidInputError(`The state file is wrong at ${place}: ${what}`, options);
}

/** As one would write it in JavaScript, with the path of the file entry that it is in. */
function describePath(path: readonly PropertyKey[], value: JsonValue): string {
  let text = '';
  for (const key of path) text += typeof key === 'number' ? `[${key}]` : `${text && '.'}${String(key)}`;
  const [list, index] = path;
  const files = list === 'files' && typeof index === 'number' ? (value as { files: { path?: unknown }[] }).files : null;
  const name = files?.[index as number]?.path;
  const entry = typeof name === 'string' ? ` (${shown(name)})` : '';
  return `${text || 'its beginning'}${entry}`;
}

function shown(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
}

function describe(value: unknown): string {
  if (value === undefined) return 'missing';
  if (value instanceof JsonText) return 'a text';
  if (typeof value === 'string') return shown(value);
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
