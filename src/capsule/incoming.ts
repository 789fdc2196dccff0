/**
 * What a person opens, whatever it is, as the session that it would become: a state file, a capsule, a plain zip, a notebook, a program,
 * a folder, or files of any kind. Nothing of it is run, and its content is read only where its form has to be known.
 */
import { splitArchivePath } from '../base/archive-names';
import { DormouseError, InvalidInputError, isDormouseError, messageOf } from '../base/errors';
import { type ZipEntry, ZipReader } from '../base/zip-reader';
import { isLesson, LESSON_FILE, LONGEST_LESSON, parseLesson, readIpynb, writeNotes, writeOrigin } from '../notebook';
import { bytesOf, CAPSULE_LIMITS, type CapsuleContent, type CapsuleFile, contentOfBytes, type LeftOut } from './capsule-content';
import { DEFAULT_MODES, STATE_LIMITS } from './content';
import { FileTree } from './file-tree';
import { readJson } from './json-reader';
import { isCapsule, readCapsule } from './read-capsule';
import { readStateFile } from './read-state-file';
import { findInvalidUtf8 } from './utf8';
import type { Content } from './zip-writer';

/** A file of the person's computer. */
export interface ChosenFile {
  /** Its name, with the folders that were chosen with it. */
  path: string;
  file: Blob;
  /** When it was last changed, milliseconds since 1970. */
  modified: number;
}

export interface Incoming {
  form: 'state' | 'capsule' | 'zip' | 'notebook' | 'code' | 'lesson' | 'files';
  /** What the session may be called. */
  name: string;
  /** What the file says, where that is more than the session's code: a lesson's text, checks included. */
  text?: string;
  content: CapsuleContent;
  /** Names of entries of a capsule that its manifest does not list. */
  unlisted: string[];
  /** A sentence when it can only be looked at. */
  closed: string | null;
  /** Reads and checks what opening would not read. */
  verifyRest(): Promise<void>;
}

const HOME = 'home/pyodide/';
/** What computers leave in archives and folders for themselves. */
const LITTER = /(^|\/)(__MACOSX(\/|$)|\.DS_Store$|Thumbs\.db$|desktop\.ini$)/;
/** The longest target of a link in an archive, bytes. */
const LONGEST_TARGET = 4096;
/** What a notebook may hold: pictures make them large, drawings of Plotly and Vega deep. */
const NOTEBOOK_LIMITS = { bytes: 128_000_000, values: 3_000_000, depth: 100 };
/** Bytes of a chosen file that are read at a time. */
const CHUNK = 2 ** 20;
const ARCHIVE = /\.(dormouse|zip)$/i;
/** Zip archives that are something else to a person. */
const PACKAGE = /\.(whl|xlsx|docx|pptx|odt|ods|odp|npz|jar|epub|egg|apk|kmz)$/i;

/**
 * Finds out what was chosen and reads what tells how it would be as a session.
 * @param now for what has no time, milliseconds since 1970
 * @throws InvalidInputError a sentence that says what is wrong, DormouseError `unsupported`, and the signal's reason
 */
export async function readIncoming(chosen: readonly ChosenFile[], now: number, signal?: AbortSignal): Promise<Incoming> {
  const [first] = chosen;
  if (!first) throw new InvalidInputError('Nothing was chosen.');
  if (chosen.length > 1 || first.path.includes('/')) return readFiles(chosen);
  const { path, file, modified } = first;
  const name = path.replace(/\.[^.]*$/, '');
  if (ARCHIVE.test(path) || (!PACKAGE.test(path) && (await beginsAsZip(file)))) {
    return readArchive(await ZipReader.open(file, CAPSULE_LIMITS.zip), name, now, signal);
  }
  if (/\.json$/i.test(path)) return readState(file, name, now);
  if (/\.ipynb$/i.test(path)) return readNotebook(file, name);
  if (/\.py$/i.test(path)) return readCode(file, name);
  if (/\.(md|markdown)$/i.test(path) && (await beginsAsLesson(file))) return readLesson(file, path, modified);
  return readFiles(chosen);
}

async function beginsAsZip(file: Blob): Promise<boolean> {
  const [first, second, third] = new Uint8Array(await file.slice(0, 4).arrayBuffer());
  return first === 0x50 && second === 0x4b && (third === 3 || third === 5);
}

async function readState(file: Blob, name: string, now: number): Promise<Incoming> {
  const { runtime, runs, code, files } = await readStateFile(file, now);
  const content: CapsuleContent = {
    ...NOTHING,
    runtime,
    runs,
    code,
    files: files.map((entry) =>
      entry.kind === 'file' ? { ...entry, inode: null, content: contentOfBytes(entry.content) } : { ...entry, inode: null },
    ),
  };
  return incoming('state', name, content);
}

