/**
 * `npm run capsule -- inspect|verify|extract FILE`: looks into what a person would open, with the reader that the page has. Nothing in it is run,
 * and what it says is only printed.
 */
import { existsSync, openAsBlob, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, open, rename, rm, rmdir, symlink, utimes } from 'node:fs/promises';
import { basename, dirname, join, posix, resolve } from 'node:path';
import { splitArchivePath } from '../base/archive-names';
import { InvalidInputError, isDormouseError, messageOf } from '../base/errors';
import { type CapsuleFile, type Content, contentOfBytes, type Incoming, readIncoming } from '../capsule';

/** Exit codes: all is well; it is not what it should be; it could not be looked at, or the folder cannot be written. */
const SOUND = 0;
const REFUSED = 1;
const UNUSABLE = 2;

const USAGE = [
  'Usage: npm run capsule -- inspect FILE          says what is in it',
  '       npm run capsule -- verify FILE           reads everything and checks it',
  '       npm run capsule -- extract FILE FOLDER   writes its files into a new or empty folder',
  'FILE is a capsule (.dormouse), a state file (.json), or anything else that Dormouse opens. Nothing in it is run.',
];

/** Lists longer than this are cut when they are printed. */
const MOST_LINES = 200;

/**
 * Runs the command.
 * @param args what stands behind the command's name
 * @param print takes one line
 * @returns the exit code
 */
export async function runCapsule(args: string[], print: (line: string) => void): Promise<number> {
  const say = (line: string) => print(printable(line));
  const [command, file, folder, ...more] = args;
  const known = command === 'inspect' || command === 'verify' || command === 'extract';
  if (!known || file === undefined || more.length > 0 || (folder !== undefined) !== (command === 'extract')) {
    for (const line of USAGE) print(line);
    return UNUSABLE;
  }
  if (!existsSync(file) || !statSync(file).isFile()) {
    say(`There is no file ${file}.`);
    return UNUSABLE;
  }
  try {
    const { mtimeMs } = statSync(file);
    const incoming = await readIncoming([{ path: basename(file), file: await openAsBlob(file), modified: mtimeMs }], mtimeMs);
    if (command === 'inspect') inspect(incoming, say);
    else if (command === 'verify') say(`Sound: ${amounts(await verify(incoming))}.`);
    else {
      const target = resolve(folder as string);
      const problem = whyNotWritable(target);
      if (problem) {
        say(problem);
        return UNUSABLE;
      }
      await extract(incoming, target, say);
    }
    return SOUND;
  } catch (error) {
    say(messageOf(error));
    return isDormouseError(error) ? REFUSED : UNUSABLE;
  }
}

function inspect({ form, name, content, unlisted, closed }: Incoming, say: (line: string) => void): void {
  const { runtime, runs, code, files, packages, memory, checkpoints, leftOut } = content;
  const forms = {
    state: 'A state file',
    capsule: 'A capsule',
    zip: 'A zip archive',
    code: 'A program',
    notebook: 'A notebook',
    lesson: 'A lesson',
    files: 'A file',
  };
  say(`${forms[form]}: ${content.name ?? name}`);
  if (closed) say(closed);
  if (runtime) say(`Python ${runtime.python}, Pyodide ${runtime.pyodide}; ${count(runs.count)} runs`);
  if (code !== null) say(`Code: ${count(code.length)} characters, ${count(code.split('\n').length)} lines`);
  if (memory) say(`Memory: ${count(memory.image.size)} bytes. It continues a running program, made by whoever made this file.`);
  const list = <Item>(title: string, items: readonly Item[], line: (item: Item) => string) => {
    if (items.length === 0) return;
    say(`${title}: ${count(items.length)}`);
    for (const item of items.slice(0, MOST_LINES)) say(`  ${line(item)}`);
    if (items.length > MOST_LINES) say(`  … and ${count(items.length - MOST_LINES)} more`);
  };
  list('Files', files, (file) => `${file.path}${detail(file)}`);
  list('Packages', packages, (wheel) => `${wheel.name} ${wheel.version}`);
  list('Checkpoints', checkpoints, (checkpoint) => `${checkpoint.name}: ${count(checkpoint.files.length)} files`);
  list('Left out by who made it', leftOut, ({ path, reason }) => `${path}: ${reason}`);
  list('Not listed in its manifest, added by somebody', unlisted, (path) => path);
}

function detail(file: CapsuleFile): string {
  if (file.kind === 'file') return `  ${count(file.content.size)} bytes`;
  return file.kind === 'directory' ? '/' : ` -> ${file.target}`;
}

