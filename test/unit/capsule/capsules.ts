/** Makes capsules for tests: any session, its bytes, and what is read of them. */
import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { ZipReader } from '../../../src/base/zip-reader';
import {
  CAPSULE_LIMITS,
  type CapsuleContent,
  type CapsuleFile,
  type Content,
  checkCapsule,
  contentOfBytes,
  type ReadCapsule,
  readCapsule,
  writeCapsule,
} from '../../../src/capsule';
import { type Part, zipOf } from '../../fixtures/zip-archives';
import { NOW, states } from './documents';

export const sha256Of = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

/** The bytes of a capsule. */
export async function written(
  content: CapsuleContent,
  notebook: string | null = null,
  { pack = true } = {},
): Promise<Uint8Array<ArrayBuffer>> {
  const pieces: Uint8Array[] = [];
  await writeCapsule(content, (bytes) => void pieces.push(bytes.slice()), { notebook, pack });
  return new Uint8Array(Buffer.concat(pieces));
}

export async function readBack(bytes: Uint8Array<ArrayBuffer>): Promise<ReadCapsule> {
  return readCapsule(await ZipReader.open(new Blob([bytes]), CAPSULE_LIMITS.zip));
}

async function bytesIn(content: Content): Promise<number[]> {
  const bytes: number[] = [];
  for await (const piece of content.pieces()) bytes.push(...piece);
  return bytes;
}

/** A content with all bytes read, to be compared. */
export async function plain(content: CapsuleContent): Promise<unknown> {
  const files = async (list: readonly CapsuleFile[]) =>
    Promise.all(list.map(async (file) => (file.kind === 'file' ? { ...file, content: await bytesIn(file.content) } : file)));
  const { memory } = content;
  return {
    ...content,
    files: await files(content.files),
    kept: await Promise.all(content.kept.map(async (kept) => ({ ...kept, content: await bytesIn(kept.content) }))),
    checkpoints: await Promise.all(
      content.checkpoints.map(async (checkpoint) => ({ ...checkpoint, files: await files(checkpoint.files) })),
    ),
    memory: memory && {
      ...memory,
      image: await bytesIn(memory.image),
      notes: memory.notes && (await bytesIn(memory.notes)),
      baseline: memory.baseline && { ...memory.baseline, content: await bytesIn(memory.baseline.content) },
    },
  };
}

export const EMPTY: CapsuleContent = {
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

export function file(path: string, content: string | Uint8Array, rest: Partial<CapsuleFile> = {}): CapsuleFile {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  return { path, modified: NOW, mode: 0o644, inode: null, ...rest, kind: 'file', content: contentOfBytes(bytes) } as CapsuleFile;
}

const image = contentOfBytes(new Uint8Array(3000).map((_, index) => (index * index) >> 3));
/** One of everything. */
export const FULL: CapsuleContent = {
  name: 'Rainfall study',
  runtime: { pyodide: '314.0.7', python: '3.14.2' },
  runs: { count: 12, history: [{ run: 12, started: NOW, ended: NOW + 1500, status: 'finished', firstLine: 'import sqlite3' }] },
  code: '# %% [markdown]\n# Rain by month\n\n# %%\nprint("é")\n',
  files: [
    { path: 'home/pyodide/data', modified: NOW, mode: 0o700, inode: 1048580, kind: 'directory' },
    file('home/pyodide/data/rain.csv', 'month,mm\n1,30\n2,25\n'.repeat(20), { inode: 1048581, modified: NOW + 0.25 }),
    file('home/pyodide/photo.png', new Uint8Array([0x89, 0x50, 0x4e, 0x47]), { inode: 1048582, mode: 0o600 }),
    { path: 'tmp/link', modified: NOW, mode: 0o777, inode: 1048583, kind: 'symlink', target: '/home/pyodide/data/rain.csv' },
  ],
  kept: [{ name: 'notebook.json', content: contentOfBytes(new TextEncoder().encode('{"version":1,"cells":[]}\n')) }],
  packages: [{ name: 'numpy', version: '2.3.0', sha256: 'ab'.repeat(32) }],
  memory: {
    image,
    notes: contentOfBytes(new TextEncoder().encode('{"version":1,"variables":[{"name":"df","type":"DataFrame"}],"lost":[]}\n')),
    baseline: { sha256: 'cd'.repeat(32), content: contentOfBytes(new Uint8Array(100).fill(7)) },
    changed: [1048582],
    nextInode: 1048600,
  },
  checkpoints: [{ name: 'before the storm', time: NOW - 1000, code: 'print(1)\n', files: [file('home/pyodide/old.txt', 'old')] }],
  leftOut: [{ path: 'home/pyodide/CON', reason: 'The path is not allowed.' }],
};

const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 300 }),
  fc.nat({ max: 100_000 }).map((length) => new Uint8Array(length)),
);
const texts = fc.string({ unit: 'grapheme', maxLength: 30 });
const hashes = bytes.map(sha256Of);