async function readCode(file: Blob, name: string): Promise<Incoming> {
  return incoming('code', name, { ...NOTHING, code: await codeOf(contentOfBlob(file), `${name}.py`) });
}

async function beginsAsLesson(file: Blob): Promise<boolean> {
  return isLesson(await file.slice(0, 10_000).text());
}

/** A session that has the lesson with it, a notebook that has its title, and the files that the lesson brings. */
async function readLesson(file: Blob, name: string, modified: number): Promise<Incoming> {
  if (file.size > 3 * LONGEST_LESSON) throw new InvalidInputError(`A lesson has at most ${LONGEST_LESSON / 1e6} million characters.`);
  const text = await codeOf(contentOfBlob(file), name);
  const lesson = parseLesson(text);
  const code = `# %% [markdown]\n# # ${lesson.title}\n\n# %%\n`;
  const files = lesson.files.map(({ path, content }) => ({ path: HOME + path, content: new TextEncoder().encode(content) }));
  const origin = await writeOrigin({ kind: 'lesson', name: lesson.title, notebook: null, files });
  const all = [{ path: LESSON_FILE, content: new TextEncoder().encode(text) }, origin, ...files];
  const entries = all.map(({ path, content }): CapsuleFile => {
    return { path, modified, mode: DEFAULT_MODES.file, inode: null, kind: 'file', content: contentOfBytes(content) };
  });
  return { ...incoming('lesson', lesson.title, { ...NOTHING, code, files: entries }), text };
}

/** Its cells as the session's text, their outputs beside it. */
async function readNotebook(file: Blob, name: string): Promise<Incoming> {
  const subject = 'The notebook';
  if (file.size > NOTEBOOK_LIMITS.bytes) throw new InvalidInputError(`${subject} is larger than ${NOTEBOOK_LIMITS.bytes / 1e6} MB.`);
  const bytes = await bytesOf(contentOfBlob(file));
  if (bytes.length === 0) throw new InvalidInputError(`${subject} is empty: the file has no content.`);
  if (findInvalidUtf8(bytes) !== -1) throw new InvalidInputError(`${subject} is not UTF-8 text: save it again with Jupyter.`);
  const start = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const { text, notes, leftOut } = readIpynb(readJson(bytes, start, new Set(), NOTEBOOK_LIMITS, subject));
  if (text.length > STATE_LIMITS.code) throw tooLong(subject);
  return incoming('notebook', name, {
    ...NOTHING,
    code: text,
    kept: [{ name: 'notebook.json', content: contentOfBytes(new TextEncoder().encode(writeNotes(notes))) }],
    leftOut: leftOut.map((reason) => ({ path: `${HOME}${name}.ipynb`, reason })),
  });
}

async function readArchive(zip: ZipReader, name: string, now: number, signal?: AbortSignal): Promise<Incoming> {
  if (!isCapsule(zip)) return readZip(zip, name, now, signal);
  try {
    const { content, unlisted, verifyRest } = await readCapsule(zip, signal);
    return { ...incoming('capsule', content.name ?? name, content), unlisted, verifyRest };
  } catch (error) {
    if (!isDormouseError(error) || error.code !== 'unsupported') throw error;
    // What a later version means with it is not known; that its entries are files is.
    return { ...(await readZip(zip, name, now, signal)), form: 'capsule', closed: error.message };
  }
}

/** Any archive: its files are those of the session. */
async function readZip(zip: ZipReader, name: string, now: number, signal?: AbortSignal): Promise<Incoming> {
  const content: CapsuleContent = { ...NOTHING, files: [], leftOut: [] };
  const tree = new FileTree();
  const entries = zip.entries.filter(({ path }) => !isLitter(path, content.leftOut));
  if (entries.length > CAPSULE_LIMITS.files) throw tooMany();
  for (const entry of entries) {
    const path = HOME + entry.path;
    enter(tree, path, entry.kind, 'The archive');
    const common = { path, modified: entry.modified ?? now, mode: (entry.mode ?? DEFAULT_MODES[entry.kind]) & 0o777, inode: null };
    if (entry.kind === 'directory') content.files.push({ ...common, kind: 'directory' });
    else if (entry.kind === 'symlink') content.files.push({ ...common, kind: 'symlink', target: await targetOf(zip, entry) });
    else content.files.push({ ...common, kind: 'file', content: { size: entry.size, pieces: () => zip.stream(entry, signal) } });
  }
  return incoming('zip', name, content);
}

