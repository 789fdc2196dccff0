/**
 * The files of a session: lists and bytes come from the keeper, also while Python runs; changes are made by Python's machine between runs, in
 * their order, and can be undone.
 */
import { DormouseError, InvalidInputError, isDormouseError } from '../base/errors';
import { splitPath } from '../base/paths';
import type { FileChange } from '../protocol/file-change';
import type { FilePart, FileReport, KeeperCalls, SavedReport } from '../protocol/keeper';
import type { Python } from './python';

export interface FilesHost {
  call<Name extends 'files' | 'filesAt' | 'readFile' | 'precedeChange' | 'settleFiles'>(
    name: Name,
    argument: KeeperCalls[Name]['argument'],
  ): Promise<KeeperCalls[Name]['result']>;
  /** The interpreter as soon as nothing runs. Rejects when this tab does not have the session, and when the signal says so. */
  idle(signal?: AbortSignal): Promise<Python>;
  /** What the page changed is kept. */
  onSettled(report: SavedReport): void;
}

/** A change of files that was asked for and has not come to its end. */
export interface FileTask {
  readonly id: number;
  readonly kind: FileChange['type'];
  /** What it is about, and for a move where that goes. */
  readonly path: string;
  /** `waiting`: for the run that goes on, or for the change before it. */
  readonly state: 'waiting' | 'working';
  /** Bytes. */
  readonly done: number;
  readonly total: number;
}

/** What a change was, so that it can be taken back. */
export interface FileUndo {
  /** What was there before it; null when nothing was. */
  readonly checkpoint: number | null;
  /** In their order. `clear` removes what is there, if anything is. */
  readonly steps: readonly ({ type: 'remove' | 'clear' | 'restore'; path: string } | { type: 'move'; from: string; to: string })[];
  /** Python has the file open that was replaced or removed, and goes on with the old one. */
  readonly open: boolean;
}

export interface FileOptions {
  signal?: AbortSignal;
  /** Bytes that are done, of all. */
  onProgress?: (done: number, total: number) => void;
}

/** The largest file, bytes: where Python's end too. */
const LARGEST_FILE = 2 ** 31 - 1;
/** What is asked for at once, bytes. */
const PART = 8 * 2 ** 20;
/** How often a file is read that changes meanwhile. */
const ATTEMPTS = 3;

/**
 * All of a file's bytes, part by part.
 * @throws DormouseError `busy` when it changes meanwhile
 */
export async function readWhole(
  call: FilesHost['call'],
  path: string,
  { checkpoint = null, signal, onProgress }: FileOptions & { checkpoint?: number | null } = {},
): Promise<Blob> {
  const parts: Blob[] = [];
  let version: string | null = null;
  for (let from = 0; ; ) {
    signal?.throwIfAborted();
    const part: FilePart = await call('readFile', { path, from, to: from + PART, checkpoint, version });
    parts.push(part.bytes);
    version = part.version;
    from += part.bytes.size;
    onProgress?.(from, part.size);
    if (from >= part.size || part.bytes.size === 0) return new Blob(parts);
  }
}

/** Events: `change` when files are not as they were; `tasks` when `tasks` was replaced. */
export class SessionFiles extends EventTarget {
  readonly #host: FilesHost;
  #tasks: readonly FileTask[] = [];
  #count = 0;
  /** Undos that go on: each is one step of the history. */
  #undoing = 0;
  /** The checkpoint before changes that are one step together. */
  #guard: number | null = null;
  /** Something was changed since the last checkpoint. */
  #unkept = false;
  /** The end of the last change: one comes after the other. */
  #last: Promise<unknown> = Promise.resolve();

  constructor(host: FilesHost) {
    super();
    this.#host = host;
  }

  /** What goes on, in its order. */
  get tasks(): readonly FileTask[] {
    return this.#tasks;
  }

  /** Everything below `home/pyodide` and `tmp`, folders before what is in them. */
  list(): Promise<FileReport[]> {
    return this.#host.call('files', null);
  }

