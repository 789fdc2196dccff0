/** What the page is told of what a person wants to open: bounded, and nothing of it was run. */
import { bytesOf, type CapsuleContent, type Incoming } from '../capsule';
import { LONGEST_PREVIEW, MOST_PREVIEWED, type Preview } from '../protocol/catalogue';
import { type MemoryNotes, parseNotes } from './memory-notes';

/** What was said of variables is shorter, bytes. */
const LONGEST_NOTES = 4 * 2 ** 20;
/** What is kept beside the text of a notebook is shorter, bytes. */
const LONGEST_NOTEBOOK = 32 * 2 ** 20;

/** @throws InvalidInputError when what it has to read of the content is not what it should be */
export async function previewOf({ form, name, text, content, unlisted, closed }: Incoming): Promise<Preview> {
  const { runtime, runs, files, packages, memory, checkpoints, leftOut } = content;
  const code = text ?? content.code;
  const notes = await notesOf(content);
  const beside = content.kept.find((kept) => kept.name === 'notebook.json')?.content;
  return {
    form,
    name: name.slice(0, 200),
    runtime,
    runs: runs.count,
    code: code?.slice(0, LONGEST_PREVIEW) ?? null,
    codeCut: (code?.length ?? 0) > LONGEST_PREVIEW,
    notes: code !== null && beside && beside.size <= LONGEST_NOTEBOOK ? new TextDecoder().decode(await bytesOf(beside)) : null,
    files: files
      .slice(0, MOST_PREVIEWED)
      .map((file) => ({ path: file.path, kind: file.kind, size: file.kind === 'file' ? file.content.size : 0 })),
    fileCount: files.length,
    bytes: sizeOf(content, false),
    packages: packages.map(({ name, version }) => ({ name, version })),
    memory: memory && { bytes: memory.image.size, variables: notes?.variables ?? [] },
    checkpoints: checkpoints.map(({ name, time }) => ({ name, time })),
    leftOut: leftOut.slice(0, MOST_PREVIEWED),
    unlisted: unlisted.slice(0, MOST_PREVIEWED),
    closed,
  };
}

/** What was said of the variables of a content; null when nothing was, or too much. */
export async function notesOf({ memory }: CapsuleContent): Promise<MemoryNotes | null> {
  return memory?.notes && memory.notes.size <= LONGEST_NOTES ? parseNotes(await bytesOf(memory.notes)) : null;
}

/** Bytes of a content's files, with its memory or without. */
export function sizeOf({ files, memory }: CapsuleContent, withMemory: boolean): number {
  const bytes = files.reduce((sum, file) => sum + (file.kind === 'file' ? file.content.size : 0), 0);
  return bytes + (withMemory ? (memory?.image.size ?? 0) : 0);
}