function readFiles(chosen: readonly ChosenFile[]): Incoming {
  const content: CapsuleContent = { ...NOTHING, files: [], leftOut: [] };
  const tree = new FileTree();
  const kept = chosen.filter(({ path }) => !isLitter(path, content.leftOut));
  if (kept.length > CAPSULE_LIMITS.files) throw tooMany();
  for (const { path, file, modified } of kept) {
    try {
      splitArchivePath(path);
    } catch (cause) {
      throw new InvalidInputError(`These files cannot be opened together. ${messageOf(cause)}`, { cause });
    }
    enter(tree, HOME + path, 'file', 'The folder');
    if (file.size > CAPSULE_LIMITS.zip.file) throw new InvalidInputError(`The file ${shown(path)} is larger than 2 GB.`);
    content.files.push({ path: HOME + path, modified, mode: DEFAULT_MODES.file, inode: null, kind: 'file', content: contentOfBlob(file) });
  }
  const [first = ''] = (chosen[0]?.path ?? '').split('/');
  return incoming('files', chosen.length === 1 ? first.replace(/\.[^.]*$/, '') : first, content);
}

function incoming(form: Incoming['form'], name: string, content: CapsuleContent): Incoming {
  return { form, name, content, unlisted: [], closed: null, verifyRest: async () => undefined };
}

const NOTHING: CapsuleContent = {
  name: null,
  runtime: null,
  runs: { count: 0, history: [] },
  code: null,
  files: [],
  kept: [],
  packages: [],
  memory: null,
  checkpoints: [],
  leftOut: [],
};

function isLitter(path: string, leftOut: LeftOut[]): boolean {
  if (!LITTER.test(path)) return false;
  leftOut.push({ path, reason: 'A computer left it there for itself.' });
  return true;
}

function enter(tree: FileTree, path: string, kind: CapsuleFile['kind'], subject: string): void {
  const conflict = tree.add(path.split('/'), kind);
  if (conflict !== null) throw new InvalidInputError(`${subject} cannot be opened: ${shown(path.slice(HOME.length))} ${conflict}.`);
}

/** What a link points to, which has to be among the files. */
async function targetOf(zip: ZipReader, entry: ZipEntry): Promise<string> {
  const wrong = (what: string) => new InvalidInputError(`The archive is wrong at ${shown(entry.path)}: ${what}`);
  if (entry.size > LONGEST_TARGET) throw wrong('it is a link with too long a target.');
  const bytes = await zip.read(entry);
  if (findInvalidUtf8(bytes) !== -1) throw wrong('it is a link to what is no path.');
  const target = new TextDecoder().decode(bytes);
  if (target === '' || target.includes('\0')) throw wrong('it is a link to what is no path.');
  let depth = entry.path.split('/').length - 1;
  for (const segment of target.split('/')) {
    if (segment === '..') depth -= 1;
    else if (segment !== '.' && segment !== '') depth += 1;
    if (depth < 0) break;
  }
  if (depth < 0 || target.startsWith('/') || target.includes('\\') || /^[A-Za-z]:/.test(target)) {
    throw wrong(`it is a link to ${shown(target)}, which is outside of the archive.`);
  }
  return target;
}

async function codeOf(content: Content, name: string): Promise<string> {
  // A character of text takes at most 3 bytes.
  if (content.size > 3 * STATE_LIMITS.code) throw tooLong(shown(name));
  const bytes = await bytesOf(content);
  if (findInvalidUtf8(bytes) !== -1) throw new InvalidInputError(`${shown(name)} is not UTF-8 text: save it again as UTF-8.`);
  const code = new TextDecoder('utf-8').decode(bytes).replaceAll('\r\n', '\n');
  if (code.length > STATE_LIMITS.code) throw tooLong(shown(name));
  return code;
}

function contentOfBlob(file: Blob): Content {
  return {
    size: file.size,
    async *pieces() {
      for (let at = 0; at < file.size; at += CHUNK) {
        try {
          yield new Uint8Array(await file.slice(at, at + CHUNK).arrayBuffer());
        } catch (cause) {
          // As when the file was changed or removed after it was chosen.
          throw new InvalidInputError(`A file could not be read (${messageOf(cause)}). Choose it again.`, { cause });
        }
      }
    },
  };
}

const tooLong = (what: string) =>
  new InvalidInputError(`${what} is too long for the editor: it takes at most ${STATE_LIMITS.code / 1e6} million characters.`);
const tooMany = () =>
  new DormouseError(
    'invalid',
    `These are more files than a session can be begun with: at most ${CAPSULE_LIMITS.files.toLocaleString('en-US')}.`,
  );
const shown = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