  /** The same as it was at a checkpoint. */
  async listAt(checkpoint: number): Promise<FileReport[]> {
    const found = ['home/pyodide', 'tmp'].map((path) => this.#host.call('filesAt', { checkpoint, path }));
    return (await Promise.all(found)).flat();
  }

  /**
   * A file's bytes; with `checkpoint` those that it had then.
   * @throws an Error with a sentence: it is gone, damaged, or changes all the time
   */
  async read(path: string, options: FileOptions & { checkpoint?: number | null } = {}): Promise<Blob> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await readWhole(this.#host.call, path, options);
      } catch (error) {
        if (attempt === ATTEMPTS || !isDormouseError(error) || error.code !== 'busy') throw error;
      }
    }
  }

  /** Some of a file's bytes, at most 16 MiB, and the size of all. */
  async readPart(path: string, from: number, to: number): Promise<{ bytes: Uint8Array<ArrayBuffer>; size: number; version: string }> {
    const { bytes, size, version } = await this.#host.call('readFile', { path, from, to, checkpoint: null, version: null });
    return { bytes: new Uint8Array(await bytes.arrayBuffer()), size, version };
  }

  /** Writes a file, and the folders that it needs, as a whole or not at all. Without `replace` it is an error when there is one. */
  write(
    path: string,
    content: Blob,
    { replace = false, modified = null, ...options }: FileOptions & { replace?: boolean; modified?: number | null } = {},
  ): Promise<FileUndo> {
    return this.#task('write', path, content.size, options, async (report) => {
      splitPath(path);
      if (content.size > LARGEST_FILE)
        throw new InvalidInputError(
          `“${nameOf(path)}” is larger than 2 GiB, which is more than Python can read here. Nothing was changed.`,
        );
      const checkpoint = replace ? await this.#precede(path) : null;
      const open = await this.#change({ type: 'write', path, content, replace, modified }, options.signal, report);
      return { checkpoint, steps: [{ type: checkpoint === null ? 'remove' : 'restore', path }], open };
    });
  }

  makeFolder(path: string): Promise<FileUndo> {
    return this.#task('makeFolder', path, 0, {}, async () => {
      splitPath(path);
      await this.#change({ type: 'makeFolder', path });
      return { checkpoint: null, steps: [{ type: 'remove', path }], open: false };
    });
  }

  /** Renames, or moves to another folder. Without `replace` it is an error when something is there already. */
  move(from: string, to: string, { replace = false } = {}): Promise<FileUndo> {
    return this.#task('move', from, 0, {}, async () => {
      splitPath(to);
      const checkpoint = replace && from !== to ? await this.#precede(to) : null;
      const open = await this.#change({ type: 'move', from, to, replace });
      const restore = checkpoint === null ? [] : [{ type: 'restore' as const, path: to }];
      return { checkpoint, steps: [{ type: 'move', from: to, to: from }, ...restore], open };
    });
  }

  /** Removes a file, or a folder with everything in it. */
  remove(path: string): Promise<FileUndo> {
    return this.#task('remove', path, 0, {}, async () => {
      const checkpoint = await this.#precede(path);
      const open = await this.#change({ type: 'remove', path });
      return { checkpoint, steps: [{ type: 'restore', path }], open };
    });
  }

  /** Takes a change back. Rejects when what was there before is not kept any more. */
  async undo({ checkpoint, steps }: FileUndo, options: FileOptions = {}): Promise<void> {
    this.#undoing += 1;
    try {
      for (const step of steps) {
        if (step.type === 'remove') await this.remove(step.path);
        else if (step.type === 'clear') await this.#clear(step.path);
        else if (step.type === 'move') await this.move(step.from, step.to);
        else await this.#restore(checkpoint, step.path, options);
      }
    } finally {
      this.#undoing -= 1;
      await this.#keep();
    }
  }

  /** Changes that are one step: `guard` is the checkpoint before it, and who asks makes the one after it when `act` has come to its end. */
  async together<Result>(guard: number, act: () => Promise<Result>): Promise<Result> {
    this.#undoing += 1;
    this.#guard = guard;
    try {
      const result = await act();
      this.#unkept = false;
      return result;
    } finally {
      this.#undoing -= 1;
      this.#guard = null;
      await this.#keep();
    }
  }

  /** Sees to it that what is at a path now can be brought back; null when nothing is. */
  async #precede(path: string): Promise<number | null> {
    return this.#guard ?? this.#host.call('precedeChange', { path });
  }

  async #clear(path: string): Promise<void> {
    if ((await this.list()).some((file) => file.path === path)) await this.remove(path);
  }

  /** Brings back what was at a path at a checkpoint, with what is below it. */
  async #restore(checkpoint: number | null, path: string, options: FileOptions): Promise<void> {
    if (checkpoint === null) return;
    const gone = `What “${nameOf(path)}” was before is no longer kept. Nothing was changed.`;
    const found = await this.#host.call('filesAt', { checkpoint, path }).catch((cause) => {
      throw new DormouseError('busy', gone, { cause });
    });
    if (found.length === 0) throw new DormouseError('busy', gone);
    for (const { path: at, kind, modified, size, target } of found) {
      if (kind === 'file') {
        const content = await this.read(at, { ...options, checkpoint });
        await this.write(at, content, { ...options, replace: true, modified });
      } else {
        const change: FileChange =
          kind === 'directory' ? { type: 'makeFolder', path: at } : { type: 'link', path: at, target: target ?? '' };
        await this.#task(change.type, at, size, options, async () => {
          await this.#change(change);
          return { checkpoint: null, steps: [], open: false };
        });
      }
    }
  }

  /** Carries out one change when its turn has come and nothing runs, then sees to it that it is kept. */
  #task(
    kind: FileTask['kind'],
    path: string,
    total: number,
    { signal, onProgress }: FileOptions,
    carryOut: (report: (done: number) => void) => Promise<FileUndo>,
  ): Promise<FileUndo> {
    const id = ++this.#count;
    this.#setTasks([...this.#tasks, { id, kind, path, state: 'waiting', done: 0, total }]);
    const report = (done: number) => {
      this.#setTasks(this.#tasks.map((task) => (task.id === id ? { ...task, done } : task)));
      onProgress?.(done, total);
    };
    const end = this.#last.then(async () => {
      try {
        signal?.throwIfAborted();
        await this.#host.idle(signal);
        this.#setTasks(this.#tasks.map((task) => (task.id === id ? { ...task, state: 'working' } : task)));
        return await carryOut(report);
      } finally {
        this.#setTasks(this.#tasks.filter((task) => task.id !== id));
        await this.#keep();
      }
    });
    this.#last = end.catch(() => undefined);
    return end;
  }

  /** Says whether Python has something open that is not there any more. */
  async #change(change: FileChange, signal?: AbortSignal, onProgress?: (done: number) => void): Promise<boolean> {
    for (;;) {
      const python = await this.#host.idle(signal);
      try {
        const { sequence, open } = await python.changeFile(change, { ...(signal && { signal }), ...(onProgress && { onProgress }) });
        this.#unkept = true;
        this.#host.onSettled(await this.#host.call('settleFiles', { sequence, keep: false }));
        return open;
      } catch (error) {
        signal?.throwIfAborted();
        // Python was replaced in the middle of it: what was written beside is forgotten, and a whole file can be written again.
        if (python.ended && change.type === 'write') continue;
        throw error;
      }
    }
  }

  /** Makes a checkpoint of what was changed when no more is to come: many changes in a row are one step of the history. */
  async #keep(): Promise<void> {
    if (!this.#unkept || this.#tasks.length > 0 || this.#undoing > 0) return;
    this.#unkept = false;
    this.#host.onSettled(await this.#host.call('settleFiles', { sequence: null, keep: true }));
  }

  #setTasks(tasks: readonly FileTask[]): void {
    this.#tasks = tasks;
    this.dispatchEvent(new Event('tasks'));
  }
}

const nameOf = (path: string): string => path.slice(path.lastIndexOf('/') + 1);
