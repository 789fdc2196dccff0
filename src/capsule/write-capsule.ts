/** Writes a session as a capsule: a plain zip with a manifest. See docs/capsule.md. */
import { splitArchivePath } from '../base/archive-names';
import { messageOf } from '../base/errors';
import { CAPSULE_LIMITS, type CapsuleContent, type CapsuleFile, contentOfBytes } from './capsule-content';
import type { Manifest, ManifestFile } from './capsule-schema';
import { DEFAULT_MODES, STATE_LIMITS } from './content';
import { Digest } from './digest';
import { wellFormed } from './document-text';
import { FileTree } from './file-tree';
import { CAPSULE_FORMAT, CAPSULE_VERSION } from './formats';
import { checkPlace } from './place';
import type { WriteProblem } from './writable';
import { type Content, type Sink, ZipWriter } from './zip-writer';

/** The names of entries. Content of files lies below `files/`, that of older moments below `checkpoints/`. */
export const ENTRY = {
  manifest: 'manifest.json',
  code: 'notebook.py',
  notebook: 'notebook.ipynb',
  files: 'files/',
  kept: 'kept/',
  checkpoints: 'checkpoints/',
  image: 'memory/image',
  notes: 'memory/variables.json',
  baseline: 'memory/baseline',
} as const;

/** A time for what has none: the earliest that zip knows. */
const NO_TIME = Date.UTC(1980, 0, 1);
const USUAL_MODE = 0o644;

/**
 * Finds the files that a capsule cannot hold, because their names mean something else on other computers or there is too much of them.
 * Null when everything fits.
 */
export function checkCapsule({ files, checkpoints }: CapsuleContent): WriteProblem | null {
  const leaveOut: WriteProblem['leaveOut'] = [];
  for (const moment of [files, ...checkpoints.map((checkpoint) => checkpoint.files)]) {
    const tree = new FileTree();
    for (const file of moment) {
      const reason = whyUnfit(file, tree);
      if (reason !== null && !leaveOut.some(({ path }) => path === file.path))
        leaveOut.push({ path: file.path, size: sizeOf(file), reason });
    }
  }
  if (leaveOut.length > 0) {
    const names = leaveOut.length === 1 ? 'One name' : `${leaveOut.length.toLocaleString('en-US')} names`;
    return { message: `${names} could not be unpacked on every computer. Leave out what is listed here to download the rest.`, leaveOut };
  }
  const content = [files, ...checkpoints.map((checkpoint) => checkpoint.files)].flat().reduce((sum, file) => sum + sizeOf(file), 0);
  if (content <= CAPSULE_LIMITS.zip.content) return null;
  const most = CAPSULE_LIMITS.zip.content / 1e6;
  return { message: `A capsule holds at most ${most.toLocaleString('en-US')} MB. Leave out checkpoints or large files.`, leaveOut: [] };
}

/**
 * Writes a capsule; the same content gives the same bytes. What comes out is to be used only when this resolves.
 * @param notebook the editor's text as .ipynb, for other programs: it is not read again
 * @param pack false when the capsule is packed as a whole
 * @throws what reading a content or the sink throws
 */
