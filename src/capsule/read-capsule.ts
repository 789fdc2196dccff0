/**
 * Reads a capsule, whoever made it. The archive's directory and the manifest are checked whole before anything is returned; content is
 * checked when it is read, piece by piece, against size, checksum and sha256, and counts only when it has come to its end.
 */
import type * as z from 'zod';
import { splitArchivePath } from '../base/archive-names';
import { DormouseError, InvalidInputError, messageOf } from '../base/errors';
import type { ZipEntry, ZipReader } from '../base/zip-reader';
import { bytesOf, CAPSULE_LIMITS, type CapsuleContent, type CapsuleFile, KEPT_NAMES } from './capsule-content';
import { type Manifest, type ManifestFile, manifestSchema } from './capsule-schema';
import { DEFAULT_MODES, STATE_LIMITS } from './content';
import { Digest } from './digest';
import { FileTree } from './file-tree';
import { CAPSULE_FORMAT, CAPSULE_VERSION } from './formats';
import { type JsonValue, readJson } from './json-reader';
import { checkPlace } from './place';
import { findInvalidUtf8 } from './utf8';
import { ENTRY } from './write-capsule';
import type { Content } from './zip-writer';

const SUBJECT = "The capsule's manifest";
const NO_LONG_TEXTS: ReadonlySet<string> = new Set();
/** Bytes of a kept file. */
const LARGEST_KEPT = 64_000_000;
/** Where entries go that the manifest does not know and that are no files of the session. */
const FOUND = 'home/pyodide/found-in-capsule/';

export interface ReadCapsule {
  content: CapsuleContent;
  /** The names of entries that the manifest does not list: somebody added them. Their sha256 is not known. */
  unlisted: string[];
  /** Reads and checks every entry that opening would not, such as the notebook for other programs. */
  verifyRest(): Promise<void>;
}

/** Whether an archive says that it is a capsule. */
export const isCapsule = (zip: ZipReader): boolean => zip.find(ENTRY.manifest) !== null;

/**
 * Reads the manifest and checks it against the archive.
 * @throws InvalidInputError a sentence that says what is wrong
 * @throws DormouseError `unsupported` when a newer version of Dormouse made it
 */
export async function readCapsule(zip: ZipReader, signal?: AbortSignal): Promise<ReadCapsule> {
  const manifest = await readManifest(zip);
  const sealed = checkEntries(zip, manifest, signal);
  const used = new Set<string>();
  const take = (entry: string): Content => {
    used.add(entry);
    const found = sealed.get(entry);
    if (!found) throw wrong(`it refers to ${shown(entry)}, which it does not list among its entries.`);
    return found;
  };
  const text = async (entry: string | null): Promise<string | null> => {
    if (entry === null) return null;
    const content = take(entry);
    // A character of text takes at most 3 bytes.
    if (content.size > 3 * STATE_LIMITS.code) throw wrong(`${shown(entry)} is too long for the editor.`);
    const bytes = await bytesOf(content);
    if (findInvalidUtf8(bytes) !== -1) throw wrong(`${shown(entry)} is not UTF-8 text.`);
    const code = new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);
    if (code.length > STATE_LIMITS.code) throw wrong(`${shown(entry)} is too long for the editor.`);
    return code;
  };
  const { name, runtime, packages, leftOut } = manifest;
  const content: CapsuleContent = {
    name,
    runtime,
    runs: checkRuns(manifest.runs),
    code: await text(manifest.code),
    files: filesOf(manifest.files, take, 'files'),
    kept: keptOf(manifest.kept, take),
    packages,
    memory: memoryOf(manifest, take),
    checkpoints: [],
    leftOut,
  };
  for (const [index, checkpoint] of manifest.checkpoints.entries()) {
    content.checkpoints.push({
      name: checkpoint.name,
      time: checkpoint.time,
      code: await text(checkpoint.code),
      files: filesOf(checkpoint.files, take, `checkpoints[${index}].files`),
    });
  }
  checkAmount(content);
  const unlisted = addUnlisted(zip, content, sealed, signal);
  return {
    content,
    unlisted,
    async verifyRest() {
      for (const [entry, rest] of sealed) {
        if (used.has(entry)) continue;
        for await (const _ of rest.pieces()) signal?.throwIfAborted();
      }
    },
  };
}