interface Amounts {
  files: number;
  bytes: number;
}

const amounts = ({ files, bytes }: Amounts) => `${count(files)} files, ${count(bytes)} bytes`;

/** Reads everything. @throws InvalidInputError for the first thing that is not as it should be */
async function verify({ content, verifyRest }: Incoming): Promise<Amounts> {
  const { files, kept, memory, checkpoints } = content;
  const all: Content[] = [...files, ...checkpoints.flatMap((checkpoint) => checkpoint.files)].flatMap((file) =>
    file.kind === 'file' ? [file.content] : [],
  );
  all.push(...kept.map((file) => file.content));
  if (memory) all.push(memory.image, ...(memory.notes ? [memory.notes] : []), ...(memory.baseline ? [memory.baseline.content] : []));
  let bytes = 0;
  for (const { pieces } of all) for await (const piece of pieces()) bytes += piece.length;
  await verifyRest();
  return { files: files.length, bytes };
}

/** Null when a folder can be made there, or is there and empty. */
function whyNotWritable(folder: string): string | null {
  if (!existsSync(folder)) return existsSync(dirname(folder)) ? null : `There is no folder ${dirname(folder)}.`;
  if (!statSync(folder).isDirectory()) return `${folder} is a file. Name a folder that is new or empty.`;
  return readdirSync(folder).length === 0
    ? null
    : `${folder} is not empty. Name a folder that is new or empty: nothing is ever overwritten.`;
}

/** Writes beside the folder first, so that what is refused half-way leaves nothing behind. */
async function extract({ content, verifyRest }: Incoming, folder: string, say: (line: string) => void): Promise<void> {
  const staged = await mkdtemp(join(dirname(folder), '.dormouse-extracting-'));
  try {
    const { code, files } = content;
    const program: CapsuleFile[] =
      code === null
        ? []
        : [
            {
              kind: 'file',
              path: 'notebook.py',
              modified: 0,
              mode: 0o644,
              inode: null,
              content: contentOfBytes(new TextEncoder().encode(code)),
            },
          ];
    const written: Amounts = { files: 0, bytes: 0 };
    const links: (CapsuleFile & { kind: 'symlink' })[] = [];
    for (const file of [...program, ...files]) {
      // State files may hold names that other systems take for something else.
      const target = join(staged, ...splitArchivePath(file.path));
      await mkdir(file.kind === 'directory' ? target : dirname(target), { recursive: true });
      if (file.kind === 'symlink') links.push(file);
      if (file.kind !== 'file') continue;
      written.files += 1;
      written.bytes += await write(file, target);
    }
    await verifyRest();
    // After all files: nothing is ever written through a link.
    for (const link of links) {
      if (staysInside(link.path, link.target)) await symlink(link.target, join(staged, ...splitArchivePath(link.path)));
      else say(`${link.path} is a link to ${link.target}, which is outside of the folder: it was not made.`);
    }
    if (existsSync(folder)) await rmdir(folder);
    await rename(staged, folder);
    say(`${amounts(written)} in ${folder}.`);
  } catch (error) {
    await rm(staged, { recursive: true, force: true });
    throw error;
  }
}

/** Whether a link leads to a place in the same folder, also by way of other such links: then `..` means what it seems to only before any name. */
function staysInside(path: string, target: string): boolean {
  const to = posix.join(posix.dirname(path), target);
  if (target.startsWith('/') || target.includes('\\') || to === '..' || to.startsWith('../')) return false;
  return !target
    .replace(/^(\.{1,2}\/)+/, '')
    .split('/')
    .slice(1)
    .includes('..');
}

async function write(file: CapsuleFile & { kind: 'file' }, target: string): Promise<number> {
  // Never over another one: two names may be one on this system.
  const handle = await open(target, 'wx', file.mode & 0o777).catch((cause: NodeJS.ErrnoException) => {
    if (cause.code !== 'EEXIST') throw cause;
    throw new InvalidInputError(`${file.path} has the name of another file on this computer.`, { cause });
  });
  let bytes = 0;
  try {
    for await (const piece of file.content.pieces()) {
      await handle.writeFile(piece);
      bytes += piece.length;
    }
  } finally {
    await handle.close();
  }
  if (file.modified > 0) await utimes(target, file.modified / 1000, file.modified / 1000);
  return bytes;
}

const count = (value: number) => value.toLocaleString('en-US');

/** A terminal obeys control characters, and a reader those that turn the direction of writing. */
function printable(line: string): string {
  return line.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
    /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