export async function writeCapsule(
  content: CapsuleContent,
  sink: Sink,
  { notebook = null, pack = true }: { notebook?: string | null; pack?: boolean } = {},
): Promise<void> {
  const zip = new ZipWriter(sink, { pack });
  const entries: Manifest['entries'] = [];
  const add = async (entry: string, bytes: Content, modified = NO_TIME, mode = USUAL_MODE): Promise<string> => {
    const digest = new Digest();
    await zip.add({ name: entry, modified, mode, content: bytes }, (piece) => digest.update(piece));
    if (!entry.endsWith('/')) entries.push({ entry, size: bytes.size, sha256: await digest.finish() });
    return entry;
  };
  const addText = (entry: string, text: string) => add(entry, contentOfBytes(new TextEncoder().encode(text)));
  /** The content of the present files, by what they are: older moments mostly have the same. */
  const known = new Map<Content, string>();
  const addFiles = async (files: readonly CapsuleFile[], prefix: string): Promise<ManifestFile[]> => {
    const listed: ManifestFile[] = [];
    for (const file of files) {
      const { path, modified, mode, inode, kind } = file;
      const common = {
        path,
        modified,
        ...(mode !== DEFAULT_MODES[kind] && { mode: mode.toString(8).padStart(4, '0') }),
        ...(inode !== null && { inode }),
      };
      if (kind === 'symlink') {
        listed.push({ ...common, link: file.target });
      } else if (kind === 'directory') {
        // For programs that unpack it; what counts is the manifest.
        if (prefix === ENTRY.files) await add(`${prefix}${path}/`, contentOfBytes(new Uint8Array()), modified, mode);
        listed.push({ ...common, directory: true });
      } else {
        const entry = known.get(file.content) ?? (await add(prefix + path, file.content, modified, mode));
        known.set(file.content, entry);
        listed.push({ ...common, entry });
      }
    }
    return listed;
  };

  const { name, runtime, runs, code, kept, packages, memory, checkpoints, leftOut } = content;
  const manifest: Omit<Manifest, 'entries'> = {
    format: CAPSULE_FORMAT,
    version: CAPSULE_VERSION,
    name: name === null ? null : wellFormed(name),
    runtime: runtime && { pyodide: runtime.pyodide, python: runtime.python },
    runs: {
      count: runs.count,
      history: runs.history.slice(-STATE_LIMITS.history).map(({ run, started, ended, status, firstLine }) => ({
        run,
        started,
        ended,
        status,
        firstLine: wellFormed(firstLine.slice(0, STATE_LIMITS.firstLine)),
      })),
    },
    code: code === null ? null : await addText(ENTRY.code, code),
    files: [],
    kept: [],
    packages: packages.map(({ name, version, sha256 }) => ({ name, version, sha256 })),
    memory: null,
    checkpoints: [],
    leftOut: leftOut.map(({ path, reason }) => ({ path, reason })),
  };
  if (notebook !== null) await addText(ENTRY.notebook, notebook);
  manifest.files = await addFiles(content.files, ENTRY.files);
  for (const { name, content } of kept) manifest.kept.push({ name, entry: await add(ENTRY.kept + name, content) });
  if (memory) {
    const { image, notes, baseline, changed, nextInode } = memory;
    manifest.memory = {
      image: await add(ENTRY.image, image),
      notes: notes && (await add(ENTRY.notes, notes)),
      baseline: baseline && { sha256: baseline.sha256, entry: await add(ENTRY.baseline, baseline.content) },
      changed: [...changed].sort((a, b) => a - b),
      nextInode,
    };
  }
  for (const [index, { name, time, code, files }] of checkpoints.entries()) {
    const prefix = `${ENTRY.checkpoints}${index + 1}/`;
    manifest.checkpoints.push({
      name,
      time,
      code: code === null ? null : await addText(`${prefix}${ENTRY.code}`, code),
      files: await addFiles(files, prefix + ENTRY.files),
    });
  }
  const text = `${JSON.stringify({ ...manifest, entries }, null, 1)}\n`;
  await zip.add({ name: ENTRY.manifest, modified: NO_TIME, mode: USUAL_MODE, content: contentOfBytes(new TextEncoder().encode(text)) });
  await zip.finish();
}

function whyUnfit(file: CapsuleFile, tree: FileTree): string | null {
  try {
    const segments = splitArchivePath(file.path);
    checkPlace(file.path, segments);
    const conflict = tree.add(segments, file.kind);
    if (conflict !== null) return `It ${conflict}.`;
  } catch (error) {
    return messageOf(error);
  }
  if (file.kind === 'symlink' && (file.target === '' || file.target.length > STATE_LIMITS.target || /\0|\p{Surrogate}/u.test(file.target)))
    return 'The link points to something that is no path.';
  return null;
}

const sizeOf = (file: CapsuleFile): number => (file.kind === 'file' ? file.content.size : 0);
