/** What a person does with files, what becomes of it, and how it is taken back; for an element that renders that. */
import type { ReactiveControllerHost } from 'lit';
import { messageOf } from '../../base/errors';
import type { FileReport, FileUndo, Session } from '../../session';
import { formatPath } from '../format';
import { saveBlob } from '../save-blob';
import { strings } from '../strings';
import { archiveOf } from './archive';
import type { ArrivingFile } from './dropped-files';
import { folderOf, HOME, nameOf } from './file-nodes';
import type { ListedFiles } from './listed-files';

export interface Notice {
  tone: 'info' | 'error';
  text: string;
  undo: (() => Promise<void>) | null;
}

export interface FileWorkHost extends ReactiveControllerHost {
  readonly session: Session;
  /** Shows a file that is new or elsewhere now. */
  reveal(path: string): Promise<void>;
}

export class FileWork {
  notice: Notice | null = null;
  /** How far an archive or a file for the person is, bytes. */
  packing: { done: number; total: number } | null = null;
  readonly #host: FileWorkHost;
  readonly #listed: ListedFiles;
  /** Ends what goes on. */
  #cancel = new AbortController();

  constructor(host: FileWorkHost, listed: ListedFiles) {
    this.#host = host;
    this.#listed = listed;
  }

  /** Carries out what a person asked for and says whether it was done; what it throws is told, with the offer to take back what was done of it. */
  async do(act: () => Promise<void>): Promise<boolean> {
    try {
      await act();
      return true;
    } catch (error) {
      const undo = this.notice?.text === '' ? this.notice.undo : null;
      const cancelled = (error as { name?: unknown } | null)?.name === 'AbortError' || this.#cancel.signal.aborted;
      this.say({ tone: cancelled ? 'info' : 'error', text: cancelled ? strings.files.cancelled : messageOf(error), undo });
      return false;
    } finally {
      this.#pack(null);
      if (this.#cancel.signal.aborted) this.#cancel = new AbortController();
    }
  }

  /** Ends everything that goes on. */
  cancel(): void {
    this.#cancel.abort(new DOMException(strings.files.cancelled, 'AbortError'));
  }

  say(notice: Notice | null): void {
    this.notice = notice;
    this.#host.requestUpdate();
  }

  /** Says what was done, and offers to take it back. */
  done(text: string, undos: readonly FileUndo[], name = ''): void {
    const open = undos.some((undo) => undo.open) ? strings.files.stillOpen(name) : '';
    const { session } = this.#host;
    const undo = async () => {
      for (const one of [...undos].reverse()) await session.files.undo(one);
    };
    this.say({ tone: 'info', text: text + open, undo });
  }

  undo(undo: () => Promise<void>): Promise<boolean> {
    this.say(null);
    return this.do(async () => {
      await undo();
      this.say({ tone: 'info', text: strings.files.undone, undo: null });
    });
  }

  makeFolder(path: string): Promise<boolean> {
    return this.do(async () => {
      this.done(strings.files.created(formatPath(path)), [await this.#host.session.files.makeFolder(path)]);
      await this.#host.reveal(path);
    });
  }

  /** Makes an empty file. */
  makeFile(path: string): Promise<boolean> {
    return this.do(async () => {
      this.done(strings.files.created(formatPath(path)), [await this.#host.session.files.write(path, new Blob([]))]);
      await this.#host.reveal(path);
    });
  }

  rename(path: string, to: string): Promise<boolean> {
    return this.do(async () => {
      if (to !== path) this.done(strings.files.moved(formatPath(to)), [await this.#host.session.files.move(path, to)]);
      await this.#host.reveal(to);
    });
  }

  remove(paths: readonly string[]): Promise<boolean> {
    return this.do(async () => {
      const gone = outermost(paths);
      const undos = await this.#all(gone.map((path) => this.#host.session.files.remove(path)));
      this.done(strings.files.removed(gone.length, nameOf(gone[0] ?? '')), undos, nameOf(gone[0] ?? ''));
    });
  }

  moveInto(paths: readonly string[], folder: string): Promise<boolean> {
    return this.do(async () => {
      const undos = await this.#all(paths.map((path) => this.#host.session.files.move(path, `${folder}/${nameOf(path)}`)));
      const to = `${folder}/${nameOf(paths[0] as string)}`;
      this.done(strings.files.moved(formatPath(to)), undos);
      await this.#host.reveal(to);
    });
  }

  upload(arriving: readonly ArrivingFile[], folder: string): Promise<boolean> {
    return this.do(async () => {
      const { signal } = this.#cancel;
      const there = new Set(this.#listed.reports?.map(({ path }) => path));
      const { files } = this.#host.session;
      const undos = await this.#all(
        arriving.map(({ path, file }) => files.write(`${folder}/${path}`, file, { signal, replace: true, modified: file.lastModified })),
      );
      const name = nameOf(arriving[0]?.path ?? '');
      const replaced = arriving.some(({ path }) => there.has(`${folder}/${path}`));
      this.done(strings.files[replaced ? 'replaced' : 'uploaded'](arriving.length, name), undos, name);
      await this.#host.reveal(`${folder}/${arriving[0]?.path ?? ''}`);
    });
  }

  /** A file as the person gets it. */
  read(path: string): Promise<Blob> {
    return this.#host.session.files.read(path, { signal: this.#cancel.signal, onProgress: this.#packed });
  }

  /** Hands out a file as it is, and folders or several files as an archive. */
  download(paths: readonly string[]): Promise<boolean> {
    return this.do(async () => {
      const [first] = paths;
      const only = paths.length === 1 && first !== undefined ? this.#listed.find(first) : null;
      if (only?.kind === 'file') {
        saveBlob(await this.read(only.path), only.name);
        return;
      }
      const outer = outermost(paths);
      const wanted = (this.#listed.reports ?? []).filter(({ path }) =>
        outer.some((chosen) => path === chosen || path.startsWith(`${chosen}/`)),
      );
      const base = only ? `${folderOf(only.path)}/` : `${commonFolder(outer)}/`;
      await this.#archive(wanted, base.replace(/^\/$/, ''), only?.name.replace('/', '') ?? 'files');
    });
  }

  downloadAll(): Promise<boolean> {
    const all = this.#listed.reports ?? [];
    const home = all.every(({ path }) => path.startsWith(`${HOME}/`));
    return this.do(() => this.#archive(all, home ? `${HOME}/` : '', 'files'));
  }

  async #archive(entries: readonly FileReport[], base: string, name: string): Promise<void> {
    const options = { signal: this.#cancel.signal, onProgress: this.#packed };
    saveBlob(await archiveOf(this.#host.session.files, entries, base, options), strings.files.archive(name));
  }

  readonly #packed = (done: number, total: number): void => this.#pack({ done, total });

  #pack(packing: FileWork['packing']): void {
    this.packing = packing;
    this.#host.requestUpdate();
  }

  /** Waits for all, also when one fails: then what was done is told with it, and can be undone. */
  async #all(changes: readonly Promise<FileUndo>[]): Promise<FileUndo[]> {
    const ended = await Promise.allSettled(changes);
    const undos = ended.flatMap((end) => (end.status === 'fulfilled' ? [end.value] : []));
    const failed = ended.find((end) => end.status === 'rejected');
    if (failed) {
      if (undos.length > 0) this.done('', undos);
      throw failed.reason;
    }
    return undos;
  }
}

/** Without what lies in a folder that is there, too: it goes where that goes. */
const outermost = (paths: readonly string[]): string[] => paths.filter((path) => !paths.some((other) => path.startsWith(`${other}/`)));

/** The folder that all of these paths are in. */
function commonFolder(paths: readonly string[]): string {
  let folder = folderOf(paths[0] ?? '');
  while (folder !== '' && !paths.every((path) => path.startsWith(`${folder}/`))) folder = folderOf(folder);
  return folder;
}