async function readManifest(zip: ZipReader): Promise<Manifest> {
  const entry = zip.find(ENTRY.manifest);
  if (entry?.kind !== 'file') throw new InvalidInputError('The archive is no capsule: it has no manifest.json.');
  if (entry.size > CAPSULE_LIMITS.manifest) throw wrong(`it is too large: at most ${CAPSULE_LIMITS.manifest / 1e6} MB can be read.`);
  const bytes = await zip.read(entry);
  if (findInvalidUtf8(bytes) !== -1) throw wrong('it is not UTF-8 text.');
  const value = readJson(bytes, 0, NO_LONG_TEXTS, CAPSULE_LIMITS, SUBJECT);
  checkVersion(value);
  const result = manifestSchema.safeParse(value, { reportInput: true });
  if (!result.success) throw describeIssue(result.error.issues[0] as z.core.$ZodIssue);
  return result.data;
}

/** Looks at format and version before anything else: another version may have other fields. */
function checkVersion(value: JsonValue): void {
  const { format, version } =
    typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as { format?: unknown; version?: unknown }) : {};
  if (format !== CAPSULE_FORMAT) throw wrong(`its "format" has to be "${CAPSULE_FORMAT}".`);
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) {
    throw wrong('its "version" has to be a whole number, 1 or more.');
  }
  if (version > CAPSULE_VERSION) {
    throw new DormouseError(
      'unsupported',
      `The capsule was made by a newer version of Dormouse (its version is ${version}, and this one reads version ${CAPSULE_VERSION}). It can be looked at here; to open it, reload the page to get a newer Dormouse.`,
    );
  }
}

/** Every entry that the manifest lists, with its seal. */
function checkEntries(zip: ZipReader, manifest: Manifest, signal: AbortSignal | undefined): Map<string, Content> {
  const sealed = new Map<string, Content>();
  for (const { entry, size, sha256 } of manifest.entries) {
    if (sealed.has(entry)) throw wrong(`it lists ${shown(entry)} twice.`);
    const found = zip.find(entry);
    if (found?.kind !== 'file' || entry === ENTRY.manifest) throw wrong(`it lists ${shown(entry)}, which is not in the archive.`);
    if (found.size !== size) throw wrong(`${shown(entry)} has ${found.size} bytes, and should have ${size}.`);
    sealed.set(entry, sealedContent(zip, found, sha256, signal));
  }
  return sealed;
}

function sealedContent(zip: ZipReader, entry: ZipEntry, sha256: string, signal: AbortSignal | undefined): Content {
  return {
    size: entry.size,
    async *pieces() {
      const digest = new Digest();
      for await (const piece of zip.stream(entry, signal)) {
        digest.update(piece);
        yield piece;
      }
      if ((await digest.finish()) !== sha256) {
        throw new InvalidInputError(
          `The capsule is not what its manifest says: ${shown(entry.path)} has another sha256. It was changed, or is damaged.`,
        );
      }
    },
  };
}

function checkRuns(runs: Manifest['runs']): Manifest['runs'] {
  let last = 0;
  for (const [index, { run }] of runs.history.entries()) {
    if (run <= last) throw wrong(`runs.history[${index}].run has to be more than the run before it, ${last}, and is ${run}.`);
    last = run;
  }
  if (runs.count < last) throw wrong(`runs.count is ${runs.count}, but the history goes on to run ${last}.`);
  return runs;
}

/** Files of one moment, folders before what lies in them. */
function filesOf(files: readonly ManifestFile[], take: (entry: string) => Content, place: string): CapsuleFile[] {
  const tree = new FileTree();
  const inodes = new Set<number>();
  const read = files.map((file, index): CapsuleFile => {
    const at = `${place}[${index}]`;
    const kind = file.entry !== undefined ? 'file' : file.link !== undefined ? 'symlink' : 'directory';
    let segments: string[];
    try {
      segments = splitArchivePath(file.path);
      checkPlace(file.path, segments);
    } catch (cause) {
      throw wrong(`${at}: ${messageOf(cause)}`, cause);
    }
    const conflict = tree.add(segments, kind);
    if (conflict !== null) throw wrong(`${at}: the path ${shown(file.path)} ${conflict}.`);
    if (file.inode !== undefined && inodes.has(file.inode)) throw wrong(`${at}: the inode number ${file.inode} is there twice.`);
    if (file.inode !== undefined) inodes.add(file.inode);
    const common = {
      path: file.path,
      modified: file.modified,
      mode: file.mode === undefined ? DEFAULT_MODES[kind] : Number.parseInt(file.mode, 8),
      inode: file.inode ?? null,
    };
    if (file.entry !== undefined) return { ...common, kind: 'file', content: take(file.entry) };
    return file.link !== undefined ? { ...common, kind: 'symlink', target: file.link } : { ...common, kind: 'directory' };
  });
  return read;
}