const files = states.map(
  ({ files }): CapsuleFile[] =>
    files.map((entry) => ({
      ...entry,
      inode: null,
      ...(entry.kind === 'file' && { content: contentOfBytes(entry.content) }),
    })) as CapsuleFile[],
);

/** Without what cannot be written. */
export function fitting(content: CapsuleContent): CapsuleContent {
  const left = new Set(checkCapsule(content)?.leaveOut.map(({ path }) => path));
  const kept = (list: CapsuleFile[]) => list.filter(({ path }) => !left.has(path));
  return {
    ...content,
    files: kept(content.files),
    checkpoints: content.checkpoints.map((checkpoint) => ({ ...checkpoint, files: kept(checkpoint.files) })),
  };
}

/** Any session. */
export const sessions: fc.Arbitrary<CapsuleContent> = fc
  .record({
    name: fc.option(texts),
    state: states,
    fractions: fc.double({ min: -1e12, max: 1e13, noNaN: true }),
    kept: fc.option(bytes),
    packages: fc.array(fc.record({ name: texts, version: texts, sha256: hashes }), { maxLength: 3 }),
    memory: fc.option(
      fc.record({
        image: bytes,
        notes: fc.option(bytes),
        baseline: fc.option(bytes),
        changed: fc.uniqueArray(fc.nat({ max: 9 }).map((inode) => inode + 1)),
      }),
    ),
    checkpoints: fc.array(fc.record({ name: texts, time: fc.nat(), code: fc.option(texts), files, same: fc.boolean() }), { maxLength: 2 }),
    leftOut: fc.array(fc.record({ path: texts, reason: texts }), { maxLength: 2 }),
  })
  .map(({ name, state, fractions, kept, packages, memory, checkpoints, leftOut }): CapsuleContent => {
    const present = state.files.map(
      (entry, index) =>
        ({
          ...entry,
          modified: index === 0 ? fractions + 0 : entry.modified,
          inode: memory ? index + 1 : null,
          ...(entry.kind === 'file' && { content: contentOfBytes(entry.content) }),
        }) as CapsuleFile,
    );
    return fitting({
      name,
      runtime: state.runtime && { pyodide: state.runtime.pyodide.slice(0, 9).replace(/\p{Surrogate}/gu, ''), python: '3.14.2' },
      runs: state.runs,
      code: state.code,
      files: present,
      kept: kept ? [{ name: 'notebook.json', content: contentOfBytes(kept) }] : [],
      packages,
      memory: memory && {
        image: contentOfBytes(memory.image),
        notes: memory.notes && contentOfBytes(memory.notes),
        baseline: memory.baseline && { sha256: sha256Of(memory.baseline), content: contentOfBytes(memory.baseline) },
        changed: memory.changed.sort((a, b) => a - b),
        nextInode: present.length + 1,
      },
      checkpoints: checkpoints.map(({ same, ...checkpoint }) => (same ? { ...checkpoint, files: present } : checkpoint)),
      leftOut,
    });
  });

/** The manifest of a good capsule, and the capsule with another in its place, given as a value or as its text. */
export async function forger(content: CapsuleContent): Promise<{ manifest: Record<string, never>; forge(manifest: unknown): Part[] }> {
  const zip = await ZipReader.open(new Blob([await written(content)]), CAPSULE_LIMITS.zip);
  const parts: Part[] = [];
  let manifest: Record<string, never> = {};
  for (const entry of zip.entries) {
    const data = await zip.read(entry);
    if (entry.path === 'manifest.json') manifest = JSON.parse(new TextDecoder().decode(data));
    parts.push(entry.kind === 'directory' ? { name: `${entry.path}/`, unix: 0o40755, stored: true } : { name: entry.path, data });
  }
  const forge = (changed: unknown): Part[] => {
    const data = typeof changed === 'string' ? changed : JSON.stringify(changed);
    return parts.map((part) => (part.name === 'manifest.json' ? { name: part.name, data } : part));
  };
  return { manifest, forge };
}

/** A capsule whose manifest says something else: `change` gets what a good one says. */
export async function forged(
  content: CapsuleContent,
  change: (manifest: Record<string, never>) => unknown,
  extra: Part[] = [],
): Promise<Uint8Array<ArrayBuffer>> {
  const { manifest, forge } = await forger(content);
  return zipOf([...forge(change(manifest) ?? manifest), ...extra]);
}
