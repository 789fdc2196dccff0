/** Downloads of a session as a capsule, each of the moment at which it began, while the session goes on. */
import { isDamage } from '../base/errors';
import { bytesOf, type CapsuleContent, checkCapsule, writeCapsule } from '../capsule';
import { Notebook, readNotes, writeIpynb } from '../notebook';
import type { CapsuleChoice, DownloadProblem, DownloadResult, SessionSummary } from '../protocol/keeper';
import type { Volume } from '../volume/volume';
import { NOTEBOOK_FILE } from './hidden-file';
import { capsuleOf, contentOfBlob } from './session-to-capsule';

/** The name of the snapshot that a download reads from. */
const HELD = 'being downloaded';
/** Bytes of a part of the Blob: a Blob of a million parts is slow. */
const PART = 4 * 2 ** 20;
/** How long the worker goes on before it looks for other messages, ms. */
const AT_ONCE = 20;
/** Names of files on all systems. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: not in names
const NOT_IN_NAMES = /[\x00-\x1f<>:"/\\|?*\x7f]+/g;

export interface CapsuleDownload {
  /** Writes the capsule. */
  finish(): Promise<DownloadResult>;
  /** To be called when that has ended, in its turn among the calls. */
  letGo(): void;
}

export interface DownloadOptions {
  signal: AbortSignal;
  /** Bytes of content, of all. */
  onProgress(done: number, total: number): void;
  /** What is not as the memory knows it, by inode number. */
  changed(): number[];
  /** Milliseconds since 1970. */
  now: number;
}

export class CapsuleDownloads {
  readonly #volume: Volume;
  readonly #held = new Set<number>();

  constructor(volume: Volume) {
    this.#volume = volume;
  }

  /** Takes hold of the present state. @throws NoSpaceError, StorageError */
  async begin(choice: CapsuleChoice, summary: SessionSummary, options: DownloadOptions): Promise<CapsuleDownload> {
    const baseline = choice.memory && choice.baseline ? await contentOfBlob(choice.baseline) : null;
    this.#dropForgotten();
    // What cannot be written to does not change either.
    const held = this.#volume.readOnly ? null : this.#volume.createSnapshot(HELD).id;
    if (held !== null) this.#held.add(held);
    const letGo = () => {
      if (held === null || !this.#held.delete(held) || this.#volume.readOnly) return;
      this.#volume.dropSnapshot(held);
    };
    try {
      const view = held === null ? this.#volume : this.#volume.openSnapshot(held);
      const content = capsuleOf(this.#volume, view, summary, { ...choice, baseline }, options.changed);
      return { finish: () => write(content, choice, options), letGo };
    } catch (error) {
      letGo();
      throw error;
    }
  }

  /** Those of a page that was closed in the middle. */
  #dropForgotten(): void {
    if (this.#volume.readOnly) return;
    for (const { id, name } of this.#volume.snapshots) if (name === HELD && !this.#held.has(id)) this.#volume.dropSnapshot(id);
  }
}

async function write(
  content: CapsuleContent,
  { name, link = false }: CapsuleChoice,
  { signal, onProgress, now }: DownloadOptions,
): Promise<DownloadResult> {
  const problem = checkCapsule(content);
  if (problem) return { problem };
  const blob = new BlobOfParts();
  const total = sizeOf(content);
  let done = 0;
  let rested = performance.now();
  const sink = async (bytes: Uint8Array<ArrayBuffer>) => {
    signal.throwIfAborted();
    blob.add(bytes);
    done += bytes.length;
    if (performance.now() - rested < AT_ONCE) return;
    onProgress(Math.min(done, total), total);
    await new Promise((resolve) => setTimeout(resolve));
    rested = performance.now();
  };
  try {
    await writeCapsule(content, sink, { notebook: link ? null : await notebookOf(content), pack: !link });
  } catch (error) {
    if (!isDamage(error)) throw error;
    const message = 'Some files are damaged and cannot be read. The rest can be downloaded.';
    return { problem: { message, leaveOut: await damagedOf(content) } };
  }
  const time = new Date(now).toISOString().slice(0, 10);
  const plain = (name ?? '')
    .replace(NOT_IN_NAMES, ' ')
    .replace(/^[. ]+|[. ]+$/g, '')
    .slice(0, 100);
  return { name: `${plain || 'session'} ${time}.dormouse`, blob: blob.finish() };
}

/** The editor's text with its outputs, for Jupyter. */
async function notebookOf({ code, kept }: CapsuleContent): Promise<string | null> {
  if (code === null) return null;
  const notes = kept.find(({ name }) => name === NOTEBOOK_FILE);
  const text = notes ? new TextDecoder().decode(await bytesOf(notes.content)) : null;
  const notebook = JSON.parse(writeIpynb(new Notebook(code, readNotes(text)))) as { cells: { id: string }[] };
  // A cell that never ran gets another id each time: the same session has to give the same bytes.
  for (const [index, cell] of notebook.cells.entries()) cell.id = `cell-${index + 1}`;
  return `${JSON.stringify(notebook, null, 1)}\n`;
}

async function damagedOf({ files, checkpoints }: CapsuleContent): Promise<DownloadProblem['leaveOut']> {
  const damaged = new Map<string, DownloadProblem['leaveOut'][number]>();
  for (const file of [files, ...checkpoints.map((checkpoint) => checkpoint.files)].flat()) {
    if (file.kind !== 'file') continue;
    try {
      for await (const _ of file.content.pieces());
    } catch (error) {
      if (!isDamage(error)) throw error;
      damaged.set(file.path, { path: file.path, size: file.content.size, reason: 'What is stored of it is damaged.' });
    }
  }
  return [...damaged.values()];
}

function sizeOf({ files, memory }: CapsuleContent): number {
  const bytes = files.reduce((sum, file) => sum + (file.kind === 'file' ? file.content.size : 0), 0);
  return bytes + (memory?.image.size ?? 0) + (memory?.baseline?.content.size ?? 0);
}

/** A Blob that grows; of parts that are Blobs, which a browser may keep on disk. */
class BlobOfParts {
  readonly #parts: Blob[] = [];
  #waiting: Uint8Array<ArrayBuffer>[] = [];
  #length = 0;

  add(bytes: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(bytes);
    this.#length += bytes.length;
    if (this.#length >= PART) this.#settle();
  }

  finish(): Blob {
    this.#settle();
    return new Blob(this.#parts, { type: 'application/zip' });
  }

  #settle(): void {
    this.#parts.push(new Blob(this.#waiting));
    this.#waiting = [];
    this.#length = 0;
  }
}