function keptOf(kept: Manifest['kept'], take: (entry: string) => Content): CapsuleContent['kept'] {
  const names = new Set<string>();
  return kept.flatMap(({ name, entry }) => {
    const content = take(entry);
    if (names.has(name)) throw wrong(`it has the kept file ${shown(name)} twice.`);
    if (content.size > LARGEST_KEPT) throw wrong(`the kept file ${shown(name)} is too large.`);
    names.add(name);
    // What a later version keeps is of no use here.
    return KEPT_NAMES.includes(name) ? [{ name, content }] : [];
  });
}

function memoryOf({ memory, files }: Manifest, take: (entry: string) => Content): CapsuleContent['memory'] {
  if (!memory) return null;
  const { image, notes, baseline, changed, nextInode } = memory;
  const unnumbered = files.find(({ inode }) => inode === undefined || inode >= nextInode);
  if (unnumbered) throw wrong(`it has a memory, and ${shown(unnumbered.path)} has no inode number below ${nextInode}.`);
  return {
    image: take(image),
    notes: notes === null ? null : take(notes),
    baseline: baseline && { sha256: baseline.sha256, content: take(baseline.entry) },
    changed,
    nextInode,
  };
}

/** One entry may be the content of many files. */
function checkAmount({ files, checkpoints }: CapsuleContent): void {
  let content = 0;
  for (const file of [files, ...checkpoints.map((checkpoint) => checkpoint.files)].flat())
    if (file.kind === 'file') content += file.content.size;
  if (content > CAPSULE_LIMITS.zip.content) {
    throw wrong(
      `its files have ${Math.ceil(content / 1e6).toLocaleString('en-US')} MB; at most ${CAPSULE_LIMITS.zip.content / 1e6} MB can be read.`,
    );
  }
}

/** What somebody put into the archive since: files of the session where they are among them, else in a folder of their own. */
function addUnlisted(
  zip: ZipReader,
  content: CapsuleContent,
  sealed: ReadonlyMap<string, Content>,
  signal: AbortSignal | undefined,
): string[] {
  const unlisted = zip.entries.filter(({ path, kind }) => kind !== 'directory' && path !== ENTRY.manifest && !sealed.has(path));
  if (unlisted.length === 0) return [];
  const tree = new FileTree();
  for (const { path, kind } of content.files) tree.add(path.split('/'), kind);
  for (const entry of unlisted) {
    if (entry.kind === 'symlink')
      throw new InvalidInputError(`The capsule has a link among its entries, ${shown(entry.path)}: a capsule has none.`);
    const inner = entry.path.startsWith(ENTRY.files) ? entry.path.slice(ENTRY.files.length) : null;
    const path = inner !== null && /^(home\/pyodide|tmp)\/./.test(inner) ? inner : FOUND + entry.path;
    const conflict = tree.add(path.split('/'), 'file');
    if (conflict !== null)
      throw new InvalidInputError(`The capsule has an entry that its manifest does not list, ${shown(entry.path)}, and it ${conflict}.`);
    content.files.push({
      path,
      modified: entry.modified ?? 0,
      mode: (entry.mode ?? DEFAULT_MODES.file) & 0o777,
      inode: content.memory ? content.memory.nextInode++ : null,
      kind: 'file',
      content: { size: entry.size, pieces: () => zip.stream(entry, signal) },
    });
  }
  return unlisted.map(({ path }) => path);
}

/** Says in a sentence what the schema found first. */
function describeIssue(issue: z.core.$ZodIssue): InvalidInputError {
  let place = '';
  for (const key of issue.path) place += typeof key === 'number' ? `[${key}]` : `${place && '.'}${String(key)}`;
  const at = place === '' ? '' : `at ${place}: `;
  if (issue.code === 'unrecognized_keys')
    return wrong(`${at}it has a field that a manifest does not have: ${issue.keys.slice(0, 5).map(shown).join(', ')}.`);
  return wrong(issue.input === undefined ? `${at}it is missing; it ${issue.message}.` : `${at}it ${issue.message}.`);
}

const wrong = (what: string, cause?: unknown) =>
  new InvalidInputError(`${SUBJECT} is wrong: ${what}`, cause === undefined ? {} : { cause });
const shown = (text: string): string => JSON.stringify(text.length > 120 ? `${text.slice(0, 120)}…` : text);
